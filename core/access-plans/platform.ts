import { livingKey } from '../authorization/decisions/held-roles.ts';
import { keyRole, personRole } from '../authorization/decisions/snapshot.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { controllerRole } from '../authorization/policy/vocabulary.ts';
import type { Effect, PolicyChange } from '../authorization/review/policy-change.ts';
import { type Db, prepared } from '../database/database.ts';
import { foldOf } from './folds.ts';
import type { Holding, Source } from './holdings.ts';
import { personStates } from './organizations.ts';
import { createRows, leavingOutNone, type PlanRow, type SubjectType, waysOf } from './rows.ts';
import { controllerSample } from './witness.ts';

interface PlatformRow {
  roles: string[];
  suspended: boolean;
  n: number;
  fold: string;
  sampled: string[] | null;
  subjects: string[] | null;
}

const columns = (subject: string, withSubjects: boolean): string => `count(*)::int as n,
  sum(uuid_hash_extended(${subject}, 0))::text as fold, array_agg(${subject}) filter (where ${subject} = any ($1::uuid[])) as sampled,
  ${withSubjects ? `array_agg(${subject} order by ${subject})` : 'null::uuid[]'} as subjects`;

const peopleSql = (withSubjects: boolean, everyone: boolean): string => `
with given as (select user_id, array_agg(role order by role) as roles from platform_grants group by user_id)
select coalesce(g.roles, '{}') as roles, u.state = 'SUSPENDED' as suspended, ${columns('u.id', withSubjects)}
from users u ${everyone ? 'left ' : ''}join given g on g.user_id = u.id group by 1, 2`;

const keysSql = (withSubjects: boolean): string => `
select '{}'::text[] as roles, coalesce(u.state = 'SUSPENDED', false) as suspended, ${columns('k.id', withSubjects)}
from api_keys k left join users u on u.id = k.user_id
where ${livingKey} and k.policy_store_id is null group by 1, 2`;

/** What the change does outside of organizations. */
export interface PlatformPlan {
  readonly rows: readonly PlanRow[];
  /** What the plan says of a sampled subject. */
  effectFor(subject: string): Effect | undefined;
}

/** Makes the rows of the platform: people by their platform roles, keys, and Tenet itself. */
export async function planPlatform(
  db: Db,
  change: PolicyChange,
  { sampled, withSubjects }: { sampled: readonly string[]; withSubjects: boolean },
): Promise<PlatformPlan> {
  const touched = change.touched('platform');
  const rows = createRows(undefined);
  if (touched.size === 0) return { rows: [], effectFor: () => undefined };
  const domain = domainOf({});
  const effects = new Map<string, Effect>();
  const add = (subjectType: SubjectType, holding: Holding, row: PlatformRow): void => {
    const effect = change.effect([...holding.keys()], undefined, domain);
    if (!effect) return;
    const subjects = row.subjects && { subjects: leavingOutNone(row.subjects) };
    rows.add(
      { effect, place: 'PLATFORM', subjectType, via: waysOf(effect, holding) },
      { count: row.n, fold: foldOf(BigInt(row.fold)), ...subjects },
    );
    for (const subject of row.sampled ?? []) effects.set(subject, effect);
  };
  const suspended = personStates.suspended.name;
  const state = (isSuspended: boolean): [string, Source][] => (isSuspended ? [[suspended, 'STATE']] : []);
  const everyone = [personRole, suspended].some((name) => touched.has(name));
  const people = await prepared<PlatformRow>(db, `plan-people-${withSubjects}-${everyone}`, peopleSql(withSubjects, everyone), [sampled]);
  for (const row of people) {
    const given = row.roles.map((role): [string, Source] => [role, 'GRANT']);
    add('USER', new Map([[personRole, 'PLATFORM'], ...given, ...state(row.suspended)]), row);
  }
  if (touched.has(keyRole) || touched.has(suspended)) {
    for (const row of await prepared<PlatformRow>(db, `plan-keys-${withSubjects}`, keysSql(withSubjects), [sampled]))
      add('API_KEY', new Map([[keyRole, 'PLATFORM'], ...state(row.suspended)]), row);
  }
  add('CONTROLLER', new Map([[controllerRole, 'PLATFORM']]), {
    roles: [],
    suspended: false,
    n: 1,
    fold: '0',
    sampled: [controllerSample.uuid],
    subjects: null,
  });
  return { rows: rows.list(), effectFor: (subject) => effects.get(subject) };
}
