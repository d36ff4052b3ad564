import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import { keepSeconds } from './order.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { EVENT_HOOK_END, EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_BEGIN, EVENT_TEST_END, EVENT_TEST_FAIL } =
  Mocha.Runner.constants;

/** Mocha's `spec`, which also keeps how many seconds each file took and prints the slowest ten. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const seconds = new Map<string, number>();
    // A worker of mocha sends the events of a file at once, and those of hooks do not name it: they belong to the test beside them.
    let file: string | undefined;
    let unassigned = 0;
    let depth = 0;
    const assign = (): void => {
      if (file !== undefined) seconds.set(file, (seconds.get(file) ?? 0) + unassigned / 1000);
      unassigned = 0;
    };
    runner.on(EVENT_SUITE_BEGIN, () => depth++);
    runner.on(EVENT_HOOK_END, (hook) => (unassigned += hook.duration ?? 0));
    runner.on(EVENT_TEST_BEGIN, (test) => (file = test.file === undefined ? undefined : relative(root, test.file)));
    runner.on(EVENT_TEST_END, (test) => {
      unassigned += test.duration ?? 0;
      assign();
    });
    runner.on(EVENT_SUITE_END, () => {
      // The hooks after the last test of a file.
      if (depth-- <= 2) assign();
    });
    // The list of failures comes at the end, which a run that is cut off does not reach; and of a file that could not be loaded, or whose process ended, it
    // does not say which it was.
    runner.on(EVENT_TEST_FAIL, (test, error: Error & { file?: string }) => {
      const file = error.file ?? test.file;
      console.log(`     ${file ? `in ${relative(root, file)}: ` : ''}${error.message.slice(0, 1_000)}`);
    });
    runner.once(EVENT_RUN_END, () => {
      const slowest = [...seconds].sort(([, one], [, other]) => other - one).slice(0, 10);
      console.log('  The slowest files, in seconds:');
      for (const [name, value] of slowest) console.log(`  ${value.toFixed(1).padStart(7)}  ${name}`);
      console.log('');
      // Some of the tests of a file, or more rounds of them, say nothing about the next whole run.
      if (options.grep === undefined && !process.env['TENET_TEST_ROUNDS']) keepSeconds(root, seconds);
    });
  }
}
