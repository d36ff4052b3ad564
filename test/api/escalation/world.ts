import { randomUUID } from 'node:crypto';
import { createDispatch } from '../../../api/dispatch.ts';
import { type AnyHandler, createHandlers } from '../../../api/operations/index.ts';
import { insertGrant } from '../../../core/access/grants.ts';
import { mailLimitsOf } from '../../../core/access/invitation-budgets.ts';
import { addMember } from '../../../core/access/members.ts';
import type { Principal } from '../../../core/authorization/decisions/actor.ts';
import { type Subject, userOf } from '../../../core/authorization/decisions/subjects.ts';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import type { LivePolicies } from '../../../core/authorization/store/live-policies.ts';
import { readConfig } from '../../../core/base/config.ts';
import { TenetError } from '../../../core/base/errors.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { apiHubProfile, givePlatformRoles } from '../../helpers/people.ts';
import type { TestTenet } from '../../helpers/tenet.ts';
import { type ContractOperation, readOperations } from '../authorization/operations.ts';
import { createManifests, type Said } from './manifests.ts';

/** Somebody outside of Tenet who can act: a user of the installation with their address. */
export interface Person {
  readonly id: string;
  readonly email: string;
}

/** One request of somebody. */
export interface Call {
  readonly operationId: string;
  readonly caller: Subject;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  /** Whose authority stands behind what follows, as the database names them, where it is not the caller's: who invited or offered. */
  readonly sponsor?: string;
}

/** What came of it. */
export type Outcome = { readonly isAllowed: true; readonly body: unknown } | { readonly isAllowed: false; readonly code: string };

interface Crowd {
  readonly people: readonly Person[];
  readonly operator: Person;
}

/** The operations of the contract in this process: policy, transaction and record, without HTTP. */
export interface Program {
  readonly tenet: TestTenet;
  readonly policies: LivePolicies;
  call(call: Call): Promise<Outcome>;
  /** People for an organization and an operator who holds this role. They go from one organization to the next, for some of them. */
  crowd(role: string): Promise<Crowd>;
}

/** One organization with people in it and around it. */
export interface World extends Program {
  readonly blueprint: Blueprint;
  readonly organizationId: string;
  readonly organizationName: string;
  /** The first founded the organization; some are strangers to it. */
  readonly people: readonly Person[];
  readonly operator: Person;
  /** Tokens of links, by id. */
  readonly tokens: Map<string, string>;
  /** What ids are called in a trace; in the order in which they were made, so that the same steps find the same things again. */
  readonly labels: Map<string, string>;
}

type AnyHandlers = Readonly<Record<string, AnyHandler>>;

/** What a program has that the server has not. */
export interface Weakness {
  /** Other handlers here or there. */
  readonly handlers?: (handlers: AnyHandlers) => AnyHandlers;
  /** Policies that nothing has checked. */
  readonly policies?: LivePolicies;
}

/** Every operation of the contract, by id. */
export const operations = new Map(readOperations().map((operation) => [operation.operationId, operation]));
const environment = {
  ...{ TENET_MAILS_PER_ADDRESS: '100000', TENET_MAILS_PER_INVITER: '100000', TENET_RESEND_COOLDOWN: '0' },
  ...{ TENET_ORGANIZATIONS_PER_USER: '100000', TENET_ORGANIZATIONS_PER_DAY: '100000' },
};

/** The program of a server, as strong or as weak. */
export function createProgram(tenet: TestTenet, weakness: Weakness = {}): Program {
  const { database, keyring } = tenet;
  const { policies = tenet.policies, handlers: weakened = (handlers) => handlers } = weakness;
  const config = readConfig(environment);
  // The rest of the services is for operations that are not called here.
  const services = { config, keyring, policies } as Parameters<typeof createHandlers>[0];
  const handlers = weakened(createHandlers(services) as never);
  const ignore = () => undefined;
  const dispatch = createDispatch({
    database,
    policies,
    keyring,
    planner: tenet.planner,
    handlers,
    judges: {},
    onDecision: ignore,
    onActivity: ignore,
  });
  const applyManifest = createManifests({ database, policies, keyring, mails: mailLimitsOf(config), appsDriver: config.TENET_APPS_DRIVER });
  let requests = 0;
  let worlds = 0;
  let crowd: Promise<Crowd>;

  return {
    tenet,
    policies,
    crowd(role) {
      // An operator asks for support access so many times in a day.
      if (worlds++ % 10 === 0) crowd = gather(tenet, role);
      return crowd;
    },
    async call({ operationId, caller, params = {}, query = {}, body }) {
      if (caller.type === 'controller') return outcomeOf(() => applyManifest(operationId, params['organizationId']!, body as Said));
      const principal: Principal = { subject: caller, issuedAt: Number.POSITIVE_INFINITY };
      const request = { requestId: `request-${requests++}`, headers: {}, logFields: {} };
      const operation = operationOf(operations.get(operationId)!);
      const input = { operation, params, query, headers: {}, body, principal, request, checkReply: ignore, checkEvents: ignore };
      return outcomeOf(async () => (await dispatch(input as never)).body);
    },
  };
}

async function outcomeOf(request: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { isAllowed: true, body: await request() };
  } catch (error) {
    if (error instanceof TenetError) return { isAllowed: false, code: error.code };
    throw error;
  }
}

async function gather(tenet: TestTenet, role: string): Promise<Crowd> {
  const number = randomUUID().slice(0, 8);
  const sign = async (email: string): Promise<Person> => ({ id: await (await tenet.as(email)).userId(), email });
  const people: Person[] = [];
  for (let index = 0; index < 12; index++) people.push(await sign(`person-${number}-${index}@example.com`));
  const operator = await sign(`operator-${number}@example.com`);
  await givePlatformRoles(tenet, operator.email, role);
  return { people, operator };
}

function operationOf(operation: ContractOperation) {
  return { ...operation, isPublic: false, takesPlan: false, isIdempotent: false, needsIfMatch: false, shownOnce: [] };
}

const policyFiles = readPolicies('policies');

/** Founds an organization of a kind, with a member for each role that can be given in it, and strangers around it. */
export async function createWorld(program: Program, name: string): Promise<World> {
  const { tenet } = program;
  const contents = await policyFiles;
  const blueprint = contents.find(({ scope }) => scope === `blueprint/${name}`)!.blueprint!;
  const roles = blueprint.roles.filter(({ level, holders }) => level === 'org' && !holders).map(({ id }) => id);
  const { people: everybody, operator } = await program.crowd(supportRole(contents));
  const people = everybody.slice(0, roles.length + 4);
  const organizationId = await found(program, people[0]!, name);
  if (blueprint.projects !== 'none') await addProjects(tenet, organizationId, ['one', 'two']);
  for (const [index, role] of roles.entries()) await addWith(tenet, organizationId, people[index + 1]!.id, role);
  const labels = new Map<string, string>([
    [organizationId, 'organization'],
    [operator.id, 'operator'],
  ]);
  for (const [index, { id }] of people.entries()) labels.set(id, index === 0 ? 'founder' : `person-${index}`);
  const inside = { blueprint, organizationId, organizationName: 'Acme', people, operator };
  return { ...program, ...inside, tokens: new Map(), labels };
}

async function found({ call }: Program, founder: Person, blueprint: string): Promise<string> {
  const body = { name: 'Acme', blueprint, ...(blueprint === 'api-hub' && apiHubProfile) };
  const outcome = await call({ operationId: 'createOrganization', caller: userOf(founder.id), body });
  if (!outcome.isAllowed) throw new Error(`no organization: ${outcome.code}`);
  return (outcome.body as { id: string }).id;
}

/** Without a request: in some kinds nobody in the organization makes projects. */
async function addProjects(tenet: TestTenet, organizationId: string, slugs: readonly string[]): Promise<void> {
  const org_id = toUuid('organization', organizationId);
  const rows = slugs.map((slug) => ({ org_id, id: toUuid('project', newId('project')), slug, name: slug }));
  await tenet.database.write({ organization: org_id }, (db) => db('projects').insert(rows));
}

async function addWith(tenet: TestTenet, organizationId: string, userId: string, role: string): Promise<void> {
  const user = userOf(userId);
  await tenet.database.write({ organization: toUuid('organization', organizationId) }, async (db) => {
    await addMember(db, { organizationId, userUuid: user.uuid });
    await insertGrant(db, { name: 'test', principal: { subject: user, issuedAt: 0 } }, { organizationId, user_id: user.uuid, role });
  });
}

/** The role of the platform whose holders ask for support access. */
function supportRole(contents: Awaited<ReturnType<typeof readPolicies>>): string {
  const rows = contents.find(({ scope }) => scope === 'platform')!.rows;
  const [role] = rows.find(([, , object, action, effect]) => object === 'support' && action === 'request' && effect === 'allow')!;
  return role!;
}
