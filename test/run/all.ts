// `npm test`: builds the command, then runs all test files with mocha in parallel, the slowest first, because the file that starts last decides
// when the run ends. Arguments go to mocha; files among them are run in place of all. TENET_TEST_JOBS says how many at a time.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { testFiles } from './order.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** One more than cores, because tests also wait; each of them may have an API server of 400 MB. */
const jobs = process.env['TENET_TEST_JOBS'] ?? String(Math.min(8, availableParallelism() + 1));

function run(program: string, ...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  // The terminal sends it to mocha too, which then ends its workers.
  process.on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)));
}

const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : testFiles(root);
const built = await run('bin/build.js');
process.exitCode =
  built ||
  (await run('node_modules/mocha/bin/mocha.js', '--parallel', '--jobs', jobs, '--reporter', 'test/run/reporter.ts', ...given, ...files));
