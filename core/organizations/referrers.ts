import type { Actor } from '../authorization/decisions/actor.ts';
import { authorityOf } from '../authorization/decisions/subjects.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { settingObject } from '../authorization/policy/settings.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { projectReach } from './projects.ts';

/** So many are looked at for their names, so many are listed, and so many are named in a sentence. */
const maxRead = 1_000;
const maxListed = 100;
const maxNamed = 5;

/** What refers to something, as far as the caller may know: how many there are, and those that they may list. */
export interface Referrers<T> {
  readonly count: number;
  /** How many of them are in projects that are deleted and not forgotten yet. */
  readonly inDeleted: number;
  readonly shown: readonly T[];
}

/** A resource with a field that names what is asked about. */
export interface ResourceReferrer {
  readonly resourceId: string;
  readonly projectId?: string;
  readonly type: string;
  readonly name: string;
}

/** An installed application with a variable whose value is of what is asked about. */
export interface InstanceReferrer {
  readonly instanceId: string;
  readonly name: string;
}

/** A value of a setting that is what is asked about; without a project, that of the organization, of a member or of the kind. */
export interface SettingReferrer {
  readonly key: string;
  readonly projectId?: string;
  /** Whose value it is, in words. */
  readonly place: string;
}

/** What is referred to: a uuid. */
export interface ReferredTo {
  readonly organizationId: string;
  readonly kind: 'resource' | 'serviceAccount';
  readonly id: string;
}

const none = { count: 0, inDeleted: 0, shown: [] };

type Row = Record<string, unknown> & {
  readonly project_id: string | null;
  readonly is_living: boolean;
  readonly total: number;
  readonly in_deleted: number;
};

// Fields that are no references any more, by the kind in force, hold nothing. What is in a deleted project may come back.
const resourcesSql = `
select r.id, r.type, r.name, r.project_id, coalesce(p.state = 'ACTIVE', true) as is_living, count(*) over ()::int as total,
  count(*) filter (where p.state = 'DELETED') over ()::int as in_deleted
from resources r left join projects p on p.org_id = r.org_id and p.id = r.project_id
where r.org_id = $1 and r.id in (
    select f.from_id from resource_references f
    where f.org_id = $1 and (f.to_resource = $2 or f.to_service_account = $3)
      and (r.type, f.field) in (select * from unnest($4::text[], $5::text[])))
order by r.id limit ${maxRead}`;

/** The resources whose references name it. */
export async function resourceReferrers(db: Db, actor: Actor, named: ReferredTo): Promise<Referrers<ResourceReferrer>> {
  const { organizationId, kind, id } = named;
  const { resourceTypes } = (await actor.engine({ organizationId })).blueprint!;
  const fields = resourceTypes.flatMap((type) =>
    Object.entries(type.fields ?? {}).flatMap(([field, { to }]) => (to ? [{ type: type.name, field }] : [])),
  );
  if (fields.length === 0) return none;
  const rows = await prepared<Row & { id: string; type: string; name: string }>(db, 'resource-referrers', resourcesSql, [
    toUuid('organization', organizationId),
    kind === 'resource' ? id : null,
    kind === 'serviceAccount' ? id : null,
    fields.map(({ type }) => type),
    fields.map(({ field }) => field),
  ]);
  const isSeen = await sight(db, actor, organizationId, rows, (row) => [row.type, 'list']);
  return referrers(rows, isSeen, (row) => ({
    resourceId: toId('resource', row.id),
    ...(row.project_id !== null && { projectId: toId('project', row.project_id) }),
    type: row.type,
    name: row.name,
  }));
}

interface SettingReferrerRow {
  readonly key: string;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly user_id: string | null;
}

function placeOf({ project_name, user_id, is_default }: SettingReferrerRow & { readonly is_default: boolean }): string {
  if (is_default) return 'of the kind of organization';
  const where = project_name === null ? 'of the organization' : `of the project ${project_name}`;
  return user_id === null ? where : `${where}, for you`;
}

const settingsSql = `
select v.key, v.project_id, p.name as project_name, v.user_id, coalesce(p.state = 'ACTIVE', true) as is_living, count(*) over ()::int as total,
  count(*) filter (where p.state = 'DELETED') over ()::int as in_deleted
from setting_values v left join projects p on p.org_id = v.org_id and p.id = v.project_id
where v.org_id = $1 and v.key = any($2) and v.value = to_jsonb($3::text)
order by v.key, v.project_id nulls first, v.user_id nulls first limit ${maxRead}`;

/** The settings whose value is this resource, be it of the kind, the organization, a project that has chosen or copied it, or a member. */
export async function settingReferrers(db: Db, actor: Actor, named: ReferredTo, type: string): Promise<Referrers<SettingReferrer>> {
  const { organizationId, id } = named;
  const { settings = [] } = (await actor.engine({ organizationId })).blueprint as Blueprint;
  const ofType = settings.filter(({ resourceType }) => resourceType === type);
  if (ofType.length === 0) return none;
  const value = toId('resource', id);
  const stored = await prepared<Row & SettingReferrerRow>(db, 'setting-referrers', settingsSql, [
    toUuid('organization', organizationId),
    ofType.map(({ key }) => key),
    value,
  ]);
  const usual = ofType.filter((setting) => setting.default === value);
  const ofKind = { project_id: null, project_name: null, user_id: null, is_living: true, is_default: true };
  const { total = 0, in_deleted = 0 } = stored[0] ?? {};
  const rows = [...usual.map(({ key }) => ({ ...ofKind, key })), ...stored.map((row) => ({ ...row, is_default: false }))].map((row) => ({
    ...row,
    in_deleted,
    total: usual.length + total,
  }));
  const holder = authorityOf(actor.principal.subject);
  const isSeen = await sight(db, actor, organizationId, rows, ({ key }) => [settingObject(key), 'read']);
  const isOthers = ({ user_id }: { user_id: string | null }) => user_id !== null && user_id !== holder?.uuid;
  return referrers(
    rows,
    (row) => !isOthers(row) && isSeen(row),
    (row) => ({ key: row.key, ...(row.project_id !== null && { projectId: toId('project', row.project_id) }), place: placeOf(row) }),
  );
}

// What is uninstalled uses nothing; what is archived may come back.
const instancesSql = `
select i.id, p.name, i.id as project_id, p.state = 'ACTIVE' as is_living, count(*) over ()::int as total,
  count(*) filter (where p.state = 'DELETED') over ()::int as in_deleted
from instances i join projects p on p.org_id = i.org_id and p.id = i.id
where i.org_id = $1 and i.desired <> 'REMOVED'
  and exists (select from jsonb_each(i.secrets) s where s.value ->> 'resourceId' = $2)
order by i.id limit ${maxRead}`;

/** The installed applications that have values of this resource. */
export async function instanceReferrers(db: Db, actor: Actor, { organizationId, id }: ReferredTo): Promise<Referrers<InstanceReferrer>> {
  const values = [toUuid('organization', organizationId), toId('resource', id)];
  const rows = await prepared<Row & { id: string; name: string }>(db, 'instance-referrers', instancesSql, values);
  const isSeen = await sight(db, actor, organizationId, rows, () => ['instance', 'list']);
  return referrers(rows, isSeen, (row) => ({ instanceId: toId('instance', row.id), name: row.name }));
}

/** How a sentence speaks of referrers of one sort. */
interface Wording<T> {
  /** What they refer to. */
  readonly to: string;
  /** What one of them does, and what several do. */
  readonly does: readonly [string, string];
  nameOf(referrer: T): string;
  /** The operation by which it refers to something else. */
  readonly operation: string;
}

/** A sentence about referrers of one sort, if there are some: how many, a few of their names, and what to do first. */
export function sentencesOf<T>(
  { count, inDeleted, shown }: Referrers<T>,
  { to, does: [one, more], nameOf, operation }: Wording<T>,
): string[] {
  if (count === 0) return [];
  const named = shown.slice(0, maxNamed).map(nameOf);
  const others = count - named.length;
  const names = named.length === 0 ? '' : ` (${named.join(', ')}${others > 0 ? `, and ${others} more` : ''})`;
  const advice = inDeleted < count ? [`Give each another one with ${operation}, and delete the ${to} then.`] : [];
  return [
    `${count} ${count === 1 ? one : more} this ${to}${names}.`,
    ...advice,
    ...(inDeleted > 0 ? [adviceOfDeleted(inDeleted, count)] : []),
  ];
}

/** What is deleted may come back with what it refers to, so it counts until it is forgotten. */
function adviceOfDeleted(inDeleted: number, count: number): string {
  const which = inDeleted < count ? `${inDeleted} of them` : inDeleted === 1 ? 'It' : 'All of them';
  const is = inDeleted === 1 ? 'is in a deleted project' : 'are in deleted projects';
  return `${which} ${is}: restore what is deleted with restoreProject and change it there, or wait until it is forgotten, the days of grace of this installation after its deletion.`;
}

/** How a sentence speaks of resources that refer to something. */
export const resourceWording = {
  does: ['resource refers to', 'resources refer to'],
  nameOf: ({ name }: ResourceReferrer) => name,
  operation: 'updateResource',
} as const;

function referrers<R extends Row, T>(rows: readonly R[], isSeen: (row: R) => boolean, toReferrer: (row: R) => T): Referrers<T> {
  return {
    count: rows[0]?.total ?? 0,
    inDeleted: rows[0]?.in_deleted ?? 0,
    shown: rows.filter(isSeen).slice(0, maxListed).map(toReferrer),
  };
}

/** Which of these the caller sees, by the question that each needs. */
async function sight<R extends Row>(
  db: Db,
  actor: Actor,
  organizationId: string,
  rows: readonly R[],
  questionOf: (row: R) => readonly [resource: string, action: string],
): Promise<(row: R) => boolean> {
  const above = new Set<string>();
  for (const row of rows.filter(({ project_id }) => project_id === null)) {
    const [resource, action] = questionOf(row);
    if (!above.has(resource) && (await actor.may(resource, action, { organizationId })).allowed) above.add(resource);
  }
  const reach = rows.some(({ project_id }) => project_id !== null) ? await projectReach(db, actor, organizationId) : undefined;
  return (row) => {
    const [resource, action] = questionOf(row);
    if (row.project_id === null) return above.has(resource);
    if (!row.is_living) return false;
    const { everywhere, except } = reach!(resource, action);
    return everywhere !== except.includes(row.project_id);
  };
}
