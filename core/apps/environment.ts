import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { keptType, type ResourceField } from '../authorization/policy/resource-types.ts';
import { canonical } from '../base/canonical.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { SecretReference } from './instance-rows.ts';
import type { ProgramVariable } from './program.ts';

/** The variables of an instance: texts, and references to secrets. */
export interface Environment {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
}

/** A merge patch of them: null among the texts takes a variable away, whichever it is. */
export interface EnvironmentPatch {
  readonly environment?: Readonly<Record<string, string | null>> | undefined;
  readonly secrets?: Readonly<Record<string, SecretReference>> | undefined;
}

/** Where the variables are: the instance is in this project of the organization. */
export interface EnvironmentPlace {
  readonly organizationId: string;
  readonly projectId: string;
}

/** The variables after a patch. */
export function patchEnvironment(before: Environment, { environment = {}, secrets = {} }: EnvironmentPatch): Environment {
  const removed = Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, null] => entry[1] === null));
  return { env: merge(before.env, environment), secrets: merge(before.secrets, { ...removed, ...secrets }) };
}

function merge<T>(before: Readonly<Record<string, T>>, patch: Readonly<Record<string, T | null>>): Record<string, T> {
  const entries = Object.entries({ ...before, ...patch }).filter((entry): entry is [string, T] => entry[1] !== null);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The references that are others than before. */
export function changedReferences(before: Pick<Environment, 'secrets'>, { secrets }: Environment): Record<string, SecretReference> {
  return Object.fromEntries(Object.entries(secrets).filter(([name, one]) => canonical(before.secrets[name] ?? null) !== canonical(one)));
}

/**
 * Throws InvalidInput unless these are variables that the application has, each once, all that it requires among them, and its secrets by reference. Only
 * references of `asked` are asked about: who changes another variable need not be allowed to use the secrets that are there.
 */
export async function checkEnvironment(
  db: Db,
  actor: Actor,
  place: EnvironmentPlace,
  { variables, after, asked }: { variables: readonly ProgramVariable[]; after: Environment; asked: EnvironmentPatch['secrets'] },
): Promise<void> {
  const errors = [...faultsOf(variables, after)];
  const { blueprint } = await actor.engine({ organizationId: place.organizationId });
  for (const [name, reference] of Object.entries(asked ?? {})) {
    const detail = await faultOfReference(db, actor, blueprint!, place, reference);
    if (detail !== undefined) errors.push({ pointer: `#/secrets/${name}`, detail });
  }
  if (errors.length > 0) throw new InvalidInput('The application cannot run with these variables.', errors);
}

function* faultsOf(variables: readonly ProgramVariable[], { env, secrets }: Environment): Generator<InputError> {
  const known = new Map(variables.map((variable) => [variable.name, variable]));
  for (const name of Object.keys(env)) {
    const detail = faultOfText(known.get(name), Object.hasOwn(secrets, name)) ?? (known.has(name) ? undefined : unknown(known));
    if (detail !== undefined) yield { pointer: `#/environment/${name}`, detail };
  }
  for (const name of Object.keys(secrets)) if (!known.has(name)) yield { pointer: `#/secrets/${name}`, detail: unknown(known) };
  for (const { name, secret } of variables.filter((variable) => isMissing(variable, { env, secrets }))) {
    yield { pointer: `#/${secret ? 'secrets' : 'environment'}/${name}`, detail: 'is required' };
  }
}

function faultOfText(variable: ProgramVariable | undefined, isReferred: boolean): string | undefined {
  if (variable?.secret) return 'is a secret: give it by reference, under secrets';
  return variable && isReferred ? 'is given under secrets as well; give it once' : undefined;
}

function isMissing({ name, required, default: usual }: ProgramVariable, { env, secrets }: Environment): boolean {
  return required === true && usual === undefined && !Object.hasOwn(env, name) && !Object.hasOwn(secrets, name);
}

function unknown(known: ReadonlyMap<string, unknown>): string {
  return known.size === 0 ? 'is no variable of this application: it has none' : `must be one of ${[...known.keys()].join(', ')}`;
}

const noSecret = 'must be a field of a resource of the organization, or of the project of the instance, that you may use';

interface ReferredRow {
  readonly type: string;
  readonly project_id: string | null;
  readonly data: object;
  readonly data_sealed: object;
}

/** The program is shown the value, so a caller who gives it must be allowed to see it, or to write it where no operation shows it. */
async function faultOfReference(
  db: Db,
  actor: Actor,
  blueprint: Blueprint,
  { organizationId, projectId }: EnvironmentPlace,
  { resourceId, field: name }: SecretReference,
): Promise<string | undefined> {
  const row: ReferredRow | undefined = await db('resources')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('resource', resourceId) })
    .first('type', 'project_id', 'data', 'data_sealed');
  if (!row) return noSecret;
  const isOfProject = row.project_id !== null;
  if (isOfProject && toId('project', row.project_id!) !== projectId) return noSecret;
  const type = keptType(blueprint, row.type, isOfProject ? 'project' : 'org');
  const field = type && Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  if (!type || !field) return noSecret;
  const action = actionFor(field);
  const place = { organizationId, ...(isOfProject && { projectId }), resourceId };
  if (!type.actions[action]?.includes(isOfProject ? 'project' : 'org')) return noSecret;
  if (!(await actor.may(row.type, action, place)).allowed) return noSecret;
  const isSet = Object.hasOwn(row.data, name) || Object.hasOwn(row.data_sealed, name);
  return isSet ? undefined : `must be a field that has a value: set ${name} with updateResource first`;
}

function actionFor(field: ResourceField): string {
  if (field.class !== 'sensitive') return 'read';
  return field.writeOnly ? 'update' : 'reveal';
}
