import { readdirSync } from 'node:fs';
import { rounds } from '../helpers/rounds.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { planSteps, type Run, runSteps, shorten } from './escalation/run.ts';
import { createProgram, type Program } from './escalation/world.ts';

/** A number in TENET_TEST_SEED repeats a run. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);
const perOrganization = 100;
const blueprints = readdirSync('policies/blueprints');

describe('no sequence of allowed operations exceeds what those who act may assign', function () {
  this.timeout(900_000);
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  for (const blueprint of blueprints) {
    it(`in an organization of the kind ${blueprint} (soak)`, async () => {
      const program = createProgram(tenet);
      const counts = new Map<string, number>();
      for (const round of rounds(2, 100)) {
        const run = await runSteps(program, blueprint, planSteps(seed + round, perOrganization));
        for (const [kind, count] of run.counts) counts.set(kind, (counts.get(kind) ?? 0) + count);
        if (run.found) throw new Error(await report(program, blueprint, run.found));
      }
      if (process.env['TENET_TEST_COUNTS']) console.log(blueprint, Object.fromEntries(counts));
    });
  }
});

async function report(program: Program, blueprint: string, found: NonNullable<Run['found']>): Promise<string> {
  const { trace, excess } = await shorten(program, blueprint, found);
  return [...excess, 'after these steps:', ...trace.map((line) => `  ${line}`), `TENET_TEST_SEED=${seed} repeats it.`].join('\n');
}
