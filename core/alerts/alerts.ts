import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { findMeter, noMeter } from '../authorization/policy/meters.ts';
import { type InputError, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { findOrganization } from '../organizations/organizations.ts';
import {
  type Alert,
  type AlertFiring,
  type AlertRow,
  type Condition,
  type FiringRow,
  firingColumns,
  type Recipients,
  toAlert,
  toFiring,
} from './alert-rows.ts';

/** Alerts that an organization has at most (docs/limits.md). */
const most = 50;

interface AlertPlace {
  readonly organizationId: string;
  readonly alertId: string;
}

type Wish = { readonly title: string; readonly condition: Condition; readonly recipients: Recipients };

/** The alerts that an organization has defined, oldest first. */
export async function listAlerts(db: Db, input: { organizationId: string } & PageQuery): Promise<Page<Alert>> {
  const list = `alerts of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = db('alerts')
    .where({ org_id: toUuid('organization', input.organizationId) })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  return toPage(await query, page, list, (row: AlertRow) => row.id, toAlert);
}

/** What fired, newest first. */
export async function listAlertFirings(db: Db, input: { organizationId: string } & PageQuery): Promise<Page<AlertFiring>> {
  const list = `alert firings of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = db('alert_firings')
    .where({ org_id: toUuid('organization', input.organizationId) })
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .select(db.raw(firingColumns));
  if (page.after !== undefined) query.where('id', '<', page.after);
  return toPage(await query, page, list, (row: FiringRow) => row.id, toFiring);
}

/** One alert. Throws NotFound. */
export async function getAlert(db: Db, input: AlertPlace): Promise<Alert> {
  return toAlert(await findRow(db, input));
}

async function findRow(db: Db, { organizationId, alertId }: AlertPlace, { lock = false } = {}): Promise<AlertRow> {
  const query = db('alerts').where({ org_id: toUuid('organization', organizationId), id: toUuid('alert', alertId) });
  const row: AlertRow | undefined = await (lock ? query.forUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}

/** Defines an alert. Throws InvalidInput for a meter, a project, a role or a member that is not there, and LimitExceeded. */
export async function createAlert(
  db: Db,
  actor: Actor,
  input: { organizationId: string; title: string; condition: Condition; recipients?: Recipients | undefined },
): Promise<Alert> {
  const { organizationId, title, condition, recipients = {} } = input;
  await checkWish(db, actor, organizationId, { title, condition, recipients });
  const { id: org_id } = await findOrganization(db, toUuid('organization', organizationId), { lock: true });
  const [{ count }] = (await db('alerts').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= most) throw new LimitExceeded(`An organization has ${most} alerts at most. Delete one first.`, most, Number(count));
  const id = newId('alert');
  const [row]: AlertRow[] = await db('alerts')
    .insert({ org_id, id: toUuid('alert', id), title, condition, recipients, created_by: actor.name })
    .returning('*');
  const made = toAlert(row!);
  await record(db, actor, { organizationId, action: 'alert.create', target: id, after: made });
  return made;
}

/** Changes what is given; a condition and recipients are replaced as a whole. Throws as createAlert. */
export async function updateAlert(
  db: Db,
  actor: Actor,
  input: AlertPlace & {
    title?: string | undefined;
    condition?: Condition | undefined;
    recipients?: Recipients | undefined;
    isActive?: boolean | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<Alert> {
  const before = await findRow(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const { title = before.title, condition = before.condition, recipients = before.recipients, isActive = before.is_active } = input;
  if (input.condition || input.recipients) await checkWish(db, actor, input.organizationId, { title, condition, recipients });
  const [row]: AlertRow[] = await db('alerts')
    .where({ org_id: before.org_id, id: before.id })
    .update({ title, condition, recipients, is_active: isActive, ...nextVersion(db) })
    .returning('*');
  const [{ organizationId, alertId: target }, after] = [input, toAlert(row!)];
  await record(db, actor, { organizationId, action: 'alert.update', target, before: toAlert(before), after });
  return after;
}

/** Deletes an alert; what it fired stays in the list. Throws NotFound. */
export async function deleteAlert(db: Db, actor: Actor, input: AlertPlace & { preconditions?: Preconditions | undefined }): Promise<void> {
  const row = await findRow(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  await db('alerts').where({ org_id: row.org_id, id: row.id }).delete();
  const { organizationId, alertId: target } = input;
  await record(db, actor, { organizationId, action: 'alert.delete', target, before: toAlert(row) });
}

async function checkWish(db: Db, actor: Actor, organizationId: string, { condition, recipients }: Wish): Promise<void> {
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const org_id = toUuid('organization', organizationId);
  const errors = [...faultsOfCondition(blueprint, condition), ...(await missing(db, org_id, blueprint, { condition, recipients }))];
  if (errors.length > 0) throw new InvalidInput('There can be no such alert in this organization.', errors);
}

function faultsOfCondition(blueprint: Blueprint, condition: Condition): InputError[] {
  if (condition.on === 'LIMIT') return [];
  const { meter: name, measure, projectId } = condition;
  const meter = findMeter(blueprint, name);
  if (!meter) return [{ pointer: '#/condition/meter', detail: noMeter(blueprint, name) }];
  const noCost = measure === 'COST' && meter.currency === undefined;
  const apart = projectId === undefined || meter.dimensions.includes('project');
  return [
    ...(noCost ? [{ pointer: '#/condition/measure', detail: 'must be QUANTITY: the usage of this meter has no cost' }] : []),
    ...(apart ? [] : [{ pointer: '#/condition/projectId', detail: 'must be left out: this meter does not tell projects apart' }]),
  ];
}

async function missing(db: Db, org_id: string, blueprint: Blueprint, wish: Pick<Wish, 'condition' | 'recipients'>): Promise<InputError[]> {
  const { roles = [], memberIds = [] } = wish.recipients;
  const projectId = wish.condition.on === 'LIMIT' ? undefined : wish.condition.projectId;
  const own: string[] = await db('roles').where({ org_id }).pluck('id');
  const known = new Set([
    ...blueprint.roles.filter(({ level }) => level === 'org').map(({ id }) => id),
    ...own.map((id) => toId('role', id)),
  ]);
  const users = memberIds.map((id) => toUuid('user', id));
  const members: string[] = await db('members').where({ org_id, state: 'ACTIVE' }).whereIn('user_id', users).pluck('user_id');
  const project =
    projectId &&
    (await db('projects')
      .where({ org_id, id: toUuid('project', projectId) })
      .whereNot({ state: 'DELETED' })
      .first('id'));
  return [
    ...(projectId !== undefined && !project ? [{ pointer: '#/condition/projectId', detail: 'is no project of this organization' }] : []),
    ...roles.flatMap((role, index) =>
      known.has(role) ? [] : [{ pointer: `#/recipients/roles/${index}`, detail: 'is no role in this organization' }],
    ),
    ...users.flatMap((id, index) =>
      members.includes(id) ? [] : [{ pointer: `#/recipients/memberIds/${index}`, detail: 'is no active member of this organization' }],
    ),
  ];
}
