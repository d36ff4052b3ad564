import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { projectReach } from '../organizations/projects.ts';
import { type ReferredTo, type Referrers, resourceReferrers, settingReferrers } from '../organizations/referrers.ts';
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
 * Throws resource-in-use as long as variables of installed applications have values of the resource, resources refer to it, or it is the value of a setting:
 * with those that the caller may list, and how many there are. No other change of the organization comes in between, for the dispatcher holds its lock.
 */
export async function refuseResourceInUse(db: Db, actor: Actor, row: Pick<ResourceRow, 'org_id' | 'id' | 'type'>): Promise<void> {
  const named = { organizationId: toId('organization', row.org_id), kind: 'resource' as const, id: row.id };
  const instances = await instanceUses(db, actor, named);
  const resources = await resourceReferrers(db, actor, named);
  const settings = await settingReferrers(db, actor, named, row.type);
  const sentences = [
    ...sentenceOf(
      instances,
      ['installed application uses', 'installed applications use'],
      ({ name }) => name,
      'updateInstance, or uninstall it',
    ),
    ...sentenceOf(resources, ['resource refers to', 'resources refer to'], ({ name }) => name, 'updateResource'),
    ...sentenceOf(settings, ['setting has as its value', 'settings have as their value'], ({ key }) => key, 'replaceSetting'),
  ];
  if (sentences.length === 0) return;
  throw new FailedPrecondition('resource-in-use', sentences.join(' '), {
    ...(instances.count > 0 && { instances: instances.count, instanceBlockers: instances.shown }),
    ...(resources.count > 0 && { resources: resources.count, resourceBlockers: resources.shown }),
    ...(settings.count > 0 && { settings: settings.count, settingBlockers: settings.shown }),
  });
}

async function instanceUses(
  db: Db,
  actor: Actor,
  { organizationId, id }: ReferredTo,
): Promise<Referrers<{ instanceId: string; name: string }>> {
  const values = [toUuid('organization', organizationId), toId('resource', id)];
  const uses = await prepared<Use & Record<string, unknown>>(db, 'resource-uses', usesSql, values);
  if (uses.length === 0) return { count: 0, shown: [] };
  const { everywhere, except } = (await projectReach(db, actor, organizationId))('instance', 'list');
  const seen = uses.filter((use) => use.living && everywhere !== except.includes(use.id)).slice(0, maxListed);
  return { count: uses.length, shown: seen.map((use) => ({ instanceId: toId('instance', use.id), name: use.name })) };
}

/** A sentence about those of one sort, if there are some. */
function sentenceOf<T>(
  { count, shown }: Referrers<T>,
  [one, more]: readonly [string, string],
  nameOf: (referrer: T) => string,
  operation: string,
): string[] {
  if (count === 0) return [];
  const many = `${count} ${count === 1 ? one : more}`;
  return [
    `${many} this resource${namesOf(count, shown.map(nameOf))}. Give each another one with ${operation}, and delete the resource then.`,
  ];
}

function namesOf(count: number, names: readonly string[]): string {
  const named = names.slice(0, maxNamed);
  const others = count - named.length;
  return named.length === 0 ? '' : ` (${named.join(', ')}${others > 0 ? `, and ${others} more` : ''})`;
}
