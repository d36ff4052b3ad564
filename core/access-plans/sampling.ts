import { createHash } from 'node:crypto';
import type { Effect } from '../authorization/review/policy-change.ts';
import { type Pair, pairName } from '../authorization/review/verdicts.ts';
import { type Db, prepared } from '../database/database.ts';
import { compare } from './order.ts';
import { type Sample, type SampleRow, toSample } from './witness.ts';

/** Questions about one subject in two places: some about what the plan says of it, the others by chance. */
export const questionsEach = 8;

/** Subjects are asked about in so many ways. Stock Casbin takes milliseconds for an answer, and gives one to all who hold the same. */
export const questionSets = 4;

/** A list in an order that follows from the seed and from nothing else. */
export function sortedByChance<T extends string>(list: readonly T[], seed: number | string): T[] {
  const place = new Map(list.map((one) => [one, createHash('sha256').update(`${seed} ${one}`).digest('hex')]));
  return list.toSorted((a, b) => compare(place.get(a)!, place.get(b)!));
}

/** What is asked about a subject in one place: two of the permissions that change for it, and as many others as are left. */
export function chosenPairs(all: readonly Pair[], planned: Effect | undefined, seed: string): Pair[] {
  const byName = new Map(all.map((pair) => [pairName(pair), pair]));
  const changing = sortedByChance((planned?.changes ?? []).map(pairName), seed).slice(0, 2);
  const others = sortedByChance([...byName.keys()], seed).slice(0, questionsEach / 2);
  return [...new Set([...changing, ...others])].slice(0, questionsEach / 2).map((name) => byName.get(name)!);
}

const projectsSql = 'select id from projects where org_id = $1 order by id';

/** Every project of an organization, those that are not active too. */
export async function projectsOf(db: Db, organization: string): Promise<string[]> {
  return (await prepared<{ id: string }>(db, 'plan-projects', projectsSql, [organization])).map(({ id }) => id);
}

const platformSamplesSql = `
(select 'user' as type, u.id, null::uuid as org_id, null::uuid as user_id, null::uuid as service_account_id
  from users u where exists (select from platform_grants pg where pg.user_id = u.id) order by uuid_hash_extended(u.id, $1) limit $2)
union
(select 'user', u.id, null, null, null from users u where $2::int is null or u.id > uuid_in(md5($1::text)::cstring) order by u.id limit $2)
union
(select 'api-key', k.id, k.org_id, k.user_id, k.service_account_id from api_keys k order by uuid_hash_extended(k.id, $1) limit $2)`;

/** Some people and keys, who are decided again on the platform. */
export async function platformSamples(db: Db, { samples, seed }: { samples: number | 'everything'; seed: number }): Promise<Sample[]> {
  const most = samples === 'everything' ? null : 4;
  const rows = await prepared<SampleRow>(db, 'plan-platform-samples', platformSamplesSql, [seed, most]);
  return rows.map(toSample);
}
