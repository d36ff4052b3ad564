import { flagsOf } from '../authorization/policy/flags.ts';
import { pairName } from '../authorization/review/verdicts.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { differencesOf, type View, type Where } from './difference.ts';
import type { Group } from './groups.ts';

/** What pending invitations and links offer, those together that offer the same: what a person may do who accepts and held nothing there before. */
export interface OfferedAccess {
  readonly organizationId: string;
  readonly invitations: number;
  readonly links: number;
  readonly roles: readonly { readonly role: string; readonly projectId?: string }[];
  readonly items: readonly OfferedPermission[];
  /** How many further ones there are. */
  readonly more: number;
  /** It is about projects too of which the reader may not know. */
  readonly partial?: true;
}

/** A permission that comes with an offer, in a place. */
export interface OfferedPermission {
  readonly place: Where['place'];
  readonly projectId?: string;
  /** How many other projects that are. */
  readonly projects?: number;
  readonly permission: string;
  readonly sensitive?: true;
}

/** Invitations and links by uuid. */
export interface OfferIds {
  readonly invitations: readonly string[];
  readonly links: readonly string[];
}

/** Different offers of an organization that are shown, and permissions of each (docs/limits.md). */
const most = { offers: 20, items: 500 };

interface Row {
  kind: 'invitation' | 'link';
  in_project: boolean;
  offers: { role: string; project: string | null }[];
}

const rolesOf = (table: string, key: string): string => `(
  select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'project', r.project_id) order by r.project_id nulls first, r.role), '[]')
  from ${table} r where r.org_id = o.org_id and r.${key} = o.id)`;
const offersSql = `
select 'invitation' as kind, o.project_id is not null as in_project, ${rolesOf('invitation_roles', 'invitation_id')} as offers
from invitations o where o.org_id = $1 and o.id = any ($2)
union all
select 'link', o.project_id is not null, ${rolesOf('invitation_link_roles', 'link_id')}
from invitation_links o where o.org_id = $1 and o.id = any ($3)`;

/** What these offer in an organization, as it is now. */
export async function readOffered(
  db: Db,
  { facts, engine }: Omit<View, 'groups'>,
  { invitations, links }: OfferIds,
): Promise<OfferedAccess[]> {
  if (invitations.length + links.length === 0) return [];
  const rows = await prepared<Row>(db, 'change-offers', offersSql, [facts.uuid, invitations, links]);
  const alike = groupedBy(rows, ({ in_project, offers }) => JSON.stringify([in_project, offers]));
  const found: OfferedAccess[] = [];
  for (const same of [...alike.values()].slice(0, most.offers)) {
    const { in_project, offers } = same[0]!;
    // Who joins by an offer in a project alone has the lowest role of the organization as well.
    const roles = in_project ? [{ role: engine.blueprint!.lowestRole, project: null }, ...offers] : offers;
    const count = (kind: Row['kind']): number => same.filter((one) => one.kind === kind).length;
    found.push({
      organizationId: facts.id,
      ...{ invitations: count('invitation'), links: count('link') },
      roles: roles.map(({ role, project }) => ({ role, ...(project !== null && { projectId: toId('project', project) }) })),
      ...(await permissionsOf({ facts, engine }, roles)),
    });
  }
  return found;
}

/** What a person may do who holds these roles as a member, and nothing else. */
async function permissionsOf(
  { facts, engine }: Omit<View, 'groups'>,
  roles: Row['offers'],
): Promise<Pick<OfferedAccess, 'items' | 'more'>> {
  const rolesIn = (place: string | null): string[] => roles.flatMap(({ role, project }) => (project === place ? role : [])).sort();
  const groups = [...new Set([null, ...roles.map(({ project }) => project)])].map(
    (project): Group => ({
      ...{ subject: 'user', holder: 'user', organization: facts.uuid, flags: 0, count: 1, fold: 0n, sampled: [], subjects: [facts.uuid] },
      ...{ project, roles: rolesIn(null), projectRoles: project === null ? [] : rolesIn(project) },
    }),
  );
  const items: OfferedPermission[] = [];
  for await (const { where, differences } of differencesOf({ facts, engine, groups: [] }, { facts, engine, groups })) {
    for (const difference of differences) {
      items.push({
        place: where.place,
        ...(where.place === 'PROJECT' && { projectId: toId('project', where.project) }),
        ...(where.place === 'OTHER_PROJECTS' && { projects: where.projects.length }),
        permission: pairName(difference),
        ...(flagsOf(engine.vocabulary.flags, difference).includes('sensitive') && { sensitive: true as const }),
      });
    }
  }
  return { items: items.slice(0, most.items), more: Math.max(0, items.length - most.items) };
}
