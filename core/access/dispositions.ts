import { record } from '../audit/record.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { authorityOf, subjectNamed } from '../authorization/decisions/subjects.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { ApiKeyRow } from './api-key-rows.ts';
import { allKeyRows } from './api-key-rows.ts';
import { revokeKeys } from './api-keys.ts';
import { mayOffer, requireOffer } from './giving.ts';
import { endSql, type InvitationRow, invitationRows, placesOf } from './invitation-rows.ts';
import { revokeInvitation } from './invitations.ts';
import { deleteServiceAccount, type ServiceAccountRow } from './service-accounts.ts';

/** What becomes of the work of a member who goes; what is not said stays. Roles and keys of the member are no work: they go with the member. */
export interface Disposition {
  /** Invitations by the member that nobody has answered. */
  readonly invitations?: 'KEEP' | 'REVOKE' | 'TRANSFER';
  /** Who stands behind transferred invitations; the caller unless another member is named. One who leaves names one. */
  readonly successorId?: string;
  /** Service accounts that the member made. */
  readonly serviceAccounts?: 'KEEP' | 'REVOKE';
  /** Keys of service accounts that the member made, and whose secret they have seen. */
  readonly apiKeys?: 'KEEP' | 'REVOKE';
}

/** A member who goes, in an organization. */
interface Leaver {
  readonly organizationId: string;
  readonly userId: string;
}

/** How many of each are revoked or transferred in one request (docs/limits.md). */
const most = 200;

/** Whether this column names the user, or a key of theirs. */
export const madeBy = (column: string): string => `(${column} = :name or starts_with(${column}, :name || '/'))`;

/**
 * Does with the work of a member what is asked for, and asks for each thing what the operation for it alone asks for. Throws InvalidInput for
 * a successor who cannot stand behind an invitation, and FailedPrecondition when there is too much of it for one request.
 */
export async function disposeOfWork(db: Db, actor: Actor, leaver: Leaver, disposition: Disposition): Promise<void> {
  const { invitations = 'KEEP', serviceAccounts = 'KEEP', apiKeys = 'KEEP', successorId } = disposition;
  if (successorId !== undefined && invitations !== 'TRANSFER')
    throw new InvalidInput('There is nothing to succeed in.', [
      { pointer: '#/disposition/successorId', detail: 'is only for invitations that are transferred: say TRANSFER, or leave it out' },
    ]);
  if (invitations === 'REVOKE') await revokeInvitations(db, actor, leaver);
  if (invitations === 'TRANSFER') await transferInvitations(db, actor, leaver, successorId);
  if (serviceAccounts === 'REVOKE') await deleteServiceAccounts(db, actor, leaver);
  if (apiKeys === 'REVOKE') await revokeKeysMade(db, actor, leaver);
}

async function pendingOf(db: Db, { organizationId, userId }: Leaver): Promise<InvitationRow[]> {
  const rows = (await invitationRows(db)
    .where({ org_id: toUuid('organization', organizationId), state: 'PENDING' })
    .whereNull('managed_by')
    .whereRaw(`${endSql} > now() and ${madeBy('invited_by')}`, { name: userId })
    .orderBy('id')
    .limit(most + 1)) as InvitationRow[];
  return bounded(rows, 'invitations');
}

function bounded<T>(rows: T[], what: string): T[] {
  if (rows.length <= most) return rows;
  throw new FailedPrecondition(
    'failed-precondition',
    `The member made more than ${most} ${what} that are still there. One request takes ${most}: revoke some of them first.`,
  );
}

async function revokeInvitations(db: Db, actor: Actor, leaver: Leaver): Promise<void> {
  const { organizationId } = leaver;
  for (const row of await pendingOf(db, leaver)) {
    await actor.require('invitation', 'revoke', placeOf(row));
    await revokeInvitation(db, actor, { organizationId, invitationId: toId('invitation', row.id) });
  }
}

async function transferInvitations(db: Db, actor: Actor, leaver: Leaver, successorId?: string): Promise<void> {
  const { organizationId } = leaver;
  const successor = await findSuccessor(db, actor, leaver, successorId);
  const engine = await actor.engine({ organizationId });
  for (const row of await pendingOf(db, leaver)) {
    await actor.require('invitation', 'create', placeOf(row));
    for (const { role, place } of placesOf(row)) {
      await requireOffer(db, actor, place, role);
      if (await mayOffer(db, engine, subjectNamed(successor), place, role)) continue;
      throw refuseSuccessor(`must be a member who may offer the role ${role}, which an invitation offers`);
    }
    await db('invitations')
      .where({ org_id: row.org_id, id: row.id })
      .update({ invited_by: successor, ...nextVersion(db) });
    await record(db, actor, {
      organizationId,
      action: 'invitation.update',
      target: toId('invitation', row.id),
      before: { invitedBy: row.invited_by },
      after: { invitedBy: successor },
    });
  }
}

async function findSuccessor(db: Db, actor: Actor, { organizationId, userId }: Leaver, successorId?: string): Promise<string> {
  const id = successorId ?? authorityOf(actor.principal.subject)?.id ?? actor.name;
  if (id === userId && successorId === undefined)
    throw refuseSuccessor('is needed: the member who takes over the invitations of the one who goes');
  if (id === userId) throw refuseSuccessor('must be another member than the one who goes');
  if (successorId === undefined) return id;
  const key = { org_id: toUuid('organization', organizationId), user_id: toUuid('user', id), state: 'ACTIVE' };
  if (!(await db('members').where(key).first('user_id'))) throw refuseSuccessor('must be an active member of the organization');
  return id;
}

const refuseSuccessor = (detail: string): InvalidInput =>
  new InvalidInput('The invitations cannot be transferred to this member.', [{ pointer: '#/disposition/successorId', detail }]);

async function deleteServiceAccounts(db: Db, actor: Actor, { organizationId, userId }: Leaver): Promise<void> {
  const rows: ServiceAccountRow[] = await db('service_accounts')
    .where({ org_id: toUuid('organization', organizationId), state: 'ACTIVE' })
    .whereNull('managed_by')
    .whereRaw(madeBy('created_by'), { name: userId })
    .orderBy('id')
    .limit(most + 1);
  for (const row of bounded(rows, 'service accounts')) {
    const place = placeOf(row);
    await actor.require('service-account', 'delete', place);
    await deleteServiceAccount(db, actor, { ...place, serviceAccountId: toId('serviceAccount', row.id) });
  }
}

async function revokeKeysMade(db: Db, actor: Actor, { organizationId, userId }: Leaver): Promise<void> {
  const rows: ApiKeyRow[] = await allKeyRows(db, toUuid('organization', organizationId))
    .where({ 'k.state': 'ACTIVE' })
    .whereNotNull('k.service_account_id')
    .whereRaw(madeBy('k.created_by'), { name: userId })
    .orderBy('k.id')
    .limit(most + 1);
  const keys = bounded(rows, 'API keys');
  for (const project of new Set(keys.map(({ project_id }) => project_id))) {
    await actor.require('api-key', 'revoke', placeOf({ org_id: keys[0]!.org_id, project_id: project }));
  }
  await revokeKeys(db, actor, keys);
}

function placeOf({ org_id, project_id }: { org_id: string; project_id: string | null }): Place & { organizationId: string } {
  return { organizationId: toId('organization', org_id), ...(project_id !== null && { projectId: toId('project', project_id) }) };
}
