import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { projectReach } from '../organizations/projects.ts';
import type { ResourceRow } from './resource-rows.ts';

/** So many applications are named in a sentence, and so many are listed. */
const maxNamed = 5;
const maxListed = 100;

// What is uninstalled uses nothing; what is archived may come back.
const usesSql = `
select i.id, p.name, p.state = 'ACTIVE' as living from instances i join projects p on p.org_id = i.org_id and p.id = i.id
where i.org_id = $1 and i.desired <> 'REMOVED'
  and exists (select from jsonb_each(i.secrets) s where s.value ->> 'resourceId' = $2)
order by i.id`;

interface Use {
  readonly id: string;
  readonly name: string;
  readonly living: boolean;
}

/**
 * Throws resource-in-use as long as variables of installed applications have values of the resource: with those that the caller may list, and how many there
 * are. No other change of the organization comes in between, for the dispatcher holds its lock.
 */
export async function refuseResourceInUse(db: Db, actor: Actor, row: Pick<ResourceRow, 'org_id' | 'id'>): Promise<void> {
  const values = [row.org_id, toId('resource', row.id)];
  const uses = await prepared<Use & Record<string, unknown>>(db, 'resource-uses', usesSql, values);
  if (uses.length === 0) return;
  const organizationId = toId('organization', row.org_id);
  const { everywhere, except } = (await projectReach(db, actor, organizationId))('instance', 'list');
  const shown = uses.filter(({ id, living }) => living && everywhere !== except.includes(id));
  throw new FailedPrecondition('resource-in-use', usesSentence(uses.length, shown), {
    instances: uses.length,
    instanceBlockers: shown.slice(0, maxListed).map(({ id, name }) => ({ instanceId: toId('instance', id), name })),
  });
}

function usesSentence(count: number, shown: readonly Use[]): string {
  const many = count === 1 ? '1 installed application uses' : `${count} installed applications use`;
  const names = shown.slice(0, maxNamed).map(({ name }) => name);
  const others = count - names.length;
  const listed = names.length === 0 ? '' : ` (${names.join(', ')}${others > 0 ? `, and ${others} more` : ''})`;
  return `${many} this resource${listed}. Give each another one with updateInstance, or uninstall it, and delete the resource then.`;
}
