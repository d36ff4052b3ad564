import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** What Tenet knows of a person whom an identity provider names. */
export interface Standing {
  readonly id: string;
  readonly state: string;
  readonly email: string | null;
  /** Tokens that were issued before this are refused. */
  readonly tokensFrom: string | null;
  readonly platformRoles: readonly string[];
}

/** The user with this issuer and subject; undefined when nobody has called as them yet. */
export async function findStanding(db: Db, { issuer, subject }: { issuer: string; subject: string }): Promise<Standing | undefined> {
  const row: { id: string; state: string; email: string | null; not_before: Date | null } | undefined = await db('users')
    .where({ issuer, subject })
    .first('id', 'state', 'email', 'not_before');
  if (!row) return undefined;
  const roles: string[] = await db('platform_grants').where({ user_id: row.id }).orderBy('role').pluck('role');
  return {
    ...{ id: toId('user', row.id), state: row.state, email: row.email, platformRoles: roles },
    tokensFrom: row.not_before?.toISOString() ?? null,
  };
}
