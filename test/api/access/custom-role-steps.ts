import { join, type Person } from '../../helpers/people.ts';
import type { Caller, TestTenet } from '../../helpers/tenet.ts';

const rolesPath = '/v1/organizations/{organizationId}/roles';
const rolePath = '/v1/organizations/{organizationId}/roles/{roleId}';
const grantsPath = '/v1/organizations/{organizationId}/grants';

interface Body {
  title: string;
  description?: string;
  tier?: string;
  permissions?: string[];
  preset?: string;
}

/** An organization of a kind that has roles of its own, and who administers it. */
interface RoleScene {
  readonly tenet: TestTenet;
  readonly admin: Person;
  readonly organizationId: string;
}

/** The steps that the tests of roles of organizations share; they are of the organization of the scene unless a test names another one. */
export function roleSteps(scene: () => RoleScene) {
  let count = 0;

  /** A number that no other step has. */
  const unused = () => ++count;
  const newMember = (role?: string, where = scene().organizationId) =>
    join(scene().tenet, { organizationId: where }, `person${unused()}@example.com`, role);
  const define = (by: Caller, body: Body, where = scene().organizationId) =>
    by.client.POST(rolesPath, { params: { path: { organizationId: where } }, body });
  const made = async (body: Partial<Body> = {}, where = scene().organizationId) => {
    const { data, error } = await define(
      scene().admin,
      { title: `Role ${unused()}`, tier: 'org.member', permissions: ['member:list', 'member:read'], ...body },
      where,
    );
    if (!data) throw new Error(JSON.stringify(error));
    return data;
  };
  const replace = (by: Caller, roleId: string, body: { title: string; tier: string; permissions: string[] }, etag?: string) =>
    by.client.PUT(rolePath, {
      params: { path: { organizationId: scene().organizationId, roleId }, header: etag === undefined ? {} : { 'If-Match': etag } },
      body,
    });
  const remove = (by: Caller, roleId: string, successor?: string, where = scene().organizationId) =>
    by.client.DELETE(rolePath, {
      params: { path: { organizationId: where, roleId }, query: successor === undefined ? {} : { successor } },
    });
  const give = (by: Caller, to: string, role: string, where = scene().organizationId) =>
    by.client.POST(grantsPath, { params: { path: { organizationId: where } }, body: { subject: { type: 'USER', id: to }, role } });
  const mayListMembers = async (by: Caller) =>
    (await by.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId: scene().organizationId } } }))
      .response.status === 200;
  const listed = async (where = scene().organizationId) =>
    (await scene().admin.client.GET(rolesPath, { params: { path: { organizationId: where } } })).data!.items;

  return { unused, newMember, define, made, replace, remove, give, mayListMembers, listed };
}
