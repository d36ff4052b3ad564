import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { type Holder, holderOf, type Subject, subjectOf, userOf } from '../../../core/authorization/decisions/subjects.ts';
import type { Engine } from '../../../core/authorization/engine/engine.ts';
import { type Domain, domainOf } from '../../../core/authorization/policy/domain.ts';
import type { KeyType } from '../../../core/authorization/policy/key-types.ts';
import { keyTypeName } from '../../../core/authorization/policy/key-types.ts';
import { toId, toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { controller } from './manifests.ts';
import type { World } from './world.ts';

/** A role of a subject; of a user, a service account, or every holder of another role. */
export interface GrantFact {
  readonly id: string;
  readonly subject: string;
  readonly role: string;
  readonly projectId: string | undefined;
  /** Another one that ends has taken its place. */
  readonly isResting: boolean;
}

/** What a subject holds in one place, and what the engine says to every permission there. */
export interface Holding {
  readonly roles: readonly string[];
  /** Permissions that the subject has. */
  readonly can: ReadonlySet<string>;
  /** Those that it would have without the states of the organization and its own: what a state takes, its end gives back. */
  readonly standing: ReadonlySet<string>;
}

/** A thing that an operation can be about. */
interface Thing {
  readonly id: string;
  readonly projectId: string | undefined;
}

/** Everything that a step can choose from and that the rules compare, at one moment. */
export interface State {
  readonly owner: string | undefined;
  /** Ids of the projects that are there. */
  readonly projects: readonly string[];
  readonly deletedProjects: readonly string[];
  /** The roles that the organization has defined, and its role templates. */
  readonly roles: readonly { readonly id: string; readonly title: string; readonly tier: string }[];
  readonly templates: readonly { readonly id: string; readonly name: string }[];
  readonly members: readonly { readonly id: string; readonly state: string }[];
  readonly grants: readonly GrantFact[];
  readonly invitations: readonly (Thing & { readonly email: string; readonly invitedBy: string })[];
  readonly links: readonly (Thing & { readonly invitedBy: string })[];
  readonly accounts: readonly Thing[];
  readonly keys: readonly (Thing & { readonly subject: Subject & { type: 'api-key' }; readonly owner: Holder; readonly type: string })[];
  readonly transfers: readonly { readonly id: string; readonly offeredBy: string; readonly recipientId: string }[];
  readonly supports: readonly { readonly id: string; readonly operatorId: string; readonly state: string }[];
  /** By subject, then by place: `organization` or the id of a project. */
  readonly holdings: ReadonlyMap<string, ReadonlyMap<string, Holding>>;
  readonly engine: Engine;
  readonly keyTypes: ReadonlyMap<string, KeyType>;
}

/** A place by the name that holdings are found under. */
export function placeNamed({ organizationId }: World, name: string): { organizationId: string; projectId?: string } {
  return name === 'organization' ? { organizationId } : { organizationId, projectId: name };
}

/** The names of the places of a world. */
export function placesOf({ projects }: Pick<State, 'projects'>): string[] {
  return ['organization', ...projects];
}

/** Reads the state, and names what is new in it. */
export function readState(world: World): Promise<State> {
  return world.tenet.database.read({ organization: toUuid('organization', world.organizationId) }, (db) => read(world, db));
}

async function read(world: World, db: Db): Promise<State> {
  const org_id = toUuid('organization', world.organizationId);
  const rows = (table: string, where: object = {}) =>
    db(table)
      .where({ org_id, ...where })
      .orderBy('created_at')
      .orderBy('id');
  const [organization, members, grants, invitations, links, accounts, keys, transfers, supports, projects, roles, templates] =
    await Promise.all([
      db('organizations').where({ id: org_id }).first('owner_id'),
      db('members').where({ org_id }).whereNot({ state: 'REMOVED' }),
      rows('grants', { revoked_at: null }),
      rows('invitations', { state: 'PENDING' }),
      rows('invitation_links', { revoked_at: null }),
      rows('service_accounts', { state: 'ACTIVE' }),
      db('api_keys as k')
        .where({ 'k.org_id': org_id, 'k.state': 'ACTIVE' })
        .select('k.*', db.raw('(select max(version) from api_key_secrets x where x.org_id = k.org_id and x.key_id = k.id) as version'))
        .orderBy('k.created_at'),
      rows('ownership_transfers', { state: 'OFFERED' }),
      rows('support_accesses').whereIn('state', ['REQUESTED', 'APPROVED']),
      rows('projects').select('id', 'state'),
      rows('roles'),
      rows('role_templates'),
    ]);
  const isActive = (row: { state: string }) => row.state === 'ACTIVE';
  const project = ({ project_id }: { project_id: string | null }) => (project_id === null ? undefined : toId('project', project_id));
  const keyFacts = keys.map((row) => {
    const owner = holderOf(row);
    const id = toId('apiKey', row.id);
    const subject = {
      type: 'api-key' as const,
      id,
      uuid: row.id as string,
      home: { organization: org_id, owner },
      secret: Number(row.version),
    };
    return { id, projectId: project(row), subject, owner, type: row.type as string };
  });
  const accountFacts = accounts.map((row) => ({ id: toId('serviceAccount', row.id), projectId: project(row) }));
  const state = {
    projects: projects.filter(isActive).map((row) => toId('project', row.id)),
    deletedProjects: projects.filter((row) => !isActive(row)).map((row) => toId('project', row.id)),
    roles: roles.map((row) => ({ id: toId('role', row.id), title: row.title as string, tier: row.tier as string })),
    templates: templates.map((row) => ({ id: toId('roleTemplate', row.id), name: row.name as string })),
    owner: organization.owner_id === null ? undefined : toId('user', organization.owner_id),
    members: members.map((row) => ({ id: toId('user', row.user_id), state: row.state as string })),
    grants: grants.map((row) => ({
      ...{ id: toId('grant', row.id), subject: subjectOf(row).id, role: row.role as string, projectId: project(row) },
      isResting: row.from_at !== null,
    })),
    invitations: invitations.map((row) => ({
      ...{ id: toId('invitation', row.id), email: row.email as string, invitedBy: row.invited_by as string, projectId: project(row) },
    })),
    links: links.map((row) => ({ id: toId('invitationLink', row.id), invitedBy: row.invited_by as string, projectId: project(row) })),
    accounts: accountFacts,
    keys: keyFacts,
    transfers: transfers.map((row) => ({
      ...{ id: toId('ownershipTransfer', row.id), offeredBy: toId('user', row.offered_by), recipientId: toId('user', row.recipient_id) },
    })),
    supports: supports.map((row) => ({ id: toId('supportAccess', row.id), operatorId: toId('user', row.operator_id), state: row.state })),
  };
  name(world, state);
  const { engine, holdings } = await readHoldings(world, db, state, [
    controller,
    ...[...world.people, world.operator].map(({ id }) => userOf(id)),
    ...accountFacts.map(({ id }) => ({ type: 'service-account' as const, id, uuid: toUuid('serviceAccount', id) })),
    // As keys that are asked about: with a secret a dead one would be refused.
    ...keyFacts.map(({ subject: { secret: _, ...subject } }) => subject),
  ]);
  const inOrder = (label: (item: never) => string) => (a: unknown, b: unknown) => (label(a as never) < label(b as never) ? -1 : 1);
  // Not by id: what one request makes has ids in any order.
  state.grants.sort(
    inOrder(
      (grant: GrantFact) => `${world.labels.get(grant.subject) ?? grant.subject} ${grant.role} ${world.labels.get(grant.projectId ?? '')}`,
    ),
  );
  state.members.sort(inOrder(({ id }: { id: string }) => world.labels.get(id)!));
  const keyTypes = new Map(world.blueprint.keyTypes.map((type) => [keyTypeName(type), type]));
  return { ...state, engine, holdings, keyTypes };
}

/** Gives what is new a name for traces. */
function name({ labels }: World, state: Omit<State, 'engine' | 'holdings' | 'keyTypes'>): void {
  for (const id of [...state.projects, ...state.deletedProjects]) if (!labels.has(id)) labels.set(id, `project-${labels.size}`);
  for (const list of ['roles', 'templates', 'invitations', 'links', 'accounts', 'keys', 'transfers', 'supports'] as const) {
    for (const { id } of state[list]) if (!labels.has(id)) labels.set(id, `${list.slice(0, -1)}-${labels.size}`);
  }
}

async function readHoldings(
  world: World,
  db: Db,
  state: Pick<State, 'projects'>,
  subjects: readonly Subject[],
): Promise<Pick<State, 'engine' | 'holdings'>> {
  const holdings = new Map<string, Map<string, Holding>>();
  let engine: Engine | undefined;
  await Promise.all(
    subjects.flatMap((subject) => {
      const own = new Map<string, Holding>();
      holdings.set(subject.id, own);
      return placesOf(state).map(async (place) => {
        const ids = placeNamed(world, place);
        const { roles, scopes, revisions, domain } = await takeSnapshot(db, subject, domainOf(ids), ids);
        engine = (await world.policies.get(revisions)).engine;
        const standing = roles.filter((role) => !role.startsWith('state/'));
        own.set(place, {
          roles,
          can: permissionsOf(engine, { roles, scopes, domain }),
          standing: permissionsOf(engine, { roles: standing, scopes, domain }),
        });
      });
    }),
  );
  return { engine: engine!, holdings };
}

const known = new Map<string, ReadonlySet<string>>();

/** Everything that the engine allows to these roles, and to these scopes too where there are any. Who may assign a role may invite with it. */
export function permissionsOf(
  engine: Engine,
  { roles, scopes, domain }: { roles: readonly string[]; scopes?: readonly string[] | undefined; domain: Domain },
): ReadonlySet<string> {
  const key = [engine.key, domain.level, ...roles, '|', ...(scopes ?? ['-'])].join(' ');
  let found = known.get(key);
  if (found === undefined) {
    const sets = [roles, ...(scopes === undefined ? [] : [scopes])].map((names) => engine.roleSet(names));
    const allows = (resource: string, action: string) =>
      sets.every((set) => engine.decide({ roles: set, domain, resource, action }).allowed);
    found = new Set(
      engine
        .permissions(domain.level)
        .filter(
          ({ resource, action }) =>
            allows(resource, action) || (action === 'invite' && resource.startsWith('role:') && allows(resource, 'assign')),
        )
        .map(({ resource, action }) => `${resource}:${action}`),
    );
    known.set(key, found);
  }
  return found;
}
