import { mayOffer } from '../access/giving.ts';
import { linkStateSql } from '../access/invitation-link-rows.ts';
import { mayHandle } from '../authorization/decisions/roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { type Subject, subjectNamed } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { blueprintScope, scopeName } from '../authorization/policy/scopes.ts';
import { offeringActions, roleObject } from '../authorization/policy/vocabulary.ts';
import type { Engines } from '../authorization/review/policy-change.ts';
import { pairName } from '../authorization/review/verdicts.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { OrganizationFacts } from './organizations.ts';
import type { StrandedItem } from './stranded.ts';

/** An organization in which something is lost, with both policies of it. */
export interface LosingOrganization {
  readonly facts: Pick<OrganizationFacts, 'uuid' | 'id' | 'blueprint'>;
  /** Names of the permissions that a subject loses there. */
  readonly lost: ReadonlySet<string>;
  readonly engines: Engines;
  /** New names of roles of its kind. */
  readonly rename: Readonly<Record<string, string>>;
}

interface OfferRow {
  kind: 'INVITATION' | 'INVITATION_LINK';
  org_id: string;
  id: string;
  role: string;
  project_id: string | null;
  author: string;
  managed: boolean;
}

// A role in a project that was deleted is offered no more.
const offersSql = `
select u.* from (
  select 'INVITATION' as kind, i.org_id, i.id, r.role, r.project_id, i.invited_by as author, i.managed_by is not null as managed
  from invitations i join invitation_roles r on r.org_id = i.org_id and r.invitation_id = i.id
  where i.org_id = any ($1) and i.state = 'PENDING' and least(i.expires_at, i.until) > now()
  union all
  select 'INVITATION_LINK', l.org_id, l.id, r.role, r.project_id, l.invited_by, false
  from invitation_links l join invitation_link_roles r on r.org_id = l.org_id and r.link_id = l.id
  where l.org_id = any ($1) and ${linkStateSql} = 'ACTIVE'
) u left join projects p on p.org_id = u.org_id and p.id = u.project_id
where p.state is distinct from 'DELETED' order by org_id, kind, id, project_id nulls first, role`;

/** Offers that were asked about, and how many may be. */
export interface Asking {
  left: number;
}

/** Offers whose authors are asked about at most (docs/limits.md). */
export const mostOffers = 5_000;

/**
 * Invitations and links whose author may offer the role now, and may not after the change. Only where a permission is lost that an offer depends on is anything
 * asked. What a snapshot has is left out: it does not say who invited.
 */
export async function strandedOffers(db: Db, organizations: readonly LosingOrganization[], asking: Asking): Promise<StrandedItem[]> {
  const byId = new Map(organizations.map((one) => [one.facts.uuid, one]));
  const rows = await prepared<OfferRow & Record<string, unknown>>(db, 'plan-stranded-offers', offersSql, [[...byId.keys()]]);
  const stranded = new Map<string, StrandedItem>();
  const answers = new Map<string, boolean>();
  for (const row of rows) {
    const organization = byId.get(row.org_id)!;
    const author = authorOf(row);
    if (!author || !hangsOn(row.role, organization)) continue;
    const key = [row.org_id, row.project_id, row.role, author.id].join(' ');
    if (!answers.has(key) && asking.left > 0) {
      asking.left -= 1;
      answers.set(key, await isLost(db, organization, author, row));
    }
    const answer = answers.get(key);
    if (answer === false) continue;
    const item = itemOf(row, organization, answer === undefined ? 'NOT_EXAMINED' : 'GIVER_LOST');
    stranded.set([item.kind, item.id, item.role].join(' '), item);
  }
  return [...stranded.values()];
}

function authorOf({ author, managed }: OfferRow): Subject | undefined {
  if (managed) return { type: 'controller', id: author };
  const subject = subjectNamed(author);
  return subject.type === 'controller' ? undefined : subject;
}

/** A role that the organization has defined is offered by those who hold everything in it. */
function hangsOn(role: string, { engines, lost, rename }: LosingOrganization): boolean {
  if (engines.before.customRoles.has(role) || rename[role] !== undefined) return lost.size > 0;
  const isThere = engines.after.blueprint?.roles.some(({ id }) => id === role);
  return isThere === true && offeringActions.some((action) => lost.has(pairName({ resource: roleObject(role), action })));
}

async function isLost(
  db: Db,
  { facts, engines, rename }: LosingOrganization,
  author: Subject,
  { role, project_id }: Pick<OfferRow, 'role' | 'project_id'>,
): Promise<boolean> {
  const place = { organizationId: facts.id, ...(project_id !== null && { projectId: toId('project', project_id) }) };
  if (engines.before.customRoles.has(role))
    return (await mayOffer(db, engines.before, author, place, role)) && !(await mayOffer(db, engines.after, author, place, role));
  const snapshot = await takeSnapshot(db, author, domainOf(place), place);
  return (
    mayHandle(engines.before, snapshot, role, offeringActions) && !mayHandle(engines.after, snapshot, rename[role] ?? role, offeringActions)
  );
}

function itemOf({ kind, id, role }: OfferRow, { facts, engines }: LosingOrganization, reason: StrandedItem['reason']): StrandedItem {
  return {
    ...{ kind, reason, scope: scopeName(blueprintScope(facts.blueprint)), organizationId: facts.id },
    ...(!engines.before.customRoles.has(role) && { role }),
    id: toId(kind === 'INVITATION' ? 'invitation' : 'invitationLink', id),
  };
}
