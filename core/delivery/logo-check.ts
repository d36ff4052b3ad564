import { record } from '../audit/record.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { revisionsOfKind } from '../authorization/store/revisions.ts';
import { newId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type Logo, logoRuleOf } from '../organizations/logo.ts';
import { FetchRefused, type GuardedFetch } from './guarded-fetch.ts';
import { type Picture, readPicture } from './picture.ts';

/** What checking logos needs. */
export interface LogoContext {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly fetch: GuardedFetch;
}

type Rule = NonNullable<ReturnType<typeof logoRuleOf>>;

const limits = { milliseconds: 5_000, bytes: 1024 * 1024, redirects: 3 };

/**
 * Fetches the picture behind the logo URL of an organization, decodes it, and notes whether its kind of organization takes it. Nothing is noted
 * when the URL has changed meanwhile. It may be done twice.
 */
export async function checkLogo({ database, policies, fetch }: LogoContext, { organizationId }: Jobs['check-logo']): Promise<void> {
  const id = toUuid('organization', organizationId);
  const scope = { organization: id };
  const found = await database.read(scope, async (db) => {
    const row = await db('organizations').where({ id }).whereNot({ state: 'DELETED' }).first('logo_url', 'logo', 'blueprint');
    return row as { logo_url: string | null; logo: Logo | null; blueprint: string } | undefined;
  });
  if (!found || found.logo_url === null || found.logo?.state !== 'PENDING') return;
  const url = found.logo_url;
  const rule = await database.read('platform', (db) => ruleOf(db, policies, found.blueprint));
  const logo: Logo = rule ? { ...(await judge(fetch, url, rule)), checkedAt: new Date().toISOString() } : { state: 'ACCEPTED' };
  await database.write(scope, async (db) => {
    const changed = await db('organizations')
      .where({ id, logo_url: url })
      .whereRaw("logo ->> 'state' = 'PENDING'")
      .update({ logo, ...nextVersion(db) });
    if (changed === 0) return;
    const who = { name: 'tenet', requestId: newId('request') };
    await record(db, who, { organizationId, action: 'organization.check-logo', target: organizationId, after: { logoUrl: url, logo } });
  });
}

async function ruleOf(db: Db, policies: LivePolicies, blueprint: string): Promise<Rule | undefined> {
  const revisions = await revisionsOfKind(db, blueprint);
  return logoRuleOf((await policies.get(revisions)).engine.blueprint!);
}

async function judge(fetch: GuardedFetch, url: string, rule: Rule): Promise<Logo> {
  const rejected = (reason: NonNullable<Logo['reason']>, picture?: Picture): Logo => ({ state: 'REJECTED', reason, ...picture });
  try {
    const { status, body } = await fetch({ url, limits, headers: { accept: 'image/png, image/jpeg, image/svg+xml' } });
    if (status !== 200) return rejected('NOT_FOUND');
    const picture = await readPicture(body);
    if (!picture) return rejected('NOT_A_PICTURE');
    if (!rule.formats.some((format) => format.toUpperCase() === picture.format)) return rejected('WRONG_FORMAT', picture);
    return fits(picture, rule) ? { state: 'ACCEPTED', ...picture } : rejected('WRONG_SIZE', picture);
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    // No more than this: the answer must not tell which names and addresses there are inside.
    return rejected(error.failure === 'too-large' ? 'TOO_LARGE' : 'NOT_REACHED');
  }
}

function fits({ width, height }: Picture, { minPixels, maxPixels }: Rule): boolean {
  if (minPixels === undefined && maxPixels === undefined) return true;
  return [width, height].every((pixels) => pixels !== undefined && pixels >= (minPixels ?? 1) && pixels <= (maxPixels ?? pixels));
}
