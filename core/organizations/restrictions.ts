import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { didYouMean } from '../authorization/policy/findings.ts';
import { visibilityOf } from '../authorization/policy/resource-types.ts';
import { AlreadyExists, type InputError, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { isId, newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import { breaches, type Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managedBy, refuseManaged } from './managed-by.ts';
import { projectsNamed } from './named-projects.ts';
import { checkResource } from './named-resource.ts';

/** A type of resource, or one resource, that an organization has switched off. What that denies is said by rows of the policy. */
export interface Restriction {
  readonly id: string;
  readonly organizationId: string;
  readonly resourceType: string;
  /** Without it all of the type. */
  readonly resourceId?: string;
  /** The resource was deleted: the restriction hits nothing any more. */
  readonly resourceDeleted?: true;
  /** Where it is off, or where alone it stays on; everywhere in the organization when neither is said. */
  readonly projectIds?: string[];
  readonly exceptProjectIds?: string[];
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

/** One as it is stored. */
export interface RestrictionRow {
  org_id: string;
  id: string;
  resource_type: string;
  resource_id: string | null;
  project_ids: string[] | null;
  is_exception: boolean;
  reason: string;
  created_by: string;
  created_at: Date;
  is_managed: boolean;
  version: string;
  /** The manifest of the organization, where it says this. */
  manager: ManagedBy | null;
}

interface RestrictionPlace {
  readonly organizationId: string;
  readonly restrictionId: string;
}

/** Restrictions that an organization has at most, for every snapshot in it reads them, and those that it makes in a day (docs/limits.md). */
const most = 200;
const mostInDay = 500;

/** A row, and whether the resource that it is about was deleted. */
type ShownRow = RestrictionRow & { readonly isGone: boolean };

/** Rows of one organization, with what is left of the resources that they are about. */
async function withGone(db: Db, rows: readonly RestrictionRow[]): Promise<ShownRow[]> {
  const uuidOf = ({ resource_id }: RestrictionRow): string[] =>
    resource_id !== null && isId('resource', resource_id) ? [toUuid('resource', resource_id)] : [];
  const named = rows.flatMap(uuidOf);
  const there: string[] =
    named.length === 0 ? [] : await db('resources').where({ org_id: rows[0]!.org_id }).whereIn('id', named).pluck('id');
  return rows.map((row) => ({ ...row, isGone: uuidOf(row).some((id) => !there.includes(id)) }));
}

/** It changes with the resource, too. */
function etagOfRow({ version, isGone }: ShownRow): string {
  return etagOf(isGone ? `${version}.gone` : version);
}

function toRestriction(row: ShownRow): Restriction {
  const projects = row.project_ids?.map((id) => toId('project', id));
  return {
    id: toId('restriction', row.id),
    organizationId: toId('organization', row.org_id),
    resourceType: row.resource_type,
    ...(row.resource_id !== null && { resourceId: row.resource_id }),
    ...(row.isGone && { resourceDeleted: true as const }),
    ...(projects && { [row.is_exception ? 'exceptProjectIds' : 'projectIds']: projects }),
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    ...managedBy(row.manager),
    etag: etagOfRow(row),
  };
}

/** Those that are in force. */
function inForce(db: Db, organizationId: string) {
  return db('restrictions')
    .where({ org_id: toUuid('organization', organizationId) })
    .whereNull('lifted_at');
}

const managerSql = 'case when is_managed then (select o.managed_by from organizations o where o.id = restrictions.org_id) end as manager';

/** All of them, oldest first; there are never many. */
export async function readRestrictions(db: Db, organizationId: string): Promise<RestrictionRow[]> {
  return inForce(db, organizationId).select('restrictions.*', db.raw(managerSql)).orderBy('id');
}

/** The restrictions of an organization that are in force, oldest first. */
export async function listRestrictions(db: Db, input: { organizationId: string } & PageQuery): Promise<Page<Restriction>> {
  const list = `restrictions of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = inForce(db, input.organizationId)
    .select('restrictions.*', db.raw(managerSql))
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  return toPage(await withGone(db, await query), page, list, (row: ShownRow) => row.id, toRestriction);
}

/** One restriction that is in force. Throws NotFound. */
export async function getRestriction(db: Db, input: RestrictionPlace): Promise<Restriction> {
  return toRestriction(await findRow(db, input));
}

async function findRow(db: Db, { organizationId, restrictionId }: RestrictionPlace): Promise<ShownRow> {
  const row: RestrictionRow | undefined = await inForce(db, organizationId)
    .where({ id: toUuid('restriction', restrictionId) })
    .first('restrictions.*', db.raw(managerSql));
  if (!row) throw new NotFound();
  return (await withGone(db, [row]))[0]!;
}

/** What to switch off, and where. */
export interface RestrictionWish {
  readonly organizationId: string;
  readonly resourceType: string;
  readonly resourceId?: string | undefined;
  readonly projectIds?: readonly string[] | undefined;
  readonly exceptProjectIds?: readonly string[] | undefined;
  readonly reason: string;
}

/**
 * Switches a type or one resource off. The decisions of the organization are other ones from the commit on. Throws InvalidInput for a type that cannot be
 * switched off and for projects that are not there, AlreadyExists where the same is off in the same place, LimitExceeded and RateLimited.
 */
export async function createRestriction(db: Db, actor: Actor, input: RestrictionWish): Promise<Restriction> {
  const { organizationId, resourceType, resourceId, exceptProjectIds, reason } = input;
  const fault = restrictionFault((await actor.engine({ organizationId })).blueprint!, input);
  if (fault) throw new InvalidInput('That cannot be switched off.', [fault]);
  await checkResource(db, { organizationId, type: resourceType, resourceId });
  const projects = await checkProjects(db, actor, input);
  const org_id = toUuid('organization', organizationId);
  await refuseTooMany(db, organizationId);
  const refusal = `An organization switches off ${mostInDay} times in a day (UTC) at most.`;
  await spend(db, [{ kind: 'restrictions', subject: organizationId, amount: 1, limit: mostInDay, refusal }]);
  const id = newId('restriction');
  const row = {
    ...{ org_id, id: toUuid('restriction', id), resource_type: resourceType, resource_id: resourceId ?? null },
    ...{ project_ids: projects, is_exception: exceptProjectIds !== undefined, reason, created_by: actor.name },
    is_managed: actor.principal.subject.type === 'controller',
  };
  await once(() => db('restrictions').insert(row));
  const made = await getRestriction(db, { organizationId, restrictionId: id });
  await record(db, actor, { organizationId, action: 'restriction.create', target: id, after: made });
  return made;
}

/** Lifts a restriction: what it has switched off is on again where no other one switches it off. Throws NotFound, and managed-by when a manifest says it. */
export async function deleteRestriction(
  db: Db,
  actor: Actor,
  input: RestrictionPlace & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const row = await findRow(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOfRow(row));
  refuseManaged(row.manager, actor);
  await db('restrictions')
    .where({ org_id: row.org_id, id: row.id })
    .update({ lifted_at: db.fn.now(), lifted_by: actor.name, ...nextVersion(db) });
  const { organizationId, restrictionId: target } = input;
  await record(db, actor, { organizationId, action: 'restriction.delete', target, before: toRestriction(row) });
}

/** What is wrong with a type that this kind of organization does not have or cannot switch off, or not in that place. */
export function restrictionFault(
  { title, resourceTypes }: Blueprint,
  { resourceType, projectIds, exceptProjectIds }: RestrictionWish,
): InputError | undefined {
  if (projectIds && exceptProjectIds)
    return { pointer: '#/exceptProjectIds', detail: 'must be left out where projectIds says where it is off' };
  const able = resourceTypes.filter(({ restrictable }) => restrictable);
  const names = able.map(({ name }) => name);
  const type = able.find(({ name }) => name === resourceType);
  if (!type) {
    const isKnown = resourceTypes.some(({ name }) => name === resourceType);
    const what = isKnown ? 'cannot be switched off' : `is no resource type of ${title}${didYouMean(resourceType, names)}`;
    const others = names.length === 0 ? 'nothing can be switched off in an organization of this kind' : `${names.join(', ')} can`;
    return { pointer: '#/resourceType', detail: `${what}; ${others}` };
  }
  const isListed = projectIds !== undefined || exceptProjectIds !== undefined;
  if (visibilityOf(type).includes(isListed ? 'listed-projects' : 'all-projects')) return undefined;
  if (!isListed) return { pointer: '#/projectIds', detail: `must say in which projects ${resourceType} is switched off` };
  const pointer = projectIds ? '#/projectIds' : '#/exceptProjectIds';
  return { pointer, detail: `must be left out: ${resourceType} is switched off everywhere or nowhere` };
}

/** The listed projects in order, null for everywhere. */
async function checkProjects(
  db: Db,
  actor: Actor,
  { organizationId, projectIds, exceptProjectIds }: RestrictionWish,
): Promise<string[] | null> {
  const listed = projectIds ?? exceptProjectIds;
  if (!listed) return null;
  const name = projectIds ? 'projectIds' : 'exceptProjectIds';
  return projectsNamed(db, actor, { organizationId, listed, pointerOf: (index) => `#/${name}/${index}` });
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, organizationId: string): Promise<void> {
  const [{ count }] = (await inForce(db, organizationId).count('* as count')) as [{ count: string }];
  if (Number(count) < most) return;
  throw new LimitExceeded(`An organization has ${most} restrictions at most. Lift one, or switch off a whole type.`, most, Number(count));
}

async function once<T>(write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!breaches(error, 'restrictions_once')) throw error;
    throw new AlreadyExists('It is switched off there already.', {}, { cause: error });
  }
}
