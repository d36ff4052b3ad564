import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { type Cell, cellsOf, createKind, type Kind, outcomeOf } from '../authorization/cells.ts';
import { type ContractOperation, readOperations } from '../authorization/operations.ts';
import { requestOf } from '../authorization/probe.ts';
import { recipes } from '../authorization/recipes.ts';
import { scenarios } from '../authorization/scenarios.ts';

interface Sent {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** Failures that are not provoked here, and where they are. */
const elsewhere: Readonly<Record<string, string>> = {
  '409': 'the tests of each noun: it depends on the state of things',
  '429': 'test/api/access/invitation-budgets.test.ts, test/api/organizations/organization-limits.test.ts: what budgets count',
  '503': 'test/api/http/log.test.ts: a database that does not answer',
  default: 'test/api/http/server.test.ts: a fault of the server',
};

/** What only another policy would bring: every member may ask what they may do. */
const byPolicy: Readonly<Record<string, readonly string[]>> = { getCapabilities: ['403'], getProjectCapabilities: ['403'] };

/** Ids of the right form that lead nowhere. */
const nowhere: Readonly<Record<string, () => string>> = {
  organizationId: () => newId('organization'),
  projectId: () => newId('project'),
  userId: () => newId('user'),
  invitationId: () => newId('invitation'),
  invitationLinkId: () => newId('invitationLink'),
  roleTemplateId: () => newId('roleTemplate'),
  supportAccessId: () => newId('supportAccess'),
  accessPlanId: () => newId('accessPlan'),
  rolloutId: () => newId('rollout'),
  itemId: () => newId('catalogItem'),
  scope: () => 'blueprint.nowhere',
  blueprintName: () => 'nowhere',
  planName: () => 'nowhere',
  slug: () => 'nowhere',
  asset: () => 'nowhere',
  downloadToken: () => 'nowhere',
};

/** For each status, how a request that would succeed is made to fail with it. */
const provocations: Readonly<Record<string, (sent: Sent, operation: ContractOperation) => Sent>> = {
  '400': (sent) => ({ ...sent, path: `${sent.path}${sent.path.includes('?') ? '&' : '?'}unknown=1` }),
  '401': ({ headers: { authorization: _, ...headers }, ...sent }) => ({ ...sent, headers }),
  '406': (sent) => ({ ...sent, headers: { ...sent.headers, accept: 'image/png' } }),
  '412': (sent) => ({ ...sent, headers: { ...sent.headers, 'if-match': '"987654321"' } }),
  '413': (sent) => ({ ...sent, body: JSON.stringify({ padding: 'x'.repeat(2 ** 23) }) }),
  '415': (sent) => ({ ...sent, headers: { ...sent.headers, 'content-type': 'text/plain' } }),
  '428': ({ headers: { 'if-match': _, ...headers }, ...sent }) => ({ ...sent, headers }),
};

/** The kind of organization in which an operation can be called, where the first one does not have what it is about. */
const otherKinds: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^(create|replace|delete)Role$|^changeSubscription$/, 'app-workspace'],
  [/Instance/, 'app-workspace'],
  [/RoleTemplate$/, 'ai-spaces'],
  [/Support|Alert/, 'api-hub'],
  [/Restriction|Usage/, 'ai-spaces'],
  [/^\w+My\w*Setting$/, 'app-workspace'],
  [/Setting/, 'ai-spaces'],
];

describe('Every failure that an operation declares can be had', function () {
  this.timeout(60_000);
  const operations = readOperations();
  let tenet: TestTenet;
  const kinds = new Map<string, Promise<Kind>>();

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process', TENET_APPS_DOMAIN: 'apps.example.com', TENET_APPS_GATEWAY_PORT: '0' });
  });

  after(() => tenet?.stop());

  /** The kind of organization in which an operation is called: the first one, but for what it does not have. */
  function kindFor({ operationId }: ContractOperation): Promise<Kind> {
    const [, name] = otherKinds.find(([pattern]) => pattern.test(operationId)) ?? ['', 'integrations'];
    const found = kinds.get(name) ?? createKind(tenet, name);
    kinds.set(name, found);
    return found;
  }

  /** A request that is made to succeed, or to be denied, by somebody who belongs there. */
  async function prepare(operation: ContractOperation, answer: 'allowed' | 'denied'): Promise<{ sent: Sent; cell: Cell; kind: Kind }> {
    const kind = await kindFor(operation);
    const cells = recipes
      .filter(({ operationId, title }) => operationId === operation.operationId && (answer === 'denied' || title === undefined))
      .concat(recipes.filter(({ operationId }) => operationId === operation.operationId))
      .flatMap((recipe) => cellsOf(kind, operation, recipe));
    const cell = cells.find((each) => {
      const isUsual = each.scenario === scenarios[0] || operation.level === 'platform';
      const outcome = outcomeOf(kind, each).answer;
      // A denial for want of a second factor is 401.
      return (isUsual || answer === 'denied') && outcome.answer === answer && !('status' in outcome && outcome.status !== 403);
    });
    expect(cell, `nobody is ${answer}`).not.to.equal(undefined);
    const { params, query, init } = await requestOf(kind, cell!);
    return { kind, cell: cell!, sent: { path: pathOf(operation, params) + query, method: operation.method, ...init } };
  }

  const send = ({ path, ...init }: Sent): Promise<Response> => fetch(tenet.url + path, { ...init, redirect: 'manual' });

  async function expectProblem(response: Response, status: string): Promise<void> {
    const text = await response.text();
    expect(response.status, text).to.equal(Number(status));
    expect(response.headers.get('content-type')).to.match(/^application\/problem\+json\b/);
    expect(JSON.parse(text)).to.include({ status: Number(status) });
  }

  for (const operation of operations) {
    const declared = operation.failures.filter((status) => !(status in elsewhere || byPolicy[operation.operationId]?.includes(status)));

    for (const status of declared.filter((each) => each in provocations)) {
      it(`${operation.operationId}: ${status}`, async () => {
        const { sent } = await prepare(operation, 'allowed');
        await expectProblem(await send(provocations[status]!(sent, operation)), status);
      });
    }

    if (declared.includes('403')) {
      it(`${operation.operationId}: 403`, async () => {
        // What every user may do is denied to those who are suspended, so somebody is found for each.
        const { sent } = await prepare(operation, 'denied');
        await expectProblem(await send(sent), '403');
      });
    }

    if (declared.includes('404')) {
      it(`${operation.operationId}: 404`, async () => {
        const { sent, cell, kind } = await prepare(operation, 'allowed');
        const { params, query } = await requestOf(kind, cell);
        const [, first] = /\{(\w+)\}/.exec(operation.path) ?? [];
        const body = first === undefined ? { body: JSON.stringify({ token: `tnti_${'x'.repeat(30)}` }) } : {};
        const path = first === undefined ? sent.path : pathOf(operation, { ...params, [first]: nowhere[first]!() }) + query;
        const response = await send({ ...sent, ...body, path });
        await expectProblem(response, '404');
      });
    }

    if (declared.includes('422')) {
      it(`${operation.operationId}: 422`, async () => {
        const { sent, cell, kind } = await prepare(operation, 'allowed');
        const key = { 'idempotency-key': newId('request') };
        expect((await send({ ...sent, headers: { ...sent.headers, ...key } })).status).to.be.below(300);
        const { params, init } = await requestOf(kind, cell);
        const again = { ...sent, ...init, path: pathOf(operation, params), headers: { ...init.headers, ...key } };
        const body = init.body === undefined ? {} : { body: differing(operation, init.body) };
        await expectProblem(await send({ ...again, ...body }), '422');
      });
    }

    const rest = declared.filter((status) => !(status in provocations) && !['403', '404', '422'].includes(status));
    if (rest.length > 0) {
      it(`${operation.operationId}: ${rest.join(', ')}`, () => {
        throw new Error(`Nothing shows how ${operation.operationId} answers ${rest.join(', ')}: add it to the provocations.`);
      });
    }
  }
});

function pathOf({ path }: ContractOperation, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name]!));
}

/** A recipe that says the same each time needs a difference. */
function differing({ operationId }: ContractOperation, body: string): string {
  const difference: Record<string, object> = {
    createOrganization: { name: 'Another' },
    createProject: { name: 'Another' },
    createCatalogItem: { name: 'Another' },
    createPolicyRevision: { reason: 'Another reason' },
    rollbackPolicy: { reason: 'Another reason' },
    createPolicyRollout: { reason: 'Another reason' },
    promotePolicyRollout: { reason: 'Another reason' },
    cancelPolicyRollout: { reason: 'Another reason' },
    rollbackPolicyStore: { reason: 'Another reason' },
    createPolicyStoreRollout: { reason: 'Another reason' },
    promotePolicyStoreRollout: { reason: 'Another reason' },
    cancelPolicyStoreRollout: { reason: 'Another reason' },
    createAccessPlan: { reason: 'Another reason' },
    createResource: { name: 'Another' },
    createProjectResource: { name: 'Another' },
    applySettingToExisting: { includeOwn: true },
    createRestriction: { reason: 'Another reason' },
    createAlert: { title: 'Another' },
    createUsageEvents: { events: [{ id: 'another', meter: 'tokens', at: new Date().toISOString() }] },
    createExportLink: { expiresInSeconds: 60 },
    createInvitationLink: { maxUses: 7 },
    createProjectInvitationLink: { maxUses: 7 },
  };
  return JSON.stringify({ ...JSON.parse(body), ...difference[operationId] });
}
