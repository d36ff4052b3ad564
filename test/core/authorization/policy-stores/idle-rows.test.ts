import { expect } from 'chai';
import fc from 'fast-check';
import { storeModel } from '../../../../core/authorization/policy-stores/model.ts';
import { createStockStore } from '../../../../core/authorization/policy-stores/stock-store.ts';
import { checkStoreContents } from '../../../../core/authorization/policy-stores/store.ts';
import { runs } from '../../../helpers/rounds.ts';
import { question, store } from './random-stores.ts';

const idle = ['never-true', 'dead-allow', 'shadowed-allow', 'shadowed-deny'];
const findingsOf = (policy: string, model = storeModel) =>
  checkStoreContents({ model, policy, tests: '' })
    .filter(({ rule }) => idle.includes(rule))
    .map(({ rule, level, line, message }) => ({ rule, level, line, message }));
const linesOf = (policy: string) => findingsOf(policy).map(({ rule, line }) => `${line} ${rule}`);

describe('rows of a policy store without effect', function () {
  this.timeout(600_000);

  it('are found where a wider deny, a wider row or their own condition takes their effect', () => {
    expect(findingsOf('p, role:a, doc:1, read, true, allow\np, *, doc:*, *, true, deny\n')).to.deep.equal([
      { rule: 'dead-allow', level: 'warning', line: 1, message: 'the deny of line 2 always wins over this' },
    ]);
    expect(findingsOf('p, role:a, doc:1, read, r.res.open == true, allow\np, role:a, doc:*, read, true, allow\n')).to.deep.equal([
      { rule: 'shadowed-allow', level: 'warning', line: 1, message: 'line 2 allows all of this' },
    ]);
    expect(linesOf('p, role:a, doc:*, read, false, allow\np, role:a, doc:*, write, r.res.x == 1 && !true, deny\n')).to.deep.equal([
      '1 never-true',
      '2 never-true',
    ]);
    // By a role that the role has, and by the same condition.
    const roles = 'p, role:b, doc:1, read, r.res.x == 1, allow\np, role:a, doc:*, read, r.res.x == 1, allow\ng, role:b, role:a\n';
    expect(linesOf(roles)).to.deep.equal(['1 shadowed-allow']);
    expect(linesOf('p, *, *, *, true, deny\np, role:a, doc:*, read, r.ctx.x == 1, deny\n')).to.deep.equal(['2 shadowed-deny']);
  });

  it('are not said to be so where the other row has a condition, or is about less', () => {
    for (const policy of [
      'p, role:a, doc:1, read, true, allow\np, *, doc:*, *, r.res.x == 1, deny\n',
      'p, role:a, doc:*, read, true, allow\np, role:a, doc:1, read, true, allow_\n'.replace('allow_', 'deny'),
      'p, role:a, doc:*, read, true, allow\np, role:b, doc:*, read, true, allow\n',
      'p, role:a, doc:*, read, true, allow\np, role:a, docs:*, read, true, allow\n',
      'p, role:a, doc:1, read, true, allow\np, role:b, doc:1, read, true, allow\ng, role:b, role:c\n',
    ])
      expect(linesOf(policy), policy).to.deep.equal([]);
  });

  it('change no answer of stock Casbin when they are taken out, on random policies (soak)', async () => {
    const counts: Record<string, number> = Object.fromEntries(idle.map((rule) => [rule, 0]));
    const taken = fc.asyncProperty(
      store,
      fc.array(question, { minLength: 12, maxLength: 12, size: 'max' }),
      async ({ model, policy }, questions) => {
        const found = findingsOf(policy, model);
        if (found.length === 0) return;
        const whole = await createStockStore({ model, policy, tests: '' });
        for (const { rule, line } of found) {
          const lines = policy.split('\n').filter((_, index) => index !== line! - 1);
          const without = await createStockStore({ model, policy: lines.join('\n'), tests: '' });
          for (const subject of questions)
            for (const resource of questions) {
              const asked = { ...subject, resource: resource.resource };
              expect(without.decide(asked), `${rule} ${line}\n${model}\n${policy}\n${JSON.stringify(asked)}`).to.equal(whole.decide(asked));
            }
          counts[rule] = counts[rule]! + 1;
        }
      },
    );
    for (let run = 0; run < 10 && Object.values(counts).some((count) => count < 3); run++) await fc.assert(taken, runs(150, 5_000));
    for (const [rule, count] of Object.entries(counts)) expect(count, rule).to.be.greaterThan(2);
  });

  it('are looked for in bounded time in the largest store', () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => `p, user:u${index}, doc:${'a'.repeat(150)}${index}, read, true, allow`);
    expect(linesOf([...rows, 'p, user:u1, doc:*, read, true, allow'].join('\n'))).to.deep.equal(['2 shadowed-allow']);
  });
});
