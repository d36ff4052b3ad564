import type { Principal } from '../authorization/decisions/actor.ts';
import type { Database } from '../database/database.ts';

/** When keys are used, how often, and from where; written now and then, and not with each request. */
export interface KeyUsage {
  note(principal: Principal, address: string | undefined): void;
  /** Writes what is noted. */
  flush(): Promise<void>;
  /** Writes what is noted, for the last time. */
  stop(): Promise<void>;
}

interface Use {
  readonly organization: string;
  readonly key: string;
  readonly version: number;
  uses: number;
  at: number;
  from: string | null;
}

const every = 30_000;
/** Secrets whose uses wait to be written; with more they are written at once. */
const most = 5_000;

// In one order, so that of two replicas that write the same keys neither waits for the other's.
const flushSql = `
update api_key_secrets x set uses = x.uses + u.uses,
  last_used_at = greatest(x.last_used_at, u.at), last_used_from = case when x.last_used_at > u.at then x.last_used_from else u.address end
from (
  select x.org_id, x.key_id, x.version, u.uses, to_timestamp(u.at / 1000.0) as at, u.address
  from jsonb_to_recordset(?::jsonb) as u (organization uuid, key uuid, version int, uses bigint, at float8, address text)
  join api_key_secrets x on x.org_id = u.organization and x.key_id = u.key and x.version = u.version
  order by x.org_id, x.key_id, x.version for no key update of x
) u
where x.org_id = u.org_id and x.key_id = u.key_id and x.version = u.version`;

/** Notes uses in memory and writes them every half minute, in one statement. What a process that is killed has not written is lost. */
export function createKeyUsage(database: Database, onError: (error: unknown) => void): KeyUsage {
  let noted = new Map<string, Use>();
  const timer = setInterval(() => void flush(), every);
  timer.unref();

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const rows = [...noted.values()].map(({ from, ...use }) => ({ ...use, address: from }));
    noted = new Map();
    try {
      await database.write('platform', (db) => db.raw(flushSql, [JSON.stringify(rows)]));
    } catch (error) {
      onError(error);
    }
  }

  return {
    note({ subject }, address) {
      if (subject.type !== 'api-key' || !subject.home || subject.secret === undefined) return;
      const name = `${subject.uuid} ${subject.secret}`;
      const use = noted.get(name) ?? {
        ...{ organization: subject.home.organization, key: subject.uuid, version: subject.secret },
        ...{ uses: 0, at: 0, from: null },
      };
      use.uses += 1;
      use.at = Date.now();
      use.from = address ?? null;
      noted.set(name, use);
      if (noted.size > most) void flush();
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
