import type { RolloutStage } from '../core/authorization/store/rollouts.ts';
import { printable } from '../core/base/text.ts';

// What the commands of both kinds of rollouts say alike.

/** What a difference is, from the revision in force to the candidate. */
export const effectWords = { DENY_TO_ALLOW: 'denied -> allowed', ALLOW_TO_DENY: 'allowed -> denied' } as const;

/** `rolled-back` */
export function stageName(stage: RolloutStage): string {
  return stage.toLowerCase().replace('_', '-');
}

interface LastRollout {
  readonly id: string;
  readonly revision: number;
  readonly stage: RolloutStage;
  readonly movedAt: string;
  readonly movedReason: string;
}

/** How the last rollout of something has ended, when and why. */
export function lastRolloutWords(name: string, { id, revision, stage, movedAt, movedReason }: LastRollout): string {
  const how = { ROLLED_BACK: 'rolled back by itself', CANCELLED: 'was cancelled', DONE: 'is in force' }[stage as 'DONE'] ?? 'is open';
  return `${name}: the last rollout, ${id} of revision ${revision}, ${how} at ${movedAt}: ${printable(movedReason)}`;
}
