import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { heldRoles } from '../authorization/decisions/held-roles.ts';
import { FailedPrecondition, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Labels, type LabelsPatch, newLabels, patchLabels } from '../base/labels.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { selectLabels } from '../database/label-selector.ts';
import { nextVersion } from '../database/next-version.ts';
import { checkInvariants } from '../organizations/invariants.ts';
import { type ManagedBy, managedBy, refuseManaged } from '../organizations/managed-by.ts';
import { changed } from '../organizations/organizations.ts';
import { resourceReferrers, resourceWording, sentencesOf } from '../organizations/referrers.ts';
import { revokeKeysOf } from './api-keys.ts';
import { requireUnassignAll } from './giving.ts';

/** Something that is no person and holds roles: of the organization, or of one project, in which alone it can hold any. */
export interface ServiceAccount {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId?: string;
  readonly name: string;
  readonly description?: string;
  readonly labels: Labels;
  readonly createdBy: string;
  readonly managedBy?: ManagedBy;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface ServiceAccountRow {
  org_id: string;
  id: string;
  project_id: string | null;
  name: string;
  description: string | null;
  labels: Labels;
  state: 'ACTIVE' | 'DELETED';
  created_by: string;
  managed_by: ManagedBy | null;
  manifest_labels: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The organization, or the project in it, that an operation is about. */
interface AccountPlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

/** How many an organization has at most, and how many are made in a day (docs/limits.md). */
const most = 1_000;

/** The row of a service account as the API shows it. */
export function toServiceAccount(row: ServiceAccountRow): ServiceAccount {
  return {
    id: toId('serviceAccount', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    labels: row.labels,
    createdBy: row.created_by,
    ...managedBy(row.managed_by),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

function accountsIn(db: Db, { organizationId, projectId }: AccountPlace) {
  return db('service_accounts').where({
    org_id: toUuid('organization', organizationId),
    project_id: projectId === undefined ? null : toUuid('project', projectId),
    state: 'ACTIVE',
  });
}

/** Those of the organization itself or of the project itself, oldest first. */
export async function listServiceAccounts(
  db: Db,
  _actor: Actor,
  input: AccountPlace & { labelSelector?: string | undefined } & PageQuery,
): Promise<Page<ServiceAccount>> {
  const list = JSON.stringify(['service-accounts', input.organizationId, input.projectId, input.labelSelector]);
  const page = readPage(input, list, uuidKey);
  const query = accountsIn(db, input)
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  selectLabels(query, 'labels', input.labelSelector);
  return toPage(await query, page, list, (row: ServiceAccountRow) => row.id, toServiceAccount);
}

/** Makes one, which holds no role yet. Throws LimitExceeded. */
export async function createServiceAccount(
  db: Db,
  actor: Actor,
  input: AccountPlace & { name: string; description?: string | undefined; labels?: Labels | undefined; managedBy?: ManagedBy },
): Promise<ServiceAccount> {
  const { organizationId, projectId, name, description = null } = input;
  const org_id = toUuid('organization', organizationId);
  const [{ count }] = (await db('service_accounts').where({ org_id, state: 'ACTIVE' }).count('* as count')) as [{ count: string }];
  if (Number(count) >= most) throw new LimitExceeded(`An organization has ${most} service accounts at most.`, most, Number(count));
  const refusal = `An organization makes ${most} service accounts in a day (UTC) at most.`;
  await spend(db, [{ kind: 'service-accounts', subject: organizationId, amount: 1, limit: most, refusal }]);
  const id = toUuid('serviceAccount', newId('serviceAccount'));
  const project_id = projectId === undefined ? null : toUuid('project', projectId);
  const managed_by = input.managedBy === undefined ? null : JSON.stringify(input.managedBy);
  const [row]: ServiceAccountRow[] = await db('service_accounts')
    .insert({ org_id, id, project_id, name, description, labels: newLabels(input.labels), created_by: actor.name, managed_by })
    .returning('*');
  const account = toServiceAccount(row!);
  await record(db, actor, { organizationId, action: 'service-account.create', target: account.id, after: account });
  return account;
}

/** One of this place. Throws NotFound. */
export async function getServiceAccount(
  db: Db,
  _actor: Actor,
  input: AccountPlace & { serviceAccountId: string },
): Promise<ServiceAccount> {
  return toServiceAccount(await findServiceAccount(db, input));
}

async function findServiceAccount(db: Db, input: AccountPlace & { serviceAccountId: string }): Promise<ServiceAccountRow> {
  const row: ServiceAccountRow | undefined = await accountsIn(db, input)
    .where({ id: toUuid('serviceAccount', input.serviceAccountId) })
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** Changes its name, its description or its labels. Throws managed-by for what a manifest says of it: all but the labels, which it may leave to the API. */
export async function updateServiceAccount(
  db: Db,
  actor: Actor,
  input: AccountPlace & {
    serviceAccountId: string;
    name?: string | undefined;
    description?: string | null | undefined;
    labels?: LabelsPatch | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<ServiceAccount> {
  const before = await findServiceAccount(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const labels = patchLabels(before.labels, input.labels);
  const said = { name: input.name, description: input.description };
  const change = changed(before, { ...said, labels });
  if (!change) return toServiceAccount(before);
  if (changed(before, said) || (labels && before.manifest_labels)) refuseManaged(before.managed_by, actor);
  const [row]: ServiceAccountRow[] = await db('service_accounts')
    .where({ org_id: before.org_id, id: before.id })
    .update({ ...change, ...nextVersion(db) })
    .returning('*');
  const after = toServiceAccount(row!);
  const { organizationId, serviceAccountId: target } = input;
  await record(db, actor, { organizationId, action: 'service-account.update', target, before: toServiceAccount(before), after });
  return after;
}

/** Ends it with every grant and every key that it has. Asks for `unassign` on each role that it holds. Throws managed-by for a manifest's, and resource-in-use. */
export async function deleteServiceAccount(
  db: Db,
  actor: Actor,
  input: AccountPlace & { serviceAccountId: string; preconditions?: Preconditions | undefined },
): Promise<void> {
  const before = await findServiceAccount(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseManaged(before.managed_by, actor);
  const { org_id, id } = before;
  await refuseReferredTo(db, actor, input.organizationId, id);
  const holder = { type: 'service-account' as const, id: input.serviceAccountId, uuid: id };
  await requireUnassignAll(actor, input.organizationId, await heldRoles(db, org_id, holder, { resting: true }));
  await db('grants')
    .where({ org_id, service_account_id: id, revoked_at: null })
    .update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  await checkInvariants(db);
  await revokeKeysOf(db, actor, input.organizationId, holder);
  await db('service_accounts')
    .where({ org_id, id })
    .update({ state: 'DELETED', ...nextVersion(db) });
  const { organizationId, serviceAccountId: target } = input;
  await record(db, actor, { organizationId, action: 'service-account.delete', target, before: toServiceAccount(before) });
}

/** Throws resource-in-use as long as resources refer to it. */
async function refuseReferredTo(db: Db, actor: Actor, organizationId: string, id: string): Promise<void> {
  const referrers = await resourceReferrers(db, actor, { organizationId, kind: 'serviceAccount', id });
  if (referrers.count === 0) return;
  const sentences = sentencesOf(referrers, { to: 'service account', ...resourceWording });
  throw new FailedPrecondition('resource-in-use', sentences.join(' '), { resources: referrers.count, resourceBlockers: referrers.shown });
}
