import { type Measured, measure, print, startServer } from './harness.ts';
import { type Caller, startMeasuredTenet } from './tenet.ts';

/**
 * What the decision log costs: the decision route of a server that keeps every decision beside that of one that keeps none, on the same database
 * and in the same rounds. Each is a process of its own. `--smoke` measures less.
 */
const off = await startMeasuredTenet();
const all = await startServer('tenet', { ...off.environment, TENET_DECISION_LOG_SHARE: '1' });

const question = (caller: Caller) => ({
  subject: { type: 'user', id: caller.id },
  action: { name: 'list' },
  resource: { type: 'project', id: '*', properties: { organizationId: off.organizationId } },
});
const actions = ['list', 'create', 'read', 'update', 'delete'];
const evaluations = Array.from({ length: 20 }, (_, index) => ({ action: { name: actions[index % actions.length]! } }));

console.log(`Node ${process.version}`);
for (const consistency of ['minimize_latency', 'fully_consistent']) {
  const headers = { ...off.member.headers, 'tenet-consistency': consistency };
  const one = { path: '/access/v1/evaluation', method: 'POST', headers, body: question(off.member) } as const;
  const many = { ...one, path: '/access/v1/evaluations', body: { ...one.body, evaluations } } as const;
  for (const [title, load] of Object.entries({ 'one question': one, '20 questions': many })) {
    const measured: Record<'off' | 'all', Measured> = await measure({
      off: { server: off.server, ...load },
      all: { server: all, ...load },
    });
    console.log(
      `${consistency}, ${title}: with the log on all decisions ${(measured.all.perSecond / measured.off.perSecond).toFixed(2)} of the requests/s`,
    );
    print(measured, ['off']);
  }
}

await all.stop();
await off.stop();
