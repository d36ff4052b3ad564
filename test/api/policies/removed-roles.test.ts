import { expect } from 'chai';
import pg from 'pg';
import type { components } from '../../../api/contract/openapi.d.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { platformChain, toUuid } from '../../../core/base/ids.ts';
import { applyContents } from '../../../core/policies/policies.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint/integrations';

describe('a policy that lacks a role which is in use', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  let path: { scope: string };

  beforeEach(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'admin@example.com', 'platform/policy-admin');
    admin = await tenet.as('admin@example.com');
    organizationId = await foundOrganization(admin);
    const { data } = await admin.client.GET('/v1/policies');
    path = { scope: data!.items.find((head) => head.scope.endsWith('integrations'))!.scope };
  });
  afterEach(() => tenet?.stop());

  /** The blueprint with a role that has another name everywhere, in its own tests too. */
  async function renamed(from = 'org.manager', to = 'org.steward') {
    const content = (await readPolicies('policies')).find((each) => each.scope === scope)!;
    return JSON.parse(JSON.stringify(content).replaceAll(from, to)) as typeof content;
  }

  async function propose(): Promise<number> {
    const { model, rows, blueprint, tests } = await renamed();
    const body = {
      model,
      rows,
      blueprint,
      tests,
      reason: 'Managers are stewards',
    } as unknown as components['schemas']['CreatePolicyRevision'];
    const { data, error } = await admin.client.POST('/v1/policies/{scope}/revisions', { params: { path }, body });
    expect(error).to.equal(undefined);
    return data!.revision;
  }

  async function activate(revision: number, reason?: string) {
    const { data } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path } });
    return admin.client.PUT('/v1/policies/{scope}/head', {
      params: { path, header: { 'If-Match': data!.etag } },
      body: { revision, ...(reason === undefined ? {} : { reason }) },
    });
  }

  const invite = () =>
    admin.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.manager'] },
    });

  it('does not come into force while it is held or offered, and says by how many', async () => {
    await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    expect((await invite()).response.status).to.equal(201);
    const revision = await propose();
    const refused = await activate(revision);
    expect(refused.error).to.include({ status: 409, code: 'failed-precondition' });
    expect(refused.error!.detail).to.match(
      /integrations lacks .*org\.manager \(1 grant and 1 pending invitation in 1 organization\)\. Keep/,
    );
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path } });
    expect(head!.revision).to.equal(1);

    await tenet.database.write('platform', (db) => db('invitations').where({ state: 'PENDING' }).update({ state: 'REVOKED' }));
    await tenet.database.write('platform', (db) =>
      db('grants').where({ role: 'org.manager', revoked_at: null }).update({ revoked_at: new Date(), revoked_by: 'test' }),
    );
    expect((await activate(revision)).response.status).to.equal(200);
  });

  it('is refused by an apply of files too, the platform as well', async () => {
    await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const apply = async (contents: Awaited<ReturnType<typeof readPolicies>>) =>
      tenet.database.write('platform', (db) =>
        applyContents(db, contents, { author: 'system:cli/test', reason: 'Renamed' }, { name: 'system:cli/test', requestId: 'cli' }),
      );
    expect((await failure(apply([await renamed()]))).message).to.match(/org\.manager \(1 grant in 1 organization\)/);
    const platform = (await readPolicies('policies')).find((each) => each.scope === 'platform')!;
    const without = JSON.parse(JSON.stringify(platform).replaceAll('platform/policy-admin', 'platform/lawgiver')) as typeof platform;
    expect((await failure(apply([without]))).message).to.match(/policy of the platform lacks .*platform\/policy-admin \(1 grant\)/);
  });

  /** Holds the audit chain (a uuid) while `work` is under way: a transaction that records something in it waits there, nearly done. */
  async function holding<T>(chain: string, work: (release: () => Promise<void>) => Promise<T>): Promise<T> {
    const client = new pg.Client(tenet.databaseUrl);
    await client.connect();
    try {
      await client.query("begin; set local tenet.scope = 'platform'");
      await client.query('select from tenet.audit_heads where org_id = $1 for update', [chain]);
      return await work(async () => void (await client.query('commit')));
    } finally {
      await client.end();
    }
  }

  const waiting = (number: number) =>
    eventually(async () => {
      const { rows } = await tenet.database.read('platform', (db) => db.raw('select distinct pid from pg_locks where not granted'));
      expect(rows).to.have.length(number);
    });
  const give = (id: string) =>
    admin.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id }, role: 'org.manager' },
    });

  it('waits for the grant that is being made, and is refused by it', async () => {
    const { id } = await join(tenet, { organizationId }, 'manager@example.com', 'org.member');
    const revision = await propose();
    const [given, activated] = await holding(toUuid('organization', organizationId), async (release) => {
      const giving = give(id);
      await waiting(1);
      const activating = activate(revision);
      await Promise.race([waiting(2), activating]);
      await release();
      return Promise.all([giving, activating]);
    });
    expect(given.response.status).to.equal(201);
    expect(activated.response.status).to.equal(409);
    expect(activated.error!.detail).to.include('org.manager (1 grant in 1 organization)');
  });

  it('that comes into force keeps the role from being given and offered meanwhile', async () => {
    const { id } = await join(tenet, { organizationId }, 'manager@example.com', 'org.member');
    const other = await foundOrganization(admin, 'Other');
    const revision = await propose();
    const [activated, given, invited] = await holding(platformChain, async (release) => {
      const activating = activate(revision);
      await waiting(1);
      const giving = give(id);
      const inviting = admin.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId: other } },
        body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.manager'] },
      });
      await Promise.race([waiting(3), giving, inviting]);
      await release();
      return Promise.all([activating, giving, inviting]);
    });
    expect(activated.response.status).to.equal(200);
    for (const { response, error } of [given, invited]) {
      expect(response.status).to.equal(503);
      expect(error!.detail).to.include('The policy has changed meanwhile');
    }
    expect((await give(id)).response.status).to.equal(400);
  });

  it('comes into force when nobody holds it, with the reason in the head and in the audit', async () => {
    const revision = await propose();
    const { data } = await activate(revision, 'Agreed in the board');
    expect(data).to.include({ revision, reason: 'Agreed in the board' });
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path } });
    expect(head!.reason).to.equal('Agreed in the board');
    const [event] = await tenet.database.read('platform', (db) =>
      db('audit_events').where({ action: 'policy.activate' }).orderBy('seq', 'desc').limit(1).select('event'),
    );
    expect(JSON.parse(event.event).after).to.deep.equal({ revision, reason: 'Agreed in the board' });
  });
});
