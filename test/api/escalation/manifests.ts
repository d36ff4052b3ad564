import { beginTerm, type ManifestContext } from '../../../core/manifests/apply.ts';
import { applyOrganization } from '../../../core/manifests/organization.ts';
import { applyProject } from '../../../core/manifests/project.ts';
import { type Level, pathOf, place, rolesAt, type Step } from './choices.ts';
import type { Draw } from './draw.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

const cluster = '0b0f1a4e-6a3c-4a7e-9c53-3f1f8d5f0a51';
const namespace = 'team-a';
const projectNumbers = [1, 2];

/** The part of Tenet that applies manifests, as a caller. */
export const controller = { type: 'controller', id: 'controller' } as const;

/** Which manifest, and what it says. */
export interface Said {
  readonly number: number;
  readonly adopt?: string;
  readonly members: readonly { email: string; roles: readonly string[]; until?: Date }[];
  readonly membersPolicy: 'Additive' | 'Exact';
  readonly serviceAccounts?: readonly { name: string; roles: readonly string[] }[];
}

/** The kinds of step about manifests: the consent to one, and what it says. */
export const manifests: Readonly<Record<string, Step>> = {
  handOver(world, state, draw) {
    const { params } = place(world, state, draw);
    const isProject = 'projectId' in params;
    const body = { mode: 'ADOPT', cluster, name: nameOf(isProject ? draw.of(projectNumbers) : 0), ...(isProject && { namespace }) };
    return { operationId: `replace${isProject ? 'Project' : ''}HandOver`, params, body };
  },

  applyOrganization(world, state, draw) {
    const body: Said = { number: 0, adopt: world.organizationId, ...said(world, state, draw, 'org') };
    return { operationId: 'applyOrganization', caller: controller, params: pathOf(world, {}), body };
  },

  applyProject(world, state, draw) {
    if (world.blueprint.projects === 'none') return undefined;
    const projectId = draw.chance(0.5) ? draw.any(state.projects) : undefined;
    const number = draw.of(projectNumbers);
    const body: Said = { number, ...(projectId !== undefined && { adopt: projectId }), ...said(world, state, draw, 'project') };
    return { operationId: 'applyProject', caller: controller, params: pathOf(world, {}), body };
  },
};

/** The Organization manifest is the first one, and those of projects follow. */
function nameOf(number: number): string {
  return `manifest-${number}`;
}

/** Some people with roles, members or not, and sometimes a service account. */
function said(world: World, state: State, draw: Draw, level: Level): Pick<Said, 'members' | 'membersPolicy' | 'serviceAccounts'> {
  const roles = rolesAt(world, state, level);
  const people = new Set(Array.from({ length: 4 }, () => draw.of(world.people)).filter(() => draw.chance(0.6)));
  const members = [...people].map(({ email }) => ({
    ...{ email, roles: [draw.of(roles)] },
    ...(draw.chance(0.2) && { until: new Date('2099-01-01T00:00:00Z') }),
  }));
  const serviceAccounts = draw.chance(0.3) && { serviceAccounts: [{ name: 'Robot', roles: [draw.of(roles)] }] };
  return { members, membersPolicy: draw.chance(0.1) ? 'Exact' : 'Additive', ...serviceAccounts };
}

/** What applies manifests as the controllers do, and says what it has done. Uids are made of the id of the organization that they are about. */
export function createManifests(context: Omit<ManifestContext, 'cluster' | 'fence'>) {
  let fence: Promise<ManifestContext['fence']> | undefined;
  let generation = 0;
  const begin = async () => ({ source: 'kubernetes', term: await beginTerm(context.database, 'kubernetes') });

  return async function apply(operationId: string, organizationId: string, { number, ...said }: Said): Promise<string[]> {
    fence ??= begin();
    generation += 1;
    const whole = { ...context, cluster, fence: await fence };
    const uid = `${organizationId}-${number}`;
    const about = { ...said, displayName: 'Acme', slug: uid.replaceAll('_', '-'), manage: true };
    const ref = { cluster, name: nameOf(number), uid, generation };
    if (operationId === 'applyOrganization')
      return (await applyOrganization(whole, { ...about, ref: { ...ref, kind: 'Organization' } })).done;
    const organization = { uid: `${organizationId}-0`, name: nameOf(0) };
    return (await applyProject(whole, { ...about, organization, ref: { ...ref, kind: 'Project', namespace } })).done;
  };
}
