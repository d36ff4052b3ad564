import { toId } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Database } from '../database/database.ts';
import { FetchRefused, type GuardedFetch } from './guarded-fetch.ts';
import type { WebhookAttempt } from './webhook-deliveries.ts';
import { signedHeaders, type WebhookMessage } from './webhook-message.ts';

/** What sending to webhooks needs. */
export interface WebhookContext {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly fetch: GuardedFetch;
  readonly webhooks: {
    /** Whether URLs of http are taken. */
    readonly mayBePlain: boolean;
    /** Seconds before each further attempt. */
    readonly retries: readonly number[];
  };
}

/** What one request to a receiver may cost (docs/limits.md). A redirect is an answer like others, so no receiver leads elsewhere. */
const limits = { milliseconds: 10_000, bytes: 65_536, redirects: 0 };

/** Sends a message once, and says how that went: no more than that, for the answer must not tell what there is inside. */
export async function attempt(
  { fetch, webhooks }: Pick<WebhookContext, 'fetch' | 'webhooks'>,
  url: string,
  secrets: readonly Buffer[],
  { id, body }: WebhookMessage,
): Promise<WebhookAttempt> {
  const at = new Date().toISOString();
  const began = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - began);
  const headers = signedHeaders(toId('event', id), body, secrets);
  try {
    const { status } = await fetch({ url, method: 'POST', headers, body, limits, mayBePlain: webhooks.mayBePlain });
    const isGood = status >= 200 && status < 300;
    return { at, milliseconds: milliseconds(), status, ...(!isGood && { failure: 'REFUSED' as const }) };
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    return { at, milliseconds: milliseconds(), failure: failureOf(error) };
  }
}

function failureOf({ failure }: FetchRefused): NonNullable<WebhookAttempt['failure']> {
  if (failure === 'too-slow') return 'TOO_SLOW';
  if (failure === 'too-large') return 'TOO_LARGE';
  return failure === 'encoded' ? 'REFUSED' : 'NOT_REACHED';
}
