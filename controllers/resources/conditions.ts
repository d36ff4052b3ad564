/** One entry of `status.conditions`, as metav1.Condition. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, whole seconds; moves only when `status` does. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** What a reconciler says of a condition; the rest follows from the object and the clock. */
export type ConditionInput = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The types that Tenet writes. Ready sums up; Accepted, ResolvedRefs and Synced are its parts. Reconciling and Stalled are there only
 * while True, which is what kstatus asks for: without Stalled a tool such as Flux waits for a hopeless object until its time is up.
 */
export const ownedTypes = ['Ready', 'Accepted', 'ResolvedRefs', 'Synced', 'Reconciling', 'Stalled'] as const;

/** Server limits of metav1.Condition. */
const maxMessage = 32_768;

/** The conditions to write: `inputs`, with the time of the last transition kept from `existing` where the status is the same. */
export function resolveConditions(
  inputs: readonly ConditionInput[],
  existing: readonly Condition[],
  observedGeneration: number,
  now: Date,
): Condition[] {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  return inputs.map((input) => {
    const before = existing.find((condition) => condition.type === input.type);
    return {
      type: input.type,
      status: input.status,
      reason: input.reason,
      message: input.message.slice(0, maxMessage),
      lastTransitionTime: before?.status === input.status ? before.lastTransitionTime : time,
      observedGeneration,
    };
  });
}

/** Whether writing `wanted` would change nothing: each is there, and none of our types is there that is no longer wanted. */
export function conditionsMatch(wanted: readonly Condition[], existing: readonly Condition[]): boolean {
  const owned: readonly string[] = ownedTypes;
  const present = existing.filter((condition) => owned.includes(condition.type) || wanted.some(({ type }) => type === condition.type));
  if (present.length !== wanted.length) return false;
  return wanted.every((condition) => {
    const found = present.find(({ type }) => type === condition.type);
    return (
      found !== undefined &&
      found.status === condition.status &&
      found.reason === condition.reason &&
      found.message === condition.message &&
      found.lastTransitionTime === condition.lastTransitionTime &&
      found.observedGeneration === condition.observedGeneration
    );
  });
}

/** Everything is as the manifest says. */
export function ready(message: string, reason = 'Reconciled'): ConditionInput[] {
  return [
    { type: 'Synced', status: 'True', reason, message },
    { type: 'Ready', status: 'True', reason, message },
  ];
}

/** It was looked at, and is not as the manifest says; nothing is to be done about that. */
export function differing(message: string): ConditionInput[] {
  return [
    { type: 'Synced', status: 'False', reason: 'Differs', message },
    { type: 'Ready', status: 'True', reason: 'Differs', message },
  ];
}

/** It did not work, and is tried again without anybody's help. */
export function retrying(reason: string, message: string): ConditionInput[] {
  return [
    { type: 'Synced', status: 'False', reason, message },
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: 'True', reason, message },
  ];
}

/** It cannot work until somebody changes something. */
export function stalled(reason: string, message: string): ConditionInput[] {
  return [
    { type: 'Synced', status: 'False', reason, message },
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Stalled', status: 'True', reason, message },
  ];
}
