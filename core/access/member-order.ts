import type { Knex } from 'knex';
import { foreignToken } from '../base/pages.ts';
import type { Db } from '../database/database.ts';

/** What lists of members can be sorted by. */
export type MemberOrder = 'name' | 'email' | 'joinedAt' | 'lastSeenAt';
export type Direction = 'asc' | 'desc';

interface SortKey {
  /** What is sorted by, never null. */
  readonly sql: string;
  /** The same as text, as a page token has it. */
  readonly text: string;
  readonly type: 'text' | 'timestamptz';
}

const time = (sql: string): SortKey => ({
  sql,
  text: `(extract(epoch from ${sql}) * 1000000)::bigint::text`,
  type: 'timestamptz',
});
const text = (sql: string): SortKey => ({ sql: `${sql} collate "C"`, text: sql, type: 'text' });

/** In rows of members `m` and users `u`. */
const keys: Record<MemberOrder, SortKey> = {
  name: text("lower(coalesce(m.display_name, u.display_name, u.name, ''))"),
  email: text("coalesce(u.folded_email, '')"),
  joinedAt: time('m.joined_at'),
  // Those who were never seen come first.
  lastSeenAt: time("coalesce(m.last_seen_at, timestamptz '1970-01-01 00:00:00+00')"),
};

/** The shape of the sort key in a page token: what is sorted by, in base64url, and the id. */
export const sortedKey = /^[\w-]*\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Sorts a list of members, and begins it behind the member of this sort key. */
export function sortMembers(
  db: Db,
  query: Knex.QueryBuilder,
  { by, direction, after }: { by: MemberOrder; direction: Direction; after: string | undefined },
): void {
  const { sql, text: asText, type } = keys[by];
  query.orderByRaw(`${sql} ${direction}, m.user_id ${direction}`).select(db.raw(`${asText} as sort_key`));
  if (after === undefined) return;
  const [value, id] = read(after, type);
  const bound = type === 'text' ? '?' : "(timestamptz 'epoch' + ?::bigint * interval '1 microsecond')";
  query.whereRaw(`(${sql}, m.user_id) ${direction === 'asc' ? '>' : '<'} (${bound}, ?::uuid)`, [value, id]);
}

/** The sort key of a row, from what it was sorted by. */
export function sortKeyOf(value: string, id: string): string {
  return `${Buffer.from(value).toString('base64url')}.${id}`;
}

function read(after: string, type: SortKey['type']): [string, string] {
  const [encoded, id] = after.split('.') as [string, string];
  const value = Buffer.from(encoded, 'base64url').toString('utf8');
  // Nothing else goes to the database: neither what is no number nor what is no text there.
  const isRight = type === 'text' ? !value.includes('\0') : isMicroseconds(value);
  if (isRight) return [value, id];
  throw foreignToken();
}

const [earliest, latest] = ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map((time) => Date.parse(time) * 1_000) as [
  number,
  number,
];

/** Whether it is a time that the API shows, in microseconds since 1970: PostgreSQL fails on one that is far outside. */
function isMicroseconds(value: string): boolean {
  return /^-?[0-9]{1,18}$/.test(value) && Number(value) >= earliest && Number(value) <= latest;
}
