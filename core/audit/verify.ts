import { createHash } from 'node:crypto';
import type { Db } from '../database/database.ts';

/** What a chain looks like when it is recomputed. */
export interface ChainReport {
  /** The uuid of the organization, or that of the platform's own chain. */
  readonly chain: string;
  /** Events that hold, counted from the first. */
  readonly events: number;
  /** Where it breaks first; absent when all of it holds. */
  readonly broken?: { readonly sequence: number; readonly reason: string };
}

interface Link {
  seq: string;
  event: string;
  prev_hash: Buffer;
  hash: Buffer;
  at: Date;
  actor: string;
  action: string;
  target: string;
  outcome: string;
}

const pageSize = 1_000;

/** The uuids of all chains that have events or a head, in their order; `db` is in the scope `platform`. */
export async function listChains(db: Db): Promise<string[]> {
  const { rows } = await db.raw('select org_id from audit_heads union select org_id from audit_events order by org_id');
  return (rows as { org_id: string }[]).map(({ org_id }) => org_id);
}

/**
 * Recomputes the chain of an organization (its uuid) page by page and names the first sequence number that does not hold: an event
 * that was altered, is missing or was put in, a column that says something else than the event, or an end that is not what the
 * head remembers. It cannot see a history that somebody with full access rewrote as a whole, head included: for that, compare
 * with an end of the chain that was kept elsewhere.
 */
export async function verifyChain(db: Db, chain: string): Promise<ChainReport> {
  const end = await readEnd(db, chain);
  let sequence = 0;
  let hash: Buffer = Buffer.alloc(0);
  while (sequence < end.last) {
    const page = await readPage(db, chain, sequence, end.last);
    for (const link of page) {
      const reason = faultOf(link, sequence + 1, hash);
      if (reason) return { chain, events: sequence, broken: { sequence: sequence + 1, reason } };
      sequence += 1;
      hash = link.hash;
    }
  }
  const reason = endFault(end, hash);
  return { chain, events: sequence, ...(reason && { broken: { sequence: sequence + 1, reason } }) };
}

interface End {
  /** The highest sequence number of an event; 0 without any. */
  readonly last: number;
  readonly head: { readonly seq: number; readonly hash: Buffer } | undefined;
}

/** In one statement, so that both are of the same moment although events go on being appended. */
async function readEnd(db: Db, chain: string): Promise<End> {
  const { rows } = await db.raw(
    `select coalesce((select max(seq) from audit_events where org_id = :chain), 0) as last, seq, hash
     from (values (1)) as one left join audit_heads on org_id = :chain`,
    { chain },
  );
  const [{ last, seq, hash }] = rows as [{ last: string; seq: string | null; hash: Buffer }];
  return { last: Number(last), head: seq === null ? undefined : { seq: Number(seq), hash } };
}

async function readPage(db: Db, chain: string, after: number, last: number): Promise<Link[]> {
  return db('audit_events')
    .select('seq', 'event', 'prev_hash', 'hash', 'at', 'actor', 'action', 'target', 'outcome')
    .where({ org_id: chain })
    .where('seq', '>', after)
    .where('seq', '<=', last)
    .orderBy('seq')
    .limit(pageSize);
}

function faultOf(link: Link, expected: number, previous: Buffer): string | undefined {
  if (Number(link.seq) !== expected) return 'the event is missing';
  if (!link.prev_hash.equals(previous)) return 'the event does not follow the one before it';
  const hash = createHash('sha256').update(previous).update(`${link.seq}\n${link.event}`).digest();
  if (!link.hash.equals(hash)) return 'the event is not what was recorded';
  const wrong = columnFault(link);
  return wrong && `the column ${wrong} is not what the event says`;
}

/** Lists are searched by columns: they must not tell another story than the text that the hash covers. */
function columnFault(link: Link): string | undefined {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(link.event);
  } catch {
    return 'event';
  }
  if (link.at.toISOString() !== event['at']) return 'at';
  return (['actor', 'action', 'target', 'outcome'] as const).find((column) => link[column] !== event[column]);
}

function endFault({ last, head }: End, hash: Buffer): string | undefined {
  if (!head) return last === 0 ? undefined : 'the head of the chain is missing';
  if (head.seq > last) return `the event is missing: the head of the chain remembers ${head.seq} events`;
  if (head.seq < last) return `the head of the chain remembers only ${head.seq} events`;
  return head.hash.equals(hash) ? undefined : 'the head of the chain remembers another last event';
}
