import { toId } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { enqueueInTurn } from '../jobs/jobs.ts';

/** How many days before its end a key is told of; the nearest of them, where one was missed. */
const noticeDays: readonly number[] = [14, 3];

const batch = 200;

// A key that was made for less time than that has no such notice: whoever made it knows.
const dueSql = `
insert into key_notices (org_id, key_id, days, expires_at)
select k.org_id, k.id, n.days, k.expires_at
from api_keys k join organizations o on o.id = k.org_id
  join jsonb_to_recordset(?::jsonb) as n (days int, next int)
    on k.expires_at > now() + n.next * interval '1 day' and k.expires_at <= now() + n.days * interval '1 day'
where k.state = 'ACTIVE' and o.state <> 'DELETED' and k.created_at <= k.expires_at - n.days * interval '1 day'
  and not exists (
    select from key_notices x where x.org_id = k.org_id and x.key_id = k.id and x.days = n.days and x.expires_at = k.expires_at)
order by k.org_id, k.id limit ${batch}
on conflict do nothing
returning org_id, key_id, days`;

interface NoticeRow {
  org_id: string;
  key_id: string;
  days: number;
}

/** The daily work: a mail for each key that ends soon, once for each notice. */
export async function noticeKeyEnds(database: Database): Promise<void> {
  while ((await database.write('platform', noticeSome)) === batch);
}

async function noticeSome(db: Db): Promise<number> {
  const notices = noticeDays.map((days, index) => ({ days, next: noticeDays[index + 1] ?? 0 }));
  const { rows } = (await db.raw(dueSql, [JSON.stringify(notices)])) as { rows: NoticeRow[] };
  const jobs = rows.map(({ org_id, key_id, days }) => ({
    payload: { organizationId: toId('organization', org_id), apiKeyId: toId('apiKey', key_id), days },
  }));
  if (jobs.length > 0) await enqueueInTurn(db, 'send-key-notice', jobs);
  return rows.length;
}
