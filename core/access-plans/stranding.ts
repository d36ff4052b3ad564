import type { Effect, Engines } from '../authorization/review/policy-change.ts';
import type { Db } from '../database/database.ts';
import { lostBy } from './last-use.ts';
import type { OrganizationFacts } from './organizations.ts';
import type { PlanRow } from './rows.ts';
import { joined, type Stranded, summed } from './stranded.ts';
import { strandedKeys } from './stranded-keys.ts';
import { type LosingOrganization, mostOffers, strandedOffers } from './stranded-offers.ts';

/** Collects what a change strands in organizations, where it takes something. */
export function createStranding(db: Db, renamed: (blueprint: string) => Readonly<Record<string, string>>) {
  let found: Stranded[] = [];
  const asking = { left: mostOffers };

  return {
    /** Looks at organizations whose rows are made. */
    async look(
      organizations: readonly OrganizationFacts[],
      rows: readonly PlanRow[],
      enginesOf: (facts: OrganizationFacts) => Engines,
    ): Promise<void> {
      const losses = lossesOf(rows);
      const losing = organizations.flatMap((facts): (LosingOrganization & { facts: OrganizationFacts })[] => {
        const lost = losses.get(facts.id);
        return lost ? [{ facts, lost: lost.names, engines: enginesOf(facts), rename: renamed(facts.blueprint) }] : [];
      });
      if (losing.length === 0) return;
      const ofKeys = losing.filter(({ facts }) => losses.get(facts.id)!.byKeys);
      const items = [...(await strandedOffers(db, losing, asking)), ...(ofKeys.length > 0 ? await strandedKeys(db, ofKeys) : [])];
      found = joined(found, summed(items));
    },
    found: (): readonly Stranded[] => found,
  };
}

/** What is lost in each organization, and whether keys lose something there. */
function lossesOf(rows: readonly PlanRow[]): Map<string, { names: Set<string>; byKeys: boolean }> {
  const namesOf = new Map<Effect, readonly string[]>();
  const losses = new Map<string, { names: Set<string>; byKeys: boolean }>();
  for (const { effect, organizationId, subjectType } of rows) {
    const names = namesOf.get(effect) ?? lostBy(effect);
    namesOf.set(effect, names);
    if (names.length === 0 || organizationId === undefined) continue;
    const known = losses.get(organizationId) ?? { names: new Set<string>(), byKeys: false };
    losses.set(organizationId, known);
    for (const name of names) known.names.add(name);
    known.byKeys ||= subjectType === 'API_KEY';
  }
  return losses;
}
