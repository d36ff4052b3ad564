import { coverageOf } from '../authorization/decision-log/coverage.ts';
import { lastUses, type LastUse as Use } from '../authorization/decision-log/used-cases.ts';
import type { Effect } from '../authorization/review/policy-change.ts';
import { pairName } from '../authorization/review/verdicts.ts';
import { groupedBy } from '../base/grouped.ts';
import { type IdKind, prefixes, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { PlanRow } from './rows.ts';

/** When one of those who lose a permission used it last. UNKNOWN: the decision log does not have every decision, and shows none. */
export type LastUse = { readonly state: 'USED'; readonly at: Date } | { readonly state: 'UNUSED' | 'UNKNOWN' };

/**
 * What the decision log says of losses. PARTIAL: it was sampled, off for a time, or has lost some. NONE: it has nothing. TOO_LARGE: there is more in it than a
 * plan reads.
 */
export interface LossUses {
  /** So many days it looks back. */
  readonly days: number;
  readonly log: 'COMPLETE' | 'PARTIAL' | 'NONE' | 'TOO_LARGE';
  /** Of a permission, `resource:action`, that the subjects of an effect lose. */
  lastUse(effect: Effect, permission: string): LastUse;
}

const unknown: LastUse = { state: 'UNKNOWN' };

/** A plan that has not looked. */
export const noUses: LossUses = { days: 0, log: 'NONE', lastUse: () => unknown };

/** Days that are looked at, decisions of the processes that wrote in them, for an access plan and for a plan of one request, and uses that are read, at most (docs/limits.md). */
const most = { days: 30, decisions: 10_000_000, decisionsOfOne: 1_000_000, uses: 20_000 };

// What is older has been dropped with its day.
const windowSql = `
select greatest(w.oldest::timestamp at time zone 'UTC', now() - interval '${most.days} days') as since, now() as until,
  (select coalesce(sum(written), 0)::float8 from decision_log_writers where coalesce(ended_at, complete_until) > now() - interval '${most.days} days') as decisions
from (select min(to_date(right(c.relname, 8), 'YYYYMMDD')) as oldest from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'decision_log'::regclass) w`;

/** What the log has of permissions: the latest uses, and whether there are no others. */
interface Uses extends Pick<LossUses, 'days' | 'log'> {
  readonly uses: readonly Use[];
  readonly isWhole: boolean;
}

/** Reads what the log has of permissions, where it has no more decisions than may be read. */
async function readUses(db: Db, permissions: readonly string[], mostDecisions: number): Promise<Uses> {
  const none = { days: 0, uses: [], isWhole: false, log: 'NONE' } as const;
  if (permissions.length === 0) return none;
  const [window] = await prepared<{ since: Date | null; until: Date; decisions: number }>(db, 'plan-log-window', windowSql, []);
  const { since, until, decisions } = window!;
  if (since === null || decisions === 0) return none;
  const days = Math.ceil((until.getTime() - since.getTime()) / 86_400_000);
  if (decisions > mostDecisions) return { ...none, days, log: 'TOO_LARGE' };
  const coverage = await coverageOf(db, { since, until });
  const uses = await lastUses(db, { since, until, permissions, limit: most.uses });
  const isWhole = coverage.share === 1 && coverage.unlogged.length + coverage.gaps.length === 0 && uses.length < most.uses;
  return { days, uses, isWhole, log: isWhole ? 'COMPLETE' : 'PARTIAL' };
}

/** Looks up when the losses of a plan were last used. */
export async function readLossUses(db: Db, rows: readonly PlanRow[]): Promise<LossUses> {
  const byEffect = groupedBy(rows, ({ effect }) => effect);
  const permissions = [...new Set([...byEffect.keys()].flatMap(lostBy))];
  const { days, log, uses, isWhole } = await readUses(db, permissions, most.decisions);
  if (log === 'NONE' || log === 'TOO_LARGE') return { ...noUses, days, log };
  const latest = new Map<Effect, ReadonlyMap<string, Date>>();
  const bySubject = groupedBy(uses, ({ subject, organizationId = '' }) => `${uuidOf(subject)} ${organizationId}`);
  for (const [effect, some] of byEffect) latest.set(effect, latestIn(some, bySubject));
  const isNamed = (effect: Effect): boolean => byEffect.get(effect)!.every(({ subjects }) => subjects !== undefined);
  return {
    days,
    log,
    lastUse(effect, permission) {
      const at = latest.get(effect)?.get(permission);
      if (at) return { state: 'USED', at };
      return isWhole && isNamed(effect) ? { state: 'UNUSED' } : unknown;
    },
  };
}

/** Something that a subject would lose in an organization. */
export interface OwnLoss {
  readonly subject: { readonly id: string };
  readonly organizationId: string;
  /** `resource:action`. */
  readonly permission: string;
}

/** When each of these losses of one request was last used. It is read while the organization is locked, so out of a smaller log than for an access plan. */
export async function readOwnUses(db: Db, losses: readonly OwnLoss[]): Promise<(loss: OwnLoss) => LastUse> {
  const permissions = [...new Set(losses.map(({ permission }) => permission))];
  const { uses, isWhole } = await readUses(db, permissions, most.decisionsOfOne);
  const keyOf = (subject: string, organizationId: string | undefined, permission: string): string =>
    `${subject} ${organizationId ?? ''} ${permission}`;
  const latest = new Map(uses.map(({ subject, organizationId, permission, at }) => [keyOf(subject, organizationId, permission), at]));
  return ({ subject, organizationId, permission }) => {
    const at = latest.get(keyOf(subject.id, organizationId, permission));
    if (at) return { state: 'USED', at };
    return isWhole ? { state: 'UNUSED' } : unknown;
  };
}

/** Names of the permissions that an effect takes. */
export function lostBy({ changes }: Effect): string[] {
  return changes.flatMap((change) => (change.kind === 'LOSS' ? pairName(change) : []));
}

const kinds = Object.fromEntries((['user', 'serviceAccount', 'apiKey'] as const).map((kind): [string, IdKind] => [prefixes[kind], kind]));

/** Others than users, accounts and keys are in no row by id. */
function uuidOf(subject: string): string {
  const kind = kinds[subject.slice(0, subject.indexOf('_'))];
  return kind === undefined ? subject : toUuid(kind, subject);
}

/** Of each permission the last time that one of the subjects of these rows used it in the organization of the row. */
function latestIn(
  rows: readonly PlanRow[],
  uses: ReadonlyMap<string, readonly { readonly permission: string; readonly at: Date }[]>,
): Map<string, Date> {
  const latest = new Map<string, Date>();
  for (const { organizationId = '', subjects } of rows)
    for (const subject of subjects?.keys() ?? [])
      for (const { permission, at } of uses.get(`${subject} ${organizationId}`) ?? [])
        if ((latest.get(permission)?.getTime() ?? 0) < at.getTime()) latest.set(permission, at);
  return latest;
}

/** An order in which what was used last comes first, and what was not used at all last. */
export function byLastUse(a: ShownLastUse | undefined, b: ShownLastUse | undefined): number {
  const rank = (use: ShownLastUse | undefined): number => (use ? order.indexOf(use.state) : order.length);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const [one = '', other = ''] = [a?.at, b?.at];
  return one === other ? 0 : one < other ? 1 : -1;
}

const order: readonly LastUse['state'][] = ['USED', 'UNKNOWN', 'UNUSED'];

/** As a document says it. */
export interface ShownLastUse {
  readonly state: LastUse['state'];
  readonly at?: string;
}

export function showLastUse(use: LastUse): ShownLastUse {
  return use.state === 'USED' ? { state: 'USED', at: use.at.toISOString() } : { state: use.state };
}
