import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { installTenet, type Operator, openToAll, operatorOn, organization, project, uuidOf } from './operator.ts';

describe('a Project manifest', () => {
  let kube: Kube;
  let operator: Operator;
  const bind = ['rolebinding', 'tenet-controller-secrets', '-n', 'default'];

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installTenet(kube);
    await kube.kubectl('create', ...bind, '--clusterrole=tenet-controller-secrets', '--serviceaccount=tenet-system:tenet-controller');
    operator = await operatorOn(kube, { secretsMs: 500 });
    await operator.start();
    await operator.tenet.as('ada@shop.example').then((ada) => ada.userId());
    await operator.tenet.as('bob@shop.example').then((bob) => bob.userId());
    const members = [
      { email: 'ada@shop.example', roles: ['org.admin'] },
      { email: 'bob@shop.example', roles: ['org.member'] },
    ];
    await kube.apply(organization('shop', { ...openToAll, members }));
    await operator.isReady('organizations/shop');
  });
  after(async function () {
    this.timeout(60_000);
    await operator?.end();
    await kube?.kubectl('delete', ...bind);
  });

  const holders = async (projectId: string): Promise<string[]> => {
    const rows = await operator.sql<{ held: string }>(
      `select u.email || ' ' || g.role as held from grants g join users u on u.id = g.user_id
       where g.project_id = $1 and g.revoked_at is null order by 1`,
      [uuidOf(projectId)],
    );
    return rows.map(({ held }) => held);
  };
  const stateOf = async (projectId: string) =>
    (await operator.sql<{ state: string }>('select state from projects where id = $1', [uuidOf(projectId)]))[0]?.state;

  it('takes sensitive fields from Secrets that name it, where the namespace lets it, and follows their changes', async () => {
    const secret = (value: string, label = 'vault') => ({
      ...{ apiVersion: 'v1', kind: 'Secret', stringData: { token: value } },
      metadata: { name: 'deploy', namespace: 'default', labels: { 'tenet.dev/project': label } },
    });
    const secretRef = { name: 'deploy', key: 'token' };
    const named = { type: 'secret', name: 'Deploy', secrets: [{ field: 'value', secretRef }] };
    const stalled = async () => (await operator.condition('projects/default/vault', 'Stalled'))?.message;
    await kube.apply(project('vault', 'shop', { resources: [named] }));
    await eventually(async () => expect(await stalled()).to.match(/resources\[0\]\.secrets\[0\]: There is no Secret deploy in default/));
    await kube.apply(secret('first-value', 'another'));
    await eventually(async () => expect(await stalled()).to.match(/not for this Project\. Give it the label tenet\.dev\/project: vault/));
    await kube.apply(secret('first-value'));
    await operator.has('projects/default/vault', 'Ready', { status: 'True' });
    const { status } = await operator.read('projects/default/vault');
    const ada = await operator.tenet.as('ada@shop.example');
    const { id: projectId, organizationID: organizationId } = status as { id: string; organizationID: string };
    const path = { organizationId, projectId, resourceType: 'secret' };
    const list = '/v1/organizations/{organizationId}/projects/{projectId}/resources/{resourceType}' as const;
    const resourceId = (await ada.client.GET(list, { params: { path } })).data!.items[0]!.id;
    const value = async () =>
      (await ada.client.POST(`${list}/{resourceId}/reveal`, { params: { path: { ...path, resourceId } } })).data!.data['value'];
    expect(await value()).to.equal('first-value');
    await kube.apply(secret('second-value'));
    await eventually(async () => expect(await value()).to.equal('second-value'));
    const told = JSON.stringify([await operator.read('projects/default/vault'), await operator.events('vault'), operator.log]);
    expect(told).not.to.match(/first-value|second-value/);
  });

  it('makes the project in its organization, gives roles to members of it, and says who is no member', async () => {
    const members = [
      { email: 'bob@shop.example', roles: ['project.manager'] },
      { email: 'stranger@shop.example', roles: ['project.member'] },
    ];
    await kube.apply(project('website', 'shop', { displayName: 'Website', members }));
    const { status } = await operator.isReady('projects/default/website');
    expect(status!.id).to.match(/^prj_/);
    expect(status).to.include({ slug: 'website', organizationID: (await operator.read('organizations/shop')).status!.id });
    await operator.member('projects/default/website', 'bob@shop.example', 'Active');
    await operator.member('projects/default/website', 'stranger@shop.example', 'NotAMember');
    expect(await holders(status!.id!)).to.deep.equal(['bob@shop.example project.manager']);
    await kube.apply(project('website', 'shop', { displayName: 'Website', members: [{ ...members[0], roles: ['project.admin'] }] }));
    await operator.has('projects/default/website', 'Ready', { status: 'True' });
    expect(await holders(status!.id!)).to.deep.equal(['bob@shop.example project.admin']);
    await kube.apply(project('website', 'shop', { displayName: 'Website', members: [] }));
    await operator.has('projects/default/website', 'Ready', { status: 'True' });
    expect(await holders(status!.id!)).to.deep.equal([]);
  });

  it('waits for its organization, and goes on when it comes', async () => {
    await kube.apply(project('early', 'late'));
    await operator.has('projects/default/early', 'ResolvedRefs', { status: 'False', reason: 'OrganizationNotFound' });
    expect(await operator.condition('projects/default/early', 'Stalled')).to.equal(undefined);
    await kube.apply(organization('late', openToAll));
    await operator.isReady('projects/default/early');
    await operator.has('projects/default/early', 'ResolvedRefs', { status: 'True' });
    // The organization was ready before there was a project in it.
    await eventually(async () => expect((await operator.read('organizations/late')).status).to.include({ projectCount: 1 }));
  });

  it('joins only when the organization consents to its namespace: None, All, or the labels of the namespace', async () => {
    const path = 'projects/team-a/api';
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
    await kube.apply(organization('careful'), project('api', 'careful', {}, { namespace: 'team-a' }));
    await operator.has(path, 'Accepted', { status: 'False', reason: 'NotAllowedByOrganization' });
    expect(await operator.sql("select from projects where slug = 'api'")).to.deep.equal([]);

    const selector = { matchLabels: { 'tenet.dev/organization': 'careful' } };
    await kube.apply(organization('careful', { allowedProjects: { namespaces: { from: 'Selector', selector } } }));
    await operator.isReady('organizations/careful');
    await operator.has(path, 'Accepted', { status: 'False' });
    await kube.kubectl('label', 'namespace', 'team-a', 'tenet.dev/organization=careful');
    await operator.isReady(path);
    await operator.has(path, 'Accepted', { status: 'True' });
  });

  it('holds its organization back when that is deleted, and the organization goes after it', async () => {
    await kube.apply(organization('parent', openToAll), project('child', 'parent'));
    await operator.isReady('projects/default/child');
    await kube.kubectl('delete', 'org', 'parent', '--wait=false');
    await eventually(async () =>
      expect(await operator.condition('organizations/parent', 'Ready')).to.include({ status: 'False', reason: 'ProjectsExist' }),
    );
    expect((await operator.condition('organizations/parent', 'Ready'))!.message).to.contain('default/child');
    await kube.kubectl('delete', 'projects.tenet.dev', 'child', '-n', 'default', '--wait=false');
    await operator.isGone('projects/default/child');
    await operator.isGone('organizations/parent');
  });

  it('in a namespace that its organization does not admit does not hold it back', async () => {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'foreign' } });
    await kube.apply(organization('landlord'), project('squatter', 'landlord', {}, { namespace: 'foreign' }));
    await operator.has('projects/foreign/squatter', 'Accepted', { status: 'False', reason: 'NotAllowedByOrganization' });
    await kube.kubectl('delete', 'org', 'landlord', '--wait=false');
    await operator.isGone('organizations/landlord');
    await operator.has('projects/foreign/squatter', 'ResolvedRefs', { status: 'False', reason: 'OrganizationNotFound' });
  });

  for (const [deletionPolicy, state] of [
    ['Retain', 'ACTIVE'],
    ['Archive', 'ARCHIVED'],
    ['Delete', 'DELETED'],
  ] as const) {
    it(`leaves a project ${state} when it goes with the deletionPolicy ${deletionPolicy}, also while no controller runs`, async () => {
      const name = `going-${deletionPolicy.toLowerCase()}`;
      await kube.apply(project(name, 'shop', { deletionPolicy, members: [{ email: 'bob@shop.example', roles: ['project.member'] }] }));
      const { id, organizationID } = (await operator.isReady(`projects/default/${name}`)).status!;
      await operator.stop();
      await kube.kubectl('delete', 'projects.tenet.dev', name, '-n', 'default', '--wait=false');
      expect((await operator.read(`projects/default/${name}`)).metadata.deletionTimestamp).to.be.a('string');
      await operator.start();
      await operator.isGone(`projects/default/${name}`);
      expect((await stateOf(id!)) ?? 'DELETED').to.equal(state);
      const released = (await operator.audit(organizationID!)).filter(({ actor }) => actor.startsWith(`manifest:Project/default/${name}@`));
      expect(released.filter(({ action }) => action === 'project.release')).to.have.length(1);
      if (deletionPolicy === 'Retain') expect(await holders(id!)).to.deep.equal(['bob@shop.example project.member']);
    });
  }

  it('that was deleted and made again while no controller ran is another manifest: it gets the old row when it says so, and not before', async () => {
    await kube.apply(project('phoenix', 'shop', { deletionPolicy: 'Delete' }));
    const before = (await operator.isReady('projects/default/phoenix')).status!.id;
    await operator.stop();
    await kube.kubectl('patch', 'projects.tenet.dev', 'phoenix', '-n', 'default', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await kube.kubectl('delete', 'projects.tenet.dev', 'phoenix', '-n', 'default');
    await kube.apply(project('phoenix', 'shop', { deletionPolicy: 'Delete' }));
    await operator.start();
    // Somebody took the finalizer away by force: the old row still belongs to the old object, and nobody takes it over silently.
    await operator.has('projects/default/phoenix', 'Stalled', { reason: 'AlreadyExists' });
    expect(await stateOf(before!)).to.equal('ACTIVE');
    await kube.kubectl('annotate', 'projects.tenet.dev', 'phoenix', '-n', 'default', `tenet.dev/adopt=${before}`);
    expect((await operator.isReady('projects/default/phoenix')).status!.id).to.equal(before);
  });

  it('that is deleted and made again the ordinary way gets a new project', async () => {
    await kube.apply(project('again', 'shop', { deletionPolicy: 'Delete' }));
    const before = (await operator.isReady('projects/default/again')).status!.id;
    await kube.kubectl('delete', 'projects.tenet.dev', 'again', '-n', 'default');
    await kube.apply(project('again', 'shop', { deletionPolicy: 'Delete' }));
    expect((await operator.isReady('projects/default/again')).status!.id).not.to.equal(before);
  });

  it('adopts a project of the API, never one of another manifest, and two manifests cannot have one slug', async () => {
    const ada = await operator.tenet.as('ada@shop.example');
    const organizationId = (await operator.read('organizations/shop')).status!.id!;
    const id = await foundProject(ada, organizationId, 'Legacy');
    await kube.apply(project('legacy', 'shop'));
    await operator.has('projects/default/legacy', 'Stalled', { reason: 'AlreadyExists' });
    await kube.kubectl('annotate', 'projects.tenet.dev', 'legacy', '-n', 'default', `tenet.dev/adopt=${id}`);
    await operator.has('projects/default/legacy', 'Stalled', { reason: 'NotHandedOver' });
    await operator.handOver(ada, { organizationId, projectId: id }, 'projects/default/legacy');
    expect((await operator.isReady('projects/default/legacy')).status!.id).to.equal(id);
    await kube.apply(project('copycat', 'shop', { slug: 'legacy' }));
    await operator.has('projects/default/copycat', 'Stalled', { reason: 'AlreadyExists' });
    expect((await operator.condition('projects/default/copycat', 'Stalled'))!.message).to.contain('Project default/legacy');

    // An id of another organization is no way in.
    const elsewhere = await foundProject(ada, await foundOrganization(ada, 'Elsewhere'), 'Secret');
    await kube.apply(project('thief', 'shop', {}, { annotations: { 'tenet.dev/adopt': elsewhere } }));
    await operator.has('projects/default/thief', 'Stalled', { reason: 'NotHandedOver' });
  });

  it('by somebody who may only write Projects in an admitted namespace takes no sibling over, and shows nothing of it', async () => {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'attacker' } });
    const verbs = '--verb=get,list,watch,create,update,patch,delete';
    await kube.kubectl('-n', 'attacker', 'create', 'role', 'project-editor', verbs, '--resource=projects.tenet.dev');
    await kube.kubectl('-n', 'attacker', 'create', 'rolebinding', 'mallory', '--role=project-editor', '--user=mallory');
    const ada = await operator.tenet.as('ada@shop.example');
    const organizationId = (await operator.read('organizations/shop')).status!.id!;
    const projectId = await foundProject(ada, organizationId, 'Payroll');
    await join(operator.tenet, { organizationId, projectId }, 'payer@shop.example', 'project.admin');
    const spec = {
      slug: 'payroll',
      membersPolicy: 'Exact',
      deletionPolicy: 'Delete',
      members: [{ email: 'bob@shop.example', roles: ['project.admin'] }],
    };
    const metadata = { namespace: 'attacker', annotations: { 'tenet.dev/adopt': projectId } };
    const as = (manifest: object) => kube.applyAs('mallory', JSON.stringify(manifest), '--as=mallory');
    await as(project('payroll', 'shop', spec, metadata));
    await operator.has('projects/attacker/payroll', 'Stalled', { reason: 'NotHandedOver' });
    await as(project('payroll', 'shop', { ...spec, managementPolicy: 'ObserveOnly' }, metadata));
    await operator.has('projects/attacker/payroll', 'Stalled', { reason: 'NotHandedOver' });
    await as(project('payroll', 'shop', { ...spec, managementPolicy: 'ObserveOnly' }, { namespace: 'attacker' }));
    await operator.has('projects/attacker/payroll', 'Ready', { status: 'False', reason: 'NotFound' });
    expect((await operator.read('projects/attacker/payroll')).status).not.to.have.any.keys('id', 'members', 'memberCount');
    expect(await holders(projectId)).to.deep.equal(['payer@shop.example project.admin']);
    expect(await stateOf(projectId)).to.equal('ACTIVE');
  });

  it('owns what it says: the API answers 409 and names kind, namespace and name', async () => {
    await kube.apply(project('owned', 'shop'));
    const { id, organizationID } = (await operator.isReady('projects/default/owned')).status!;
    const ada = await operator.tenet.as('ada@shop.example');
    const path = `/v1/organizations/${organizationID}/projects/${id}`;
    const found = await ada.raw(path);
    const { etag } = (await found.json()) as { etag: string };
    const answer = await ada.raw(path, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': etag },
      body: JSON.stringify({ name: 'Mine' }),
    });
    expect(answer.status).to.equal(409);
    expect(await answer.json()).to.deep.include({ managedBy: { kind: 'Project', namespace: 'default', name: 'owned' } });
  });

  it('Additive leaves the roles that the API gave alone, Exact takes them away', async () => {
    await kube.apply(project('mixed', 'shop'));
    const { id, organizationID } = (await operator.isReady('projects/default/mixed')).status!;
    await join(operator.tenet, { organizationId: organizationID!, projectId: id! }, 'carol@shop.example', 'project.member');
    await kube.apply(project('mixed', 'shop', { displayName: 'Mixed' }));
    await operator.has('projects/default/mixed', 'Ready', { status: 'True' });
    expect(await holders(id!)).to.deep.equal(['carol@shop.example project.member']);
    const members = [{ email: 'bob@shop.example', roles: ['project.member'] }];
    await kube.apply(project('mixed', 'shop', { displayName: 'Mixed', membersPolicy: 'Exact', members }));
    await operator.has('projects/default/mixed', 'Ready', { status: 'True' });
    expect(await holders(id!)).to.deep.equal(['bob@shop.example project.member']);
  });
});
