import { createHash, createHmac } from 'node:crypto';
import type { AuditEvent } from '../audit/events.ts';

/** What is sent. The body is the same with each attempt. */
export interface WebhookMessage {
  /** The uuid of its id, which is the same for each attempt, each replay and each receiver. */
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

/** The type of a test. */
export const pingType = 'webhook.ping';

/** The message of an event of an organization's log. */
export function messageOf(org: string, event: AuditEvent): WebhookMessage {
  return { id: eventId(org, event), type: event.action, body: bodyOf(event.action, event.at, event) };
}

/** The message of a test. */
export function pingMessage(
  id: string,
  at: Date,
  data: { organizationId: string; webhookId: string; requestedBy: string },
): WebhookMessage {
  return { id, type: pingType, body: bodyOf(pingType, at.toISOString(), data) };
}

function bodyOf(type: string, timestamp: string, data: object): string {
  return JSON.stringify({ type, timestamp, data });
}

/**
 * A UUIDv7 that follows from the place of an event in its log: the time of the event and a hash of the organization and the sequence. It is stored
 * nowhere before the event is sent, and still the event cannot get another one.
 */
function eventId(org: string, { at, sequence }: Pick<AuditEvent, 'at' | 'sequence'>): string {
  const bytes = createHash('sha256').update(`${org}\n${sequence}`).digest().subarray(0, 16);
  bytes.writeUIntBE(Date.parse(at), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The headers of one attempt, by Standard Webhooks: the signatures of all secrets that are good, the newest first. */
export function signedHeaders(id: string, body: string, secrets: readonly Buffer[], at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
