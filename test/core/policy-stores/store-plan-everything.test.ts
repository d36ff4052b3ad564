import { expect } from 'chai';
import fc from 'fast-check';
import { linesOf, sentenceOf } from '../../../cli/policy-store-plan-report.ts';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { createStockStore } from '../../../core/authorization/policy-stores/stock-store.ts';
import { checkStoreContents } from '../../../core/authorization/policy-stores/store.ts';
import type { StoreContents, StoreEntity } from '../../../core/authorization/policy-stores/types.ts';
import { diffStores } from '../../../core/policy-stores/store-diff.ts';
import { allEntities, makeStorePlan } from '../../../core/policy-stores/store-plan.ts';
import { runs } from '../../helpers/rounds.ts';
import { question, store } from '../authorization/policy-stores/random-stores.ts';

const contentsOf = (policy: string, tests = ''): StoreContents => ({ model: storeModel, policy, tests });
const entity = (type: string, id: string, properties: StoreEntity['properties'] = {}): StoreEntity => ({ type, id, properties });
const todo = 'p, role:editor, todo:*, read, true, allow\ng, user:ann, role:editor\n';

interface Changed {
  readonly before: StoreContents;
  readonly after: StoreContents;
}

/** What changes, by questions about every two entities of the store. */
async function byQuestions({ before, after }: Changed, stored: readonly StoreEntity[], actions: readonly string[]): Promise<string[]> {
  const [was, is] = [await createStockStore(before), await createStockStore(after)];
  return stored.flatMap((subject) =>
    stored.flatMap((resource) =>
      actions.flatMap((name) => {
        const asked = { subject, resource, action: { name, properties: {} }, context: {} };
        const [one, two] = [was.decide(asked), is.decide(asked)];
        return one === two ? [] : [keyOf(subject, name, resource, two)];
      }),
    ),
  );
}

const keyOf = (subject: Pick<StoreEntity, 'type' | 'id'>, action: string, resource: Pick<StoreEntity, 'type' | 'id'>, isGain: boolean) =>
  JSON.stringify([isGain ? 'GAIN' : 'LOSS', subject.type, subject.id, action, resource.type, resource.id]);

/** The same of the plan, whose `*` stands for each action that no row names. */
async function byPlan(change: Changed, stored: readonly StoreEntity[]): Promise<string[]> {
  const plan = await makeStorePlan({ ...change, ...allEntities(stored) });
  expect([plan.isComplete, plan.verification.differences, plan.omitted.cells]).to.deep.equal([true, 0, 0]);
  const known = new Set(stored.map(({ type, id }) => `${type}:${id}`));
  return plan.cells
    .filter(({ subject, resource }) => known.has(`${subject.type}:${subject.id}`) && known.has(`${resource.type}:${resource.id}`))
    .map(({ subject, action, resource, kind }) => keyOf(subject, action, resource, kind === 'GAIN'));
}

describe('The plan of a policy store over everything that it keeps', function () {
  this.timeout(900_000);

  it('finds what questions about every two entities find, whatever types the rows name (soak)', async () => {
    const counts = { changes: 0, found: 0, byOthers: 0, onSubjects: 0 };
    const changes = fc.asyncProperty(store, fc.nat(), fc.array(question, { minLength: 4, maxLength: 5 }), async (one, seed, questions) => {
      const lines = one.policy.split('\n');
      const policy = lines.filter((_, index) => index !== seed % lines.length).join('\n');
      const change = { before: { ...one, tests: '' }, after: { model: one.model, policy, tests: '' } };
      if (Object.values(change).some((contents) => checkStoreContents(contents).some(({ level }) => level === 'error'))) return;
      const stored = new Map<string, StoreEntity>();
      for (const { subject, resource } of questions)
        for (const each of [subject, resource]) if (each.id !== '' && each.type !== 'role') stored.set(`${each.type}:${each.id}`, each);
      const all = [...stored.values()];
      const named = ['read', 'write', 'share'].filter((action) => one.policy.includes(`, ${action}`));
      const found = await byQuestions(change, all, named);
      const planned = (await byPlan(change, all)).filter((key) => named.includes((JSON.parse(key) as string[])[3]!));
      expect(planned.sort(), `${one.model}\n${one.policy}\n--\n${policy}\n${JSON.stringify(all)}`).to.deep.equal(found.sort());
      counts.changes += 1;
      counts.found += found.length;
      for (const key of found) {
        const [, by, , , on] = JSON.parse(key) as string[];
        if (by !== 'user' && by !== 'app') counts.byOthers += 1;
        if (on === 'user' || on === 'app') counts.onSubjects += 1;
      }
    });
    // Most changes are of none of the kinds that are counted: one of ten runs had too few of them in 300.
    for (let run = 0; run < 60 && Object.values(counts).some((count) => count < 4); run++) await fc.assert(changes, runs(30, 3_000));
    for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.greaterThan(3);
  });

  it('asks about entities of a type that is a subject too, where a row is about everything', async () => {
    const change = { before: contentsOf(todo), after: contentsOf(`${todo}p, role:hr, *, delete, true, allow\ng, user:carl, role:hr\n`) };
    const stored = [entity('user', 'carl'), entity('user', 'dana')];
    const found = await byPlan(change, stored);
    expect(found).to.deep.include(keyOf(stored[0]!, 'delete', stored[1]!, true));
    expect(found.sort()).to.deep.equal((await byQuestions(change, stored, ['delete', 'read'])).sort());
  });

  it('asks for subjects of every type that is stored, where a row that changed is about any', async () => {
    const change = { before: contentsOf(todo), after: contentsOf(`${todo}p, *, todo:*, read, r.sub.ok == true, allow\n`) };
    const stored = [entity('device', 'd', { ok: true }), entity('user', 'eve'), entity('todo', '1')];
    const gain = keyOf(stored[0]!, 'read', stored[2]!, true);
    expect(await byPlan(change, stored)).to.deep.equal([gain]);
    const task = { ...change, ...allEntities(stored) };
    const whole = await makeStorePlan(task);
    expect([whole.subjectTypes, whole.unaskedTypes]).to.deep.equal([['device', 'todo', 'user'], undefined]);
    // The plan of a caller who names the types says which are left out.
    const some = await makeStorePlan({ ...task, subjectTypes: ['user'] });
    expect([some.summary.gains, some.unaskedTypes]).to.deep.equal([0, ['device', 'todo']]);
    const said = linesOf(some, []).join('\n');
    expect(said).to.include('Asked for subjects of these types: user.');
    expect(said).to.include('Not asked for subjects of these types, for whom something may change too: device, todo.');
    // Those that are named are asked for first, so that others take nothing from them.
    const short = await makeStorePlan({ ...task, after: contentsOf(`${todo}p, *, todo:*, read, true, allow\n`) }, { work: 30 });
    expect([short.isComplete, short.cells.map(({ subject }) => subject.id)[0]]).to.deep.equal([false, 'eve']);
  });

  it('says what was not looked at, where rows differ and nothing is known to ask about', async () => {
    const rows = 'p, role:a, doc:*, read, true, allow\n';
    const unknown = await diffStores({ before: contentsOf(rows), after: contentsOf(`${rows}p, role:a, doc:*, write, true, allow\n`) });
    expect(sentenceOf(unknown)).to.equal(
      '1 row differs. What that changes is not known: nothing was asked, for no subject or no resource is known.',
    );
    const known = 'entities:\n  - { type: user, id: ann }\n  - { type: doc, id: "1" }\n';
    const tests = `${known}cases: []\n`;
    const [before, after] = [contentsOf(rows, tests), contentsOf(`${rows}p, user:eve, doc:9, write, false, allow\n`, tests)];
    const same = await diffStores({ before, after });
    expect(sentenceOf(same)).to.match(/^Nothing changes for the \d subjects? and \d resources? that are known; 1 row differs\.$/);
    expect(sentenceOf(await diffStores({ before, after: before }))).to.equal('Nothing changes.');
  });
});
