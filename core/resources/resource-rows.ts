import type { Knex } from 'knex';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type KeptType, keptType, type ResourceField } from '../authorization/policy/resource-types.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Labels } from '../base/labels.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { type ManagedBy, managedBy } from '../organizations/managed-by.ts';
import type { Data } from './field-schema.ts';

/** A resource as lists show it: `data` is its summary. */
export interface ResourceSummary {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId?: string;
  readonly type: string;
  readonly name: string;
  readonly labels: Labels;
  readonly data: Data;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

/** A resource for those who may read it: `data` has the details too, and `sensitiveFields` are the names of those that are not shown. */
export interface Resource extends ResourceSummary {
  readonly sensitiveFields: string[];
}

/** Where resources of a type are: in the organization itself, or in one of its projects. */
export interface TypePlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly resourceType: string;
}

export interface ResourceKey extends TypePlace {
  readonly resourceId: string;
}

/** A resource as the database keeps it. */
export interface ResourceRow {
  org_id: string;
  id: string;
  project_id: string | null;
  type: string;
  name: string;
  labels: Labels;
  data: Data;
  data_sealed: Readonly<Record<string, string>>;
  created_by: string;
  managed_by: ManagedBy | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The resource type that the path names, in the blueprint in force. Throws NotFound where no resources of it are kept at this level. */
export async function findType(actor: Actor, { organizationId, projectId, resourceType }: TypePlace): Promise<KeptType> {
  const { blueprint } = await actor.engine({ organizationId, projectId });
  const type = keptType(blueprint, resourceType, projectId === undefined ? 'org' : 'project');
  if (!type) throw new NotFound();
  return type;
}

/** The columns that say which rows are of a type in a place. */
export function placeColumns({ organizationId, projectId, resourceType }: TypePlace) {
  const project_id = projectId === undefined ? null : toUuid('project', projectId);
  return { org_id: toUuid('organization', organizationId), project_id, type: resourceType };
}

/** What is seen of a type from a place: what is there, and from a project what the organization has of a type that no project makes. */
export function seenFrom(query: Knex.QueryBuilder, type: KeptType, place: TypePlace): Knex.QueryBuilder {
  const { project_id, ...columns } = placeColumns(place);
  query.where(columns);
  if (project_id === null || type.actions['create']?.includes('project')) return query.where({ project_id });
  return query.where((either) => either.where({ project_id }).orWhereNull('project_id'));
}

/** The row of a resource of this type that is seen from this place. Throws NotFound. */
export async function findResource(db: Db, type: KeptType, key: ResourceKey): Promise<ResourceRow> {
  return found(
    await seenFrom(db('resources'), type, key)
      .where({ id: toUuid('resource', key.resourceId) })
      .first(),
  );
}

/** The row of a resource of this type in this place, locked to be changed. Throws NotFound. */
export async function lockResource(db: Db, key: ResourceKey): Promise<ResourceRow> {
  const place = { ...placeColumns(key), id: toUuid('resource', key.resourceId) };
  return found(await db('resources').where(place).forNoKeyUpdate().first());
}

function found(row: ResourceRow | undefined): ResourceRow {
  if (!row) throw new NotFound();
  return row;
}

/** The names of the fields of these classes. */
export function fieldsOf({ fields }: KeptType, ...classes: ResourceField['class'][]): string[] {
  return Object.entries(fields).flatMap(([name, field]) => (classes.includes(field.class) ? [name] : []));
}

/** The fields of these names, as far as they are there. */
export function pick<T>(data: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(data, name) ? [[name, data[name]!] as const] : [])));
}

/** The row as lists show it. */
export function toSummary(type: KeptType, row: Omit<ResourceRow, 'data_sealed'>): ResourceSummary {
  return {
    id: toId('resource', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id !== null && { projectId: toId('project', row.project_id) }),
    type: row.type,
    name: row.name,
    labels: row.labels,
    data: pick(row.data, fieldsOf(type, 'summary')),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...managedBy(row.managed_by),
    etag: etagOf(row.version),
  };
}

/** The row for those who may read it. */
export function toResource(type: KeptType, row: ResourceRow): Resource {
  const hidden = fieldsOf(type, 'sensitive');
  return {
    ...toSummary(type, row),
    data: pick(row.data, fieldsOf(type, 'summary', 'detail')),
    sensitiveFields: hidden.filter((name) => Object.hasOwn(row.data_sealed, name)),
  };
}
