import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { openConnection } from '../../../controllers/kube/connection.ts';
import { LeaderElector } from '../../../controllers/kube/leader.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { memoryLog } from '../../helpers/widgets.ts';

interface Replica {
  readonly child: ChildProcess;
  readonly events: { event: string; fence: number }[];
}

describe('leader election', function () {
  // Most of it is waiting for a lease of three seconds and for processes to start.
  this.timeout(60_000);
  let kube: Kube;
  let ledger: Server;
  let ledgerUrl: string;
  let stored: { fence: number; accepted: boolean }[];
  let replicas: Replica[] = [];

  before(async function () {
    needsKube(this, { own: true });
    kube = await sharedKube({ own: true });
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenet-system' } });
    // A store that keeps the highest fence that it has seen and refuses a lower one, as our tables do.
    ledger = createServer((request, response) => {
      const fence = Number(request.url!.slice(1));
      const accepted = fence >= Math.max(0, ...stored.filter((one) => one.accepted).map((one) => one.fence));
      stored.push({ fence, accepted });
      response.writeHead(accepted ? 204 : 409).end();
    });
    await new Promise<void>((resolve) => ledger.listen(0, '127.0.0.1', resolve));
    ledgerUrl = `http://127.0.0.1:${(ledger.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    stored = [];
  });
  afterEach(async () => {
    for (const { child } of replicas) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    replicas = [];
  });
  after(() => {
    ledger?.closeAllConnections();
    ledger?.close();
  });

  function startReplica(name: string, leaseMs: number): Replica {
    const file = join(import.meta.dirname, 'leader-child.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', file, kube.kubeconfig, name, ledgerUrl, String(leaseMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const events: Replica['events'] = [];
    createInterface(child.stdout!).on('line', (line) => events.push(JSON.parse(line)));
    replicas.push({ child, events });
    return replicas.at(-1)!;
  }
  const isLeading = ({ events }: Replica): boolean => events.at(-1)?.event === 'leading';
  async function startPair(name: string, leaseMs: number): Promise<[leader: Replica, standby: Replica]> {
    const leader = startReplica(name, leaseMs);
    await eventually(() => expect(isLeading(leader)).to.equal(true), 40_000);
    return [leader, startReplica(name, leaseMs)];
  }

  it('hands over when the leader is killed, with a higher fence', async () => {
    const [leader, standby] = await startPair('killed', 3_000);
    leader.child.kill('SIGKILL');
    await eventually(() => expect(isLeading(standby)).to.equal(true), 40_000);
    expect(standby.events[0]!.fence).to.equal(leader.events[0]!.fence + 1);
  });

  it('hands over at once when the leader is asked to end, without waiting for the lease to run out', async () => {
    const [leader, standby] = await startPair('released', 90_000);
    leader.child.kill('SIGTERM');
    // The lease of 90 seconds outlasts the limit of the test.
    await eventually(() => expect(isLeading(standby)).to.equal(true), 40_000);
    expect(leader.events.map(({ event }) => event)).to.deep.equal(['leading', 'stopped', 'ended']);
  });

  it('refuses the writes of a leader that was suspended and comes back', async () => {
    const [leader, standby] = await startPair('suspended', 3_000);
    await eventually(() => expect(stored).not.to.deep.equal([]));
    leader.child.kill('SIGSTOP');
    await eventually(() => expect(isLeading(standby)).to.equal(true), 40_000);
    const [old, present] = [leader.events[0]!.fence, standby.events[0]!.fence];
    await eventually(() => expect(stored.at(-1)).to.deep.equal({ fence: present, accepted: true }));
    const before = stored.length;
    leader.child.kill('SIGCONT');
    await eventually(() => expect(leader.events.some(({ event }) => event === 'stopped')).to.equal(true), 40_000);
    const late = stored.slice(before).filter(({ fence }) => fence === old);
    expect(late.every(({ accepted }) => !accepted)).to.equal(true);
    expect(present).to.equal(old + 1);
    expect(isLeading(standby)).to.equal(true);
  });

  it('never has two leaders, while five candidates come and go', async () => {
    const connection = await openConnection(kube.kubeconfig);
    const client = new KubeClient(connection, { fieldManager: 'test' });
    let leading = 0;
    let most = 0;
    const fences: number[] = [];
    const stops: AbortController[] = [];
    const running = Array.from({ length: 5 }, () => {
      const stop = new AbortController();
      stops.push(stop);
      const elector = new LeaderElector({
        client,
        namespace: 'tenet-system',
        name: 'crowd',
        log: memoryLog(),
        leaseMs: 3_000,
        renewMs: 2_000,
        retryMs: 100,
      });
      return elector.run(async ({ fence, signal }) => {
        most = Math.max(most, ++leading);
        fences.push(fence);
        // A short term, then the office is given back and anybody may have it.
        await new Promise<void>((resolve) => setImmediate(() => (signal.aborted ? resolve() : setImmediate(resolve))));
        leading--;
      }, stop.signal);
    });
    await eventually(() => expect(fences.length).to.be.greaterThan(15), 40_000);
    for (const stop of stops) stop.abort();
    await Promise.all(running);
    await connection.close();
    expect(most).to.equal(1);
    expect(fences).to.deep.equal([...new Set(fences)].sort((a, b) => a - b));
  });

  describe('when the API server cannot be reached', () => {
    let proxy: FaultProxy;
    before(async () => {
      proxy = await startFaultProxy(kube.kubeconfig);
    });
    after(() => proxy?.close());

    it('the leader steps down before its lease runs out, and leads again later', async () => {
      const client = new KubeClient(proxy.connection, { fieldManager: 'test' });
      const log = memoryLog();
      const elector = new LeaderElector({
        client,
        namespace: 'tenet-system',
        name: 'cut-off',
        log,
        leaseMs: 3_000,
        renewMs: 1_000,
        retryMs: 200,
      });
      const terms: string[] = [];
      const stop = new AbortController();
      const running = elector.run(async ({ signal, check }) => {
        check();
        terms.push('begins');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        expect(check).to.throw(stop.signal.aborted ? /.*/ : /could not renew/);
        terms.push('ends');
      }, stop.signal);
      await eventually(() => expect(terms).to.deep.equal(['begins']));
      proxy.faults.stalled = true;
      await eventually(() => expect(terms).to.deep.equal(['begins', 'ends']));
      proxy.faults.stalled = false;
      proxy.cut();
      await eventually(() => expect(terms).to.deep.equal(['begins', 'ends', 'begins']));
      stop.abort();
      await running;
      const lease = JSON.parse(await kube.kubectl('get', 'lease', 'cut-off', '-n', 'tenet-system', '-o', 'json'));
      expect(lease.spec.holderIdentity ?? '').to.equal('');
    });
  });
});
