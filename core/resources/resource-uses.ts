import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { instanceReferrers, resourceReferrers, resourceWording, sentencesOf, settingReferrers } from '../organizations/referrers.ts';
import type { ResourceRow } from './resource-rows.ts';

/**
 * Throws resource-in-use as long as variables of installed applications have values of the resource, resources refer to it, or it is the value of a setting:
 * with those that the caller may list, and how many there are. No other change of the organization comes in between, for the dispatcher holds its lock.
 */
export async function refuseResourceInUse(db: Db, actor: Actor, row: Pick<ResourceRow, 'org_id' | 'id' | 'type'>): Promise<void> {
  const named = { organizationId: toId('organization', row.org_id), kind: 'resource' as const, id: row.id };
  const instances = await instanceReferrers(db, actor, named);
  const resources = await resourceReferrers(db, actor, named);
  const settings = await settingReferrers(db, actor, named, row.type);
  const sentences = [
    ...sentencesOf(instances, {
      to: 'resource',
      does: ['installed application uses', 'installed applications use'],
      nameOf: ({ name }) => name,
      operation: 'updateInstance, or uninstall it',
    }),
    ...sentencesOf(resources, { to: 'resource', ...resourceWording }),
    ...sentencesOf(settings, {
      to: 'resource',
      does: ['setting has as its value', 'settings have as their value'],
      nameOf: ({ key, place }) => `${key} ${place}`,
      operation: 'replaceSetting',
    }),
  ];
  if (sentences.length === 0) return;
  throw new FailedPrecondition('resource-in-use', sentences.join(' '), {
    ...(instances.count > 0 && { instances: instances.count, instanceBlockers: instances.shown }),
    ...(resources.count > 0 && { resources: resources.count, resourceBlockers: resources.shown }),
    ...(settings.count > 0 && { settings: settings.count, settingBlockers: settings.shown.map(({ place: _, ...shown }) => shown) }),
  });
}
