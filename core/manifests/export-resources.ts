import { keptType } from '../authorization/policy/resource-types.ts';
import { controllerRole } from '../authorization/policy/vocabulary.ts';
import type { loadContent } from '../authorization/store/revisions.ts';
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

const countSql = `
select project_id, type, name from resources where org_id = :org group by project_id, type, name having count(*) > 1`;

/** Reads the resources that manifests may say, without sensitive fields and labels; `leave` gets what is left out. */
export async function exportResources(db: Db, { org_id, content, leave }: Input): Promise<ExportedResources> {
  const sayable = new Set(
    content.rows.flatMap(([sub, , obj, act, eft]) => (sub === controllerRole && act === 'create' && eft === 'allow' ? [obj] : [])),
  );
  const others: { type: string; count: string }[] = await db('resources')
    .where({ org_id })
    .whereNotIn('type', [...sayable])
    .groupBy('type')
    .orderBy('type')
    .select('type')
    .count('* as count');
  for (const { type, count } of others) leave(`resources of the type ${type}, which no manifest makes: ${count}`);
  const sayableCount = Number(
    (
      await db('resources')
        .where({ org_id })
        .whereIn('type', [...sayable])
        .count('* as count')
    )[0]!['count'],
  );
  if (sayableCount > mostRead) leave(`resources beyond the ${mostRead} that an export reads: ${sayableCount - mostRead}`);
  // Those of manifests first: what their manifest does not list any more would be deleted.
  const found: ResourceRow[] = await db('resources')
    .where({ org_id })
    .whereIn('type', [...sayable])
    .orderByRaw('managed_by is null, id')
    .limit(mostRead);
  const twice: { project_id: string | null; type: string; name: string }[] = (await db.raw(countSql, { org: org_id })).rows;
  const isTwice = (row: ResourceRow): boolean =>
    row.managed_by === null &&
    twice.some(({ project_id, type, name }) => project_id === row.project_id && type === row.type && name === row.name);
  return {
    of(project) {
      const here = found.filter(({ project_id }) => project_id === project);
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
