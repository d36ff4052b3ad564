import { canonical } from '../base/canonical.ts';
import { groupedBy } from '../base/grouped.ts';
import { platformChain } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { findPlan } from './access-plans.ts';
import { documentOf, type PlanDocument, type ShownEffect } from './document.ts';
import { movedSince } from './marks.ts';
import { makePlan } from './plan.ts';
import { storedRowsOf } from './stored-rows.ts';

/** What makes a plan say something else than it said when it was made; nothing where it still holds. */
export interface Staleness {
  /** Sentences for people. */
  readonly reasons: readonly string[];
  /** Organizations that were planned again. */
  readonly planned: number;
}

/** Organizations that are planned again at most; when more have moved, a new plan is due (docs/limits.md). */
const most = 500;
/** How many organizations a sentence names. */
const named = 10;

/**
 * Looks whether a plan still holds: of the organizations in which nothing moved it does, the others, and the platform, are planned again and
 * compared. What is in force must be what it was.
 */
export async function checkAccessPlan(database: Database, accessPlanId: string): Promise<Staleness> {
  return database.observe('platform', (db) => compare(db, accessPlanId));
}

async function compare(db: Db, accessPlanId: string): Promise<Staleness> {
  const { id, contents, document } = await findPlan(db, accessPlanId, ['id', 'contents', 'document']);
  const moved = await movedSince(db, id);
  if (moved.length > most)
    return { reasons: [`Something has moved in ${moved.length} organizations, which are too many to plan again.`], planned: 0 };
  const again = await makePlan(db, contents, { only: moved });
  const now = documentOf(again);
  const before = await storedRowsOf(db, id, [...moved, platformChain]);
  const places = changedPlaces({ effects: document!.effects, rows: before }, now);
  const reasons = places.length === 0 ? [] : [sentenceOf(places)];
  for (const { status, detail } of now.rails) if (status === 'BLOCK') reasons.push(detail);
  const [different] = again.verification.differences;
  if (different) reasons.push(`Stock Casbin decides ${different.permission} of ${different.subject} otherwise than the plan.`);
  return { reasons, planned: moved.length };
}

/** Where the rows say something else: ids of organizations, or `platform`. */
function changedPlaces(before: Pick<PlanDocument, 'effects' | 'rows'>, now: Pick<PlanDocument, 'effects' | 'rows'>): string[] {
  const old = linesByPlace(before);
  const fresh = linesByPlace(now);
  const places = new Set([...old.keys(), ...fresh.keys()]);
  return [...places].filter((place) => canonical(old.get(place) ?? []) !== canonical(fresh.get(place) ?? [])).sort();
}

/** The rows of each place, with what their effects say in the place of numbers, which a part of a plan counts otherwise. */
function linesByPlace({ effects, rows }: Pick<PlanDocument, 'effects' | 'rows'>): Map<string, string[]> {
  const said = new Map(effects.map((effect): [number, string] => [effect.effect, meaningOf(effect)]));
  const byPlace = groupedBy(rows, ({ organizationId }) => organizationId ?? 'platform');
  return new Map([...byPlace].map(([place, some]) => [place, some.map(({ effect, ...row }) => canonical([said.get(effect), row])).sort()]));
}

function meaningOf({ level, place, roles, scopes, changes }: ShownEffect): string {
  return canonical([level, place, roles, scopes, changes]);
}

function sentenceOf(places: readonly string[]): string {
  const shown = places.slice(0, named).join(', ');
  return `Who gains or loses is not what the plan says any more in ${shown}${places.length > named ? ` and ${places.length - named} more` : ''}.`;
}
