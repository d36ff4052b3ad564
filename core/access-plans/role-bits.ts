import { allowingNames } from '../authorization/decisions/search-candidates.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import type { PolicyChange } from '../authorization/review/policy-change.ts';
import { compare } from './order.ts';
import type { OrganizationFacts } from './organizations.ts';

const reached = ['org', 'project'] as const;

/** An organization, with the names that are touched in it or its projects and those that have a say there. */
export interface NamedOrganization {
  readonly facts: OrganizationFacts;
  readonly touched: ReadonlySet<string>;
  readonly relevant: ReadonlySet<string>;
}

/** The names of a change. */
export function namesOf(change: PolicyChange): Omit<NamedOrganization, 'facts'> {
  return {
    touched: new Set(reached.flatMap((level) => [...change.touched(level)])),
    relevant: new Set(reached.flatMap((level) => [...change.relevant(level)])),
  };
}

/**
 * Numbers the stored roles that matter in a batch of organizations, so that PostgreSQL can join what a subject holds into one number. Roles of
 * different organizations may share one: each organization reads it by a list of its own. So the count is that of one organization at most.
 */
export interface RoleBits {
  /** Each stored role with its number; `isAffected`: who holds it may be touched. */
  readonly roles: readonly { readonly role: string; readonly place: number; readonly isAffected: boolean }[];
  readonly width: number;
  /** The stored roles of a set, as the organization has them. */
  read(organization: string, mask: string): string[];
}

interface Numbered {
  readonly role: string;
  isAffected: boolean;
}

/** Numbers the roles: those of the blueprint first, for all organizations alike, then each organization's own. */
export function roleBits(batch: readonly NamedOrganization[]): RoleBits {
  const wanted = batch.map((one) => ({ organization: one.facts.uuid, roles: rolesOf(one) }));
  const shared = new Map<string, boolean>();
  for (const { role, isAffected } of wanted.flatMap(({ roles }) => roles)) {
    if (!role.startsWith('role_')) shared.set(role, shared.get(role) === true || isAffected);
  }
  const common = [...shared.keys()].sort();
  const names = new Map<string, (string | undefined)[]>();
  const roles = common.map((role, place) => ({ role, place, isAffected: shared.get(role)! }));
  for (const { organization, roles: all } of wanted) {
    const own = all.filter(({ role }) => role.startsWith('role_')).sort((a, b) => compare(a.role, b.role));
    roles.push(...own.map(({ role, isAffected }, index) => ({ role, place: common.length + index, isAffected })));
    // What matters in other organizations alone is not read in this one.
    const matters = new Set(all.map(({ role }) => role));
    names.set(organization, [...common.map((role) => (matters.has(role) ? role : undefined)), ...own.map(({ role }) => role)]);
  }
  const width = Math.max(1, ...[...names.values()].map((list) => list.length));
  return {
    roles,
    width,
    read: (organization, mask) =>
      names.get(organization)!.flatMap((role, place) => (role !== undefined && mask[place] === '1' ? role : [])),
  };
}

/** The stored roles that have a say, and those whose holders have such a role through them. */
function rolesOf({ facts, touched, relevant }: NamedOrganization): Numbered[] {
  const affected = new Set(allowingNames([...touched], facts.blueprint).roles);
  const roles = allowingNames([...relevant], facts.blueprint).roles.filter((role) => role !== ownerRole);
  const found = new Map(roles.map((role): [string, Numbered] => [role, { role, isAffected: affected.has(role) }]));
  const through = [...facts.roleGrants].flatMap(([role, given]): Numbered[] => {
    const matter = given.flatMap((grant) => found.get(grant.role) ?? []);
    return matter.length === 0 ? [] : [{ role, isAffected: matter.some(({ isAffected }) => isAffected) }];
  });
  for (const { role, isAffected } of through) {
    const known = found.get(role);
    if (known) known.isAffected ||= isAffected;
    else found.set(role, { role, isAffected });
  }
  return [...found.values()];
}
