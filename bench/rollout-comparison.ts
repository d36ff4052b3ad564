import { type Measured, measure, print } from './harness.ts';
import { type Caller, type MeasuredTenet, startMeasuredTenet } from './tenet.ts';

/**
 * What the comparison of a rollout costs: the decision route of a server with an open rollout, which takes every decision again by the candidate, beside
 * that of one without. Each is a process of its own on a database of its own, in the same rounds. `--smoke` measures less.
 */
const scope = 'blueprint.integrations';
const [without, open] = [await startMeasuredTenet(), await startMeasuredTenet()];
const admin = await open.policyAdmin();
await beginRollout();

const bodyOf = ({ organizationId }: MeasuredTenet, caller: Caller) => ({
  subject: { type: 'user', id: caller.id },
  action: { name: 'list' },
  resource: { type: 'project', id: '*', properties: { organizationId } },
});
const actions = ['list', 'create', 'read', 'update', 'delete'];
const evaluations = Array.from({ length: 20 }, (_, index) => ({ action: { name: actions[index % actions.length]! } }));

console.log(`Node ${process.version}`);
for (const consistency of ['minimize_latency', 'fully_consistent']) {
  const one = (tenet: MeasuredTenet) => ({
    server: tenet.server,
    path: '/access/v1/evaluation',
    method: 'POST' as const,
    headers: { ...tenet.member.headers, 'tenet-consistency': consistency },
    body: bodyOf(tenet, tenet.member),
  });
  const many = (tenet: MeasuredTenet) => ({
    ...one(tenet),
    path: '/access/v1/evaluations',
    body: { ...bodyOf(tenet, tenet.member), evaluations },
  });
  for (const [title, load] of Object.entries({ 'one question': one, '20 questions': many })) {
    const measured: Record<'without' | 'open', Measured> = await measure({ without: load(without), open: load(open) });
    console.log(
      `${consistency}, ${title}: with an open rollout ${(measured.open.perSecond / measured.without.perSecond).toFixed(2)} of the requests/s`,
    );
    print(measured, ['without']);
  }
}
// How much of it was compared: under load some is left out.
console.log(JSON.stringify((await ask('rollouts'))['items']));

await open.stop();
await without.stop();

/** A shadow of the same rules from other lines: another revision, which decides the same. */
async function beginRollout(): Promise<void> {
  const { scope: _, revision: _1, sha256: _2, author: _3, createdAt: _4, ...first } = await ask('revisions/1');
  const sources = (first['sources'] as { file: string; line: number }[]).map(({ file, line }) => ({ file, line: line + 1 }));
  await ask('revisions', { ...first, sources, reason: 'A measurement' });
  await ask('rollouts', { revision: 2, reason: 'A measurement' });
}

async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${open.server.url}/v1/policies/${scope}/${path}`, {
    headers: { ...admin.headers, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<Record<string, unknown>>;
}
