import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { directoryTests, inDefault, organization, project } from './directory.ts';

const past = '2020-01-31T18:00:00Z';
const future = '2099-12-31T18:00:00Z';

describe('an entry of a manifest with an end', () => {
  const tests = directoryTests();
  const known = async (...emails: string[]): Promise<void> => {
    for (const email of emails) await (await tests.tenet.as(email)).userId();
  };
  const admin = (name: string) => ({ email: `ada@${name}.example`, roles: ['org.admin'] });
  const statesOf = (name: string): Record<string, string> => {
    const { members = [] } = tests.reported(name).status as { members?: { email: string; state: string }[] };
    return Object.fromEntries(members.map(({ email, state }) => [email.split('@')[0]!, state]));
  };
  const rolesIn = async (slug: string): Promise<string[]> => {
    const rows = await tests.rows(
      `select u.email || ' ' || g.role || case when g.until is null then '' else ' until ' || extract(year from g.until) end as held
       from grants g join users u on u.id = g.user_id join organizations o on o.id = g.org_id
       where o.slug = $1 and g.revoked_at is null and (g.until is null or g.until > now()) order by 1`,
      slug,
    );
    return rows.map(({ held }) => held as string);
  };

  it('that has passed gives no role, and the rest of the manifest is applied', async () => {
    await known('ada@passed.example', 'bob@passed.example');
    const bob = { email: 'bob@passed.example', roles: ['org.manager'], until: past };
    const carol = { email: 'carol@passed.example', roles: ['org.admin'], until: past };
    tests.write('a.yaml', organization('passed', { members: [admin('passed'), bob, carol] }));
    await tests.start();
    await tests.isReady('Organization.passed');
    expect(statesOf('Organization.passed')).to.deep.equal({ ada: 'Active', bob: 'Ended', carol: 'Ended' });
    expect(await rolesIn('passed')).to.deep.equal(['ada@passed.example org.admin']);
    expect(await tests.rows('select from invitations where email = $1', carol.email)).to.deep.equal([]);
  });

  it('that is moved into the past takes the role and the invitation away', async () => {
    await known('ada@moved.example', 'bob@moved.example');
    const entries = (until?: string) => ['bob', 'carol'].map((who) => ({ email: `${who}@moved.example`, roles: ['org.manager'], until }));
    tests.write('a.yaml', organization('moved', { members: [admin('moved'), ...entries()] }));
    await tests.start();
    await tests.isReady('Organization.moved');
    expect(await rolesIn('moved')).to.deep.equal(['ada@moved.example org.admin', 'bob@moved.example org.manager']);
    tests.write('a.yaml', organization('moved', { displayName: 'Moved on', members: [admin('moved'), ...entries(past)] }));
    await tests.isReady('Organization.moved', 2);
    expect(statesOf('Organization.moved')).to.deep.equal({ ada: 'Active', bob: 'Ended', carol: 'Ended' });
    expect(await rolesIn('moved')).to.deep.equal(['ada@moved.example org.admin']);
    expect(await tests.rows('select state from invitations where email = $1', 'carol@moved.example')).to.deep.equal([{ state: 'REVOKED' }]);
    expect(await tests.stateOf('organizations', 'Moved on')).to.deep.include({ state: 'ACTIVE' });
  });

  it('that comes is told in the status without a change of the file', async () => {
    await known('ada@coming.example', 'bob@coming.example');
    const bob = { email: 'bob@coming.example', roles: ['org.manager'], until: new Date(Date.now() + 3_000).toISOString() };
    tests.write('a.yaml', organization('coming', { members: [admin('coming'), bob] }));
    await tests.start();
    await tests.isReady('Organization.coming');
    await eventually(() => expect(statesOf('Organization.coming')).to.deep.equal({ ada: 'Active', bob: 'Ended' }));
    expect(await rolesIn('coming')).to.deep.equal(['ada@coming.example org.admin']);
  });

  it('in a Project that has passed gives no role either', async () => {
    await known('ada@shop.example', 'bob@shop.example');
    const bob = { email: 'bob@shop.example', roles: ['org.member'] };
    const entry = (until?: string) => ({ members: [{ email: bob.email, roles: ['project.admin'], until }] });
    const parent = organization('shop', { ...inDefault, members: [admin('shop'), bob] });
    tests.write('a.yaml', parent, project('web', 'shop', entry(future)));
    await tests.start();
    await tests.isReady('Project.default.web');
    expect(await rolesIn('shop')).to.include('bob@shop.example project.admin until 2099');
    tests.write('a.yaml', parent, project('web', 'shop', entry(past)));
    await tests.isReady('Project.default.web', 2);
    expect(statesOf('Project.default.web')).to.deep.equal({ bob: 'Ended' });
    expect(await rolesIn('shop')).to.not.include('bob@shop.example project.admin until 2099');
  });

  it('in a Project leaves a lasting role that the API gave to come back, and ends one of its own', async () => {
    for (const who of ['ada', 'bob', 'eve']) await known(`${who}@stay.example`);
    const entry = (who: string, role: string, until?: string) => ({ email: `${who}@stay.example`, roles: [role], until });
    const parent = organization('stay', { ...inDefault, members: [admin('stay'), entry('bob', 'org.member'), entry('eve', 'org.member')] });
    const web = (until?: string) =>
      project('web2', 'stay', { members: [entry('bob', 'project.admin', future), entry('eve', 'project.member', until)] });
    tests.write('a.yaml', parent, project('web2', 'stay'));
    await tests.start();
    await tests.isReady('Project.default.web2');
    const given = `insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
      select p.org_id, gen_random_uuid(), p.id, u.id, 'project.member', 'DIRECT', 'test' from projects p, users u
      where p.slug = 'web2' and u.email = 'bob@stay.example'`;
    await tests.rows(given);
    tests.write('a.yaml', parent, web());
    await tests.isReady('Project.default.web2', 2);
    const inProject = async () => (await rolesIn('stay')).filter((held) => held.includes(' project.'));
    expect(await inProject()).to.include('eve@stay.example project.member');
    tests.write('a.yaml', parent, web(future));
    await tests.isReady('Project.default.web2', 3);
    expect(await inProject()).to.include('eve@stay.example project.member until 2099');
    expect(await inProject()).to.not.include('eve@stay.example project.member');
    const later =
      "update grants set until = until - interval '100 years', from_at = from_at - interval '100 years' where until is not null";
    await tests.rows(later);
    expect(await inProject()).to.deep.equal(['bob@stay.example project.member']);
  });

  it('is the end of what its invitation offers: who accepts has a role with that end at once', async () => {
    await known('ada@offer.example');
    const entry = (until: string) => ({ email: 'temp@offer.example', roles: ['org.admin'], until });
    tests.write('a.yaml', organization('offer', { members: [admin('offer'), entry(future)] }));
    const controllers = await tests.start();
    await tests.isReady('Organization.offer');
    // Another end changes the offer; nobody gets a second mail.
    tests.write('a.yaml', organization('offer', { members: [admin('offer'), entry('2088-12-31T18:00:00Z')] }));
    await tests.isReady('Organization.offer', 2);
    await tests.stop(controllers);

    const temp = await tests.tenet.as('temp@offer.example');
    const { data } = await temp.client.GET('/v1/me/invitations');
    expect(data!.items).to.have.length(1);
    expect(data!.items[0]).to.deep.include({ roles: ['org.admin'], until: '2088-12-31T18:00:00.000Z' });
    expect(await tests.rows('select token_version, state from invitations where email = $1', temp.email)).to.deep.equal([
      { token_version: 1, state: 'PENDING' },
    ]);
    const { id: invitationId } = data!.items[0]!;
    const { response } = await temp.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });
    expect(response.status).to.equal(200);
    expect(await rolesIn('offer')).to.include('temp@offer.example org.admin until 2088');
  });

  it('that has passed ends the offer: accepting it says so and gives nothing', async () => {
    await known('ada@late.example');
    const entry = { email: 'temp@late.example', roles: ['org.admin'], until: future };
    tests.write('a.yaml', organization('late', { members: [admin('late'), entry] }));
    const controllers = await tests.start();
    await tests.isReady('Organization.late');
    await tests.stop(controllers);
    const temp = await tests.tenet.as('temp@late.example');
    const { id: invitationId } = (await temp.client.GET('/v1/me/invitations')).data!.items[0]!;
    await tests.rows("update invitations set until = now() - interval '1 minute' where email = $1", temp.email);

    const { response, error } = await temp.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });
    expect(response.status).to.equal(409);
    expect(error).to.include({ code: 'invitation-not-pending' });
    expect(error!.detail).to.contain('The offer has ended');
    expect((await temp.client.GET('/v1/me/invitations')).data!.items).to.deep.equal([]);
    const ada = await tests.tenet.as('ada@late.example');
    const [row] = await tests.rows('select id from organizations where slug = $1', 'late');
    expect(row).to.not.equal(undefined);
    const mine = await ada.client.GET('/v1/me/organizations');
    const organizationId = mine.data!.items.find(({ slug }) => slug === 'late')!.id;
    const path = { organizationId, invitationId };
    const shown = await ada.client.GET('/v1/organizations/{organizationId}/invitations/{invitationId}', { params: { path } });
    expect(shown.data).to.include({ state: 'EXPIRED', expiresAt: shown.data!.until });
    const again = await ada.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/resend', { params: { path } });
    expect(again.response.status).to.equal(409);
    expect(again.error!.detail).to.contain('Create a new one');
    expect(await rolesIn('late')).to.deep.equal(['ada@late.example org.admin']);
  });
});
