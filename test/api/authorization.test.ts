import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { rounds } from '../helpers/rounds.ts';
import { shuffled } from '../helpers/shuffled.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Cell, cellsOf, classOf, createKind, type Kind, outcomeOf } from './authorization/cells.ts';
import { type ContractOperation, readOperations } from './authorization/operations.ts';
import { createProbe, type Probe } from './authorization/probe.ts';
import { nothing, recipes } from './authorization/recipes.ts';
import { scenarios } from './authorization/scenarios.ts';

const operations = readOperations();
const blueprints = readdirSync(new URL('../../policies/blueprints', import.meta.url));

/** Permissions that widen an answer, or depend on the body: proved in the tests of these operations. */
const provedElsewhere: Readonly<Record<string, readonly string[]>> = {
  listOrganizations: ['organization:list-all'],
  evaluate: ['decision:evaluate'],
  revokeInvitation: ['role:<level>:unassign'],
};

/** Which of several equal cells are sent differs from run to run; a number in TENET_TEST_SEED repeats a run. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);

// Every verdict for every role set is compared with stock Casbin in process (shipped-policies.test.ts). Over HTTP remains to be shown that each
// operation asks for its permissions and does what the answer says, and that people are loaded with their roles. What a handler does after the
// verdict could still differ from role to role: a sample of all cells runs each time, and all of them in the soak.
describe('the authorization of every operation', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let probe: Probe;

  before(async () => {
    tenet = await startTenet();
    probe = createProbe(tenet.policies);
  });

  after(() => tenet?.stop());

  async function expectRight(kind: Kind, cells: Iterable<Cell>): Promise<void> {
    const wrong: string[] = [];
    for (const cell of cells) {
      const sentence = await probe.send(kind, cell);
      if (sentence !== undefined) wrong.push(sentence);
    }
    if (wrong.length > 0) throw new Error([...wrong, `TENET_TEST_SEED=${seed} repeats it.`].join('\n'));
  }

  it('is described by a recipe for each operation of the contract, and by none besides', () => {
    const described = [...new Set(recipes.map(({ operationId }) => operationId))].sort();
    expect(described).to.deep.equal(operations.map(({ operationId }) => operationId).sort());
  });

  for (const name of blueprints) {
    describe(`in organizations of the kind ${name}`, () => {
      // What is asked on the platform has nothing to do with the kind of an organization.
      const ours = operations.filter(({ level }) => level !== 'platform' || name === blueprints[0]);
      let kind: Kind;

      before(async () => {
        kind = await createKind(tenet, name);
      });

      const recipesOf = ({ operationId }: ContractOperation) => recipes.filter((recipe) => recipe.operationId === operationId);

      for (const operation of ours) {
        for (const recipe of recipesOf(operation)) {
          const title = recipe.title === undefined ? operation.operationId : `${operation.operationId} (${recipe.title})`;
          it(`${title}: asks for its permissions, does what the answer says, and the same for every role that is allowed`, async function () {
            const cells = shuffled(cellsOf(kind, operation, recipe), seed);
            if (cells.length === 0) return this.skip();
            const chosen = new Map<string, Cell>();
            for (const cell of cells) {
              const outcome = outcomeOf(kind, cell);
              chosen.set(classOf(outcome, cell), cell);
              if (outcome.answer.answer === 'allowed' && cell.scenario === scenarios[0]) chosen.set(`as ${cell.persona.name}`, cell);
            }
            await expectRight(kind, new Set(chosen.values()));
          });
        }

        it(`${operation.operationId}: its recipes cover the permissions that it asks for besides its own`, () => {
          const asked = recipesOf(operation).flatMap(({ further }) => further?.(kind.world) ?? []);
          const patterns = new Set(asked.map((permission) => permission.replace(/^role:[^:]+:/, 'role:<level>:')));
          expect([...patterns, ...(provedElsewhere[operation.operationId] ?? [])]).to.have.members([...operation.further]);
        });
      }

      for (const scenario of scenarios) {
        for (const level of scenario.levels) {
          it(`every person is loaded with their roles for an operation of the level ${level} ${scenario.title}`, async () => {
            const plain = operations.filter((operation) => operation.level === level && operation.method === 'GET' && operation.permission);
            const [operation] = plain.filter((one) => recipesOf(one).some(({ ask, further }) => ask === nothing && !further));
            const cells = cellsOf(kind, operation!, recipesOf(operation!)[0]!).filter((cell) => cell.scenario === scenario);
            expect(cells).to.have.length(scenario.credential === 'none' ? 1 : kind.people(scenario).length);
            await expectRight(kind, cells);
          });
        }
      }

      it('a sample of all operations, roles and scenarios (soak)', async () => {
        const all = ours.flatMap((operation) => recipesOf(operation).flatMap((recipe) => cellsOf(kind, operation, recipe)));
        const cells = shuffled(all, seed);
        let sent = 0;
        for (const round of rounds(Math.min(200, cells.length), cells.length)) {
          await expectRight(kind, [cells[round]!]);
          sent += 1;
        }
        console.log(`      seed ${seed}: ${sent} of ${cells.length} cells`);
      }).timeout(900_000);
    });
  }

  describe('afterwards', () => {
    it('leaves no trace of what was denied but the record of the denial', async () => {
      const events: { outcome: string; request: string }[] = await tenet.database.read('platform', (db) =>
        db('audit_events').select('outcome', db.raw("event::jsonb ->> 'clientRequestId' as request")),
      );
      const outcomes = new Map<string, string[]>();
      for (const { outcome, request } of events) outcomes.set(request, [...(outcomes.get(request) ?? []), outcome]);
      for (const { requestId, recorded } of probe.denied) {
        const events = outcomes.get(requestId) ?? [];
        // Of those that are alike the first has an event, and the others are counted.
        if (events.length > 0) expect([recorded, ...events], requestId).to.deep.equal([true, 'DENIED']);
      }
      const [{ counted }] = (
        await tenet.database.read('platform', (db) => db.raw('select sum(count)::int as counted from denials where action is not null'))
      ).rows;
      expect(counted).to.equal(probe.denied.filter(({ recorded }) => recorded).length);
      console.log(`      ${probe.count()} requests, ${probe.denied.length} of them denied by a role or a state in a place that exists`);
    });
  });
});
