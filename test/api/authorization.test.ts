import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { readPolicies } from '../../core/authorization/review/files.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { createExpect, type Expect, type Expectation } from './authorization/expectations.ts';
import { type ContractOperation, readOperations } from './authorization/operations.ts';
import { type Cell, type Recipe, recipes } from './authorization/recipes.ts';
import { circumstancesOf, rolesIn, type Scenario, scenarios } from './authorization/scenarios.ts';
import { createWorld, type Persona, type Site, type World } from './authorization/world.ts';

const operations = readOperations();
const blueprints = readdirSync(new URL('../../policies/blueprints', import.meta.url));

/** Permissions that widen an answer, or depend on the body: proved in the tests of these operations. */
const provedElsewhere: Readonly<Record<string, readonly string[]>> = {
  listOrganizations: ['organization:list-all'],
  evaluate: ['decision:evaluate'],
};

/** Requests that were answered with a denial, so that what they left behind can be looked for. */
interface Denied {
  readonly requestId: string;
  readonly recorded: boolean;
}

describe('the authorization of every operation', function () {
  this.timeout(60_000);
  const run = { cells: 0, denied: [] as Denied[] };
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet();
  });

  after(() => tenet?.stop());

  it('is described by a recipe for each operation of the contract, and by none besides', () => {
    const described = [...new Set(recipes.map(({ operationId }) => operationId))].sort();
    expect(described).to.deep.equal(operations.map(({ operationId }) => operationId).sort());
  });

  for (const name of blueprints) {
    describe(`in organizations of the kind ${name}`, () => {
      const built: Partial<{ world: World; expectation: Expect; sites: Map<string, Site> }> = {};

      before(async () => {
        const contents = await readPolicies('policies');
        const platform = contents.find(({ scope }) => scope === 'platform')!;
        const own = contents.find(({ scope }) => scope === `blueprint/${name}`)!;
        const world = await createWorld(tenet, platform.vocabulary!, own.blueprint!);
        const sites = new Map<string, Site>();
        for (const scenario of scenarios) {
          if (sites.has(siteKey(scenario))) continue;
          const people = scenario.site === 'other' ? [] : peopleOf(world, scenario);
          sites.set(siteKey(scenario), await world.makeSite(people, circumstancesOf(scenario)));
        }
        Object.assign(built, { world, expectation: createExpect([platform, own]), sites });
      });

      // What is asked on the platform has nothing to do with the kind of an organization.
      for (const operation of operations.filter(({ level }) => level !== 'platform' || name === blueprints[0])) {
        for (const recipe of recipes.filter(({ operationId }) => operationId === operation.operationId)) {
          const title = recipe.title === undefined ? operation.operationId : `${operation.operationId} (${recipe.title})`;
          for (const scenario of scenarios.filter(({ levels }) => levels.includes(operation.level))) {
            it(`${title} ${scenario.title}: every role gets what the policy says`, async function () {
              const { world, expectation, sites } = built as Required<typeof built>;
              if (recipe.needsOwner && world.blueprint.owner !== 'exactly-one') return this.skip();
              const place = { world, site: sites.get(siteKey(scenario))!, expectation, scenario };
              const people = scenario.credential === 'none' ? world.personas.slice(0, 1) : peopleOf(world, scenario);
              const failures = await Promise.all(people.map((persona) => check(operation, recipe, persona, place)));
              const lines = failures.filter((failure) => failure !== undefined);
              if (lines.length > 0) throw new Error(lines.join('\n'));
            });
          }
        }

        it(`${operation.operationId}: its recipes cover the permissions that it asks for besides its own`, () => {
          const { world } = built as Required<typeof built>;
          const asked = recipes
            .filter(({ operationId }) => operationId === operation.operationId)
            .flatMap(({ further }) => further?.(world) ?? []);
          const patterns = new Set(asked.map((permission) => permission.replace(/^role:[^:]+:/, 'role:<level>:')));
          expect([...patterns, ...(provedElsewhere[operation.operationId] ?? [])]).to.have.members([...operation.further]);
        });
      }
    });
  }

  describe('afterwards', () => {
    it('leaves no trace of what was denied but the record of the denial', async () => {
      const events: { outcome: string; request: string }[] = await tenet.database.read('platform', (db) =>
        db('audit_events').select('outcome', db.raw("event::jsonb ->> 'requestId' as request")),
      );
      const outcomes = new Map<string, string[]>();
      for (const { outcome, request } of events) outcomes.set(request, [...(outcomes.get(request) ?? []), outcome]);
      for (const { requestId, recorded } of run.denied) {
        expect(outcomes.get(requestId) ?? [], requestId).to.deep.equal(recorded ? ['DENIED'] : []);
      }
      console.log(`      ${run.cells} cells, ${run.denied.length} of them denied by a role or a state in a place that exists`);
    });
  });

  const siteKey = ({ site, suspended }: Scenario) => `${site} ${suspended === true}`;
  const peopleOf = (world: World, { suspended }: Scenario) => (suspended ? world.suspendedPersonas : world.personas);

  /** Sends the request of one cell; what is wrong with the answer, in a sentence, or nothing. */
  async function check(
    operation: ContractOperation,
    recipe: Recipe,
    persona: Persona,
    place: { world: World; site: Site; expectation: Expect; scenario: Scenario },
  ): Promise<string | undefined> {
    const { world, site, expectation, scenario } = place;
    const projectId = scenario.project === 'own' ? site.projectId : site.siblingId;
    const cell: Cell = {
      world,
      persona,
      site,
      projectId,
      anotherSite: () => world.makeSite(scenario.site === 'other' ? [] : [persona], circumstancesOf(scenario)),
      anotherProject: () => world.makeProject(site, scenario.project === 'own' && scenario.site !== 'other' ? [persona] : []),
    };
    const ask = await recipe.ask(cell);
    const params: Record<string, string> = { organizationId: site.organizationId, projectId, ...ask.params };
    const path = operation.path.replace(/\{(\w+)\}/g, (_, parameter: string) => encodeURIComponent(params[parameter]!));
    const requestId = `cell-${++run.cells}`;
    const token = { valid: persona.token, expired: persona.expired, none: undefined }[scenario.credential];
    const response = await fetch(world.tenet.url + path, {
      redirect: 'manual',
      method: operation.method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        'x-request-id': requestId,
        ...ask.headers,
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    });
    const text = await response.text();

    const expected = expectationOf();
    const found = { status: response.status, ...(response.status >= 400 ? JSON.parse(text) : {}) };
    if (expected.answer === 'denied' || expected.answer === 'unknown-place') {
      // Records are kept of people who are something in the place; a stranger fills nobody's records.
      run.denied.push({ requestId, recorded: operation.mutates && expected.isSomebody === true });
    }
    const wrong = mismatch(expected, found, response.headers);
    if (wrong === undefined) return undefined;
    const who = scenario.credential === 'none' ? '' : ` as ${persona.name}`;
    return `${operation.operationId}${who} ${scenario.title}: ${wrong} ${response.status >= 400 ? text : ''}`;

    function expectationOf(): (Expectation | { answer: 'unauthenticated' }) & { isSomebody?: boolean } {
      if (operation.permission === undefined) return { answer: 'allowed' };
      if (scenario.credential !== 'valid') return { answer: 'unauthenticated' };
      const { resource, action } = operation.permission;
      const inPlace = {
        ...(operation.level !== 'platform' && { organizationId: params['organizationId']! }),
        ...(operation.level === 'project' && { projectId: params['projectId']! }),
      };
      const roles = rolesIn(world.blueprint, persona, scenario, operation.level);
      const answer = expectation(roles, inPlace, [`${resource}:${action}`, ...(recipe.further?.(world) ?? [])]);
      return { ...answer, isSomebody: roles.length > 0 };
    }

    function mismatch(
      wanted: Expectation | { answer: 'unauthenticated' },
      got: { status: number; code?: string; requiredPermission?: string; decisionId?: string },
      headers: Headers,
    ): string | undefined {
      const { status } = got;
      switch (wanted.answer) {
        case 'allowed':
          return operation.successes.includes(status) ? undefined : `expected ${operation.successes.join(' or ')}, got ${status}`;
        case 'unauthenticated':
          if (status !== 401) return `expected 401, got ${status}`;
          return headers.get('www-authenticate')?.startsWith('Bearer') ? undefined : 'the 401 does not say how to authenticate';
        case 'unknown-place':
          return status === 404 && got.code === 'not-found' ? undefined : `expected 404, got ${status}`;
        case 'denied':
          if (status !== 403) return `expected 403 for ${wanted.permission}, got ${status}`;
          if (got.requiredPermission !== wanted.permission)
            return `expected ${wanted.permission} to be missing, not ${got.requiredPermission}`;
          return /^dec_/.test(got.decisionId ?? '') ? undefined : 'the 403 has no decision id';
      }
    }
  }
});
