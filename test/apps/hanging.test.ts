import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Gateway } from '../../apps/gateway/main.ts';
import type { Applications } from '../../apps/main.ts';
import { isAlive, processOf } from '../../apps/process/processes.ts';
import { createMetrics } from '../../core/base/metrics.ts';
import { install, publish } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import { startTestGateway } from '../helpers/gateway.ts';
import { auditTrail } from '../helpers/people.ts';
import type { Caller, TestTenet } from '../helpers/tenet.ts';
import { startWorkspace, type Workspace } from '../helpers/workspace.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';
const program = {
  command: process.execPath,
  args: [fileURLToPath(new URL('fixtures/hanging.js', import.meta.url))],
  port: 8080,
};

describe('programs that run and take no requests', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  let tenet: TestTenet;
  let admin: Caller;
  let publisher: Caller;
  let organizationId: string;
  let applications: Applications;
  let gateway: Gateway;

  before(async () => {
    workspace = await startWorkspace();
    ({ tenet, admin, publisher, organizationId } = workspace);
    gateway = await startTestGateway(tenet, {}, { heldMs: 60_000 });
    applications = workspace.run({ silentMs: 300 });
  });

  after(async () => {
    await gateway?.stop();
    await applications?.stop();
    await workspace?.stop();
  });

  const read = async (instanceId: string) => (await admin.client.GET(at, { params: { path: { organizationId, instanceId } } })).data!;
  const list = async (instanceId: string) => {
    const path = { params: { path: { organizationId } } };
    return (await admin.client.GET('/v1/organizations/{organizationId}/instances', path)).data!.items.find(({ id }) => id === instanceId)!;
  };
  const attention = async () => {
    const path = { params: { path: { organizationId } } };
    return (await admin.client.GET('/v1/organizations/{organizationId}/summary', path)).data!.attention;
  };
  const open = (instanceId: string, path = '/', init: RequestInit = {}, through = gateway) =>
    fetch(`${through.url}/${instanceId}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${admin.token}`, ...(init.headers as object) },
    });
  const answerOf = async (answer: Response) => {
    const text = await answer.text();
    expect(answer.status, text).to.equal(200);
    return Number(text);
  };

  it('one that never listens FAILED, is started again, and shown: by event, list, summary and gateway', async () => {
    const item = { program: { ...program, args: ['-e', 'setInterval(() => undefined, 1000)'], startSeconds: 1 } };
    const { id } = await install(admin, organizationId, { itemId: await publish(publisher, item) });
    const told = [{ action: 'instance.fail', target: id, outcome: 'SUCCEEDED' }];
    await eventually(async () => expect(await auditTrail(admin, organizationId, 'instance.fail')).to.deep.equal(told), 30_000);
    const failure = 'The program runs, and does not listen on 127.0.0.1 at the port that PORT says after 1 second.';
    expect(await read(id)).to.include({ failure, health: 'UNKNOWN' });
    expect(await attention()).to.deep.include({ kind: 'INSTANCES_FAILED', count: 1 });
    expect((await list(id)).health).to.equal('UNKNOWN');
    const brief = await startTestGateway(
      { ...tenet, metrics: createMetrics(() => ({ total: 0, idle: 0, waiting: 0 })) },
      {},
      { heldMs: 50 },
    );
    const answer = await open(id, '/', {}, brief);
    const { detail } = (await answer.json()) as { detail: string };
    expect(answer.status).to.equal(503);
    expect(detail).to.match(
      /^This application has failed \d+ times in a row, and is (still starting|started again in \d+ seconds)\. Its `failure`/,
    );
    await brief.stop();
    await admin.client.DELETE(at, { params: { path: { organizationId, instanceId: id } } });
  });

  describe('and one that is well', () => {
    let id: string;

    before(async () => {
      ({ id } = await install(admin, organizationId, { itemId: await publish(publisher, { program }) }));
      await eventually(async () => expect(await read(id)).to.include({ state: 'RUNNING', health: 'HEALTHY' }), 30_000);
      expect((await list(id)).health).to.equal('HEALTHY');
    });

    it('is started again when it has taken no requests for a while; what comes meanwhile is held', async () => {
      const first = await answerOf(await open(id, '/hang'));
      const answers = await Promise.all([open(id), open(id, '/', { method: 'POST', body: 'kept' })]);
      const [second, third] = [await answerOf(answers[0]!), await answerOf(answers[1]!)];
      expect(second).not.to.equal(first);
      expect(third).to.equal(second);
    });

    it('is waited for when it ends, also where its next start has to wait', async () => {
      // By those that wait as long as usual: on a busy machine a program that is well takes 300 ms too, and would be started again in the middle of a request.
      await applications.stop();
      applications = workspace.run();
      for (const _ of [1, 2]) {
        const pid = await answerOf(await open(id));
        const ended = processOf(pid)!;
        process.kill(pid, 'SIGKILL');
        await eventually(() => expect(isAlive(ended)).to.equal(false));
        const [get, post] = await Promise.all([open(id), open(id, '/', { method: 'POST', body: 'kept' })]);
        expect(await answerOf(get)).not.to.equal(pid);
        expect(await answerOf(post)).not.to.equal(pid);
      }
    });

    it('is waited for when its server is started anew; a person gets a page', async () => {
      const pid = await answerOf(await open(id));
      await applications.stop();
      const page = await open(id, '/', { headers: { accept: 'text/html' } });
      expect(page.status).to.equal(503);
      expect(page.headers.get('refresh')).to.equal('2');
      expect(await page.text()).to.contain('The application takes no requests at the moment.');
      const held = [open(id), open(id, '/', { method: 'POST', body: 'kept' })];
      await eventually(async () =>
        expect(await tenet.metrics.registry.getSingleMetricAsString('tenet_gateway_open')).to.contain('{kind="held"} 2'),
      );
      applications = workspace.run();
      for (const answer of await Promise.all(held)) expect(await answerOf(answer)).not.to.equal(pid);
    });

    it('is named in the summary as long as it does not answer', async () => {
      await eventually(async () => expect(await read(id)).to.include({ state: 'RUNNING' }), 30_000);
      await answerOf(await open(id, '/hang'));
      const failure = 'The program runs, and does not listen on 127.0.0.1 at the port that PORT says.';
      await eventually(async () => expect(await read(id)).to.include({ state: 'RUNNING', health: 'UNHEALTHY', failure }), 30_000);
      expect((await list(id)).health).to.equal('UNHEALTHY');
      expect(await attention()).to.deep.include({ kind: 'INSTANCES_UNHEALTHY', count: 1 });
    });
  });
});
