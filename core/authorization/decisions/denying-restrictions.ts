import { toId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import { createMemo } from '../engine/memo.ts';
import type { Decision } from './decide.ts';

/** A restriction by which something was denied. */
export interface DenyingRestriction {
  /** For callers who may list restrictions. */
  readonly restrictionId?: string;
  readonly resourceType: string;
  /** Absent where the whole type is switched off. */
  readonly resourceId?: string;
  /** ORGANIZATION: everywhere in it. PROJECT: in the project that was asked about, and not in all others. */
  readonly place: 'ORGANIZATION' | 'PROJECT';
  readonly since: string;
  /** Why; for members of the organization. */
  readonly reason?: string;
  /** Of a decision of then: when the restriction was lifted. */
  readonly liftedAt?: string;
}

/** What a caller may see of the restrictions of an organization. */
export interface RestrictionReader {
  readonly isMember: boolean;
  readonly mayList: boolean;
}

const denyingSql = `
select id, resource_type, resource_id, project_ids is null as everywhere, reason, created_at, lifted_at
from restrictions where org_id = $1 and id = any ($2) order by id`;

interface DenyingRow {
  id: string;
  resource_type: string;
  resource_id: string | null;
  everywhere: boolean;
  reason: string;
  created_at: Date;
  lifted_at: Date | null;
}

/** Restrictions of an organization by their ids, with all that can be told of them. */
export async function readDenying(db: Db, organizationId: string, ids: readonly string[]): Promise<DenyingRestriction[]> {
  if (ids.length === 0) return [];
  const uuids = ids.map((id) => toUuid('restriction', id));
  const rows = await prepared<DenyingRow & Record<string, unknown>>(db, 'denying-restrictions', denyingSql, [
    toUuid('organization', organizationId),
    uuids,
  ]);
  return rows.map(toDenying);
}

function toDenying({ id, resource_type, resource_id, everywhere, reason, created_at, lifted_at }: DenyingRow): DenyingRestriction {
  return {
    restrictionId: toId('restriction', id),
    resourceType: resource_type,
    ...(resource_id !== null && { resourceId: resource_id }),
    place: everywhere ? 'ORGANIZATION' : 'PROJECT',
    since: created_at.toISOString(),
    reason,
    ...(lifted_at && { liftedAt: lifted_at.toISOString() }),
  };
}

// Of one that is in force all of this stays as it is, and its id is of no other one, so all servers of a process may share it.
const inForce = createMemo<string, DenyingRestriction>(1_000);

/** As readDenying, of decisions of now: nothing is read of those that were asked about a moment ago. */
export async function readDenyingNow(read: ReadDenying, organizationId: string, ids: readonly string[]): Promise<DenyingRestriction[]> {
  const missing = ids.filter((id) => !inForce.get(id));
  if (missing.length > 0)
    for (const { liftedAt, ...one } of await read((db) => readDenying(db, organizationId, missing))) inForce.set(one.restrictionId!, one);
  return ids.flatMap((id) => inForce.get(id) ?? []);
}

/** Reads in a transaction. */
export type ReadDenying = (run: (db: Db) => Promise<DenyingRestriction[]>) => Promise<DenyingRestriction[]>;

/** The restrictions with the fields that this reader may see. */
export function toldTo({ isMember, mayList }: RestrictionReader, restrictions: readonly DenyingRestriction[]): DenyingRestriction[] {
  return restrictions.map(({ restrictionId, reason, ...rest }) => ({
    ...(mayList && restrictionId !== undefined && { restrictionId }),
    ...rest,
    ...(isMember && reason !== undefined && { reason }),
  }));
}

interface Asking {
  may(resource: string, action: string, place: { organizationId: string }): Promise<Decision>;
}

/** What an actor may know of the restrictions of an organization. A key knows what its owner knows, and lists what its scopes cover. */
export async function readerOf(actor: Asking, organizationId: string): Promise<RestrictionReader> {
  const read = await actor.may('organization', 'read', { organizationId });
  const list = await actor.may('restriction', 'list', { organizationId });
  return { isMember: read.held.allowed, mayList: list.allowed };
}

/** One sentence: what is switched off, where, since when, and why where the reason is there. */
export function sentenceOf(restrictions: readonly DenyingRestriction[]): string {
  const [first] = restrictions;
  const { resourceType, resourceId, place, since, reason } = first!;
  const what = resourceId === undefined ? `The resource type ${resourceType}` : `This resource of the type ${resourceType}`;
  const where = place === 'PROJECT' ? 'in this project' : 'in the whole organization';
  const others = restrictions.length > 1 ? `, and by ${restrictions.length - 1} more` : '';
  return `${what} is switched off ${where} since ${since}${others}${reason === undefined ? '.' : `: ${reason}`}`;
}
