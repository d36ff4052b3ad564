import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import { type Level, levels } from '../../../core/authorization/policy/domain.ts';
import type { Persona } from './personas.ts';
import type { Circumstances } from './world.ts';

/** Where somebody asks from, and as what. */
export interface Scenario {
  readonly title: string;
  /** The levels of operations for which it says something of its own. */
  readonly levels: readonly Level[];
  readonly credential: 'valid' | 'expired' | 'none';
  /** Whether those who ask are suspended on the whole installation. */
  readonly suspended?: true;
  /** The organization; people have roles in it unless it is somebody else's. */
  readonly site: 'own' | 'other' | 'suspended' | 'inactive' | 'mfa-required';
  readonly project: 'own' | 'sibling';
}

const usual = { credential: 'valid', site: 'own', project: 'own' } as const;

/** Every scenario that each operation goes through with every role. */
export const scenarios: readonly Scenario[] = [
  { ...usual, title: 'in the own place', levels },
  { ...usual, title: 'in a sibling project', levels: ['project'], project: 'sibling' },
  { ...usual, title: 'in another organization', levels: ['org', 'project'], site: 'other' },
  { ...usual, title: 'in a suspended organization', levels: ['org', 'project'], site: 'suspended' },
  { ...usual, title: 'as an inactive member', levels: ['org', 'project'], site: 'inactive' },
  { ...usual, title: 'without the second factor that is required', levels: ['org', 'project'], site: 'mfa-required' },
  { ...usual, title: 'as a suspended person', levels, suspended: true },
  { ...usual, title: 'without a token', levels, credential: 'none' },
  { ...usual, title: 'with an expired token', levels, credential: 'expired' },
];

/** How the organization of a scenario is made. */
export function circumstancesOf({ site }: Scenario): Circumstances {
  if (site === 'suspended') return { organization: 'SUSPENDED' };
  if (site === 'mfa-required') return { mfa: 'REQUIRED' };
  return site === 'inactive' ? { members: 'INACTIVE' } : {};
}

/** The roles and states, as policy rows name them, that somebody has at a level of the place of a scenario. */
export function rolesIn(blueprint: Blueprint, persona: Persona, scenario: Scenario, level: Level): string[] {
  const personal = scenario.suspended ? ['state/suspended-user'] : [];
  if (level === 'platform') return ['platform/user', ...persona.platformRoles, ...personal];
  if (scenario.site === 'other') return [];
  const states = [
    ...(scenario.site === 'suspended' ? ['state/suspended'] : []),
    ...(scenario.site === 'mfa-required' ? ['state/mfa-missing'] : []),
    ...personal,
  ];
  if (persona.supportRole !== undefined) return [`${blueprint.name}/${persona.supportRole}`, ...states];
  if (persona.isExternal && level === 'project' && scenario.project === 'own')
    return ['member/external', `${blueprint.name}/${persona.projectRole}`, ...states];
  if (!persona.isMember) return [];
  const held = [
    persona.orgRole,
    persona.isOwner ? 'org.owner' : undefined,
    level === 'project' && scenario.project === 'own' ? persona.projectRole : undefined,
  ].filter((role) => role !== undefined);
  return [
    'member/self',
    ...held.map((role) => `${blueprint.name}/${role}`),
    ...(scenario.site === 'inactive' ? ['state/inactive-member'] : []),
    ...states,
  ];
}
