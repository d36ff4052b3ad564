import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { didYouMean } from '../authorization/policy/findings.ts';
import { type KeptType, keptType } from '../authorization/policy/resource-types.ts';
import { canonical } from '../base/canonical.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import { isObject } from '../base/objects.ts';
import { type Db, prepared } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { checkData, type Data } from '../resources/field-schema.ts';
import { mergePatch } from '../resources/merge-patch.ts';
import { fieldsOf, pick, type ResourceRow } from '../resources/resource-rows.ts';
import { createResource, deleteResource, updateResource } from '../resources/resources.ts';
import { type ManifestRef, type Step, type StoredRef, storedRef } from './apply.ts';
import { type RefusedEntries, type SpecProblem, withinDay } from './entries.ts';
import type { PlannedPart } from './organization-contents.ts';

/** A resource that a manifest says, with its fields but for the sensitive ones. */
export interface DesiredResource {
  readonly type: string;
  readonly name: string;
  readonly data?: Data | undefined;
}

interface Home {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

interface Wanted extends Home {
  readonly blueprint: Blueprint;
  readonly ref: ManifestRef;
  readonly wanted: readonly DesiredResource[];
}

type Row = ResourceRow & { readonly managed_by: StoredRef | null };

const list = 'spec.resources';

/**
 * Plans the resources of an organization or a project by the core functions of the API, each by itself. One that the manifest has made or taken over, and does
 * not list any more, is deleted; an entry that cannot be carried out keeps what there is. Sensitive fields stay as they are.
 */
export async function planResources(
  db: Db,
  actor: Actor,
  keyring: Keyring,
  { blueprint, ref, wanted, ...home }: Wanted,
  refused: RefusedEntries,
): Promise<PlannedPart> {
  const rows = await readRows(db, home, ref, wanted);
  const does = resourceSteps(db, actor, keyring, home, ref);
  const steps: Step[] = [];
  const problems: SpecProblem[] = [];
  const refusals: SpecProblem[] = [];
  const listed = new Set<string>();
  for (const [index, { data, ...entry }] of wanted.entries()) {
    const path = `${list}[${index}]`;
    // A null counts as left out.
    const desired = { ...entry, data: mergePatch({}, data ?? {}) as Data };
    const key = keyOf(desired);
    const { row, ambiguous } = rowOf(rows, desired, ref);
    const type = keptType(blueprint, desired.type, home.projectId === undefined ? 'org' : 'project');
    const found = type ? entryProblems(type, desired, row, path) : [noSuchType(blueprint, home, desired.type, path)];
    if (listed.has(key)) found.push({ path, detail: `The ${desired.type} ${desired.name} is listed already.` });
    listed.add(key);
    const why = ambiguous ?? refused.get(path);
    if (found.length > 0) problems.push(...found);
    else if (why !== undefined) refusals.push({ path, detail: why });
    else steps.push(...stepsOf(does, type!, desired, row, ref).map((step) => ({ ...step, entries: [path] })));
  }
  if (refused.has(list)) refusals.push({ path: list, detail: refused.get(list)! });
  const gone = rows.filter((row) => isOf(row, ref) && !listed.has(keyOf(row)) && !refused.has(list));
  return { steps: [...steps, ...gone.map((row) => ({ ...does.remove(row), entries: [list] }))], problems, refusals };
}

const keyOf = ({ type, name }: { readonly type: string; readonly name: string }): string => `${type} ${name}`;

const isOf = ({ managed_by }: Row, { uid }: ManifestRef): boolean => managed_by?.uid === uid;

const rowsSql = `
select * from resources
where org_id = $1 and project_id is not distinct from $2::uuid and (managed_by ->> 'uid' = $3 or (type, name) in (select * from unnest($4::text[], $5::text[])))
order by id`;

/** What the manifest manages in the place, and everything with the name of an entry. */
async function readRows(db: Db, home: Home, ref: ManifestRef, wanted: readonly DesiredResource[]): Promise<Row[]> {
  const { organizationId, projectId } = home;
  return prepared<Row & Record<string, unknown>>(db, 'manifest-resources', rowsSql, [
    toUuid('organization', organizationId),
    projectId === undefined ? null : toUuid('project', projectId),
    ref.uid,
    wanted.map(({ type }) => type),
    wanted.map(({ name }) => name),
  ]);
}

/** The resource of an entry, if there is one. */
function rowOf(rows: readonly Row[], desired: DesiredResource, ref: ManifestRef): { row?: Row | undefined; ambiguous?: string } {
  const named = rows.filter((row) => keyOf(row) === keyOf(desired));
  const own = named.find((row) => isOf(row, ref));
  if (own || named.length <= 1) return { row: own ?? named[0] };
  return {
    ambiguous: `There are ${named.length} of this type and name here. Rename all of them but one by the API, or choose another name.`,
  };
}

function noSuchType({ resourceTypes }: Blueprint, { projectId }: Home, type: string, path: string): SpecProblem {
  const level = projectId === undefined ? 'org' : 'project';
  const names = resourceTypes.flatMap(({ name }) => (keptType({ resourceTypes }, name, level) ? [name] : []));
  const others = names.length === 0 ? 'there are none here' : `there are ${names.join(', ')}`;
  return { path: `${path}.type`, detail: `No resources of this type are kept here${didYouMean(type, names)}; ${others}.` };
}

/** What is wrong with an entry whatever else the database holds. What it says of a value is not the value. */
function entryProblems(type: KeptType, { data = {} }: DesiredResource, row: Row | undefined, path: string): SpecProblem[] {
  const secret = fieldsOf(type, 'sensitive').filter((name) => Object.hasOwn(data, name));
  if (secret.length > 0) {
    const detail = 'The field is sensitive, and stands in no manifest: take it out, change it, and set it by the API.';
    return secret.map((name) => ({ path: `${path}.data.${name}`, detail }));
  }
  try {
    checkData(type, data, Object.keys(row?.data_sealed ?? {}));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { errors } = error.fields as { errors: readonly InputError[] };
    return errors.map(({ pointer = '#/data', detail }) => ({
      path: `${path}.${pointer.slice(2).replaceAll('/', '.')}`,
      detail: `${error.message.replace(/\.$/, '')}: it ${detail}.`,
    }));
  }
}

function stepsOf(
  does: ReturnType<typeof resourceSteps>,
  type: KeptType,
  desired: DesiredResource,
  row: Row | undefined,
  ref: ManifestRef,
): Step[] {
  if (!row) return [does.create(desired)];
  const before = pick(row.data, fieldsOf(type, 'summary', 'detail'));
  const isSame = canonical(before) === canonical(desired.data ?? {});
  return [...(isOf(row, ref) ? [] : [does.takeOver(row)]), ...(isSame ? [] : [does.update(row, replacing(before, desired.data ?? {}))])];
}

/** The merge patch that makes one object of another. */
function replacing(before: Data, after: Data): Data {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const changed = Object.entries(after).map(([name, value]) => {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isObject(was) && isObject(value) ? replacing(was as Data, value as Data) : value] as const;
  });
  return Object.fromEntries([...gone.map((name) => [name, null] as const), ...changed]);
}

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
function resourceSteps(db: Db, actor: Actor, keyring: Keyring, home: Home, ref: ManifestRef) {
  const key = ({ type, id }: Row) => ({ ...home, resourceType: type, resourceId: toId('resource', id) });
  return {
    create: ({ type, name, data }: DesiredResource): Step => ({
      does: `create the ${type} ${name}`,
      async run() {
        await actor.require(type, 'create', home);
        await withinDay(createResource(db, keyring, actor, { ...home, resourceType: type, name, data, managedBy: storedRef(ref) }));
      },
    }),
    takeOver: (row: Row): Step => ({
      does: `note that the ${row.type} ${row.name} is said`,
      isNote: true,
      async run() {
        await actor.require(row.type, 'update', home);
        await db('resources')
          .where({ org_id: row.org_id, id: row.id })
          .update({ managed_by: JSON.stringify(storedRef(ref)), ...nextVersion(db) });
      },
    }),
    update: (row: Row, data: Data): Step => ({
      does: `set ${Object.keys(data).sort().join(', ')} of the ${row.type} ${row.name}`,
      async run() {
        await actor.require(row.type, 'update', home);
        await updateResource(db, keyring, actor, { ...key(row), data });
      },
    }),
    remove: (row: Row): Step => ({
      does: `delete the ${row.type} ${row.name}`,
      async run() {
        await actor.require(row.type, 'delete', home);
        await deleteResource(db, actor, key(row));
      },
    }),
  };
}
