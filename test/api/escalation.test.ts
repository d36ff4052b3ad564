import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { AnyHandler } from '../../api/operations/index.ts';
import type { Actor } from '../../core/authorization/decisions/actor.ts';
import { type Blueprint, roleName } from '../../core/authorization/policy/blueprint.ts';
import { roleObject } from '../../core/authorization/policy/vocabulary.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';
import { allowAlso } from '../helpers/people.ts';
import { rounds } from '../helpers/rounds.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Found, planSteps, runSteps, shorten } from './escalation/run.ts';
import { createProgram, type Program, type Weakened } from './escalation/world.ts';

/** A number in TENET_TEST_SEED repeats a run. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);
/** Steps in one organization; the next ones are in a new one. */
const perOrganization = 100;
const names = readdirSync('policies/blueprints').sort();

describe('what those who act may assign', function () {
  this.timeout(900_000);
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  for (const name of names) {
    it(`is exceeded by no sequence of allowed operations in an organization of the kind ${name} (soak)`, async () => {
      const program = createProgram(tenet);
      let allowed = 0;
      for (const round of rounds(1, 100)) {
        const run = await runSteps(program, name, planSteps(seed + round, perOrganization));
        if (run.found) throw new Error(await report(program, name, run.found));
        allowed += run.allowed;
      }
      // Steps that nobody may take would prove nothing.
      expect(allowed).to.be.greaterThan(10);
    });
  }

  describe('and a hole is found', () => {
    /** Sequences until something is exceeded. */
    async function search(program: Program, name: string): Promise<Found> {
      for (let attempt = 0; attempt < 50; attempt++) {
        const { found } = await runSteps(program, name, planSteps(seed + attempt, perOrganization));
        if (found) return found;
      }
      throw new Error(`nothing was found, with the seed ${seed}`);
    }

    it('when grants ask nothing about the role', async () => {
      const program = createProgram(tenet, withActor({ require: async () => undefined as never }, 'createGrant', 'createProjectGrant'));
      const { excess, trace } = await search(program, names[0]!);
      expect(excess.join('\n')).to.match(/[12]: .* could not give/);
      expect(trace.at(-1)).to.match(/create(Project)?Grant/);
    });

    // The last test: the policy of this kind stays weak.
    it('when a row lets the lowest role give the highest', async () => {
      const { blueprint } = (await readPolicies('policies')).find((content) => content.blueprint?.name === names[0])!;
      await allowAlso(tenet, ...weakRows(blueprint!));
      const program = createProgram(tenet);
      const { excess, trace } = await shorten(program, names[0]!, await search(program, names[0]!));
      expect(excess.join('\n')).to.match(/2: .* gained in .* what .* could not give/);
      expect(trace).to.have.length.lessThan(5);
    });
  });
});

/** The program with handlers of these operations whose actor is not asked what it would be. */
function withActor(change: Partial<Actor>, ...operationIds: string[]): Weakened {
  const properties = Object.fromEntries(Object.entries(change).map(([key, value]) => [key, { value }]));
  return (handlers) => {
    const weak = operationIds.map((id): [string, AnyHandler] => [
      id,
      (request) => handlers[id]!({ ...request, actor: Object.create(request['actor'] as Actor, properties) }),
    ]);
    return { ...handlers, ...Object.fromEntries(weak) };
  };
}

function weakRows(blueprint: Blueprint): [string, string, string, string, string][] {
  const giver = roleName(blueprint, blueprint.lowestRole);
  return [
    [giver, 'org', 'grant', 'create', 'allow'],
    [giver, 'org', roleObject(blueprint.topRole), 'assign', 'allow'],
  ];
}

async function report(program: Program, name: string, found: Found): Promise<string> {
  const { trace, excess } = await shorten(program, name, found);
  return [...excess, 'after these steps:', ...trace.map((line) => `  ${line}`), `TENET_TEST_SEED=${seed} repeats it.`].join('\n');
}
