import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Every benchmark, one after the other, because two at once would measure each other. Arguments such as `--smoke` go to each. */
for (const name of [
  'decision',
  'routing',
  'snapshot',
  'access-plan',
  'what-if',
  'policy-store',
  'evaluation',
  'decision-log',
  'rollout-comparison',
  'keys',
  'usage',
  'rollback',
  'gateway',
  'admin',
  'summary',
  'hostile',
  'start',
]) {
  console.log(`\n${name}`);
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const [code] = await once(spawn('node', ['--import', 'tsx', file, ...process.argv.slice(2)], { stdio: 'inherit' }), 'exit');
  if (code !== 0) process.exitCode = 1;
}
