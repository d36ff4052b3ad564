import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { expect } from 'chai';
import type { Applications } from '../../apps/main.ts';
import { findMarked } from '../../apps/process/processes.ts';
import { reachInstance } from '../../core/apps/access.ts';
import type { Db } from '../../core/database/database.ts';
import { install, publish } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import { join, writeIn } from '../helpers/people.ts';
import { sendIn } from '../helpers/resources.ts';
import type { Caller, TestTenet } from '../helpers/tenet.ts';
import { startWorkspace, type Workspace } from '../helpers/workspace.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';
const source = "require('node:http').createServer((_, answer) => answer.end(process.env.TOKEN)).listen(process.env.PORT, '127.0.0.1')";

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

  const inOrganization = <T>(work: (db: Db) => Promise<T>) => writeIn(tenet, organizationId, work);
  const params = () => ({ params: { path: { organizationId, instanceId } } });

  it('come into its environment alone, sealed as they are kept, and a value that was changed comes with a restart', async () => {
    const made = await sendIn(admin, 'POST', `${organizationId}/resources/credential`, {
      name: 'Token',
      data: { purpose: 'Ledger', value: 'first-hidden' },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const resourceId: string = made.body.id;
    const secrets = { TOKEN: { resourceId, field: 'value' } };
    const set = (by: Caller) => by.client.PATCH(at, { ...params(), body: { secrets } });
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const refused = await set(manager);
    expect(refused.response.status, 'who may not change a credential gives it to no program').to.equal(400);
    expect((await set(admin)).response.status).to.equal(200);
    const credential = `${organizationId}/resources/credential/${resourceId}`;
    expect((await sendIn(manager, 'GET', credential)).body.data).to.deep.equal({ purpose: 'Ledger' });
    expect((await sendIn(admin, 'POST', `${credential}/reveal`, {})).status).to.equal(404);
    const restart = () => admin.client.POST(`${at}/restart`, params());
    const says = (value: string) =>
      eventually(async () => {
        const reached = await inOrganization((db) => reachInstance(db, { organizationId, instanceId }));
        expect(await (await fetch(`http://127.0.0.1:${reached!.address!.port}/`)).text()).to.equal(value);
      }, 60_000);
    expect((await restart()).response.status).to.equal(200);
    await says('first-hidden');
    const changed = await sendIn(admin, 'PATCH', credential, { data: { value: 'second-hidden' } }, { 'If-Match': '*' });
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    await says('first-hidden');
    expect((await restart()).response.status).to.equal(200);
    await says('second-hidden');

    const processes = [...findMarked((entry) => entry === `INSTANCE_DIRECTORY=${joinPath(directory, instanceId)}`).values()].flat();
    expect(processes).to.have.length(1);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => joinPath(directory, name));
    const path = { params: { path: { organizationId } } };
    const said = [
      readFileSync(`/proc/${processes[0]!.pid}/cmdline`, 'utf8'),
      ...files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8')),
      ...(await applications.logs(instanceId, { lines: 100 })),
      JSON.stringify([made.body, changed.body, refused.error, (await sendIn(admin, 'GET', credential)).body]),
      JSON.stringify((await admin.client.GET(at, params())).data),
      JSON.stringify((await admin.client.GET('/v1/organizations/{organizationId}/instances', path)).data),
      JSON.stringify((await admin.client.GET('/v1/organizations/{organizationId}/audit-events', path)).data),
    ].join('\n');
    expect(said).to.contain('instance.restart').and.to.contain(resourceId);
    expect(said).not.to.match(/(first|second)-hidden/);

    const emptied = await sendIn(admin, 'PATCH', credential, { data: { value: null } }, { 'If-Match': '*' });
    expect(emptied.status, JSON.stringify(emptied.body)).to.equal(200);
    await restart();
    await eventually(async () => {
      const { failure } = (await admin.client.GET(at, params())).data!;
      expect(failure).to.include('TOKEN has nothing in the field value. Set it with updateResource');
    }, 60_000);
  });
});
