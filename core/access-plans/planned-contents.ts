import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import { contentsInForce } from './contents.ts';
import type { Rail } from './rails.ts';

/** Something moved since a plan was made, so it does not say any more what happens. */
export class StalePlan extends FailedPrecondition {
  constructor(reasons: readonly string[]) {
    super('failed-precondition', `The plan is stale. ${reasons.join(' ')} Nothing was changed: make a new plan.`);
  }
}

/** A plan of what must not come into force, or of something else than what was to be applied. */
export class BlockedPlan extends FailedPrecondition {
  constructor(detail: string) {
    super('failed-precondition', detail);
  }
}

/** Throws BlockedPlan where a rail blocks. */
export function refuseBlocking(rails: readonly Pick<Rail, 'status' | 'detail'>[]): void {
  const blocking = rails.flatMap(({ status, detail }) => (status === 'BLOCK' ? detail : []));
  if (blocking.length > 0) throw new BlockedPlan(blocking.join(' '));
}

/**
 * Throws BlockedPlan where policy files change something else than was planned: `planned` is the digest of each scope by its name. Throws StalePlan where they
 * do so because something else has come into force.
 */
export async function refuseOtherFiles(db: Db, planned: ReadonlyMap<string, string>, contents: readonly PolicyContent[]): Promise<void> {
  const files = new Map(contents.map((content) => [scopeName(content.scope), content]));
  for (const [scope, sha256] of planned) {
    const content = files.get(scope);
    if (!content) throw new BlockedPlan(`The plan changes ${scope}, which the files do not have. Plan these files.`);
    if (digest(content) !== sha256)
      throw new BlockedPlan(`The plan is of another content of ${scope} than the files have. Plan these files.`);
  }
  const heads = new Map((await contentsInForce(db)).map(({ content, sha256 }) => [scopeName(content.scope), sha256]));
  for (const [scope, content] of files) {
    const sha256 = digest(content);
    if (planned.has(scope) || heads.get(scope) === sha256) continue;
    const earlier: unknown = await db('policy_revisions').where({ scope: content.scope, sha256 }).first('revision');
    if (!earlier) throw new BlockedPlan(`The files change ${scope}, and the plan says nothing of it. Plan these files.`);
    throw new StalePlan([`Of ${scope} something else is in force than the files say, and the plan was made when it was the same.`]);
  }
}
