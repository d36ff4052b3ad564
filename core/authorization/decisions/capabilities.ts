import type { Engine } from '../engine/engine.ts';
import type { Actor } from './actor.ts';
import { allows } from './decide.ts';
import type { Snapshot } from './snapshot.ts';

/** For each resource type, the actions that are allowed; a resource type without any is absent. */
export type CapabilityMap = Record<string, string[]>;

/** What the caller may do in an organization or a project. */
export interface Capabilities {
  readonly organizationId: string;
  readonly projectId?: string;
  readonly capabilities: CapabilityMap;
}

/** The policy's answer to every permission of the place at once, for the caller. */
export async function getCapabilities(actor: Actor, place: { organizationId: string; projectId?: string }): Promise<Capabilities> {
  const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const { organizationId, projectId } = place;
  return { organizationId, ...(projectId === undefined ? {} : { projectId }), capabilities: capabilitiesOf(engine, snapshot) };
}

/** The resources of which it is asked what may be done: of one type, and one of them, where that is said. */
export interface AskedOf {
  readonly resource?: string | undefined;
  readonly resourceId?: string | undefined;
}

/** Everything that the engine allows to the roles of a snapshot, in the order of the vocabulary. */
export function capabilitiesOf(
  engine: Engine,
  held: Pick<Snapshot, 'domain' | 'roles' | 'scopes' | 'restricted'>,
  { resource: asked, resourceId }: AskedOf = {},
): CapabilityMap {
  // Not an object that grows: a resource type may be called constructor.
  const map = new Map<string, string[]>();
  for (const { resource, action } of engine.permissions(held.domain.level)) {
    if (asked !== undefined && resource !== asked) continue;
    if (!allows(engine, held, resource, action, resourceId)) continue;
    const actions = map.get(resource) ?? [];
    actions.push(action);
    map.set(resource, actions);
  }
  return Object.fromEntries(map);
}
