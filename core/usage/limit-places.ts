import type { InputError } from '../base/errors.ts';
import { limitRefusal, type ReachedLimit } from '../database/limit-refusal.ts';
import type { CheckedEvent } from './event-checks.ts';

/** A failure of writing events, as LimitExceeded with the place of the first event that does not fit where a limit on a meter is reached. */
export function refusalOfEvents(error: unknown, checked: readonly CheckedEvent[]): unknown {
  return limitRefusal(error, (reached) => firstOver(reached, checked));
}

function firstOver({ hard, used, text = String(used), events = [] }: ReachedLimit, checked: readonly CheckedEvent[]): InputError[] {
  const counted = new Set(events);
  let left = BigInt(hard) * unit - billionths(text);
  for (const { place, quantity } of checked.filter(({ id }) => counted.has(id)).sort((a, b) => a.place - b.place)) {
    left -= billionths(quantity);
    if (left < 0n) return [{ pointer: `#/events/${place}`, detail: 'is the first that does not fit: with it, the limit would be passed' }];
  }
  return [];
}

const unit = 1_000_000_000n;

/** A decimal number with at most nine digits behind its point, as a whole number. */
function billionths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * unit + BigInt(fraction.padEnd(9, '0'));
}
