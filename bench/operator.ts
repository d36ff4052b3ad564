import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { KubeClient } from '../controllers/kube/client.ts';
import { openConnection } from '../controllers/kube/connection.ts';
import type { KubeObject, ResourceType } from '../controllers/resources/resource.ts';
import { organizationType, projectType } from '../controllers/resources/types.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import { runKubectl, startServer } from '../test/kube-apiserver/server.ts';
import { quantile, smoke } from './harness.ts';

/**
 * The controllers on a real API server and a real database: from apply to Ready when nothing else is to be done, the first sync of
 * many objects with the memory of the process, and what is written at rest. `--smoke` measures less; `--large` syncs 10,000 objects.
 */
type Status = { conditions?: { type: string; status: string }[]; observedGeneration?: number };
type Reported = KubeObject<unknown, Status>;

const quiet = smoke ? 5 : 100;
const many = smoke ? 50 : process.argv.includes('--large') ? 10_000 : 1_000;
const perOrganization = 9;
const dataDir = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
const kube = await startServer();
for (const part of ['crds', 'rbac']) {
  if (part === 'rbac') await kubectl('create', 'namespace', 'tenet-system');
  await kubectl('apply', '--server-side', '-k', fileURLToPath(new URL(`../k8s/${part}`, import.meta.url)));
}
await kubectl('wait', '--for=condition=Established', 'crd/organizations.tenet.dev', 'crd/projects.tenet.dev', '--timeout=30s');
const connection = await openConnection(kube.kubeconfig.admin);
const client = new KubeClient(connection, { fieldManager: 'bench' });
const ready = new Map<string, number>();
/** Each status that was seen, by object and when the controller wrote it. */
const statusWrites = new Set<string>();
const following = new AbortController();

console.log(`Node ${process.version}`);
let tenet = await startTenet();
follow(organizationType);
follow(projectType);

const times: number[] = [];
for (let index = 0; index < quiet; index += 1) {
  const sent = performance.now();
  await create(organizationType, organization(`quiet-${index}`));
  times.push((await readyAt(`Organization quiet-${index}`)) - sent);
}
console.log(`apply to Ready, one at a time: p50 ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))} (${quiet} objects)`);

await tenet.stop();
const objects = Array.from({ length: many }, (_, index) => objectAt(index));
await inParallel(24, objects, ({ type, object }) => create(type, object));
const began = performance.now();
tenet = await startTenet();
const up = performance.now();
const cpuBefore = cpuSeconds(tenet.pid);
for (const { key } of objects) await readyAt(key);
const took = performance.now() - up;
const cpuAfter = cpuSeconds(tenet.pid);
const cpu = Object.entries(cpuAfter).map(([name, seconds]) => `${name} ${(seconds - (cpuBefore[name] ?? 0)).toFixed(1)} s`);
console.log(
  `first sync of ${many} objects: ${(took / 1000).toFixed(1)} s after a start of ${((up - began) / 1000).toFixed(1)} s, ` +
    `${Math.round((many * 1000) / took)} objects/s, RSS ${tenet.memory()} MB; CPU: ${cpu.join(', ')}, this benchmark included`,
);

const rows = new pg.Client({ connectionString: postgres.url });
await rows.connect();
const before = await settled();
for (const round of ['1', '2', '3']) {
  // Every Organization gets another pass, as in a resync.
  await kubectl('annotate', 'organizations.tenet.dev', '--all', `bench/round=${round}`, '--overwrite');
}
const after = await settled();
console.log(
  `three more passes over every Organization: ${after.rows - before.rows} rows and ${after.statuses - before.statuses} statuses written`,
);

following.abort();
await rows.end();
await tenet.stop();
await connection.close();
await kube.stop();
await postgres.stop();
rmSync(dataDir, { recursive: true, force: true });

async function startTenet(): Promise<{ pid: number; memory(): number; stop(): Promise<void> }> {
  const bin = fileURLToPath(new URL('../bin/tenet.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [...(process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []), bin, 'serve', '--kubeconfig', kube.kubeconfig.admin],
    {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: postgres.url,
        TENET_DATA_DIR: dataDir,
        TENET_ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
        TENET_PORT: '0',
        TENET_METRICS_PORT: '0',
        TENET_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Kubernetes: reconciling')) resolve();
    });
    child.once('exit', () => reject(new Error(`Tenet ended: ${said}`)));
  });
  return {
    pid: child.pid!,
    memory: () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Seconds of CPU so far, of everything that runs under this process. */
function cpuSeconds(tenet: number): Record<string, number> {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // Fields 4 and 14 to 17 of proc(5), in hundredths of a second.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
        const used = fields.slice(11, 15).reduce((sum, field) => sum + Number(field) / 100, 0);
        return [{ pid: Number(pid), parent: Number(fields[1]), used, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
      } catch {
        return []; // It has just ended.
      }
    });
  const byId = new Map(processes.map((found) => [found.pid, found]));
  const isOurs = (pid: number): boolean => pid === process.pid || (byId.has(pid) && isOurs(byId.get(pid)!.parent));
  const seconds: Record<string, number> = {};
  for (const { pid, used, command } of processes) {
    if (!isOurs(pid)) continue;
    const [program = '', part = ''] = command.split('\0');
    const name = pid === tenet ? 'tenet' : program.endsWith('/kube') ? part : /postgres/.test(program) ? 'postgres' : 'benchmark';
    seconds[name] = (seconds[name] ?? 0) + used;
  }
  return seconds;
}

/** One Organization, then the Projects in it. */
function objectAt(index: number): { type: ResourceType; object: object; key: string } {
  const number = Math.floor(index / (perOrganization + 1));
  const place = index % (perOrganization + 1);
  if (place === 0) return { type: organizationType, object: organization(`org-${number}`), key: `Organization org-${number}` };
  const name = `org-${number}-${place}`;
  const spec = { displayName: name, organizationRef: { name: `org-${number}` } };
  const object = { apiVersion: 'tenet.dev/v1alpha1', kind: 'Project', metadata: { name, namespace: 'default' }, spec };
  return { type: projectType, object, key: `Project ${name}` };
}

function organization(name: string): object {
  const spec = { displayName: name, allowedProjects: { namespaces: { from: 'All' } } };
  return { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name }, spec };
}

async function create(type: ResourceType, object: object): Promise<void> {
  await client.create(type, type.namespaced ? 'default' : undefined, object);
}

function follow(type: ResourceType): void {
  const note = ({ kind, metadata, status }: Reported): void => {
    const isReady = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    const key = `${kind} ${metadata.name}`;
    statusWrites.add(`${key} ${JSON.stringify(status)}`);
    if (isReady && !ready.has(key)) ready.set(key, performance.now());
  };
  void (async () => {
    let resourceVersion = (await client.list(type)).metadata.resourceVersion;
    while (!following.signal.aborted) {
      const options = { resourceVersion, timeoutSeconds: 300, idleMs: 300_000, signal: following.signal };
      for await (const { type: what, object } of client.watch<Reported>(type, options)) {
        resourceVersion = object.metadata.resourceVersion;
        if (what !== 'BOOKMARK') note(object);
      }
    }
  })().catch((error: unknown) => {
    if (!following.signal.aborted) throw error;
  });
}

async function readyAt(key: string): Promise<number> {
  const end = performance.now() + 600_000;
  for (;;) {
    const at = ready.get(key);
    if (at !== undefined) return at;
    if (performance.now() > end) throw new Error(`${key} is not ready after 10 minutes.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How many rows were written so far, but for what the server reports of itself, and how many statuses, when two looks see the same; a connection tells its counts when it has been idle for ten seconds. */
async function settled(): Promise<{ rows: number; statuses: number }> {
  for (let last = ''; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    const { rows: found } = await rows.query(
      "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int as count from pg_stat_user_tables where schemaname = 'tenet' and relname not in ('replicas', 'job_runners')",
    );
    const present = { rows: found[0].count as number, statuses: statusWrites.size };
    if (JSON.stringify(present) === last) return present;
    last = JSON.stringify(present);
  }
}

async function inParallel<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
    }),
  );
}

async function kubectl(...args: string[]): Promise<void> {
  const { status, stderr } = await runKubectl(kube.kubeconfig.admin, args);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
