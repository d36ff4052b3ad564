import { expect } from 'chai';
import pg from 'pg';
import type { components } from '../../../api/contract/openapi.d.ts';
import { platformChain, toUuid } from '../../../core/base/ids.ts';
import { applyContents } from '../../../core/policies/policies.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
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
    const content = (await shippedPolicies()).find((each) => each.scope === scope)!;
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

  async function activate(revision: number, reason?: string, roleMapping?: components['schemas']['RoleMapping']) {
    const { data } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path } });
    return admin.client.PUT('/v1/policies/{scope}/head', {
      params: { path, header: { 'If-Match': data!.etag } },
      body: { revision, ...(reason === undefined ? {} : { reason }), ...(roleMapping && { roleMapping }) },
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

  /** The roles that the members of the organization have, by their address. */
  async function rolesOf(email: string): Promise<string[]> {
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId } } });
    return data!.items.find((member) => member.email === email)?.roles.map(({ role }) => role) ?? [];
  }

  const events = async (action: string) => {
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action } },
    });
    return data!.items.map(({ before, after }) => ({ before, after }));
  };

  it('comes into force with another role in its place: grants keep their ids and ends, offers are for the new one', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const { data: invited } = await invite();
    const revision = await propose();
    const grantOf = async () => {
      const { data } = await admin.client.GET('/v1/organizations/{organizationId}/grants', { params: { path: { organizationId } } });
      return data!.items.find(({ subject }) => subject.id === manager.id)!;
    };
    const before = await grantOf();
    expect((await activate(revision, undefined, { rename: { 'org.manager': 'org.nothing' } })).response.status).to.equal(400);
    expect((await activate(revision, undefined, { rename: { 'org.manager': 'project.admin' } })).error!.detail).to.include(
      'different levels',
    );
    expect((await activate(revision, undefined, { rename: { 'org.admin': 'org.steward' } })).error!.detail).to.include('still a role');
    const twice = { rename: { 'integrations/org.manager': 'org.steward', 'org.manager': 'org.member' } };
    expect((await activate(revision, undefined, twice)).error!.detail).to.include('org.manager is named twice');
    expect(await rolesOf('manager@example.com')).to.deep.equal(['org.manager']);
    const renamedHead = await activate(revision, undefined, { rename: { 'org.manager': 'org.steward' } });
    expect(renamedHead.response.status).to.equal(200);
    expect(await grantOf()).to.deep.include({ id: before.id, createdAt: before.createdAt, role: 'org.steward' });
    expect(
      (await manager.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId } } })).response.status,
    ).to.equal(200);
    const offer = await admin.client.GET('/v1/organizations/{organizationId}/invitations/{invitationId}', {
      params: { path: { organizationId, invitationId: invited!.items[0]!.id } },
    });
    expect(offer.data!.roles).to.deep.equal(['org.steward']);
    expect(await events('role.rename')).to.deep.equal([
      { before: { role: 'org.manager' }, after: { role: 'org.steward', grants: 1, invitations: 1 } },
    ]);
  });

  it('shows in its plan how much happens in organizations, and nothing of what is in them', async () => {
    const owner = await tenet.as('owner@example.com');
    const elsewhere = await foundOrganization(owner);
    const { data: invited } = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId: elsewhere } },
      body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.manager'] },
    });
    const revision = await propose();
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path } });
    const response = await admin.raw(`/v1/policies/${path.scope}/head?validateOnly=true`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': head!.etag },
      body: JSON.stringify({ revision, roleMapping: { drop: ['org.manager'] } }),
    });
    expect(response.status).to.equal(200);
    const { changes } = (await response.json()) as { changes: { items: { action: string }[] } };
    expect(changes.items.map(({ action }) => action)).to.deep.equal(['invitation.revoke', 'policy.activate']);
    expect(changes.items[0]).to.deep.equal({ organizationId: elsewhere, action: 'invitation.revoke', target: invited!.items[0]!.id });
  });

  it('comes into force and drops it: grants and offers of it are revoked, each with its event', async () => {
    await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const { data: invited } = await invite();
    expect((await activate(await propose(), undefined, { drop: ['org.manager'] })).response.status).to.equal(200);
    expect(await rolesOf('manager@example.com')).to.deep.equal([]);
    const offer = await admin.client.GET('/v1/organizations/{organizationId}/invitations/{invitationId}', {
      params: { path: { organizationId, invitationId: invited!.items[0]!.id } },
    });
    expect(offer.data).to.include({ state: 'REVOKED' });
    expect(await events('grant.revoke')).to.have.length(1);
    expect(await events('invitation.revoke')).to.have.length(1);
  });

  const linksPath = '/v1/organizations/{organizationId}/invitation-links';
  const makeLink = async () =>
    (await admin.client.POST(linksPath, { params: { path: { organizationId } }, body: { roles: ['org.manager'] } })).data!;
  const links = async () =>
    (await admin.client.GET(linksPath, { params: { path: { organizationId } } })).data!.items.map(({ id, roles, state }) => ({
      id,
      roles,
      state,
    }));

  it('is offered by links too: they are counted, get another role in its place, or are revoked', async () => {
    const { id } = await makeLink();
    const revision = await propose();
    expect((await activate(revision)).error!.detail).to.include('org.manager (1 invitation link in 1 organization)');
    expect(
      (await activate(revision, undefined, { rename: { 'integrations/org.manager': 'integrations/org.steward' } })).response.status,
    ).to.equal(200);
    expect(await links()).to.deep.equal([{ id, roles: ['org.steward'], state: 'ACTIVE' }]);
    expect((await events('role.rename'))[0]!.after).to.include({ links: 1 });
  });

  it('is dropped: links to it are revoked, with their event', async () => {
    const { id } = await makeLink();
    expect((await activate(await propose(), undefined, { drop: ['org.manager'] })).response.status).to.equal(200);
    expect(await links()).to.deep.equal([{ id, roles: ['org.manager'], state: 'REVOKED' }]);
    expect(await events('invitation-link.revoke')).to.have.length(1);
  });

  it('may rename the top role, which no organization is without, and not drop it', async () => {
    const content = await renamed('org.admin', 'org.chief');
    const apply = (mapping: object) =>
      tenet.database.write('platform', (db) =>
        applyContents(
          db,
          [content],
          { author: 'system:cli/test', reason: 'Renamed' },
          { name: 'system:cli/test', requestId: 'cli' },
          mapping,
        ),
      );
    const organization = admin.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } });
    expect((await organization).response.status).to.equal(200);
    expect((await failure(apply({ drop: ['org.admin'] }))).message).to.match(/1 organization .* would have no member with org\.chief/);
    expect((await failure(apply({ rename: { 'org.admin': 'org.chief', 'org.boss': 'org.chief' } }))).message).to.include(
      'no policy that is applied loses a role org.boss',
    );
    await apply({ rename: { 'integrations/org.admin': 'org.chief' } });
    expect(await rolesOf('admin@example.com')).to.deep.equal(['org.owner', 'org.chief']);
    const left = await admin.client.POST('/v1/organizations/{organizationId}/leave', { params: { path: { organizationId } }, body: {} });
    expect(left.error).to.include({ code: 'last-owner' });
  });

  it('is refused by an apply of files too, the platform as well', async () => {
    await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const apply = async (contents: Awaited<ReturnType<typeof shippedPolicies>>) =>
      tenet.database.write('platform', (db) =>
        applyContents(db, contents, { author: 'system:cli/test', reason: 'Renamed' }, { name: 'system:cli/test', requestId: 'cli' }),
      );
    expect((await failure(apply([await renamed()]))).message).to.match(/org\.manager \(1 grant in 1 organization\)/);
    const platform = (await shippedPolicies()).find((each) => each.scope === 'platform')!;
    const without = JSON.parse(JSON.stringify(platform).replaceAll('platform/policy-admin', 'platform/lawgiver')) as typeof platform;
    expect((await failure(apply([without]))).message).to.match(/policy of the platform lacks .*platform\/policy-admin \(1 grant\)/);
  });

  it('of the platform that are renamed or dropped are in its log, of each person what they lost and what they hold instead', async () => {
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor', 'platform/policy-admin');
    const platform = (await shippedPolicies()).find((each) => each.scope === 'platform')!;
    const text = JSON.stringify(platform)
      .replaceAll('platform/policy-admin', 'platform/lawgiver')
      .replaceAll('platform/auditor', 'platform/reader');
    const mapping = { rename: { 'platform/policy-admin': 'platform/lawgiver' }, drop: ['platform/auditor'] };
    const events = await tenet.database.rehearse('platform', async (db) => {
      const by = { name: 'system:cli/test', requestId: 'cli' };
      await applyContents(db, [JSON.parse(text)], { author: by.name, reason: 'Renamed' }, by, mapping);
      const rows: { action: string; target: string; event: string }[] = await db('audit_events')
        .where({ org_id: platformChain, actor: by.name })
        .whereLike('action', 'operator.%')
        .orderBy('seq');
      return rows.map(({ action, target, event }) => ({ action, target, ...(JSON.parse(event) as { before?: object; after?: object }) }));
    });
    const [auditor, lawgiver] = await Promise.all(
      ['auditor@example.com', 'admin@example.com'].map(async (email) => (await tenet.as(email)).userId()),
    );
    const recorded = events.map(({ action, target, before, after }) => ({ action, target, roles: before ?? after }));
    expect(recorded).to.have.deep.members([
      { action: 'operator.remove', target: auditor, roles: { roles: ['platform/auditor', 'platform/policy-admin'] } },
      { action: 'operator.add', target: auditor, roles: { roles: ['platform/lawgiver'] } },
      { action: 'operator.remove', target: lawgiver, roles: { roles: ['platform/policy-admin'] } },
      { action: 'operator.add', target: lawgiver, roles: { roles: ['platform/lawgiver'] } },
    ]);
  });

  it('of the platform are renamed over the API, and the log can be read', async () => {
    const { sources: _, ...platform } = (await shippedPolicies()).find((each) => each.scope === 'platform')!;
    const { model, rows, vocabulary, tests } = JSON.parse(
      JSON.stringify(platform).replaceAll('platform/policy-admin', 'platform/lawgiver'),
    );
    const ofPlatform = { path: { scope: 'platform' } };
    const body = { model, rows, vocabulary, tests, reason: 'Policy admins are lawgivers' } as never;
    const { data: proposed, error } = await admin.client.POST('/v1/policies/{scope}/revisions', { params: ofPlatform, body });
    expect(error).to.equal(undefined);
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: ofPlatform });
    const moved = await admin.client.PUT('/v1/policies/{scope}/head', {
      params: { ...ofPlatform, header: { 'If-Match': head!.etag } },
      body: { revision: proposed!.revision, roleMapping: { rename: { 'platform/policy-admin': 'platform/lawgiver' } } },
    });
    expect(moved.error).to.equal(undefined);
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    const auditor = await tenet.as('auditor@example.com');
    const { data: log } = await auditor.client.GET('/v1/audit-events', {});
    const actions = log!.items.map(({ action }) => action);
    expect(actions).to.include.members(['policy.activate', 'operator.remove', 'operator.add']);
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
