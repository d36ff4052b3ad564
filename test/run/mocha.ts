import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The root of this checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** How many files run at a time: one more than cores, because tests also wait; each of them may have an API server of 400 MB. */
export const jobs = Number(process.env['TENET_TEST_JOBS'] || Math.min(8, availableParallelism() + 1));

/** Builds the command, then runs mocha over these files in parallel; the exit code. */
export async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<number> {
  // Its bin/mocha.js would start this as a child, for the sake of node's options, and keep signals from it.
  const mocha = [
    // Much of what tests make is gone at once; with 16 MB for the young, a tenth of their time goes to the collector.
    '--max-semi-space-size=64',
    '--import',
    'tsx',
    'node_modules/mocha/lib/cli/cli.js',
    '--parallel',
    '--jobs',
    String(jobs),
    '--reporter',
    'test/run/reporter.ts',
  ];
  return (await node(['bin/build.js'], {})) || (await node([...mocha, ...args], environment));
}

function node(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  // The terminal sends it to mocha too, which then ends its workers.
  const stay = (): void => undefined;
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', stay);
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)));
}
