import { expect } from 'chai';
import fc from 'fast-check';
import { matches } from '../../../core/authorization/policy-stores/filter.ts';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { createStockStore } from '../../../core/authorization/policy-stores/stock-store.ts';
import { checkStoreContents } from '../../../core/authorization/policy-stores/store.ts';
import type { StoreContents, StoreEntity } from '../../../core/authorization/policy-stores/types.ts';
import { createChangeFinder } from '../../../core/policy-stores/plan-changes.ts';
import { createPlanResources } from '../../../core/policy-stores/plan-resources.ts';
import { type Side, sideOf } from '../../../core/policy-stores/plan-sides.ts';
import { entitiesOf, planNames } from '../../../core/policy-stores/plan-vocabulary.ts';
import { allEntities, makeStorePlan, planReach, type StorePlanTask } from '../../../core/policy-stores/store-plan.ts';
import { runs } from '../../helpers/rounds.ts';
import { question, store } from '../authorization/policy-stores/random-stores.ts';

/** Only what the change reaches, as the database would find it, with no property but those that matter. */
function reached(task: StorePlanTask, stored: readonly StoreEntity[]): StorePlanTask {
  const { named, types, keys } = planReach(task);
  const names = new Set((JSON.parse(named) as string[][]).map((key) => JSON.stringify(key)));
  const isReached = (entity: StoreEntity): boolean => {
    const found = types.find(({ type }) => type === entity.type);
    if (names.has(JSON.stringify([entity.type, entity.id])) || found?.ids.includes(entity.id)) return true;
    return found?.besides === 'all' || (found?.besides !== undefined && matches(found.besides, entity));
  };
  const some = stored.filter(isReached).map(({ properties, ...entity }) => ({
    ...entity,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key))),
  }));
  return { ...task, ...allEntities(some), types: task.types };
}

const subjectsAndResources = (before: Side, after: Side, stored: readonly StoreEntity[], wanted: readonly string[]) => {
  const names = planNames(before, after, [...new Set(stored.map(({ type }) => type))], wanted);
  return {
    ...names,
    subjects: entitiesOf(names.subjectTypes, stored, names.keys, new Set()),
    resources: entitiesOf(names.resourceTypes, stored, names.keys, new Set()),
  };
};
const contentsOf = (policy: string): StoreContents => ({ model: storeModel, policy, tests: '' });

describe('The plan of a change of a policy store', function () {
  this.timeout(900_000);

  it('is what stock Casbin says of every cell, on random changes, and names each that a context may change (soak)', async () => {
    const counts = { changes: 0, cells: 0, gains: 0, losses: 0, conditional: 0, byContext: 0, left: 0 };
    const isAccepted = (contents: StoreContents) => checkStoreContents(contents).every(({ level }) => level !== 'error');
    const changes = fc.asyncProperty(
      store,
      store,
      fc.boolean(),
      fc.array(question, { minLength: 12, maxLength: 12, size: 'max' }),
      async (one, other, isEdit, questions) => {
        // A change of some lines most often, and another policy as a whole.
        const lines = one.policy.split('\n');
        const policy = isEdit ? lines.filter((_, index) => index % 3 !== 1).join('\n') : other.policy;
        const [before, after] = [
          { ...one, tests: '' },
          { model: isEdit ? one.model : other.model, policy, tests: '' },
        ];
        if (!isAccepted(before) || !isAccepted(after)) return;
        const entities = new Map<string, StoreEntity>();
        for (const { subject, resource } of questions)
          for (const entity of [subject, resource])
            if (entity.id !== '' && entity.type !== 'role') entities.set(`${entity.type}:${entity.id}`, entity);
        const stored = [...entities.values()];
        const task = { before, after, ...allEntities(stored), subjectTypes: ['user', 'app'] };
        const plan = await makeStorePlan(task);
        const narrow = reached(task, stored);
        const { digest: _, entities: looked, verification: __, ...same } = await makeStorePlan(narrow);
        expect(plan, `${before.policy}\n--\n${policy}`).to.deep.include(same);
        counts.left += looked.stored - looked.looked;
        expect(plan.isComplete).to.equal(true);
        expect(plan.verification.differences).to.equal(0);
        const [was, is] = [await createStockStore(before), await createStockStore(after)];
        const found = new Map(plan.cells.map(({ kind, subject, action, resource }) => [JSON.stringify([subject, action, resource]), kind]));
        const sides = [sideOf(before, after), sideOf(after, after)] as const;
        const vocabulary = subjectsAndResources(...sides, stored, ['user', 'app']);
        const open = conditionalCells(vocabulary, sides);
        const contexts = questions.map(({ context, action }) => ({ context, properties: action.properties }));
        counts.changes += 1;
        for (const subject of vocabulary.subjects)
          for (const resource of vocabulary.resources)
            for (const name of vocabulary.actionsOf(resource.type)) {
              const key = JSON.stringify([{ type: subject.type, id: subject.id }, name, { type: resource.type, id: resource.id }]);
              const ask = (context: object, properties: object) => {
                const asked = { subject, resource, action: { name, properties }, context } as never;
                return [was.decide(asked), is.decide(asked)] as const;
              };
              const [b, a] = ask({}, {});
              const kind = b === a ? undefined : a ? 'GAIN' : 'LOSS';
              expect(found.get(key), `${before.model}\n${before.policy}\n--\n${after.model}\n${after.policy}\n${key}`).to.equal(kind);
              counts.cells += 1;
              if (kind !== undefined) continue;
              for (const { context, properties } of contexts) {
                const [one, two] = ask(context, properties);
                if (one === two) continue;
                counts.byContext += 1;
                expect(open.has(key), `${before.policy}\n--\n${after.policy}\n${key} ${JSON.stringify(context)}`).to.equal(true);
              }
            }
        counts.gains += plan.summary.gains;
        counts.losses += plan.summary.losses;
        counts.conditional += plan.summary.conditional;
        expect(plan.summary.gains + plan.summary.losses).to.equal(found.size);
      },
    );
    // A run that is bounded in time is too short on a slow machine to meet some of each kind: then it goes on.
    const isShort = () => counts.changes <= 20 || Object.values(counts).some((count) => count <= 3);
    for (let run = 0; run < 40 && isShort(); run++) await fc.assert(changes, runs(40, 2_000));
    expect(counts.changes).to.be.greaterThan(20);
    for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.greaterThan(3);
  });

  const conditionalCells = (
    { subjects, resources, resourceTypes, actionsOf }: ReturnType<typeof subjectsAndResources>,
    [before, after]: readonly [ReturnType<typeof sideOf>, ReturnType<typeof sideOf>],
  ): Set<string> => {
    const found = new Set<string>();
    const comparison = { before, after, resources: createPlanResources(resources), resourceTypes, actionsOf, spend: () => undefined };
    const changesOf = createChangeFinder(comparison);
    for (const subject of subjects)
      for (const { action, resource } of changesOf(subject)) {
        const { type, id } = resources[resource]!;
        found.add(JSON.stringify([{ type: subject.type, id: subject.id }, action, { type, id }]));
      }
    return found;
  };

  const before = contentsOf(`p, role:editor, record:*, write, r.res.status != 'archived', allow
p, *, record:*, read, r.res.owner == r.sub.id, allow
p, role:guest, record:*, share, r.ctx.mfa == true, allow
g, user:u1, role:editor
g, user:u2, role:guest
`);
  const after = contentsOf(`p, role:editor, record:*, write, r.res.status == 'open', allow
p, *, record:*, read, r.res.owner == r.sub.id, allow
g, user:u1, role:editor
g, user:u3, role:editor
g, user:u2, role:guest
`);
  const entities: StoreEntity[] = [
    ...['u1', 'u2', 'u4'].map((id) => ({ type: 'user', id, properties: {} })),
    ...['open', 'draft', 'archived'].map((status) => ({ type: 'record', id: status, properties: { status, owner: 'u4' } })),
  ];
  const task = { before, after, ...allEntities(entities) };

  it('groups gains and losses by the rows that decide before and after, and counts apart what a context decides', async () => {
    const plan = await makeStorePlan(task);
    expect(plan.summary).to.deep.equal({ gains: 1, losses: 1, conditional: 3, subjects: 2, resources: 2 });
    expect([plan.subjectTypes, plan.resourceTypes, plan.subjects, plan.resources]).to.deep.equal([
      ['user'],
      ['record'],
      { all: 4, asked: 4 },
      3,
    ]);
    const allow = "p, role:editor, record:*, write, r.res.status == 'open', allow";
    expect(plan.groups.map(({ kind, action, count, before: was, after: is }) => [kind, action, count, was, is])).to.deep.equal([
      ['LOSS', 'write', 1, { decision: true, line: 1, row: before.policy.split('\n')[0] }, { decision: false }],
      ['GAIN', 'write', 1, { decision: false }, { decision: true, line: 1, row: allow }],
      ['CONDITIONAL', 'share', 3, { decision: false }, { decision: false }],
    ]);
    const share = { side: 'BEFORE', line: 3, row: 'p, role:guest, record:*, share, r.ctx.mfa == true, allow' };
    expect(plan.groups.map(({ rows }) => rows)).to.deep.equal([undefined, undefined, [share]]);
    expect(plan.lines.added.map(({ line }) => line)).to.deep.equal([1, 4]);
    expect(plan.lines.removed.map(({ line }) => line)).to.deep.equal([1, 3]);
    expect(plan.verification).to.deep.include({ differences: 0 });
  });

  it('is the same bytes for the same data, and a first revision gives what nothing gave before', async () => {
    const [one, two] = [
      await makeStorePlan(task),
      await makeStorePlan({ ...task, ...allEntities([...entities].reverse()), types: task.types }),
    ];
    expect(JSON.stringify(one)).to.equal(JSON.stringify(two));
    const { before: _, ...first } = task;
    const plan = await makeStorePlan(first);
    // Two editors write one record, and one user reads the three that are theirs.
    expect(plan.summary).to.include({ gains: 5, losses: 0 });
    expect(plan.digest).not.to.equal(one.digest);
  });

  it('is refused by stock Casbin when a change is left out, or one is invented', async () => {
    const many = allEntities([
      ...Array.from({ length: 30 }, (_, index) => ({ type: 'user', id: `u${index}`, properties: {} })),
      ...['open', 'draft'].map((status) => ({ type: 'record', id: status, properties: { status } })),
    ]);
    const large = { before, after, ...many };
    expect((await makeStorePlan(large)).verification.differences).to.equal(0);
    const omitting = await makeStorePlan(large, {
      finderOf: (comparison) => {
        const changesOf = createChangeFinder(comparison);
        return (subject) => [...changesOf(subject)].filter(({ kind }) => kind !== 'GAIN');
      },
    });
    expect(omitting.verification.differences).to.be.greaterThan(0);
    const inventing = await makeStorePlan(large, {
      finderOf: (comparison) => {
        const changesOf = createChangeFinder(comparison);
        return (subject) => [...changesOf(subject)].map((change) => ({ ...change, kind: 'GAIN' as const }));
      },
    });
    expect(inventing.verification.differences).to.be.greaterThan(0);
  });

  it('says that it is a sample where the work ends before every subject was asked about, and is the same sample each time', async () => {
    const users = Array.from({ length: 400 }, (_, index) => ({ type: 'user', id: `u${index}`, properties: {} }));
    const records = Array.from({ length: 400 }, (_, index) => ({ type: 'record', id: `r${index}`, properties: { status: 'open' } }));
    const many = allEntities([...users, ...records]);
    const wide = {
      after: contentsOf('p, *, record:*, read, true, allow\np, user:u1, record:r1, write, true, allow\n'),
      ...many,
      types: [...many.types, { type: 'note', count: 200 }],
      isWhole: false,
    };
    const plan = await makeStorePlan({ ...wide, subjectTypes: ['user'] }, { work: 400_000 });
    expect(plan.isComplete).to.equal(false);
    expect(plan.subjects.asked).to.be.within(90, 110);
    expect(plan.entities).to.deep.equal({ stored: 1_000, looked: 800 });
    expect(await makeStorePlan({ ...wide, subjectTypes: ['user'] }, { work: 400_000 })).to.deep.equal(plan);
    expect(plan.verification.differences).to.equal(0);
  });

  it('of 1,000 subjects and 1,000 resources agrees with stock Casbin on 1,000 cells', async () => {
    const users = Array.from({ length: 1_000 }, (_, index) => ({ type: 'user', id: `u${index}`, properties: { team: `t${index % 20}` } }));
    const records = Array.from({ length: 1_000 }, (_, index) => ({
      type: 'record',
      id: `r${index}`,
      properties: { team: `t${index % 20}`, owner: `u${index}`, status: index % 3 === 0 ? 'draft' : 'open' },
    }));
    const rows = `p, *, record:*, read, r.res.team == r.sub.team, allow
p, *, record:*, write, r.res.owner == r.sub.id, allow
`;
    const many = allEntities([...users, ...records]);
    const plan = await makeStorePlan({
      before: contentsOf(rows),
      after: contentsOf(`${rows}p, *, record:*, read, r.res.status == 'draft', deny\n`),
      ...many,
      subjectTypes: ['user'],
    });
    // Each team has 50 members and 50 records.
    const drafts = records.filter(({ properties }) => properties.status === 'draft').length;
    expect(plan.summary).to.deep.equal({ gains: 0, losses: 50 * drafts, conditional: 0, subjects: 1_000, resources: drafts });
    expect(plan.isComplete).to.equal(true);
    expect(plan.verification).to.deep.equal({ decided: 1_000, differences: 0 });
  });
});
