import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { isWeaker, type SettingDefinition, type SettingValue, valueFault } from '../authorization/policy/settings.ts';
import { toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** Where settings are looked at: an organization, a project of it, or one of its members. */
export interface SettingPlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly userId?: string | undefined;
}

/** A stored value. */
export interface SettingRow {
  readonly org_id: string;
  readonly key: string;
  readonly project_id: string | null;
  readonly user_id: string | null;
  readonly value: SettingValue;
  readonly is_locked: boolean;
  readonly is_copy: boolean;
  readonly is_managed: boolean;
  readonly set_by: string;
  readonly set_at: Date;
}

/** Which level a value stands at. */
export type SettingSource = 'DEFAULT' | 'ORGANIZATION' | 'PROJECT' | 'MEMBER';

/** One level's say about a setting; that of the blueprint has no row, and perhaps no value. */
export interface SettingLayer {
  readonly source: SettingSource;
  readonly value?: SettingValue | undefined;
  readonly row?: SettingRow;
  /** No level below has a value. A lock of the organization stays when its value does not count any more: then it is the default that is locked. */
  readonly isLocked?: boolean;
}

/** The value that counts, and those of other levels that do not. */
export interface ResolvedSetting {
  readonly counting: SettingLayer;
  readonly others: readonly SettingLayer[];
  /** The row of the place itself, whether it counts or not. */
  readonly own?: SettingRow | undefined;
  /** What stands above the place: no value of the place may be weaker, and where it is locked there is none. */
  readonly above: SettingLayer;
}

/** The settings that a place has, by key. */
export function settingsAt({ settings = [] }: Blueprint, { projectId, userId }: Omit<SettingPlace, 'organizationId'>): SettingDefinition[] {
  const isThere = ({ scope, overridableAt }: SettingDefinition) => {
    if (userId !== undefined) return scope === 'member';
    return projectId === undefined ? scope === 'org' : scope === 'project' || overridableAt === 'project';
  };
  return settings.filter(isThere).sort((a, b) => (a.key < b.key ? -1 : 1));
}

const rowsSql = `
select org_id, key, project_id, user_id, value, is_locked, is_copy, is_managed, set_by, set_at
from setting_values
where org_id = $1 and key = any($2) and (project_id is null or project_id = $3) and (user_id is null or user_id = $4)`;

/** The stored values of a place and of what stands above it, of these settings. */
export async function readSettingRows(db: Db, place: SettingPlace, keys: readonly string[]): Promise<SettingRow[]> {
  const { organizationId, projectId, userId } = place;
  return prepared<SettingRow>(db, 'setting-values', rowsSql, [
    toUuid('organization', organizationId),
    [...keys],
    projectId === undefined ? null : toUuid('project', projectId),
    userId === undefined ? null : toUuid('user', userId),
  ]);
}

const isOf = ({ projectId, userId }: Omit<SettingPlace, 'organizationId'>, row: SettingRow): boolean =>
  (projectId === undefined) === (row.project_id === null) && (userId === undefined) === (row.user_id === null);

/**
 * Which value counts: that of the nearest level, unless it is locked above, or weaker than what stands above where that is not allowed. A project
 * has no part in the value of its organization where it has taken one over when it was made. A value that the blueprint does not admit any more is none,
 * and its lock stays.
 */
export function resolveSetting(
  setting: SettingDefinition,
  rows: readonly SettingRow[],
  place: Omit<SettingPlace, 'organizationId'>,
): ResolvedSetting {
  const stored = rows.filter(({ key }) => key === setting.key);
  const isTaken = (row: SettingRow | undefined): row is SettingRow => row !== undefined && valueFault(setting, row.value) === undefined;
  const organization = setting.scope === 'org' ? stored.find((row) => row.project_id === null && row.user_id === null) : undefined;
  const isBelow = place.projectId !== undefined || place.userId !== undefined;
  const own = isBelow ? stored.find((row) => isOf(place, row)) : organization;
  const first: SettingLayer = { source: 'DEFAULT', value: setting.default };
  const ofOrganization: SettingLayer[] = isTaken(organization)
    ? [{ source: 'ORGANIZATION', value: organization.value, row: organization }]
    : [];
  const source = place.userId === undefined ? 'PROJECT' : 'MEMBER';
  const ofPlace: SettingLayer[] = isBelow && isTaken(own) ? [{ source, value: own.value, row: own }] : [];
  const isApart = isBelow && setting.mode === 'snapshot' && !organization?.is_locked;
  const withLock = (layer: SettingLayer): SettingLayer => ({ ...layer, ...(organization?.is_locked && { isLocked: true }) });
  const top = isBelow ? settle(setting, first, isApart ? [] : ofOrganization) : { counting: first, others: [] };
  const above = isBelow ? withLock(top.counting) : first;
  const all = settle(setting, above, isBelow ? ofPlace : ofOrganization);
  return {
    counting: isBelow ? all.counting : withLock(all.counting),
    others: [...all.others, ...(isApart ? ofOrganization : []), ...top.others],
    own,
    above,
  };
}

/** Each layer in turn takes the place of what counts so far, if it may. */
function settle(
  setting: SettingDefinition,
  first: SettingLayer,
  layers: readonly SettingLayer[],
): { counting: SettingLayer; others: SettingLayer[] } {
  let counting = first;
  const others: SettingLayer[] = [];
  for (const layer of layers) {
    const takes = mayOverride(setting, layer.value!, counting);
    const loser = takes ? counting : layer;
    if (loser.value !== undefined) others.unshift(loser);
    if (takes) counting = layer;
  }
  return { counting, others };
}

/** Whether a value may stand below this layer. */
export function mayOverride(setting: SettingDefinition, value: SettingValue, above: SettingLayer): boolean {
  if (above.isLocked) return false;
  return above.value === undefined || !isWeaker(setting, value, above.value);
}

/** The value of one setting in a place, for other parts of Tenet; undefined where there is none, or no such setting. */
export async function settingValue(db: Db, blueprint: Blueprint, place: SettingPlace, key: string): Promise<SettingValue | undefined> {
  const setting = settingsAt(blueprint, place).find((one) => one.key === key);
  return setting && resolveSetting(setting, await readSettingRows(db, place, [key]), place).counting.value;
}

/** The place of a value as the row has it. */
export function placeColumns({ organizationId, projectId, userId }: SettingPlace) {
  return {
    org_id: toUuid('organization', organizationId),
    project_id: projectId === undefined ? null : toUuid('project', projectId),
    user_id: userId === undefined ? null : toUuid('user', userId),
  };
}

/** Writes the value of a place in the place of another one. The lock of the organization is held. */
export async function writeSettingRow(
  db: Db,
  place: SettingPlace,
  key: string,
  { value, ...said }: { value: SettingValue; set_by: string; is_locked?: boolean; is_copy?: boolean; is_managed?: boolean },
): Promise<void> {
  const flags = { is_locked: false, is_copy: false, is_managed: false, ...said };
  await deleteSettingRow(db, place, key);
  await db('setting_values').insert({ ...placeColumns(place), key, value: JSON.stringify(value), ...flags });
}

/** Takes the value of a place away. */
export async function deleteSettingRow(db: Db, place: SettingPlace, key: string): Promise<void> {
  await db('setting_values')
    .where({ ...placeColumns(place), key })
    .delete();
}

/** The value of the organization that a project takes over, where there is one. */
export async function copyOf(db: Db, setting: SettingDefinition, { organizationId }: SettingPlace): Promise<SettingValue | undefined> {
  return resolveSetting(setting, await readSettingRows(db, { organizationId }, [setting.key]), {}).counting.value;
}

/** A new project takes over what its kind of organization copies: the value of this moment, wherever it comes from. */
export async function copySettings(
  db: Db,
  blueprint: Blueprint,
  place: { organizationId: string; projectId: string },
  set_by: string,
): Promise<void> {
  const { organizationId, projectId } = place;
  const copied = settingsAt(blueprint, { projectId }).filter(({ mode }) => mode === 'snapshot');
  if (copied.length === 0) return;
  const rows = await readSettingRows(
    db,
    { organizationId },
    copied.map(({ key }) => key),
  );
  const values = copied.flatMap((setting) => {
    const { value } = resolveSetting(setting, rows, {}).counting;
    if (value === undefined) return [];
    return [{ ...placeColumns(place), key: setting.key, value: JSON.stringify(value), is_copy: true, set_by }];
  });
  if (values.length > 0) await db('setting_values').insert(values);
}
