import { expect } from 'chai';
import { type IdKind, newId } from '../../../core/base/ids.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { type ContractOperation, readOperations } from '../authorization/operations.ts';
import type { Persona } from '../authorization/personas.ts';
import type { Ask } from '../authorization/recipe.ts';
import { recipes } from '../authorization/recipes.ts';
import type { Site } from '../authorization/things.ts';
import { createWorld, type World } from '../authorization/world.ts';

/** The parameters that name something of one organization, the outer ones first. */
const idKinds: Readonly<Record<string, IdKind>> = {
  organizationId: 'organization',
  projectId: 'project',
  userId: 'user',
  invitationId: 'invitation',
  grantId: 'grant',
  decisionId: 'decision',
  transferId: 'ownershipTransfer',
  supportAccessId: 'supportAccess',
  policyStoreId: 'policyStore',
  rolloutId: 'rollout',
  resourceId: 'resource',
  instanceId: 'instance',
};
const askers = ['org.owner', 'org.admin', 'org.manager', 'org.member', 'project.admin', 'no role', 'platform/user', 'platform/operator'];

/** The kind of organization of which an operation is tried, where the first one has nothing that it is about, and who asks there. */
const otherKinds: readonly (readonly [operations: RegExp, kind: string, askers: readonly string[]])[] = [
  [/^\w+My\w*Settings?$/, 'app-workspace', ['org.admin', 'org.member', 'no role']],
  [/Instance/, 'app-workspace', ['org.admin', 'org.member', 'project.user', 'no role']],
  [/Setting|Restriction|Alert|Usage/, 'ai-spaces', ['org.admin', 'org.viewer', 'no role']],
];

const idsOf = ({ path }: ContractOperation) => Object.keys(idKinds).filter((name) => path.includes(`{${name}}`));
// What is public about the decision point of an organization is made from its id alone.
const operations = readOperations().filter((operation) => idsOf(operation).length > 0 && !operation.path.startsWith('/.well-known/'));
/** Questions to the policy: what no caller may know of is denied in a 200, or may not be asked about. A store is found first. */
const isDecision = ({ path }: ContractOperation) => path.includes('/access/v1/') && !path.includes('{policyStoreId}');
/** Its permission is one of the platform's: a caller without it gets a 403 for every id, and one who has it may know them all. */
const isForOperators = ({ level, path }: ContractOperation) => level === 'platform' && !path.startsWith('/v1/me/');

/** What an answer shows, without what is different in every answer: byte for byte. */
interface Shown {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Organizations of one kind: one of those who ask, and one of others. */
interface Land {
  readonly world: World;
  readonly own: Site;
  readonly foreign: Site;
}

async function createLand(tenet: TestTenet, kind: string): Promise<Land> {
  const contents = await shippedPolicies();
  const platform = contents.find(({ scope }) => scope === 'platform')!;
  const blueprint = contents.find(({ scope }) => scope === `blueprint/${kind}`)!.blueprint!;
  const world = await createWorld(tenet, platform.vocabulary!, blueprint);
  return { world, own: await world.makeSite(world.personas), foreign: await world.makeSite([]) };
}

describe('what belongs to others', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let world: World;
  let own: Site;
  let foreign: Site;
  const lands = new Map<string, Land>();

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    for (const kind of new Set(['integrations', ...otherKinds.map(([, name]) => name)])) lands.set(kind, await createLand(tenet, kind));
    ({ world, own, foreign } = lands.get('integrations')!);
  });
  after(() => tenet?.stop());

  const named = ({ world: { personas } }: Land, name: string): Persona => personas.find((persona) => persona.name === name)!;
  const personaOf = (name: string): Persona => named(lands.get('integrations')!, name);
  const cellOf = ({ world, own }: Land, site: Site, persona: Persona) => ({
    world,
    persona,
    site,
    projectId: site.projectId,
    anotherSite: async () => site,
    // Recipes delete it, and the site's own is needed by the tests that follow.
    anotherProject: () => world.makeProject(site, site === own ? world.personas : []),
  });
  const landOf = ({ operationId }: ContractOperation): Land & { readonly askers: readonly string[] } => {
    const [, kind, who] = otherKinds.find(([operations]) => operations.test(operationId)) ?? [/./, 'integrations', askers];
    return { ...lands.get(kind)!, askers: who };
  };

  async function send(operation: ContractOperation, persona: Persona, params: Readonly<Record<string, string>>, ask: Ask): Promise<Shown> {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name]!));
    const query = ask.query === undefined ? '' : `?${new URLSearchParams(ask.query)}`;
    const response = await fetch(tenet.url + path + query, {
      method: operation.method,
      headers: {
        authorization: `Bearer ${persona.token}`,
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...ask.headers,
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    });
    return shown(response);
  }

  async function shown(response: Response): Promise<Shown> {
    const volatile = ['date', 'x-request-id', 'traceparent', 'connection', 'keep-alive'];
    const text = await response.text();
    return {
      status: response.status,
      headers: [...response.headers].filter(([name]) => !volatile.includes(name)).map((header) => header.join(': ')),
      body: text.replace(/\b(req|dec)_[0-9a-z]{26}\b/g, '$1_'),
    };
  }

  describe('looks to everybody as if it did not exist', () => {
    for (const operation of operations) {
      const ids = idsOf(operation);
      for (const [depth, name] of ids.entries()) {
        it(`${operation.operationId}: a foreign ${name} is answered byte for byte like one that never was`, async () => {
          const recipe = recipes.find(({ operationId }) => operationId === operation.operationId)!;
          const land = landOf(operation);
          const { own, foreign } = land;
          const [first, second] = land.askers as [string, string];
          for (const asker of land.askers.filter((role) => !(isForOperators(operation) && role === 'platform/operator'))) {
            const persona = named(land, asker);
            const mine = await recipe.ask(cellOf(land, own, persona));
            // An invitation is found by its address, so the foreign one of the platform's operations is to another person.
            const theirs = await recipe.ask(cellOf(land, foreign, named(land, asker === first ? second : first)));
            const inOwn = { organizationId: own.organizationId, projectId: own.projectId, ...mine.params };
            const inForeign = { organizationId: foreign.organizationId, projectId: foreign.projectId, ...theirs.params };
            const replaced = (by: (parameter: string) => string): Record<string, string> => ({
              ...inOwn,
              ...Object.fromEntries(ids.slice(depth).map((parameter) => [parameter, by(parameter)])),
            });
            const known = replaced((parameter) => (inForeign as Record<string, string>)[parameter]!);
            const unknown = replaced((parameter) => newId(idKinds[parameter]!));
            const [existing, never] = await Promise.all([send(operation, persona, known, mine), send(operation, persona, unknown, mine)]);
            expect(existing, asker).to.deep.equal(never);
            const statuses = asker === first || name === 'organizationId' ? [404] : [403, 404];
            const expected = isDecision(operation) ? [200, 403] : isForOperators(operation) ? [403] : statuses;
            expect(existing.status, `${asker}: ${existing.body}`).to.be.oneOf(expected);
          }
        });
      }
    }

    it('somebody else in a body: a grant to a foreign user is refused like one to nobody', async () => {
      const { userId } = await world.makeMember(foreign);
      const answers = [userId, newId('user')].map(async (id) => {
        const body = JSON.stringify({ subject: { type: 'USER', id }, role: world.orgRole });
        return shown(await post(`/v1/organizations/${own.organizationId}/grants`, personaOf('org.owner'), body));
      });
      const [existing, never] = await Promise.all(answers);
      expect(existing).to.deep.equal(never);
      expect(existing!.status).to.equal(400);
    });

    it('a filter by a foreign user finds as little as one by nobody', async () => {
      const { userId } = await world.makeMember(foreign, { role: world.orgRole });
      const answers = [userId, newId('user')].map(async (id) =>
        shown(await get(`/v1/organizations/${own.organizationId}/grants?subjectId=${id}`, personaOf('org.owner'))),
      );
      const [existing, never] = await Promise.all(answers);
      expect(existing).to.deep.equal(never);
      expect(existing!.body).to.equal('{"items":[]}');
    });

    it('the token of an invitation to somebody else is answered like a token that was never made', async () => {
      const { token } = await world.makeInvitation(foreign, { email: 'somebody.else@example.com' });
      const made = `tnti_test.${'A'.repeat(43)}`;
      expect(made.length).to.equal(token.length);
      const [existing, never] = await Promise.all(
        [token, made].map(async (sent) =>
          shown(await post('/v1/invitations/accept', personaOf('no role'), JSON.stringify({ token: sent }))),
        ),
      );
      expect(existing).to.deep.equal(never);
      expect(existing!.status).to.equal(404);
    });

    it('an organization that was deleted is, to its owner, one that never was', async () => {
      const owner = personaOf('org.owner');
      const gone = await world.makeSite([owner]);
      const deleted = await post(`/v1/organizations/${gone.organizationId}/delete`, owner, '{}');
      expect(deleted.status).to.equal(204);
      for (const rest of ['', '/members', `/projects/${gone.projectId}`]) {
        const [before, never] = await Promise.all(
          [gone.organizationId, newId('organization')].map(async (id) => shown(await get(`/v1/organizations/${id}${rest}`, owner))),
        );
        expect(before).to.deep.equal(never);
        expect(before!.status).to.equal(404);
      }
    });
  });

  describe('sibling projects', () => {
    for (const operation of operations.filter(({ level }) => level === 'project')) {
      it(`${operation.operationId}: whoever has a role in one project alone does not learn of its sibling`, async () => {
        const recipe = recipes.find(({ operationId }) => operationId === operation.operationId)!;
        const land = landOf(operation);
        const { own } = land;
        const isUsual = land.world === world;
        for (const asker of isUsual ? ['project.admin', 'project.manager', 'project.member', 'org.member', 'no role'] : ['no role']) {
          const persona = named(land, asker);
          const ask = await recipe.ask({ ...cellOf(land, own, persona), projectId: own.siblingId });
          const [sibling, never] = await Promise.all(
            [own.siblingId, newId('project')].map((projectId) =>
              send(operation, persona, { organizationId: own.organizationId, ...ask.params, projectId }, ask),
            ),
          );
          expect(sibling, asker).to.deep.equal(never);
          expect(sibling!.status, asker).to.equal(404);
        }
      });
    }

    it('a grant of the sibling project, or of the organization, is no grant of this project', async () => {
      const owner = personaOf('org.owner');
      const inSibling = await world.makeMember(own, { role: world.projectRole, projectId: own.siblingId });
      const inOrganization = await world.makeMember(own, { role: world.orgRole });
      for (const [path, grantId] of [
        [`/projects/${own.projectId}/grants`, inSibling.grantId],
        [`/projects/${own.projectId}/grants`, inOrganization.grantId],
        ['/grants', inSibling.grantId],
      ]) {
        const response = await fetch(`${tenet.url}/v1/organizations/${own.organizationId}${path}/${grantId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${owner.token}` },
        });
        expect(response.status, `${path}/${grantId}`).to.equal(404);
      }
    });
  });

  describe('how far a role reaches', () => {
    const cases: readonly (readonly [title: string, role: string, permission: string, reach: readonly boolean[]])[] = [
      ['a row for * reaches the organization and every project', 'org.manager', 'connection:update', [true, true, true, false]],
      ['a row for org stays in the organization', 'org.member', 'connection:list', [true, false, false, false]],
      [
        'a row for project, of a role in the organization, reaches every project',
        'org.manager',
        'project:update',
        [false, true, true, false],
      ],
      [
        'a row for project, of a role in a project, reaches this project',
        'project.admin',
        'connection:update',
        [false, true, false, false],
      ],
    ];
    for (const [title, role, permission, reach] of cases) {
      it(`${title}: ${role}, ${permission}`, async () => {
        const [type, name] = permission.split(':');
        const { organizationId, projectId, siblingId } = own;
        // The last place is a project of another organization, named under the own one.
        const places = [{}, { projectId }, { projectId: siblingId }, { projectId: foreign.projectId }];
        const decisions = places.map(async (place) => {
          const subject = { type: 'user', id: personaOf(role).id };
          const question = { subject, action: { name }, resource: { type, id: '*', properties: { organizationId, ...place } } };
          const response = await post('/access/v1/evaluation', personaOf(role), JSON.stringify(question));
          return ((await response.json()) as { decision: boolean }).decision;
        });
        expect(await Promise.all(decisions)).to.deep.equal(reach);
      });
    }
  });

  function get(path: string, persona: Persona): Promise<Response> {
    return fetch(tenet.url + path, { headers: { authorization: `Bearer ${persona.token}` } });
  }

  function post(path: string, persona: Persona, body: string): Promise<Response> {
    const headers = { authorization: `Bearer ${persona.token}`, 'content-type': 'application/json' };
    return fetch(tenet.url + path, { method: 'POST', headers, body });
  }
});
