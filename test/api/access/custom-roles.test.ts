import { expect } from 'chai';
import type { CustomRoles } from '../../../core/authorization/policy/custom-roles.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { applyContents } from '../../../core/policies/policies.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, type Person, signIn } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { roleSteps } from './custom-role-steps.ts';

const rolePath = '/v1/organizations/{organizationId}/roles/{roleId}';
const grantsPath = '/v1/organizations/{organizationId}/grants';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

describe('roles that an organization defines', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Workspace', 'app-workspace');
  });
  after(() => tenet.stop());

  const { unused, newMember, define, made, replace, remove, give, mayListMembers, listed } = roleSteps(() => ({
    tenet,
    admin,
    organizationId,
  }));

  it('S003-15: are made of selected permissions, which whoever gets the role has from then on', async () => {
    const member = await newMember('org.member');
    expect(await mayListMembers(member)).to.equal(false);
    const role = await made({ title: 'Receptionist', description: 'Sees the people.' });
    expect(role).to.include({
      title: 'Receptionist',
      description: 'Sees the people.',
      level: 'ORG',
      kind: 'CUSTOM',
      tier: 'org.member',
      memberCount: 0,
    });
    expect(role.id).to.match(/^role_/);
    expect(role.permissions).to.deep.equal([
      { resource: 'member', action: 'list', domain: 'org', effect: 'ALLOW' },
      { resource: 'member', action: 'read', domain: 'org', effect: 'ALLOW' },
    ]);
    expect((await give(admin, member.id, role.id)).response.status).to.equal(201);
    expect(await mayListMembers(member)).to.equal(true);
    const elsewhere = await foundOrganization(admin, 'Elsewhere', 'app-workspace');
    expect((await give(admin, admin.id, role.id, elsewhere)).response.status).to.equal(400);
  });

  it('S003-14: the list shows rank, level and how many people hold each role, of both kinds', async () => {
    const role = await made({ tier: 'org.manager' });
    for (const to of [await newMember(), await newMember()]) await give(admin, to.id, role.id);
    const items = await listed();
    expect(items.find(({ id }) => id === role.id)).to.include({
      kind: 'CUSTOM',
      level: 'ORG',
      tier: 'org.manager',
      rank: 60,
      memberCount: 2,
    });
    expect(items.find(({ id }) => id === 'org.admin')).to.include({ kind: 'BUILT_IN', rank: 100, memberCount: 1 });
    const { data } = await admin.client.GET(rolePath, { params: { path: { organizationId, roleId: role.id } } });
    expect(data).to.deep.equal(items.find(({ id }) => id === role.id));
  });

  it('S003-16: permissions are added and removed, and hold for its holders at once', async () => {
    const role = await made({ permissions: ['role:list'] });
    const holder = await newMember();
    await give(admin, holder.id, role.id);
    expect(await mayListMembers(holder)).to.equal(false);
    const { data } = await replace(admin, role.id, { title: role.title, tier: 'org.member', permissions: ['member:list'] }, role.etag);
    expect(data!.etag).to.not.equal(role.etag);
    expect(await mayListMembers(holder)).to.equal(true);
    const stale = await replace(admin, role.id, { title: 'Other', tier: 'org.member', permissions: [] }, role.etag);
    expect(stale.response.status).to.equal(412);
    await replace(admin, role.id, { title: role.title, tier: 'org.member', permissions: [] });
    expect(await mayListMembers(holder)).to.equal(false);
  });

  it('S003-17, S003-38: are defined, changed and deleted by admins and by nobody below', async () => {
    const role = await made();
    for (const one of ['org.co-admin', 'org.manager', 'org.member']) {
      const by = await newMember(one);
      const body = { title: `By ${one}`, tier: 'org.member', permissions: [] };
      expect((await define(by, body)).response.status, one).to.equal(403);
      expect((await replace(by, role.id, body)).response.status, one).to.equal(403);
      expect((await remove(by, role.id)).response.status, one).to.equal(403);
    }
    const stranger = await tenet.as('stranger@example.com');
    expect((await define(stranger, { title: 'Mine', tier: 'org.member', permissions: [] })).response.status).to.equal(404);
  });

  it('hold nothing that is in no group, and no tier that is not offered', async () => {
    const body = { title: 'Too much', tier: 'org.member' };
    const refused = await define(admin, { ...body, permissions: ['member:list', 'role:create', 'member:list'] });
    expect(refused.response.status).to.equal(400);
    expect((refused.error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).to.deep.equal([
      '#/permissions/1',
      '#/permissions/2',
    ]);
    expect((await define(admin, { ...body, permissions: ['role:org.admin:assign'] })).response.status).to.equal(400);
    expect((await define(admin, { ...body, tier: 'org.admin', permissions: [] })).response.status).to.equal(400);
    expect((await define(admin, { title: 'Nothing' })).response.status).to.equal(400);
  });

  it('have titles that are unique in the organization, whatever their case', async () => {
    await made({ title: 'Night shift' });
    expect((await define(admin, { title: 'NIGHT SHIFT', tier: 'org.member', permissions: [] })).response.status).to.equal(409);
  });

  it('hold in projects what a group for projects has', async () => {
    const projectId = newId('project');
    const sql = 'insert into projects (org_id, id, slug, name) values (?, ?, ?, ?)';
    await inDatabase(tenet, organizationId, sql, [
      toUuid('organization', organizationId),
      toUuid('project', projectId),
      'calendar',
      'Calendar',
    ]);
    const role = await made({ permissions: ['project:read'] });
    const holder = await newMember();
    await give(admin, holder.id, role.id);
    const { response } = await holder.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
      params: { path: { organizationId, projectId } },
    });
    expect(response.status).to.equal(200);
  });

  it('are explained: the row that decided is one of the policy of the organization', async () => {
    const role = await made();
    const holder = await newMember();
    await give(admin, holder.id, role.id);
    const { data, error } = await admin.client.POST('/v1/organizations/{organizationId}/decisions/explain', {
      params: { path: { organizationId } },
      body: { subject: holder.id, resource: 'member', action: 'list' },
    });
    expect(error, JSON.stringify(error)).to.equal(undefined);
    expect(data).to.deep.include({ decision: true });
    expect(data!.rule).to.deep.equal({
      scope: organizationId,
      file: `roles/${role.id}`,
      line: 1,
      row: [role.id, 'org', 'member', 'list', 'allow'],
    });
    expect(data!.revisions.at(-1)!.scope).to.equal(organizationId);
    expect(data!.roles.map((one) => one.role)).to.include(role.id);
  });

  it('are in the audit log with what they were and what they became', async () => {
    const where = await foundOrganization(admin, 'Audited', 'app-workspace');
    const role = await made({}, where);
    await admin.client.PUT(rolePath, {
      params: { path: { organizationId: where, roleId: role.id } },
      body: { title: 'New', tier: 'org.member', permissions: [] },
    });
    await remove(admin, role.id, undefined, where);
    const trail = await auditTrail(admin, where);
    expect(trail.map(({ action }) => action).filter((action) => action.startsWith('role.'))).to.deep.equal([
      'role.create',
      'role.update',
      'role.delete',
    ]);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId: where }, query: { action: 'role.update' } },
    });
    expect(data!.items[0]!.before).to.include({ title: role.title, tier: 'org.member' });
    expect(data!.items[0]!.after).to.include({ title: 'New', revision: 2 });
  });

  it('no text of people stands in policy rows', async () => {
    await made({ title: 'Quoted, "rows" #1' });
    const rows = await tenet.database.read('platform', (db) =>
      db('policy_revisions').where({ scope: organizationId }).orderBy('revision', 'desc').first(),
    );
    expect(JSON.stringify(rows)).to.not.include('Quoted');
  });

  describe('that are in use', () => {
    it('are not deleted, and the answer says what holds and offers them', async () => {
      const role = await made();
      const holder = await newMember();
      await give(admin, holder.id, role.id);
      await admin.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email: `invited${unused()}@example.com` }], roles: [role.id] },
      });
      const refused = await remove(admin, role.id);
      expect(refused.response.status).to.equal(409);
      expect(refused.error).to.deep.include({ code: 'role-in-use', grants: 1, invitations: 1 });
      expect(
        (refused.error as { blockers: { subject: object; role: string }[] }).blockers.map(({ subject, role: held }) => ({ subject, held })),
      ).to.deep.equal([{ subject: { type: 'USER', id: holder.id }, held: role.id }]);
    });

    it('hand everything over to a successor in the same transaction', async () => {
      const [old, next] = [await made({ permissions: [] }), await made()];
      const holder = await newMember();
      await give(admin, holder.id, old.id);
      const email = `invited${unused()}@example.com`;
      const invitation = await admin.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email }], roles: [old.id] },
      });
      expect(await mayListMembers(holder)).to.equal(false);
      expect((await remove(admin, old.id, next.id)).response.status).to.equal(204);
      expect(await mayListMembers(holder)).to.equal(true);
      expect((await listed()).map(({ id }) => id)).to.not.include(old.id);
      const guest = await tenet.as(email);
      const invitationId = invitation.data!.items[0]!.id;
      expect(
        (await guest.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } })).response.status,
      ).to.equal(200);
      expect(await mayListMembers(guest)).to.equal(true);
    });

    it('are not handed over where a manifest says what a member or a service account holds', async () => {
      const [old, next] = [await made(), await made()];
      const holder = await newMember();
      await give(admin, holder.id, old.id);
      const { data: account } = await admin.client.POST('/v1/organizations/{organizationId}/service-accounts', {
        params: { path: { organizationId } },
        body: { name: 'Deployment' },
      });
      const subject = { type: 'SERVICE_ACCOUNT' as const, id: account!.id };
      const given = await admin.client.POST(grantsPath, { params: { path: { organizationId } }, body: { subject, role: old.id } });
      expect(given.response.status).to.equal(201);
      const manager = JSON.stringify({ kind: 'Organization', name: 'workspace' });
      for (const [table, column, id] of [
        ['members', 'user_id', toUuid('user', holder.id)],
        ['service_accounts', 'id', toUuid('serviceAccount', account!.id)],
      ] as const) {
        await inDatabase(tenet, organizationId, `update ${table} set managed_by = ? where ${column} = ?`, [manager, id]);
        const refused = await remove(admin, old.id, next.id);
        expect(refused.response.status, table).to.equal(409);
        expect(refused.error).to.include({ code: 'managed-by' });
        await inDatabase(tenet, organizationId, `update ${table} set managed_by = null where ${column} = ?`, [id]);
      }
      expect((await remove(admin, old.id, next.id)).response.status).to.equal(204);
    });

    it('take no successor that is held elsewhere, and not themselves', async () => {
      const role = await made();
      for (const successor of [role.id, 'project.user', 'org.boss'])
        expect((await remove(admin, role.id, successor)).response.status).to.equal(400);
      expect((await remove(admin, role.id)).response.status).to.equal(204);
    });
  });

  it('S003-18: the groups and tiers are listed for a page of checkboxes, and everything in them can be put into a role', async () => {
    const where = await foundOrganization(admin, 'Groups', 'app-workspace');
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/permission-groups', {
      params: { path: { organizationId: where } },
    });
    expect(data!.items.map(({ name }) => name)).to.deep.equal(['people', 'applications', 'running-applications', 'keys', 'reports']);
    const tiers = (await listed(where)).filter(({ isTier }) => isTier).map(({ id }) => id);
    expect(tiers).to.deep.equal(['org.manager', 'org.member']);
    const everything = data!.items.flatMap(({ permissions }) => permissions);
    expect((await made({ permissions: everything }, where)).permissions).to.have.lengthOf(everything.length);
  });

  it('begin with a preset of the blueprint, which each organization makes its own', async () => {
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/role-presets', { params: { path: { organizationId } } });
    const auditor = data!.items.find(({ name }) => name === 'auditor')!;
    const role = (await define(admin, { title: 'House auditor', preset: 'auditor' })).data!;
    expect(role).to.include({ title: 'House auditor', description: auditor.description, tier: auditor.tier });
    expect(role.permissions.map(({ resource, action }) => `${resource}:${action}`)).to.deep.equal(auditor.permissions);
    expect((await define(admin, { title: 'Other', preset: 'nothing' })).response.status).to.equal(400);
  });

  it('S001-18, S001-20: teams define roles, and their own two cannot be deleted or changed', async () => {
    const where = await foundOrganization(admin, 'Teams', 'teams');
    const builtIn = (await listed(where)).filter(({ level }) => level === 'ORG').map(({ title }) => title);
    expect(builtIn).to.deep.equal(['ADMIN', 'DEFAULT']);
    for (const roleId of ['org.admin', 'org.default'])
      expect((await remove(admin, roleId, undefined, where)).response.status).to.equal(409);
    await made({ title: 'Designers', tier: 'org.default', permissions: [] }, where);
    expect((await listed(where)).map(({ title }) => title)).to.include('Designers');
    expect((await define(admin, { title: 'Clerks', tier: 'org.default', permissions: ['member:list'] }, where)).response.status).to.equal(
      400,
    );
  });

  it('S001-16, S001-17: a role without permissions has access to a project, and so has whoever holds it', async () => {
    const where = await foundOrganization(admin, 'More teams', 'teams');
    const projectId = await foundProject(admin, where);
    const role = await made({ title: 'Designers', tier: 'org.default', permissions: [] }, where);
    const designer = await newMember('org.default', where);
    const read = async () =>
      (
        await designer.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
          params: { path: { organizationId: where, projectId } },
        })
      ).response.status;
    const params = { path: { organizationId: where, projectId } };
    expect(
      (await admin.client.POST(projectGrantsPath, { params, body: { subject: { type: 'ROLE', id: role.id }, role: 'project.read' } }))
        .response.status,
    ).to.equal(201);
    expect(await read()).to.equal(404);
    await give(admin, designer.id, role.id, where);
    expect(await read()).to.equal(200);
    expect((await remove(admin, role.id, undefined, where)).error).to.include({ code: 'role-in-use', grants: 2 });
    const next = await made({ title: 'Artists', tier: 'org.default', permissions: [] }, where);
    expect((await remove(admin, role.id, next.id, where)).response.status).to.equal(204);
    expect(await read()).to.equal(200);
  });

  it('S001-29: ADMIN sees the list of roles, and the accounts with the roles of each', async () => {
    const where = await foundOrganization(admin, 'Listed teams', 'teams');
    const role = await made({ title: 'Designers', tier: 'org.default', permissions: [] }, where);
    const designer = await newMember('org.default', where);
    await give(admin, designer.id, role.id, where);
    expect((await listed(where)).map(({ title, memberCount }) => [title, memberCount])).to.deep.include(['Designers', 1]);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId: where } } });
    expect(
      data!.items
        .find(({ userId }) => userId === designer.id)!
        .roles.map((held) => held.role)
        .sort(),
    ).to.deep.equal(['org.default', role.id]);
    const holders = await admin.client.GET('/v1/organizations/{organizationId}/members', {
      params: { path: { organizationId: where }, query: { role: role.id } },
    });
    expect(holders.data!.items.map(({ userId }) => userId)).to.deep.equal([designer.id]);
  });

  it('are none of a kind of organization that does not have them', async () => {
    const where = await foundOrganization(admin, 'Integrations');
    const owner = await admin.client.GET('/v1/organizations/{organizationId}/permission-groups', {
      params: { path: { organizationId: where } },
    });
    expect(owner.data).to.deep.equal({ items: [] });
    expect((await define(admin, { title: 'Clerks', tier: 'org.member', permissions: [] }, where)).response.status).to.equal(403);
  });

  it('are at most as many as the kind of organization allows', async () => {
    const where = await foundOrganization(admin, 'Full', 'app-workspace');
    for (let index = 0; index < 50; index++) await made({ permissions: [] }, where);
    const refused = await define(admin, { title: 'One more', tier: 'org.member', permissions: [] }, where);
    expect(refused.error).to.include({ code: 'limit-exceeded', limit: 50, current: 50 });
  });

  it('keep a policy from coming into force that takes a tier or a permission of theirs away', async () => {
    await made({ permissions: ['member:list'] });
    const apply = async (change: (custom: CustomRoles) => void): Promise<string> => {
      const content = structuredClone((await shippedPolicies()).find(({ scope }) => scope === 'blueprint/app-workspace')!);
      change(content.blueprint!.customRoles!);
      const about = { author: 'test', reason: 'what the test needs' };
      const applying = tenet.database.write('platform', (db) => applyContents(db, [content], about, { name: 'test', requestId: 'test' }));
      return applying.then(
        () => 'in force',
        (error: Error) => error.message,
      );
    };
    const refused = await apply((custom) => {
      custom.permissionGroups = custom.permissionGroups.filter(({ name }) => name !== 'people');
      custom.presets = [];
    });
    expect(refused).to.match(/lacks tiers or permissions that \d+ roles? of \d+ organizations? ha(s|ve)/);
    expect(await apply((custom) => custom.tiers.splice(0, 1))).to.include('lacks tiers or permissions');
    expect(
      await apply((custom) => custom.permissionGroups.push({ name: 'more', title: 'More', level: 'org', permissions: ['member:remove'] })),
    ).to.equal('in force');
  });
});
