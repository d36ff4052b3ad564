import { expect } from 'chai';
import { ownContents } from '../../../core/access-plans/contents.ts';
import { documentOf } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import type { Stranded } from '../../../core/access-plans/stranded.ts';
import { decideWith } from '../../../core/authorization/decisions/decide.ts';
import { livingKey } from '../../../core/authorization/decisions/held-roles.ts';
import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { holderOf, type Subject } from '../../../core/authorization/decisions/subjects.ts';
import { createEngine, type Engine } from '../../../core/authorization/engine/engine.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import { type Database, type Db, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../../core/policies/policies.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { uuid } from '../../helpers/rows.ts';
import { policyDirectory } from '../authorization/contents.ts';
import { chanceOf, changedBy } from './random-data.ts';
import { withData } from './with-data.ts';

const kind = 'blueprint/integrations';
const scope = 'blueprint.integrations';

describe('what a change of policy strands', function () {
  this.timeout(120_000);
  const [org_id, alice, bob] = [uuid('organization'), uuid('user'), uuid('user')];
  const organizationId = toId('organization', org_id);
  const tomorrow = new Date(Date.now() + 86_400_000);
  const ids = { ofAlice: uuid('invitation'), ofBob: uuid('invitation'), over: uuid('invitation') };
  const [link, key] = [toUuid('invitationLink', newId('invitationLink')), toUuid('apiKey', newId('apiKey'))];
  let database: Database;
  let contents: readonly PolicyContent[];
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (url) => void (await migrate(url)));
    const copy = await createDatabase('schema');
    ({ drop } = copy);
    database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    await applyInitialPolicies(database, policyDirectory);
    contents = await readPolicies(policyDirectory);
    await database.write('platform', fill);
  });

  after(async () => {
    await database?.close();
    await drop?.();
  });

  async function fill(db: Db): Promise<void> {
    await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
    for (const [user_id, role] of [
      [alice, 'org.admin'],
      [bob, 'org.manager'],
    ] as const) {
      await db('users').insert({ id: user_id, issuer: 'https://idp.example', subject: user_id });
      await db('members').insert({ org_id, user_id });
      await db('grants').insert({ org_id, id: uuid('grant'), user_id, role, source: 'DIRECT', granted_by: 'test' });
    }
    const invite = async (id: string, by: string, expires_at: Date): Promise<void> => {
      const about = { email: `${id}@example.com`, token_hash: Buffer.from(id.replaceAll('-', '')), invited_by: toId('user', by) };
      await db('invitations').insert({ org_id, id, expires_at, ...about });
      await db('invitation_roles').insert({ org_id, invitation_id: id, role: 'org.member' });
    };
    await invite(ids.ofAlice, alice, tomorrow);
    await invite(ids.ofBob, bob, tomorrow);
    await invite(ids.over, alice, new Date());
    const token_hash = Buffer.from(link.replaceAll('-', ''));
    await db('invitation_links').insert({ org_id, id: link, token_hash, expires_at: tomorrow, invited_by: toId('user', alice) });
    await db('invitation_link_roles').insert({ org_id, link_id: link, role: 'org.member' });
    await db('api_keys').insert({ org_id, id: key, user_id: bob, type: 'secret', name: 'key', created_by: 'test' });
  }

  function changed(change: (content: PolicyContent) => PolicyContent): PolicyContent[] {
    return contents.map((content) => (content.scope === kind ? change(content) : content));
  }

  function without(content: PolicyContent, isGone: (row: Row) => boolean): PolicyContent {
    const kept = content.rows.flatMap((row, index) => (isGone(row) ? [] : [{ row, source: content.sources[index]! }]));
    return { ...content, rows: kept.map(({ row }) => row), sources: kept.map(({ source }) => source) };
  }

  async function strandedBy(after: readonly PolicyContent[]): Promise<readonly Stranded[]> {
    const make = () => database.observe('platform', (db) => makePlan(db, after));
    const [plan, again] = [await make(), await make()];
    expect(plan.verification.differences).to.deep.equal([]);
    expect(JSON.stringify(documentOf(again))).to.equal(JSON.stringify(documentOf(plan)));
    return documentOf(plan).stranded;
  }

  const offerOf = (about: Pick<Stranded, 'kind' | 'reason'>, id: string): Stranded => ({
    ...about,
    ...{ scope, role: 'org.member', count: 1, organizations: 1, examples: [{ organizationId, id }] },
  });

  it('nothing is where nobody loses what anything hangs on', async () => {
    expect(await strandedBy(contents)).to.deep.equal([]);
    expect(
      await strandedBy(changed((content) => without(content, (row) => row.join(' ').includes('org.admin org audit-event')))),
    ).to.deep.equal([]);
  });

  it('an invitation and a link are whose author may not offer the role any more, and not those that are over or could not be accepted before', async () => {
    const after = changed((content) =>
      without(
        content,
        ([subject, , object, action]) => subject === 'integrations/org.admin' && object === 'role:org.member' && action === 'assign',
      ),
    );
    expect(await strandedBy(after)).to.deep.equal([
      offerOf({ kind: 'INVITATION', reason: 'GIVER_LOST' }, toId('invitation', ids.ofAlice)),
      offerOf({ kind: 'INVITATION_LINK', reason: 'GIVER_LOST' }, toId('invitationLink', link)),
    ]);
    const plans = await database.observe('platform', async (db) => [
      await makePlan(db, after),
      await makePlan(db, after, { withStranded: false }),
    ]);
    expect(plans.map(({ stranded }) => stranded.length)).to.deep.equal([2, 0]);
    expect(plans[1]!.digest, 'it is no part of what makes a plan stale').to.equal(plans[0]!.digest);
  });

  it('grants and offers of a role that is gone are, whoever made them', async () => {
    const after = changed((content) => {
      const blueprint = content.blueprint!;
      const roles = blueprint.roles.filter(({ id }) => !['org.member', 'org.manager'].includes(id));
      return {
        ...without(content, (row) => /org\.(member|manager)/.test(row.join(' '))),
        blueprint: { ...blueprint, roles, lowestRole: 'org.admin' },
      };
    });
    const stranded = await strandedBy(after);
    const shown = stranded.map(({ kind: what, reason, role, count, examples }) => [
      what,
      reason,
      role,
      count,
      examples.map(({ id }) => id),
    ]);
    expect(shown).to.deep.include.members([
      ['GRANT', 'ROLE_GONE', 'org.manager', 1, [toId('user', bob)]],
      ['INVITATION', 'ROLE_GONE', 'org.member', 2, [toId('invitation', ids.ofAlice), toId('invitation', ids.ofBob)].sort()],
      ['INVITATION_LINK', 'ROLE_GONE', 'org.member', 1, [toId('invitationLink', link)]],
    ]);
    expect(shown.map(([, reason]) => reason)).not.to.include('GIVER_LOST');
  });

  it('a key is whose owner holds nothing any more', async () => {
    const isOfAll = (row: Row) => ['integrations/org.manager', 'member/self'].includes(row[0]);
    const after = contents.map((content) => without(content, isOfAll));
    expect((await strandedBy(after)).filter(({ kind: what }) => what === 'API_KEY')).to.deep.equal([
      {
        kind: 'API_KEY',
        reason: 'OWNER_EMPTY',
        scope,
        count: 1,
        organizations: 1,
        examples: [{ organizationId, id: toId('apiKey', key) }],
      },
    ]);
  });

  it('keys are those that stock snapshots give something before and nothing after, for changes by chance', async () => {
    let found = 0;
    for (const seed of [31, 32]) {
      await withData(3_000 + seed, async (data, inForce) => {
        for (let number = 0; number < 6; number++) {
          const chance = chanceOf(number);
          const few = inForce.map((content) => without(content, ([subject]) => subject.startsWith('scope/') && chance.often(80)));
          const after = number % 2 === 0 ? few : changedBy(chance, inForce);
          await data.observe('platform', async (db) => {
            const { stranded } = await makePlan(db, after, { samples: 0 });
            const planned = stranded.flatMap(({ kind: what, reason, examples }) =>
              what === 'API_KEY' ? examples.map(({ id }) => `${id} ${reason}`) : [],
            );
            const expected = await keysByHand(db, inForce, after);
            expect(planned.sort(), `data ${seed}, change ${number}`).to.deep.equal(expected.sort());
            found += expected.length;
          });
        }
      });
    }
    expect(found).to.be.above(0);
  });
});

/** Asks for every key, in each place, one permission after the other. */
async function keysByHand(db: Db, before: readonly PolicyContent[], after: readonly PolicyContent[]): Promise<string[]> {
  interface KeyRow {
    id: string;
    org_id: string;
    blueprint: string;
    user_id: string | null;
    service_account_id: string | null;
  }
  const keys: KeyRow[] = (
    await db.raw(
      `select k.id, k.org_id, o.blueprint, k.user_id, k.service_account_id from api_keys k join organizations o on o.id = k.org_id
       where o.state <> 'DELETED' and ${livingKey}`,
    )
  ).rows;
  const stranded: string[] = [];
  for (const row of keys) {
    const organizationId = toId('organization', row.org_id);
    const own = (await ownContents(db, [organizationId])).get(organizationId);
    const engineOf = (all: readonly PolicyContent[]): Engine =>
      createEngine([
        all.find((content) => content.scope === 'platform')!,
        all.find((content) => content.scope === `blueprint/${row.blueprint}`)!,
        ...(own ? [own] : []),
      ]);
    const [old, now] = [engineOf(before), engineOf(after)];
    const projects: { id: string }[] = await db('projects').where({ org_id: row.org_id, state: 'ACTIVE' }).select('id');
    const places = [{ organizationId }, ...projects.map(({ id }) => ({ organizationId, projectId: toId('project', id) }))];
    const subject: Subject = {
      type: 'api-key',
      id: toId('apiKey', row.id),
      uuid: row.id,
      home: { organization: row.org_id, owner: holderOf(row) },
    };
    const gives = async (engine: Engine, ofOwner = false): Promise<boolean> => {
      for (const place of places) {
        const { scopes, ...snapshot } = await takeSnapshot(db, subject, domainOf(place), place);
        const asked = { ...snapshot, ...(!ofOwner && scopes && { scopes }) };
        const pairs = engine.permissions(asked.domain.level);
        if (pairs.some(({ resource, action }) => decideWith(engine, asked, resource, action).allowed)) return true;
      }
      return false;
    };
    if ((await gives(old)) && !(await gives(now)))
      stranded.push(`${subject.id} ${(await gives(now, true)) ? 'SCOPES_EMPTY' : 'OWNER_EMPTY'}`);
  }
  return stranded;
}
