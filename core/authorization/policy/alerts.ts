import { z } from 'zod';
import { roleId, word } from './blueprint-words.ts';

/** Alerts that a blueprint has at most. */
const most = 20;

const amount = z.number().positive().max(1e15);

/** An alert that every organization of a kind has: what of, from when on, and to the holders of which role. */
const alertSchema = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('limit'),
    /** Percent of a limit that are in use; of every limit that an organization has. */
    at: z.array(z.number().int().min(1).max(100)).min(1).max(5),
    to: roleId,
  }),
  z.strictObject({
    on: z.literal('threshold'),
    meter: word,
    quantity: amount,
    period: z.enum(['day', 'month']),
    to: roleId,
  }),
  z.strictObject({
    on: z.literal('spike'),
    meter: word,
    factor: z.number().min(1.1).max(1000),
    /** A day with less than that is no spike. */
    minimum: amount,
    to: roleId,
  }),
]);

/** The alerts of a blueprint; revisions of before have none. */
export const alertsSchema = z.array(alertSchema).max(most).optional();

/** An alert of a kind of organization. */
export type BlueprintAlert = z.infer<typeof alertSchema>;

interface Alerted {
  readonly alerts?: readonly BlueprintAlert[] | undefined;
  readonly meters?: readonly { readonly name: string }[] | undefined;
  readonly roles: readonly { readonly id: string; readonly level: string }[];
}

/** Alerts name meters and roles of their file, and each is there once. */
export function reportAlerts({ alerts = [], meters = [], roles }: Alerted, context: z.RefinementCtx): void {
  const issue = (index: number, member: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['alerts', index, member], message });
  const seen = new Set<string>();
  for (const [index, alert] of alerts.entries()) {
    if (alert.on !== 'limit' && !meters.some(({ name }) => name === alert.meter))
      issue(index, 'meter', `must be a meter of this file, and ${alert.meter} is none`);
    if (!roles.some(({ id, level }) => id === alert.to && level === 'org'))
      issue(index, 'to', 'must be a role of this file in the organization');
    if (seen.size === seen.add(blueprintAlertKey(alert)).size) issue(index, 'on', 'is there twice: one of each kind for a meter is enough');
  }
}

/** What an alert of a blueprint is known by. */
export function blueprintAlertKey(alert: BlueprintAlert): string {
  return alert.on === 'limit' ? 'blueprint/limit' : `blueprint/${alert.on}/${alert.meter}`;
}
