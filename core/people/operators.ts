import { commandLine, record } from '../audit/record.ts';
import { holdHead, listHeads, loadContent } from '../authorization/store/revisions.ts';
import { FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { type Identity, provisionUser } from './users.ts';

const platformRole = /^platform\/[a-z-]+$/;
const ofNobody = new Set(['platform/user', 'platform/controller', 'platform/api-key']);

/**
 * Gives roles of the platform to a user, who is made with these entitlements when not seen before. Only the command line calls this, on a database
 * opened as its owner: the first operator comes from somebody with access to the database, and requests have no right to
 * insert such a grant. Throws InvalidInput for any other role.
 */
export async function addPlatformRoles(
  owned: Database,
  identity: Pick<Identity, 'issuer' | 'subject' | 'email'>,
  roles: readonly string[],
  entitlements: readonly string[],
): Promise<{ id: string }> {
  await owned.read('platform', (db) => refuseUnknown(db, roles));
  const { subject } = await provisionUser(owned, { ...identity, issuedAt: 0 }, commandLine, { entitlements });
  if (subject.type !== 'user') throw new InvalidInput('Only users can hold roles of the platform.');
  await owned.write('platform', async (db) => {
    // Again, because the policy may have lost the role meanwhile: from here on it keeps it until the grant can be seen.
    await holdHead(db, 'platform');
    await refuseUnknown(db, roles);
    const given = await db('platform_grants')
      .insert(roles.map((role) => ({ user_id: subject.uuid, role, granted_by: commandLine.name })))
      .onConflict(['user_id', 'role'])
      .ignore()
      .returning('role');
    if (given.length === 0) return;
    await record(db, commandLine, {
      action: 'operator.add',
      target: subject.id,
      after: { roles: given.map(({ role }: { role: string }) => role) },
    });
  });
  return { id: subject.id };
}

/** A person who holds roles of the platform. */
export interface Operator {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly displayName: string | null;
  readonly roles: readonly string[];
  /** When the first of the roles was given. */
  readonly since: string;
}

/** Everybody who holds a role of the platform, longest first. */
export async function listOperators(owned: Database): Promise<Operator[]> {
  const { rows } = await owned.read('platform', (db) =>
    db.raw(`
      select u.id, u.issuer, u.subject, u.email, u.display_name, array_agg(g.role order by g.role) as roles, min(g.created_at) as since
      from platform_grants g join users u on u.id = g.user_id
      group by u.id order by since, u.id`),
  );
  return (rows as OperatorRow[]).map(({ id, issuer, subject, email, display_name, roles, since }) => ({
    ...{ id: toId('user', id), issuer, subject, email, displayName: display_name, roles },
    since: since.toISOString(),
  }));
}

interface OperatorRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly display_name: string | null;
  readonly roles: string[];
  readonly since: Date;
}

/** Who loses which roles; without roles all of them. */
export interface Removal {
  readonly who: { readonly id: string } | { readonly issuer: string; readonly subject: string };
  readonly roles?: readonly string[] | undefined;
  /** Also when somebody is the last one to hold one of them. */
  readonly last?: boolean | undefined;
}

/**
 * Takes roles of the platform from a user, with the audit event in the same transaction. Throws NotFound for who holds none of them, and
 * FailedPrecondition when nobody would hold one of them any more, unless `last` says that this is wanted.
 */
export async function removePlatformRoles(
  owned: Database,
  { who, roles, last = false }: Removal,
): Promise<{ id: string; roles: string[] }> {
  return owned.write('platform', async (db) => {
    const user = await db('users')
      .where('id' in who ? { id: toUuid('user', who.id) } : { issuer: who.issuer, subject: who.subject })
      .first('id');
    if (!user) throw new NotFound('There is no such user. `tenet operator list` shows who holds roles of the platform.');
    // All holders are locked, so that of two who leave at once the second one sees that the first is gone.
    const held: { user_id: string; role: string }[] = await db('platform_grants')
      .orderBy(['role', 'user_id'])
      .forUpdate()
      .select('user_id', 'role');
    const taken = held.filter(({ user_id, role }) => user_id === user.id && (roles === undefined || roles.includes(role)));
    if (taken.length === 0)
      throw new NotFound(
        `${toId('user', user.id)} holds ${roles === undefined ? 'no role of the platform' : `none of ${roles.join(', ')}`}. \`tenet operator list\` shows who holds which.`,
      );
    const lost = taken.map(({ role }) => role);
    const orphaned = lost.filter((role) => held.every((each) => each.role !== role || each.user_id === user.id));
    if (orphaned.length > 0 && !last)
      throw new FailedPrecondition(
        'failed-precondition',
        `Nobody else holds ${orphaned.join(', ')}. Add another operator first, or say --last when that is wanted; \`tenet operator add\` gives the roles again.`,
      );
    await db('platform_grants').where({ user_id: user.id }).whereIn('role', lost).delete();
    await record(db, commandLine, { action: 'operator.remove', target: toId('user', user.id), before: { roles: lost } });
    return { id: toId('user', user.id), roles: lost };
  });
}

/** A role that no row of the policy in force speaks of would allow nothing, and nobody would notice. */
async function refuseUnknown(db: Db, roles: readonly string[]): Promise<void> {
  const [head] = await listHeads(db, ['platform']);
  const rows = head ? (await loadContent(db, head.scope, head.revision)).rows : [];
  const known = [...new Set(rows.map(([subject]) => subject))].filter((role) => platformRole.test(role) && !ofNobody.has(role)).sort();
  const has = known.length > 0 ? ` The platform policy in force has ${known.join(', ')}.` : '';
  const misnamed = roles.find((role) => !platformRole.test(role) || ofNobody.has(role));
  if (misnamed !== undefined) throw new InvalidInput(`${misnamed} is no role of the platform that a person can hold.${has}`);
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined && known.length > 0)
    throw new InvalidInput(`The platform policy in force knows no role ${unknown}; it has ${known.join(', ')}.`);
}
