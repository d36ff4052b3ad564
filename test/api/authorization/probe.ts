import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { type Cell, type Kind, type Outcome, outcomeOf } from './cells.ts';
import type { Asker } from './recipe.ts';
import { type Asked, recordQuestions } from './recorder.ts';
import { circumstancesOf } from './scenarios.ts';

/** A request that was answered with a denial, so that what it left behind can be looked for. */
export interface Denied {
  readonly requestId: string;
  readonly recorded: boolean;
}

/** Sends the requests of cells, one after the other, because what is recorded says nothing of who asked. */
export interface Probe {
  /** What is wrong with the answer, or with what was asked of the engine, in a sentence; nothing when all is well. */
  send(kind: Kind, cell: Cell): Promise<string | undefined>;
  readonly denied: readonly Denied[];
  /** How many cells were sent. */
  count(): number;
}

/** Operations that ask more than the contract names, and about what. */
const asksMore: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['evaluate', 'evaluateMany', 'searchSubjects', 'searchResources', 'searchActions'].flatMap((operation) => [
      [operation, 'what the caller wants to know'],
      [`${operation}InOrganization`, 'what the caller wants to know'],
    ]),
  ),
  explainDecision: 'what the caller wants to know',
  getAccessPlan: 'whether the caller may see examples',
  whoCan: 'what each candidate may do',
  whatCan: 'everything that could be asked',
  getDecision: 'which roles would allow it',
  listStoreDecisions: 'whether properties and callers are shown',
  getCapabilities: 'everything that could be asked',
  getProjectCapabilities: 'everything that could be asked',
  getMemberCapabilities: 'everything that could be asked',
  getAccessReport: 'what roles in the organization allow in projects',
  getProjectAccessReport: 'what roles in the organization allow in projects',
  createExport: 'what roles in the organization allow in projects, for the access report and for an archive',
  downloadExport: 'what is in an archive',
  createExportLink: 'what is in an archive',
  downloadExportByLink: 'whether the author of the link may still do so',
  listMyOrganizations: 'what is shown of each organization',
  listProjects: 'which projects are shown',
  listInstances: 'which of them are shown',
  listCatalogItems: 'whether what runs is shown',
  getCatalogItem: 'whether what runs is shown',
  listSettings: 'which settings are shown',
  listProjectSettings: 'which settings are shown',
  getSummary: 'which parts are shown',
  listMySettings: 'which settings are shown',
  listRoles: 'which roles the caller may give',
  getRole: 'whether the caller may give it',
  eraseMe: 'whom a plan of it touches',
  acceptOwnershipTransfer: 'whether who offered it may still do so',
  approveSupportAccess: 'whether who asked for it may still do so',
  offerSupportAccess: 'whether the person to whom it is offered is an operator',
  suspendUser: 'whether others may still give the roles',
  removeOperator: 'whether others may still give the roles, and whether who is left may ask for support access',
  acceptInvitation: 'whether those who invited may still do so',
  acceptInvitationByToken: 'whether those who invited may still do so',
  previewInvitation: 'whether those who invited may still do so',
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A probe of the server that these questions are put to. */
export function createProbe(policies: Parameters<typeof recordQuestions>[0]): Probe {
  const questions = recordQuestions(policies);
  const denied: Denied[] = [];
  // Organizations in which an export was asked for: a job asks the policy for it, whenever it comes to it.
  const withJobs = new Set<string>();
  let count = 0;

  async function send(kind: Kind, cell: Cell): Promise<string | undefined> {
    const { operation, scenario, persona } = cell;
    const { params, query, init } = await requestOf(kind, cell);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, parameter: string) => encodeURIComponent(params[parameter]!));
    const requestId = `cell-${++count}`;
    questions.take();
    const response = await fetch(kind.world.tenet.url + path + query, {
      ...init,
      redirect: 'manual',
      method: operation.method,
      headers: { ...init.headers, 'x-request-id': requestId },
    });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    const asked = questions.take().filter(({ domain }) => !withJobs.has(domain.split('/')[0]!));
    if (operation.operationId === 'createExport') withJobs.add(params['organizationId']!);
    await cell.recipe.undo?.(persona, kind.world);

    const outcome = outcomeOf(kind, cell);
    if (outcome.answer.answer === 'denied' || outcome.answer.answer === 'unknown-place') {
      // Only denials of people who are something in the place are recorded, so that others cannot fill its records.
      denied.push({ requestId, recorded: operation.mutates && outcome.roles.length > 0 });
    }
    const wrong =
      wrongAnswer(cell, outcome, { ...answer, isPlan: query.includes('validateOnly=true') }) ??
      wrongQuestions(cell, outcome, asked, params);
    if (wrong === undefined) return undefined;
    const who = scenario.credential === 'none' ? '' : ` as ${persona.name}`;
    return `${operation.operationId}${who} ${scenario.title}: ${wrong} ${answer.status >= 400 ? answer.text : ''}`;
  }

  return { send, denied, count: () => count };
}

/** The request of a cell: its path parameters, its query, and what fetch is given beside the method. */
export async function requestOf(
  { world, site: siteOf }: Kind,
  { recipe, scenario, persona }: Cell,
): Promise<{ params: Record<string, string>; query: string; init: { headers: Record<string, string>; body?: string } }> {
  const site = siteOf(scenario);
  const projectId = scenario.project === 'own' ? site.projectId : site.siblingId;
  const asker: Asker = {
    world,
    persona,
    site,
    projectId,
    anotherSite: () => world.makeSite(scenario.site === 'other' ? [] : [persona], circumstancesOf(scenario)),
    anotherProject: () => world.makeProject(site, scenario.project === 'own' && scenario.site !== 'other' ? [persona] : []),
  };
  const ask = await recipe.ask(asker);
  const token = { valid: persona.token, expired: persona.expired, none: undefined }[scenario.credential];
  return {
    params: { organizationId: site.organizationId, projectId, ...ask.params },
    query: ask.query ? `?${new URLSearchParams(ask.query)}` : '',
    init: {
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...ask.headers,
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    },
  };
}

function wrongAnswer(
  { operation }: Cell,
  { answer: wanted }: Outcome,
  { status, headers, text, isPlan }: Answer & { readonly isPlan: boolean },
): string | undefined {
  const problem: { code?: string; requiredPermission?: string; decisionId?: string } = status >= 400 ? JSON.parse(text) : {};
  switch (wanted.answer) {
    case 'allowed':
      if (isPlan) return status === 200 ? undefined : `expected a plan, got ${status}`;
      return operation.successes.includes(status) ? undefined : `expected ${operation.successes.join(' or ')}, got ${status}`;
    case 'unauthenticated':
      if (status !== 401) return `expected 401, got ${status}`;
      return headers.get('www-authenticate')?.startsWith('Bearer') ? undefined : 'the 401 does not say how to authenticate';
    case 'unknown-place':
      return status === 404 && problem.code === 'not-found' ? undefined : `expected 404, got ${status}`;
    case 'denied':
      if (status !== wanted.status || problem.code !== wanted.code)
        return `expected ${wanted.status} ${wanted.code} for ${wanted.permission}, got ${status} ${problem.code}`;
      if (problem.requiredPermission !== wanted.permission)
        return `expected ${wanted.permission} to be missing, not ${problem.requiredPermission}`;
      return /^dec_/.test(problem.decisionId ?? '') ? undefined : 'the denial has no decision id';
  }
}

/** The engine must be asked what the contract says, in its order, with the roles that the person has in this very place, and then no more. */
function wrongQuestions({ operation }: Cell, outcome: Outcome, asked: Asked[], params: Record<string, string>): string | undefined {
  const organizationId = operation.level === 'platform' ? undefined : params['organizationId'];
  const { dom: domain } = domainOf({ organizationId, projectId: operation.level === 'project' ? params['projectId'] : undefined });
  const { permissions: permissionsAbove, roles: rolesAbove } = outcome.above ?? { permissions: [], roles: [] };
  const wanted = [
    ...outcome.permissions.map((permission) => ({ permission, domain, roles: outcome.roles })),
    ...permissionsAbove.map((permission) => ({ permission, domain: domainOf({ organizationId }).dom, roles: rolesAbove })),
  ];
  // A change is decided before it waits for the organization's lock, and again when it has it.
  const steps = asked.filter((question, index) => JSON.stringify(question) !== JSON.stringify(asked[index - 1]));
  const [first, rest] = [steps.slice(0, wanted.length), steps.slice(wanted.length)];
  if (JSON.stringify(first) !== JSON.stringify(wanted))
    return `the engine was not asked ${JSON.stringify(wanted)} but ${JSON.stringify(first)}`;
  if (operation.operationId in asksMore) return undefined;
  // A denial asks whether it may say that the place exists; what was asked once may be asked again.
  const isDenial = outcome.answer.answer === 'denied' || outcome.answer.answer === 'unknown-place';
  const read = operation.level === 'org' || outcome.above ? 'organization:read' : 'project:read';
  const known = isDenial && operation.level !== 'platform' ? [read] : [];
  const expected = new Set([...outcome.permissions, ...known, ...operation.further]);
  const surplus = rest.map(({ permission }) => permission).filter((permission) => !expected.has(permission));
  return surplus.length === 0 ? undefined : `the engine was also asked ${surplus.join(', ')}`;
}
