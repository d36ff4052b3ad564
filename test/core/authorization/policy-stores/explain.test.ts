import { expect } from 'chai';
import { compileRows } from '../../../../core/authorization/policy-stores/compile.ts';
import { reasonsSteps } from '../../../../core/authorization/policy-stores/explain.ts';
import { readStorePolicy } from '../../../../core/authorization/policy-stores/store.ts';
import type { StoreContents, StoreQuestion } from '../../../../core/authorization/policy-stores/types.ts';
import { atOnce } from '../../../../core/base/steps.ts';
import { storeFiles } from '../../../helpers/policy-stores.ts';

const question = (subject: string, action: string, id: string, properties = {}, more: Partial<StoreQuestion> = {}): StoreQuestion => ({
  subject: { type: 'user', id: subject, properties: {} },
  action: { name: action, properties: {} },
  resource: { type: 'record', id, properties },
  context: {},
  ...more,
});

function explain(contents: StoreContents, asked: StoreQuestion) {
  const policy = readStorePolicy(contents);
  const decided = compileRows(policy).decide(asked);
  return { ...decided, ...atOnce(reasonsSteps({ policy, text: contents.policy, question: asked, decided })) };
}

describe('the explanation of a decision of a store', () => {
  it('names the row, the way to its role, and what its condition compared', () => {
    const policy = `${storeFiles.policy}g, user:carol, role:lead\ng, role:lead, role:writer\n`;
    const { rule, roles, nearMisses } = explain({ ...storeFiles, policy }, question('carol', 'write', '1', { status: 'open' }));
    const through = [
      { line: 5, member: 'user:carol', role: 'role:lead' },
      { line: 6, member: 'role:lead', role: 'role:writer' },
    ];
    expect(rule).to.deep.equal({
      line: 1,
      row: "p, role:writer, record:*, write, r.res.status != 'archived', allow",
      effect: 'ALLOW',
      subject: 'role:writer',
      through,
      condition: { text: "r.res.status != 'archived'", values: [{ name: 'r.res.status', value: '"open"' }] },
    });
    expect(roles).to.deep.equal([
      { role: 'role:lead', through: through.slice(0, 1) },
      { role: 'role:writer', through },
    ]);
    expect(nearMisses).to.deep.equal([]);
    const denied = explain(storeFiles, question('mallory', 'read', '1', { isPublic: true }));
    expect([denied.decision, denied.rule?.effect, denied.rule?.line, denied.nearMisses]).to.deep.equal([false, 'DENY', 3, []]);
  });

  it('says of each row that came near what it lacks, and what was missing in the question', () => {
    const archived = explain(storeFiles, question('alice', 'write', '1', { status: 'archived' }));
    expect(archived.nearMisses).to.deep.equal([
      {
        line: 1,
        row: "p, role:writer, record:*, write, r.res.status != 'archived', allow",
        unmet: [{ part: 'CONDITION', text: "r.res.status != 'archived'", values: [{ name: 'r.res.status', value: '"archived"' }] }],
      },
    ]);
    const stranger = explain(storeFiles, question('bob', 'write', '1'));
    expect(stranger.nearMisses[0]?.unmet).to.deep.equal([
      { part: 'SUBJECT', text: 'role:writer', values: [] },
      { part: 'CONDITION', text: "r.res.status != 'archived'", values: [{ name: 'r.res.status' }] },
    ]);
    expect(explain(storeFiles, question('bob', 'sign', '1')).nearMisses).to.deep.equal([]);
    const role = question('alice', 'write', '1', {}, { subject: { type: 'role', id: 'writer', properties: {} } });
    expect(explain(storeFiles, role).nearMisses).to.deep.equal([]);
  });

  it('counts roles of the domain of the question alone, and names the domain of a row that is of another one', () => {
    const model = `[request_definition]
r = sub, res, act, ctx
[policy_definition]
p = sub, dom, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = (p.obj == "*" || keyMatch(r.res.key, p.obj)) && (p.act == "*" || r.act.name == p.act) && (p.sub == "*" || g(r.sub.key, p.sub, r.ctx.tenant)) && (p.dom == "*" || r.ctx.tenant == p.dom)
`;
    const policy = 'p, role:writer, acme, record:*, write\ng, user:alice, role:writer, acme\ng, user:alice, role:reader, globex\n';
    const at = (tenant: string) => explain({ model, policy, tests: '' }, question('alice', 'write', '1', {}, { context: { tenant } }));
    expect([at('acme').decision, at('acme').domain, at('acme').roles.map(({ role }) => role)]).to.deep.equal([
      true,
      'acme',
      ['role:writer'],
    ]);
    const elsewhere = at('globex');
    expect([elsewhere.decision, elsewhere.roles.map(({ role }) => role)]).to.deep.equal([false, ['role:reader']]);
    expect(elsewhere.nearMisses[0]?.unmet.map(({ part, text }) => [part, text])).to.deep.equal([
      ['SUBJECT', 'role:writer'],
      ['DOMAIN', 'acme'],
    ]);
  });

  it('stays small whatever the policy, the entities and the question are', () => {
    const rows = Array.from({ length: 300 }, (_, index) => `p, *, record:*, read, r.res.level > ${index} && r.sub.id in r.res.all, allow`);
    const all = Array.from({ length: 500 }, (_, index) => 'x'.repeat(index === 0 ? 10_000 : 1));
    const { nearMisses, omittedNearMisses } = explain(
      { ...storeFiles, policy: rows.join('\n') },
      question('bob', 'read', '1', { all, level: 5 }),
    );
    expect([nearMisses.length, omittedNearMisses]).to.deep.equal([20, 280]);
    expect(nearMisses.map(({ line }) => line)).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 1));
    const [shown] = nearMisses[0]!.unmet;
    expect(shown?.values.find(({ name }) => name === 'r.res.all')?.value).to.match(/^\["x{197}… and 490 more$/);
  });
});
