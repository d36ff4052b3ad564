import { onResource } from '../authorization/decisions/restricted.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { type Pair, subjectsIn } from '../authorization/review/verdicts.ts';
import type { Db } from '../database/database.ts';
import type { View } from './difference.ts';
import { groupsAbout } from './groups-about.ts';
import { holdingOf } from './holdings.ts';
import { offIn } from './switched-off.ts';

/** The people who may do this in an organization itself, by uuid, as the transaction sees it. */
export async function peopleWho(db: Db, { facts, engine }: Pick<View, 'facts' | 'engine'>, pair: Pair): Promise<string[]> {
  const relevant = subjectsIn(engine.rows())(pair, 'org');
  const groups = (await groupsAbout(db, [{ facts, relevant }], { withSubjects: true })).get(facts.uuid) ?? [];
  const domain = domainOf({ organizationId: facts.id });
  return groups.flatMap((group) => {
    if (group.subject !== 'user' || group.project !== null) return [];
    const held = onResource({ roles: [...holdingOf(facts, group, null).keys()], restricted: offIn(facts, null) }, pair.resource, undefined);
    const roles = engine.roleSet(held.roles);
    return engine.decide({ roles, domain, ...pair }).allowed ? group.subjects! : [];
  });
}
