import { capabilitiesOf } from '../core/authorization/decisions/capabilities.ts';
import { decide } from '../core/authorization/decisions/decide.ts';
import { sentenceOf } from '../core/authorization/decisions/denying-restrictions.ts';
import { type DecidingRule, type Explanation, explain, snapshotOf } from '../core/authorization/decisions/explanations.ts';
import { unknownSubject } from '../core/authorization/decisions/known-subjects.ts';
import type { Snapshot } from '../core/authorization/decisions/snapshot.ts';
import { type Able, type AskedType, demandPermission, whoCan } from '../core/authorization/decisions/who-can.ts';
import type { Engine } from '../core/authorization/engine/engine.ts';
import { didYouMean } from '../core/authorization/policy/findings.ts';
import { createLivePolicies, type LivePolicies } from '../core/authorization/store/live-policies.ts';
import { type InputError, InvalidInput } from '../core/base/errors.ts';
import { isId, newId } from '../core/base/ids.ts';
import { createKeyring, newRootKey } from '../core/base/keyring.ts';
import { sealedPages } from '../core/base/sealed-pages.ts';
import type { Db } from '../core/database/database.ts';
import { findPlace } from '../core/organizations/find-place.ts';
import { checkResource } from '../core/organizations/named-resource.ts';
import { readDatabase } from './database.ts';
import { faultLines } from './fault-lines.ts';
import { type Naming, readNaming, unnamedIn, withId } from './names.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';

interface AskOptions {
  /** `acme`, `acme/web`, or the ids of both. */
  readonly in: string;
  readonly resourceId?: string;
  readonly output: Format;
}

interface WhatCanOptions extends AskOptions {
  readonly resource?: string;
}

interface WhoCanOptions extends AskOptions {
  readonly type: 'user' | 'service-account' | 'api-key';
  readonly limit: number;
}

/** A place with the policy that is in force in it. */
interface Asked {
  readonly db: Db;
  readonly policies: LivePolicies;
  readonly engine: Engine;
  readonly place: { readonly organizationId: string; readonly projectId?: string };
  /** The roles of a subject there. */
  snapshot(subject: string): Promise<Snapshot>;
}

const codes = { allowed: 0, denied: 1 } as const;

/** `tenet policy explain`: whether a subject may do something, and why. Exit code: 0 allowed, 1 denied. */
export async function explainQuestion(subject: string, permission: string, options: AskOptions, out: Out = console.log): Promise<number> {
  checkSubjectId(subject);
  const { resource, action } = readPermission(permission);
  const { resourceId } = options;
  const { explanation, naming } = await askIn(options.in, async ({ db, policies, engine, place, snapshot }) => {
    checkKnown(engine, place, resource, action);
    await checkNamed(db, place, resource, resourceId);
    const explained = await explain(db, await decide(policies, await snapshot(subject), resource, action, resourceId), engine);
    const explanation = { ...explained, ...(resourceId !== undefined && { resourceId }) };
    return { explanation, naming: await readNaming(db, 'all', unnamedIn(JSON.stringify(explanation), place.organizationId)) };
  });
  print(options.output, out, explanation, () => linesOf(explanation, naming));
  return explanation.decision ? codes.allowed : codes.denied;
}

/** `tenet policy who-can`: who may do something in a place, and by which row. */
export async function listWhoCan(permission: string, options: WhoCanOptions, out: Out = console.log): Promise<void> {
  const subjectType = options.type.toUpperCase().replace('-', '_') as AskedType;
  const question = { ...readPermission(permission), subjectType, resourceId: options.resourceId };
  // Its pages are read in this run alone.
  const pages = sealedPages(createKeyring([newRootKey([])]));
  const { found, isMore, place, naming } = await askIn(options.in, async (asked) => {
    checkKnown(asked.engine, asked.place, question.resource, question.action);
    await checkNamed(asked.db, asked.place, question.resource, question.resourceId);
    const found: Able[] = [];
    let pageToken: string | undefined;
    do {
      const pageSize = Math.min(options.limit - found.length, 200);
      const page = await whoCan({ ...asked, pages, isKnown: () => true }, { ...question, place: asked.place, pageSize, pageToken });
      found.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined && found.length < options.limit);
    const { organizationId } = asked.place;
    const naming = await readNaming(
      asked.db,
      'all',
      found.map(({ subject: id }) => ({ id, organizationId })),
    );
    return { found, isMore: pageToken !== undefined, place: asked.place, naming };
  });
  print(options.output, out, found, () =>
    table(
      ['SUBJECT', 'NAME', 'BY', 'WRITTEN IN'],
      found.map(({ subject, rule }) => [subject, naming.subject(subject, place.organizationId) ?? '', rule?.row[0] ?? '', placeOf(rule)]),
    ),
  );
  if (isMore) console.error(`There are more than ${options.limit}: --limit takes up to 1000.`);
}

/** `tenet policy what-can`: everything that a subject may do in a place. */
export async function listWhatCan(subject: string, options: WhatCanOptions, out: Out = console.log): Promise<void> {
  checkSubjectId(subject);
  const { resource, resourceId } = options;
  if (resourceId !== undefined && resource === undefined)
    throw new UsageError('--resource-id goes with --resource, which says of which type the resource is.');
  const { capabilities, place, naming } = await askIn(options.in, async ({ db, engine, place, snapshot }) => {
    if (resource !== undefined) {
      checkType(engine, place, resource);
      await checkNamed(db, place, resource, resourceId);
    }
    const capabilities = capabilitiesOf(engine, await snapshot(subject), { resource, resourceId });
    return {
      capabilities,
      place,
      naming: await readNaming(db, 'all', unnamedIn([subject, ...Object.values(place)].join(' '), place.organizationId)),
    };
  });
  print(options.output, out, capabilities, () => [
    `${naming.text(subject, place.organizationId)} may in ${naming.place(place.organizationId, place.projectId)}:`,
    ...table(
      ['RESOURCE', 'ACTIONS'],
      Object.entries(capabilities).map(([resource, actions]) => [resource, actions.join(' ')]),
    ),
  ]);
}

/** Answers from the database, by the policy in force in the place that is named. */
function askIn<T>(name: string, answer: (asked: Asked) => Promise<T>): Promise<T> {
  return readDatabase(async (db, database) => {
    const place = await findPlace(db, name);
    if (place === undefined)
      throw new UsageError(
        `--in ${name} is no active organization or project: give the slug or the id of an organization, or of one and its project, as in acme/web.`,
      );
    // What is in force has been checked before it came into force.
    const policies = createLivePolicies(database, {
      checker: { check: () => undefined },
      onRefused: (message) => console.error(message),
    });
    const { revisions } = await snapshotOf(db, newId('user'), place);
    const { engine } = await policies.get(revisions);
    return answer({ db, policies, engine, place, snapshot: (subject) => knownSnapshot(db, subject, place) });
  });
}

/** Throws UsageError for a subject that there is not: its id is a slip, and no denial. */
async function knownSnapshot(db: Db, subject: string, place: Asked['place']): Promise<Snapshot> {
  const unknown = await unknownSubject(db, subject, place.organizationId);
  if (unknown !== undefined) throw new UsageError(`${unknown}: look whether the id is right, and of this installation.`);
  return snapshotOf(db, subject, place);
}

const levelOf = ({ projectId }: Asked['place']) => (projectId === undefined ? 'org' : 'project');

/** Throws UsageError for a permission that the place does not know: it is a slip, and no denial. */
function checkKnown(engine: Engine, place: Asked['place'], resource: string, action: string): void {
  try {
    demandPermission(engine, { level: levelOf(place) }, resource, action);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new UsageError([error.message, ...faultLines(error.fields['errors'] as InputError[], error.message)].join('\n'), {
      cause: error,
    });
  }
}

/** Throws UsageError for a type of resource that the place does not know. */
function checkType(engine: Engine, place: Asked['place'], resource: string): void {
  const known = [...new Set(engine.permissions(levelOf(place)).map((permission) => permission.resource))];
  if (known.includes(resource)) return;
  throw new UsageError(`--resource ${resource} is no type of resource there${didYouMean(resource, known)}. There are ${known.join(', ')}.`);
}

/** Throws UsageError for a resource that is not there. */
async function checkNamed(db: Db, place: Asked['place'], type: string, resourceId: string | undefined): Promise<void> {
  if (resourceId !== undefined && !/^[A-Za-z0-9_.:/@-]{1,200}$/.test(resourceId))
    throw new UsageError('--resource-id takes 1 to 200 letters, digits and the characters _ . : / @ -.');
  try {
    await checkResource(db, { ...place, type, resourceId });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new UsageError(`--resource-id ${resourceId} is no resource of the type ${type} in that place.`, { cause: error });
  }
}

function linesOf(explanation: Explanation, naming: Naming): string[] {
  const {
    decision,
    reason,
    subject,
    owner,
    organizationId,
    resource,
    resourceId,
    action,
    rule,
    state,
    restrictions,
    nearestRoles,
    questions,
  } = explanation;
  const roles = rolesOf(explanation, naming);
  const what = `${resource}:${action}${resourceId === undefined ? '' : ` of ${resourceId}`}`;
  const where = naming.place(organizationId, explanation.projectId);
  const why = reason.toLowerCase().replaceAll('_', '-');
  return [
    `${decision ? 'Allowed' : 'Denied'}: ${naming.text(subject, organizationId)} ${what} in ${where} (${why})`,
    ...(owner === undefined ? [] : [`on behalf of ${naming.text(owner, organizationId)}`]),
    ...(rule ? [`by ${rule.row.join(', ')}`, `   ${placeOf(rule)}`] : []),
    ...(state ? [`because of ${state.name}: ${state.title}`] : []),
    ...(restrictions ? [sentenceOf(restrictions)] : []),
    ...(questions ?? []).map((each) => `${each.about.toLowerCase()}: ${each.decision ? 'allowed' : 'denied'}`),
    roles.length === 0 ? 'holds no role there' : 'holds',
    ...roles.map((role) => `  ${role}`),
    ...(nearestRoles.length === 0
      ? []
      : [`would be allowed by ${nearestRoles.map((role) => roleWithId(role, organizationId, naming)).join(', ')}`]),
  ];
}

/** The roles that count, each with how it is held. */
function rolesOf({ roles, organizationId }: Explanation, naming: Naming): string[] {
  const of = { GRANT: 'granted', ROLE_GRANT: 'granted to a role' } as Readonly<Record<string, string>>;
  return roles.map(({ role, source, grantId, via }) => {
    const through = via === undefined ? [] : [roleWithId(via, organizationId, naming)];
    const how = [of[source] ?? source.toLowerCase(), ...through, ...(grantId === undefined ? [] : [grantId])];
    return `${roleWithId(role, organizationId, naming)} (${how.join(', ')})`;
  });
}

/** A role; one that the organization has defined by its title, with the id, by which it is given. */
function roleWithId(role: string, organizationId: string, naming: Naming): string {
  const title = naming.text(role, organizationId);
  return withId(title === role ? undefined : title, role);
}

const placeOf = (rule: DecidingRule | undefined): string => (rule?.file === undefined ? '' : `${rule.file}:${rule.line}`);

function checkSubjectId(value: string): void {
  if ((['user', 'serviceAccount', 'apiKey'] as const).some((kind) => isId(kind, value))) return;
  throw new UsageError(`${value} is no subject: give the id of a user, a service account or an API key (user_…, svc_…, key_…).`);
}

function readPermission(value: string): { resource: string; action: string } {
  const [, resource, action] = /^(\S+):([a-z][a-z0-9-]*)$/.exec(value) ?? [];
  if (resource === undefined || action === undefined)
    throw new UsageError(`${value} is no permission: give a resource type and an action, as in connection:delete.`);
  return { resource, action };
}
