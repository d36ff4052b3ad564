import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import type { Vocabulary } from '../../../core/authorization/policy/vocabulary.ts';

/** A caller: one role, on the platform, in an organization or in a project, or none at all. */
export interface Persona {
  readonly name: string;
  readonly email: string;
  readonly token: string;
  readonly expired: string;
  readonly id: string;
  readonly uuid: string;
  readonly platformRoles: readonly string[];
  readonly isMember: boolean;
  /** Whether their role in the project is all that they have, where the kind of organization lets people from outside in. */
  readonly isExternal?: true;
  readonly isOwner: boolean;
  /** Relative to the blueprint. */
  readonly orgRole?: string;
  readonly projectRole?: string;
  /** A role in the organization that an operator holds by a support access. */
  readonly supportRole?: string;
}

/** What a persona holds. */
export type Roles = Pick<Persona, 'platformRoles' | 'isMember' | 'isExternal' | 'isOwner' | 'orgRole' | 'projectRole' | 'supportRole'>;

const issuer = 'http://localhost/tenet-dev';
export const noRole: Roles = { platformRoles: [], isMember: false, isOwner: false };

/** Whether people from outside may hold roles in projects. */
export function letsOutsidersIn({ externals }: Blueprint): boolean {
  return externals.choices.includes('allow');
}

/** Every role that the policy files know: those of the platform, those of the blueprint, ownership, and none. */
export function rolesOf(vocabulary: Vocabulary, blueprint: Blueprint): Map<string, Roles> {
  const roles = new Map<string, Roles>([['platform/user', noRole]]);
  for (const role of Object.keys(vocabulary.roles)) {
    // The controller is no person: no request can be authenticated as it. Nor is a key, whose role no person can hold.
    if (role.startsWith('platform/') && !['platform/user', 'platform/controller', 'platform/api-key'].includes(role))
      roles.set(role, { ...noRole, platformRoles: [role] });
  }
  roles.set('no role', { ...noRole, isMember: true });
  const ofProject = blueprint.roles.find(({ level }) => level === 'project');
  if (ofProject && letsOutsidersIn(blueprint)) roles.set('member/external', { ...noRole, isExternal: true, projectRole: ofProject.id });
  if (blueprint.owner === 'exactly-one') roles.set('org.owner', { ...noRole, isMember: true, isOwner: true, orgRole: blueprint.topRole });
  for (const { id, level, holders } of blueprint.roles) {
    if (holders) roles.set(id, { ...noRole, platformRoles: ['platform/operator'], supportRole: id });
    else roles.set(id, { ...noRole, isMember: true, ...(level === 'org' ? { orgRole: id } : { projectRole: id }) });
  }
  return roles;
}

/** Signs tokens of the local issuer whose time was over two hours ago. */
export async function expiredTokens(dataDir: string): Promise<(email: string) => Promise<string>> {
  const jwk = JSON.parse(readFileSync(join(dataDir, 'dev-issuer.json'), 'utf8')) as { kid: string };
  const key = await importJWK(jwk, 'ES256');
  const now = Math.floor(Date.now() / 1000);
  return (email) =>
    new SignJWT({ email, email_verified: true, client_id: 'tenet-dev' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid })
      .setIssuer(issuer)
      .setAudience('tenet')
      .setSubject(email)
      .setIssuedAt(now - 10_800)
      .setExpirationTime(now - 7_200)
      .setJti(crypto.randomUUID())
      .sign(key);
}
