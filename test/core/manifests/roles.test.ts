import { expect } from 'chai';
import type { DesiredRole } from '../../../core/manifests/role-definitions.ts';
import { auditTrail, changePolicy, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const rolesPath = '/v1/organizations/{organizationId}/roles';
const rolePath = `${rolesPath}/{roleId}` as const;
const grantsPath = '/v1/organizations/{organizationId}/grants';

describe('custom roles of manifests', () => {
  const tests = manifestTests();
  const workspace = { blueprint: 'app-workspace' };
  const [ada, bob] = ['ada@example.com', 'bob@example.com'];
  const role = (name: string, more: Partial<DesiredRole> = {}): DesiredRole => ({
    ...{ name, title: name, tier: 'org.member', permissions: [], permissionGroups: [] },
    ...more,
  });
  const member = (email: string, ...roles: string[]) => ({ email, roles });
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const custom = async (by: Caller, organizationId: string) =>
    (await by.client.GET(rolesPath, { params: { path: { organizationId } } })).data!.items.filter(({ kind }) => kind === 'CUSTOM');
  const named = ({ resource, action }: { resource: string; action: string }) => `${resource}:${action}`;

  before(async () => {
    for (const email of [ada, bob]) await (await tests.tenet.as(email)).userId();
  });

  it('are made, and members and service accounts of the same manifest have them; the policy decides by them', async () => {
    const operator = role('operator', {
      title: 'Operator',
      description: 'Runs',
      permissions: ['member:list'],
      permissionGroups: ['applications'],
    });
    const manifest = {
      ...workspace,
      roles: [operator],
      members: [member(ada, 'org.admin'), member(bob, 'operator')],
      serviceAccounts: [{ name: 'ci', roles: ['operator'] }],
    };
    const { result, done } = await tests.applyOrganization('made', manifest);
    const id = result.roles[0]!.id!;
    expect(result.roles).to.deep.equal([{ name: 'operator', id, state: 'Active' }]);
    expect([result.problems, result.refusals]).to.deep.equal([[], []]);
    expect(changes(done)).to.include.members(['create the role operator', `give ${bob} ${id}`, `give the service account ci ${id}`]);
    const admin = await adminOf(result.id!);
    const [found, ...others] = await custom(admin, result.id!);
    expect(others).to.deep.equal([]);
    expect(found).to.deep.include({ id, title: 'Operator', description: 'Runs', tier: 'org.member', memberCount: 1 });
    expect(found!.managedBy).to.deep.equal({ kind: 'Organization', name: 'made' });
    expect(found!.permissions.map(named)).to.deep.equal(['member:list', 'project:list', 'instance:list', 'instance:create']);
    const holder = await tests.tenet.as(bob);
    expect(
      (await holder.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId: result.id! } } })).response
        .status,
    ).to.equal(200);
    expect(await auditTrail(admin, result.id!, 'role.create')).to.have.length(1);
    expect(changes((await tests.applyOrganization('made', manifest)).done)).to.deep.equal([]);
  });

  it('are not changed by the API, which goes on to give them', async () => {
    const { result } = await tests.applyOrganization('owned', { ...workspace, roles: [role('reader', { permissions: ['member:list'] })] });
    const organizationId = result.id!;
    const admin = await adminOf(organizationId);
    const params = { path: { organizationId, roleId: result.roles[0]!.id! } };
    const replaced = await admin.client.PUT(rolePath, { params, body: { title: 'Mine', tier: 'org.member', permissions: [] } });
    const deleted = await admin.client.DELETE(rolePath, { params });
    for (const { error } of [replaced, deleted]) {
      expect(error).to.deep.include({ code: 'managed-by', managedBy: { kind: 'Organization', name: 'owned' } });
    }
    const mine = await admin.client.POST(rolesPath, {
      params: { path: { organizationId } },
      body: { title: 'Mine', tier: 'org.member', permissions: [] },
    });
    expect(mine.response.status).to.equal(201);
    await tests.releaseOrganization('owned', 'Retain');
    expect((await admin.client.DELETE(rolePath, { params })).response.status).to.equal(204);
  });

  it('follow the manifest, and are put right when something else has changed them', async () => {
    await tests.applyOrganization('changed', { ...workspace, roles: [role('reader', { permissions: ['member:list'] })] });
    const wanted = role('reader', { title: 'Reader', tier: 'org.manager', permissions: ['member:read', 'member:list'] });
    const { result, done } = await tests.applyOrganization('changed', { ...workspace, roles: [wanted] });
    expect(changes(done)).to.deep.equal(['change the role reader']);
    const admin = await adminOf(result.id!);
    expect(await custom(admin, result.id!)).to.have.nested.property('[0].title', 'Reader');
    const sameInAnotherOrder = { ...wanted, permissions: [...wanted.permissions].reverse() };
    const again = await tests.applyOrganization('changed', { ...workspace, roles: [sameInAnotherOrder] });
    expect(changes(again.done)).to.deep.equal([]);
    const looked = await tests.applyOrganization('changed', { ...workspace, roles: [role('reader'), role('second')], manage: false });
    expect(looked.result.differences).to.deep.equal(['change the role reader', 'create the role second']);
  });

  it('that are not listed any more are deleted; one that is in use stays, with what holds it', async () => {
    const roles = [role('held'), role('free')];
    const { result } = await tests.applyOrganization('left', { ...workspace, roles, members: [member(ada, 'org.admin')] });
    const organizationId = result.id!;
    const admin = await adminOf(organizationId);
    const roleId = result.roles[0]!.id!;
    const userId = await (await tests.tenet.as(ada)).userId();
    const carol = await join(tests.tenet, { organizationId }, 'carol@example.com', 'org.member');
    const given = await admin.client.POST(grantsPath, {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id: await carol.userId() }, role: roleId },
    });
    expect(given.response.status).to.equal(201);
    const without = () => tests.applyOrganization('left', { ...workspace, members: [member(ada, 'org.admin')] });
    const kept = await without();
    expect(changes(kept.done)).to.deep.equal(['delete the role free']);
    expect(kept.result.roles).to.have.length(1);
    expect(kept.result.roles[0]).to.include({ name: 'held', id: roleId, state: 'InUse' });
    expect(kept.result.refusals[0]!.path).to.equal('spec.roles[held]');
    expect(kept.result.refusals[0]!.detail).to.match(/^It is not listed any more and stays as it is: 1 grant and 0 pending/);
    expect(kept.result.refusals[0]!.detail)
      .to.include(await carol.userId())
      .and.not.include(userId);
    expect((await admin.client.DELETE(rolePath, { params: { path: { organizationId, roleId } } })).error).to.include({
      code: 'managed-by',
    });
    const params = { path: { organizationId, grantId: given.data!.id } };
    await admin.client.POST('/v1/organizations/{organizationId}/grants/{grantId}/revoke', { params });
    expect(changes((await without()).done)).to.deep.equal(['delete the role held']);
    expect(await custom(admin, organizationId)).to.deep.equal([]);
    expect(await auditTrail(admin, organizationId, 'role.delete')).to.have.length(2);
  });

  it('go together with the entries that named them, in one manifest', async () => {
    const members = (...roles: string[]) => [member(ada, 'org.admin'), member(bob, ...roles)];
    await tests.applyOrganization('moved', { ...workspace, roles: [role('old')], members: members('old') });
    const { result, done } = await tests.applyOrganization('moved', { ...workspace, roles: [role('new')], members: members('new') });
    expect(result.roles.map(({ name, state }) => [name, state])).to.deep.equal([['new', 'Active']]);
    expect(changes(done).at(-1)).to.equal('delete the role old');
    expect(result.refusals).to.deep.equal([]);
  });

  it('of no manifest become its own by their title, and keep their holders', async () => {
    const { result } = await tests.applyOrganization('taken', workspace);
    const organizationId = result.id!;
    const admin = await adminOf(organizationId);
    const body = { title: 'Reader', tier: 'org.member', permissions: ['member:list'] };
    const { data } = await admin.client.POST(rolesPath, { params: { path: { organizationId } }, body });
    const wanted = role('reader', { title: 'reader', permissions: ['member:list'] });
    const { result: after, done } = await tests.applyOrganization('taken', { ...workspace, roles: [wanted] });
    expect(changes(done)).to.deep.equal(['manage the role reader', 'change the role reader']);
    expect(after.roles).to.deep.equal([{ name: 'reader', id: data!.id, state: 'Active' }]);
    expect(await auditTrail(admin, organizationId, 'role.adopt')).to.have.length(1);
  });

  it('that the kind of organization does not let be are named with their places, and hold up only the entries that name them', async () => {
    const roles = [
      role('boss', { tier: 'org.admin' }),
      role('odd', { permissions: ['member:list', 'ownership:transfer'], permissionGroups: ['gruops'] }),
      role('twin', { title: 'ODD' }),
      role('fine'),
    ];
    const members = [member(ada, 'org.admin'), member(bob, 'boss')];
    const { result } = await tests.applyOrganization('wrong', { ...workspace, roles, members });
    expect(result.problems.map(({ path }) => path)).to.deep.equal([
      'spec.roles[0].tier',
      'spec.roles[1].permissions[1]',
      'spec.roles[1].permissionGroups[0]',
      'spec.roles[2].title',
    ]);
    expect(result.roles.map(({ state }) => state)).to.deep.equal(['Refused', 'Refused', 'Refused', 'Active']);
    expect(result.members.map(({ email, state }) => [email, state])).to.deep.equal([
      [ada, 'Active'],
      [bob, 'Refused'],
    ]);
    expect(result.members[1]!.message).to.equal('There is no role boss yet: see spec.roles[boss] in the status.');
  });

  it('are refused where the kind of organization has none', async () => {
    const none = await tests.applyOrganization('plain', { roles: [role('reader')] });
    expect(none.result.problems.map(({ path }) => path)).to.deep.equal(['spec.roles']);
    const group = await tests.applyOrganization('group', { blueprint: 'teams', roles: [role('guests', { tier: 'org.default' })] });
    expect(group.result.roles.map(({ state }) => state)).to.deep.equal(['Active']);
  });

  it('hold what the policy lets a manifest hold, as those of every author; the others do not wait for one that is refused', async () => {
    const isKept = ([subject, , object]: readonly string[]): boolean => subject !== 'platform/controller' || object !== 'api-key';
    await changePolicy(tests.tenet, [], isKept, 'blueprint/app-workspace');
    const roles = [role('keys', { permissions: ['api-key:list'] }), role('fine')];
    const { result } = await tests.applyOrganization('denied', { ...workspace, roles, members: [member(ada, 'fine')] });
    expect(result.roles.map(({ name, state }) => [name, state])).to.deep.equal([
      ['keys', 'Refused'],
      ['fine', 'Active'],
    ]);
    expect(result.refusals).to.deep.equal([{ path: 'spec.roles[keys]', detail: 'A role holds what its author holds. (api-key:list)' }]);
    expect(result.members.map(({ state }) => state)).to.deep.equal(['Active']);
  });
});
