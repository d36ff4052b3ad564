import { requireAuthorityOf } from '../access/giving.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { isRestricted } from '../authorization/decisions/restricted.ts';
import { authorityOf } from '../authorization/decisions/subjects.ts';
import { type KeptType, type ResourceType, serviceAccountTarget } from '../authorization/policy/resource-types.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { isId, toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { Data } from './field-schema.ts';
import type { ResourceRow, TypePlace } from './resource-rows.ts';

/** So many resources are looked at behind one reference that is changed (docs/limits.md). */
const maxBehind = 1_000;

/** What one field of a resource names. */
interface Reference {
  readonly field: string;
  readonly to_resource: string | null;
  readonly to_service_account: string | null;
}

/** What is named, as far as it is there. */
interface Target {
  readonly id: string;
  readonly type: string;
  readonly project_id: string | null;
}

/** A resource whose references are kept; `isNew` while it is not stored yet, so that nothing can name it. */
export interface Referrer extends Pick<TypePlace, 'organizationId' | 'projectId'> {
  readonly id: string;
  readonly isNew?: boolean;
}

/** How the references of a resource change. */
export interface ReferenceChanges {
  readonly added: readonly Reference[];
  /** The names of the fields that name something else, or nothing, from now on. */
  readonly gone: readonly string[];
}

/**
 * What the fields of a resource change of what it names. Only what is new is asked about: a caller who changes another field needs no permission
 * for what is named already. Throws InvalidInput for what is not there, of another type, switched off or not for the caller, all in the same words, and for what
 * leads back to the resource; PermissionDenied for a service account that the caller sees and may not act by. No other change of the organization comes in between, for the dispatcher holds its lock.
 */
export async function referenceChanges(db: Db, actor: Actor, type: KeptType, referrer: Referrer, data: Data): Promise<ReferenceChanges> {
  const wanted = referencesOf(type, data);
  const before = referrer.isNew ? [] : await storedReferences(db, referrer);
  const added = wanted.filter((one) => !before.some((stored) => isSame(stored, one)));
  const gone = before.filter((stored) => !wanted.some((one) => isSame(stored, one))).map(({ field }) => field);
  if (added.length > 0) await checkAdded(db, actor, type, referrer, added);
  return { added, gone };
}

/** Stores what referenceChanges found, once the resource is there. */
export async function writeReferences(
  db: Db,
  { org_id, id }: Pick<ResourceRow, 'org_id' | 'id'>,
  changes: ReferenceChanges,
): Promise<void> {
  const { added, gone } = changes;
  if (gone.length > 0) await db('resource_references').where({ org_id, from_id: id }).whereIn('field', gone).delete();
  if (added.length > 0) await db('resource_references').insert(added.map((one) => ({ org_id, from_id: id, ...one })));
}

function referencesOf({ fields }: KeptType, data: Data): Reference[] {
  return Object.entries(fields).flatMap(([field, { type }]) => {
    if (type !== 'reference' || !Object.hasOwn(data, field)) return [];
    const value = data[field] as string;
    const isResource = isId('resource', value);
    return [
      {
        field,
        to_resource: isResource ? toUuid('resource', value) : null,
        to_service_account: isResource ? null : toUuid('serviceAccount', value),
      },
    ];
  });
}

const isSame = (one: Reference, other: Reference): boolean =>
  one.field === other.field && one.to_resource === other.to_resource && one.to_service_account === other.to_service_account;

async function storedReferences(db: Db, { organizationId, id }: Referrer): Promise<Reference[]> {
  const key = { org_id: toUuid('organization', organizationId), from_id: id };
  return db('resource_references').where(key).select('field', 'to_resource', 'to_service_account');
}

const targetsSql = `
select id, type, project_id from resources where org_id = $1 and id = any($2::uuid[])
union all
select id, '${serviceAccountTarget}', project_id from service_accounts where org_id = $1 and id = any($3::uuid[]) and state = 'ACTIVE'`;

async function checkAdded(db: Db, actor: Actor, type: KeptType, referrer: Referrer, added: readonly Reference[]): Promise<void> {
  const targets = await prepared<Target & Record<string, unknown>>(db, 'reference-targets', targetsSql, [
    toUuid('organization', referrer.organizationId),
    added.flatMap(({ to_resource }) => to_resource ?? []),
    added.flatMap(({ to_service_account }) => to_service_account ?? []),
  ]);
  const errors: InputError[] = [];
  for (const reference of added) {
    const to = type.fields[reference.field]!.to!;
    const target = targets.find(({ id }) => id === (reference.to_resource ?? reference.to_service_account));
    const isFit = target !== undefined && to.includes(target.type) && (await mayName(actor, referrer, target));
    const detail = isFit
      ? await faultOfChain(db, referrer, reference)
      : `must be the id of ${namesOf(to)} here, or of the organization, that you may read, use or change`;
    if (detail !== undefined) errors.push({ pointer: `#/data/${reference.field}`, detail });
  }
  if (errors.length > 0) throw new InvalidInput('The resource cannot refer to this.', errors);
  for (const target of targets) if (target.type === serviceAccountTarget) await requireActingBy(db, actor, referrer, target);
}

/**
 * The product acts as the service account that a resource names. So a caller who makes a resource name one must be allowed to change the account and to
 * give all that it holds, as for a key of it. A service account may name itself. Throws PermissionDenied.
 */
async function requireActingBy(db: Db, actor: Actor, { organizationId, projectId }: Referrer, target: Target): Promise<void> {
  const id = toId('serviceAccount', target.id);
  if (authorityOf(actor.principal.subject)?.id === id) return;
  await actor.require(target.type, 'update', { organizationId, ...(target.project_id !== null && { projectId }) });
  await requireAuthorityOf(db, actor, organizationId, { type: 'service-account', id, uuid: target.id });
}

const namesOf = (to: readonly string[]): string => to.map((name) => `a ${name.replaceAll('-', ' ')}`).join(' or ');

/** Whether the caller may make a resource of this place name the target: it is in the same project or above, not switched off, and there for the caller. */
async function mayName(actor: Actor, referrer: Referrer, target: Target): Promise<boolean> {
  const { organizationId, projectId } = referrer;
  const isInProject = target.project_id !== null;
  if (isInProject && (projectId === undefined || target.project_id !== toUuid('project', projectId))) return false;
  if (target.type === serviceAccountTarget) {
    const place = { organizationId, ...(isInProject && { projectId }) };
    return (await actor.may(target.type, 'read', place)).allowed || (await actor.may(target.type, 'update', place)).allowed;
  }
  const resourceId = toId('resource', target.id);
  const { resourceTypes } = (await actor.engine({ organizationId })).blueprint!;
  const known = resourceTypes.find(({ name }) => name === target.type);
  const { restricted } = await actor.snapshot({ organizationId, projectId });
  if (!known || (restricted && isRestricted(restricted, target.type, resourceId))) return false;
  // What no project makes is seen from each of them, and asked about there.
  const isBelow = isInProject || (projectId !== undefined && !known.actions['create']?.includes('project'));
  return mayOneOf(actor, known, { organizationId, ...(isBelow && { projectId }), resourceId });
}

async function mayOneOf(actor: Actor, { name, actions }: ResourceType, place: Place): Promise<boolean> {
  const level = place.projectId === undefined ? 'org' : 'project';
  for (const action of ['read', 'use', 'update']) {
    if (actions[action]?.includes(level) && (await actor.may(name, action, place)).allowed) return true;
  }
  return false;
}

const behindSql = `
with recursive behind (id) as (
  select $2::uuid
  union
  select r.to_resource from behind join resource_references r on r.org_id = $1 and r.from_id = behind.id and r.to_resource is not null
)
select count(*)::int as found, bool_or(id = $3) as leads_back from (select id from behind limit ${maxBehind + 1}) as looked_at`;

/** What is wrong with where a reference leads, as the end of a sentence. */
async function faultOfChain(db: Db, { organizationId, id, isNew }: Referrer, { to_resource }: Reference): Promise<string | undefined> {
  if (isNew || to_resource === null) return undefined;
  const values = [toUuid('organization', organizationId), to_resource, id];
  const [behind] = await prepared<{ found: number; leads_back: boolean }>(db, 'reference-behind', behindSql, values);
  if (behind!.leads_back) return 'must not lead back to this resource, neither at once nor by what the other one refers to';
  return behind!.found > maxBehind ? `must not lead to more than ${maxBehind} resources by what they refer to in turn` : undefined;
}
