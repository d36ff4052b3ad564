import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { ConfirmationMismatch } from '../base/errors.ts';

/** The operations that a kind of organization may want confirmed. */
export type ConfirmedPermission = keyof NonNullable<Blueprint['confirmations']>;

/** What is to be typed, in words that do not show the value. */
const words = {
  'member.email': 'the e-mail address of the member, or their id where they have no address',
  'organization.name': 'the name of the organization',
} as const;

/**
 * Compares what was typed with what the operation is about, where this kind of organization wants that. To be called before anything
 * else is looked at, so that a slip of the hand changes nothing. Throws ConfirmationMismatch.
 */
export async function checkConfirmation(
  actor: Actor,
  {
    organizationId,
    permission,
    typed,
    isIt,
  }: {
    organizationId: string;
    permission: ConfirmedPermission;
    typed: string | undefined;
    isIt: (typed: string) => boolean;
  },
): Promise<void> {
  // A manifest does not slip: what it says was written down and reviewed.
  if (actor.principal.subject.type === 'controller') return;
  const source = (await actor.engine({ organizationId })).blueprint!.confirmations?.[permission];
  if (source === undefined || (typed !== undefined && isIt(typed))) return;
  throw new ConfirmationMismatch(words[source]);
}

/** Whether this name was typed, in whatever way a keyboard composes its letters. */
export function isSameName(typed: string, name: string): boolean {
  return typed.normalize('NFC') === name.normalize('NFC');
}
