import { type ApiKeyRow, allKeyRows, toApiKey } from '../access/api-key-rows.ts';
import { type GrantRow, grantRows, toGrant } from '../access/grants.ts';
import { type InvitationRow, invitationRows, toInvitation } from '../access/invitation-rows.ts';
import { listMembers } from '../access/members.ts';
import { listRoles } from '../access/roles.ts';
import { type ServiceAccountRow, toServiceAccount } from '../access/service-accounts.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type KeptType, keptType } from '../authorization/policy/resource-types.ts';
import { settingObject } from '../authorization/policy/settings.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { getOrganization } from '../organizations/organizations.ts';
import { type ProjectRow, toProject } from '../organizations/projects.ts';
import { listRestrictions } from '../organizations/restrictions.ts';
import { settingsAt } from '../organizations/setting-values.ts';
import { type ResourceRow, toResource } from '../resources/resource-rows.ts';
import type { ExportPart, ExportRows, ExportSlice, FileKinds } from './export-kinds.ts';
import { behind, includes, inPlaces, inProjects, paged, placeOf, single } from './export-slices.ts';
import type { OrganizationContext } from './organization-export.ts';
import { servicesOf } from './organization-services.ts';

type Level = 'org' | 'project';

/** The parts of an archive of an organization, in their order. */
export function partsOf(kinds: FileKinds): Readonly<Record<string, ExportRows>> {
  return {
    organization: {
      columns: ['id', 'slug', 'name', 'blueprint', 'state', 'labels', 'createdAt', 'updatedAt'],
      rows: async (db, about) => single(await getOrganization(db, about.actor, placeOf(about))),
    },
    members: {
      columns: ['userId', 'displayName', 'email', 'state', 'roles', 'isOwner', 'labels', 'joinedAt', 'createdAt', 'updatedAt'],
      rows: (db, about) => paged(about, (query) => listMembers(db, about.actor, query)),
    },
    roles: {
      columns: ['id', 'title', 'description', 'level', 'kind', 'tier', 'memberCount', 'permissions'],
      rows: (db, about) => paged(about, (query) => listRoles(db, about.actor, query)),
    },
    projects: {
      columns: ['id', 'slug', 'name', 'labels', 'state', 'createdAt', 'updatedAt'],
      rows: (db, about) => {
        const all = inProjects(db('projects').where({ org_id: about.org, state: 'ACTIVE' }), about, 'project');
        return behind(all, 'id', about, (row: ProjectRow) => toProject(row));
      },
    },
    grants: {
      columns: ['id', 'subject.type', 'subject.id', 'role', 'projectId', 'from', 'until', 'reason', 'source', 'grantedBy', 'createdAt'],
      rows: (db, about) => {
        const all = grantRows(db, placeOf(about).organizationId).whereRaw(presentGrant);
        return behind(inPlaces(all, about, 'grant', 'g.project_id'), 'g.id', about, toGrant as (row: GrantRow) => object);
      },
    },
    'service-accounts': {
      columns: ['id', 'projectId', 'name', 'description', 'labels', 'createdBy', 'createdAt', 'updatedAt'],
      rows: (db, about) => {
        const all = db('service_accounts').where({ org_id: about.org, state: 'ACTIVE' });
        return behind(
          inPlaces(all, about, 'service-account', 'project_id'),
          'id',
          about,
          toServiceAccount as (row: ServiceAccountRow) => object,
        );
      },
    },
    'api-keys': {
      columns: [
        ...[
          'id',
          'projectId',
          'type',
          'name',
          'prefix',
          'owner.type',
          'owner.id',
          'scopes',
          'state',
          'expiresAt',
          'lastUsedAt',
          'usageCount',
        ],
        ...['rotatedAt', 'createdBy', 'createdAt', 'revokedAt', 'revokedBy'],
      ],
      rows: (db, about) => {
        const all = allKeyRows(db, about.org);
        return behind(inPlaces(all, about, 'api-key', 'k.project_id'), 'k.id', about, toApiKey as (row: ApiKeyRow) => object);
      },
    },
    invitations: {
      columns: [
        ...['id', 'projectId', 'email', 'name', 'roles', 'projectRoles', 'state', 'expiresAt', 'until', 'sentCount', 'lastSentAt'],
        ...['invitedBy', 'createdAt', 'updatedAt'],
      ],
      rows: (db, about) => {
        const all = invitationRows(db).where({ org_id: about.org });
        return behind(inPlaces(all, about, 'invitation', 'project_id'), 'id', about, toInvitation as (row: InvitationRow) => object);
      },
    },
    resources: {
      columns: ['id', 'type', 'projectId', 'name', 'labels', 'data', 'sensitiveFields', 'createdBy', 'createdAt', 'updatedAt'],
      rows: resourceRows,
    },
    settings: { columns: ['key', 'projectId', 'value', 'isLocked', 'isCopy', 'setBy', 'setAt'], rows: settingRows },
    restrictions: {
      columns: ['id', 'resourceType', 'resourceId', 'projectIds', 'exceptProjectIds', 'reason', 'createdBy', 'createdAt'],
      rows: (db, about) => paged(about, (query) => listRestrictions(db, query)),
    },
    ...servicesOf,
    'audit-events': within('AUDIT_EVENTS', kinds),
    'access-report': within('ACCESS_REPORT', kinds),
    usage: within('USAGE', kinds),
  };
}

/** The resource types and the settings of which something is kept, and at which levels. */
export function keptByRows(blueprint: Blueprint) {
  const levels: readonly Level[] = ['org', 'project'];
  const types = blueprint.resourceTypes.flatMap(({ name }) => {
    const kept = levels.filter((level) => keptType(blueprint, name, level));
    return kept.length > 0 ? [{ name, levels: kept }] : [];
  });
  const own = new Set(settingsAt(blueprint, {}).map(({ key }) => key));
  const ofProjects = new Set(settingsAt(blueprint, { projectId: '' }).map(({ key }) => key));
  const settings = [...new Set([...own, ...ofProjects])].map((key) => ({
    key,
    levels: levels.filter((level) => (level === 'org' ? own : ofProjects).has(key)),
  }));
  return { types, settings };
}

function within(name: keyof FileKinds, kinds: FileKinds): ExportRows {
  const { columns, rows } = kinds[name];
  return { columns, rows: (db, about) => rows(db, { ...about, context: (about.context as OrganizationContext).kinds[name]! }) };
}

const blueprintOf = async (about: ExportPart): Promise<Blueprint> => (await about.actor.engine(placeOf(about))).blueprint!;

/** A resource has up to 64 KiB (docs/limits.md). */
const resourcesAtOnce = 50;

/** The resources of the types that may be read, without what is sensitive. */
async function resourceRows(db: Db, about: ExportPart): Promise<ExportSlice> {
  const blueprint = await blueprintOf(about);
  const { types } = keptByRows(blueprint);
  const named = (level: string) => types.map(({ name }) => name).filter((name) => includes(about, `${level}:${name}:read`));
  const query = db('resources')
    .where({ org_id: about.org })
    .whereRaw('type = any(case when project_id is null then ?::text[] else ?::text[] end)', [named('ORG'), named('PROJECTS')]);
  const typeOf = (name: string): KeptType => (keptType(blueprint, name, 'org') ?? keptType(blueprint, name, 'project'))!;
  return behind(query, 'id', { ...about, limit: Math.min(about.limit, resourcesAtOnce) }, (row: ResourceRow) =>
    toResource(typeOf(row.type), row),
  );
}

interface SettingValueRow {
  id: string;
  key: string;
  project_id: string | null;
  value: unknown;
  is_locked: boolean;
  is_copy: boolean;
  set_by: string;
  set_at: Date;
}

/** The values that were set in the organization and in its projects; not those that members have set for themselves. */
async function settingRows(db: Db, about: ExportPart): Promise<ExportSlice> {
  const { settings } = keptByRows(await blueprintOf(about));
  const named = (level: string) => settings.map(({ key }) => key).filter((key) => includes(about, `${level}:${settingObject(key)}:read`));
  const id = `key || ' ' || coalesce(project_id::text, '')`;
  const query = db('setting_values')
    .where({ org_id: about.org, user_id: null })
    .whereRaw('key = any(case when project_id is null then ?::text[] else ?::text[] end)', [named('ORG'), named('PROJECTS')])
    .select('*', db.raw(`${id} as id`))
    .orderByRaw(`(${id}) collate "C"`)
    .limit(about.limit);
  if (about.position !== null) query.whereRaw(`(${id}) collate "C" > ?`, [about.position]);
  const rows = (await query) as SettingValueRow[];
  return { rows: rows.map(toSettingValue), position: rows.at(-1)?.id, isEnd: rows.length < about.limit };
}

function toSettingValue({ key, project_id, value, is_locked, is_copy, set_by, set_at }: SettingValueRow): object {
  return {
    key,
    ...(project_id !== null && { projectId: toId('project', project_id) }),
    value,
    ...(is_locked && { isLocked: true }),
    ...(is_copy && { isCopy: true }),
    setBy: set_by,
    setAt: set_at.toISOString(),
  };
}
