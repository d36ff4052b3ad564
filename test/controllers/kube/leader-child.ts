// One replica for leader.test.ts, as a process of its own: it can be killed and suspended. It prints a line for each thing that happens.
import { setTimeout as wait } from 'node:timers/promises';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { openConnection } from '../../../controllers/kube/connection.ts';
import { LeaderElector } from '../../../controllers/kube/leader.ts';
import { memoryLog } from '../../helpers/widgets.ts';

const [kubeconfig, name, ledger, leaseMs] = process.argv.slice(2) as [string, string, string, string];
const say = (event: string, fence = 0): boolean => process.stdout.write(`${JSON.stringify({ event, fence })}\n`);
const client = new KubeClient(await openConnection(kubeconfig), { fieldManager: 'test' });
const elector = new LeaderElector({
  client,
  namespace: 'tenet-system',
  name,
  log: memoryLog(),
  leaseMs: Number(leaseMs),
  renewMs: (Number(leaseMs) * 2) / 3,
  retryMs: 400,
});
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

await elector.run(async (leadership) => {
  say('leading', leadership.fence);
  while (!leadership.signal.aborted) {
    // A write that got past the check before the process was suspended: it arrives with the fence of its term.
    await fetch(`${ledger}/${leadership.fence}`, { method: 'PUT', signal: leadership.signal }).catch(() => {});
    try {
      leadership.check();
    } catch {
      say('refused by check', leadership.fence);
    }
    await wait(20);
  }
  say('stopped', leadership.fence);
}, stop.signal);
say('ended');
process.exit(0);
