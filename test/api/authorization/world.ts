import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import type { Vocabulary } from '../../../core/authorization/policy/vocabulary.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import { keySecretHash, newKeySecret } from '../../../core/base/key-secret.ts';
import type { Db } from '../../../core/database/database.ts';
import { givePlatformRoles } from '../../helpers/people.ts';
import type { TestTenet } from '../../helpers/tenet.ts';
import { expiredTokens, letsOutsidersIn, noRole, type Persona, type Roles, rolesOf } from './personas.ts';
import { createThings, fresh, type Site, type Things } from './things.ts';

/** How an organization is, and how its members are. */
export interface Circumstances {
  readonly organization?: 'SUSPENDED' | 'DELETED';
  readonly members?: 'INACTIVE';
  /** Without any grace. */
  readonly mfa?: 'REQUIRED';
}

/** What cells are made of. Everything is written by SQL, past the operations that are tested. */
export interface World extends Things {
  readonly tenet: TestTenet;
  readonly blueprint: Blueprint;
  /** Given and taken by recipes; the lowest in the organization, and one in a project, empty where this kind has none. */
  readonly orgRole: string;
  readonly projectRole: string;
  /** Held by operators whom an organization lets in; empty where this kind has none. */
  readonly supportRole: string;
  readonly personas: readonly Persona[];
  /** The same roles once more, held by people who are suspended on the whole installation. */
  readonly suspendedPersonas: readonly Persona[];
  makeSite(personas: readonly Persona[], circumstances?: Circumstances): Promise<Site>;
  makeProject(site: Site, personas: readonly Persona[]): Promise<string>;
  /** A new member with these roles; `grantId` is that of the role. */
  makeMember(site: Site, role?: { role: string; projectId?: string; until?: Date }): Promise<{ userId: string; grantId: string }>;
  /** A new service account with a role, of the organization or of one of its projects; `by` the keeper unless another member is named. */
  makeServiceAccount(site: Site, role: { role: string; projectId?: string; by?: string }): Promise<{ serviceAccountId: string }>;
  /** A key of the keeper, or of a service account, whose secret is not kept; `by` the keeper unless another member is named. */
  makeApiKey(site: Site, projectId?: string, owned?: { serviceAccountId: string; type: string; by?: string }): Promise<string>;
  /** An operator whom no organization has let in. */
  readonly freeOperator: Persona;
  /** A support access that the free operator has asked for; it takes the place of an earlier one. */
  makeSupportRequest(site: Site): Promise<string>;
}

/** The name of every organization that is made. */
export const siteName = 'A site';

/** People for every role, and the ways to make organizations around them. */
export async function createWorld(tenet: TestTenet, vocabulary: Vocabulary, blueprint: Blueprint): Promise<World> {
  const { database } = tenet;
  const sign = await expiredTokens(tenet.dataDir);
  const orgRole = blueprint.lowestRole;
  const projectRole = blueprint.roles.findLast(({ level }) => level === 'project')?.id ?? '';

  async function persona(name: string, roles: Roles, email: string): Promise<Persona> {
    if (roles.platformRoles.length > 0) await givePlatformRoles(tenet, email, ...roles.platformRoles);
    const caller = await tenet.as(email);
    const id = await caller.userId();
    return { ...roles, name, email, token: caller.token, expired: await sign(email), id, uuid: toUuid('user', id) };
  }
  const cast = (suffix: string) =>
    Promise.all(
      [...rolesOf(vocabulary, blueprint)].map(([name, roles]) =>
        persona(name, roles, `${name.replace(/\W/g, '-')}.${suffix}@${blueprint.name}.example.com`),
      ),
    );

  const keeper = await persona('keeper', { ...noRole, isMember: true, orgRole: blueprint.topRole }, `keeper@${blueprint.name}.example.com`);
  const personas = await cast('active');
  const suspendedPersonas = await cast('suspended');
  const freeOperator = personas.find(({ platformRoles, supportRole }) => platformRoles.includes('platform/operator') && !supportRole)!;
  const write = <T>(work: (db: Db) => Promise<T>): Promise<T> => database.write('platform', work);
  await write((db) =>
    db('users')
      .whereIn(
        'id',
        suspendedPersonas.map(({ uuid }) => uuid),
      )
      .update({ state: 'SUSPENDED' }),
  );

  const grant = (org_id: string, user_id: string, role: string, project_id: string | null = null) => ({
    org_id,
    id: fresh('grant').uuid,
    user_id,
    role,
    project_id,
    source: 'DIRECT',
    granted_by: keeper.id,
  });
  const support = (org_id: string, operator_id: string, role: string, state = 'APPROVED') => ({
    ...{ org_id, id: fresh('supportAccess').uuid, operator_id, role, state, reason: 'A ticket.', minutes: 60 },
    expires_at: new Date(Date.now() + 86_400_000),
    until: state === 'APPROVED' ? new Date(Date.now() + 86_400_000) : null,
  });
  const projectGrants = (org: string, project: string, people: readonly Persona[]) =>
    people.flatMap(({ uuid, projectRole: role }) => (role === undefined ? [] : [grant(org, uuid, role, project)]));
  const insert = async (db: Db, table: string, rows: object[]) => {
    if (rows.length > 0) await db(table).insert(rows);
  };

  return {
    tenet,
    blueprint,
    orgRole,
    projectRole,
    supportRole: blueprint.roles.find(({ holders }) => holders)?.id ?? '',
    personas,
    suspendedPersonas,
    freeOperator,
    ...createThings({ write, keeper, blueprint, orgRole, projectRole }),

    async makeSite(people, circumstances = {}) {
      const [organization, project, sibling] = [fresh('organization'), fresh('project'), fresh('project')];
      const org = organization.uuid;
      const members = [keeper, ...people.filter(({ isMember }) => isMember)];
      const owner = members.find(({ isOwner }) => isOwner) ?? keeper;
      await write(async (db) => {
        await db('organizations').insert({
          id: org,
          slug: organization.id.replace('_', '-'),
          name: siteName,
          blueprint: blueprint.name,
          state: circumstances.organization ?? 'ACTIVE',
          ...(circumstances.organization === 'DELETED' && {
            deleted_at: db.fn.now(),
            deleted_slug: `restored-${organization.id.slice(4)}`,
          }),
          top_role: blueprint.topRole,
          mfa: circumstances.mfa ?? 'OPTIONAL',
          externals: letsOutsidersIn(blueprint) ? 'ALLOW' : 'FORBID',
          owner_id: blueprint.owner === 'exactly-one' ? owner.uuid : null,
        });
        const stateOf = (member: Persona) => (member === keeper ? 'ACTIVE' : (circumstances.members ?? 'ACTIVE'));
        await insert(
          db,
          'members',
          members.map((member) => ({ org_id: org, user_id: member.uuid, state: stateOf(member) })),
        );
        await insert(
          db,
          'projects',
          [project, sibling].map(({ id, uuid }) => ({ org_id: org, id: uuid, slug: id.replace('_', '-'), name: 'A project' })),
        );
        await insert(db, 'grants', [
          ...members.flatMap(({ uuid, orgRole: role }) => (role === undefined ? [] : [grant(org, uuid, role)])),
          ...projectGrants(org, project.uuid, [...members, ...people.filter(({ isExternal }) => isExternal)]),
        ]);
        await insert(
          db,
          'support_accesses',
          people.flatMap((person) => (person.supportRole === undefined ? [] : [support(org, person.uuid, person.supportRole)])),
        );
      });
      return {
        organizationId: organization.id,
        projectId: project.id,
        siblingId: sibling.id,
        ownerId: owner.id,
        memberIds: members.map(({ id }) => id),
      };
    },

    async makeProject(site, people) {
      const org = toUuid('organization', site.organizationId);
      const { id, uuid } = fresh('project');
      await write(async (db) => {
        await db('projects').insert({ org_id: org, id: uuid, slug: id.replace('_', '-'), name: 'A project' });
        await insert(db, 'grants', projectGrants(org, uuid, people));
      });
      return id;
    },

    async makeMember(site, role) {
      const org = toUuid('organization', site.organizationId);
      const user = fresh('user');
      const row = role && grant(org, user.uuid, role.role, role.projectId === undefined ? null : toUuid('project', role.projectId));
      const granted = row ? [{ ...row, until: role.until ?? null }] : [];
      await write(async (db) => {
        await db('users').insert({ id: user.uuid, issuer: 'https://elsewhere.example.com', subject: user.id });
        await db('members').insert({ org_id: org, user_id: user.uuid });
        await insert(db, 'grants', granted);
      });
      return { userId: user.id, grantId: row ? toId('grant', row.id) : newId('grant') };
    },

    async makeServiceAccount(site, role) {
      const org = toUuid('organization', site.organizationId);
      const { id, uuid } = fresh('serviceAccount');
      const project = role.projectId === undefined ? null : toUuid('project', role.projectId);
      const { user_id: _, ...row } = grant(org, '', role.role, project);
      await write(async (db) => {
        await db('service_accounts').insert({
          org_id: org,
          id: uuid,
          project_id: project,
          name: 'Deployment',
          created_by: role.by ?? keeper.id,
        });
        await db('grants').insert({ ...row, service_account_id: uuid });
      });
      return { serviceAccountId: id };
    },

    async makeApiKey(site, projectId, owned) {
      const org = toUuid('organization', site.organizationId);
      const { id, uuid } = fresh('apiKey');
      await write(async (db) => {
        const project_id = projectId === undefined ? null : toUuid('project', projectId);
        const owner = owned ? { service_account_id: toUuid('serviceAccount', owned.serviceAccountId) } : { user_id: keeper.uuid };
        const row = { org_id: org, id: uuid, project_id, ...owner };
        await db('api_keys').insert({ ...row, type: owned?.type ?? 'STANDARD', name: 'Program', created_by: owned?.by ?? keeper.id });
        const hash = keySecretHash(newKeySecret('tnts_'));
        await db('api_key_secrets').insert({ org_id: org, key_id: uuid, version: 1, hash, prefix: 'tnts_0000' });
      });
      return id;
    },

    async makeSupportRequest(site) {
      const row = support(toUuid('organization', site.organizationId), freeOperator.uuid, 'org.support', 'REQUESTED');
      const earlier = { org_id: row.org_id, operator_id: row.operator_id, state: 'REQUESTED' };
      await write(async (db) => {
        await db('support_accesses').where(earlier).update({ state: 'ENDED' });
        await db('support_accesses').insert(row);
      });
      return toId('supportAccess', row.id);
    },
  };
}
