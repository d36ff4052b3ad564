import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { valueFault } from '../authorization/policy/settings.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type SettingRow, settingsAt } from '../organizations/setting-values.ts';
import type { DesiredSetting } from './setting-values.ts';

/** The settings of an organization and its projects as their manifests say them. */
export interface ExportedSettings {
  /** Those of the project, or of the organization itself, by their keys; without any there is no field. */
  of(project: string | null): { readonly settings?: Readonly<Record<string, DesiredSetting>> };
}

/**
 * Reads what has been chosen in an organization and its projects (uuids). What a project has taken over when it was made is not said: it is
 * taken over again where the project is made again. `leave` gets the values that the kind of organization does not admit any more.
 */
export async function exportSettings(
  db: Db,
  { org_id, blueprint, leave }: { org_id: string; blueprint: Blueprint; leave: (what: string) => void },
): Promise<ExportedSettings> {
  const chosen: SettingRow[] = await db('setting_values').where({ org_id, user_id: null, is_copy: false }).orderBy(['project_id', 'key']);
  const projectOf = ({ project_id }: SettingRow) => (project_id === null ? {} : { projectId: toId('project', project_id) });
  const isAdmitted = (row: SettingRow): boolean => {
    const setting = settingsAt(blueprint, projectOf(row)).find(({ key }) => key === row.key);
    return setting !== undefined && valueFault(setting, row.value) === undefined;
  };
  const said: SettingRow[] = [];
  for (const row of chosen) {
    if (isAdmitted(row)) said.push(row);
    else leave(`the setting ${row.key}, whose value its kind does not admit any more`);
  }
  return {
    of(project) {
      const own = said.filter(({ project_id }) => project_id === project);
      const entries = own.map(({ key, value, is_locked }) => [key, { value, ...(is_locked && { locked: true }) }] as const);
      return entries.length === 0 ? {} : { settings: Object.fromEntries(entries) };
    },
  };
}
