import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Applications } from '../../apps/main.ts';
import { findMarked } from '../../apps/process/processes.ts';
import { reachInstance } from '../../core/apps/access.ts';
import { newId, toUuid } from '../../core/base/ids.ts';
import type { Db } from '../../core/database/database.ts';
import { sealValue } from '../../core/secrets/seal.ts';
import { resourceContext } from '../../core/secrets/sealed-columns.ts';
import { install, publish } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import type { Caller, TestTenet } from '../helpers/tenet.ts';
import { startWorkspace, type Workspace } from '../helpers/workspace.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';
const source = "require('node:http').createServer((_, answer) => answer.end(process.env.TOKEN)).listen(process.env.PORT, '127.0.0.1')";

/** No shipped kind of organization that installs applications keeps resources, so the test writes the resource and the reference to it into the database. */
describe('the secrets of an application', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  let tenet: TestTenet;
  let admin: Caller;
  let directory: string;
  let applications: Applications;
  let organizationId: string;
  let instanceId: string;

  before(async () => {
    workspace = await startWorkspace();
    ({ tenet, admin, organizationId, directory } = workspace);
    const program = { command: process.execPath, args: ['-e', source], port: 8080 };
    const itemId = await publish(workspace.publisher, { program, environment: [{ name: 'TOKEN', secret: true }] });
    ({ id: instanceId } = await install(admin, organizationId, { itemId }));
    applications = workspace.run();
  });

  after(async () => {
    await applications?.stop();
    await workspace?.stop();
  });

  const inOrganization = <T>(work: (db: Db) => Promise<T>) =>
    tenet.database.write({ organization: toUuid('organization', organizationId) }, work);
  const params = () => ({ params: { path: { organizationId, instanceId } } });

  it('come into its environment alone, sealed as they are kept, and a value that was changed comes with a restart', async () => {
    const resourceId = newId('resource');
    const [org_id, id] = [toUuid('organization', organizationId), toUuid('resource', resourceId)];
    const seal = (db: Db, value: string) =>
      sealValue(db, tenet.keyring, { orgId: org_id, context: resourceContext(id, 'value') }, JSON.stringify(value));
    await inOrganization(async (db) => {
      const row = { org_id, id, type: 'credential', name: 'Token', data: {}, created_by: 'test' };
      await db('resources').insert({ ...row, data_sealed: { value: await seal(db, 'first-hidden') } });
      const secrets = { TOKEN: { resourceId, field: 'value' } };
      await db('instances')
        .where({ id: toUuid('instance', instanceId) })
        .update({ secrets });
    });
    const restart = () => admin.client.POST(`${at}/restart`, params());
    const says = (value: string) =>
      eventually(async () => {
        const reached = await inOrganization((db) => reachInstance(db, { organizationId, instanceId }));
        expect(await (await fetch(`http://127.0.0.1:${reached!.address!.port}/`)).text()).to.equal(value);
      }, 60_000);
    expect((await restart()).response.status).to.equal(200);
    await says('first-hidden');
    await inOrganization(async (db) =>
      db('resources')
        .where({ org_id, id })
        .update({ data_sealed: { value: await seal(db, 'second-hidden') } }),
    );
    await says('first-hidden');
    expect((await restart()).response.status).to.equal(200);
    await says('second-hidden');

    const processes = [...findMarked((entry) => entry === `INSTANCE_DIRECTORY=${join(directory, instanceId)}`).values()].flat();
    expect(processes).to.have.length(1);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
    const path = { params: { path: { organizationId } } };
    const said = [
      readFileSync(`/proc/${processes[0]!.pid}/cmdline`, 'utf8'),
      ...files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8')),
      ...(await applications.logs(instanceId, { lines: 100 })),
      JSON.stringify((await admin.client.GET(at, params())).data),
      JSON.stringify((await admin.client.GET('/v1/organizations/{organizationId}/instances', path)).data),
      JSON.stringify((await admin.client.GET('/v1/organizations/{organizationId}/audit-events', path)).data),
    ].join('\n');
    expect(said).to.contain('instance.restart').and.to.contain(resourceId);
    expect(said).not.to.match(/(first|second)-hidden/);
  });
});
