// `npm test`: all test files, the slowest first, because the file that starts last decides when the run ends. Arguments go to mocha; files among
// them are run in place of all. TENET_TEST_JOBS says how many at a time.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root, run } from './mocha.ts';
import { testFiles } from './order.ts';

const given = process.argv.slice(2);
// mocha says nothing of a file that is not there, as long as another one is.
const missing = given.filter((argument) => argument.endsWith('.ts') && !argument.includes('*') && !existsSync(resolve(root, argument)));
if (missing.length > 0) {
  console.error(`There is no ${missing.join(', ')}.`);
  process.exit(2);
}
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : testFiles(root);
process.exitCode = await run([...given, ...files]);
