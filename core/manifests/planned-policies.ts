import { ownContents } from '../access-plans/contents.ts';
import { createCompiledPolicies } from '../authorization/engine/compiled-policies.ts';
import { createEngine } from '../authorization/engine/engine.ts';
import { digest } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { type LivePolicies, type PolicyInForce, splitRevision } from '../authorization/store/live-policies.ts';
import { Unavailable } from '../base/errors.ts';
import type { Db } from '../database/database.ts';

/** The policies in force as one transaction sees them: what an organization has of its own may be written there and not committed. */
export function plannedPolicies(db: Db, policies: LivePolicies): LivePolicies {
  const parts = createCompiledPolicies();
  const built = new Map<string, PolicyInForce>();

  /** Numbers of revisions that are undone are given again, so what was built is known by what it says. */
  async function get(revisions: readonly string[]): Promise<PolicyInForce> {
    const own = revisions[2];
    if (own === undefined) return policies.get(revisions);
    const base = revisions.slice(0, 2);
    const { scope, revision } = splitRevision(own);
    const content = (await ownContents(db, [scope])).get(scope);
    if (!content) throw new Unavailable('The policy of the organization has changed meanwhile.');
    const sha256 = digest(content);
    const key = [...base, own, sha256].join();
    let policy = built.get(key);
    if (!policy) {
      const inForce = await policies.get(base);
      const engine = createEngine([...(await policies.contents(base)), content], parts);
      policy = { engine, revisions: [...inForce.revisions, { scope: scopeName(scope), revision, sha256 }] };
      built.set(key, policy);
    }
    return policy;
  }

  return { ...policies, get, find: (revisions) => (revisions.length > 2 ? undefined : policies.find(revisions)) };
}
