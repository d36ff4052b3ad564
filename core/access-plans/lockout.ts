import { onResource } from '../authorization/decisions/restricted.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import { domainOf, type Level } from '../authorization/policy/domain.ts';
import { flagsOf, joinFlags } from '../authorization/policy/flags.ts';
import { roleObject } from '../authorization/policy/vocabulary.ts';
import type { Engines } from '../authorization/review/policy-change.ts';
import { type Pair, pairName, permissionsOfBoth, subjectsIn } from '../authorization/review/verdicts.ts';
import { groupedBy } from '../base/grouped.ts';
import type { Db } from '../database/database.ts';
import { firstNames } from './first-names.ts';
import { groupsAbout } from './groups-about.ts';
import { holdingOf } from './holdings.ts';
import type { OrganizationFacts } from './organizations.ts';
import type { Rail } from './rails.ts';
import type { PlanRow } from './rows.ts';
import { offIn } from './switched-off.ts';

/** The permissions of a level that have the flag lockout in either policy. */
export function lockoutPairs({ before, after }: Engines, level: Level): Pair[] {
  const flags = joinFlags(before.vocabulary.flags, after.vocabulary.flags);
  return permissionsOfBoth(before, after, level).filter((pair) => flagsOf(flags, pair).includes('lockout'));
}

/** The permission to give the top role of a kind of organization: where no member has it, others have to help. */
export function givingTop(topRole: string): Pair {
  return { resource: roleObject(topRole), action: 'assign' };
}

/** A permission that people lose; `switchedOff` where they have it only once its type is switched on again. */
export interface Lost extends Pair {
  readonly switchedOff: boolean;
}

/** Those of the permissions that people of an organization lose there. */
export function lostBy(rows: readonly PlanRow[], pairs: readonly Pair[]): Lost[] {
  const losses = rows
    .filter(({ place, subjectType }) => place === 'ORGANIZATION' && subjectType === 'USER')
    .flatMap(({ effect }) => effect.changes.filter(({ kind }) => kind === 'LOSS'));
  const lost = new Map(losses.map((loss) => [pairName(loss), loss.switchedOff === true]));
  return pairs.flatMap((pair) => {
    const switchedOff = lost.get(pairName(pair));
    return switchedOff === undefined ? [] : { ...pair, switchedOff };
  });
}

/** An organization in which people lose some permissions, and the policy that it has afterwards. */
export interface Losing {
  readonly facts: OrganizationFacts;
  readonly after: Engine;
  readonly lost: readonly Lost[];
}

/** An organization in which no person may do something any more. */
export interface Locked {
  readonly organizationId: string;
  readonly pair: Pair;
}

/** What no person of these organizations may do any more, of what some of them lose. */
export async function withoutHolder(db: Db, organizations: readonly Losing[]): Promise<Locked[]> {
  if (organizations.length === 0) return [];
  const all = organizations.map(({ facts, after, lost }) => {
    const about = subjectsIn(after.rows());
    return { facts, after, lost, relevant: new Set(lost.flatMap((pair) => [...about(pair, 'org')])) };
  });
  const byOrganization = await groupsAbout(db, all, { withSubjects: false });
  return all.flatMap(({ facts, after, lost }) => {
    const people = (byOrganization.get(facts.uuid) ?? []).filter(({ subject, project }) => subject === 'user' && project === null);
    const domain = domainOf({ organizationId: facts.id });
    const held = people.map((group) => [...holdingOf(facts, group, null).keys()]);
    const off = offIn(facts, null);
    const isHeld = ({ switchedOff, ...pair }: Lost): boolean =>
      held.some((names) => {
        const restricted = switchedOff ? undefined : off;
        const { roles } = onResource({ roles: names, restricted }, pair.resource, undefined);
        return after.decide({ roles: after.roleSet(roles), domain, ...pair }).allowed;
      });
    return lost.filter((one) => !isHeld(one)).map(({ resource, action }) => ({ organizationId: facts.id, pair: { resource, action } }));
  });
}

/** What is said of organizations without a person who may do something. */
export function lockoutRails(topRole: string, locked: readonly Locked[]): Rail[] {
  const top = pairName(givingTop(topRole));
  return [...groupedBy(locked, ({ pair }) => pairName(pair))].map(([permission, all]): Rail => {
    const where = firstNames(all.map(({ organizationId }) => organizationId));
    if (permission === top)
      return { id: 'last-giver', status: 'BLOCK', detail: `No person could give ${topRole}, the top role, any more in ${where}.` };
    return { id: 'lockout', status: 'BLOCK', detail: `No person would have ${permission} any more in ${where}.` };
  });
}
