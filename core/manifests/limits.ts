import type { Actor } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import { limitFault, replaceLimit, resetLimit } from '../billing/limits.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { Step } from './apply.ts';
import type { RefusedEntries } from './entries.ts';
import { type PlannedPart, refusalsAt, withoutRefused } from './parts.ts';

/** A limit of an organization in the place of that of its plan. With neither number nothing limits it. */
export interface DesiredLimit {
  readonly name: string;
  readonly soft?: number | undefined;
  readonly hard?: number | undefined;
  readonly reason?: string | undefined;
}

interface Row {
  readonly name: string;
  readonly soft: number | null;
  readonly hard: number | null;
  readonly reason: string | null;
  readonly is_managed: boolean;
}

interface Wanted {
  readonly organizationId: string;
  readonly wanted: readonly DesiredLimit[];
}

const list = 'spec.limits';

/**
 * Plans the limits that an organization has in the place of those of its plan, by the core functions of the API, each by itself. One that the manifest has set
 * and does not list any more is taken back; an entry that cannot be carried out keeps what there is.
 */
export async function planLimits(db: Db, actor: Actor, { organizationId, wanted }: Wanted, refused: RefusedEntries): Promise<PlannedPart> {
  const rows = await readRows(db, organizationId);
  const entries = wanted.map((limit, index) => ({ limit, path: `${list}[${index}]`, fault: limitFault(limit) }));
  const gone = rows.filter(({ name, is_managed }) => is_managed && !wanted.some((limit) => limit.name === name));
  const steps: Step[] = [
    ...gone.map(({ name }) => ({
      does: `take back the limit ${name}`,
      entries: [list],
      run: () => takeBack(db, actor, organizationId, name),
    })),
    ...entries
      .filter(({ fault }) => !fault)
      .flatMap(({ limit, path }) => stepOf(db, actor, organizationId, { limit, path, row: rows.find(({ name }) => name === limit.name) })),
  ];
  return {
    steps: withoutRefused(steps, refused),
    problems: entries.flatMap(({ path, fault }) =>
      fault ? [{ path: `${path}.soft`, detail: `The limit contradicts itself: soft ${fault.detail}.` }] : [],
    ),
    refusals: refusalsAt([list, ...entries.map(({ path }) => path)], refused),
  };
}

interface Entry {
  readonly limit: DesiredLimit;
  readonly path: string;
  readonly row: Row | undefined;
}

function stepOf(db: Db, actor: Actor, organizationId: string, { limit, path, row }: Entry): Step[] {
  const { name, soft, hard, reason } = limit;
  const isSame = row && row.soft === (soft ?? null) && row.hard === (hard ?? null) && row.reason === (reason ?? null);
  if (isSame) {
    if (row.is_managed) return [];
    return [{ does: `note that the limit ${name} is said`, isNote: true, run: () => manage(db, organizationId, name) }];
  }
  const numbers = [...(soft === undefined ? [] : [`soft ${soft}`]), ...(hard === undefined ? [] : [`hard ${hard}`])];
  const run = async () => {
    await actor.require('limit', 'update', {});
    await replaceLimit(db, actor, { organizationId, limitName: name, soft, hard, reason });
  };
  return [{ does: `set the limit ${name} to ${numbers.join(', ') || 'none'}`, entries: [path], run }];
}

async function takeBack(db: Db, actor: Actor, organizationId: string, limitName: string): Promise<void> {
  await actor.require('limit', 'update', {});
  await resetLimit(db, actor, { organizationId, limitName });
}

async function readRows(db: Db, organizationId: string): Promise<Row[]> {
  return await db('limit_overrides')
    .where({ org_id: toUuid('organization', organizationId) })
    .orderBy('name')
    .select('name', db.raw('soft::float8 as soft'), db.raw('hard::float8 as hard'), 'reason', 'is_managed');
}

async function manage(db: Db, organizationId: string, name: string): Promise<void> {
  await db('limit_overrides')
    .where({ org_id: toUuid('organization', organizationId), name })
    .update({ is_managed: true, ...nextVersion(db) });
}

/** The limits that operators have set for an organization, as its manifest says them. */
export async function exportLimits(db: Db, organizationId: string): Promise<DesiredLimit[]> {
  const rows = await readRows(db, organizationId);
  return rows.map(({ name, soft, hard, reason }) => ({
    name,
    ...(soft !== null && { soft }),
    ...(hard !== null && { hard }),
    ...(reason !== null && { reason }),
  }));
}

/** What the manifest of an organization (uuid) has limited is the API's from now on. */
export async function releaseLimits(db: Db, org_id: string): Promise<void> {
  await db('limit_overrides')
    .where({ org_id, is_managed: true })
    .update({ is_managed: false, ...nextVersion(db) });
}
