import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type KeptType, serviceAccountTarget } from '../authorization/policy/resource-types.ts';
import { InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { type Data, isReference } from '../resources/field-schema.ts';
import type { DesiredResource } from './resources.ts';

interface Home {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

/** What a name may mean: a resource or a service account of the place, or of the organization. */
interface Candidate {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly project_id: string | null;
}

type Entry = Pick<DesiredResource, 'type' | 'name'>;

/** A reference of an entry that says a name, and not an id. */
interface Named {
  readonly field: string;
  readonly to: readonly string[];
  readonly name: string;
}

/** The references of an entry once their names are looked up. */
export interface LookedUp {
  /** The fields, with ids in the place of names. */
  readonly data: Data;
  /** The fields that name what the same manifest makes first. */
  readonly late: readonly string[];
  /** Whether one of the late ones names this entry, which has to be made before. */
  waitsFor(entry: Entry): boolean;
  /** What is named and is not there, or more than once. */
  readonly missing: { readonly field: string; readonly detail: string } | undefined;
  /** Looks up the late ones. Throws InvalidInput. */
  readLate(): Promise<Data>;
}

/** The names in references of a manifest's resources. */
export interface ReferenceNames {
  lookUp(type: KeptType, data: Data): LookedUp;
}

const candidatesSql = `
select id, type, name, project_id from resources where org_id = $1 and name = any($2) and (project_id is null or project_id = $3)
union all
select id, '${serviceAccountTarget}', name, project_id from service_accounts
where org_id = $1 and name = any($2) and state = 'ACTIVE' and (project_id is null or project_id = $3)
limit 10000`;

/** Reads what the references of these entries may mean. A manifest that says ids alone asks nothing. */
export async function readReferenceNames(
  db: Db,
  home: Home,
  { resourceTypes }: Pick<Blueprint, 'resourceTypes'>,
  wanted: readonly DesiredResource[],
): Promise<ReferenceNames> {
  const names = wanted.flatMap(({ type, data = {} }) => {
    const kept = resourceTypes.find(({ name }) => name === type);
    return kept?.fields ? namedIn(kept as KeptType, data).map(({ name }) => name) : [];
  });
  const project = home.projectId === undefined ? null : toUuid('project', home.projectId);
  const read = async (asked: readonly string[]): Promise<readonly Candidate[]> =>
    prepared<Candidate & Record<string, unknown>>(db, 'manifest-references', candidatesSql, [
      toUuid('organization', home.organizationId),
      [...asked],
      project,
    ]);
  const candidates = names.length === 0 ? [] : await read(names);
  const isListed = (one: Named) => wanted.some((entry) => means(one, entry));
  return {
    lookUp(type, data) {
      const named = namedIn(type, data);
      const late = named.filter((one) => find(candidates, project, one) === 'none' && isListed(one));
      const wrong = named.flatMap((one) => (late.includes(one) ? [] : (faultOf(find(candidates, project, one), one) ?? [])));
      return {
        data: withIds(data, named, candidates, project),
        late: late.map(({ field }) => field),
        waitsFor: (entry) => late.some((one) => means(one, entry)),
        missing: wrong[0],
        async readLate() {
          if (late.length === 0) return {};
          const present = await read(late.map(({ name }) => name));
          const faults = late.flatMap((one) => faultOf(find(present, project, one), one) ?? []);
          if (faults.length > 0) throw new InvalidInput(faults[0]!.detail, []);
          return withIds({}, late, present, project);
        },
      };
    },
  };
}

function namedIn({ fields }: KeptType, data: Data): Named[] {
  return Object.entries(fields).flatMap(([field, { to }]) => {
    const name = to && Object.hasOwn(data, field) ? data[field] : undefined;
    return typeof name === 'string' && !isReference(name) ? [{ field, to: to!, name }] : [];
  });
}

const means = ({ to, name }: Named, entry: Entry): boolean => entry.name === name && to.includes(entry.type);

/** What is nearest: of the place itself, else of the organization. */
function find(candidates: readonly Candidate[], project: string | null, named: Named): Candidate | 'none' | 'several' {
  const fit = candidates.filter((one) => means(named, one));
  const here = fit.filter(({ project_id }) => project_id === project);
  const nearest = here.length > 0 ? here : fit;
  if (nearest.length > 1) return 'several';
  return nearest[0] ?? 'none';
}

function faultOf(found: ReturnType<typeof find>, { field, to, name }: Named): LookedUp['missing'] {
  const kinds = to.join(' or ');
  if (found === 'none') return { field, detail: `There is no ${kinds} with the name ${name} here, or in the organization.` };
  return found === 'several' ? { field, detail: `There is more than one ${kinds} with the name ${name}: say the id.` } : undefined;
}

function withIds(data: Data, named: readonly Named[], candidates: readonly Candidate[], project: string | null): Data {
  const known = new Map(Object.entries(data));
  for (const one of named) {
    const found = find(candidates, project, one);
    if (typeof found === 'string') known.delete(one.field);
    else known.set(one.field, toId(found.type === serviceAccountTarget ? 'serviceAccount' : 'resource', found.id));
  }
  return Object.fromEntries(known);
}

const amongSql =
  'select from_id, to_resource from resource_references where org_id = $1 and from_id = any($2::uuid[]) and to_resource = any($2::uuid[])';

/** The same rows so that what refers to others of them comes before those. */
export async function referrersFirst<R extends { readonly org_id: string; readonly id: string }>(db: Db, rows: readonly R[]): Promise<R[]> {
  if (rows.length < 2) return [...rows];
  const among = await prepared<{ from_id: string; to_resource: string }>(db, 'manifest-referrers', amongSql, [
    rows[0]!.org_id,
    rows.map(({ id }) => id),
  ]);
  return inOrder(
    rows,
    (row, rest) => !among.some(({ from_id, to_resource }) => to_resource === row.id && rest.some(({ id }) => id === from_id)),
  );
}

/** Takes what is ready, given the others that are left, until nothing is; what never is comes last. */
export function inOrder<T>(all: readonly T[], isReady: (one: T, rest: readonly T[]) => boolean): T[] {
  const ordered: T[] = [];
  let rest = [...all];
  while (rest.length > 0) {
    const ready = rest.filter((one) => isReady(one, rest));
    if (ready.length === 0) return [...ordered, ...rest];
    ordered.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
  return ordered;
}
