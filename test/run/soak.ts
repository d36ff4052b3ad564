// `npm run test:soak`: the tests whose titles end in ` (soak)`, with their long rounds. TENET_TEST_SOAK_SECONDS is the time for all of them together.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobs, root, run } from './mocha.ts';
import { testFiles } from './order.ts';

const tag = / \(soak\)['`]/g;
const counts = testFiles(root).map((file) => [file, readFileSync(join(root, file), 'utf8').match(tag)?.length ?? 0] as const);
const files = counts.filter(([, count]) => count > 0).map(([file]) => file);
const tests = counts.reduce((sum, [, count]) => sum + count, 0);
const budget = process.env['TENET_TEST_SOAK_SECONDS'];

process.exitCode = await run(['--grep', '\\(soak\\)$', ...process.argv.slice(2), ...files], {
  TENET_TEST_ROUNDS: process.env['TENET_TEST_ROUNDS'] || 'long',
  ...(budget && { TENET_TEST_ROUND_SECONDS: String((Number(budget) * jobs) / tests) }),
});
