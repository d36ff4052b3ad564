import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { managerOfSetting, refuseManaged } from '../organizations/managed-by.ts';
import {
  findInstance,
  type Instance,
  type InstancePlace,
  type InstanceRow,
  instanceKey,
  managerOfInstance,
  type NamedInstance,
  projectOfInstance,
} from './instance-rows.ts';
import { newStart, shown } from './instances.ts';

type Asked = InstancePlace & { readonly preconditions?: Preconditions | undefined };

/** Stops what runs and starts it again. Throws NotFound, and FailedPrecondition for what was stopped on purpose or whose trial is over. */
export async function restartInstance(db: Db, actor: Actor, input: Asked): Promise<Instance> {
  return change(db, actor, input, 'instance.restart', (row) => {
    if (row.desired === 'STOPPED')
      throw new FailedPrecondition('failed-precondition', 'The application is stopped. Start it with startInstance.');
    requireTrial(row);
    return { ...running(db), state: row.state === 'RUNNING' ? 'RESTARTING' : 'STARTING', ...newStart(db) };
  });
}

/** Starts what was stopped, or has failed. What runs goes on. Throws NotFound, FailedPrecondition where the trial is over, and managed-by. */
export async function startInstance(db: Db, actor: Actor, input: Asked): Promise<Instance> {
  return change(db, actor, input, 'instance.start', (row) => {
    if (row.desired === 'STOPPED') refuseSaid(row, actor);
    requireTrial(row);
    // With the generation of what has failed, a look that is under way would write again that it has.
    if (row.state === 'FAILED') return { ...running(db), state: 'STARTING', ...newStart(db) };
    if (row.desired === 'RUNNING') return undefined;
    return { ...running(db), state: 'STARTING', failures: 0, next_attempt_at: null, failure: null };
  });
}

/** Stops it, until it is started again: no access does. Its data stays. Throws NotFound and managed-by. */
export async function stopInstance(db: Db, actor: Actor, input: Asked): Promise<Instance> {
  return change(db, actor, input, 'instance.stop', (row) => {
    if (row.desired === 'STOPPED') return undefined;
    refuseSaid(row, actor);
    return { desired: 'STOPPED' };
  });
}

/** Throws managed-by where a manifest says whether it runs. */
function refuseSaid({ managed_by }: NamedInstance, actor: Actor): void {
  refuseManaged(managerOfSetting(managerOfInstance(managed_by), 'running'), actor);
}

function running(db: Db): object {
  return { desired: 'RUNNING', last_active_at: db.fn.now() };
}

/** Throws FailedPrecondition once the trial is over and no price was chosen. */
function requireTrial({ is_trial_over }: NamedInstance): void {
  if (!is_trial_over) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'The trial of this application is over. Choose a price with updateInstance: priceKind.',
  );
}

async function change(
  db: Db,
  actor: Actor,
  input: Asked,
  action: string,
  changeOf: (row: NamedInstance) => object | undefined,
): Promise<Instance> {
  const before = await findInstance(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const columns = changeOf(before);
  if (columns === undefined) return shown(db, actor, before);
  await db('instances')
    .where(instanceKey(input))
    .update({ ...columns, ...nextVersion(db) });
  const after = await findInstance(db, input);
  const said = ({ desired, state }: InstanceRow) => ({ desired, state });
  const { organizationId, instanceId: target } = input;
  const projectId = projectOfInstance(target);
  await record(db, actor, { organizationId, projectId, action, target, before: said(before), after: said(after) });
  return shown(db, actor, after);
}
