import { newId, toUuid } from '../../core/base/ids.ts';
import { type Database, openDatabase } from '../../core/database/database.ts';
import { migrate } from '../../core/database/migrate.ts';
import { createDatabase, templateDatabase } from './postgres.ts';

/** The uuid of a new id of this kind. */
export const uuid = (
  kind: 'organization' | 'user' | 'project' | 'grant' | 'invitation' | 'role' | 'decision' | 'export' | 'resource' | 'webhook' | 'replica',
) => toUuid(kind, newId(kind));

type Row = Record<string, unknown>;

/** Opens a database of its own for a test file, filled for this user and these organizations; `stop` drops it. */
export async function startFilled(
  user_id: string,
  organizations: readonly string[],
): Promise<{ database: Database; url: string; stop(): Promise<void> }> {
  await templateDatabase('schema', async (url) => void (await migrate(url)));
  const copy = await createDatabase('schema');
  const database = openDatabase(copy.url, { size: 4, onError: () => undefined });
  await fill(database, user_id, organizations);
  const stop = async (): Promise<void> => {
    await database.close();
    await copy.drop();
  };
  return { database, url: copy.url, stop };
}

/** Inserts a user and organizations, each with a row in every table that belongs to an organization. */
async function fill(database: Database, user_id: string, organizations: readonly string[]): Promise<void> {
  await database.write('platform', async (db) => {
    await db('users').insert({ id: user_id, issuer: 'https://idp.example.com', subject: 'alice' });
    for (const org_id of organizations) {
      await db('organizations').insert({ id: org_id, slug: org_id, name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
      for (const [table, row] of Object.entries(rowsOf(org_id, user_id))) await db(table).insert(row());
      await db.raw("select append_audit_event(?, now(), 'a', 'b', 'c', 'SUCCEEDED', '{}')", [org_id]);
    }
  });
}

/** A fresh row for each table that belongs to an organization. */
export function rowsOf(org_id: string, user_id: string): Record<string, () => Row> {
  return {
    members: () => ({ org_id, user_id }),
    projects: () => ({ org_id, id: uuid('project'), slug: uuid('project'), name: 'Project' }),
    roles: () => ({ org_id, id: uuid('role'), title: uuid('role'), tier: 'org.member' }),
    grants: () => ({ org_id, id: uuid('grant'), user_id, role: uuid('role'), source: 'DIRECT', granted_by: 'test' }),
    invitations: () => ({
      org_id,
      id: uuid('invitation'),
      email: `${uuid('user')}@example.com`,
      token_hash: Buffer.from(uuid('invitation')),
      expires_at: new Date(),
      invited_by: 'test',
    }),
    exports: () => ({ org_id, id: uuid('export'), kind: 'AUDIT_EVENTS', format: 'CSV', created_by: 'test', expires_at: new Date() }),
    resources: () => ({ org_id, id: uuid('resource'), type: 'connection', name: 'R', created_by: 'test' }),
    webhooks: () => ({
      ...{
        org_id,
        id: uuid('webhook'),
        name: 'Billing',
        url: 'https://billing.example.com',
        secret_sealed: 'nothing',
      },
      ...{ position: 0, created_by: 'test' },
    }),
    decisions: () => ({ org_id, id: uuid('decision'), subject: user_id, record: '{}' }),
  };
}

/** A policy revision with these rows. */
export function revision(rows: unknown[]): Row {
  return {
    scope: 'blueprint/test',
    revision: 2,
    model: '',
    rows: JSON.stringify(rows),
    sources: JSON.stringify(rows.map(() => ({}))),
    sha256: '0'.repeat(64),
    author: 'test',
    reason: 'test',
  };
}
