import { type Db, prepared } from '../../database/database.ts';
import type { Meter } from '../policy/meters.ts';
import { blueprintScope } from '../policy/scopes.ts';

/** In what the usage of a meter is counted. */
export type MeterTerms = Pick<Meter, 'unit' | 'currency'>;

// A revision that was in force twice is read once.
const termsSql = `
select m.name, (array_agg(m.unit order by a.version desc))[1] as unit,
  (array_agg(m.currency order by a.version desc) filter (where m.currency is not null))[1] as currency
from (select revision, max(version) as version from policy_activations where scope = $1 group by revision) a
join policy_revisions r on r.scope = $1 and r.revision = a.revision
cross join lateral jsonb_to_recordset(r.documents #> '{blueprint,meters}') as m (name text, unit text, currency text)
where m.name = any ($2) group by m.name`;

/**
 * In what the usage of these meters of a blueprint is counted, by all of its revisions that were in force: the unit of the last one that has the meter, and the
 * currency of the last one that gave it one. Meters that were never in force are left out.
 */
export async function termsInForce(db: Db, blueprint: string, meters: readonly string[]): Promise<Map<string, MeterTerms>> {
  type Row = { name: string; unit: string; currency: string | null };
  const rows = await prepared<Row>(db, 'meter-terms', termsSql, [blueprintScope(blueprint), meters]);
  return new Map(rows.map(({ name, unit, currency }) => [name, { unit, ...(currency !== null && { currency }) }]));
}
