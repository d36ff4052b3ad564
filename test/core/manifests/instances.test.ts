import { expect } from 'chai';
import { exportOrganization } from '../../../core/manifests/export.ts';
import type { DesiredInstance } from '../../../core/manifests/instances.ts';
import { publish, signInPublisher } from '../../helpers/apps.ts';
import { auditTrail, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const listPath = '/v1/organizations/{organizationId}/instances';
const onePath = '/v1/organizations/{organizationId}/instances/{instanceId}';

describe('the applications that a manifest says', () => {
  const tests = manifestTests();
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const apply = async (name: string, ...instances: DesiredInstance[]) => {
    const { result, done } = await tests.applyOrganization(name, { blueprint: 'app-workspace', instances });
    return { ...result, done: changes(done) };
  };
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const list = async (by: Caller, organizationId: string) =>
    (await by.client.GET(listPath, { params: { path: { organizationId } } })).data!.items;
  const at = (organizationId: string, instanceId: string) => ({
    params: { path: { organizationId, instanceId }, header: { 'If-Match': '*' } },
  });
  const get = async (by: Caller, organizationId: string, instanceId: string) =>
    (await by.client.GET(onePath, { params: { path: { organizationId, instanceId } } })).data!;
  const exported = (id: string) => tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));
  let publisher: Caller;
  let notes: string;

  before(async () => {
    publisher = await signInPublisher(tests.tenet);
    notes = await publish(publisher);
    await publish(publisher, { name: 'Board', prices: [], environment: [{ name: 'SIZE', required: true }, { name: 'COLOR' }] });
  });

  it('are installed, changed, stopped and uninstalled, each as the manifest; the API changes what it does not say', async () => {
    const said = { name: 'notes', displayName: 'Team notes', item: 'Notes', environment: { TEAM_NAME: 'Payments' } };
    const { id = '', done } = await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: false });
    expect(done).to.deep.equal(['create the organization acme', 'install Notes as notes', 'install Board as board']);
    const admin = await adminOf(id);
    const [first, second] = await list(admin, id);
    const managedBy = { kind: 'Organization', name: 'acme' };
    expect(first).to.deep.include({ name: 'Team notes', itemId: notes, state: 'INSTALLING', managedBy });
    const made = await get(admin, id, first!.id);
    expect(made).to.deep.include({ createdBy: 'manifest:Organization/acme@1', environment: { TEAM_NAME: 'Payments' }, managedBy });
    expect(await get(admin, id, second!.id)).to.include({ name: 'board' });
    expect((await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: false })).done).to.deep.equal(
      [],
    );

    const here = at(id, first!.id);
    for (const body of [{ name: 'Mine' }, { environment: { TEAM_NAME: 'Mine' } }])
      expect((await admin.client.PATCH(onePath, { ...here, body })).error)
        .to.include({ code: 'managed-by' })
        .and.deep.include({ managedBy });
    expect((await admin.client.DELETE(onePath, here)).error).to.include({ code: 'managed-by' });
    expect((await admin.client.PATCH(onePath, { ...here, body: { priceKind: 'MONTHLY' } })).response.status).to.equal(200);
    expect((await admin.client.POST(`${onePath}/stop`, here)).response.status).to.equal(200);
    expect((await admin.client.POST(`${onePath}/start`, at(id, second!.id))).error, 'running is said').to.include({ code: 'managed-by' });
    expect((await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: true })).done).to.deep.equal([
      'start the application board',
    ]);
    const changed = await apply('acme', { name: 'notes', item: notes, priceKind: 'LIFETIME', running: true });
    expect(changed.done).to.deep.equal([
      'uninstall the application board',
      'set name, priceKind, variables of the application notes',
      'start the application notes',
    ]);
    expect(await get(admin, id, first!.id)).to.deep.include({ name: 'notes', environment: {}, priceKind: 'LIFETIME' });
    expect((await admin.client.PATCH(onePath, { ...here, body: { priceKind: 'MONTHLY' } })).error).to.include({ code: 'managed-by' });
    expect((await list(admin, id)).map(({ name }) => name)).to.deep.equal(['notes']);
    const trail = [...(await auditTrail(admin, id, 'instance.delete')), ...(await auditTrail(admin, id, 'instance.start'))];
    expect(trail.map(({ target }) => target)).to.have.members([first!.id, second!.id, second!.id]);

    const setState = (state: 'WITHDRAWN' | 'PUBLISHED') =>
      publisher.client.PATCH('/v1/catalog-items/{itemId}', {
        params: { path: { itemId: notes }, header: { 'If-Match': '*' } },
        body: { state },
      });
    await setState('WITHDRAWN');
    const kept = await apply('acme', { name: 'notes', item: 'Notes' });
    expect(kept, 'what is withdrawn stays installed').to.deep.include({ done: [], refusals: [], problems: [] });
    await setState('PUBLISHED');
    const { manifests, leftOut } = await exported(id);
    expect(manifests).to.have.length(1);
    expect(manifests[0]!.spec['instances']).to.deep.equal([{ name: 'notes', item: 'Notes', priceKind: 'Lifetime' }]);
    expect(leftOut).to.deep.equal([]);
    await tests.releaseOrganization('acme', 'Retain');
    expect((await list(admin, id))[0]).not.to.have.property('managedBy');
    expect((await admin.client.DELETE(onePath, here)).response.status, "it is the API's again").to.equal(204);
  });
});
