import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { AnyHandler } from '../../api/operations/index.ts';
import type { Actor } from '../../core/authorization/decisions/actor.ts';
import { type Blueprint, roleName } from '../../core/authorization/policy/blueprint.ts';
import { roleObject } from '../../core/authorization/policy/vocabulary.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';
import { createLivePolicies } from '../../core/authorization/store/live-policies.ts';
import { allowAlso } from '../helpers/people.ts';
import { rounds } from '../helpers/rounds.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Found, planSteps, runSteps, shorten } from './escalation/run.ts';
import { createProgram, type Program, type Weakness } from './escalation/world.ts';

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
      let asked = 0;
      for (const round of rounds(1, 100)) {
        const run = await runSteps(program, name, planSteps(seed + round, perOrganization));
        if (run.found) throw new Error(await report(program, name, run.found));
        allowed += run.allowed;
        asked += run.asked;
      }
      console.log(`      ${asked} steps, of which ${allowed} were allowed and changed something`);
      // Steps that nobody may take would prove nothing.
      expect(allowed).to.be.greaterThan(10);
    });
  }

  describe('and a hole is found', () => {
    // Seeds of their own, the same ones in each run, and many steps of the kind that is weak: what must be found is left to no chance.
    const sequences = 40;
    const perSequence = 50;

    /** Sequences in these kinds by turns, until something is exceeded. */
    async function search(program: Program, kinds: readonly string[], often: readonly string[]): Promise<Found & { kind: string }> {
      for (let attempt = 0; attempt < sequences; attempt++) {
        const kind = kinds[attempt % kinds.length]!;
        const { found } = await runSteps(program, kind, planSteps(attempt, perSequence, often));
        if (found) return { ...found, kind };
      }
      throw new Error(`Nothing was found in ${sequences} sequences.`);
    }

    it('when grants ask nothing about the role', async () => {
      const handlers = withActor(() => ({ require: async () => undefined as never }), 'createGrant', 'createProjectGrant');
      const program = createProgram(tenet, { handlers });
      const { excess, trace } = await search(program, names, ['grant']);
      expect(excess.join('\n')).to.match(/[12]: .* could not give/);
      expect(trace.at(-1)).to.match(/create(Project)?Grant/);
    });

    it('when a revocation asks nothing about the role', async () => {
      const handlers = withActor(inCharge, 'revokeGrant', 'revokeProjectGrant');
      const { excess, trace } = await search(createProgram(tenet, { handlers }), names, ['revoke', 'grant']);
      expect(excess.join('\n')).to.match(/3: .* could not take/);
      expect(trace.at(-1)).to.match(/revoke(Project)?Grant/);
    });

    it('when a secret is shown to who could not give what its key may do', async () => {
      const keys = ['createApiKey', 'createProjectApiKey', 'rotateApiKey', 'rotateProjectApiKey'];
      const program = createProgram(tenet, { handlers: withActor(inCharge, ...keys) });
      // Here more people make keys than give the highest role.
      const { excess, trace } = await search(program, ['integrations'], ['makeAccount', 'grant', 'makeKey', 'rotateKey']);
      expect(excess.join('\n')).to.match(/4: .* was shown the secret of .*, which may/);
      expect(trace.at(-1)).to.match(/(create|rotate)(Project)?ApiKey/);
    });

    // The last test: the policy of this kind stays weak.
    it('when a row lets the lowest role give the highest', async () => {
      const { blueprint } = (await readPolicies('policies')).find((content) => content.blueprint?.name === names[0])!;
      await allowAlso(tenet, ...weakRows(blueprint!));
      // The server's own policies refuse such rows.
      const policies = createLivePolicies(tenet.database, { checker: { check: () => undefined }, onRefused: () => undefined });
      const program = createProgram(tenet, { policies });
      const { kind, ...found } = await search(program, [names[0]!], ['grant']);
      const { excess, trace } = await shorten(program, kind, found);
      expect(excess.join('\n')).to.match(/2: .* gained in .* what .* could not give/);
      expect(trace).to.have.length.lessThan(5);
    });
  });
});

/** Handlers of these operations have an actor who is another one in part. */
function withActor(change: (actor: Actor) => Partial<Actor>, ...operationIds: string[]): Weakness['handlers'] & object {
  return (handlers) => {
    const weak = operationIds.map((id): [string, AnyHandler] => [
      id,
      (request) => {
        const actor = request['actor'] as Actor;
        const properties = Object.fromEntries(Object.entries(change(actor)).map(([key, value]) => [key, { value }]));
        return handlers[id]!({ ...request, actor: Object.create(actor, properties) });
      },
    ]);
    return { ...handlers, ...Object.fromEntries(weak) };
  };
}

/** An actor who holds the highest role too, whenever a question is put to the policy without `require`. */
function inCharge(actor: Actor): Partial<Actor> {
  return {
    require: async () => undefined as never,
    async snapshot(place) {
      const [snapshot, { blueprint }] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
      const { scopes: _, ...held } = snapshot;
      return { ...held, roles: [...held.roles, roleName(blueprint!, blueprint!.topRole)] };
    },
  };
}

function weakRows(blueprint: Blueprint): [string, string, string, string, string][] {
  const giver = roleName(blueprint, blueprint.lowestRole);
  return [
    [giver, 'org', 'grant', 'create', 'allow'],
    [giver, 'org', roleObject(blueprint.topRole), 'assign', 'allow'],
    // Where a member has one role, the highest takes the place of the lowest.
    [giver, 'org', roleObject(blueprint.lowestRole), 'unassign', 'allow'],
  ];
}

async function report(program: Program, name: string, found: Found): Promise<string> {
  const { trace, excess } = await shorten(program, name, found);
  return [...excess, 'after these steps:', ...trace.map((line) => `  ${line}`), `TENET_TEST_SEED=${seed} repeats it.`].join('\n');
}
