import { groupedBy } from '../base/grouped.ts';
import type { Db } from '../database/database.ts';
import { type Group, groupsOf } from './groups.ts';
import { type NamedOrganization, roleBits } from './role-bits.ts';

/**
 * The groups of these organizations, by the uuid of each, of all who may do what the relevant names have a say in there: a change need not touch them, and of
 * members it may be the membership alone that gives it.
 */
export async function groupsAbout(
  db: Db,
  organizations: readonly Pick<NamedOrganization, 'facts' | 'relevant'>[],
  { withSubjects }: { readonly withSubjects: boolean },
): Promise<ReadonlyMap<string, readonly Group[]>> {
  const relevant = new Set(organizations.flatMap((one) => [...one.relevant]));
  const groups = await groupsOf(db, {
    organizations: organizations.map(({ facts }) => facts),
    bits: roleBits(organizations.map((one) => ({ facts: one.facts, relevant: one.relevant, touched: one.relevant }))),
    relevant,
    touched: new Set([...relevant, 'member/self']),
    sampled: [],
    withSubjects,
  });
  return groupedBy(groups, ({ organization }) => organization);
}
