import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { InvalidInput, TenetError } from '../core/errors.ts';

/** Bytes of a request body that are read at all, and that an operation takes unless the contract says otherwise (x-max-body). */
const longestBody = 1_048_576;
export const usualBody = 102_400;
/** Levels of nesting in a request body. */
const deepestBody = 32;

/** What came as a body, not looked at yet. */
export interface ReadBody {
  readonly bytes?: Buffer;
  readonly bodyError?: TenetError;
}

/** Reads the body. What it says is nobody's business before the caller is known: parsing costs more than reading. Rejects only when the connection breaks. */
export async function readBody(message: IncomingMessage): Promise<ReadBody> {
  if (message.headers['content-length'] === undefined && message.headers['transfer-encoding'] === undefined) return {};
  if (Number(message.headers['content-length'] ?? 0) > longestBody) {
    message.resume();
    return { bodyError: tooLarge(longestBody) };
  }
  const bytes = await readBytes(message);
  if (bytes === undefined) return { bodyError: tooLarge(longestBody) };
  return bytes.length === 0 ? {} : { bytes };
}

/** The JSON of a body of at most `limit` bytes. Throws payload-too-large, malformed-json and InvalidInput. */
export function parseBody(bytes: Buffer, limit: number): unknown {
  if (bytes.length > limit) throw tooLarge(limit);
  // Decoding would replace what is no UTF-8: what was sent would silently become something else (RFC 8259 section 8.1).
  if (!isUtf8(bytes)) throw new TenetError('malformed-json', 'The body is not UTF-8.');
  const text = bytes.toString('utf8');
  const body = parse(text);
  const fault = mayHideFaults(text) ? faultOf(body, 0) : undefined;
  if (fault) throw new InvalidInput(fault);
  return body;
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TenetError('malformed-json', `The body is not JSON: ${(cause as Error).message}.`, {}, { cause });
  }
}

/** Whether it is worth while to look through the body: most name no prototype, escape no character and are not deep at all. */
function mayHideFaults(text: string): boolean {
  if (text.includes('__proto__') || text.includes('\\u')) return true;
  let opened = 0;
  for (let index = 0; index < text.length && opened <= deepestBody; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x7b || code === 0x5b) opened += 1;
  }
  return opened > deepestBody;
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

function tooLarge(limit: number): TenetError {
  return new TenetError('payload-too-large', `The body is larger than ${limit} bytes.`);
}
