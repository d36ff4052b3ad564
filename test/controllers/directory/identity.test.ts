import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { directoryTests, inDefault, organization, project } from './directory.ts';

describe('an address of a manifest', () => {
  const tests = directoryTests();
  const admin = (name: string) => ({ email: `ada@${name}.example`, roles: ['org.admin'] });
  const userOf = async (email: string, subject = email): Promise<string> => (await tests.tenet.as(email, { subject })).userId();
  /** As a token of theirs with email_verified: false would. */
  const loses = (email: string) => tests.rows('update users set email = null where email = $1', email);
  const statesOf = (name: string): Record<string, string> => {
    const { members = [] } = tests.reported(name).status as { members?: { email: string; state: string }[] };
    return Object.fromEntries(members.map(({ email, state }) => [email.split('@')[0]!, state]));
  };
  const heldIn = async (slug: string): Promise<string[]> => {
    const rows = await tests.rows(
      `select u.subject || ' ' || g.role as held from grants g join users u on u.id = g.user_id join organizations o on o.id = g.org_id
       where o.slug = $1 and g.revoked_at is null and (g.until is null or g.until > now()) order by 1`,
      slug,
    );
    return rows.map(({ held }) => held as string);
  };

  it('gives nothing to the account that has it verified no more, and all to the one that has it next', async () => {
    const email = 'bob@lost.example';
    await userOf('ada@lost.example');
    await userOf(email, 'old-bob');
    await loses(email);
    tests.write('a.yaml', organization('lost', { members: [admin('lost'), { email, roles: ['org.admin'] }] }));
    const controllers = await tests.start();
    await tests.isReady('Organization.lost');
    expect(statesOf('Organization.lost')).to.deep.equal({ ada: 'Active', bob: 'Invited' });
    expect(await heldIn('lost')).to.deep.equal(['ada@lost.example org.admin']);
    await tests.stop(controllers);

    const successor = await tests.tenet.as(email, { subject: 'new-bob' });
    const { data } = await successor.client.GET('/v1/me/invitations');
    const { id: invitationId } = data!.items[0]!;
    await successor.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });
    expect(await heldIn('lost')).to.include('new-bob org.admin');
  });

  it('that its member loses keeps what they have and gives nothing new; its next holder takes the entry', async () => {
    const email = 'bob@change.example';
    await userOf('ada@change.example');
    await userOf(email, 'old-bob-2');
    const entry = (role: string) => [admin('change'), { email, roles: [role] }];
    const web = (role: string) => project('web', 'change', { members: [{ email, roles: [role] }] });
    tests.write('a.yaml', organization('change', { ...inDefault, members: entry('org.member') }), web('project.member'));
    await tests.start();
    await tests.isReady('Organization.change');
    await tests.isReady('Project.default.web');
    expect(await heldIn('change')).to.include.members(['old-bob-2 org.member', 'old-bob-2 project.member']);

    await loses(email);
    tests.write(
      'a.yaml',
      organization('change', { ...inDefault, displayName: 'Same', members: entry('org.member') }),
      web('project.admin'),
    );
    await tests.isReady('Organization.change', 2);
    await tests.isReady('Project.default.web', 2);
    expect(statesOf('Organization.change')).to.deep.equal({ ada: 'Active', bob: 'Unverified' });
    expect(statesOf('Project.default.web')).to.deep.equal({ bob: 'Unverified' });
    expect(await heldIn('change')).to.include('old-bob-2 org.member');
    expect(await heldIn('change')).to.not.include('old-bob-2 project.admin');

    // Less is carried out, more is not.
    tests.write('a.yaml', organization('change', { ...inDefault, displayName: 'More', members: entry('org.admin') }), web('project.admin'));
    await tests.isReady('Organization.change', 3);
    expect((await heldIn('change')).filter((held) => held.includes(' org.'))).to.deep.equal(['ada@change.example org.admin']);

    await userOf(email, 'new-bob-2');
    tests.write('a.yaml', organization('change', { ...inDefault, displayName: 'Next', members: entry('org.admin') }), web('project.admin'));
    await tests.isReady('Organization.change', 4);
    tests.write(
      'a.yaml',
      organization('change', { ...inDefault, displayName: 'Next', members: entry('org.admin') }),
      project('web', 'change', { displayName: 'Web', members: [{ email, roles: ['project.admin'] }] }),
    );
    await eventually(async () =>
      expect(await heldIn('change')).to.deep.equal(['ada@change.example org.admin', 'new-bob-2 org.admin', 'new-bob-2 project.admin']),
    );
    expect(await tests.rows("select m.state from members m join users u on u.id = m.user_id where u.subject = 'old-bob-2'")).to.deep.equal([
      { state: 'REMOVED' },
    ]);
  });
});
