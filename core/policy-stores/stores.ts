import { revokeKeysOfStore } from '../access/api-keys.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { canonical } from '../base/canonical.ts';
import { AlreadyExists, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import { breaches, type Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type GivenKey, readSigningKeys } from './store-signatures.ts';

/** The policy of an application, which belongs to a project. It decides by the revision that is its head. */
export interface PolicyStore {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** The revision in force; none at first. */
  readonly revision?: number;
  /** Only what one of them has signed comes into force; none: anything does. */
  readonly signingKeys: PolicyKey[];
  readonly entityCount: number;
  readonly entityBytes: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface StoreRow {
  org_id: string;
  project_id: string;
  id: string;
  name: string;
  description: string;
  head_revision: number | null;
  head_version: string;
  head_moved_by: string | null;
  head_moved_at: Date | null;
  head_reason: string | null;
  /** The open rollout, what it brings and for how many of all subjects that decides, in hundredths of a percent. */
  rollout_id: string | null;
  candidate_revision: number | null;
  canary_share: number;
  signing_keys: PolicyKey[];
  entity_count: number;
  /** Moves with every change of the entities. */
  entity_version: string;
  entity_bytes: string;
  value_count: number;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The project that a store is in. */
export interface StorePlace {
  readonly organizationId: string;
  readonly projectId: string;
}

/** Which store an operation is about. */
export interface StoreKey extends StorePlace {
  readonly policyStoreId: string;
}

/** How many a project has at most, and how many are made in it in a day (docs/limits.md). */
const most = 20;
const madePerDay = 100;

/** The row as the API shows it. */
export function toStore(row: StoreRow): PolicyStore {
  return {
    id: toId('policyStore', row.id),
    organizationId: toId('organization', row.org_id),
    projectId: toId('project', row.project_id),
    name: row.name,
    description: row.description,
    ...(row.head_revision !== null && { revision: row.head_revision }),
    signingKeys: row.signing_keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid })),
    entityCount: row.entity_count,
    entityBytes: Number(row.entity_bytes),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(versionOf(row)),
  };
}

/** The version of everything that a store shows: what is in force, and how much it keeps, are no changes of the row's own version. */
const versionOf = ({ version, head_version, entity_version }: StoreRow): string => `${version}.${head_version}.${entity_version}`;

function storesIn(db: Db, { organizationId, projectId }: StorePlace) {
  return db('policy_stores').where({ org_id: toUuid('organization', organizationId), project_id: toUuid('project', projectId) });
}

/** The stores of a project, oldest first. */
export async function listStores(db: Db, input: StorePlace & PageQuery): Promise<Page<PolicyStore>> {
  const list = `policy stores of ${input.projectId}`;
  const page = readPage(input, list, uuidKey);
  const query = storesIn(db, input)
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  return toPage(await query, page, list, (row: StoreRow) => row.id, toStore);
}

/** The row of a store. Throws NotFound, for one of another project too. With `lock` it stays as it is until the transaction ends. */
export async function findStore(db: Db, key: StoreKey, { lock = false } = {}): Promise<StoreRow> {
  const query = storesIn(db, key).where({ id: toUuid('policyStore', key.policyStoreId) });
  const row: StoreRow | undefined = await (lock ? query.forNoKeyUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}

export async function getStore(db: Db, key: StoreKey): Promise<PolicyStore> {
  return toStore(await findStore(db, key));
}

/** Makes one without a policy. Throws InvalidInput for a name that means a revision and for two keys of one kid, AlreadyExists for one that is taken in the project, LimitExceeded and RateLimited. */
export async function createStore(
  db: Db,
  actor: Actor,
  input: StorePlace & { name: string; description?: string | undefined; signingKeys?: readonly GivenKey[] | undefined },
): Promise<PolicyStore> {
  const { organizationId, projectId, name, description = '', signingKeys = [] } = input;
  refuseRevision(name);
  const signing_keys = JSON.stringify(readSigningKeys(signingKeys));
  // Under the lock of the organization, which the dispatcher holds.
  const [{ count }] = (await storesIn(db, input).count('* as count')) as [{ count: string }];
  if (Number(count) >= most) throw new LimitExceeded(`A project has ${most} policy stores at most. Delete one.`, most, Number(count));
  const refusal = `A project makes ${madePerDay} policy stores in a day (UTC) at most.`;
  await spend(db, [{ kind: 'policy-stores', subject: projectId, amount: 1, limit: madePerDay, refusal }]);
  const id = newId('policyStore');
  const [row]: StoreRow[] = await named(name, () =>
    db('policy_stores')
      .insert({
        org_id: toUuid('organization', organizationId),
        project_id: toUuid('project', projectId),
        id: toUuid('policyStore', id),
        name,
        description,
        signing_keys,
      })
      .returning('*'),
  );
  const store = toStore(row!);
  await record(db, actor, { organizationId, action: 'policy-store.create', target: id, after: store });
  return store;
}

/** What is to change of a store; what is left out stays. */
export interface StoreUpdate extends StoreKey {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly signingKeys?: readonly GivenKey[] | undefined;
  readonly preconditions?: Preconditions | undefined;
}

/** Changes name, description or signing keys; what is in force stays in force. Throws NotFound, VersionMismatch, InvalidInput and AlreadyExists. */
export async function updateStore(db: Db, actor: Actor, input: StoreUpdate): Promise<PolicyStore> {
  const before = await findStore(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(versionOf(before)));
  const { name = before.name, description = before.description } = input;
  const keys = input.signingKeys === undefined ? before.signing_keys : readSigningKeys(input.signingKeys);
  const isSame = name === before.name && description === before.description && canonical(keys) === canonical(before.signing_keys);
  if (isSame) return toStore(before);
  if (name !== before.name) refuseRevision(name);
  const { org_id, id } = before;
  const [row]: StoreRow[] = await named(name, () =>
    db('policy_stores')
      .where({ org_id, id })
      .update({ name, description, signing_keys: JSON.stringify(keys), ...nextVersion(db) })
      .returning('*'),
  );
  const store = toStore(row!);
  const { organizationId, policyStoreId } = input;
  await record(db, actor, { organizationId, action: 'policy-store.update', target: policyStoreId, before: toStore(before), after: store });
  return store;
}

/** Deletes a store with its revisions and entities, and ends the keys that are bound to it. Throws NotFound and VersionMismatch. */
export async function deleteStore(db: Db, actor: Actor, input: StoreKey & { preconditions?: Preconditions | undefined }): Promise<void> {
  const { organizationId, policyStoreId } = input;
  const row = await findStore(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(versionOf(row)));
  await revokeKeysOfStore(db, actor, organizationId, row.id);
  await db('policy_stores').where({ org_id: row.org_id, id: row.id }).delete();
  await record(db, actor, { organizationId, action: 'policy-store.delete', target: policyStoreId, before: toStore(row) });
}

/** The end of a name by which the command line means a revision, as in `Todo@3`. */
const revisionEnd = /@[1-9]\d{0,8}$/;

/** Throws InvalidInput for a name that would be read as a revision of another store. */
function refuseRevision(name: string): void {
  const [end] = revisionEnd.exec(name) ?? [];
  if (end === undefined) return;
  const errors = [{ pointer: '#/name', detail: `must not end in ${end}, which means a revision where a store is named` }];
  throw new InvalidInput('A policy store cannot have this name.', errors);
}

async function named<T>(name: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!breaches(error, 'policy_stores_name')) throw error;
    const errors = [{ pointer: '#/name', detail: 'is the name of another policy store of the project' }];
    throw new AlreadyExists(`The project has a policy store ${JSON.stringify(name)} already.`, { errors }, { cause: error });
  }
}
