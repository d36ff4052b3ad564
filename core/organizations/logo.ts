import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId } from '../base/ids.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { enqueueAll } from '../jobs/jobs.ts';

/** Why a picture is none that the kind of organization takes. */
export type LogoRefusal = 'NOT_REACHED' | 'NOT_FOUND' | 'TOO_LARGE' | 'NOT_A_PICTURE' | 'WRONG_FORMAT' | 'WRONG_SIZE';

/** What became of the check of a logo. */
export interface Logo {
  readonly state: 'PENDING' | 'ACCEPTED' | 'REJECTED';
  readonly reason?: LogoRefusal;
  readonly format?: 'PNG' | 'JPG' | 'SVG';
  readonly width?: number;
  readonly height?: number;
  readonly checkedAt?: string;
}

/** Checks of logos that an organization causes in a day (docs/limits.md). */
const checksPerDay = 20;

/** What the kind of organization asks of the picture behind the logo URL; undefined where it takes any. */
export function logoRuleOf({ profile }: Blueprint) {
  const rule = profile?.logoUrl;
  return rule?.formats === undefined ? undefined : { formats: rule.formats, minPixels: rule.minPixels, maxPixels: rule.maxPixels };
}

/** The column for a logo URL that is set anew. */
export function newLogo(blueprint: Blueprint, url: string | null | undefined): { logo: Logo | null } {
  return { logo: (url ?? null) === null || logoRuleOf(blueprint) === undefined ? null : { state: 'PENDING' } };
}

/** The column when a logo URL is set again: another one is looked at, and so is one that was rejected before. */
export function nextLogo(
  blueprint: Blueprint,
  before: { readonly logo_url: string | null; readonly logo: Logo | null },
  url: string | null | undefined,
): { logo?: Logo | null } {
  if (url === undefined || (url === before.logo_url && before.logo?.state !== 'REJECTED')) return {};
  return newLogo(blueprint, url);
}

/** Whether a member may be shown the picture: it passed, or its kind of organization takes any. */
export function showsLogo({ logo }: { readonly logo: Logo | null }): boolean {
  return logo === null || logo.state === 'ACCEPTED';
}

/** Has the picture of an organization looked at, if it is pending. Throws RateLimited. */
export async function enqueueLogoCheck(db: Db, { id, logo }: { readonly id: string; readonly logo: Logo | null }): Promise<void> {
  if (logo?.state !== 'PENDING') return;
  const organizationId = toId('organization', id);
  const refusal = 'The logo of this organization was changed too often today. Try again tomorrow.';
  await spend(db, [{ kind: 'logo-checks', subject: organizationId, amount: 1, limit: checksPerDay, refusal }]);
  const name = `check-logo:${organizationId}`;
  await enqueueAll(db, 'check-logo', [{ payload: { organizationId }, jobKey: name, queue: name }]);
}
