import { record } from '../audit/record.ts';
import { type BlueprintAlert, blueprintAlertKey } from '../authorization/policy/alerts.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { findMeter } from '../authorization/policy/meters.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { revisionsOfKind } from '../authorization/store/revisions.ts';
import { eachApart } from '../base/each-apart.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Limit, listLimits } from '../billing/limits.ts';
import type { Database, Db } from '../database/database.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import type { AlertRow, Condition, FiringFacts, Recipients, UsageCondition } from './alert-rows.ts';
import { type Found, type FoundOfLimit, found, limitLevel, limitsReached, type Sums, wantedSums } from './conditions.ts';
import { recordLimitsReached } from './limit-reaches.ts';

/** An alert, defined or of the blueprint. */
export interface Watched {
  readonly key: string;
  readonly title: string;
  readonly condition: Condition;
  readonly recipients: Recipients;
  /** The alert does not fire for a period that ended before. */
  readonly since?: Date;
}

const dueSql = `
select o.id, o.blueprint from organizations o
where o.state <> 'DELETED' and (exists (select from alerts a where a.org_id = o.id and a.is_active) or exists (select from usage_heads h where h.org_id = o.id)
  or exists (select from subscriptions s where s.org_id = o.id) or exists (select from limit_overrides l where l.org_id = o.id))
order by o.id`;

/**
 * The work of every few minutes: looks at the usage that is added up and at limits, records limits that were reached, and fires each alert once for
 * each period and threshold, with its event of the audit log and its mails in one transaction, so that a second run, another replica or a run after
 * a crash does nothing twice.
 */
export async function checkAlerts(
  context: { readonly database: Database; readonly policies: LivePolicies },
  now = new Date(),
): Promise<void> {
  const { database, policies } = context;
  const due = await database.read('platform', async (db) => (await db.raw(dueSql)).rows as { id: string; blueprint: string }[]);
  const kinds = new Map<string, Promise<Blueprint | undefined>>();
  for (const name of new Set(due.map(({ blueprint }) => blueprint))) {
    const read = database.read('platform', (db) => readKind(db, policies, name));
    await read.catch(() => undefined); // It fails those organizations that are of this kind.
    kinds.set(name, read);
  }
  await eachApart(due, 'organizations have alerts that could not be checked', async ({ id, blueprint }) => {
    const kind = await kinds.get(blueprint);
    if (kind) await database.write({ organization: id }, (db) => checkOne(db, id, kind, now));
    return kind !== undefined;
  });
}

async function readKind(db: Db, policies: LivePolicies, name: string): Promise<Blueprint | undefined> {
  const revisions = await revisionsOfKind(db, name);
  return (await policies.get(revisions)).engine.blueprint;
}

async function checkOne(db: Db, org_id: string, blueprint: Blueprint, now: Date): Promise<void> {
  const rows: AlertRow[] = await db('alerts').where({ org_id, is_active: true });
  const all = [...(blueprint.alerts ?? []).map(ofBlueprint), ...rows.map(defined)];
  // All: 100 of a plan and 100 of an operator at most (docs/limits.md).
  const { items: limits } = await listLimits(db, { organizationId: toId('organization', org_id), pageSize: 200 });
  await recordLimitsReached(db, org_id, limits, now);
  const inLimits = await foundInLimits(db, { org_id, blueprint, all, limits }, now);
  const fired = [...(await foundInUsage(db, org_id, blueprint, all, now)), ...inLimits];
  for (const one of fired) await fire(db, org_id, one);
}

/** What an alert says when it fires. */
interface Fired {
  readonly alert: Watched;
  readonly one: Found;
  readonly facts: Pick<FiringFacts, 'meter' | 'measure' | 'unit' | 'projectId' | 'percent'>;
}

async function foundInUsage(db: Db, org_id: string, blueprint: Blueprint, all: readonly Watched[], now: Date): Promise<Fired[]> {
  const watched = all.flatMap((alert) => {
    const { condition } = alert;
    return condition.on !== 'LIMIT' && findMeter(blueprint, condition.meter) ? [{ ...alert, condition }] : [];
  });
  if (watched.length === 0) return [];
  const sums = await readSums(db, org_id, watched, now);
  return watched.flatMap((alert) => {
    const { meter: name, measure, projectId } = alert.condition;
    const meter = findMeter(blueprint, name)!;
    const unit = measure === 'COST' ? (meter.currency ?? '') : meter.unit;
    const facts = { meter: name, measure, unit, ...(projectId !== undefined && { projectId }) };
    return found(alert.condition, alert.key, sums, now)
      .filter(isNewEnough(alert))
      .map((one) => ({ alert, one, facts }));
  });
}

interface WatchedLimits {
  readonly org_id: string;
  readonly blueprint: Blueprint;
  readonly all: readonly Watched[];
  readonly limits: readonly Limit[];
}

async function foundInLimits(db: Db, { org_id, blueprint, all, limits }: WatchedLimits, now: Date): Promise<Fired[]> {
  const watched = all.flatMap((alert) => (alert.condition.on === 'LIMIT' ? [{ alert, condition: alert.condition }] : []));
  const reached = watched.flatMap(({ alert, condition }) => limitsReached(condition, limits, now).map((one) => ({ alert, one })));
  if (reached.length === 0) return [];
  const fired = await levelsFired(db, org_id, reached[0]!.one.period);
  return reached.filter(isHigher(fired)).map(({ alert, one }) => {
    const { name, percent } = one;
    return { alert, one, facts: { meter: name, measure: 'QUANTITY' as const, unit: unitOfLimit(blueprint, name), percent } };
  });
}

/** The levels of limits that fired in a month, with their alert. */
async function levelsFired(db: Db, org_id: string, period: string): Promise<ReadonlySet<string>> {
  const rows: { alert: string; threshold: string }[] = await db('alert_firings')
    .where({ org_id, period })
    .where('threshold', 'like', 'LIMIT %')
    .select('alert', 'threshold');
  return new Set(rows.map(({ alert, threshold }) => `${alert} ${threshold}`));
}

/** Where what is in use has become less, a level below one that fired is no news. */
const isHigher =
  (fired: ReadonlySet<string>) =>
  ({ alert, one: { name, percent } }: { readonly alert: Watched; readonly one: FoundOfLimit }) =>
    !Array.from({ length: 101 - percent }, (_, more) => limitLevel(name, percent + more)).some((level) =>
      fired.has(`${alert.key} ${level}`),
    );

/** That of the meter; other limits count things. */
function unitOfLimit(blueprint: Blueprint, name: string): string {
  return name.startsWith('meter.') ? (findMeter(blueprint, name.slice('meter.'.length))?.unit ?? '') : '';
}

const isNewEnough =
  ({ since }: Watched) =>
  ({ until }: Found) =>
    since === undefined || since < until;

function defined({ id, title, condition, recipients, created_at }: AlertRow): Watched {
  return { key: toId('alert', id), title, condition, recipients, since: created_at };
}

function ofBlueprint(alert: BlueprintAlert): Watched {
  const { to } = alert;
  if (alert.on === 'limit') {
    return { key: blueprintAlertKey(alert), title: 'Limits', condition: { on: 'LIMIT', at: alert.at }, recipients: { roles: [to] } };
  }
  const { meter } = alert;
  const condition: Condition =
    alert.on === 'spike'
      ? { on: 'SPIKE', meter, measure: 'QUANTITY', factor: alert.factor, minimum: alert.minimum }
      : { on: 'THRESHOLD', meter, measure: 'QUANTITY', quantity: alert.quantity, period: alert.period === 'day' ? 'DAY' : 'MONTH' };
  return { key: blueprintAlertKey(alert), title: `${alert.on}: ${meter}`, condition, recipients: { roles: [to] } };
}

const sumsSql = `
select w.key, w.slot, count(d.day) > 0 as any, coalesce(sum(case w.measure when 'COST' then d.cost else d.quantity end), 0)::float8 as total
from jsonb_to_recordset(?::jsonb) as w (key text, slot int, meter text, project text, measure text, "from" date, "to" date)
  left join usage_dimension_days d on d.org_id = ? and d.meter = w.meter and d.day >= w."from" and d.day < w."to"
    and d.dimension = case when w.project is null then '' else 'project' end and (w.project is null or d.value = w.project)
group by w.key, w.slot`;

async function readSums(db: Db, org_id: string, watched: readonly (Watched & { condition: UsageCondition })[], now: Date): Promise<Sums> {
  const wanted = watched.flatMap(({ key, condition }) =>
    wantedSums(condition, now).map((slot) => ({
      ...{ key, meter: condition.meter, measure: condition.measure, ...slot },
      project: condition.projectId === undefined ? null : toUuid('project', condition.projectId),
    })),
  );
  const { rows } = (await db.raw(sumsSql, [JSON.stringify(wanted), org_id])) as {
    rows: { key: string; slot: number; any: boolean; total: number }[];
  };
  return new Map(rows.map(({ key, slot, any, total }) => [`${key} ${slot}`, any ? total : undefined]));
}

async function fire(db: Db, org_id: string, { alert, one, facts: about }: Fired): Promise<void> {
  const facts: FiringFacts = { title: alert.title, on: alert.condition.on, ...about, quantity: one.quantity, limit: one.limit };
  const id = newId('alertFiring');
  const made: unknown[] = await db('alert_firings')
    .insert({
      ...{ org_id, id: toUuid('alertFiring', id), alert: alert.key, period: one.period, threshold: one.threshold },
      ...{ facts, recipients: alert.recipients },
    })
    .onConflict(['org_id', 'alert', 'period', 'threshold'])
    .ignore()
    .returning('id');
  if (made.length === 0) return;
  const organizationId = toId('organization', org_id);
  const after = { id, ...(alert.key.startsWith('blueprint/') ? {} : { alertId: alert.key }), ...facts, periodStart: one.period };
  await record(db, { name: 'tenet', requestId: newId('request') }, { organizationId, action: 'alert.fire', target: id, after });
  await enqueueAll(db, 'send-alert', [{ payload: { organizationId, alertFiringId: id } }]);
}
