import { isPresent, livingKey } from '../authorization/decisions/held-roles.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** What tells whether anything has moved in an organization: another mark, or a moment that has passed. */
export interface Mark {
  readonly organization: string;
  readonly mark: string;
  readonly nextAt: Date | null;
}

const hashed = (id: string, seed = '0'): string => `bit_xor(uuid_hash_extended(${id}, ${seed}))`;

// The epoch counts changes of grants, members, keys, accounts and support accesses. New keys and accounts, projects, people who are suspended and
// operators who are none any more leave it as it is.
const marksSql = `
with keys as (
  select k.org_id, ${hashed('k.id')} as hash, min(k.expires_at) filter (where ${livingKey}) as next_at from api_keys k group by k.org_id
), accounts as (
  select a.org_id, ${hashed('a.id')} as hash from service_accounts a group by a.org_id
), places as (
  select p.org_id, ${hashed('p.id', 'hashtext(p.state)')} as hash from projects p group by p.org_id
), suspended as (
  select org_id, ${hashed('id')} as hash from (
    select m.org_id, u.id from users u join members m on m.user_id = u.id where u.state = 'SUSPENDED'
    union select g.org_id, u.id from users u join grants g on g.user_id = u.id where u.state = 'SUSPENDED'
  ) s group by org_id
), supported as (
  select s.org_id, ${hashed('s.id')} filter (where exists (select from platform_grants pg where pg.user_id = s.operator_id)) as hash,
    min(s.until) filter (where s.until > now()) as next_at
  from support_accesses s where s.state = 'APPROVED' group by s.org_id
), given as (
  select g.org_id, least(min(g.until) filter (where g.until > now()), min(g.from_at) filter (where g.from_at > now())) as next_at
  from grants g where ${isPresent('g')} and (g.until is not null or g.from_at is not null) group by g.org_id
), due as (
  select m.org_id, min(mfa_due(m.org_id, m.first_joined_at)) filter (where mfa_due(m.org_id, m.first_joined_at) > now()) as next_at
  from organizations o join members m on m.org_id = o.id
  where o.mfa = 'REQUIRED' and m.second_factor_at is null group by m.org_id
)
select o.id, md5(concat_ws('|', o.epoch, o.state, o.blueprint, o.owner_id, o.externals, o.mfa, o.entitled, o.personal_of is not null,
    'k' || keys.hash, 'a' || accounts.hash, 'p' || places.hash, 's' || suspended.hash, 'o' || supported.hash)) as mark,
  least(keys.next_at, supported.next_at, given.next_at, due.next_at) as next_at
from organizations o
  left join keys on keys.org_id = o.id left join accounts on accounts.org_id = o.id left join places on places.org_id = o.id
  left join suspended on suspended.org_id = o.id left join supported on supported.org_id = o.id left join given on given.org_id = o.id
  left join due on due.org_id = o.id
where o.state <> 'DELETED' order by o.id`;

const ownHeadsSql = "select scope, version from policy_heads where scope like 'org\\_%'";

/** The marks of all organizations, at the moment of the transaction. */
export async function marksOf(db: Db): Promise<Mark[]> {
  const rows = await prepared<{ id: string; mark: string; next_at: Date | null }>(db, 'plan-marks', marksSql, []);
  const own = await prepared<{ scope: string; version: string }>(db, 'plan-own-heads', ownHeadsSql, []);
  const versions = new Map(own.map(({ scope, version }) => [scope, version]));
  return rows.map(({ id, mark, next_at }) => ({
    organization: id,
    mark: `${mark}.${versions.get(toId('organization', id)) ?? 0}`,
    nextAt: next_at,
  }));
}

const insertSql = `
insert into access_plan_marks (org_id, plan_id, mark, next_at)
select org_id, $1, mark, next_at from jsonb_to_recordset($2) as m (org_id uuid, mark text, next_at timestamptz)`;

/** Organizations whose marks one statement writes. */
const batch = 2_000;

/** Writes the marks of a plan in place of those that it has. */
export async function storeMarks(db: Db, plan: string, marks: readonly Mark[]): Promise<void> {
  await db('access_plan_marks').where({ plan_id: plan }).delete();
  for (let first = 0; first < marks.length; first += batch) {
    const some = marks
      .slice(first, first + batch)
      .map(({ organization, mark, nextAt }) => ({ org_id: organization, mark, next_at: nextAt }));
    await prepared(db, 'insert-plan-marks', insertSql, [plan, JSON.stringify(some)]);
  }
}

/** The organizations in which something has moved since a plan was made; one that is deleted by now is among them. */
export async function movedSince(db: Db, plan: string): Promise<string[]> {
  const stored = await prepared<{ org_id: string; mark: string; is_over: boolean }>(
    db,
    'plan-stored-marks',
    'select org_id, mark, coalesce(next_at <= now(), false) as is_over from access_plan_marks where plan_id = $1',
    [plan],
  );
  const known = new Map(stored.map((each) => [each.org_id, each]));
  const moved: string[] = [];
  for (const { organization, mark } of await marksOf(db)) {
    const before = known.get(organization);
    known.delete(organization);
    if (!before || before.mark !== mark || before.is_over) moved.push(organization);
  }
  return [...moved, ...known.keys()];
}
