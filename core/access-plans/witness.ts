import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { onResource } from '../authorization/decisions/restricted.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { holderOf, type Subject } from '../authorization/decisions/subjects.ts';
import { createStock, type Stock } from '../authorization/engine/stock.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { type Domain, domainOf, isConcreteDomain } from '../authorization/policy/domain.ts';
import { indexPermissions, vocabularyOf } from '../authorization/policy/vocabulary.ts';
import type { Effect } from '../authorization/review/policy-change.ts';
import { type Pair, pairName } from '../authorization/review/verdicts.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** A subject that is decided again. */
export interface Sample {
  readonly subject: Subject;
  readonly uuid: string;
}

/** A subject as the statements about samples find it; a key with its organization and the columns that name its owner. */
export interface SampleRow {
  org_id: string;
  type: 'user' | 'service-account' | 'api-key';
  id: string;
  user_id: string | null;
  service_account_id: string | null;
}

const order = (column: string): string => `order by uuid_hash_extended(${column}, $2) limit $3`;

// Half of them by chance, half of those who hold what is touched.
const samplesSql = `
select distinct o.id as org_id, s.* from unnest($1::uuid[]) o(id) cross join lateral (
  (select 'user' as type, m.user_id as id, null::uuid as user_id, null::uuid as service_account_id from members m where m.org_id = o.id ${order('m.user_id')})
  union all (select 'user', g.user_id, null, null from grants g
    where g.org_id = o.id and g.role = any ($4) and g.user_id is not null and ${livingGrant} ${order('g.user_id')})
  union all (select 'user', g.user_id, null, null from grants g
    where g.org_id = o.id and g.user_id is not null and ${livingGrant} ${order('g.user_id')})
  union all (select 'user', s.operator_id, null, null from support_accesses s where s.org_id = o.id and s.state = 'APPROVED' ${order('s.operator_id')})
  union all (select 'service-account', a.id, null, null from service_accounts a where a.org_id = o.id ${order('a.id')})
  union all (select 'api-key', k.id, k.user_id, k.service_account_id from api_keys k where k.org_id = o.id ${order('k.id')})
) s`;

/** Subjects of these organizations, at most `most` of each kind in each of them. */
export async function pickSamples(
  db: Db,
  organizations: readonly string[],
  { seed, most, roles }: { seed: number; most: number | null; roles: readonly string[] },
): Promise<Map<string, Sample[]>> {
  const rows = await prepared<SampleRow>(db, 'plan-samples', samplesSql, [organizations, seed, most, roles]);
  const found = new Map<string, Sample[]>(organizations.map((organization) => [organization, []]));
  for (const row of rows) found.get(row.org_id)!.push(toSample(row));
  return found;
}

/** The sample of a row. */
export function toSample(row: SampleRow): Sample {
  return { subject: subjectOf(row), uuid: row.id };
}

function subjectOf(row: SampleRow): Subject {
  if (row.type === 'user') return { type: 'user', id: toId('user', row.id), uuid: row.id };
  if (row.type === 'service-account') return { type: 'service-account', id: toId('serviceAccount', row.id), uuid: row.id };
  return { type: 'api-key', id: toId('apiKey', row.id), uuid: row.id, home: { organization: row.org_id, owner: holderOf(row) } };
}

/** Tenet itself, while it does what a manifest says. */
export const controllerSample: Sample = { subject: { type: 'controller', id: 'manifests' }, uuid: 'manifests' };

/** Where the plan and stock Casbin disagree. */
export interface Difference {
  readonly subject: string;
  readonly place: string;
  readonly permission: string;
  readonly planned: Outcome;
  readonly decided: Outcome;
}

/** Of what is switched off: what it is once that is switched on again, where it is nothing now. */
type Outcome = 'GAIN' | 'LOSS' | 'NONE' | 'GAIN_SWITCHED_OFF' | 'LOSS_SWITCHED_OFF';

/** Decides again what a plan says, one subject at a time, as a request would: by a snapshot and stock Casbin, which share no code with the plan. */
export interface Witness {
  /** Compares what the plan says of a subject in a place, for these permissions. */
  compare(db: Db, sample: Sample, place: { organizationId?: string; projectId?: string }, about: About): Promise<void>;
  readonly decided: number;
  /** Those of them whose answer is another one afterwards. */
  readonly changed: number;
  readonly differences: readonly Difference[];
}

interface About {
  readonly planned: Effect | undefined;
  readonly pairs: readonly Pair[];
  readonly before: readonly PolicyContent[];
  readonly after: readonly PolicyContent[];
}

/** A policy as stock Casbin decides by it. */
interface Second {
  allows(subject: string, roles: readonly string[], domain: Domain, pair: Pair): boolean;
}

export function createWitness(): Witness {
  const seconds = new Map<string, Second>();
  const differences: Difference[] = [];
  let decided = 0;
  let changed = 0;

  function secondOf(contents: readonly PolicyContent[], side: string): Second {
    const key = `${side} ${contents.map(({ scope }) => scope).join(' ')}`;
    const known = seconds.get(key);
    if (known) return known;
    const made = createSecond(contents);
    seconds.set(key, made);
    return made;
  }

  return {
    async compare(db, { subject }, place, { planned, pairs, before, after }) {
      const domain = domainOf(place);
      const { roles, scopes, restricted } = await takeSnapshot(db, subject, domain, place);
      const [old, now] = [secondOf(before, 'before'), secondOf(after, 'after')];
      const outcomeFor = (held: readonly string[], pair: Pair): 'GAIN' | 'LOSS' | 'NONE' => {
        const allows = (second: Second): boolean =>
          second.allows(subject.id, held, domain, pair) && (scopes === undefined || second.allows(subject.id, scopes, domain, pair));
        return outcomeOf(allows(old), allows(now));
      };
      const decide = (pair: Pair): Outcome => {
        const held = onResource({ roles, restricted }, pair.resource, undefined).roles;
        const outcome = outcomeFor(held, pair);
        if (outcome !== 'NONE' || held === roles) return outcome;
        return whenOn(outcomeFor(roles, pair));
      };
      for (const pair of pairs) {
        decided += 1;
        const outcome = decide(pair);
        const change = planned?.changes.find((one) => pairName(one) === pairName(pair));
        const said = change?.switchedOff ? whenOn(change.kind) : (change?.kind ?? 'NONE');
        if (outcome !== 'NONE') changed += 1;
        if (outcome === said) continue;
        differences.push({ subject: subject.id, place: domain.dom, permission: pairName(pair), planned: said, decided: outcome });
      }
    },
    get decided() {
      return decided;
    },
    get changed() {
      return changed;
    },
    differences,
  };
}

function whenOn(outcome: 'GAIN' | 'LOSS' | 'NONE'): Outcome {
  return outcome === 'NONE' ? outcome : `${outcome}_SWITCHED_OFF`;
}

function outcomeOf(old: boolean, now: boolean): 'GAIN' | 'LOSS' | 'NONE' {
  return old === now ? 'NONE' : now ? 'GAIN' : 'LOSS';
}

function createSecond(contents: readonly PolicyContent[]): Second {
  const [platform, blueprint] = contents;
  const { by } = indexPermissions(vocabularyOf(platform!.vocabulary!, blueprint?.blueprint));
  const isNamed = contents.some(({ rows }) => rows.some(([, dom]) => isConcreteDomain(dom)));
  const known = new Map<string, boolean>();
  let stock: Stock | undefined;
  return {
    allows(subject, roles, domain, { resource, action }) {
      if (!by.get(resource)?.get(action)?.levels.includes(domain.level)) return false;
      // Two subjects of the same roles are one question, in all places that no row tells apart.
      const key = [isNamed ? domain.dom : domain.level, resource, action, ...[...roles].sort()].join(' ');
      const answer = known.get(key);
      if (answer !== undefined) return answer;
      stock ??= createStock(contents);
      const { allowed } = stock.decide(subject, roles, domain, resource, action);
      known.set(key, allowed);
      return allowed;
    },
  };
}
