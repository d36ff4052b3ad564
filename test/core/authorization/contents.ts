import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import type { Vocabulary } from '../../../core/authorization/policy/vocabulary.ts';
import { shippedPolicies } from '../../helpers/policies.ts';

/** The directory of the policies that ship. */
export const policyDirectory = fileURLToPath(new URL('../../../policies', import.meta.url));

/** The text of the model that ships. */
export const model = readFileSync(`${policyDirectory}/model.conf`, 'utf8');

/** [platform, blueprint/integrations] as they ship. */
export async function integrations(): Promise<[PolicyContent, PolicyContent]> {
  const contents = await shippedPolicies();
  const find = (scope: string) => contents.find((content) => content.scope === scope)!;
  return [find('platform'), find('blueprint/integrations')];
}

/** A vocabulary of three resource types: `door` on every level, `room` and `key` inside organizations. */
export const vocabulary: Vocabulary = {
  resources: {
    door: { title: 'Doors', actions: { open: ['platform', 'org', 'project'], close: ['platform', 'org', 'project'] } },
    room: { title: 'Rooms', actions: { open: ['org', 'project'], paint: ['org', 'project'], close: ['project'] } },
    key: { title: 'Keys', actions: { copy: ['org', 'project'], open: ['org'] } },
  },
  roles: { 'platform/user': 'Everybody', 'member/self': 'Every member' },
  states: {
    'state/closed': { title: 'Closed', problem: 'permission-denied', status: 403 },
    'state/asleep': { title: 'Asleep', problem: 'permission-denied', status: 403 },
  },
};

/** A blueprint of two roles in the organization and one in the project. */
export const house: Blueprint = {
  name: 'house',
  title: 'Houses',
  description: 'Rooms with doors.',
  roles: [
    { id: 'org.owner-like', title: 'Caretaker', description: 'Runs the house.', level: 'org' },
    { id: 'org.guest', title: 'Guest', description: 'Visits.', level: 'org' },
    { id: 'project.painter', title: 'Painter', description: 'Paints a room.', level: 'project' },
  ],
  topRole: 'org.owner-like',
  lowestRole: 'org.guest',
  creatorRole: 'org.owner-like',
  owner: 'none',
  multipleRoles: { org: true, project: true },
  customRoles: {
    tiers: ['org.guest', 'project.painter'],
    atMost: 3,
    permissionGroups: [],
    presets: [],
  },
  externals: { default: 'forbid', choices: ['forbid'] },
  projects: { deletion: 'free', grantees: ['user', 'role'] },
  invitations: { expireAfterDays: 7 },
  keyTypes: [],
  scopes: [{ name: 'read', title: 'Read' }],
  resourceTypes: [{ name: 'lamp', title: 'Lamps', actions: { switch: ['org', 'project'] } }],
};

/** A content whose rows are written as in the file, without the leading `p`. */
export function content(scope: string, rows: readonly string[], extra: Partial<PolicyContent> = {}): PolicyContent {
  return {
    scope,
    model,
    rows: rows.map((row) => row.split(',').map((field) => field.trim()) as unknown as Row),
    sources: rows.map((_, index) => ({ file: `${scope}.csv`, line: index + 1 })),
    ...(scope === 'platform' ? { vocabulary } : {}),
    ...(scope === 'blueprint/house' ? { blueprint: house } : {}),
    ...extra,
  };
}
