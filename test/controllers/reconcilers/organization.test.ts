import { expect } from 'chai';
import { publish, signInPublisher } from '../../helpers/apps.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { auditTrail, foundOrganization } from '../../helpers/people.ts';
import { installTenet, type Operator, operatorOn, organization, uuidOf } from './operator.ts';

describe('an Organization manifest', () => {
  let kube: Kube;
  let operator: Operator;

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installTenet(kube);
    operator = await operatorOn(kube);
    await operator.start();
  });
  after(async function () {
    this.timeout(60_000);
    await operator?.end();
  });

  /** People of whom the identity provider has told, each with an address of this test's own. */
  const people = async (name: string, ...wanted: string[]): Promise<string[]> => {
    const emails = wanted.map((who) => `${who}@${name}.example`);
    for (const email of emails) await (await operator.tenet.as(email)).userId();
    return emails;
  };
  const idOf = async (name: string): Promise<string> => (await operator.isReady(`organizations/${name}`)).status!.id!;
  const admin = (email: string) => ({ email, roles: ['org.admin'] });

  it('makes the organization, says so in status and event, and is recorded as the manifest and its generation', async () => {
    await kube.apply(organization('acme', { displayName: 'Acme' }));
    const { status, metadata } = await operator.isReady('organizations/acme');
    expect(status).to.include({ slug: 'acme', memberCount: 0, projectCount: 0, observedGeneration: 1 });
    expect(status!.id).to.match(/^org_/);
    expect(metadata.finalizers).to.deep.equal(['tenet.dev/finalizer']);
    await kube.apply(organization('acme', { displayName: 'Acme Corporation' }));
    await operator.has('organizations/acme', 'Ready', { status: 'True' });
    const [row] = await operator.sql<{ name: string }>('select name from organizations where id = $1', [uuidOf(status!.id!)]);
    expect(row!.name).to.equal('Acme Corporation');
    expect(await operator.audit(status!.id!)).to.deep.equal([
      { action: 'organization.create', actor: 'manifest:Organization/acme@1', outcome: 'SUCCEEDED' },
      { action: 'organization.update', actor: 'manifest:Organization/acme@2', outcome: 'SUCCEEDED' },
    ]);
    await eventually(async () => expect(await operator.events('acme')).to.include('Created: create the organization acme'));
  });

  it('says settings of its kind, which are cleared when it does not say them any more', async () => {
    const spec = (settings?: object) => organization('set', { blueprint: 'app-workspace', ...(settings && { settings }) });
    await kube.apply(spec({ 'idle-stop-after': { value: 'P1D', locked: true } }));
    const { status } = await operator.isReady('organizations/set');
    const values = () => operator.sql('select value, is_locked, is_managed from setting_values where org_id = $1', [uuidOf(status!.id!)]);
    expect(await values()).to.deep.equal([{ value: 'P1D', is_locked: true, is_managed: true }]);
    await kube.apply(spec({ 'idle-stop-after': { value: 7 } }));
    await operator.has('organizations/set', 'Stalled', { status: 'True', reason: 'InvalidSpec' });
    await kube.apply(spec());
    await operator.has('organizations/set', 'Ready', { status: 'True' });
    await eventually(async () => expect(await values()).to.deep.equal([]));
  });

  it('says resources, which go when they are not said any more', async () => {
    const spec = (...resources: object[]) => organization('keeps', { blueprint: 'integrations', resources });
    await kube.apply(spec({ type: 'connection', name: 'Code', data: { platform: 'github', settings: { a: [1, { b: true }] } } }));
    const { status } = await operator.isReady('organizations/keeps');
    const kept = () => operator.sql('select type, name, data from resources where org_id = $1', [uuidOf(status!.id!)]);
    expect(await kept()).to.deep.equal([
      { type: 'connection', name: 'Code', data: { platform: 'github', settings: { a: [1, { b: true }] } } },
    ]);
    await kube.apply(spec({ type: 'connection', name: 'Code', data: { platform: 7 } }));
    await operator.has('organizations/keeps', 'Stalled', { status: 'True', reason: 'InvalidSpec' });
    expect(await kept()).to.have.length(1);
    await kube.apply(spec());
    await operator.has('organizations/keeps', 'Ready', { status: 'True' });
    await eventually(async () => expect(await kept()).to.deep.equal([]));
  });

  it('says what is switched off, which is on again when it is not said any more', async () => {
    const spec = (...restrictions: object[]) => organization('off', { blueprint: 'ai-spaces', restrictions });
    await kube.apply(spec({ resourceType: 'model', resourceId: 'gpt-x', reason: 'Not approved' }));
    const { status } = await operator.isReady('organizations/off');
    const sql = 'select resource_id, is_managed from restrictions where org_id = $1 and lifted_at is null';
    const off = () => operator.sql(sql, [uuidOf(status!.id!)]);
    expect(await off()).to.deep.equal([{ resource_id: 'gpt-x', is_managed: true }]);
    await kube.apply(spec({ resourceType: 'model', resourceId: 'gpt-x', projects: ['none'], reason: 'Not approved' }));
    await operator.has('organizations/off', 'Stalled', { status: 'True', reason: 'EntriesRefused' });
    expect(await off(), 'nothing is on again by a mistake').to.have.length(1);
    await kube.apply(spec());
    await operator.has('organizations/off', 'Ready', { status: 'True' });
    await eventually(async () => expect(await off()).to.deep.equal([]));
  });

  it('says applications, which are uninstalled when they are not said any more', async () => {
    await publish(await signInPublisher(operator.tenet));
    const spec = (...instances: object[]) => organization('installs', { blueprint: 'app-workspace', instances });
    await kube.apply(spec({ name: 'notes', item: 'Notes', priceKind: 'Lifetime', environment: { TEAM_NAME: 'Payments' }, running: false }));
    const { status } = await operator.isReady('organizations/installs');
    const sql =
      "select p.slug, i.env, i.price_kind, i.desired from instances i join projects p on p.id = i.id where i.org_id = $1 and p.state = 'ACTIVE'";
    const installed = () => operator.sql(sql, [uuidOf(status!.id!)]);
    const notes = { slug: 'notes', env: { TEAM_NAME: 'Payments' }, price_kind: 'LIFETIME', desired: 'STOPPED' };
    expect(await installed()).to.deep.equal([notes]);
    await kube.apply(spec({ name: 'notes', item: 'Nots' }));
    await operator.has('organizations/installs', 'Stalled', { status: 'True', reason: 'EntriesRefused' });
    const { status: stalled } = await operator.read('organizations/installs');
    expect(JSON.stringify(stalled)).to.include('spec.instances[0].item: The application Notes is installed under this name');
    expect(await installed()).to.deep.equal([notes]);
    await kube.apply(spec());
    await operator.has('organizations/installs', 'Ready', { status: 'True' });
    await eventually(async () => expect(await installed()).to.deep.equal([]));
  });

  it('says its switches and service accounts, which have their ids in the status', async () => {
    const spec = {
      blueprint: 'integrations',
      mfa: 'Optional',
      externals: 'Forbid',
      serviceAccounts: [{ name: 'ci', roles: ['org.member'] }],
    };
    await kube.apply(organization('machines', spec));
    const { status } = await operator.isReady('organizations/machines');
    const accounts = await operator.sql(
      "select name, managed_by ->> 'name' as manifest from service_accounts where org_id = $1 and state = 'ACTIVE'",
      [uuidOf(status!.id!)],
    );
    expect(accounts).to.deep.equal([{ name: 'ci', manifest: 'machines' }]);
    expect((status as { serviceAccounts?: object[] }).serviceAccounts![0]).to.include({ name: 'ci', state: 'Active' });
  });

  it('defines roles, which its members have; one that leaves it in use stays, and the status says what holds it', async () => {
    const [ada, bob] = await people('roles', 'ada', 'bob');
    const reader = { name: 'reader', title: 'Reader', tier: 'org.member', permissions: ['member:list'], permissionGroups: ['reports'] };
    const spec = { blueprint: 'app-workspace', members: [admin(ada!), { email: bob!, roles: ['reader'] }] };
    await kube.apply(organization('roles', { ...spec, roles: [reader] }));
    const { status } = await operator.isReady('organizations/roles');
    const { roles } = status as unknown as { roles: { name: string; id: string; state: string }[] };
    expect(roles).to.have.length(1);
    expect(roles[0]).to.include({ name: 'reader', state: 'Active' });
    expect(await operator.roles(status!.id!)).to.deep.equal([`${ada} org.admin`, `${bob} ${roles[0]!.id}`]);
    // By its id another entry names it, too.
    await kube.apply(organization('roles', { ...spec, members: [admin(ada!), { email: bob!, roles: [roles[0]!.id] }] }));
    await operator.has('organizations/roles', 'Stalled', { status: 'True', reason: 'EntriesRefused' });
    const kept = await operator.read('organizations/roles');
    expect((kept.status as unknown as { roles: object[] }).roles[0]).to.include({ name: 'reader', state: 'InUse' });
    await kube.apply(organization('roles', { ...spec, members: [admin(ada!)] }));
    await operator.isReady('organizations/roles');
    expect((await operator.read('organizations/roles')).status).to.not.have.property('roles');
  });

  it('makes known users members at once, invites unknown ones, and makes the first holder of the top role the owner', async () => {
    const [ada, grace] = await people('joining', 'ada', 'grace');
    const members = [{ email: grace!, roles: ['org.manager'] }, admin(ada!), { email: 'new@joining.example', roles: ['org.member'] }];
    await kube.apply(organization('joining', { members }));
    const id = await idOf('joining');
    await operator.member('organizations/joining', 'new@joining.example', 'Invited');
    await operator.member('organizations/joining', ada!, 'Active');
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`, `${grace} org.manager`]);
    const owner = await operator.tenet.as(ada!);
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId: id } } });
    expect(data).to.include({ ownerId: await owner.userId() });

    const invited = await operator.tenet.as('new@joining.example');
    const invitations = await invited.client.GET('/v1/me/invitations');
    const invitationId = invitations.data!.items[0]!.id;
    await invited.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });
    // The answer comes to the database, of which no manifest tells.
    await kube.kubectl('annotate', 'org', 'joining', 'tenet.dev/reconcile-at=now');
    await operator.member('organizations/joining', 'new@joining.example', 'Active');
    expect(await operator.roles(id)).to.include('new@joining.example org.member');
  });

  it('sends unknown people one mail, and a role change in the manifest changes the role', async () => {
    const [ada] = await people('roles', 'ada');
    await kube.apply(organization('roles', { members: [admin(ada!), { email: 'later@roles.example', roles: ['org.member'] }] }));
    const id = await idOf('roles');
    await kube.apply(organization('roles', { members: [admin(ada!), { email: 'later@roles.example', roles: ['org.manager'] }] }));
    await operator.has('organizations/roles', 'Ready', { status: 'True' });
    const invitations = await operator.sql(
      `select r.role, i.state from invitations i join invitation_roles r on r.org_id = i.org_id and r.invitation_id = i.id
       where i.org_id = $1 order by i.id`,
      [uuidOf(id)],
    );
    expect(invitations).to.deep.equal([
      { role: 'org.member', state: 'REVOKED' },
      { role: 'org.manager', state: 'PENDING' },
    ]);
    const [bob] = await people('roles', 'bob');
    await kube.apply(organization('roles', { members: [admin(ada!), { email: bob!, roles: ['org.member'] }] }));
    await operator.member('organizations/roles', bob!, 'Active');
    await kube.apply(organization('roles', { members: [admin(ada!), { email: bob!, roles: ['org.manager'] }] }));
    await operator.has('organizations/roles', 'Ready', { status: 'True' });
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`, `${bob} org.manager`]);
  });

  it('takes whom it brought away with their entry; Additive leaves others alone, Exact does not', async () => {
    const [ada, bob, carol] = await people('leaving', 'ada', 'bob', 'carol');
    const bobs = { email: bob!, roles: ['org.member'] };
    await kube.apply(organization('leaving', { members: [admin(ada!), bobs] }));
    const id = await idOf('leaving');
    const owner = await operator.tenet.as(ada!);
    const path = { organizationId: id };
    const invited = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path },
      body: { invitees: [{ email: carol! }], roles: ['org.member'] },
    });
    const invitationId = invited.data!.items[0]!.id;
    const guest = await operator.tenet.as(carol!);
    await guest.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });

    await kube.apply(organization('leaving', { members: [admin(ada!)] }));
    await operator.has('organizations/leaving', 'Ready', { status: 'True' });
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`, `${carol} org.member`]);
    await kube.apply(organization('leaving', { members: [admin(ada!)], membersPolicy: 'Exact' }));
    await operator.has('organizations/leaving', 'Ready', { status: 'True' });
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`]);
  });

  it('gives roles that end', async () => {
    const [ada, temp] = await people('ending', 'ada', 'temp');
    const until = '2031-06-30T18:00:00Z';
    await kube.apply(organization('ending', { members: [admin(ada!), { email: temp!, roles: ['org.member'], until }] }));
    const id = await idOf('ending');
    const [grant] = await operator.sql<{ until: Date }>('select until from grants where org_id = $1 and until is not null', [uuidOf(id)]);
    expect(grant!.until.toISOString()).to.equal('2031-06-30T18:00:00.000Z');
  });

  it('an end that has passed takes the role and holds up nothing else', async () => {
    const [ada, temp] = await people('over', 'ada', 'temp');
    const entry = (until: string) => [admin(ada!), { email: temp!, roles: ['org.manager'], until }];
    await kube.apply(organization('over', { members: entry('2031-06-30T18:00:00Z') }));
    const id = await idOf('over');
    await kube.apply(organization('over', { displayName: 'Over', members: entry('2020-06-30T18:00:00Z') }));
    await operator.has('organizations/over', 'Ready', { status: 'True' });
    await operator.member('organizations/over', temp!, 'Ended');
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`]);
    expect(await operator.sql('select name from organizations where id = $1', [uuidOf(id)])).to.deep.equal([{ name: 'Over' }]);
  });

  it('respects an invitation that was declined, and sends an expired one again at most twice', async () => {
    const emails = ['no@answers.example', 'slow@answers.example'];
    await kube.apply(organization('answers', { members: emails.map((email) => ({ email, roles: ['org.member'] })) }));
    const id = await idOf('answers');
    const no = await operator.tenet.as('no@answers.example');
    const { data } = await no.client.GET('/v1/me/invitations');
    await no.client.POST('/v1/me/invitations/{invitationId}/decline', { params: { path: { invitationId: data!.items[0]!.id } } });
    const sent = async () =>
      (
        await operator.sql<{ token_version: number }>("select token_version from invitations where org_id = $1 and email like 'slow%'", [
          uuidOf(id),
        ])
      )[0]!.token_version;
    for (const version of [1, 2, 3]) {
      expect(await sent()).to.equal(version);
      await operator.sql("update invitations set expires_at = now() - interval '1 minute' where org_id = $1 and email like 'slow%'", [
        uuidOf(id),
      ]);
      await kube.kubectl('annotate', 'org', 'answers', '--overwrite', `tenet.dev/reconcile-at=${version}`);
      if (version < 3) await eventually(async () => expect(await sent()).to.equal(version + 1));
    }
    await operator.member('organizations/answers', 'slow@answers.example', 'Expired');
    await operator.member('organizations/answers', 'no@answers.example', 'Declined');
    expect(await sent()).to.equal(3);
    expect(await operator.sql("select from invitations where org_id = $1 and email like 'no%'", [uuidOf(id)])).to.have.length(1);
  });

  it('says Stalled with one sentence for what only its author can mend', async () => {
    await kube.apply(organization('no-kind', { blueprint: 'castles' }));
    await operator.has('organizations/no-kind', 'Stalled', { reason: 'InvalidSpec', status: 'True' });
    expect((await operator.condition('organizations/no-kind', 'Ready'))!.message).to.equal(
      'There is no such blueprint. spec.blueprint: castles is not a blueprint of this installation; must be one of ai-spaces, api-hub, app-workspace, integrations, teams',
    );
    await operator.has('organizations/no-kind', 'Accepted', { status: 'False', reason: 'InvalidSpec' });
    const logged = operator.log.lines.filter(({ fields }) => (fields as { key?: string }).key === 'no-kind');
    expect(logged.map(({ fields }) => (fields as { reason?: string }).reason)).to.include('InvalidSpec');
    await kube.apply(organization('no-role', { members: [{ email: 'a@norole.example', roles: ['org.emperor'] }] }));
    await operator.has('organizations/no-role', 'Stalled', { status: 'True', reason: 'InvalidSpec' });
    const { message } = (await operator.condition('organizations/no-role', 'Accepted'))!;
    expect(message).to.contain('spec.members[0].roles[0]: a@norole.example: org.emperor is no role');
    await operator.has('organizations/no-role', 'Accepted', { status: 'False', reason: 'InvalidSpec' });
    const twice = { email: 'a@twice.example', roles: ['org.member'] };
    expect(await kube.applyAs('twice', JSON.stringify(organization('twice', { members: [twice, twice] }))).catch(String)).to.match(
      /duplicate/i,
    );
  });

  it('refuses a slug that is taken, and adopts what is handed over to it and nothing else', async () => {
    const ada = await operator.tenet.as('ada@adopted.example');
    const id = await foundOrganization(ada, 'Adopted');
    await kube.apply(organization('adopted', { members: [admin('ada@adopted.example')] }));
    await operator.has('organizations/adopted', 'Stalled', { reason: 'AlreadyExists' });
    expect((await operator.condition('organizations/adopted', 'Stalled'))!.message).to.contain('tenet.dev/adopt');
    await kube.kubectl('annotate', 'org', 'adopted', `tenet.dev/adopt=${id}`);
    await operator.has('organizations/adopted', 'Stalled', { reason: 'NotHandedOver' });
    await operator.handOver(ada, { organizationId: id }, 'organizations/adopted');
    expect((await operator.isReady('organizations/adopted')).status!.id).to.equal(id);
    expect((await auditTrail(ada, id)).map(({ action }) => action)).to.include('organization.adopt');

    await kube.apply(organization('rival', { slug: 'adopted' }, { annotations: { 'tenet.dev/adopt': id } }));
    await operator.has('organizations/rival', 'Stalled', { reason: 'NotHandedOver' });
  });

  it('owns what it says: the API answers 409 and names it, and may change the rest', async () => {
    const [ada] = await people('owned', 'ada');
    await kube.apply(organization('owned', { members: [admin(ada!)] }));
    const organizationId = await idOf('owned');
    const caller = await operator.tenet.as(ada!);
    const { data } = await caller.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } });
    const answer = await caller.raw(`/v1/organizations/${organizationId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': data!.etag },
      body: JSON.stringify({ name: 'Mine' }),
    });
    expect(answer.status).to.equal(409);
    const problem = (await answer.json()) as object;
    expect(problem).to.deep.include({ code: 'managed-by', managedBy: { kind: 'Organization', name: 'owned' } });
  });

  it('does nothing for an object that is paused, and only looks when it may only observe', async () => {
    await kube.apply(organization('paused', {}, { annotations: { 'tenet.dev/paused': 'true' } }));
    await eventually(async () =>
      expect(await operator.condition('organizations/paused', 'Synced')).to.include({ reason: 'ReconcilePaused' }),
    );
    await kube.apply(organization('observed', { managementPolicy: 'ObserveOnly' }));
    await operator.has('organizations/observed', 'Ready', { status: 'False', reason: 'NotFound' });
    expect(await operator.sql("select from organizations where slug in ('paused', 'observed')")).to.deep.equal([]);
    await kube.kubectl('annotate', 'org', 'paused', 'tenet.dev/paused-');
    await operator.isReady('organizations/paused');

    await kube.kubectl('annotate', 'org', 'paused', 'tenet.dev/paused=true');
    await eventually(async () =>
      expect(await operator.condition('organizations/paused', 'Ready')).to.include({ reason: 'ReconcilePaused' }),
    );
    expect((await operator.condition('organizations/paused', 'Ready'))!.message).not.to.contain('not applied');
    await kube.kubectl('patch', 'org', 'paused', '--type=merge', '-p', '{"spec":{"displayName":"Anew"}}');
    await eventually(async () => {
      const shown = await kube.kubectl('get', 'org', 'paused', '-o', 'wide');
      expect(shown).to.match(/True +ReconcilePaused .*What was changed since then is not applied/);
    });
    await kube.kubectl('annotate', 'org', 'paused', 'tenet.dev/paused-');
    await operator.isReady('organizations/paused');

    const ada = await operator.tenet.as('ada@observed.example');
    const id = await foundOrganization(ada, 'Observed');
    await kube.kubectl('annotate', 'org', 'observed', 'tenet.dev/reconcile-at=now');
    await operator.has('organizations/observed', 'Ready', { status: 'False', reason: 'NotFound' });
    await operator.handOver(ada, { organizationId: id }, 'organizations/observed', 'OBSERVE');
    const { status } = await operator.isReady('organizations/observed');
    expect(status).to.include({ id, memberCount: 1 });
    await operator.has('organizations/observed', 'Synced', { status: 'False', reason: 'Differs' });
    await operator.has('organizations/observed', 'Ready', { status: 'True', reason: 'Differs' });
    expect((await operator.condition('organizations/observed', 'Ready'))!.message).to.contain('set name and slug to observed and observed');
    await kube.kubectl('delete', 'org', 'observed');
    const actions = (await auditTrail(ada, id)).map(({ action }) => action);
    expect(actions).to.deep.equal(['organization.create', 'organization.hand-over']);
  });

  for (const [deletionPolicy, state] of [
    ['Retain', 'ACTIVE'],
    ['Archive', 'SUSPENDED'],
    ['Delete', 'DELETED'],
  ] as const) {
    it(`leaves an organization ${state} when it goes with the deletionPolicy ${deletionPolicy}`, async () => {
      const name = `going-${deletionPolicy.toLowerCase()}`;
      const [ada] = await people(name, 'ada');
      await kube.apply(organization(name, { deletionPolicy, members: [admin(ada!)] }));
      const id = await idOf(name);
      await kube.kubectl('delete', 'org', name, '--wait=false');
      await operator.isGone(`organizations/${name}`);
      const rows = await operator.sql('select state, managed_by from organizations where id = $1', [uuidOf(id)]);
      expect(rows).to.deep.equal([{ state, managed_by: null }]);
      expect((await operator.audit(id)).filter(({ action }) => action === 'organization.release')).to.have.length(1);
    });
  }

  it('that is only deleted under ObserveOnly leaves everything as it is, whatever its deletionPolicy', async () => {
    await kube.apply(organization('spared', { deletionPolicy: 'Delete' }));
    const id = await idOf('spared');
    await kube.apply(organization('spared', { deletionPolicy: 'Delete', managementPolicy: 'ObserveOnly' }));
    await operator.isReady('organizations/spared');
    await kube.kubectl('delete', 'org', 'spared');
    expect(await operator.sql('select state from organizations where id = $1', [uuidOf(id)])).to.deep.equal([{ state: 'ACTIVE' }]);
  });

  it('a suspended organization is not changed: the policy denies it, and the condition says so', async () => {
    await kube.apply(organization('suspended'));
    const id = await idOf('suspended');
    await operator.sql("update organizations set state = 'SUSPENDED' where id = $1", [uuidOf(id)]);
    await kube.apply(organization('suspended', { displayName: 'Anew' }));
    await operator.has('organizations/suspended', 'Stalled', { reason: 'OrganizationSuspended' });
    const { message } = (await operator.condition('organizations/suspended', 'Ready'))!;
    expect(message)
      .to.match(/^The organization is suspended\./)
      .and.not.match(/You/);
    expect(await operator.sql('select name from organizations where id = $1', [uuidOf(id)])).to.deep.equal([{ name: 'suspended' }]);
  });

  it('never leaves the organization without its last administrator', async () => {
    const [ada, bob] = await people('last', 'ada', 'bob');
    await kube.apply(organization('last', { members: [admin(ada!)] }));
    const id = await idOf('last');
    await kube.apply(organization('last', { members: [{ email: bob!, roles: ['org.member'] }] }));
    await operator.has('organizations/last', 'Stalled', { status: 'True', reason: 'MembersRefused' });
    await operator.member('organizations/last', ada!, 'Refused');
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`, `${bob} org.member`]);
  });

  it('is refused to a second writer who gives somebody other roles, and the first one stays right', async () => {
    const [ada, bob] = await people('two-teams', 'ada', 'bob');
    const spec = (...members: object[]) => JSON.stringify(organization('two-teams', { members }));
    await kube.applyAs('team-a', spec(admin(ada!), { email: bob!, roles: ['org.member'] }));
    const id = await idOf('two-teams');
    const second = await kube.applyAs('team-b', spec({ email: bob!, roles: ['org.manager'] })).catch(String);
    expect(second)
      .to.match(/conflict.*team-a/is)
      .and.to.include(`.spec.members[email="${bob}"].roles`);
    await kube.applyAs('team-b', spec({ email: bob!, roles: ['org.member'] }));
    await kube.applyAs('team-b', spec({ email: bob!, roles: ['org.manager'] }), '--force-conflicts');
    await operator.has('organizations/two-teams', 'Ready', { status: 'True' });
    expect(await operator.roles(id)).to.deep.equal([`${ada} org.admin`, `${bob} org.manager`]);
  });

  it('bears 500 members and letters of all the world in a name, and others do not wait for it', async function () {
    this.timeout(60_000);
    const members = Array.from({ length: 500 }, (_, index) => ({ email: `m${index}@crowd.example`, roles: ['org.member'] }));
    await kube.apply(organization('crowd', { displayName: 'Jörg 日本語 🏢', members }), organization('bystander'));
    await operator.isReady('organizations/bystander');
    const { status } = await operator.isReady('organizations/crowd', 45_000);
    expect(status!.members).to.have.length(500);
    const [row] = await operator.sql<{ name: string }>('select name from organizations where id = $1', [uuidOf(status!.id!)]);
    expect(row!.name).to.equal('Jörg 日本語 🏢');
  });
});
