import { expect } from 'chai';
import { allowLess } from '../../helpers/people.ts';
import { manifestTests, refusal } from './manifests.ts';

describe('an entry of a manifest that cannot be carried out', () => {
  const tests = manifestTests();
  const [ada, bob, carol] = ['ada@example.com', 'bob@example.com', 'carol@example.com'] as const;
  const entry = (email: string, ...roles: string[]) => ({ email, roles });

  before(async () => {
    for (const email of [ada, bob, carol]) await (await tests.tenet.as(email)).userId();
  });

  const roles = async (slug: string): Promise<string[]> => {
    const { rows } = await tests.tenet.database.read('platform', (db) =>
      db.raw(
        `select u.email || ' ' || g.role as held from grants g join users u on u.id = g.user_id join organizations o on o.id = g.org_id
         where o.slug = ? and g.project_id is null and g.revoked_at is null order by 1`,
        [slug],
      ),
    );
    return rows.map(({ held }: { held: string }) => held);
  };

  it('that names a role which does not exist is told with its path, all of them at once, and holds up nobody', async () => {
    const members = [entry(ada, 'org.admin'), entry(bob, 'org.emperor'), entry(carol, 'org.member', 'org.queen')];
    const { result } = await tests.applyOrganization('wrong', { members });
    expect(result.problems.map(({ path }) => path)).to.deep.equal([
      'spec.members[1].roles[0]',
      'spec.members[2].roles[1]',
      'spec.members[2].roles',
    ]);
    expect(result.problems[0]!.detail).to.equal(
      'bob@example.com: org.emperor is no role that can be given in an organization of this kind: must be one of org.admin, org.manager, org.member.',
    );
    expect(result.members.map(({ email, state }) => `${email} ${state}`)).to.deep.equal(
      [`${bob} Refused`, `${carol} Refused`, `${ada} Active`].sort((a) => (a.startsWith('ada') ? -1 : 1)),
    );
    expect(await roles('wrong')).to.deep.equal([`${ada} org.admin`]);
  });

  it('keeps somebody whose entry is wrong where they are, also under Exact', async () => {
    await tests.applyOrganization('exact', { members: [entry(ada, 'org.admin'), entry(bob, 'org.member')] });
    await tests.applyOrganization('exact', { members: [entry(ada, 'org.admin'), entry(bob, 'org.memberr')], membersPolicy: 'Exact' });
    expect(await roles('exact')).to.deep.equal([`${ada} org.admin`, `${bob} org.member`]);
  });

  it('that is the owner, taken out or given another role, says what to do, and the others are carried out', async () => {
    await tests.applyOrganization('founded', { members: [entry(ada, 'org.admin'), entry(bob, 'org.member')] });
    const without = await tests.applyOrganization('founded', { members: [entry(bob, 'org.admin'), entry(carol, 'org.member')] });
    expect(without.result.members.find(({ email }) => email === ada)).to.deep.include({ state: 'Refused' });
    expect(without.result.members.find(({ email }) => email === ada)!.message).to.match(/own the organization.*Put the entry back/);
    expect(await roles('founded')).to.deep.equal([`${ada} org.admin`, `${bob} org.admin`, `${carol} org.member`]);
    const lower = await tests.applyOrganization('founded', { members: [entry(ada, 'org.member'), entry(bob, 'org.manager')] });
    expect(lower.result.members.find(({ email }) => email === ada)!.message).to.match(/own the organization/);
    expect(await roles('founded')).to.deep.equal([`${ada} org.admin`, `${bob} org.manager`]);
  });

  it('in a project leaves the others alone', async () => {
    const members = [entry(ada, 'org.admin'), entry(bob, 'org.member')];
    await tests.applyOrganization('shop', { members });
    const wrong = [entry(ada, 'project.king'), entry(bob, 'project.member')];
    const { result } = await tests.applyProject('website', 'shop', { members: wrong });
    expect(result.problems).to.have.length(1);
    expect(result.problems[0]!.path).to.equal('spec.members[0].roles[0]');
    expect(result.members.map(({ state }) => state)).to.deep.equal(['Refused', 'Active']);
  });

  it('because the kind of organization forbids it to its admins is forbidden to a manifest too', async () => {
    const members = [entry(ada, 'org.admin'), entry(bob, 'org.admin'), entry(carol, 'org.member')];
    await tests.applyOrganization('hub', { members });
    await allowLess(tests.tenet, ([, , object, action]) => object !== 'role:org.admin' || action !== 'unassign');
    const { result } = await tests.applyOrganization('hub', { members: [entry(ada, 'org.admin'), entry(bob, 'org.member')] });
    expect(result.members.find(({ email }) => email === bob)).to.deep.equal({
      email: bob,
      state: 'Refused',
      message: 'The policy does not let manifests do this (role:org.admin:unassign).',
    });
    expect(await roles('hub')).to.deep.equal([`${ada} org.admin`, `${bob} org.admin`]);
  });

  it('names the blueprints that there are', async () => {
    const refused = (await refusal(tests.applyOrganization('castle', { blueprint: 'castles' }))) as unknown as {
      fields: { errors: unknown };
    };
    const detail = 'castles is not a blueprint of this installation; must be one of ai-spaces, api-hub, app-workspace, integrations, teams';
    expect(refused.fields.errors).to.deep.equal([{ pointer: '#/blueprint', detail }]);
  });

  it('is seen by a manifest that only looks as a difference, with everything else that differs', async () => {
    await tests.applyOrganization('looked', { members: [entry(ada, 'org.admin')] });
    const look = { manage: false, displayName: 'Looked at', members: [entry(ada, 'org.admin'), entry(bob, 'org.member')] };
    const { result } = await tests.applyOrganization('looked', look);
    expect(result.differences).to.deep.equal(['set name and slug to Looked at and looked', `add ${bob}`, `give ${bob} org.member`]);
    const same = await tests.applyOrganization('looked', { manage: false, members: [entry(ada, 'org.admin')] });
    expect(same.result.differences).to.deep.equal([]);
  });
});
