import { record, recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { refuseManaged } from './managed-by.ts';
import {
  type Cause,
  findOrganization,
  type Organization,
  type OrganizationRow,
  type Suspension,
  suspensionsOf,
  toOrganization,
} from './organizations.ts';

/** Suspends an organization as an operator of the installation, for a reason that its members read; a reason that was given before is replaced. */
export async function suspendOrganization(db: Db, actor: Actor, input: { organizationId: string; reason: string }): Promise<Organization> {
  return change(db, actor, input, { action: 'organization.suspend', isOfPlatform: true, set: { cause: 'OPERATOR', reason: input.reason } });
}

/** Ends the suspension by an operator. What was archived before is archived again. */
export async function resumeOrganization(db: Db, actor: Actor, input: { organizationId: string }): Promise<Organization> {
  return change(db, actor, input, { action: 'organization.resume', isOfPlatform: true, end: 'OPERATOR' });
}

/** Archives an organization from inside: it can be looked at, and nothing in it changes. Throws managed-by, and FailedPrecondition while an operator has suspended it. */
export async function archiveOrganization(db: Db, actor: Actor, input: { organizationId: string; reason?: string | undefined }) {
  return change(db, actor, input, { action: 'organization.archive', set: { cause: 'ARCHIVE', reason: input.reason } });
}

/** Takes an organization out of the archive. Throws managed-by, and FailedPrecondition while an operator has suspended it. */
export async function unarchiveOrganization(db: Db, actor: Actor, input: { organizationId: string }): Promise<Organization> {
  return change(db, actor, input, { action: 'organization.unarchive', end: 'ARCHIVE' });
}

interface Change {
  readonly action: string;
  /** Asked for by an operator: the platform's audit log says so too. */
  readonly isOfPlatform?: boolean;
  readonly set?: { readonly cause: Cause; readonly reason: string | undefined };
  readonly end?: Cause;
}

async function change(db: Db, actor: Actor, { organizationId }: { organizationId: string }, what: Change): Promise<Organization> {
  const before = await findOrganization(db, toUuid('organization', organizationId), { lock: true });
  if (!what.isOfPlatform) refuseOthers(before, actor);
  const suspensions = suspensionsAfter(before, what);
  if (suspensions === undefined) return toOrganization(before);
  const after = await writeSuspensions(db, before, suspensions);
  await (what.isOfPlatform ? recordInBoth : record)(db, actor, suspensionEvent(what.action, before, after));
  return toOrganization(after);
}

function refuseOthers(row: OrganizationRow, actor: Actor): void {
  refuseManaged(row.managed_by, actor);
  if (row.suspensions.OPERATOR)
    throw new FailedPrecondition(
      'failed-precondition',
      'An operator of this installation has suspended the organization. Only an operator can resume it.',
    );
}

/** Nothing when it is so already. */
function suspensionsAfter({ state, suspensions }: OrganizationRow, { set, end }: Change): OrganizationRow['suspensions'] | undefined {
  if (set) {
    const present = suspensions[set.cause];
    if (present && present.reason === set.reason) return undefined;
    const since = present?.since ?? new Date().toISOString();
    return { ...suspensions, [set.cause]: { since, ...(set.reason !== undefined && { reason: set.reason }) } };
  }
  const { [end!]: _, ...rest } = suspensions;
  const isOver = state === 'ACTIVE' || (!suspensions[end!] && Object.keys(rest).length > 0);
  return isOver ? undefined : rest;
}

/** The state of an organization that is not deleted. */
export function stateUnder(suspensions: OrganizationRow['suspensions']): 'SUSPENDED' | 'ACTIVE' {
  return Object.keys(suspensions).length > 0 ? 'SUSPENDED' : 'ACTIVE';
}

/** The organization with these suspensions, and in the state that follows from them. What a manifest archived is forgotten with the archive. */
export async function writeSuspensions(db: Db, row: OrganizationRow, suspensions: OrganizationRow['suspensions'], more: object = {}) {
  const [after]: OrganizationRow[] = await db('organizations')
    .where({ id: row.id })
    .update({
      ...more,
      state: stateUnder(suspensions),
      suspensions: JSON.stringify(suspensions),
      ...(!suspensions.ARCHIVE && { archived_by: null }),
      ...nextVersion(db),
    })
    .returning('*');
  return after!;
}

/** What the audit says of a change of suspensions. */
export function suspensionEvent(action: string, before: OrganizationRow, after: OrganizationRow) {
  const organizationId = toId('organization', after.id);
  return { action, organizationId, target: organizationId, before: shownSuspensions(before), after: shownSuspensions(after) };
}

function shownSuspensions(row: Pick<OrganizationRow, 'state' | 'suspensions'>): {
  state: OrganizationRow['state'];
  suspensions?: Suspension[];
} {
  return { state: row.state, ...suspensionsOf(row) };
}
