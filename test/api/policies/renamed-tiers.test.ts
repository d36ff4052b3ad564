import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { applyContents } from '../../../core/policies/policies.ts';
import type { RoleMapping } from '../../../core/policies/role-mapping.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('what organizations say about roles that a policy renames', () => {
  let tenet: TestTenet;
  let admin: Person;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
  });
  after(() => tenet?.stop());

  /** Puts the policy of a kind into force in which a role has another name everywhere. */
  async function apply(kind: string, [from, to]: [string, string], mapping: RoleMapping) {
    const content = (await shippedPolicies()).find(({ scope }) => scope === `blueprint/${kind}`)!;
    const renamed = JSON.parse(JSON.stringify(content).replaceAll(from, to)) as typeof content;
    const about = { author: 'test', reason: 'what the test needs' };
    const applying = (db: Parameters<typeof applyContents>[0]) =>
      applyContents(db, [renamed], about, { name: 'test', requestId: 'test' }, mapping);
    return tenet.database.write('platform', applying);
  }

  it('roles of their own keep their holders and what these may do, under the new name of their tier', async () => {
    const organizationId = await foundOrganization(admin, 'Workspace', 'app-workspace');
    const path = { organizationId };
    const { data: role } = await admin.client.POST('/v1/organizations/{organizationId}/roles', {
      params: { path },
      body: { title: 'Receptionist', tier: 'org.member', permissions: ['member:list'] },
    });
    const holder = await join(tenet, { organizationId }, 'holder@example.com', role!.id);
    const lists = async () => (await holder.client.GET('/v1/organizations/{organizationId}/members', { params: { path } })).response.status;
    expect(await lists()).to.equal(200);

    const names: [string, string] = ['org.member', 'org.worker'];
    const dropped = await failure(apply('app-workspace', names, { drop: ['org.member'] }));
    expect(dropped.message).to.match(/lacks tiers or permissions that 1 role of 1 organization has/);
    await apply('app-workspace', names, { rename: { 'org.member': 'org.worker' } });

    expect(await lists()).to.equal(200);
    const { data: now } = await admin.client.GET('/v1/organizations/{organizationId}/roles/{roleId}', {
      params: { path: { organizationId, roleId: role!.id } },
    });
    expect(now).to.include({ tier: 'org.worker', title: 'Receptionist' });
    expect(now!.etag).to.not.equal(role!.etag);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path, query: { action: 'role.rename' } },
    });
    expect(data!.items).to.have.length(1);
    expect(data!.items[0]!.after).to.deep.include({ role: 'org.worker', roles: 1, revision: 2 });
    const given = await admin.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path },
      body: { subject: { type: 'USER', id: (await join(tenet, { organizationId }, 'next@example.com')).id }, role: role!.id },
    });
    expect(given.response.status).to.equal(201);
  });

  it('role templates offer the new name, and lack what is dropped', async () => {
    const organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const path = { organizationId };
    const { data: template } = await admin.client.POST('/v1/organizations/{organizationId}/role-templates', {
      params: { path },
      body: { name: 'Desk', roles: ['org.editor'] },
    });
    const read = async () =>
      (
        await admin.client.GET('/v1/organizations/{organizationId}/role-templates/{roleTemplateId}', {
          params: { path: { organizationId, roleTemplateId: template!.id } },
        })
      ).data!;
    await apply('ai-spaces', ['org.editor', 'org.maker'], { rename: { 'org.editor': 'org.maker' } });
    expect(await read()).to.deep.include({ roles: ['org.maker'] });
    expect((await read()).etag).to.not.equal(template!.etag);
    await apply('ai-spaces', ['org.editor', 'org.author'], { drop: ['org.maker'] });
    expect(await read()).to.deep.include({ roles: [] });
  });

  it('a support access that is open goes on under the new name, and ends when its role is dropped', async () => {
    const content = (await shippedPolicies()).find(({ blueprint }) => blueprint?.roles.some(({ holders }) => holders))!;
    const { name, roles } = content.blueprint!;
    const { id: role } = roles.find(({ holders, level }) => holders && level === 'org')!;
    const organizationId = await foundOrganization(admin, 'Helped', name);
    const insert = `insert into support_accesses (org_id, id, operator_id, role, reason, minutes, expires_at)
      values (?, ?, ?, ?, 'Help', 60, now() + interval '1 day')`;
    const ids = [toUuid('organization', organizationId), toUuid('supportAccess', newId('supportAccess')), toUuid('user', admin.id)];
    await inDatabase(tenet, organizationId, insert, [...ids, role]);
    await apply(name, [role, 'org.helper'], { rename: { [role]: 'org.helper' } });
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/support-accesses', {
      params: { path: { organizationId } },
    });
    expect(data!.items.map((access) => access.role)).to.deep.equal(['org.helper']);
    expect((await failure(apply(name, [role, 'org.other'], {}))).message).to.include('org.helper (1 support access in 1 organization)');
    await apply(name, [role, 'org.other'], { drop: ['org.helper'] });
    const { data: then } = await admin.client.GET('/v1/organizations/{organizationId}/support-accesses', {
      params: { path: { organizationId } },
    });
    expect(then!.items.map(({ state }) => state)).to.deep.equal(['ENDED']);
  });
});
