import { expect } from 'chai';
import { matches } from '../../../core/authorization/policy-stores/filter.ts';
import type { Scalar, Where, WhereOperator } from '../../../core/authorization/policy-stores/types.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { candidatesOf, valuesOf } from '../../../core/policy-stores/entity-values.ts';
import { sqlOf } from '../../../core/policy-stores/where-sql.ts';
import { foundOrganization, foundProject, signIn } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { randomNumbers } from '../../helpers/shuffled.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** A number in TENET_TEST_SEED repeats a run; the title of the test says it. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);
const chance = randomNumbers(seed);
const scalars: Scalar[] = [null, true, false, 0, 1, -1.5, 1e21, '', 'a', 'B', 'é', '\u{1f600}', '\uffff', '1', 'null'];
const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
const value = (): unknown =>
  pick<() => unknown>([
    () => pick(scalars),
    () => pick(scalars),
    () => [pick(scalars), pick(scalars)],
    () => ({ a: pick(scalars) }),
    () => [{ a: 1 }],
  ])();
const properties = () => Object.fromEntries(['a', 'b', '__proto__', '0'].filter(() => chance() < 0.6).map((key) => [key, value()]));
const ways = [['a'], ['b'], ['a', 'a'], ['b', '0'], ['__proto__'], ['0'], ['a', 'b', 'a'], ['constructor']];
const operators: WhereOperator[] = ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'exists'];

function condition(depth: number): Where {
  const inner = () => condition(depth - 1);
  if (depth > 0 && chance() < 0.6) {
    return pick<() => Where>([
      () => ({ any: [inner(), inner()] }),
      () => ({ all: [inner(), inner()] }),
      () => ({ not: inner() }),
      () => ({ any: [] }),
      () => ({ all: [] }),
    ])();
  }
  if (chance() < 0.15) return { id: pick(['==', 'prefix'] as const), value: pick(['e1', 'e', '', '%', 'e1_']) };
  const op = pick(operators);
  const sought = op === 'exists' ? true : op === 'in' ? [pick(scalars), pick(scalars)] : pick(scalars);
  return { property: pick(ways), op, value: sought };
}

describe('the SQL of a filter', () => {
  let tenet: TestTenet;
  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it(`finds the entities that the filter means, and no others, seed ${seed} (soak)`, async () => {
    const owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    const projectId = await foundProject(owner, organizationId);
    const org_id = toUuid('organization', organizationId);
    const store = toUuid('policyStore', newId('policyStore'));
    const entities = Array.from({ length: 300 }, (_, index) => ({ id: `e${index}`, properties: properties() }));
    await tenet.database.write('platform', async (db) => {
      await db('policy_stores').insert({ org_id, project_id: toUuid('project', projectId), id: store, name: 'A store' });
      await db('policy_store_entities').insert(
        entities.map((entity) => ({
          org_id,
          store_id: store,
          type: 'thing',
          id: entity.id,
          properties: JSON.stringify(entity.properties),
          bytes: 0,
        })),
      );
    });
    for (const _ of rounds(300, 5_000)) {
      const where = condition(3);
      const { sql, bindings, values } = sqlOf(where);
      const rows = await tenet.database.read('platform', (db) =>
        db
          .from(
            db.raw(`(select e.*${values.sql} from policy_store_entities e where e.org_id = ? and e.store_id = ? offset 0) e`, [
              ...values.bindings,
              ...[org_id, store],
            ]),
          )
          .whereRaw(`(${sql})`, [...bindings])
          .select('e.id'),
      );
      const meant = entities.filter((entity) => matches(where, { ...entity })).map(({ id }) => id);
      const candidates = candidatesOf(where);
      for (const { properties } of entities.filter(({ id }) => candidates && meant.includes(id)))
        expect(
          valuesOf(properties).some((value) => candidates!.includes(value)),
          JSON.stringify(where),
        ).to.equal(true);
      expect((rows as { id: string }[]).map(({ id }) => id).sort(), JSON.stringify(where)).to.deep.equal(meant.sort());
    }
  });
});
