import type { Knex } from 'knex';
import type { Actor } from '../authorization/decisions/actor.ts';
import { foreignToken, type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { selectLabels } from '../database/label-selector.ts';
import { fieldsOf, findType, type ResourceRow, type ResourceSummary, seenFrom, type TypePlace, toSummary } from './resource-rows.ts';

/** What is asked of a list of resources. */
export interface ResourceQuery extends PageQuery {
  /** The beginning of a name. */
  readonly q?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly orderBy?: 'name' | 'createdAt' | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

type ListedRow = Omit<ResourceRow, 'data_sealed'> & { sort_name: string };

const columns = ['org_id', 'id', 'project_id', 'type', 'name', 'labels', 'created_by', 'managed_by', 'version', 'created_at', 'updated_at'];
/** Details do not leave the database. */
const summarySql =
  "coalesce((select jsonb_object_agg(key, value) from jsonb_each(resources.data) where key = any(?::text[])), '{}') as data";
const nameSql = 'lower(name) collate "C"';

/** The sort key of a list by name: the name in lower case as base64url, and the id. */
const namedKey = /^[\w-]{1,600}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The resources of a type in one place, as far as lists show them; oldest first unless another order is asked for. */
export async function listResources(db: Db, actor: Actor, input: TypePlace & ResourceQuery): Promise<Page<ResourceSummary>> {
  const { organizationId, projectId, resourceType, q, labelSelector, orderBy = 'createdAt', order = 'asc' } = input;
  const type = await findType(actor, input);
  const list = JSON.stringify(['resources', organizationId, projectId, resourceType, q, labelSelector, orderBy, order]);
  const byName = orderBy === 'name';
  const page = readPage(input, list, byName ? namedKey : uuidKey);
  const query = seenFrom(db('resources'), type, input)
    .select(...columns, db.raw(summarySql, [fieldsOf(type, 'summary')]), db.raw('lower(name) as sort_name'))
    .limit(page.limit + 1);
  sort(query, { byName, order, after: page.after });
  if (q !== undefined) query.whereRaw('starts_with(lower(name), lower(?))', [q]);
  selectLabels(query, 'labels', labelSelector);
  const keyOf = ({ sort_name, id }: ListedRow) => (byName ? `${Buffer.from(sort_name).toString('base64url')}.${id}` : id);
  return toPage((await query) as ListedRow[], page, list, keyOf, (row) => toSummary(type, row));
}

function sort(query: Knex.QueryBuilder, { byName, order, after }: { byName: boolean; order: 'asc' | 'desc'; after: string | undefined }) {
  const beyond = order === 'asc' ? '>' : '<';
  if (byName) query.orderByRaw(`${nameSql} ${order}, id ${order}`);
  else query.orderBy('id', order);
  if (after === undefined) return;
  if (!byName) {
    query.where('id', beyond, after);
    return;
  }
  const [encoded, id] = after.split('.') as [string, string];
  const name = Buffer.from(encoded, 'base64url').toString('utf8');
  if (name.includes('\0')) throw foreignToken();
  query.whereRaw(`(${nameSql}, id) ${beyond} (?, ?::uuid)`, [name, id]);
}
