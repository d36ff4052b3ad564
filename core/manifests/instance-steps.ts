import { startInstance, stopInstance } from '../apps/instance-actions.ts';
import type { InstancePlace } from '../apps/instance-rows.ts';
import {
  createInstance,
  type DriverName,
  deleteInstance,
  type InstanceChange,
  updateInstance,
  type WantedInstance,
} from '../apps/instances.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { ManagedBy } from '../organizations/managed-by.ts';
import type { Step } from './apply.ts';
import type { InstalledRow } from './instance-rows.ts';
import type { DesiredInstance } from './instances.ts';

/** What is done with the applications of an organization. */
export type InstanceSteps = ReturnType<typeof instanceSteps>;

/** The application in its organization. */
export function placeOf({ org_id, id }: Pick<InstalledRow, 'org_id' | 'id'>): InstancePlace {
  return { organizationId: toId('organization', org_id), instanceId: toId('instance', id) };
}

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
export function instanceSteps(db: Db, actor: Actor, organizationId: string, driver: DriverName) {
  const require = (row: Pick<InstalledRow, 'id'>, action: string) =>
    actor.require('instance', action, { organizationId, projectId: toId('project', row.id) });
  const write = ({ org_id, id }: InstalledRow, managedBy: ManagedBy | null) =>
    db('projects')
      .where({ org_id, id })
      .update({ managed_by: managedBy && JSON.stringify(managedBy), ...nextVersion(db) });
  return {
    install: (
      { name, displayName = name, item, running }: DesiredInstance,
      wish: WantedInstance & { readonly managedBy: ManagedBy },
    ): Step => ({
      does: `install ${item} as ${name}`,
      async run() {
        await actor.require('instance', 'create', { organizationId });
        const { id: instanceId, projectId } = await createInstance(db, actor, { ...wish, name: displayName, slug: name }, { driver });
        if (running !== false) return;
        await actor.require('instance', 'stop', { organizationId, projectId });
        await stopInstance(db, actor, { organizationId, instanceId });
      },
    }),
    takeOver: (row: InstalledRow, managedBy: ManagedBy): Step => ({
      does: `note that the application ${row.slug} is said`,
      isNote: true,
      async run() {
        await require(row, 'update');
        await write(row, managedBy);
      },
    }),
    change: (row: InstalledRow, change: InstanceChange): Step => ({
      does: `set ${Object.keys(change).sort().join(', ')} of the application ${row.slug}`,
      async run() {
        await require(row, 'update');
        await updateInstance(db, actor, { ...placeOf(row), ...change });
      },
    }),
    start: (row: InstalledRow): Step => ({
      does: `start the application ${row.slug}`,
      async run() {
        await require(row, 'restart');
        await startInstance(db, actor, placeOf(row));
      },
    }),
    stop: (row: InstalledRow): Step => ({
      does: `stop the application ${row.slug}`,
      async run() {
        await require(row, 'stop');
        await stopInstance(db, actor, placeOf(row));
      },
    }),
    uninstall: (row: InstalledRow): Step => ({
      does: `uninstall the application ${row.slug}`,
      async run() {
        await require(row, 'delete');
        await deleteInstance(db, actor, placeOf(row));
        // Who restores the project has it as the API's.
        await write(row, null);
      },
    }),
  };
}
