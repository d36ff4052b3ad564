import { isRestricted } from '../authorization/decisions/restricted.ts';
import { type Db, prepared } from '../database/database.ts';
import type { OrganizationFacts } from './organizations.ts';
import { offInPlaces, type SwitchedOff } from './switched-off.ts';

/** What a change of the restrictions of an organization switches off, or on again, in numbers. */
export interface SwitchedResources {
  readonly organizationId: string;
  readonly effect: 'OFF' | 'ON';
  readonly resourceType: string;
  readonly resourceId?: string;
  /** Resources that Tenet keeps and that are other than before somewhere; of one that is named, 1 or 0. */
  readonly resources: number;
  /** Active projects where it is other than before. */
  readonly projects: number;
}

interface CountRow {
  type: string;
  project_id: string | null;
  count: number;
}

const countSql = `
select type, project_id, count(*)::int as count from resources where org_id = $1 and type = any ($2) group by type, project_id`;

/** What is off or on again; what other restrictions switch off there too is not counted. */
export async function switchedResources(
  db: Db,
  before: OrganizationFacts | undefined,
  after: OrganizationFacts | undefined,
): Promise<SwitchedResources[]> {
  if (!before || !after) return [];
  const changes = [...addedTo(after, before, 'OFF'), ...addedTo(before, after, 'ON')];
  if (changes.length === 0) return [];
  const counts = await prepared<CountRow & Record<string, unknown>>(db, 'switched-resources', countSql, [
    after.uuid,
    [...new Set(changes.map(({ type }) => type))],
  ]);
  const offs = [offInPlaces(before), offInPlaces(after)] as const;
  const projects = after.projects.filter((project) => before.projects.includes(project));
  return changes.map(({ type, id, effect }) => {
    const turns = (project: string | null): boolean => {
      const [was, is] = offs.map((off) => isRestricted(off(project), type, id ?? undefined));
      return was !== is && is === (effect === 'OFF');
    };
    const turned = new Set<string | null>(projects.filter(turns));
    const isTurned = turned.size > 0 || turns(null);
    const hit = counts.filter((row) => row.type === type && (row.project_id === null ? isTurned : turned.has(row.project_id)));
    return {
      ...{ organizationId: after.id, effect, resourceType: type },
      ...(id !== null && { resourceId: id }),
      resources: id === null ? hit.reduce((sum, { count }) => sum + count, 0) : Number(isTurned),
      projects: turned.size,
    };
  });
}

function addedTo(there: OrganizationFacts, notThere: OrganizationFacts, effect: SwitchedResources['effect']) {
  const known = new Set(notThere.switchedOff.map((one) => JSON.stringify(one)));
  const added: SwitchedOff[] = there.switchedOff.filter((one) => !known.has(JSON.stringify(one)));
  return added.map(({ type, id }) => ({ type, id, effect }));
}
