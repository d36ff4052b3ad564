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
import { type PlannedPart, refusalsAt, together, withoutRefused } from './parts.ts';
import { inOrder, type LookedUp, type ReferenceNames, readReferenceNames, referrersFirst } from './resource-references.ts';
import { changedSecrets, type DesiredSecret, readSecrets } from './resource-secrets.ts';

/** A resource that a manifest says: its fields, and where the sensitive ones come from. */
export interface DesiredResource {
  readonly type: string;
  readonly name: string;
  readonly data?: Data | undefined;
  readonly secrets?: readonly DesiredSecret[] | undefined;
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

/** The resources that a manifest lists, and those that it does not list any more. */
export interface PlannedResources {
  readonly listed: PlannedPart;
  /** Comes after the applications: what they use no more may go. */
  readonly gone: PlannedPart;
}

/**
 * Plans the resources of an organization or a project by the core functions of the API, each by itself. One that the manifest has made or taken over, and does
 * not list any more, is deleted; an entry that cannot be carried out keeps what there is. Sensitive fields that it does not say stay as they are.
 */
export async function planResources(
  db: Db,
  actor: Actor,
  keyring: Keyring,
  { blueprint, ref, wanted, ...home }: Wanted,
  refused: RefusedEntries,
): Promise<PlannedResources> {
  const rows = await readRows(db, home, ref, wanted);
  const does = resourceSteps(db, actor, keyring, home, ref);
  const listed = new Set<string>();
  const names = await readReferenceNames(db, home, blueprint, wanted);
  const parts: PlannedEntry[] = [];
  for (const [index, desired] of wanted.entries()) {
    const path = `${list}[${index}]`;
    const isTwice = listed.size === listed.add(keyOf(desired)).size;
    const twice = { path, detail: `The ${desired.type} ${desired.name} is listed already.` };
    parts.push(
      isTwice
        ? { steps: [], problems: [twice], refusals: [], desired }
        : await planEntry(db, keyring, { blueprint, home, ref, rows, does, names }, desired, path, refused),
    );
  }
  const gone = rows.filter((row) => isOf(row, ref) && !listed.has(keyOf(row)));
  return { listed: together(inOrder(parts, isReady)), gone: planGone(await referrersFirst(db, gone), does, refused) };
}

/** What an entry comes to, and whether it has to be made after another one. */
interface PlannedEntry extends PlannedPart, Partial<Pick<LookedUp, 'waitsFor'>> {
  readonly desired: DesiredResource;
}

const isReady = ({ waitsFor }: PlannedEntry, rest: readonly PlannedEntry[]): boolean => !rest.some(({ desired }) => waitsFor?.(desired));

/** Each is by itself: one may be in use. */
function planGone(gone: readonly Row[], does: ReturnType<typeof resourceSteps>, refused: RefusedEntries): PlannedPart {
  const paths = [...new Set(gone.map(goneAt))];
  const steps = gone.map((row) => ({ ...does.remove(row), entries: [goneAt(row)] }));
  return { steps: withoutRefused(steps, refused), problems: [], refusals: refusalsAt(paths, refused) };
}

const goneAt = (row: Row): string => `${list} (${keyOf(row)})`;

interface Known extends Pick<Wanted, 'blueprint' | 'ref'> {
  readonly home: Home;
  readonly rows: readonly Row[];
  readonly does: ReturnType<typeof resourceSteps>;
  readonly names: ReferenceNames;
}

async function planEntry(
  db: Db,
  keyring: Keyring,
  { blueprint, home, ref, rows, does, names }: Known,
  desired: DesiredResource,
  path: string,
  refused: RefusedEntries,
): Promise<PlannedEntry> {
  const type = keptType(blueprint, desired.type, home.projectId === undefined ? 'org' : 'project');
  if (!type) return { steps: [], problems: [noSuchType(blueprint, home, desired.type, path)], refusals: [], desired };
  const { row, ambiguous } = rowOf(rows, desired, ref);
  const entry = readEntry(type, desired, names, row, path);
  const why = ambiguous ?? refused.get(path);
  const refusal = why === undefined ? entry.refusal : { path, detail: why };
  const { problems } = entry;
  if (problems.length > 0 || refusal) return { steps: [], problems, refusals: problems.length === 0 && refusal ? [refusal] : [], desired };
  const said = row && isOf(row, ref) ? (row.managed_by!.fields ?? []) : [];
  const secret = row ? await changedSecrets(db, keyring, row, entry.secret, said) : entry.secret;
  const steps = stepsOf(does, { ...entry, secret }, row, ref).map((step) => ({ ...step, entries: [path] }));
  return { steps, problems: [], refusals: [], desired, waitsFor: entry.references.waitsFor };
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

/** An entry with its values. */
interface Entry {
  readonly type: KeptType;
  readonly desired: DesiredResource;
  /** The fields that are not sensitive, and those that are, as far as they are said. */
  readonly data: Data;
  readonly secret: Data;
  /** The names of the sensitive fields that it says. */
  readonly fields: readonly string[];
  readonly problems: readonly SpecProblem[];
  readonly refusal: SpecProblem | undefined;
  readonly references: LookedUp;
}

function readEntry(type: KeptType, desired: DesiredResource, names: ReferenceNames, row: Row | undefined, path: string): Entry {
  // A null counts as left out.
  const references = names.lookUp(type, mergePatch({}, desired.data ?? {}) as Data);
  const { data, late, missing } = references;
  const { secrets = [] } = desired;
  const { data: secret, problems, refusal } = readSecrets(type, desired, row, path);
  const fields = secrets.map(({ field }) => field).sort();
  const wrong = problems.length > 0 || refusal ? problems : entryProblems(type, { data, secret, fields }, row, path, late);
  const unnamed = missing && { path: `${path}.data.${missing.field}`, detail: missing.detail };
  return { type, desired, data, secret, fields, problems: wrong, refusal: refusal ?? unnamed, references };
}

/** What is wrong with an entry whatever else the database holds. What it says of a value is not the value. */
function entryProblems(
  type: KeptType,
  { data, secret: values, fields }: Pick<Entry, 'data' | 'secret' | 'fields'>,
  row: Row | undefined,
  path: string,
  late: readonly string[],
): SpecProblem[] {
  const secret = fieldsOf(type, 'sensitive').filter((name) => Object.hasOwn(data, name));
  if (secret.length > 0) {
    const detail =
      'The field is sensitive, and stands in no manifest: take it out, and change it. A Project takes it from a Secret by `secrets`, else the API sets it.';
    return secret.map((name) => ({ path: `${path}.data.${name}`, detail }));
  }
  try {
    checkData(type, { ...data, ...values }, [...Object.keys(row?.data_sealed ?? {}), ...late]);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { errors } = error.fields as { errors: readonly InputError[] };
    return errors.map(({ pointer = '#/data', detail }) => ({
      path: placeOf(pointer, fields, path),
      detail: `${error.message.replace(/\.$/, '')}: it ${detail}.`,
    }));
  }
}

/** The place in the manifest: of a field that it takes from elsewhere, where it says so. */
function placeOf(pointer: string, fields: readonly string[], path: string): string {
  const [, , field = ''] = pointer.split('/');
  return fields.includes(field) ? `${path}.secrets` : `${path}.${pointer.slice(2).replaceAll('/', '.')}`;
}

function stepsOf(
  does: ReturnType<typeof resourceSteps>,
  { type, desired, data, secret, fields, references }: Entry,
  row: Row | undefined,
  ref: ManifestRef,
): Step[] {
  if (!row) return [does.create(desired, { ...data, ...secret }, fields, references)];
  const { late } = references;
  const before = pick(
    row.data,
    fieldsOf(type, 'summary', 'detail').filter((name) => !late.includes(name)),
  );
  const patch = { ...replacing(before, data), ...secret };
  const isNoted = isOf(row, ref) && (row.managed_by!.fields ?? []).join() === fields.join();
  return [
    ...(isNoted ? [] : [does.takeOver(row, fields)]),
    ...(Object.keys(patch).length + late.length === 0 ? [] : [does.update(row, patch, references)]),
  ];
}

/** The merge patch that makes one object of another. */
function replacing(before: Data, after: Data): Data {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const differs = ([name, value]: [string, unknown]): boolean =>
    !Object.hasOwn(before, name) || canonical(before[name]) !== canonical(value);
  const changed = Object.entries(after)
    .filter(differs)
    .map(([name, value]) => {
      const was = Object.hasOwn(before, name) ? before[name] : undefined;
      return [name, isObject(was) && isObject(value) ? replacing(was as Data, value as Data) : value] as const;
    });
  return Object.fromEntries([...gone.map((name) => [name, null] as const), ...changed]);
}

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
function resourceSteps(db: Db, actor: Actor, keyring: Keyring, home: Home, ref: ManifestRef) {
  const key = ({ type, id }: Row) => ({ ...home, resourceType: type, resourceId: toId('resource', id) });
  const noted = (fields: readonly string[]) => ({ ...storedRef(ref), ...(fields.length > 0 && { fields }) });
  return {
    create: ({ type, name }: DesiredResource, said: Data, fields: readonly string[], { readLate }: LookedUp): Step => ({
      does: `create the ${type} ${name}`,
      async run() {
        await actor.require(type, 'create', home);
        const data = { ...said, ...(await readLate()) };
        await withinDay(createResource(db, keyring, actor, { ...home, resourceType: type, name, data, managedBy: noted(fields) }));
      },
    }),
    takeOver: (row: Row, fields: readonly string[]): Step => ({
      does: `note that the ${row.type} ${row.name} is said`,
      isNote: true,
      async run() {
        await actor.require(row.type, 'update', home);
        await db('resources')
          .where({ org_id: row.org_id, id: row.id })
          .update({ managed_by: JSON.stringify(noted(fields)), ...nextVersion(db) });
      },
    }),
    update: (row: Row, said: Data, { late, readLate }: LookedUp): Step => ({
      does: `set ${[...Object.keys(said), ...late].sort().join(', ')} of the ${row.type} ${row.name}`,
      async run() {
        await actor.require(row.type, 'update', home);
        await updateResource(db, keyring, actor, { ...key(row), data: { ...said, ...(await readLate()) } });
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
