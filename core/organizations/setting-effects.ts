import type { Actor, ProjectSettingChanges } from '../authorization/decisions/actor.ts';
import type { SettingDefinition } from '../authorization/policy/settings.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { readSettingRows, resolveSetting, type SettingRow } from './setting-values.ts';

/** Projects that a plan looks at to show them (docs/limits.md). */
const most = 100;

type ProjectSettingChange = ProjectSettingChanges['items'][number];

const ownSql = `
select p.id, v.org_id, v.key, v.project_id, v.user_id, v.value, v.is_locked, v.is_copy, v.is_managed, v.set_by, v.set_at from projects p
  left join setting_values v on v.org_id = p.org_id and v.project_id = p.id and v.key = $2 and v.user_id is null
where p.org_id = $1 and p.state = 'ACTIVE' order by p.id`;

/** The active projects in which another value counts than before, whose rows of the organization are `before`. They are in the transaction that has changed these. */
export async function changedProjects(
  db: Db,
  actor: Actor,
  organizationId: string,
  setting: SettingDefinition,
  before: readonly SettingRow[],
): Promise<ProjectSettingChanges> {
  const after = await readSettingRows(db, { organizationId }, [setting.key]);
  const projects = await prepared<SettingRow & { id: string }>(db, 'settings-of-projects', ownSql, [
    toUuid('organization', organizationId),
    setting.key,
  ]);
  const changed = projects.flatMap((row): ProjectSettingChange[] => {
    const projectId = toId('project', row.id);
    const own = row.key === null ? [] : [row];
    const [was, is] = [before, after].map((rows) => resolveSetting(setting, [...rows, ...own], { projectId }).counting.value);
    if (was === is) return [];
    return [
      {
        ...{ organizationId, projectId, settingKey: setting.key },
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      },
    ];
  });
  const items: ProjectSettingChange[] = [];
  for (const one of changed.slice(0, most))
    if ((await actor.may('project', 'read', { organizationId, projectId: one.projectId })).allowed) items.push(one);
  return { total: changed.length, items };
}
