import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { smoke } from './harness.ts';
import { attacks, besideQuestions, besideStore, type Target } from './hostile/attacks.ts';
import { dearPolicy, makeStore, oneQuestion, smallPolicy } from './hostile/dear-stores.ts';
import { type Felt, type Observed, observe } from './hostile/observer.ts';
import { changePriority } from './hostile/priority.ts';
import { type Caller, startMeasuredTenet } from './tenet.ts';

/**
 * What clients with bad intentions do, one attack after the other, while another tenant reads its organization, or asks a policy store of its own or Tenet
 * beside a hostile store, and a probe asks for /livez: how long these take before, during and after, and how much memory the server has. Server, attacker and observer are
 * processes of their own. It ends with 1 when an attack is felt too much; with `--smoke` it attacks for a moment and judges nothing.
 * `--only TEXT` leaves out the attacks without the text in their names.
 */
const attackFor = smoke ? 400 : 8_000;
const restFor = smoke ? 200 : 5_000;
const bounds = { timesQuiet: 10, rss: 512, livez: 100 };
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]! : '';

const manifests = mkdtempSync(join(tmpdir(), 'tenet-hostile-'));
const good =
  'apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: calm}\nspec: {displayName: Calm, blueprint: integrations}\n';
writeFileSync(join(manifests, 'calm.yaml'), good);
const tenet = await startMeasuredTenet({ TENET_MANIFESTS: manifests });
const quiet = await tenet.caller('quiet');
const quietId = await found(quiet, 'Quiet');
const read: Observed = { path: `/v1/organizations/${quietId}`, headers: quiet.headers };
const makerOf = (caller: Caller) => ({ url: tenet.server.url, caller });
const goodStore = await makeStore(makerOf(quiet), quietId, smallPolicy);
/** What the other tenant asks instead of reading. */
const questions: Readonly<Record<string, Observed>> = {
  [besideStore]: { path: `${goodStore}/access/v1/evaluation`, headers: quiet.headers, body: oneQuestion },
  [besideQuestions]: {
    path: '/access/v1/evaluation',
    headers: quiet.headers,
    body: {
      subject: { type: 'user', id: quiet.id },
      action: { name: 'list' },
      resource: { type: 'project', id: '*', properties: { organizationId: quietId } },
    },
  },
};
const target: Target = {
  dearStore: await makeStore(makerOf(tenet.owner), tenet.organizationId, dearPolicy),
  ...{ url: tenet.server.url, organizationId: tenet.organizationId, owner: tenet.owner, member: tenet.member, manifests },
  policyAdmin: await tenet.policyAdmin(),
};

const attacker = fork(fileURLToPath(new URL('./hostile/attacker.ts', import.meta.url)), process.argv.slice(2), {
  execArgv: ['--import', 'tsx'],
});
const [{ priority }] = (await once(attacker, 'message')) as [{ priority: number }];
console.log(
  `Node ${process.version}; niceness of the server ${getPriority()}, the attacker ${priority}, the observer ${changePriority(-5)}`,
);
await observe(tenet.server, read, restFor); // Warms up.
const rows: Record<string, Record<string, number | string>> = {};
for (const name of Object.keys(attacks).filter((each) => each.includes(only))) {
  const observed = questions[name] ?? read;
  const before = await observe(tenet.server, observed, restFor);
  attacker.send({ begin: name, target });
  const during = await observe(tenet.server, observed, attackFor);
  const ended = once(attacker, 'message');
  attacker.send('end');
  await ended;
  const after = await observe(tenet.server, observed, restFor);
  rows[name] = report(before, during, after);
}
console.table(rows);
attacker.disconnect();
await tenet.stop();
rmSync(manifests, { recursive: true, force: true });

function report(before: Felt, during: Felt, after: Felt): Record<string, number | string> {
  const rss = Math.max(before.rss, during.rss, after.rss);
  const holds = during.read < bounds.timesQuiet * before.read && during.refused === 0 && rss < bounds.rss && during.livez < bounds.livez;
  if (!holds && !smoke) process.exitCode = 1;
  const all = (pick: (felt: Felt) => number, digits = 0) => [before, during, after].map((felt) => pick(felt).toFixed(digits)).join(' / ');
  return {
    'p99 ms': all(({ read }) => read, 1),
    times: (during.read / before.read).toFixed(1),
    'not 200': during.refused + after.refused,
    'livez p99 ms': all(({ livez }) => livez, 1),
    'RSS MB': all((felt) => felt.rss),
    'observer late ms': during.own.toFixed(1),
    holds: holds ? 'yes' : 'NO',
  };
}

async function found(caller: Caller, name: string): Promise<string> {
  const headers = { ...caller.headers, 'content-type': 'application/json' };
  const response = await fetch(`${tenet.server.url}/v1/organizations`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  return ((await response.json()) as { id: string }).id;
}
