import { recordAll } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type HeldRow, isPresent, presentGrant, toHeldRole } from '../authorization/decisions/held-roles.ts';
import { findRole, type KnownRole } from '../authorization/decisions/roles.ts';
import { subjectOf } from '../authorization/decisions/subjects.ts';
import { counted } from '../base/counted.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { refuseManaged } from '../organizations/managed-by.ts';
import { requireAssign, requireUnassignAll } from './giving.ts';
import { type Grant, type GrantRow, grantRows, hasEnded, isToCome, managerOf, toGrant } from './grants.ts';

/** So much is listed, and so much is handed over by one request, at most. */
const maxShown = 100;
const maxHandedOver = 1_000;

/** The grants that are about a role: of it, or to its holders. */
function usesOf(db: Db, organizationId: string, role: string) {
  return grantRows(db, organizationId)
    .where((about) => about.where('g.role', role).orWhere('g.subject_role', role))
    .orderBy('g.id');
}

/** Where pending invitations and links that still work say what they offer. */
const offerings = [
  { roles: 'invitation_roles', of: 'invitation_id', from: 'invitations', open: "i.state = 'PENDING'" },
  { roles: 'invitation_link_roles', of: 'link_id', from: 'invitation_links', open: 'i.revoked_at is null' },
] as const;

function offersOf(db: Db, org_id: string, role: string, { roles, of, from, open }: (typeof offerings)[number]) {
  return db(`${roles} as r`)
    .join(`${from} as i`, (on) => on.on('i.org_id', 'r.org_id').andOn('i.id', `r.${of}`))
    .where({ 'r.org_id': org_id, 'r.role': role })
    .whereRaw(open);
}

async function countOffers(db: Db, org_id: string, role: string): Promise<number> {
  let total = 0;
  for (const offering of offerings) {
    const query = offersOf(db, org_id, role, offering).whereRaw('least(i.expires_at, i.until) > now()');
    total += Number(((await query.count('* as count')) as [{ count: string }])[0].count);
  }
  return total;
}

/** What is about a role: the first of the grants, and how many grants, pending invitations and links. */
interface RoleUses {
  readonly rows: readonly GrantRow[];
  readonly grants: number;
  readonly invitations: number;
}

/** What holds the role, what it holds itself, and how many pending invitations offer it; undefined when nothing does. */
export async function roleUses(db: Db, organizationId: string, { id }: KnownRole): Promise<RoleUses | undefined> {
  const org_id = toUuid('organization', organizationId);
  const rows: (GrantRow & { total: number })[] = await usesOf(db, organizationId, id)
    .whereRaw(presentGrant)
    .limit(maxShown)
    .select(db.raw('count(*) over ()::int as total'));
  const invitations = await countOffers(db, org_id, id);
  const grants = rows[0]?.total ?? 0;
  return grants + invitations === 0 ? undefined : { rows, grants, invitations };
}

/** `2 grants and 0 pending invitations or links are about this role`. */
function usesInWords({ grants, invitations }: RoleUses): string {
  return `${counted(grants, 'grant')} and ${counted(invitations, 'pending invitation or link', 'pending invitations or links')} are about this role`;
}

/** So many holders are named in a sentence. */
const maxNamed = 5;

/** What is about the role, with its first holders by id, as one sentence. */
export function usesSentence(uses: RoleUses): string {
  const holders = [...new Set(uses.rows.map((row) => subjectOf(row).id))];
  const named = holders.slice(0, maxNamed).join(', ');
  const more = holders.length > maxNamed || uses.grants > uses.rows.length ? ' and more' : '';
  return `${usesInWords(uses)}${named === '' ? '' : ` (${named}${more})`}.`;
}

/** Throws role-in-use with what holds the role, what it holds itself, and how many pending invitations offer it. */
export async function refuseInUse(db: Db, organizationId: string, role: KnownRole): Promise<void> {
  const uses = await roleUses(db, organizationId, role);
  if (!uses) return;
  const { rows, grants, invitations } = uses;
  throw new FailedPrecondition(
    'role-in-use',
    `${usesInWords(uses)}. Name a successor that takes its place in them, or revoke them first.`,
    {
      blockers: rows.map((row) => ({ grantId: toId('grant', row.id), subject: subjectOf(row), role: row.role })),
      grants,
      invitations,
    },
  );
}

/**
 * Puts the successor in the place of a role wherever it is held, holds something itself or is offered. Asks for what giving the successor there asks for, and for
 * `unassign` on every role that a holder has in the same place. Throws InvalidInput for a successor that is held elsewhere, and managed-by.
 */
export async function handOverRole(
  db: Db,
  actor: Actor,
  { organizationId, role, successor }: { organizationId: string; role: KnownRole; successor: string },
): Promise<void> {
  const org_id = toUuid('organization', organizationId);
  const engine = await actor.engine({ organizationId });
  const next = successor === role.id ? undefined : findRole(engine, successor);
  if (next?.level !== role.level) {
    const detail = `must be another role that is held ${role.level === 'org' ? 'in the organization' : 'in projects'}`;
    throw new InvalidInput('This role cannot take the place of the other.', [{ parameter: 'successor', detail }]);
  }
  if (engine.blueprint!.roles.find(({ id }) => id === successor)?.requires) {
    throw new InvalidInput('This role cannot take the place of the other.', [
      { parameter: 'successor', detail: 'is only for holders of other roles, so each grant of it is made by itself' },
    ]);
  }
  const uses: GrantRow[] = await usesOf(db, organizationId, role.id).limit(maxHandedOver + 1);
  if (uses.length > maxHandedOver) {
    const detail = `More than ${maxHandedOver} grants are about this role, which is more than one request hands over. Revoke some of them first.`;
    throw new FailedPrecondition('failed-precondition', detail);
  }
  for (const use of uses) refuseManaged(managerOf(use), actor);
  await requireHandOver(db, actor, { organizationId, role, successor, uses });
  await moveGrants(db, actor, { organizationId, role, successor, uses });
  await moveOffers(db, org_id, role.id, successor);
}

interface HandOver {
  readonly organizationId: string;
  readonly role: KnownRole;
  readonly successor: string;
  readonly uses: readonly GrantRow[];
}

/** Who hands a role over gives the successor in each place, and gives its holders what was given to holders of the old one. */
async function requireHandOver(db: Db, actor: Actor, { organizationId, role, successor, uses }: HandOver): Promise<void> {
  const org_id = toUuid('organization', organizationId);
  const places = new Set(uses.filter((use) => use.role === role.id).map(({ project_id }) => project_id));
  for (const offering of offerings) {
    const offers: { project_id: string | null }[] = await offersOf(db, org_id, role.id, offering).distinct('r.project_id');
    for (const { project_id } of offers) places.add(project_id);
  }
  // Also where nothing holds it yet: what it holds itself goes to the holders of the successor.
  if (role.level === 'org') places.add(null);
  for (const project of places) await requireAssign(db, actor, { organizationId, projectId: idOf(project) }, successor);
  const through = new Map(uses.filter(({ subject_role }) => subject_role === role.id).map((use) => [`${use.role} ${use.project_id}`, use]));
  for (const use of through.values()) await requireAssign(db, actor, { organizationId, projectId: idOf(use.project_id) }, use.role);
  const { rows } = await db.raw(
    `select distinct o.role, o.project_id from grants g
     join grants o on o.org_id = g.org_id and o.project_id is not distinct from g.project_id and o.revoked_at is null
       and (o.user_id = g.user_id or o.service_account_id = g.service_account_id)
     where g.org_id = :org_id and g.role = :role and ${presentGrant} and ${isPresent('o')} order by 1, 2`,
    { org_id, role: role.id },
  );
  await requireUnassignAll(actor, organizationId, (rows as HeldRow[]).map(toHeldRole));
}

function idOf(project: string | null): string | undefined {
  return project === null ? undefined : toId('project', project);
}

async function moveGrants(db: Db, actor: Actor, { organizationId, role, successor, uses }: HandOver): Promise<void> {
  const org_id = toUuid('organization', organizationId);
  const renamed = uses.map((use) => ({
    ...use,
    role: use.role === role.id ? successor : use.role,
    subject_role: use.subject_role === role.id ? successor : use.subject_role,
  }));
  const present: GrantRow[] = await usesOf(db, organizationId, successor);
  const known = new Map(present.map((row) => [keyOf(row), row]));
  const lasting = renamed.filter((use) => !hasEnded(use) && use.subject_role !== use.role && !lastsAsLong(known.get(keyOf(use)), use));
  const replaced = lasting.flatMap((use) => known.get(keyOf(use)) ?? []);
  for (const row of replaced) refuseManaged(managerOf(row), actor);
  const ended = [...uses, ...replaced];
  await db('grants')
    .where({ org_id })
    .whereIn(
      'id',
      ended.map(({ id }) => id),
    )
    .update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  const revoked = ended.filter((row) => !hasEnded(row)).map(toGrant);
  const made = await insertMoved(db, actor, org_id, lasting);
  const revocations = revoked.map((grant) => ({ target: grant.id, before: grant }));
  await recordAll(db, actor, { organizationId, action: 'grant.revoke' }, revocations);
  const creations = made.map((grant) => ({ target: grant.id, after: grant }));
  await recordAll(db, actor, { organizationId, action: 'grant.create' }, creations);
}

async function insertMoved(db: Db, actor: Actor, org_id: string, rows: readonly GrantRow[]): Promise<Grant[]> {
  if (rows.length === 0) return [];
  const made = rows.map(({ project_id, user_id, service_account_id, subject_role, role, from_at, begins_at, until, reason, source }) => ({
    ...{ org_id, id: toUuid('grant', newId('grant')), project_id, user_id, service_account_id, subject_role },
    ...{ role, from_at, begins_at, until, reason, source, granted_by: actor.name },
  }));
  const inserted: GrantRow[] = await db('grants').insert(made).returning('*');
  return inserted.map((row, index) => toGrant({ ...rows[index]!, ...row }));
}

function keyOf({ project_id, user_id, service_account_id, subject_role, role }: GrantRow): string {
  return [project_id, user_id, service_account_id, subject_role, role].join(' ');
}

/** Whether a grant of the successor that is there already leaves nothing to add. */
function lastsAsLong(there: GrantRow | undefined, use: GrantRow): boolean {
  if (there === undefined || hasEnded(there)) return false;
  if (isToCome(there) && !isToCome(use)) return false;
  return there.until === null || (use.until !== null && there.until >= use.until);
}

/** What offers both goes on to offer the successor. Its author has to be somebody who may offer it when somebody joins by it. */
async function moveOffers(db: Db, org_id: string, role: string, successor: string): Promise<void> {
  for (const offering of offerings) {
    const { roles, of, from } = offering;
    const offers: { id: string }[] = await offersOf(db, org_id, role, offering).select('i.id');
    const ids = offers.map(({ id }) => id);
    await db.raw(
      `delete from ${roles} r where r.org_id = :org_id and r.role = :role and r.${of} = any(:ids::uuid[]) and exists (
         select from ${roles} s where s.org_id = r.org_id and s.${of} = r.${of}
           and s.project_id is not distinct from r.project_id and s.role = :successor)`,
      { org_id, role, successor, ids },
    );
    await db(roles).where({ org_id, role }).whereIn(of, ids).update({ role: successor });
    await db(from).where({ org_id }).whereIn('id', ids).update(nextVersion(db));
  }
}
