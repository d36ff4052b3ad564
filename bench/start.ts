import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { median, smoke } from './harness.ts';

/**
 * Seconds from `npm start` to the line that says it is ready, on an empty data directory (cold) and on one that was used before
 * (warm), against a node that does nothing and a tsx that runs an empty file. CPU seconds until then are those of
 * npm and node; PostgreSQL is not in them. `--smoke` starts each once.
 */
const root = new URL('../', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
// PostgreSQL's user must pass where this runs as root, or the database would lie elsewhere and outlive its directory.
chmodSync(directory, 0o711);
const dataDir = join(directory, 'data');
const empty = join(directory, 'empty.ts');
writeFileSync(empty, 'export {};\n');

interface Start {
  readonly seconds: number;
  readonly cpu: number;
}

const starts = { 'node -e 0': [] as Start[], 'tsx, empty file': [] as Start[], 'cold start': [] as Start[], 'warm start': [] as Start[] };
try {
  for (let round = 0; round < (smoke ? 1 : 5); round += 1) {
    starts['node -e 0'].push(await run('node -e 0'));
    starts['tsx, empty file'].push(await run(`node --import tsx ${empty}`));
    rmSync(dataDir, { recursive: true, force: true });
    starts['cold start'].push(await run('npm start', 'Tenet is ready'));
    starts['warm start'].push(await run('npm start', 'Tenet is ready'));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

console.log(`Node ${process.version}; medians of ${starts['cold start'].length}; ratios of seconds and of CPU to tsx with an empty file`);
const middle = (values: readonly Start[], key: keyof Start) => median(values.map((value) => value[key]));
const base = starts['tsx, empty file'];
console.table(
  Object.fromEntries(
    Object.entries(starts).map(([name, values]) => [
      name,
      {
        seconds: rounded(middle(values, 'seconds')),
        fastest: rounded(Math.min(...values.map(({ seconds }) => seconds))),
        'cpu seconds': rounded(middle(values, 'cpu')),
        ratio: rounded(middle(values, 'seconds') / middle(base, 'seconds')),
        'cpu ratio': rounded(middle(values, 'cpu') / middle(base, 'cpu')),
      },
    ]),
  ),
);

/** Runs a command until it says `ready`, or to its end, and stops it. */
async function run(command: string, ready?: string): Promise<Start> {
  const started = performance.now();
  const shell = spawn('sh', ['-c', `${command}; times`], {
    cwd: root,
    env: { ...process.env, TENET_DATA_DIR: dataDir, TENET_PORT: '0', TENET_METRICS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which can be stopped as a whole.
    detached: true,
  });
  const ended = once(shell, 'exit');
  const written = text(shell.stdout);
  let result: Start | undefined;
  const said: string[] = [];
  for await (const line of createInterface(shell.stderr)) {
    said.push(line);
    if (ready === undefined || !line.startsWith(ready)) continue;
    result = { seconds: (performance.now() - started) / 1000, cpu: cpuOfGroup(shell.pid!) };
    process.kill(-shell.pid!, 'SIGTERM');
  }
  await ended;
  if (ready === undefined) return { seconds: (performance.now() - started) / 1000, cpu: cpuOfChildren(await written) };
  if (result === undefined) throw new Error(`${command} ended before it was ready: ${said.join('\n')}`);
  return result;
}

/** The last line of the shell's `times`: user and system time of its children, which have ended. */
function cpuOfChildren(output: string): number {
  const times = [
    ...output
      .trimEnd()
      .split('\n')
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

/** User and system time of the processes of a group, which are still running, from Linux's /proc; NaN elsewhere. */
function cpuOfGroup(group: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    // proc_pid_stat(5): what follows the name of the program begins with field 3; the group is field 5, times are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) === group) ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  }
  return ticks / 100;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
