import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { type Decision, decideWith } from '../authorization/decisions/decide.ts';
import type { Snapshot } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import { offeringActions, roleObject } from '../authorization/policy/vocabulary.ts';

// A caller offers a role in an invitation who may assign it, or may invite with it. `invite` is about the role that the
// blueprint names and no other: a custom role is offered only by those who may assign its tier.

function actionsFor(role: string): readonly string[] {
  return role.startsWith('role_') ? ['assign'] : offeringActions;
}

/** Asks whether the actor may offer the role in this place. Throws PermissionDenied. */
export async function requireOffer(actor: Actor, place: Place, role: string): Promise<void> {
  await requireOne(actor, place, role, actionsFor(role));
}

/**
 * Asks whether the actor may take the offer of a role back. No person holds the role by it yet, so it may be taken back by callers who may
 * offer the role, and by callers who may take the role from its holders. Throws PermissionDenied.
 */
export async function requireTakeBack(actor: Actor, place: Place, role: string): Promise<void> {
  await requireOne(actor, place, role, [...actionsFor(role), 'unassign']);
}

async function requireOne(actor: Actor, place: Place, role: string, actions: readonly string[]): Promise<void> {
  const denied: Decision[] = [];
  for (const action of actions) {
    const decision = await actor.may(roleObject(role), action, place);
    if (decision.allowed) return;
    denied.push(decision);
  }
  // Not NotFound for a project that the actor may not read: the invitation that it is about is one that they may see.
  actor.denials.push(denied[0]!);
  throw await actor.denial(denied[0]!);
}

/** Whether a subject may offer the role where this snapshot was taken. */
export function mayOffer(engine: Engine, snapshot: Snapshot, role: string): boolean {
  return actionsFor(role).some((action) => decideWith(engine, snapshot, roleObject(role), action).allowed);
}
