import { LRUCache } from 'lru-cache';
import type { Principal } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import type { Database } from '../database/database.ts';

/** When members are active in their organizations, and when with a second factor; written now and then, and not with each request. */
export interface MemberActivity {
  note(principal: Principal, organizationId: string): void;
  /** Writes what is noted. */
  flush(): Promise<void>;
  /** Writes what is noted, for the last time. */
  stop(): Promise<void>;
}

interface Activity {
  readonly organization: string;
  readonly user: string;
  readonly seen: number;
  /** Zero where it was without a second factor. */
  readonly factor: number;
}

const every = 30_000;
/** Members whose activity waits to be written; with more it is written at once. */
const most = 5_000;
/** So long nothing more is written of a member, but that they show a second factor. */
const quiet = 3_600_000;

// A member whose row is being changed is left for the next time, so that nobody waits for anybody here.
const flushSql = `
update members m set last_seen_at = greatest(m.last_seen_at, a.seen_at), second_factor_at = greatest(m.second_factor_at, a.factor_at)
from (
  select m.org_id, m.user_id, to_timestamp(a.seen / 1000.0) as seen_at,
    case when a.factor > 0 then to_timestamp(a.factor / 1000.0) end as factor_at
  from jsonb_to_recordset(?::jsonb) as a (organization uuid, "user" uuid, seen float8, factor float8)
  join members m on m.org_id = a.organization and m.user_id = a."user" and m.state <> 'REMOVED'
  order by m.org_id, m.user_id for no key update of m skip locked
) a
where m.org_id = a.org_id and m.user_id = a.user_id
returning m.org_id, m.user_id`;

/** Notes activity in memory and writes it every half minute, in one statement. What a process that is killed has not written is lost. */
export function createMemberActivity(database: Database, onError: (error: unknown) => void): MemberActivity {
  const written = new LRUCache<string, Activity>({ max: 50_000 });
  let noted = new Map<string, Activity>();
  const timer = setInterval(() => void flush(), every);
  timer.unref();

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const rows = noted;
    noted = new Map();
    for (const [name, activity] of rows) written.set(name, activity);
    try {
      const result = await database.write('platform', (db) => db.raw(flushSql, [JSON.stringify([...rows.values()])]));
      const done = new Set((result.rows as { org_id: string; user_id: string }[]).map(({ org_id, user_id }) => nameOf(org_id, user_id)));
      // What was left out is noted again with their next request.
      for (const name of rows.keys()) if (!done.has(name)) written.delete(name);
    } catch (error) {
      for (const name of rows.keys()) written.delete(name);
      onError(error);
    }
  }

  return {
    note({ subject }, organizationId) {
      if (subject.type !== 'user') return;
      const seen = Date.now();
      const factor = (subject.signIn?.secondFactorUntil ?? 0) > seen ? seen : 0;
      const organization = toUuid('organization', organizationId);
      const name = nameOf(organization, subject.uuid);
      const before = noted.get(name) ?? written.get(name);
      if (before !== undefined && seen - before.seen < quiet && (factor === 0 || factor - before.factor < quiet)) return;
      noted.set(name, { organization, user: subject.uuid, seen, factor: Math.max(factor, before?.factor ?? 0) });
      if (noted.size > most) void flush();
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

function nameOf(organization: string, user: string): string {
  return `${organization} ${user}`;
}
