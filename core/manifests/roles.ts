import { createRole, deleteRole, replaceRole } from '../access/custom-roles.ts';
import { roleUses, usesSentence } from '../access/role-successors.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import { customRolesOf, levelOfTier } from '../authorization/policy/custom-roles.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type Attempt, type ManifestRef, type Step, type StoredRef, storedRef } from './apply.ts';
import { type SpecProblem, withinDay } from './entries.ts';
import { type DesiredRole, isSameRole, roleProblems, toRoleDefinition } from './role-definitions.ts';

/** What became of an entry. InUse: it is not listed any more and stays, because something is about it. */
export interface RoleStatus {
  readonly name: string;
  readonly id?: string;
  readonly state: 'Active' | 'Refused' | 'InUse';
  readonly message?: string;
}

interface KnownRow {
  readonly uuid: string;
  readonly title: string;
  readonly description: string;
  readonly tier: string;
  readonly permissions: readonly string[];
  readonly name: string | null;
  /** The title in the manifest that means the same, capital letters aside. */
  readonly wantedTitle: string | null;
  readonly managedBy: StoredRef | null;
}

const rolesSql = `
select id as uuid, title, description, tier, permissions, manifest_name as name, managed_by as "managedBy",
  (select wanted from unnest(:titles::text[]) wanted where lower(wanted) = lower(title) limit 1) as "wantedTitle"
from roles where org_id = :org and (managed_by ->> 'uid' = :uid or managed_by is null) order by id`;

/** What the list comes to. */
export interface PlannedRoles extends NamedRoles {
  readonly steps: readonly Step[];
  readonly statuses: readonly RoleStatus[];
  readonly problems: readonly SpecProblem[];
  /** Why entries are left as they are, those among them that the manifest does not list any more. */
  readonly refusals: readonly SpecProblem[];
}

/** The roles that entries of a manifest can name. */
export interface NamedRoles {
  /** By the name in the manifest. */
  readonly ids: ReadonlyMap<string, string>;
  /** Names that the manifest lists and for which there is no role. */
  readonly unmade: ReadonlySet<string>;
}

const none: PlannedRoles = { steps: [], statuses: [], problems: [], refusals: [], ids: new Map(), unmade: new Set() };

/** The name of an entry in refusals. No address of a member is like it. */
const entryOf = (name: string): string => `spec.roles[${name}]`;

interface RolesInput {
  readonly organizationId: string;
  readonly roles: KnownRoles;
  readonly ref: ManifestRef;
  readonly wanted: readonly DesiredRole[];
}

/** Plans the roles of the organization's own. A role of no manifest that has the title of an entry becomes the manifest's; one that is in use is never deleted. */
export async function planRoles(db: Db, actor: Actor, input: RolesInput, attempt: Attempt): Promise<PlannedRoles> {
  const { organizationId, roles, ref, wanted } = input;
  if (wanted.length === 0 && !customRolesOf(roles.blueprint!)) return none;
  const known: KnownRow[] = (
    await db.raw(rolesSql, { org: toUuid('organization', organizationId), uid: ref.uid, titles: wanted.map(({ title }) => title) })
  ).rows;
  const rowOf = ({ name, title }: DesiredRole): KnownRow | undefined =>
    known.find((row) => row.managedBy?.uid === ref.uid && row.name === name) ??
    known.find((row) => row.managedBy === null && row.wantedTitle === title);
  const does = roleSteps(db, actor, organizationId, ref);
  const { problems, wrong } = problemsOf(roles, wanted, rowOf);
  const gone = await planGone(db, input, known, attempt);
  const steps: Step[] = gone.flatMap(({ row, why }) => (why === undefined ? [{ ...does.remove(row), entries: [entryOf(row.name!)] }] : []));
  const kept = gone.filter(({ why }) => why !== undefined);
  const statuses = kept.map(({ row, why }): RoleStatus => statusOf(row.name!, row, 'InUse', why));
  const refusals = kept.map(({ row, why }): SpecProblem => ({ path: entryOf(row.name!), detail: why! }));
  const ids = new Map<string, string>();
  for (const desired of wanted) {
    const { name } = desired;
    const row = rowOf(desired);
    if (row) ids.set(name, toId('role', row.uuid));
    const why = wrong.get(name) ?? attempt.refused.get(entryOf(name));
    statuses.push(statusOf(name, row, why === undefined ? 'Active' : 'Refused', why));
    if (why === undefined) steps.push(...stepsOf(does, roles, desired, row, ref).map((step) => ({ ...step, entries: [entryOf(name)] })));
    else if (!wrong.has(name)) refusals.push({ path: entryOf(name), detail: why });
  }
  const unmade = new Set(wanted.map(({ name }) => name).filter((name) => !ids.has(name)));
  return { steps, statuses, problems, refusals, ids, unmade };
}

function statusOf(name: string, row: KnownRow | undefined, state: RoleStatus['state'], message: string | undefined): RoleStatus {
  return { name, ...(row && { id: toId('role', row.uuid) }), state, ...(message !== undefined && { message }) };
}

/** What cannot be in an organization of this kind, with its place, and the names of the entries that it is in. */
function problemsOf(
  { blueprint }: KnownRoles,
  wanted: readonly DesiredRole[],
  rowOf: (desired: DesiredRole) => KnownRow | undefined,
): { problems: SpecProblem[]; wrong: Map<string, string> } {
  const custom = customRolesOf(blueprint!);
  const wrong = new Map<string, string>();
  if (!custom) {
    const detail = `An organization of this kind (${blueprint!.title}) has the roles of its kind and defines none itself.`;
    for (const { name } of wanted) wrong.set(name, detail);
    return { problems: wanted.length === 0 ? [] : [{ path: 'spec.roles', detail }], wrong };
  }
  const problems: SpecProblem[] = [];
  const titles = wanted.map(({ title }) => title.toLowerCase());
  for (const [index, desired] of wanted.entries()) {
    const first = titles.indexOf(titles[index]!);
    const twice = first === index ? [] : [{ path: 'title', detail: `is the title of ${wanted[first]!.name} already` }];
    for (const { path, detail } of [...twice, ...roleProblems(custom, desired, rowOf(desired)?.tier)]) {
      problems.push({ path: `spec.roles[${index}].${path}`, detail: `${desired.name}: ${detail}` });
      wrong.set(desired.name, [wrong.get(desired.name), `${path} ${detail}.`].filter(Boolean).join(' '));
    }
  }
  return { problems, wrong };
}

/** Roles that are not listed any more, each with what keeps it. */
async function planGone(
  db: Db,
  { organizationId, ref, wanted }: RolesInput,
  known: readonly KnownRow[],
  { refused }: Attempt,
): Promise<{ row: KnownRow; why: string | undefined }[]> {
  const planned: { row: KnownRow; why: string | undefined }[] = [];
  for (const row of known) {
    if (row.managedBy?.uid !== ref.uid || wanted.some(({ name }) => name === row.name)) continue;
    const uses = await roleUses(db, organizationId, { id: toId('role', row.uuid), level: levelOfTier(row.tier) });
    const kept = uses && `It is not listed any more and stays as it is: ${usesSentence(uses)} It is deleted once nothing is about it.`;
    planned.push({ row, why: kept ?? refused.get(entryOf(row.name!)) });
  }
  return planned;
}

function stepsOf(
  does: ReturnType<typeof roleSteps>,
  { blueprint }: KnownRoles,
  desired: DesiredRole,
  row: KnownRow | undefined,
  ref: ManifestRef,
): Step[] {
  const definition = toRoleDefinition(customRolesOf(blueprint!)!, desired);
  if (!row) return [does.create(desired.name, definition)];
  return [
    ...(row.managedBy?.uid === ref.uid ? [] : [does.takeOver(row, desired.name)]),
    ...(isSameRole(row, definition) ? [] : [does.replace(row, desired.name, definition)]),
  ];
}

type Definition = ReturnType<typeof toRoleDefinition>;

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
function roleSteps(db: Db, actor: Actor, organizationId: string, ref: ManifestRef) {
  const place = { organizationId };
  return {
    create: (name: string, definition: Definition): Step => ({
      does: `create the role ${name}`,
      changesPolicy: true,
      async run() {
        await actor.require('role', 'create', place);
        await withinDay(createRole(db, actor, { ...place, ...definition, manager: { managedBy: storedRef(ref), name } }));
      },
    }),
    replace: (row: KnownRow, name: string, definition: Definition): Step => ({
      does: `change the role ${name}`,
      changesPolicy: true,
      async run() {
        await actor.require('role', 'update', place);
        await withinDay(replaceRole(db, actor, { ...place, roleId: toId('role', row.uuid), ...definition }));
      },
    }),
    remove: (row: KnownRow): Step => ({
      does: `delete the role ${row.name}`,
      changesPolicy: true,
      async run() {
        await actor.require('role', 'delete', place);
        await withinDay(deleteRole(db, actor, { ...place, roleId: toId('role', row.uuid) }));
      },
    }),
    takeOver: (row: KnownRow, name: string): Step => ({
      does: `manage the role ${name}`,
      isNote: true,
      async run() {
        await actor.require('role', 'update', place);
        await db('roles')
          .where({ org_id: toUuid('organization', organizationId), id: row.uuid })
          .update({ managed_by: JSON.stringify(storedRef(ref)), manifest_name: name, ...nextVersion(db) });
        const after = { managedBy: storedRef(ref) };
        await record(db, actor, { organizationId, action: 'role.adopt', target: toId('role', row.uuid), after });
      },
    }),
  };
}

/** Whether it can only be the name of a role that a manifest defines: roles of kinds have a dot in them, ids an underscore. */
const isOwnName = (role: string): boolean => !/[._]/.test(role);

/** The roles that the manifest of an organization calls by names, for a manifest of one of its projects with these entries. */
export async function readNamedRoles(
  db: Db,
  organizationUuid: string,
  entries: readonly { readonly roles: readonly string[] }[],
): Promise<NamedRoles> {
  if (!entries.some(({ roles }) => roles.some(isOwnName))) return none;
  const rows: { id: string; name: string }[] = await db('roles')
    .where({ org_id: organizationUuid })
    .whereNotNull('manifest_name')
    .select('id', 'manifest_name as name');
  return { ids: new Map(rows.map(({ id, name }) => [name, toId('role', id)])), unmade: new Set() };
}

/** The entries with the ids of the roles that they name. An entry that names a role which could not be made is refused as long as it is not there. */
export function resolveRoles<T extends { readonly roles: readonly string[] }>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
  { ids, unmade }: NamedRoles,
): { entries: T[]; refused: Map<string, string> } {
  const refused = new Map<string, string>();
  const resolved = entries.map((entry) => {
    const missing = entry.roles.find((role) => unmade.has(role));
    if (missing !== undefined) refused.set(nameOf(entry), `There is no role ${missing} yet: see ${entryOf(missing)} in the status.`);
    return { ...entry, roles: entry.roles.filter((role) => !unmade.has(role)).map((role) => ids.get(role) ?? role) };
  });
  return { entries: resolved, refused };
}
