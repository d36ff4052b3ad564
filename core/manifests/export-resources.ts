import { keptType } from '../authorization/policy/resource-types.ts';
import { controllerRole } from '../authorization/policy/vocabulary.ts';
import type { loadContent } from '../authorization/store/revisions.ts';
import { groupedBy } from '../base/grouped.ts';
import type { Db } from '../database/database.ts';
import { fieldsOf, pick, type ResourceRow } from '../resources/resource-rows.ts';
import type { DesiredResource } from './resources.ts';

/** The resources of an organization and its projects as their manifests say them. */
export interface ExportedResources {
  /** Those of the project (uuid), or of the organization itself. */
  of(project: string | null): readonly DesiredResource[];
}

interface Input {
  readonly org_id: string;
  readonly content: Awaited<ReturnType<typeof loadContent>>;
  readonly leave: (what: string) => void;
}

/** A manifest has no more. */
const most = 100;

/** Of one organization with its projects. */
const mostRead = 10_000;

type NamedRow = Pick<ResourceRow, 'project_id' | 'type' | 'name'>;

const nameOf = ({ project_id, type, name }: NamedRow): string => JSON.stringify([project_id, type, name]);

/** Reads the resources that manifests may say, without sensitive fields and labels; `leave` gets what is left out. */
export async function exportResources(db: Db, { org_id, content, leave }: Input): Promise<ExportedResources> {
  const sayable = new Set(
    content.rows.flatMap(([sub, , obj, act, eft]) => (sub === controllerRole && act === 'create' && eft === 'allow' ? [obj] : [])),
  );
  const counts: { type: string; count: string }[] = await db('resources')
    .where({ org_id })
    .groupBy('type')
    .orderBy('type')
    .select('type')
    .count('* as count');
  for (const { type, count } of counts) if (!sayable.has(type)) leave(`resources of the type ${type}, which no manifest makes: ${count}`);
  const all = counts.reduce((sum, { type, count }) => (sayable.has(type) ? sum + Number(count) : sum), 0);
  if (all > mostRead) leave(`resources beyond the ${mostRead} that an export reads: ${all - mostRead}`);
  // Those of manifests first: what their manifest does not list any more would be deleted.
  const found: ResourceRow[] = await db('resources')
    .where({ org_id })
    .whereIn('type', [...sayable])
    .orderByRaw('managed_by is null, id')
    .limit(mostRead);
  const twice: NamedRow[] = await db('resources')
    .where({ org_id })
    .groupBy('project_id', 'type', 'name')
    .havingRaw('count(*) > 1')
    .select('project_id', 'type', 'name');
  const namedTwice = new Set(twice.map(nameOf));
  const isTwice = (row: ResourceRow): boolean => row.managed_by === null && namedTwice.has(nameOf(row));
  const byPlace = groupedBy(found, ({ project_id }) => project_id);
  return {
    of(project) {
      const here = byPlace.get(project) ?? [];
      for (const { type, name } of here.filter(isTwice)) leave(`the ${type} ${name}, whose name others have too`);
      const named = here.filter((row) => !isTwice(row));
      if (named.length > most) leave(`resources beyond the ${most} that a manifest has: ${named.length - most}`);
      return named.slice(0, most).flatMap((row) => {
        const type = keptType(content.blueprint, row.type, project === null ? 'org' : 'project');
        if (!type) return [];
        const hidden = [...Object.keys(row.data_sealed), ...Object.keys(pick(row.data, fieldsOf(type, 'sensitive')))].sort();
        if (hidden.length > 0) leave(`${hidden.join(', ')} of the ${row.type} ${row.name}, which no manifest shows`);
        if (Object.keys(row.labels).length > 0) leave(`the labels of the ${row.type} ${row.name}`);
        const data = pick(row.data, fieldsOf(type, 'summary', 'detail'));
        return [{ type: row.type, name: row.name, ...(Object.keys(data).length > 0 && { data }) }];
      });
    },
  };
}
