import { recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type InputError, InvalidInput, NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managedBy, refuseManaged } from '../organizations/managed-by.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { limitNameFault } from './limit-names.ts';
import { lockLimits } from './limits-lock.ts';

/** What limits an organization, with what is in use now. */
export interface Limit {
  readonly name: string;
  readonly soft?: number;
  readonly hard?: number;
  readonly used: number;
  readonly period: 'PRESENT' | 'MONTH';
  readonly source: 'PLAN' | 'OVERRIDE';
  readonly reason?: string;
  readonly managedBy?: ManagedBy;
  /** Of what was set for this organization. */
  readonly etag?: string;
}

interface Row {
  name: string;
  soft: number | null;
  hard: number | null;
  is_override: boolean;
  reason: string | null;
  version: string | null;
  /** The manifest of the organization, where it says this. */
  manager: ManagedBy | null;
  used: number;
}

interface LimitKey {
  readonly organizationId: string;
  readonly limitName: string;
}

/** Limits that are set for one organization at most (docs/limits.md). */
const most = 100;

/** The names of all limits of an organization (`:org`). */
export const limitNamesSql = `select name from limit_overrides where org_id = :org
  union select jsonb_object_keys(p.limits) from subscriptions s join plans p on p.name = s.plan where s.org_id = :org`;

const limitsSql = `
select n.name, l.soft::float8 as soft, l.hard::float8 as hard, l.is_override, o.reason, o.version,
  case when o.is_managed then (select g.managed_by from organizations g where g.id = o.org_id) end as manager, limit_used(:org, n.name)::float8 as used
from (${limitNamesSql}) n cross join lateral limit_of(:org, n.name) l left join limit_overrides o on o.org_id = :org and o.name = n.name`;

function toLimit(row: Row): Limit {
  return {
    name: row.name,
    ...(row.soft !== null && { soft: row.soft }),
    ...(row.hard !== null && { hard: row.hard }),
    used: row.used,
    period: row.name.startsWith('meter.') ? 'MONTH' : 'PRESENT',
    source: row.is_override ? 'OVERRIDE' : 'PLAN',
    ...(row.reason !== null && { reason: row.reason }),
    ...managedBy(row.manager),
    ...(row.version !== null && { etag: etagOf(row.version) }),
  };
}

const nameKey = /^[a-z][A-Za-z0-9.-]{0,140}$/;

/** The limits of an organization, by name. */
export async function listLimits(db: Db, input: { organizationId: string } & PageQuery): Promise<Page<Limit>> {
  const list = `limits of ${input.organizationId}`;
  const page = readPage(input, list, nameKey);
  const values = { org: toUuid('organization', input.organizationId), after: page.after ?? '', limit: page.limit + 1 };
  const sql = `${limitsSql} where n.name collate "C" > :after order by n.name collate "C" limit :limit`;
  const { rows } = (await db.raw(sql, values)) as { rows: Row[] };
  return toPage(rows, page, list, ({ name }) => name, toLimit);
}

/** Undefined where nothing limits it, neither its plan nor an operator. */
async function findLimit(db: Db, { organizationId, limitName }: LimitKey): Promise<Limit | undefined> {
  const values = { org: toUuid('organization', organizationId), name: limitName };
  const { rows } = (await db.raw(`${limitsSql} where n.name = :name`, values)) as { rows: Row[] };
  return rows[0] && toLimit(rows[0]);
}

/** What is wrong with the two numbers of a limit. */
export function limitFault({
  soft,
  hard,
}: {
  readonly soft?: number | undefined;
  readonly hard?: number | undefined;
}): InputError | undefined {
  if (soft === undefined || hard === undefined || soft <= hard) return undefined;
  return { pointer: '#/soft', detail: 'must not be more than hard' };
}

/** Sets a limit for one organization in the place of that of its plan. Throws InvalidInput and NotFound, and managed-by when a manifest says it. */
export async function replaceLimit(
  db: Db,
  actor: Actor,
  input: LimitKey & {
    soft?: number | undefined;
    hard?: number | undefined;
    reason?: string | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<Limit & { etag: string }> {
  const { organizationId, limitName: name, soft = null, hard = null, reason = null } = input;
  const fault = limitFault(input);
  if (fault) throw new InvalidInput('The limit contradicts itself.', [fault]);
  const org_id = toUuid('organization', organizationId);
  await lockLimits(db, org_id);
  await findOrganization(db, org_id);
  const before = await findLimit(db, input);
  checkPreconditions(input.preconditions ?? {}, before?.etag);
  refuseManaged(before?.managedBy ?? null, actor);
  if (before?.etag === undefined) {
    await refuseUnknown(actor, input);
    await refuseTooMany(db, org_id);
  }
  const row = { org_id, name, soft, hard, reason, set_by: actor.name, is_managed: actor.principal.subject.type === 'controller' };
  await db('limit_overrides')
    .insert(row)
    .onConflict(['org_id', 'name'])
    .merge({ ...row, ...nextVersion(db), version: db.raw('limit_overrides.version + 1') });
  const after = (await findLimit(db, input)) as Limit & { etag: string };
  await recordInBoth(db, actor, { organizationId, action: 'limit.update', target: name, ...(before && { before }), after });
  return after;
}

/** What the plan says counts again. Throws NotFound where nothing was set for the organization, and managed-by when a manifest says it. */
export async function resetLimit(db: Db, actor: Actor, input: LimitKey & { preconditions?: Preconditions | undefined }): Promise<void> {
  const { organizationId, limitName: name } = input;
  const org_id = toUuid('organization', organizationId);
  await lockLimits(db, org_id);
  await findOrganization(db, org_id);
  const before = await findLimit(db, input);
  if (before?.etag === undefined) throw new NotFound('No such limit was set for this organization.');
  checkPreconditions(input.preconditions ?? {}, before.etag);
  refuseManaged(before.managedBy ?? null, actor);
  await db('limit_overrides').where({ org_id, name }).delete();
  // A limit that comes later begins with what was used.
  await db('limit_uses').where({ org_id, name }).delete();
  await recordInBoth(db, actor, { organizationId, action: 'limit.delete', target: name, before });
}

/** A limit of before stays changeable when its blueprint does not name any more what it counts. */
async function refuseUnknown(actor: Actor, { organizationId, limitName }: LimitKey): Promise<void> {
  const detail = limitNameFault(limitName, [(await actor.engine({ organizationId })).blueprint!]);
  if (detail !== undefined)
    throw new InvalidInput(`The limit ${limitName} counts nothing: it ${detail}.`, [{ parameter: 'limitName', detail }]);
}

async function refuseTooMany(db: Db, org_id: string): Promise<void> {
  const [{ count }] = (await db('limit_overrides').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= most) throw new InvalidInput(`An organization has ${most} limits of its own at most. Take one back.`);
}
