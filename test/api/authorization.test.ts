import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { rounds } from '../helpers/rounds.ts';
import { shuffled } from '../helpers/shuffled.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Cell, cellsOf, classOf, createKind, type Kind, outcomeOf } from './authorization/cells.ts';
import { type ContractOperation, readOperations } from './authorization/operations.ts';
import { createProbe, type Probe } from './authorization/probe.ts';
import { nothing, type Recipe } from './authorization/recipe.ts';
import { recipes } from './authorization/recipes.ts';
import { scenarios } from './authorization/scenarios.ts';

const operations = readOperations();
const blueprints = readdirSync(new URL('../../policies/blueprints', import.meta.url));

/** Permissions that widen an answer, or depend on the body: proved in the tests of these operations. */
const provedElsewhere: Readonly<Record<string, readonly string[]>> = {
  listOrganizations: ['organization:list-all', 'organization:read'],
  listProjects: ['project:restore'],
  // A part is absent for those who may not list it: test/api/organizations/summary.test.ts.
  getSummary: [
    ...['member:list', 'mfa:read', 'invitation:list', 'project:list', 'service-account:list', 'api-key:list', 'webhook:list'],
    ...['instance:list', 'audit-event:list', 'usage:read', 'limit:read'],
  ],
  // Of each project that one names: test/api/organizations/restrictions.test.ts.
  createRestriction: ['project:read'],
  listOwnershipTransfers: ['ownership:transfer'],
  getOwnershipTransfer: ['ownership:transfer'],
  ...Object.fromEntries(
    ['', 'InOrganization'].flatMap((where) => [
      ...['evaluate', 'evaluateMany'].map((operation) => [operation + where, ['decision:evaluate']]),
      ...['searchSubjects', 'searchResources', 'searchActions'].map((operation) => [operation + where, ['decision:search']]),
    ]),
  ),
};

/** Which of several equal cells are sent differs from run to run; a number in TENET_TEST_SEED repeats a run. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);

/** A cell and the kind of organization that it is asked in. */
interface Asked {
  readonly kind: Kind;
  readonly cell: Cell;
}

// Every verdict for every role set is compared with stock Casbin in process (shipped-policies.test.ts). Over HTTP remains to be shown that each
// operation asks for its permissions and does what the answer says, and that people are loaded with their roles. What a handler does after the
// verdict could still differ from role to role: a sample of all cells runs each time, and all of them in the soak.
describe('the authorization of every operation', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let probe: Probe;
  const kinds: Kind[] = [];

  before(async () => {
    tenet = await startTenet({
      TENET_APPS_DRIVER: 'process',
      TENET_APPS_DOMAIN: 'apps.example.com',
      TENET_APPS_GATEWAY_PORT: '0',
      TENET_PLAN_SELF_SERVICE: 'true',
    });
    probe = createProbe(tenet.policies);
    for (const name of blueprints) kinds.push(await createKind(tenet, name));
  });

  after(() => tenet?.stop());

  async function expectRight(all: Iterable<Asked>): Promise<void> {
    const wrong: string[] = [];
    for (const { kind, cell } of all) {
      const sentence = await probe.send(kind, cell);
      if (sentence !== undefined) wrong.push(sentence);
    }
    if (wrong.length > 0) throw new Error([...wrong, `TENET_TEST_SEED=${seed} repeats it.`].join('\n'));
  }

  it('is described by a recipe for each operation of the contract, and by none besides', () => {
    const described = [...new Set(recipes.map(({ operationId }) => operationId))].sort();
    expect(described).to.deep.equal(operations.map(({ operationId }) => operationId).sort());
  });

  const recipesOf = ({ operationId }: ContractOperation) => recipes.filter((recipe) => recipe.operationId === operationId);
  // What is asked on the platform has nothing to do with the kind of an organization.
  const kindsOf = ({ level }: ContractOperation) => (level === 'platform' ? kinds.slice(0, 1) : kinds);
  /** Everything that can be asked, in organizations of every kind. */
  const asked = (operation: ContractOperation, recipe: Recipe): Asked[] =>
    kindsOf(operation).flatMap((kind) => cellsOf(kind, operation, recipe).map((cell) => ({ kind, cell })));

  for (const operation of operations) {
    for (const recipe of recipesOf(operation)) {
      const title = recipe.title === undefined ? operation.operationId : `${operation.operationId} (${recipe.title})`;
      it(`${title}: asks for its permissions, does what the answer says, and the same for every role that is allowed`, async function () {
        const cells = shuffled(asked(operation, recipe), seed);
        if (cells.length === 0) return this.skip();
        const chosen = new Map<string, Asked>();
        for (const one of cells) {
          const outcome = outcomeOf(one.kind, one.cell);
          chosen.set(classOf(outcome, one.cell), one);
          if (outcome.answer.answer === 'allowed' && one.cell.scenario === scenarios[0]) chosen.set(`as ${one.cell.persona.name}`, one);
        }
        await expectRight(new Set(chosen.values()));
      });
    }

    it(`${operation.operationId}: its recipes cover the permissions that it asks for besides its own`, () => {
      const further = recipesOf(operation)
        .flatMap(({ further: inPlace, furtherAbove = [] }) => [...(inPlace?.(kinds[0]!.world) ?? []), ...furtherAbove])
        .flat();
      const patterns = new Set(further.map((permission) => permission.replace(/^role:[^:]+:/, 'role:<level>:')));
      expect([...patterns, ...(provedElsewhere[operation.operationId] ?? [])]).to.have.members([...operation.further]);
    });
  }

  for (const scenario of scenarios) {
    for (const level of scenario.levels) {
      it(`every person of every kind is loaded with their roles for an operation of the level ${level} ${scenario.title}`, async () => {
        const plain = operations.filter((operation) => operation.level === level && operation.method === 'GET' && operation.permission);
        const operation = plain.find((one) => recipesOf(one).some(({ ask, further }) => ask === nothing && !further))!;
        const cells = asked(operation, recipesOf(operation)[0]!).filter(({ cell }) => cell.scenario === scenario);
        const people = kindsOf(operation).filter((kind) => level !== 'project' || kind.world.projectRole !== '');
        const expected = people.map((kind) => (scenario.credential === 'none' ? 1 : kind.people(scenario).length));
        expect(cells).to.have.length(expected.reduce((sum, one) => sum + one));
        await expectRight(cells);
      });
    }
  }

  it('a sample of all operations, kinds, roles and scenarios (soak)', async () => {
    const cells = shuffled(
      operations.flatMap((operation) => recipesOf(operation).flatMap((recipe) => asked(operation, recipe))),
      seed,
    );
    let sent = 0;
    for (const round of rounds(Math.min(200, cells.length), cells.length)) {
      await expectRight([cells[round]!]);
      sent += 1;
    }
    console.log(`      seed ${seed}: ${sent} of ${cells.length} cells`);
  }).timeout(900_000);

  describe('afterwards', () => {
    it('leaves no trace of what was denied but the record of the denial', async () => {
      const all: { outcome: string; request: string; ended: string | null }[] = await tenet.database.read('platform', (db) =>
        // What support was denied is in the log of the platform as well, and names its organization there.
        db('audit_events')
          .whereRaw("event::jsonb ->> 'organizationId' is null")
          .select(
            'outcome',
            db.raw("event::jsonb ->> 'clientRequestId' as request"),
            db.raw("event::jsonb #>> '{after,denials}' as ended"),
          ),
      );
      const events = all.filter(({ ended }) => ended === null);
      const outcomes = new Map<string, string[]>();
      for (const { outcome, request } of events) outcomes.set(request, [...(outcomes.get(request) ?? []), outcome]);
      for (const { requestId, recorded } of probe.denied) {
        const events = outcomes.get(requestId) ?? [];
        // Of those that are alike the first has an event, and the others are counted.
        if (events.length > 0) expect([recorded, ...events], requestId).to.deep.equal([true, 'DENIED']);
      }
      // Of an hour that ended meanwhile, those that came more than once have an event with their number, and the others their own alone.
      const [{ open, counted }] = (
        await tenet.database.read('platform', (db) =>
          db.raw('select count(*)::int as open, coalesce(sum(count), 0)::int as counted from denials where action is not null'),
        )
      ).rows;
      const ended = all.flatMap(({ ended }) => (ended === null ? [] : [Number(ended)]));
      const firsts = events.filter(({ outcome }) => outcome === 'DENIED').length;
      const inEnded = ended.reduce((sum, one) => sum + one, 0) + firsts - open - ended.length;
      expect(counted + inEnded).to.equal(probe.denied.filter(({ recorded }) => recorded).length);
      console.log(`      ${probe.count()} requests, ${probe.denied.length} of them denied by a role or a state in a place that exists`);
    });
  });
});
