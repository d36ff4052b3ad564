import { isAbsolute } from 'node:path';
import { deleteProject } from '../access/project-deletions.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { canonical } from '../base/canonical.ts';
import { FailedPrecondition, InvalidInput, LimitExceeded } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managerOfSetting, refuseManaged } from '../organizations/managed-by.ts';
import { applyProjectChange, insertProject, projectReach, toProject } from '../organizations/projects.ts';
import { copySettings } from '../organizations/setting-values.ts';
import { type CatalogItemRow, findCatalogItem } from './catalog-rows.ts';
import { changedReferences, checkEnvironment, type Environment, type EnvironmentPatch, patchEnvironment } from './environment.ts';
import { idleStopAfter } from './idle-stop.ts';
import {
  findInstance,
  type Instance,
  type InstancePlace,
  type InstanceState,
  type InstanceSummary,
  instanceKey,
  managerOfInstance,
  type NamedInstance,
  namedInstances,
  projectOfInstance,
  toInstance,
  toSummary,
} from './instance-rows.ts';
import type { PriceKind } from './program.ts';
import { beginTrial, type Payment, paymentFor, requirePrice, shownState } from './trials.ts';

/** Applications that an organization has installed at most (docs/limits.md). */
const maxInstances = 200;

/** What runs the programs of this installation: nothing, processes of this machine, or a cluster. */
export type DriverName = 'off' | 'process' | 'kubernetes';

/** What is installed. */
export interface WantedInstance extends EnvironmentPatch {
  readonly organizationId: string;
  readonly itemId: string;
  readonly priceKind?: PriceKind | undefined;
}

/** Installs an application: makes its project, and asks for it to run. Throws FailedPrecondition, InvalidInput and LimitExceeded. */
export async function createInstance(
  db: Db,
  actor: Actor,
  input: WantedInstance & { name: string; slug?: string | undefined; managedBy?: ManagedBy },
  { driver }: { driver: DriverName },
): Promise<Instance> {
  const { organizationId, name, slug, managedBy } = input;
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const target = newId('instance');
  const projectId = projectOfInstance(target);
  const { item, payment, env, secrets } = await checkInstallation(db, actor, { ...input, projectId }, { driver });
  const org_id = toUuid('organization', organizationId);
  await refuseTooMany(db, org_id);
  const id = toUuid('instance', target);
  const managed_by = managedBy && { managed_by: JSON.stringify(managedBy) };
  const project = toProject(await insertProject(db, { org_id, id, name, ...managed_by }, slug));
  await copySettings(db, blueprint, { organizationId, projectId }, actor.name);
  await record(db, actor, { organizationId, action: 'project.create', target: projectId, after: project });
  await db('instances').insert({
    ...{ org_id, id, item_id: item.id, created_by: actor.name },
    ...(await paymentColumns(db, org_id, item, payment)),
    ...{ env: JSON.stringify(env), secrets: JSON.stringify(secrets) },
  });
  const made = await findInstance(db, { organizationId, instanceId: target });
  await record(db, actor, { organizationId, action: 'instance.create', target, after: forAudit(made) });
  return toInstance(made, await idleStopAfter(db, blueprint, { organizationId, projectId }));
}

/** What would be installed. Throws FailedPrecondition and InvalidInput for what keeps it from being so. */
export async function checkInstallation(
  db: Db,
  actor: Actor,
  input: WantedInstance & { projectId: string },
  { driver }: { driver: DriverName },
): Promise<{ readonly item: CatalogItemRow; readonly payment: Payment } & Environment> {
  const { organizationId, projectId, priceKind } = input;
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  requireDriver(driver);
  const item = await findInstallable(db, blueprint, input.itemId, driver);
  const payment = await paymentFor(db, blueprint, item, { org_id: toUuid('organization', organizationId), priceKind });
  const after = patchEnvironment({ env: {}, secrets: {} }, input);
  await checkEnvironment(db, actor, { organizationId, projectId }, { variables: item.environment, after, asked: input.secrets });
  return { item, payment, ...after };
}

function requireDriver(driver: DriverName): void {
  if (driver !== 'off') return;
  throw new FailedPrecondition('failed-precondition', 'This installation runs no applications. Its operator sets TENET_APPS_DRIVER.');
}

/** The application, if organizations of this kind may install it and this installation can run it. */
async function findInstallable(db: Db, blueprint: Blueprint, itemId: string, driver: DriverName): Promise<CatalogItemRow> {
  if (!blueprint.instances) {
    throw new FailedPrecondition('failed-precondition', `An organization of this kind (${blueprint.title}) installs no applications.`);
  }
  const [item]: CatalogItemRow[] = await db('catalog_items')
    .where({ id: toUuid('catalogItem', itemId), state: 'PUBLISHED' })
    .whereIn('category', blueprint.catalog!.categories);
  const detail = 'must be an application of the catalogue, of a category that this kind of organization installs';
  if (!item) throw new InvalidInput('This application cannot be installed.', [{ pointer: '#/itemId', detail }]);
  const runs = driver === 'process' ? item.program.command : item.program.image;
  if (runs === undefined) {
    const needed = driver === 'process' ? 'has no command, which one machine needs' : 'has no image, which a cluster needs';
    throw new FailedPrecondition('failed-precondition', `This application does not run here: it ${needed}.`);
  }
  if (driver === 'process' && !isAbsolute(runs)) {
    const why = 'its command is no path that begins with a slash, which one machine needs';
    throw new FailedPrecondition('failed-precondition', `This application does not run here: ${why}.`);
  }
  return item;
}

async function paymentColumns(db: Db, org_id: string, item: CatalogItemRow, payment: Payment): Promise<object> {
  if (payment === 'NONE') return {};
  return payment === 'TRIAL' ? { trial_ends_at: await beginTrial(db, org_id, item) } : { price_kind: payment };
}

/** Throws LimitExceeded where the organization has no room for the application of a project that is to be restored. */
export async function refuseRestored(db: Db, { organizationId, projectId }: { organizationId: string; projectId: string }): Promise<void> {
  const key = { org_id: toUuid('organization', organizationId), id: toUuid('project', projectId) };
  const removed = await db('instances')
    .where({ ...key, desired: 'REMOVED' })
    .first('id');
  if (removed) await refuseTooMany(db, key.org_id);
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, org_id: string): Promise<void> {
  const [{ count }] = (await db('instances').where({ org_id }).whereNot({ desired: 'REMOVED' }).count('* as count')) as [{ count: string }];
  if (Number(count) < maxInstances) return;
  throw new LimitExceeded(`An organization has ${maxInstances} applications at most. Uninstall one.`, maxInstances, Number(count));
}

/** What the log keeps: the names of variables, for people put into texts what belongs into a secret. */
function forAudit(row: NamedInstance): object {
  const { etag: _etag, lastActiveAt: _last, health: _health, ...summary } = toSummary(row);
  return {
    ...summary,
    variables: [...Object.keys(row.env), ...Object.keys(row.secrets)].sort(),
    ...(row.price_kind && { priceKind: row.price_kind }),
  };
}

/** The installed applications that the caller may list in their projects, oldest first. */
export async function listInstances(
  db: Db,
  actor: Actor,
  input: { organizationId: string; state?: InstanceState | undefined } & PageQuery,
): Promise<Page<InstanceSummary>> {
  const { organizationId, state } = input;
  const list = JSON.stringify(['instances', organizationId, state]);
  const page = readPage(input, list, uuidKey);
  const query = namedInstances(db)
    .where({ 'i.org_id': toUuid('organization', organizationId) })
    .orderBy('i.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('i.id', '>', page.after);
  if (state !== undefined) query.whereRaw(`${shownState} = ?`, [state]);
  const { everywhere, except } = (await projectReach(db, actor, organizationId))('instance', 'list');
  if (everywhere) query.whereNotIn('i.id', except);
  else query.whereIn('i.id', except);
  return toPage((await query) as NamedInstance[], page, list, ({ id }) => id, toSummary);
}

/** One installed application. Throws NotFound. */
export async function getInstance(db: Db, actor: Actor, place: InstancePlace): Promise<Instance> {
  return shown(db, actor, await findInstance(db, place));
}

/** The row as the API shows it. */
export async function shown(db: Db, actor: Actor, row: NamedInstance): Promise<Instance> {
  const place = { organizationId: toId('organization', row.org_id), projectId: toId('project', row.id) };
  const { blueprint } = await actor.engine(place);
  return toInstance(row, await idleStopAfter(db, blueprint!, place));
}

/** What changes; `variables` are all of them, in the place of a patch. */
export interface InstanceChange extends EnvironmentPatch {
  readonly name?: string | undefined;
  readonly priceKind?: PriceKind | undefined;
  readonly variables?: Environment | undefined;
}

/**
 * Changes the name, the variables or the price. With other variables it starts anew. Throws NotFound and InvalidInput, and managed-by for what a manifest says of it.
 */
export async function updateInstance(
  db: Db,
  actor: Actor,
  input: InstancePlace & InstanceChange & { preconditions?: Preconditions | undefined },
): Promise<Instance> {
  const { organizationId, instanceId, name, priceKind } = input;
  const before = await findInstance(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseSaid(before, input, actor);
  const { after, isOther } = await checkInstanceChange(db, actor, before, input);
  if (name !== undefined && name !== before.name) await applyProjectChange(db, before, { name });
  await db('instances')
    .where(instanceKey(input))
    .update({
      ...(isOther && { env: JSON.stringify(after.env), secrets: JSON.stringify(after.secrets), ...newStart(db) }),
      ...(priceKind !== undefined && { price_kind: priceKind, trial_ends_at: null }),
      // It goes on, and the change of state tells the manager.
      ...(priceKind !== undefined && before.is_trial_over && before.desired === 'RUNNING' && { state: 'STARTING' }),
      ...nextVersion(db),
    });
  const row = await findInstance(db, input);
  await record(db, actor, {
    organizationId,
    action: 'instance.update',
    target: instanceId,
    before: forAudit(before),
    after: forAudit(row),
  });
  return shown(db, actor, row);
}

/** The variables as they would be after a change. Throws InvalidInput for variables and prices that the application does not have. */
export async function checkInstanceChange(
  db: Db,
  actor: Actor,
  before: NamedInstance,
  { priceKind, variables, ...patch }: InstanceChange,
): Promise<{ readonly after: Environment; readonly isOther: boolean }> {
  const place = { organizationId: toId('organization', before.org_id), projectId: toId('project', before.id) };
  const item = await findCatalogItem(db, toId('catalogItem', before.item_id));
  const { blueprint } = await actor.engine({ organizationId: place.organizationId });
  if (priceKind !== undefined) requirePrice(blueprint!, item, priceKind);
  const after = variables ?? patchEnvironment(before, patch);
  const isOther = canonical([before.env, before.secrets]) !== canonical([after.env, after.secrets]);
  const asked = variables ? changedReferences(before, variables) : patch.secrets;
  if (isOther) await checkEnvironment(db, actor, place, { variables: item.environment, after, asked });
  return { after, isOther };
}

/** Throws managed-by for what a manifest says of it: the name where it manages the project, the variables where it says the application, the price where it says one. */
function refuseSaid({ managed_by }: NamedInstance, { name, environment, secrets, priceKind }: InstanceChange, actor: Actor): void {
  const ofManifest = managerOfInstance(managed_by);
  if (environment !== undefined || secrets !== undefined) refuseManaged(ofManifest, actor);
  if (name !== undefined) refuseManaged(managed_by, actor);
  if (priceKind !== undefined) refuseManaged(managerOfSetting(ofManifest, 'priceKind'), actor);
}

/** Another generation, which is started at once although the one before may have failed. */
export function newStart(db: Db): object {
  return { generation: db.raw('generation + 1'), failures: 0, next_attempt_at: null, failure: null };
}

/**
 * Uninstalls an application: its project is deleted, with the grants in it, and it is stopped. Its data goes at once, or with the project when that is purged, as
 * the kind of organization says. Throws NotFound.
 */
export async function deleteInstance(
  db: Db,
  actor: Actor,
  input: InstancePlace & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, instanceId } = input;
  const before = await findInstance(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const { blueprint } = await actor.engine({ organizationId });
  await db('instances')
    .where(instanceKey(input))
    .update({ deletes_data: blueprint!.instances?.dataOnUninstall !== 'keep' });
  await deleteProject(db, actor, { organizationId, projectId: projectOfInstance(instanceId) });
  await record(db, actor, { organizationId, action: 'instance.delete', target: instanceId, before: forAudit(before) });
}
