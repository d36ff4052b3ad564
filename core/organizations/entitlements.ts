import { record, recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { isEntitled } from './kinds.ts';
import { findOrganization } from './organizations.ts';

/** What the plan of an account or of an organization includes. */
export interface Entitlements {
  readonly entitlements: string[];
  /** False while no plan limits the organization. */
  readonly limited?: boolean;
  readonly etag: string;
}

interface Replacement {
  readonly entitlements: readonly string[];
  readonly preconditions?: Preconditions | undefined;
}

/** What the plan of an organization includes. Throws NotFound. */
export async function getEntitlements(db: Db, _actor: Actor, input: { organizationId: string }): Promise<Entitlements> {
  return ofOrganization(await findOrganization(db, toUuid('organization', input.organizationId)));
}

/** Says what the plan of an organization includes; without what its kind asks for it grows no more. Throws NotFound. */
export async function replaceEntitlements(db: Db, actor: Actor, input: { organizationId: string } & Replacement): Promise<Entitlements> {
  const { organizationId } = input;
  const before = await findOrganization(db, toUuid('organization', organizationId), { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const entitlements = inOrder(input.entitlements);
  const { blueprint } = await actor.engineOf(before.blueprint);
  const entitled = isEntitled(blueprint!, entitlements) && !(await hasEnded(db, before.id));
  const [row] = await db('organizations')
    .where({ id: before.id })
    .update({ entitlements, entitled, ...nextVersion(db) })
    .returning(['entitlements', 'version']);
  const event = { action: 'entitlement.update', organizationId, target: organizationId };
  await recordInBoth(db, actor, {
    ...event,
    before: { ...(before.entitlements && { entitlements: before.entitlements }) },
    after: { entitlements },
  });
  return ofOrganization(row);
}

/** Whether the subscription of an organization has ended, or waits for a choice: then nothing that its plan includes counts. */
async function hasEnded(db: Db, org_id: string): Promise<boolean> {
  return (await db('subscriptions').where({ org_id }).whereIn('state', ['SUSPENDED', 'CANCELED']).first('org_id')) !== undefined;
}

/** What the plan of an account includes. Throws NotFound. */
export async function getUserEntitlements(db: Db, _actor: Actor, input: { userId: string }): Promise<Entitlements> {
  return ofUser(await findAccount(db, input.userId));
}

/** Says what the plan of an account includes: the kinds of organization that it may create. Throws NotFound. */
export async function replaceUserEntitlements(db: Db, actor: Actor, input: { userId: string } & Replacement): Promise<Entitlements> {
  const before = await findAccount(db, input.userId, true);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const entitlements = inOrder(input.entitlements);
  const [row] = await db('users')
    .where({ id: before.id })
    .update({ entitlements, ...nextVersion(db) })
    .returning(['id', 'entitlements', 'version']);
  await record(db, actor, {
    action: 'entitlement.update',
    target: input.userId,
    before: { entitlements: before.entitlements },
    after: { entitlements },
  });
  return ofUser(row);
}

interface Account {
  readonly id: string;
  readonly entitlements: string[];
  readonly version: string;
}

async function findAccount(db: Db, userId: string, lock = false): Promise<Account> {
  const query = db('users').where({ id: toUuid('user', userId) });
  const row: Account | undefined = await (lock ? query.forNoKeyUpdate() : query).first('id', 'entitlements', 'version');
  if (!row) throw new NotFound();
  return row;
}

function ofUser({ entitlements, version }: Account): Entitlements {
  return { entitlements, etag: etagOf(version) };
}

function ofOrganization({ entitlements, version }: { entitlements: string[] | null; version: string }): Entitlements {
  return { entitlements: entitlements ?? [], limited: entitlements !== null, etag: etagOf(version) };
}

function inOrder(entitlements: readonly string[]): string[] {
  return [...new Set(entitlements)].sort();
}
