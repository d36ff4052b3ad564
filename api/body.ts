import type { IncomingMessage } from 'node:http';
import { InvalidInput, TenetError } from '../core/errors.ts';

/** Bytes of a request body. */
const longestBody = 1_048_576;
/** Levels of nesting in a request body. */
const deepestBody = 32;

/** What was read of a body. An unreadable one is an error to be thrown later: a stranger learns that they are one before that. */
export interface ReadBody {
  readonly body: unknown;
  readonly bodyError?: TenetError;
}

/** Reads and parses the body. Rejects only when the connection breaks. */
export async function readBody(message: IncomingMessage): Promise<ReadBody> {
  if (message.headers['content-length'] === undefined && message.headers['transfer-encoding'] === undefined) return { body: undefined };
  if (Number(message.headers['content-length'] ?? 0) > longestBody) {
    message.resume();
    return { body: undefined, bodyError: tooLarge() };
  }
  const text = await readText(message);
  if (text === undefined) return { body: undefined, bodyError: tooLarge() };
  if (text === '') return { body: undefined };
  return parse(text);
}

async function readText(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on, but keep nothing: an answer that comes before the body has ended would be lost with the connection.
    if (size <= longestBody) chunks.push(chunk);
  }
  return size > longestBody ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): ReadBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    return {
      body: undefined,
      bodyError: new TenetError('malformed-json', `The body is not JSON: ${(cause as Error).message}.`, {}, { cause }),
    };
  }
  const fault = faultOf(body, 0);
  return fault ? { body: undefined, bodyError: new InvalidInput(fault) } : { body };
}

/** Keys that change an object's prototype and nesting that exhausts a stack are nobody's honest input. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= deepestBody) return `The body is nested more than ${deepestBody} levels deep.`;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') return 'The body has a key that is not allowed: __proto__.';
    const fault = faultOf(member, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function tooLarge(): TenetError {
  return new TenetError('payload-too-large', `The body is larger than ${longestBody} bytes.`);
}
