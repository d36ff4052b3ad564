import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { loadSnapshot } from '../../../core/policy-snapshots/loading.ts';
import { createPseudonyms, type Pseudonyms } from '../../../core/policy-snapshots/pseudonyms.ts';
import { snapshotText } from '../../../core/policy-snapshots/writing.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

export const pseudonyms = createPseudonyms(Buffer.alloc(32, 7));

/** Writes a snapshot of a database into a file. */
export async function writeTo(file: string, database: Database, by: Pseudonyms = pseudonyms): Promise<void> {
  await database.observe('platform', (db) => pipeline(Readable.from(snapshotText(db, by)), createGzip(), createWriteStream(file)));
}

/** Works with a directory that is gone afterwards. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tenet-snapshot-test-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Works with a database that a file was loaded into. */
export async function withLoaded<T>(file: string, work: (database: Database, url: string) => Promise<T>): Promise<T> {
  await templateDatabase('schema', async (url) => void (await migrate(url)));
  const copy = await createDatabase('schema');
  try {
    await loadSnapshot(copy.url, file);
    const database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    try {
      return await work(database, copy.url);
    } finally {
      await database.close();
    }
  } finally {
    await copy.drop();
  }
}

/** A client that writes without triggers and foreign keys. */
export async function withWriter<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Gives each organization of a database what others are offered in it, open and over, and roles of its own. */
export function withOffers(url: string): Promise<unknown> {
  return withWriter(url, (client) =>
    client.query(`
      insert into roles (org_id, id, title, tier, permissions) select id, uuidv7(), 'Painters of ' || id, 'org.guest', '{}' from organizations;
      insert into invitations (org_id, id, email, token_hash, expires_at, invited_by)
        select id, uuidv7(), 'guest-' || n || '@example.com', sha256((id::text || n)::bytea), now() + (n - 1) * interval '1 day', 'test'
        from organizations, generate_series(0, 2) n;
      insert into invitation_roles (org_id, invitation_id, role) select org_id, id, 'org.guest' from invitations;
      insert into invitation_links (org_id, id, token_hash, expires_at, invited_by, max_uses, uses)
        select id, uuidv7(), sha256((id::text || n)::bytea), now() + interval '1 day', 'test', 3, 2 + n from organizations, generate_series(0, 1) n;
      insert into invitation_link_roles (org_id, link_id, role) select org_id, id, 'org.helper' from invitation_links`),
  );
}

/** Lets what begins and ends, of rights and of the time for a second factor, do so some minutes before or after now. */
export function withNearTimes(url: string): Promise<unknown> {
  const side = (id: string): string =>
    `(case when hashtext(${id}::text) % 2 = 0 then 1 else -1 end) * interval '7 minutes 1.234567 seconds'`;
  return withWriter(url, (client) =>
    client.query(`
      update grants set until = now() + ${side('id')} where until is not null;
      update grants set from_at = now() + ${side("md5(id::text || 'from')")} where from_at is not null;
      update grants set until = '9999-12-31 23:59:59+00' where hashtext(id::text) % 5 = 0;
      update api_keys set expires_at = now() + ${side('id')} where expires_at is not null;
      update api_keys set expires_at = now() + interval '7 minutes' where id = (select id from api_keys where state = 'ACTIVE' order by id limit 1);
      update support_accesses set until = now() + ${side('id')};
      update mfa_requirements set began_at = now() - interval '3 days' + ${side('org_id')}, grace_days = 3;
      insert into mfa_requirements (org_id, began_at, ended_at, grace_days)
        select org_id, began_at - interval '2 minutes', began_at - n * interval '20 seconds', 3 from mfa_requirements, generate_series(1, 2) n;
      update members set first_joined_at = now() - interval '3 days' + ${side('user_id')} where hashtext(user_id::text) % 3 <> 0`),
  );
}
