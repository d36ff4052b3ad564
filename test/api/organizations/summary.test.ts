import { expect } from 'chai';
import { install, publish, signInPublisher } from '../../helpers/apps.ts';
import { foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/summary';

describe('the summary of an organization', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Work', 'app-workspace');
  });
  after(() => tenet?.stop());

  const get = (by: Caller = admin, where = organizationId, etag?: string) =>
    by.client.GET(path, { params: { path: { organizationId: where }, header: etag === undefined ? {} : { 'If-None-Match': etag } } });
  const invite = (email: string) =>
    admin.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email }], roles: ['org.member'] },
    });

  it('S003-01: it has members, applications by state, recent activity, and what the caller may do next, and is the same until something changes', async () => {
    const first = (await get()).data!;
    expect(first).to.deep.include({ organizationId, state: 'ACTIVE', members: { active: 1, inactive: 0 }, instances: {}, attention: [] });
    expect(first.recentActivity![0]).to.include({ action: 'organization.create', actor: admin.id, outcome: 'SUCCEEDED' });
    expect(first.quickActions).to.include.members(['invitation:create', 'instance:create']);
    expect((await get(admin, organizationId, first.etag)).response.status).to.equal(304);

    await invite('one@example.com');
    await invite('two@example.com');
    await inDatabase(
      tenet,
      organizationId,
      "update invitations set expires_at = now() + interval '1 hour' where email = 'one@example.com'",
    );
    const second = await get(admin, organizationId, first.etag);
    expect(second.response.status).to.equal(200);
    expect(second.data!).to.deep.include({
      invitations: { pending: 2, endingSoon: 1 },
      attention: [{ kind: 'INVITATIONS_ENDING', count: 1 }],
    });
    expect(second.data!.recentActivity!.map(({ action }) => action).slice(0, 2)).to.deep.equal(['invitation.create', 'invitation.create']);
  });

  it('S003-01: a part that the caller may not list is absent', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const mine = (await get(admin)).data!;
    const theirs = (await get(manager)).data!;
    expect(mine).to.include.keys('members', 'webhooks', 'apiKeys', 'secondFactor', 'recentActivity');
    expect(theirs.members).to.deep.equal(mine.members);
    expect(theirs).to.not.have.any.keys('webhooks', 'secondFactor', 'recentActivity');
    expect(theirs.quickActions).to.not.include('organization:update');
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    expect((await get(member)).response.status).to.equal(403);
    expect((await get(await tenet.as('stranger@example.com'))).response.status).to.equal(404);
  });

  it('applications are counted that the caller may list', async () => {
    const work = await foundOrganization(admin, 'Apps', 'app-workspace');
    await install(admin, work, { itemId: await publish(await signInPublisher(tenet)) });
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId: work } } });
    expect(data!.items).to.have.length(1);
    expect((await get(admin, work)).data!.instances).to.deep.equal({ [data!.items[0]!.state]: 1 });
  });

  it('keys that end soon and keys of people who left need attention; other organizations are not counted', async () => {
    const spaces = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    await foundProject(admin, spaces, 'Space');
    const leaver = await join(tenet, { organizationId: spaces }, 'leaver@example.com', 'org.admin');
    const make = (by: Caller, name: string, expiresAt?: string) =>
      by.client.POST('/v1/organizations/{organizationId}/api-keys', {
        params: { path: { organizationId: spaces } },
        body: { name, scopes: [], ...(expiresAt !== undefined && { expiresAt }) },
      });
    await make(admin, 'soon', new Date(Date.now() + 86_400_000).toISOString());
    const left = await make(leaver, 'left');
    expect(left.error, JSON.stringify(left.error)).to.equal(undefined);
    await inDatabase(
      tenet,
      spaces,
      "update members set state = 'INACTIVE' where user_id in (select id from users where email = 'leaver@example.com')",
    );
    const shown = (await get(admin, spaces)).data!;
    expect(shown).to.deep.include({
      members: { active: 1, inactive: 1 },
      projects: { active: 1, archived: 0 },
      apiKeys: { active: 2, endingSoon: 1, ofLeavers: 1 },
    });
    expect(shown.attention).to.deep.equal([
      { kind: 'API_KEYS_OF_LEAVERS', count: 1 },
      { kind: 'API_KEYS_ENDING', count: 1 },
    ]);
    await inDatabase(tenet, spaces, `update projects set state = 'ARCHIVED' where id in (select id from projects limit 1)`);
    expect((await get(admin, spaces)).data!.projects).to.deep.equal({ active: 0, archived: 1 });
    expect((await get(admin)).data!.apiKeys).to.deep.equal({ active: 0, endingSoon: 0, ofLeavers: 0 });
  });
});
