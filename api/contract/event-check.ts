import type { Operation } from './rules.ts';

/** Throws when the operation caused an event that its x-audit does not name. */
export function checkEvents(
  { operationId, audit }: Pick<Operation, 'operationId' | 'audit'>,
  events: readonly { readonly event: string }[],
): void {
  for (const { event } of events) {
    const { action } = JSON.parse(event) as { action: string };
    if (!audit.includes(action)) throw new Error(`${operationId} recorded ${action}, which its x-audit does not name.`);
  }
}
