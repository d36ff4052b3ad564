import { send } from './keys.ts';
import type { Caller } from './tenet.ts';

/** What is answered about resources. */
export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked at by their members
  readonly body: any;
}

/** Sends to a path below `/v1/organizations/`. */
export async function sendIn(
  by: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await send(by, method, `/v1/organizations/${path}`, body, headers);
  return { status: answer.status, etag: answer.headers.get('etag'), body: answer.body };
}
