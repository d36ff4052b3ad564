import { expect } from 'chai';
import pg from 'pg';
import { differenceOf } from '../../../core/access-plans/comparison.ts';
import { contentsInForce, ownContents } from '../../../core/access-plans/contents.ts';
import { documentOf, type PlanDocument } from '../../../core/access-plans/document.ts';
import { makePlan, type PlanOptions } from '../../../core/access-plans/plan.ts';
import { platformSamples, projectsOf } from '../../../core/access-plans/sampling.ts';
import { createWitness, pickSamples } from '../../../core/access-plans/witness.ts';
import { createEngine } from '../../../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { permissionsOfBoth } from '../../../core/authorization/review/verdicts.ts';
import { toId } from '../../../core/base/ids.ts';
import type { Database, Db } from '../../../core/database/database.ts';
import { rounds } from '../../helpers/rounds.ts';
import { uuid } from '../../helpers/rows.ts';
import { type Chance, chanceOf, changedBy } from './random-data.ts';
import { withData } from './with-data.ts';

/** Everything that changes, one subject, place and permission at a time, as snapshots and stock Casbin say. */
async function changesOf(db: Db, changed: readonly PolicyContent[]): Promise<string[]> {
  const before = (await contentsInForce(db)).map(({ content }) => content);
  const after = before.map((content) => changed.find(({ scope }) => scope === content.scope) ?? content);
  const witness = createWitness();
  const compare = async (
    sample: Parameters<typeof witness.compare>[1],
    place: { organizationId?: string; projectId?: string },
    scopes: string[],
    own: PolicyContent[],
  ) => {
    const layers = [before, after].map((side) => [...scopes.map((scope) => side.find((content) => content.scope === scope)!), ...own]);
    const level = place.projectId ? 'project' : place.organizationId ? 'org' : 'platform';
    const pairs = permissionsOfBoth(createEngine(layers[0]!), createEngine(layers[1]!), level);
    await witness.compare(db, sample, place, { planned: undefined, pairs, before: layers[0]!, after: layers[1]! });
  };
  for (const sample of await platformSamples(db, { samples: 'everything', seed: 1 })) await compare(sample, {}, ['platform'], []);
  const organizations: { id: string; blueprint: string }[] = await db('organizations')
    .where('state', '<>', 'DELETED')
    .select('id', 'blueprint');
  const samples = await pickSamples(
    db,
    organizations.map(({ id }) => id),
    { seed: 1, most: null, roles: [] },
  );
  for (const { id, blueprint } of organizations) {
    const organizationId = toId('organization', id);
    const own = (await ownContents(db, [organizationId])).get(organizationId);
    for (const sample of samples.get(id)!) {
      for (const project of [null, ...(await projectsOf(db, id))]) {
        const place = { organizationId, ...(project !== null && { projectId: toId('project', project) }) };
        await compare(sample, place, ['platform', `blueprint/${blueprint}`], own ? [own] : []);
      }
    }
  }
  return witness.differences.map(({ subject, place, permission, decided }) => `${subject} ${place} ${permission} ${decided}`).sort();
}

/** Something that happens in an organization, by chance. */
async function moveBy(chance: Chance, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  await client.connect();
  const one = (table: string): string => `(select ctid from ${table} order by md5(id::text || '${chance.below(1_000_000)}') limit 1)`;
  const pick = `select ctid from members order by md5(user_id::text || org_id::text || '${chance.below(1_000_000)}') limit 1`;
  const [newUser, newProject] = [uuid('user'), uuid('project')];
  const moves = [
    `update grants set revoked_at = case when revoked_at is null then now() - interval '1 minute' end where ctid = ${one('grants')}`,
    `update grants set project_id = null where ctid = ${one('grants')}`,
    `update grants g set project_id = (select p.id from projects p where p.org_id = g.org_id order by p.id limit 1) where ctid = ${one('grants')}`,
    `update members set state = case state when 'ACTIVE' then 'INACTIVE' else 'ACTIVE' end where ctid = (${pick})`,
    `update projects set state = case state when 'ACTIVE' then 'ARCHIVED' else 'ACTIVE' end where ctid = ${one('projects')}`,
    `insert into projects (org_id, id, slug, name) select id, '${newProject}', '${newProject}', 'More' from organizations where ctid = ${one('organizations')}`,
    `with u as (insert into users (id, issuer, subject) values ('${newUser}', 'https://idp.example', '${newUser}') returning id)
     insert into members (org_id, user_id, state, first_joined_at) select o.id, u.id, 'ACTIVE', now() from u, organizations o where o.ctid = ${one('organizations')}`,
  ];
  await client.query(chance.one(moves));
  await client.end();
}

describe('what makes a plan say something else', function () {
  this.timeout(600_000);
  const planOf = async (database: Database, contents: readonly PolicyContent[], options: PlanOptions): Promise<PlanDocument> =>
    documentOf(await database.observe('platform', (db) => makePlan(db, contents, { samples: 0, ...options })));

  it('is that some subject gains or loses a permission in some place, or does not any more, and nothing else, whether subjects are named or not (soak)', async () => {
    const found = { same: 0, other: 0 };
    for (const round of rounds(1, 5)) {
      await withData(9_000 + round, async (database, inForce, url) => {
        const chance = chanceOf(500 + round);
        const contents = changedBy(chance, changedBy(chance, inForce));
        let truth = await database.observe('platform', (db) => changesOf(db, contents));
        let plan = await planOf(database, contents, { keepSubjects: 0 });
        for (let move = 0; move < 12; move++) {
          await moveBy(chance, url);
          const now = await database.observe('platform', (db) => changesOf(db, contents));
          const isSame = JSON.stringify(now) === JSON.stringify(truth);
          found[isSame ? 'same' : 'other'] += 1;
          const complete = await planOf(database, contents, {});
          const grouped = await planOf(database, contents, { keepSubjects: 0, batch: 1 });
          const about = `round ${round}, move ${move}`;
          expect(differenceOf(plan, complete) === undefined, about).to.equal(isSame);
          expect(differenceOf(complete, grouped), about).to.equal(undefined);
          [truth, plan] = [now, move % 2 === 0 ? complete : grouped];
        }
      });
    }
    expect(found.same).to.be.above(0);
    expect(found.other).to.be.above(0);
  });
});
