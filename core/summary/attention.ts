import type { BlockValues } from './blocks.ts';

/** What needs attention. */
export type AttentionKind =
  | 'ORGANIZATION_SUSPENDED'
  | 'API_KEYS_OF_LEAVERS'
  | 'API_KEYS_ENDING'
  | 'INVITATIONS_ENDING'
  | 'SECOND_FACTOR_MISSING'
  | 'WEBHOOKS_DISABLED'
  | 'INSTANCES_FAILED'
  | 'INSTANCES_UNHEALTHY'
  | 'LIMITS_EXHAUSTED'
  | 'LIMITS_NEAR';

/** A matter, and how many things it is about. */
export interface Attention {
  readonly kind: AttentionKind;
  readonly count: number;
}

/** What needs attention among what is shown, the most urgent first. */
export function attentionIn(state: string, shown: Partial<BlockValues>): Attention[] {
  // A limit of 0 says that there is to be none: with nothing in use it is exhausted, and there is nothing to do.
  const limitsIn = (which: string) => shown.limits?.filter((limit) => limit.state === which && limit.used > 0).length;
  const counts: readonly (readonly [AttentionKind, number | undefined])[] = [
    ['ORGANIZATION_SUSPENDED', state === 'SUSPENDED' ? 1 : 0],
    ['API_KEYS_OF_LEAVERS', shown.apiKeys?.ofLeavers],
    ['LIMITS_EXHAUSTED', limitsIn('EXHAUSTED')],
    ['INSTANCES_FAILED', shown.instanceFaults?.failed],
    ['INSTANCES_UNHEALTHY', shown.instanceFaults?.unhealthy],
    ['SECOND_FACTOR_MISSING', shown.secondFactor?.missing],
    ['WEBHOOKS_DISABLED', shown.webhooks?.disabled],
    ['LIMITS_NEAR', limitsIn('NEAR')],
    ['API_KEYS_ENDING', shown.apiKeys?.endingSoon],
    ['INVITATIONS_ENDING', shown.invitations?.endingSoon],
  ];
  return counts.flatMap(([kind, count = 0]) => (count > 0 ? [{ kind, count }] : []));
}
