import type { Blueprint } from '../authorization/policy/blueprint.ts';
import type { Db } from '../database/database.ts';
import { type SettingPlace, settingValue } from '../organizations/setting-values.ts';

/** Without traffic for how long an instance is stopped: what its project has for the setting, or what the kind of organization says. */
export async function idleStopAfter(db: Db, blueprint: Blueprint, place: SettingPlace): Promise<string | undefined> {
  const said = blueprint.instances?.idleStopAfter;
  if (typeof said !== 'object') return said;
  const value = await settingValue(db, blueprint, place, said.setting);
  return value === undefined ? undefined : String(value);
}
