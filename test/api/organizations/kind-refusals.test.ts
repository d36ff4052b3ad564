import { expect } from 'chai';
import { send } from '../../helpers/keys.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('What an organization of its kind cannot do', () => {
  let tenet: TestTenet;
  let admin: Caller;
  const of: Record<string, string> = {};

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
    for (const kind of ['app-workspace', 'teams', 'integrations', 'ai-spaces']) of[kind] = await foundOrganization(admin, kind, kind);
  });
  after(() => tenet?.stop());

  const refusal = async (kind: string, path: string, body: object, method = 'POST') => {
    const { status, body: problem } = await send(admin, method, `/v1/organizations/${of[kind]}${path}`, body);
    const { code, detail, errors } = problem as { code: string; detail: string; errors?: { pointer: string; detail: string }[] };
    return { status, code, detail, errors };
  };

  it('is said of a field of the profile with the fields that there are', async () => {
    const { errors } = await refusal('app-workspace', '', { legalName: 'Acme Ltd', alertingEmail: 'ops@example.com' }, 'PATCH');
    const detail = 'is no field of this kind of organization, which has description, logoUrl';
    expect(errors).to.deep.equal([
      { pointer: '#/legalName', detail },
      { pointer: '#/alertingEmail', detail },
    ]);
    expect((await refusal('teams', '', { legalName: 'Acme Ltd' }, 'PATCH')).errors).to.deep.equal([
      { pointer: '#/legalName', detail: 'is no field of this kind of organization, which has none but the name' },
    ]);
  });

  it('is said of a kind of key: one is to be named where there are several, and the answer to a wrong one has the others', async () => {
    const missing = await refusal('app-workspace', '/api-keys', { name: 'CI' });
    expect(missing.detail).to.equal('Say which kind of API key it is to be.');
    expect(missing.errors).to.deep.equal([
      { pointer: '#/type', detail: 'is required here, where there are several: one of STANDARD, AI_AGENT' },
    ]);
    const wrong = await refusal('app-workspace', '/api-keys', { name: 'CI', type: 'GOLDEN' });
    expect(wrong.errors).to.deep.equal([{ pointer: '#/type', detail: 'must be one of STANDARD, AI_AGENT' }]);
  });

  it('is said of a role with permissions where roles have none of their own, and of one that no group has', async () => {
    const role = (tier: string) => ({ title: 'Auditor', tier, permissions: ['member:list', 'organization:delete'] });
    const bare = await refusal('teams', '/roles', role('org.default'));
    expect(bare.errors!.map(({ pointer }) => pointer)).to.deep.equal(['#/permissions/0', '#/permissions/1']);
    expect(bare.errors![0]!.detail).to.include('leave the list empty');
    const { title, tier } = role('org.default');
    const made = await send(admin, 'POST', `/v1/organizations/${of['teams']}/roles`, { title, tier, permissions: [] });
    expect(made.status).to.equal(201);
    const grouped = await refusal('app-workspace', '/roles', role('org.member'));
    expect(grouped.errors).to.deep.equal([
      { pointer: '#/permissions/1', detail: 'is in none of the permission groups of this kind of organization (listPermissionGroups)' },
    ]);
  });

  it('is said of the role of the owner with the way to it, where there is an owner', async () => {
    const grant = { subject: { type: 'USER', id: 'user_01h455vb4pex5vsknk084sn02q' }, role: 'org.owner' };
    const roles = 'must be one of org.admin, org.manager, org.member';
    expect((await refusal('integrations', '/grants', grant)).errors).to.deep.equal([
      { pointer: '#/role', detail: `${roles}; the ownership is transferred: createOwnershipTransfer` },
    ]);
    expect((await refusal('teams', '/grants', grant)).errors![0]!.detail).not.to.include('ownership');
  });

  it('is said of a permission that no role of the kind has', async () => {
    expect((await refusal('teams', '/service-accounts', { name: 'Robot' })).detail).to.equal(
      'You do not have the permission service-account:create here. No role in an organization of this kind (Teams) has it.',
    );
  });

  it('is said of a name that is taken, at its place', async () => {
    const role = { title: 'Taken', tier: 'org.member', permissions: ['member:list'] };
    await send(admin, 'POST', `/v1/organizations/${of['app-workspace']}/roles`, role);
    expect(await refusal('app-workspace', '/roles', role)).to.deep.include({
      status: 409,
      errors: [{ pointer: '#/title', detail: 'is the title of another role' }],
    });
    await send(admin, 'POST', `/v1/organizations/${of['ai-spaces']}/role-templates`, { name: 'Taken' });
    expect(await refusal('ai-spaces', '/role-templates', { name: 'Taken' })).to.deep.include({
      status: 409,
      errors: [{ pointer: '#/name', detail: 'is the name of another role template' }],
    });
  });
});
