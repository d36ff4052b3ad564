import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { foldEmail } from '../base/email-address.ts';
import { LimitExceeded } from '../base/errors.ts';
import { newId, toUuid } from '../base/ids.ts';
import { newKeySecret } from '../base/key-secret.ts';
import { tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOfEnding } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { findProject } from '../organizations/projects.ts';
import { requireTakeBack } from './giving.ts';
import { holdRoles } from './grants.ts';
import {
  findLink,
  type InvitationLink,
  type InvitationLinkRow,
  type InvitationLinkState,
  type LinkKey,
  linkRows,
  linkStateSql,
  toInvitationLink,
} from './invitation-link-rows.ts';
import { type OrganizationOffer, readOffer, readProjectOffer } from './invitation-offers.ts';
import { type OfferRow, placesOf } from './invitation-rows.ts';

/** The beginning of the token of a link; one of an invitation by mail begins with tnti_. */
export const linkPrefix = 'tntl_';

/** How many an organization has at a time, and makes in a day (docs/limits.md). */
const most = 100;

/** A link with its token, which is shown this once and is nowhere else. */
export interface CreatedInvitationLink extends InvitationLink {
  readonly token: string;
}

interface NewLink {
  readonly organizationId: string;
  /** Of the addresses of people who may use it; without one, any. */
  readonly domains?: readonly string[] | undefined;
  readonly maxUses?: number | undefined;
  readonly expiresInDays?: number | undefined;
  /** When the roles end that are offered. */
  readonly until?: Date | null | undefined;
}

/**
 * Makes a link to roles of the organization. Asks for what an invitation with these roles asks for. Throws InvalidInput for what cannot be
 * offered here, PermissionDenied and LimitExceeded.
 */
export async function createInvitationLink(db: Db, actor: Actor, input: NewLink & OrganizationOffer): Promise<CreatedInvitationLink> {
  const engine = await actor.engine({ organizationId: input.organizationId });
  await holdRoles(db, actor, input);
  return insertLink(db, actor, { ...input, blueprint: engine.blueprint!, offers: await readOffer(db, actor, engine, input) });
}

/** Makes a link to a role of a project. Throws as createInvitationLink. */
export async function createProjectInvitationLink(
  db: Db,
  actor: Actor,
  input: NewLink & { projectId: string; role: string },
): Promise<CreatedInvitationLink> {
  const { organizationId } = input;
  const engine = await actor.engine({ organizationId });
  await holdRoles(db, actor, { organizationId });
  const offers = await readProjectOffer(db, actor, engine, input);
  await findProject(db, input, { lock: true });
  return insertLink(db, actor, { ...input, blueprint: engine.blueprint!, offers });
}

async function insertLink(
  db: Db,
  actor: Actor,
  input: NewLink & { projectId?: string | undefined; blueprint: Blueprint; offers: OfferRow[] },
): Promise<CreatedInvitationLink> {
  const { organizationId, projectId, blueprint, offers, domains = [], maxUses, until } = input;
  const org_id = toUuid('organization', organizationId);
  await refuseTooMany(db, organizationId, org_id);
  const invitationLinkId = newId('invitationLink');
  const id = toUuid('invitationLink', invitationLinkId);
  const token = newKeySecret(linkPrefix);
  await db('invitation_links').insert({
    org_id,
    id,
    project_id: projectId === undefined ? null : toUuid('project', projectId),
    token_hash: tokenHash(token),
    domains: [...new Set(domains.map(foldEmail))].sort(),
    max_uses: maxUses ?? null,
    expires_at: db.raw('now() + make_interval(days => ?)', [input.expiresInDays ?? blueprint.invitations.expireAfterDays]),
    until: until ?? null,
    invited_by: actor.name,
  });
  await db('invitation_link_roles').insert(offers.map((offer) => ({ org_id, link_id: id, ...offer })));
  const link = toInvitationLink(await findLink(db, { organizationId, invitationLinkId }));
  await record(db, actor, { organizationId, action: 'invitation-link.create', target: link.id, after: link });
  return { ...link, token };
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, organizationId: string, org_id: string): Promise<void> {
  const [{ count }] = (await db('invitation_links as l').where({ org_id }).whereRaw(`${linkStateSql} = 'ACTIVE'`).count('* as count')) as [
    { count: string },
  ];
  if (Number(count) >= most) throw new LimitExceeded(`An organization has ${most} active links at most. Revoke one.`, most, Number(count));
  const refusal = `An organization makes ${most} links in a day (UTC) at most.`;
  await spend(db, [{ kind: 'invitation-links', subject: organizationId, amount: 1, limit: most, refusal }]);
}

/** Links of the organization, or those that were made in a project, oldest first; `state` leaves only those in this state. */
export async function listInvitationLinks(
  db: Db,
  _actor: Actor,
  input: PageQuery & { organizationId: string; projectId?: string | undefined; state?: InvitationLinkState | undefined },
): Promise<Page<InvitationLink>> {
  const { organizationId, projectId, state } = input;
  const list = JSON.stringify(['invitation-links', organizationId, projectId, state]);
  const page = readPage(input, list, uuidKey);
  const query = linkRows(db)
    .where({ 'l.org_id': toUuid('organization', organizationId) })
    .where(projectId === undefined ? {} : { 'l.project_id': toUuid('project', projectId) })
    .orderBy('l.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('l.id', '>', page.after);
  if (state !== undefined) query.whereRaw(`${linkStateSql} = ?`, [state]);
  return toPage(await query, page, list, (row: InvitationLinkRow) => row.id, toInvitationLink);
}

/** One link, without its token. Throws NotFound. */
export async function getInvitationLink(db: Db, _actor: Actor, input: LinkKey): Promise<InvitationLink> {
  return toInvitationLink(await findLink(db, input));
}

/** Ends a link for ever. Asks for what revoking an invitation with its roles asks for. Doing it again changes nothing. */
export async function revokeInvitationLink(
  db: Db,
  actor: Actor,
  input: LinkKey & { preconditions?: Preconditions | undefined },
): Promise<InvitationLink> {
  const before = await findLink(db, input);
  for (const { role, place } of placesOf(before)) await requireTakeBack(actor, place, role);
  checkPreconditions(input.preconditions ?? {}, etagOfEnding(before));
  if (before.state === 'REVOKED') return toInvitationLink(before);
  await db('invitation_links')
    .where({ org_id: before.org_id, id: before.id })
    .update({ revoked_at: db.fn.now(), ...nextVersion(db) });
  const { organizationId, invitationLinkId: target } = input;
  const after = { state: 'REVOKED' };
  await record(db, actor, { organizationId, action: 'invitation-link.revoke', target, before: toInvitationLink(before), after });
  return toInvitationLink(await findLink(db, input));
}
