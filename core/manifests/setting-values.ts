import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { didYouMean } from '../authorization/policy/findings.ts';
import { type SettingDefinition, type SettingValue, settingObject, valueFault } from '../authorization/policy/settings.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import {
  mayOverride,
  placeColumns,
  readSettingRows,
  resolveSetting,
  type SettingPlace,
  type SettingRow,
  settingsAt,
} from '../organizations/setting-values.ts';
import { clearSetting, replaceSetting } from '../organizations/settings.ts';
import type { Step } from './apply.ts';
import type { RefusedEntries, SpecProblem } from './entries.ts';
import { type PlannedPart, refusalsAt, withoutRefused } from './parts.ts';

/** The value of a setting that a manifest says. */
export interface DesiredSetting {
  readonly value: SettingValue;
  /** Of an organization: no project has a value of its own. */
  readonly locked?: boolean | undefined;
}

/** The settings that a manifest says, by their keys. */
export type DesiredSettings = Readonly<Record<string, DesiredSetting>>;

interface Wanted extends SettingPlace {
  readonly blueprint: Blueprint;
  readonly wanted: DesiredSettings;
}

const pathOf = (key: string): string => `spec.settings.${key}`;

/**
 * Plans the settings of an organization or a project by the core functions of the API, each by itself, so that one that is refused holds up
 * nothing else. A value that a manifest has set and does not say any more is cleared.
 */
export async function planSettingValues(
  db: Db,
  actor: Actor,
  { blueprint, wanted, ...place }: Wanted,
  refused: RefusedEntries,
): Promise<PlannedPart> {
  const known = settingsAt(blueprint, place);
  const problems = Object.entries(wanted).flatMap(([key, said]) => problemsOf(known, key, said));
  if (known.length === 0) return { steps: [], problems, refusals: [] };
  const keys = known.map(({ key }) => key);
  const rows = await readSettingRows(db, place, keys);
  const isLeft = ({ key }: SettingDefinition): boolean => problems.some(({ path }) => path === `${pathOf(key)}.value`);
  const planned = known
    .filter((setting) => !isLeft(setting))
    .flatMap((setting) =>
      stepOf(db, actor, { place, setting, rows, said: Object.hasOwn(wanted, setting.key) ? wanted[setting.key] : undefined }),
    );
  return {
    steps: withoutRefused(planned, refused),
    problems,
    refusals: refusalsAt(keys.map(pathOf), refused),
  };
}

/** What is wrong with an entry whatever the database holds. */
function problemsOf(known: readonly SettingDefinition[], key: string, { value }: DesiredSetting): SpecProblem[] {
  const setting = known.find((one) => one.key === key);
  if (setting) {
    const fault = valueFault(setting, value);
    return fault === undefined ? [] : [{ path: `${pathOf(key)}.value`, detail: `The setting does not take this: it must be ${fault}.` }];
  }
  const keys = known.map((one) => one.key);
  const others = keys.length === 0 ? 'there are none here' : `there are ${keys.join(', ')}`;
  return [{ path: pathOf(key), detail: `This kind of organization has no such setting${didYouMean(key, keys)}; ${others}.` }];
}

interface StepInput {
  readonly place: SettingPlace;
  readonly setting: SettingDefinition;
  readonly rows: readonly SettingRow[];
  readonly said: DesiredSetting | undefined;
}

function stepOf(db: Db, actor: Actor, { place, setting, rows, said }: StepInput): Step[] {
  const { key } = setting;
  const { own, above } = resolveSetting(setting, rows, place);
  const input = { ...place, settingKey: key };
  const entries = [pathOf(key)];
  const allowed = () => actor.require(settingObject(key), 'update', place);
  if (!said) {
    if (!own?.is_managed) return [];
    const run = async () => {
      await allowed();
      await clearSetting(db, actor, input);
    };
    return [{ does: `clear the setting ${key}`, entries, run }];
  }
  const { value, locked: isLocked = false } = said;
  const isSame = own !== undefined && own.value === value && own.is_locked === isLocked && !own.is_copy;
  // One that does not count is refused as by the API, also where it stood before the organization locked it.
  if (isSame && mayOverride(setting, value, above)) {
    if (own.is_managed) return [];
    return [{ does: `note that the setting ${key} is said`, isNote: true, run: () => manage(db, place, key) }];
  }
  const run = async () => {
    await allowed();
    await replaceSetting(db, actor, { ...input, value, isLocked }).catch((error: unknown) => {
      throw error instanceof InvalidInput ? inManifest(error, key) : error;
    });
  };
  return [{ does: `set the setting ${key} to ${value}${isLocked ? ' and lock it' : ''}`, entries, run }];
}

/** The refusal of a body, with the places in the manifest. */
function inManifest(error: InvalidInput, key: string): InvalidInput {
  const { errors } = error.fields as { errors: readonly InputError[] };
  const fieldOf = ({ pointer = '' }: InputError) => (pointer === '#/isLocked' ? 'locked' : 'value');
  const places = errors.map((one) => ({ ...one, pointer: `#/settings/${key}/${fieldOf(one)}` }));
  return new InvalidInput(error.message, places, { cause: error });
}

async function manage(db: Db, place: SettingPlace, key: string): Promise<void> {
  await db('setting_values')
    .where({ ...placeColumns(place), key })
    .update({ is_managed: true });
}

/** The values that a manifest has set in a place are the API's from now on. */
export async function releaseSettings(db: Db, place: SettingPlace): Promise<void> {
  await db('setting_values')
    .where({ ...placeColumns(place), is_managed: true })
    .update({ is_managed: false });
}
