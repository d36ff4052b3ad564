import type { Actor } from '../authorization/decisions/actor.ts';
import { allows } from '../authorization/decisions/decide.ts';
import { settingObject } from '../authorization/policy/settings.ts';
import type { Db } from '../database/database.ts';
import { projectReach } from '../organizations/projects.ts';
import type { ArchiveKind, FileKinds } from './export-kinds.ts';
import { keptByRows, partsOf } from './organization-parts.ts';

/** What is kept with an archive of an organization. */
export interface OrganizationContext {
  /** What is in it of what is asked for one by one, as `ORG:resource:action` and `PROJECTS:resource:action`. */
  readonly included: readonly string[];
  readonly leftOut: readonly string[];
  /** What the kinds that are parts of it keep. */
  readonly kinds: Readonly<Record<string, object>>;
}

/** What is asked for each part. In a kind of organization without service accounts, for example, no role may list them, and there is no such part. */
const neededBy: Readonly<Record<string, readonly string[]>> = {
  members: ['member:list'],
  roles: ['role:list'],
  projects: ['project:list'],
  grants: ['grant:list'],
  'service-accounts': ['service-account:list'],
  'api-keys': ['api-key:list'],
  invitations: ['invitation:list'],
  restrictions: ['restriction:list'],
  'invitation-links': ['invitation:list'],
  'role-templates': ['role:list'],
  'mfa-requirement': ['mfa:read'],
  'support-accesses': ['support:list'],
  subscription: ['plan:read'],
  limits: ['limit:read'],
  'billing-profile': ['billing-profile:read'],
  alerts: ['alert:read'],
  'alert-firings': ['alert:read'],
  webhooks: ['webhook:list', 'webhook:read'],
  'audit-events': ['audit-event:list', 'audit-event:export'],
  'access-report': ['access-report:read'],
  usage: ['usage:read'],
};

/** Everything of an organization. Each part is asked for by itself, and left out where the answer is no. */
export function organizationKind(kinds: FileKinds): ArchiveKind {
  const names = Object.keys(kinds) as (keyof FileKinds)[];
  const parts = partsOf(kinds);
  return {
    permissions: [['organization', 'read']],
    filters: [],
    parts(context) {
      const { included } = context as OrganizationContext;
      const isIn = (name: string) => (neededBy[name] ?? []).every((permission) => included.includes(`ORG:${permission}`));
      return Object.fromEntries(Object.entries(parts).filter(([name]) => isIn(name)));
    },
    async begin(db, actor, about): Promise<OrganizationContext> {
      const answers = await askAll(db, actor, about.organizationId);
      const of = (answer: boolean) => [...answers].filter(([, allowed]) => allowed === answer).map(([question]) => question);
      const begun = await Promise.all(names.map(async (name) => [name, await kinds[name].begin(db, actor, about)] as const));
      return { included: of(true), leftOut: of(false), kinds: Object.fromEntries(begun) };
    },
    leftOut: (context) => (context as OrganizationContext).leftOut,
    async lost(db, actor, { organizationId, context }) {
      const answers = await askAll(db, actor, organizationId);
      const lost = (context as OrganizationContext).included.find((question) => answers.get(question) !== true);
      return lost?.replace(/^ORG:/, '').replace(/^PROJECTS:(.*)$/, '$1 in every project');
    },
  };
}

/** What is asked one by one, and whether the caller may: in the organization, and in every project that it has. */
async function askAll(db: Db, actor: Actor, organizationId: string): Promise<Map<string, boolean>> {
  const place = { organizationId };
  const [snapshot, engine, reach] = await Promise.all([
    actor.snapshot(place),
    actor.engine(place),
    projectReach(db, actor, organizationId),
  ]);
  const { types, settings } = keptByRows(engine.blueprint!);
  const answers = new Map<string, boolean>();
  for (const permission of Object.values(neededBy).flat()) {
    const [resource, action] = permission.split(':') as [string, string];
    answers.set(`ORG:${permission}`, allows(engine, snapshot, resource, action));
  }
  const inProjects = (resource: string, action: string) => {
    const { everywhere, except } = reach(resource, action);
    answers.set(`PROJECTS:${resource}:${action}`, everywhere && except.length === 0);
  };
  inProjects('project', 'read');
  for (const resource of ['grant', 'service-account', 'api-key', 'invitation']) inProjects(resource, 'list');
  for (const resource of ['instance', 'policy-store']) inProjects(resource, 'read');
  const both = [
    ...types.map(({ name, levels }) => ({ resource: name, levels })),
    ...settings.map(({ key, levels }) => ({ resource: settingObject(key), levels })),
  ];
  for (const { resource, levels } of both) {
    if (levels.includes('org')) answers.set(`ORG:${resource}:read`, allows(engine, snapshot, resource, 'read'));
    if (levels.includes('project')) inProjects(resource, 'read');
  }
  return answers;
}
