import { InvalidInput } from '../../base/errors.ts';

/** How deep a question reaches: outside any organization, one organization, one project. */
export type Level = 'platform' | 'org' | 'project';

/** Every level, the widest first. */
export const levels: readonly Level[] = ['platform', 'org', 'project'];

/** Where a question is asked: `platform`, `org_x` or `org_x/prj_y`. `org` is `platform` outside any organization. */
export interface Domain {
  readonly dom: string;
  readonly org: string;
  readonly level: Level;
}

const organizationId = /^org_[A-Za-z0-9]{1,64}$/;
const projectId = /^prj_[A-Za-z0-9]{1,64}$/;

/**
 * The domain of a scope. Organization and level are derived here and nowhere else: Casbin cannot notice
 * a project of one organization that is paired with another organization, so the two never come apart.
 * Throws InvalidInput for an id of another kind and for a project without its organization.
 */
export function domainOf(scope: { organizationId?: string | undefined; projectId?: string | undefined }): Domain {
  const { organizationId: org, projectId: project } = scope;
  if (org === undefined) {
    if (project !== undefined) throw new InvalidInput('A project is named together with its organization.');
    return { dom: 'platform', org: 'platform', level: 'platform' };
  }
  if (!organizationId.test(org)) throw new InvalidInput(`${JSON.stringify(org)} is not the id of an organization: org_...`);
  if (project === undefined) return { dom: org, org, level: 'org' };
  if (!projectId.test(project)) throw new InvalidInput(`${JSON.stringify(project)} is not the id of a project: prj_...`);
  return { dom: `${org}/${project}`, org, level: 'project' };
}

/** The domain of a project in which no grant is: what holds there comes from roles in the organization alone. */
export function anyProjectOf({ organizationId }: { readonly organizationId?: string | undefined }): Domain {
  return domainOf({ organizationId, projectId: 'prj_00000000000000000000000000' });
}

/** True for what domainOf returns; an object put together by hand may pair a project with a foreign organization. */
export function isDomain(domain: Domain): boolean {
  switch (domain.level) {
    case 'platform':
      return domain.dom === 'platform' && domain.org === 'platform';
    case 'org':
      return domain.dom === domain.org && domain.org.startsWith('org_');
    case 'project':
      return domain.org.startsWith('org_') && domain.dom.startsWith(`${domain.org}/prj_`);
    default:
      return false;
  }
}

/** True for a concrete domain as a row may name it: `org_x` or `org_x/prj_y`. */
export function isConcreteDomain(dom: string): boolean {
  const [org = '', project, ...rest] = dom.split('/');
  return organizationId.test(org) && rest.length === 0 && (project === undefined || projectId.test(project));
}
