import { expect } from 'chai';
import pg from 'pg';
import { compileStore } from '../../../core/authorization/policy-stores/store.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { entityQuery } from '../../../core/policy-stores/entity-pages.ts';
import { valuesOf } from '../../../core/policy-stores/entity-values.ts';
import { signIn } from '../../helpers/people.ts';
import { foundStore, storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
/** As many as a test has time to write; with more the planner has more reason. */
const many = 20_000;

describe('A search over a store with many resources', function () {
  this.timeout(180_000);
  let tenet: TestTenet;
  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it('looks values up in their index, and reads no table from end to end', async () => {
    const key = await foundStore(await signIn(tenet, 'owner@example.com'));
    const [org_id, store_id] = [toUuid('organization', key.organizationId), toUuid('policyStore', key.policyStoreId)];
    const entities = Array.from({ length: many }, (_, index) => ({
      ...{ id: String(index), properties: { owner: `user${index % 1_000}`, department: `department${index % 200}`, state: 'open' } },
    }));
    const values = entities.flatMap(({ id, properties }) => valuesOf(properties).map((value) => ({ id, value })));
    await tenet.database.write('platform', async (db) => {
      const insertEntities = `insert into policy_store_entities (org_id, store_id, type, id, properties, bytes)
        select ?, ?, 'record', e.id, e.properties::jsonb, 0 from unnest(?::text[], ?::text[]) as e (id, properties)`;
      const texts = entities.map(({ properties }) => JSON.stringify(properties));
      await db.raw(insertEntities, [org_id, store_id, entities.map(({ id }) => id), texts]);
      const insertValues = `insert into policy_store_entity_values (org_id, store_id, type, value, id)
        select ?, ?, 'record', v.value, v.id from unnest(?::uuid[], ?::text[]) as v (value, id)`;
      await db.raw(insertValues, [org_id, store_id, values.map(({ value }) => value), values.map(({ id }) => id)]);
    });
    const { resourceFilter } = compileStore({
      ...storeFiles,
      policy: "p, *, record:*, view, r.res.owner == r.sub.id || r.res.department == r.sub.department && r.res.state == 'open', allow",
    });
    const subject = { type: 'user', id: 'user7', properties: { department: 'department9' } };
    const filter = resourceFilter(subject, { name: 'view', properties: {} }, {}, 'record');
    expect(filter.kind).to.equal('where');
    const client = new pg.Client(tenet.databaseUrl);
    await client.connect();
    await client.query('analyze policy_store_entities, policy_store_entity_values');
    await client.end();
    await tenet.database.read({ organization: org_id }, async (db) => {
      const query = entityQuery({ db, key }, { type: 'record', filter, after: undefined, limit: 51, look: 250 });
      expect((await query).rows).to.have.length(51);
      const { rows } = await db.raw(`explain (format json) ${query.toQuery()}`);
      const nodes = nodesOf((rows as { 'QUERY PLAN': { Plan: Node }[] }[])[0]!['QUERY PLAN'][0]!.Plan);
      const text = JSON.stringify(rows, undefined, 1);
      expect(
        nodes.map((node) => node['Node Type']),
        text,
      ).to.not.include('Seq Scan');
      expect(
        nodes.map((node) => node['Index Name']),
        text,
      ).to.include('policy_store_entity_values_pkey');
    });
  });
});
