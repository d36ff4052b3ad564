import { foundOrganization, foundProject, join, type Person, signIn } from './people.ts';
import { type Caller, startTenet, type TestTenet } from './tenet.ts';

/** An organization of one kind and one member for each of its roles, as `people['org.manager']`. */
export interface Product {
  readonly tenet: TestTenet;
  readonly founder: Person;
  readonly organizationId: string;
  /** Empty where the kind has no projects that its founder makes. */
  readonly projectId: string;
  readonly people: Readonly<Record<string, Person>>;
}

/** Starts a server and founds an organization of this kind, with a project unless it goes without one; `roles` are those whose holders the tests need. */
export async function startProduct(blueprint: string, roles: readonly string[], { hasProject = true } = {}): Promise<Product> {
  const tenet = await startTenet();
  const founder = await signIn(tenet, 'founder@example.com');
  const organizationId = await foundOrganization(founder, 'Acme', blueprint);
  const projectId = hasProject ? await foundProject(founder, organizationId) : '';
  const people: Record<string, Person> = {};
  for (const role of roles) {
    const place = role.startsWith('project.') ? { organizationId, projectId } : { organizationId };
    people[role] = await join(tenet, place, `${role}@example.com`, role);
  }
  return { tenet, founder, organizationId, projectId, people };
}

/** Which of these permissions the caller has: in the organization, or in the project where one is named. */
export async function allowed(
  caller: Caller,
  place: { organizationId: string; projectId?: string },
  permissions: readonly string[],
): Promise<string[]> {
  const subject = { type: 'user', id: await caller.userId() };
  const answers = await Promise.all(
    permissions.map(async (permission) => {
      const [type, name] = permission.split(':');
      const response = await caller.raw('/access/v1/evaluation', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject, action: { name }, resource: { type, id: '*', properties: place } }),
      });
      if (response.status !== 200) throw new Error(`no decision about ${permission}: ${await response.text()}`);
      return ((await response.json()) as { decision: boolean }).decision;
    }),
  );
  return permissions.filter((_, index) => answers[index]);
}

/** `allOf('secret', 'list', 'read')` is secret:list and secret:read. */
export function allOf(resource: string, ...actions: string[]): string[] {
  return actions.map((action) => `${resource}:${action}`);
}
