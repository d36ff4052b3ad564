import { createHash } from 'node:crypto';
import type { Actor } from '../authorization/decisions/actor.ts';
import { platformChain, toId, toUuid } from '../base/ids.ts';
import { nextPage, type PageQuery, readPage } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { platformLog } from './events.ts';

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

/** A place in a chain up to which it holds, with the hash of the event there. */
interface Place {
  readonly sequence: number;
  readonly hash: Buffer;
}

const beginning: Place = { sequence: 0, hash: Buffer.alloc(0) };

/**
 * Recomputes the chain of an organization (its uuid) page by page and names the first sequence number that does not hold: an event
 * that was altered, is missing or was put in, a column that says something else than the event, or an end that is not what the
 * head remembers. It cannot see a history that somebody with full access rewrote as a whole, head included: for that, compare
 * with an end of the chain that was kept elsewhere.
 */
export async function verifyChain(db: Db, chain: string): Promise<ChainReport> {
  const { place, broken } = await verifyBehind(db, chain, beginning, Number.POSITIVE_INFINITY);
  return { chain, events: place.sequence, ...(broken && { broken }) };
}

/** How far a chain holds behind a place, looking at so many events at most; with the end of the chain where that was reached. */
async function verifyBehind(
  db: Db,
  chain: string,
  from: Place,
  most: number,
): Promise<{ place: Place; last: number; broken?: { sequence: number; reason: string } }> {
  const end = await readEnd(db, chain);
  const until = Math.min(end.last, from.sequence + most);
  let { sequence, hash } = from;
  while (sequence < until) {
    for (const link of await readLinks(db, chain, sequence, until)) {
      const reason = faultOf(link, sequence + 1, hash);
      if (reason) return { place: { sequence, hash }, last: end.last, broken: { sequence: sequence + 1, reason } };
      sequence += 1;
      hash = link.hash;
    }
  }
  const reason = until < end.last ? undefined : endFault(end, hash);
  return { place: { sequence, hash }, last: end.last, ...(reason && { broken: { sequence: sequence + 1, reason } }) };
}

/** What one request has found out about a log. */
export interface LogVerification {
  readonly organizationId?: string;
  readonly state: 'HOLDS' | 'BROKEN' | 'CONTINUES';
  /** The first and the last event that this request has recomputed; absent when there was none. */
  readonly from?: number;
  readonly to?: number;
  /** The hash of the last event that holds: kept elsewhere, it shows later that nothing before it was rewritten. */
  readonly hash?: string;
  readonly broken?: { readonly sequence: number; readonly reason: string };
  readonly nextPageToken?: string;
}

/** Events that one request recomputes. */
const slice = 5_000;
const placeKey = /^[0-9]{1,18}:[0-9a-f]{64}$/;

/** Recomputes a slice of the log of an organization; the next request goes on behind it. */
export async function verifyAuditLog(
  db: Db,
  _actor: Actor,
  input: { organizationId: string } & Pick<PageQuery, 'pageToken'>,
): Promise<LogVerification> {
  return verifySlice(db, toUuid('organization', input.organizationId), input);
}

/** As verifyAuditLog, of the platform's own log or of an organization that was purged. Throws NotFound. */
export async function verifyPlatformAuditLog(
  db: Db,
  _actor: Actor,
  input: { organizationId?: string | undefined } & Pick<PageQuery, 'pageToken'>,
): Promise<LogVerification> {
  return verifySlice(db, await platformLog(db, input), input);
}

async function verifySlice(db: Db, chain: string, { pageToken }: Pick<PageQuery, 'pageToken'>): Promise<LogVerification> {
  const list = JSON.stringify(['verification', chain]);
  const { after } = readPage({ pageToken }, list, placeKey);
  const [sequence = '0', hash = ''] = after?.split(':') ?? [];
  const from: Place = { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') };
  const { place, last, broken } = await verifyBehind(db, chain, from, slice);
  const isOver = broken !== undefined || place.sequence >= last;
  const hex = place.hash.toString('hex');
  return {
    ...(chain !== platformChain && { organizationId: toId('organization', chain) }),
    state: broken ? 'BROKEN' : isOver ? 'HOLDS' : 'CONTINUES',
    ...(place.sequence > from.sequence && { from: from.sequence + 1, to: place.sequence }),
    ...(hex !== '' && { hash: hex }),
    ...(broken && { broken }),
    ...(!isOver && { nextPageToken: nextPage(list, `${place.sequence}:${hex}`) }),
  };
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

async function readLinks(db: Db, chain: string, after: number, last: number): Promise<Link[]> {
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
