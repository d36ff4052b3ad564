import { record, recordAll } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { allows } from '../authorization/decisions/decide.ts';
import { isRestricted } from '../authorization/decisions/restricted.ts';
import { authorityOf } from '../authorization/decisions/subjects.ts';
import { type SettingDefinition, type SettingValue, settingObject, valueFault } from '../authorization/policy/settings.ts';
import { FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOfContent } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { type ManagedBy, managedBy, refuseManaged } from './managed-by.ts';
import { projectsNamed } from './named-projects.ts';
import { mayBeResource } from './named-resource.ts';
import { changedProjects } from './setting-effects.ts';
import {
  copyOf,
  deleteSettingRow,
  mayOverride,
  placeColumns,
  type ResolvedSetting,
  readSettingRows,
  resolveSetting,
  type SettingLayer,
  type SettingPlace,
  type SettingRow,
  type SettingSource,
  settingsAt,
  writeSettingRow,
} from './setting-values.ts';

/** What one level says. */
export interface SettingSay {
  readonly source: SettingSource;
  readonly value?: SettingValue;
  /** Of a project: taken over from the organization, not chosen in the project. */
  readonly isCopy?: boolean;
  readonly isLocked?: boolean;
  readonly setBy?: string;
  readonly setAt?: string;
}

/** A setting in a place: what it is, the value that counts, where that comes from, and what it stands before. */
export interface Setting extends SettingSay {
  readonly key: string;
  readonly title: string;
  readonly description?: string;
  readonly type: Uppercase<SettingDefinition['type']>;
  readonly scope: 'ORG' | 'PROJECT' | 'MEMBER';
  readonly isOverridable: boolean;
  readonly mode: Uppercase<SettingDefinition['mode']>;
  readonly direction: Uppercase<SettingDefinition['direction']>;
  readonly stricter?: Uppercase<NonNullable<SettingDefinition['stricter']>>;
  readonly values?: string[];
  readonly min?: SettingValue;
  readonly max?: SettingValue;
  readonly maxLength?: number;
  readonly resourceType?: string;
  readonly isLocked: boolean;
  readonly overrides: SettingSay[];
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

type KeyPlace = SettingPlace & { readonly settingKey: string };
type Guarded = { readonly preconditions?: Preconditions | undefined };

const keyPattern = /^[a-z][a-z0-9-]{0,62}$/;
const upper = <T extends string>(word: T) => word.toUpperCase() as Uppercase<T>;

function say({ source, value, row, isLocked = row?.is_locked }: SettingLayer): SettingSay {
  return {
    source,
    ...(value !== undefined && { value }),
    ...(row?.is_copy && { isCopy: true }),
    ...(isLocked && { isLocked: true }),
    ...(row && { setBy: row.set_by, setAt: row.set_at.toISOString() }),
  };
}

function toSetting(setting: SettingDefinition, { counting, others, own }: ResolvedSetting, manager: ManagedBy | null): Setting {
  const { key, title, description, type, scope, mode, direction, stricter, values, min, max, maxLength, resourceType } = setting;
  const shown = {
    key,
    title,
    ...(description !== undefined && { description }),
    type: upper(type),
    scope: upper(scope),
    isOverridable: setting.overridableAt !== undefined,
    mode: upper(mode),
    direction: upper(direction),
    ...(stricter !== undefined && { stricter: upper(stricter) }),
    ...(values !== undefined && { values }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(maxLength !== undefined && { maxLength }),
    ...(resourceType !== undefined && { resourceType }),
    ...say(counting),
    isLocked: counting.isLocked === true,
    overrides: others.map(say),
    ...managedBy(own?.is_managed ? manager : null),
  };
  // What stands above is part of the answer, so its change is another version too.
  return { ...shown, etag: etagOfContent(shown) };
}

async function managerOf(db: Db, place: SettingPlace): Promise<ManagedBy | null> {
  const { org_id, project_id, user_id } = placeColumns(place);
  if (user_id !== null) return null;
  const query = project_id === null ? db('organizations').where({ id: org_id }) : db('projects').where({ org_id, id: project_id });
  const row = (await query.first('managed_by')) as { managed_by: ManagedBy | null } | undefined;
  return row?.managed_by ?? null;
}

/** The settings of a place that the caller may read, by key. What they may not is left out before the page is cut. */
export async function listSettings(db: Db, actor: Actor, input: SettingPlace & PageQuery): Promise<Page<Setting>> {
  const { organizationId, projectId } = input;
  const list = JSON.stringify(['settings', organizationId, projectId, input.userId]);
  const page = readPage(input, list, keyPattern);
  const [snapshot, engine] = await Promise.all([actor.snapshot({ organizationId, projectId }), actor.engine({ organizationId })]);
  const readable = settingsAt(engine.blueprint!, input)
    .filter(({ key }) => (page.after === undefined || key > page.after) && allows(engine, snapshot, settingObject(key), 'read'))
    .slice(0, page.limit + 1);
  const keys = readable.map(({ key }) => key);
  const [rows, manager] = await Promise.all([readSettingRows(db, input, keys), managerOf(db, input)]);
  return toPage(
    readable,
    page,
    list,
    ({ key }) => key,
    (setting) => toSetting(setting, resolveSetting(setting, rows, input), manager),
  );
}

/** The caller as a member; only a person has settings of their own. Throws NotFound. */
export async function ownPlace(db: Db, actor: Actor, organizationId: string): Promise<SettingPlace> {
  const holder = authorityOf(actor.principal.subject);
  if (holder?.type !== 'user') throw new NotFound();
  const member = await db('members')
    .where({ org_id: toUuid('organization', organizationId), user_id: holder.uuid })
    .whereNot({ state: 'REMOVED' })
    .first('user_id');
  if (!member) throw new NotFound();
  return { organizationId, userId: holder.id };
}

/** One setting of a place. Throws NotFound. */
export async function getSetting(db: Db, actor: Actor, input: KeyPlace): Promise<Setting> {
  const { setting, resolved, manager } = await find(db, actor, input);
  return toSetting(setting, resolved, manager);
}

async function find(db: Db, actor: Actor, input: KeyPlace) {
  const { blueprint } = await actor.engine({ organizationId: input.organizationId });
  const setting = settingsAt(blueprint!, input).find(({ key }) => key === input.settingKey);
  if (!setting) throw new NotFound();
  const [rows, manager] = await Promise.all([readSettingRows(db, input, [setting.key]), managerOf(db, input)]);
  return { setting, rows, resolved: resolveSetting(setting, rows, input), manager };
}

/** A plan says in which projects another value counts when that of the organization, or its lock, changes. */
function noteProjects(
  db: Db,
  actor: Actor,
  { organizationId, projectId, userId }: SettingPlace,
  setting: SettingDefinition,
  rows: readonly SettingRow[],
): void {
  if (projectId !== undefined || userId !== undefined || setting.overridableAt !== 'project') return;
  actor.effects.settings = () => changedProjects(db, actor, organizationId, setting, rows);
}

/** What an event says of a value. */
function eventOf(place: SettingPlace, row: Pick<SettingRow, 'value' | 'is_locked'> | undefined) {
  const { projectId, userId } = place;
  const where = { ...(projectId !== undefined && { projectId }), ...(userId !== undefined && { userId }) };
  return row ? { ...where, value: row.value, ...(row.is_locked && { isLocked: true }) } : where;
}

/**
 * Sets the value of a place. Throws NotFound, InvalidInput for what the setting does not take or is weaker than what stands above, setting-locked where
 * the organization has locked it, and managed-by when the manifest of the place says it.
 */
export async function replaceSetting(
  db: Db,
  actor: Actor,
  input: KeyPlace & Guarded & { value: SettingValue; isLocked?: boolean | undefined },
): Promise<Setting> {
  const { value, isLocked = false } = input;
  const { setting, rows, resolved, manager } = await find(db, actor, input);
  checkPreconditions(input.preconditions ?? {}, toSetting(setting, resolved, manager).etag);
  const { own, above } = resolved;
  if (own?.is_managed) refuseManaged(manager, actor);
  checkValue(setting, input, above);
  await checkResource(db, actor, setting, input);
  const isManaged = actor.principal.subject.type === 'controller';
  const isSame = own && own.value === value && own.is_locked === isLocked && !own.is_copy && own.is_managed === isManaged;
  if (isSame) return toSetting(setting, resolved, manager);
  await writeSettingRow(db, input, setting.key, { value, is_locked: isLocked, is_managed: isManaged, set_by: actor.name });
  noteProjects(db, actor, input, setting, rows);
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'setting.update',
    target: setting.key,
    before: eventOf(input, own),
    after: eventOf(input, { value, is_locked: isLocked }),
  });
  return getSetting(db, actor, input);
}

function checkValue(setting: SettingDefinition, input: { value: SettingValue; isLocked?: boolean | undefined }, above: SettingLayer): void {
  const { value, isLocked } = input;
  const refuse = (pointer: string, detail: string): never => {
    throw new InvalidInput('The setting does not take this.', [{ pointer, detail }]);
  };
  const fault = valueFault(setting, value);
  if (fault !== undefined) refuse('#/value', `must be ${fault}`);
  if (above.isLocked) throw new FailedPrecondition('setting-locked', lockedSentence(setting));
  if (isLocked && (!setting.overridableAt || above.source !== 'DEFAULT'))
    refuse('#/isLocked', 'must be false where no level below has a value');
  if (!mayOverride(setting, value, above)) {
    refuse('#/value', `must be at least as strict as ${above.value}, which is said above (${above.source})`);
  }
}

/** What is no word of the setting may be a resource of its type that is not switched off. Throws InvalidInput. */
async function checkResource(
  db: Db,
  actor: Actor,
  setting: SettingDefinition,
  { value, ...place }: SettingPlace & { value: SettingValue },
): Promise<void> {
  const { resourceType: type, values = [] } = setting;
  const resourceId = String(value);
  if (type === undefined || values.includes(resourceId)) return;
  const { restricted } = await actor.snapshot({ organizationId: place.organizationId, projectId: place.projectId });
  const isOff = restricted !== undefined && isRestricted(restricted, type, resourceId);
  if (!isOff && (await mayBeResource(db, { ...place, type, resourceId }))) return;
  const detail = `must be ${[`the id of a resource of the type ${type}`, ...values].join(' or ')}; this resource is ${isOff ? 'switched off' : 'not there'}`;
  throw new InvalidInput('There is no such resource.', [{ pointer: '#/value', detail }]);
}

const lockedSentence = ({ title }: SettingDefinition) =>
  `The organization has locked this setting (${title}): its projects have the value of the organization. Have it unlocked there first.`;

/** Takes the value of a place away, so that what stands above counts; a project takes that over anew where its kind copies. Throws as replaceSetting. */
export async function clearSetting(db: Db, actor: Actor, input: KeyPlace & Guarded): Promise<void> {
  const { setting, rows, resolved, manager } = await find(db, actor, input);
  checkPreconditions(input.preconditions ?? {}, toSetting(setting, resolved, manager).etag);
  const { own } = resolved;
  if (own?.is_managed) refuseManaged(manager, actor);
  await deleteSettingRow(db, input, setting.key);
  noteProjects(db, actor, input, setting, rows);
  const copied = input.projectId === undefined || setting.mode === 'live' ? undefined : await copyOf(db, setting, input);
  if (copied !== undefined) await writeSettingRow(db, input, setting.key, { value: copied, is_copy: true, set_by: actor.name });
  const after = copied === undefined ? undefined : { value: copied, is_locked: false };
  if (own?.value === after?.value && own?.is_copy !== false) return;
  const change = { before: eventOf(input, own), after: eventOf(input, after) };
  await record(db, actor, { organizationId: input.organizationId, action: 'setting.clear', target: setting.key, ...change });
}

/** What has become of one project. */
export interface AppliedSetting {
  readonly projectId: string;
  readonly before?: SettingValue;
  readonly after: SettingValue;
}

/** Projects that one request changes at most; it says how many are left. */
export const mostApplied = 100;

const differSql = `
select p.id, v.value, count(*) over ()::int as total from projects p
  left join setting_values v on v.org_id = p.org_id and v.project_id = p.id and v.key = :key
where p.org_id = :org and p.state = 'ACTIVE' and (:all or v.key is null or v.is_copy) and coalesce(v.is_managed, false) = false
  and v.value is distinct from :value::jsonb and (:ids::uuid[] is null or p.id = any(:ids))
order by p.id limit ${mostApplied}`;

/**
 * Gives projects that there are the value of the organization, at most a hundred of them at once; those that have chosen their own only where that is
 * said, and none whose manifest says it. Throws failed-precondition where the organization has no value, and InvalidInput for a project that is not there.
 */
export async function applySettingToExisting(
  db: Db,
  actor: Actor,
  input: KeyPlace & { projectIds?: readonly string[] | undefined; includeOwn?: boolean | undefined },
): Promise<{ key: string; value: SettingValue; items: AppliedSetting[]; remaining: number }> {
  const { organizationId, projectIds, includeOwn = false } = input;
  const { setting, resolved } = await find(db, actor, input);
  const { value } = resolved.counting;
  if (value === undefined) throw new FailedPrecondition('failed-precondition', 'The organization has no value to apply. Set one first.');
  const org = toUuid('organization', organizationId);
  const pointerOf = (index: number): string => `#/projectIds/${index}`;
  const ids = projectIds ? await projectsNamed(db, actor, { organizationId, listed: projectIds, pointerOf }) : null;
  const found = await db.raw(differSql, { org, key: setting.key, value: JSON.stringify(value), all: includeOwn, ids });
  const changed = found.rows as { id: string; value: SettingValue | null; total: number }[];
  const chosen = changed.map(({ id }) => id);
  await db('setting_values').where({ org_id: org, key: setting.key }).whereIn('project_id', chosen).delete();
  const row = { org_id: org, key: setting.key, value: JSON.stringify(value), is_copy: true, set_by: actor.name };
  if (chosen.length > 0) await db('setting_values').insert(chosen.map((project_id) => ({ ...row, project_id })));
  const items = changed.map(({ id, value: before }) => ({
    projectId: toId('project', id),
    ...(before !== null && { before }),
    after: value,
  }));
  await recordAll(
    db,
    actor,
    { organizationId, action: 'setting.apply' },
    items.map(({ projectId, before, after }) => ({
      target: setting.key,
      before: { projectId, ...(before !== undefined && { value: before }) },
      after: { projectId, value: after },
    })),
  );
  return { key: setting.key, value, items, remaining: (changed[0]?.total ?? 0) - changed.length };
}
