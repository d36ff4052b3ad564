import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, median, print, quantile, type ServerProcess, smoke, startServer } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * The decision route for the same person, authenticated by a token, by an API key, and by a key of a kind whose use is limited, so that the last
 * shows what counting costs. Then how long after its revocation a key is still let through by another replica that answers with
 * `minimize_latency`. `--smoke` measures less.
 */
const policies = mkdtempSync(join(tmpdir(), 'tenet-bench-policies-'));
cpSync('policies', policies, { recursive: true });
const blueprint = join(policies, 'blueprints/integrations/blueprint.yaml');
// No benchmark uses these up.
const limited = `keyTypes:
  - name: limited
    title: Limited key
    prefix: tntl_
    levels: [org]
    scopes: owner
    rateLimits:
      - { name: per-minute, quota: 100000000, window: PT1M }
      - { name: per-day, quota: 1000000000, window: P1D }
`;
writeFileSync(blueprint, readFileSync(blueprint, 'utf8').replace('keyTypes:\n', limited));

const tenet = await startMeasuredTenet({ TENET_POLICIES: policies });
const replica = await startServer('tenet', { ...tenet.environment, TENET_POLICIES: policies });
const { organizationId, owner, server } = tenet;
const keysPath = `/v1/organizations/${organizationId}/api-keys`;

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { ...owner.headers, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function makeKey(type: string): Promise<{ id: string; headers: Record<string, string> }> {
  const { id, secret } = await post<{ id: string; secret: string }>(keysPath, { name: 'Bench', type });
  return { id, headers: { authorization: `Bearer ${secret}` } };
}

const path = '/access/v1/evaluation';
const body = (subject: object) => ({
  subject,
  action: { name: 'list' },
  resource: { type: 'project', id: '*', properties: { organizationId } },
});
const ask = (caller: { headers: Record<string, string> }, subject: object, consistency: string) =>
  ({ server, path, method: 'POST', body: body(subject), headers: { ...caller.headers, 'tenet-consistency': consistency } }) as const;
const key = await makeKey('SECRET');
const limitedKey = await makeKey('LIMITED');
const itself = ({ id }: { id: string }) => ({ type: 'api-key', id });

console.log(`Node ${process.version}`);
for (const consistency of ['minimize_latency', 'fully_consistent']) {
  console.log(consistency);
  const measured = await measure({
    token: ask(owner, { type: 'user', id: owner.id }, consistency),
    key: ask(key, itself(key), consistency),
    'limited key': ask(limitedKey, itself(limitedKey), consistency),
  });
  print(measured, ['token', 'key']);
}

/** Milliseconds from the answer to a revocation until the other replica refuses the key; 0 where the first question after it is refused. */
async function timeToRefuse(other: ServerProcess): Promise<number> {
  const { id, headers } = await makeKey('SECRET');
  const status = async () => {
    const options = { method: 'POST', body: JSON.stringify(body(itself({ id }))) };
    const all = { ...headers, 'content-type': 'application/json', 'tenet-consistency': 'minimize_latency' };
    const answer = await fetch(other.url + path, { ...options, headers: all });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (let warming = 0; warming < 5; warming += 1) if ((await status()) !== 200) throw new Error('The key is not let through.');
  await post(`${keysPath}/${id}/revoke`, {});
  const revoked = performance.now();
  let last = 0;
  while ((await status()) === 200) last = performance.now() - revoked;
  return last;
}

const times: number[] = [];
for (let round = 0; round < (smoke ? 3 : 100); round += 1) times.push(await timeToRefuse(replica));
const [middle, most] = [median(times), quantile(times, 1)].map((time) => time.toFixed(1));
console.log(
  `A revoked key is let through by another replica (minimize_latency) for ${middle} ms, ${most} ms at most (${times.length} rounds).`,
);

await replica.stop();
await tenet.stop();
rmSync(policies, { recursive: true, force: true });
