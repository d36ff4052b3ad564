import { isUtf8 } from 'node:buffer';
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
  const bytes = await readBytes(message);
  if (bytes === undefined) return { body: undefined, bodyError: tooLarge() };
  if (bytes.length === 0) return { body: undefined };
  // Decoding would replace what is no UTF-8: what was sent would silently become something else (RFC 8259 section 8.1).
  if (!isUtf8(bytes)) return { body: undefined, bodyError: new TenetError('malformed-json', 'The body is not UTF-8.') };
  return parse(bytes.toString('utf8'));
}

/**
 * Into one buffer that grows, not a list of pieces: a body that comes in pieces of one byte would cost a hundred times its size,
 * and nobody has asked yet who sends it.
 */
function readBytes(message: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    // What a caller announces is not what it sends.
    let bytes = Buffer.allocUnsafe(Math.min(Number(message.headers['content-length'] ?? 4_096), 16_384));
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      const end = size + chunk.length;
      // Read on, but keep nothing: an answer that comes before the body has ended would be lost with the connection.
      if (end <= longestBody) {
        if (end > bytes.length) {
          const larger = Buffer.allocUnsafe(Math.min(Math.max(end, bytes.length * 2), longestBody));
          bytes.copy(larger, 0, 0, size);
          bytes = larger;
        }
        chunk.copy(bytes, size);
      }
      size = end;
    });
    message.on('end', () => resolve(size > longestBody ? undefined : bytes.subarray(0, size)));
    message.on('error', reject);
  });
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

/** Keys that change an object's prototype, nesting that exhausts a stack and characters that no database keeps are nobody's honest input. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? 'The body has a character that is not allowed: U+0000.' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= deepestBody) return `The body is nested more than ${deepestBody} levels deep.`;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') return 'The body has a key that is not allowed: __proto__.';
    const fault = faultOf(key, depth) ?? faultOf(member, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function tooLarge(): TenetError {
  return new TenetError('payload-too-large', `The body is larger than ${longestBody} bytes.`);
}
