import { InvalidInput } from '../../base/errors.ts';
import { fieldPattern } from '../policy/content.ts';
import { createMemo } from './memo.ts';

/** A set of role names, interned: the same names in any order are the same object while it is in use. */
export interface RoleSet {
  /** Never used twice, so that what was remembered for a forgotten set is not found by another one. */
  readonly id: number;
  readonly names: ReadonlySet<string>;
  /** The subject under which Casbin is asked. No role can have this name. */
  readonly subject: string;
  readonly origin: RoleSets;
}

/** Where role sets are interned. */
export interface RoleSets {
  /** A frozen array is looked at once. */
  intern(names: Iterable<string>): RoleSet;
  size(): number;
}

const roleNamePattern = /^(role_[A-Za-z0-9]+|[a-z][a-z0-9-]*\/[A-Za-z0-9_.:@-]+)$/;

/** True for what can be the name of a role or a state: `integrations/org.admin`, `state/suspended`, `scope/read`, `role_...`; never the id of a caller. */
export function isRoleName(name: string): boolean {
  return roleNamePattern.test(name) && fieldPattern.test(name);
}

/** Interns role sets, at most twice `limit` of them; those that nobody asked for lately are forgotten first. */
export function createRoleSets(limit = 50_000): RoleSets {
  const sets = createMemo<string, RoleSet>(limit);
  let lastId = 0;
  const frozen = new WeakMap<object, RoleSet>();
  const roleSets: RoleSets = {
    intern(names) {
      const seen = frozen.get(names);
      if (seen !== undefined) return seen;
      const set = intern(names);
      if (Array.isArray(names) && Object.isFrozen(names)) frozen.set(names, set);
      return set;
    },
    size: () => sets.size(),
  };

  function intern(names: Iterable<string>): RoleSet {
    const sorted = [...new Set(names)].sort();
    // Before the key is made: an array or a name with a line break in it would be found under the key of other names.
    for (const name of sorted) {
      if (typeof name !== 'string' || name.includes('\n')) throw notARole(name);
    }
    const key = sorted.join('\n');
    const known = sets.get(key);
    if (known !== undefined) return known;
    for (const name of sorted) {
      if (!isRoleName(name)) throw notARole(name);
    }
    lastId += 1;
    const set: RoleSet = { id: lastId, names: new Set(sorted), subject: `roles:${lastId}`, origin: roleSets };
    sets.set(key, set);
    return set;
  }
  return roleSets;
}

function notARole(name: unknown): InvalidInput {
  return new InvalidInput(`${JSON.stringify(name)} cannot be the name of a role.`);
}
