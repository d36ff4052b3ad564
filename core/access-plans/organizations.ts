import { livingGrant, livingSupport } from '../authorization/decisions/held-roles.ts';
import { mfaMissing, organizationStates } from '../authorization/decisions/snapshot.ts';
import type { PolicyChange } from '../authorization/review/policy-change.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { type SwitchedOff, switchedOffSql } from './switched-off.ts';

/** A role that every holder of another one has, in the organization or in one project. */
export interface RoleGrant {
  readonly role: string;
  readonly project: string | null;
}

/** An operator whom the organization lets in. */
export interface Supporter {
  readonly user: string;
  readonly role: string;
}

/** What is true of an organization for everyone in it, at the moment of the transaction. Projects and people by uuid. */
export interface OrganizationFacts {
  readonly uuid: string;
  readonly id: string;
  readonly blueprint: string;
  /** The states that everyone in it is in. */
  readonly states: readonly string[];
  readonly letsExternalsIn: boolean;
  readonly requiresMfa: boolean;
  readonly owner: string | null;
  /** The active ones, in order. */
  readonly projects: readonly string[];
  readonly roleGrants: ReadonlyMap<string, readonly RoleGrant[]>;
  readonly supporters: readonly Supporter[];
  readonly switchedOff: readonly SwitchedOff[];
}

/** An organization and what happens in it. */
export interface ChangedOrganization {
  readonly facts: OrganizationFacts;
  readonly change: PolicyChange;
}

interface Row {
  id: string;
  blueprint: string;
  states: string[];
  externals: boolean;
  mfa: boolean;
  owner_id: string | null;
  projects: string[];
  off: SwitchedOff[] | null;
}

const columnsSql = `
select o.id, o.blueprint, o.owner_id, o.externals = 'ALLOW' as externals, o.mfa = 'REQUIRED' as mfa,
  ${organizationStates} as states,
  array(select p.id from projects p where p.org_id = o.id and p.state = 'ACTIVE' order by p.id) as projects,
  ${switchedOffSql} as off
from organizations o`;
const organizationSql = `${columnsSql} where o.id = $1 and o.state <> 'DELETED'`;
const organizationsSql = `${columnsSql}
where o.blueprint = $1 and o.state <> 'DELETED' and ($2::uuid is null or o.id > $2) and ($3::uuid[] is null or o.id = any ($3))
order by o.id limit $4`;

const roleGrantsSql = `
select g.org_id, g.subject_role, g.role, g.project_id from grants g
where g.org_id = any ($1) and g.subject_role is not null and ${livingGrant} order by g.org_id, g.subject_role, g.role, g.project_id`;

const supportersSql = `
select s.org_id, s.operator_id, s.role from support_accesses s
where s.org_id = any ($1) and ${livingSupport}
order by s.org_id, s.operator_id`;

/** An organization of any kind; undefined where it is not there. All about it is asked for at one time. */
export async function organizationOf(db: Db, organization: string): Promise<OrganizationFacts | undefined> {
  const [rows, given] = await Promise.all([
    prepared<Row>(db, 'plan-organization', organizationSql, [organization]),
    readGiven(db, [organization]),
  ]);
  return factsOf(rows, given)[0];
}

/** The organizations of a kind in the order of their ids, behind `after`; with `only`, those among them. */
export async function nextOrganizations(
  db: Db,
  blueprint: string,
  { after, only, limit }: { after?: string | undefined; only?: readonly string[] | undefined; limit: number },
): Promise<OrganizationFacts[]> {
  const rows = await prepared<Row>(db, 'plan-organizations', organizationsSql, [blueprint, after ?? null, only ?? null, limit]);
  const ids = rows.map(({ id }) => id);
  return factsOf(rows, await readGiven(db, ids));
}

interface RoleGrantRow {
  org_id: string;
  subject_role: string;
  role: string;
  project_id: string | null;
}

interface SupporterRow {
  org_id: string;
  operator_id: string;
  role: string;
}

type Given = [RoleGrantRow[], SupporterRow[]];

function readGiven(db: Db, ids: readonly string[]): Promise<Given> {
  return Promise.all([
    prepared<RoleGrantRow>(db, 'plan-role-grants', roleGrantsSql, [ids]),
    prepared<SupporterRow>(db, 'plan-supporters', supportersSql, [ids]),
  ]);
}

function factsOf(rows: readonly Row[], [granted, supporting]: Given): OrganizationFacts[] {
  const grantsOf = groupedBy(granted, ({ org_id }) => org_id);
  const supportersOf = groupedBy(supporting, ({ org_id }) => org_id);
  return rows.map((row) => ({
    uuid: row.id,
    id: toId('organization', row.id),
    blueprint: row.blueprint,
    states: row.states,
    letsExternalsIn: row.externals,
    requiresMfa: row.mfa,
    owner: row.owner_id,
    projects: row.projects,
    roleGrants: new Map(
      [...groupedBy(grantsOf.get(row.id) ?? [], ({ subject_role }) => subject_role)].map(([subject, given]) => [
        subject,
        given.map(({ role, project_id }) => ({ role, project: project_id })),
      ]),
    ),
    supporters: (supportersOf.get(row.id) ?? []).map(({ operator_id, role }) => ({ user: operator_id, role })),
    switchedOff: row.off ?? [],
  }));
}

/** The states of one person, each with its bit among the flags of a group. */
export const personStates = {
  inactive: { name: 'state/inactive-member', bit: 1 },
  suspended: { name: 'state/suspended-user', bit: 2 },
  mfaMissing: { name: mfaMissing, bit: 8 },
} as const;

/** The other flags of a group: owner, no member, no member and yet with a role in the organization itself, account of the organization itself. */
export const flags = { owner: 4, outsider: 16, everywhere: 32, ofOrganization: 64 } as const;
