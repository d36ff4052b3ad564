import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { ManagedBy } from '../organizations/managed-by.ts';
import { type Holder, refuseLast } from '../people/platform-roles.ts';

/** Why a person cannot be erased yet, and what they can do. */
export interface ErasureBlocker {
  readonly reason: 'OWNER' | 'LAST_AT_TOP' | 'OFFERED_OWNERSHIP' | 'MANAGED' | 'LAST_OPERATOR';
  readonly organizationId?: string;
  readonly detail: string;
}

/** An organization that the person belongs to, and what they are in it. */
export interface Belonging {
  readonly org_id: string;
  readonly name: string;
  readonly state: string;
  readonly is_owner: boolean;
  readonly is_last: boolean;
  readonly is_offered: boolean;
  readonly managed_by: ManagedBy | null;
}

const belongingsSql = `
select o.id as org_id, o.name, o.state, m.managed_by, coalesce(o.owner_id = m.user_id, false) as is_owner,
  may_own(o.id, m.user_id) and not exists (
    select from grants g join members x using (org_id, user_id)
    where g.org_id = o.id and g.user_id <> m.user_id and g.project_id is null and g.role = o.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and x.state = 'ACTIVE'
  ) as is_last,
  exists (
    select from ownership_transfers t where t.org_id = o.id and t.recipient_id = m.user_id and t.state = 'OFFERED' and t.expires_at > now()
  ) as is_offered
from members m join organizations o on o.id = m.org_id
where m.user_id = :user and m.state <> 'REMOVED' and o.personal_of is null
order by o.id`;

/** The organizations that a user belongs to, but for the personal one. They are locked in the order of their ids, with those in which the user holds roles without being a member. */
export async function lockBelongings(db: Db, userUuid: string): Promise<Belonging[]> {
  const mine = db('members')
    .where({ user_id: userUuid })
    .whereNot('state', 'REMOVED')
    .select('org_id')
    .union(db('grants').where({ user_id: userUuid, revoked_at: null }).select('org_id'));
  await db('organizations').whereIn('id', mine).orderBy('id').forNoKeyUpdate().select('id');
  // A statement of its own, which sees what the lock waited for.
  return (await db.raw(belongingsSql, { user: userUuid })).rows;
}

/** Throws erasure-blocked with everything that the person has to settle first. */
export async function refuseBlocked(
  db: Db,
  actor: Actor,
  { userUuid, belongings, holders }: { userUuid: string; belongings: readonly Belonging[]; holders: readonly Holder[] },
): Promise<void> {
  await refuseSuspended(db, userUuid);
  const blockers = [...belongings.flatMap(blockersIn), ...(await operatorBlockers(actor, userUuid, holders))];
  if (blockers.length === 0) return;
  const [first] = blockers;
  const more = blockers.length === 1 ? '' : ` The member erasureBlockers lists all ${blockers.length} of them.`;
  throw new FailedPrecondition('erasure-blocked', `${first!.detail}${more} Nothing was erased.`, {
    erasureBlockers: blockers.slice(0, most),
  });
}

/** Blockers that a problem lists. */
const most = 100;

function blockersIn({ org_id, name, state, managed_by, is_owner, is_last, is_offered }: Belonging): ErasureBlocker[] {
  // A deleted organization needs no owner.
  if (state === 'DELETED') return [];
  const blocked = (reason: ErasureBlocker['reason'], detail: string): ErasureBlocker => ({
    reason,
    organizationId: toId('organization', org_id),
    detail,
  });
  const found: ErasureBlocker[] = [];
  if (is_owner)
    found.push(
      blocked(
        'OWNER',
        `You own ${name}. Transfer the ownership (createOwnershipTransfer), or delete the organization (deleteOrganization).`,
      ),
    );
  else if (is_last)
    found.push(
      blocked(
        'LAST_AT_TOP',
        `Only you are at the top level of ${name}. Give that role to somebody else (createGrant), or delete the organization (deleteOrganization).`,
      ),
    );
  if (is_offered)
    found.push(blocked('OFFERED_OWNERSHIP', `The ownership of ${name} is offered to you. Decline it first (declineOwnershipTransfer).`));
  if (managed_by !== null)
    found.push(
      blocked(
        'MANAGED',
        `The manifest ${managed_by.kind} ${managed_by.name} says that you are a member of ${name}. Ask its administrators to take you out of it.`,
      ),
    );
  return found;
}

/** What an operator has decided about the personal organization; that a trial is over, or the plan cancelled, is the person's own affair. */
const heldBackSql = `jsonb_exists(o.suspensions, 'OPERATOR') or (not o.entitled and not exists (
  select from subscriptions s where s.org_id = o.id and (s.is_trial_over or s.state = 'CANCELED')))`;

/** Otherwise the person signs in again and has a personal organization of which nothing is held back. */
async function refuseSuspended(db: Db, userUuid: string): Promise<void> {
  const own = db('organizations as o').where({ 'o.personal_of': userUuid }).whereNot({ 'o.state': 'DELETED' });
  const row: { id: string } | undefined = await own.whereRaw(`(${heldBackSql})`).forNoKeyUpdate().first('o.id');
  if (!row) return;
  const detail =
    'An operator of this installation has suspended your personal organization, or what its plan includes. Ask them to give it back first.';
  throw new FailedPrecondition('failed-precondition', detail);
}

async function operatorBlockers(actor: Actor, userUuid: string, holders: readonly Holder[]): Promise<ErasureBlocker[]> {
  const lost = holders.find(({ id }) => id === userUuid)?.roles ?? [];
  try {
    refuseLast(await actor.engine({}), holders, { userUuid, lost, left: [], hint: 'Add another operator first (addOperator).' });
    return [];
  } catch (error) {
    if (!(error instanceof FailedPrecondition)) throw error;
    return [{ reason: 'LAST_OPERATOR', detail: error.message }];
  }
}
