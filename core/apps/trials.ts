import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { InvalidInput } from '../base/errors.ts';
import { type Db, prepared } from '../database/database.ts';
import type { CatalogItemRow } from './catalog-rows.ts';
import type { PriceKind } from './program.ts';

/** Whether the trial of the instance `i` is over and no price was chosen: in SQL, by the clock of the database. */
export const trialOver = '(i.price_kind is null and coalesce(i.trial_ends_at <= now(), false))';

/** The state of the instance `i` as it is shown: after its trial it is stopped, also in the moments before its program was ended. */
export const shownState = `case when ${trialOver} and i.state <> 'UNINSTALLING' then 'STOPPED' else i.state end`;

/** How an application is paid for: by the price that was chosen, by none before its trial is over, or not at all. */
export type Payment = PriceKind | 'TRIAL' | 'NONE';

/** How an organization pays for an application that it installs. Throws InvalidInput where it has to choose a price, or chose one that there is not. */
export async function paymentFor(
  db: Db,
  blueprint: Blueprint,
  item: CatalogItemRow,
  { org_id, priceKind }: { readonly org_id: string; readonly priceKind: PriceKind | undefined },
): Promise<Payment> {
  if (priceKind !== undefined) {
    requirePrice(blueprint, item, priceKind);
    return priceKind;
  }
  const kinds = priceKinds(blueprint, item);
  if (kinds.length === 0) return 'NONE';
  const why = item.trial_days === null ? 'this application has no trial' : await endedTrial(db, org_id, item.id);
  if (why === undefined) return 'TRIAL';
  throw new InvalidInput('A price has to be chosen.', [{ pointer: '#/priceKind', detail: `must be ${kinds.join(' or ')}: ${why}` }]);
}

/** Throws InvalidInput for a price that the application does not have for this kind of organization. */
export function requirePrice(blueprint: Blueprint, item: CatalogItemRow, chosen: PriceKind): void {
  const kinds = priceKinds(blueprint, item);
  if (kinds.includes(chosen)) return;
  const detail = kinds.length === 0 ? 'must be left out: this application costs nothing here' : `must be ${kinds.join(' or ')}`;
  throw new InvalidInput('This application has no such price.', [{ pointer: '#/priceKind', detail }]);
}

function priceKinds({ catalog }: Blueprint, { prices }: CatalogItemRow): PriceKind[] {
  return prices.map(({ kind }) => kind).filter((kind) => catalog!.priceKinds.includes(kind));
}

const endedSql = 'select ends_at from application_trials where org_id = $1 and item_id = $2 and ends_at <= now()';

/** What is said of the trial that an organization has had of an application; undefined while one goes on, or none was begun. */
async function endedTrial(db: Db, org_id: string, item_id: string): Promise<string | undefined> {
  const [row] = await prepared<{ ends_at: Date }>(db, 'ended-trial', endedSql, [org_id, item_id]);
  return row && `the one trial that an organization has of this application ended on ${row.ends_at.toISOString().slice(0, 10)}`;
}

const beginSql = `
insert into application_trials (org_id, item_id, ends_at) values ($1, $2, now() + $3 * interval '24 hours')
on conflict (org_id, item_id) do update set ends_at = application_trials.ends_at
returning ends_at`;

/** When the trial ends that begins now, or that has begun when the organization installed the application first. */
export async function beginTrial(db: Db, org_id: string, { id, trial_days }: CatalogItemRow): Promise<Date> {
  const [row] = await prepared<{ ends_at: Date }>(db, 'begin-trial', beginSql, [org_id, id, trial_days]);
  return row!.ends_at;
}
