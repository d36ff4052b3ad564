import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type InputError, InvalidInput, TenetError } from '../../core/base/errors.ts';
import { escapeToken } from '../../core/base/json-pointer.ts';
import { textFault } from '../../core/base/text.ts';

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

/**
 * Reads the body and calls `onBody`, at once where there is none. What it says is nobody's business before the caller is known:
 * parsing costs more than reading. `onError` hears when the connection breaks.
 */
export function readBody(message: IncomingMessage, onBody: (body: ReadBody) => void, onError: (error: Error) => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = message.headers;
  if (length === undefined && encoding === undefined) {
    onBody({});
    return;
  }
  const announced = Number(length ?? 0);
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') {
    message.resume();
    onBody({ bodyError: new TenetError('unsupported-media-type', 'Send the body as it is, without Content-Encoding.') });
    return;
  }
  if (announced > longestBody) {
    message.resume();
    onBody({ bodyError: tooLarge(longestBody) });
    return;
  }
  let bytes: Buffer = nothing;
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    const end = size + chunk.length;
    // Read on, but keep nothing: an answer that comes before the body has ended would be lost with the connection.
    if (end <= longestBody) bytes = chunk.length === announced ? chunk : append(bytes, size, chunk);
    size = end;
  });
  message.on('end', () => {
    if (size > longestBody) onBody({ bodyError: tooLarge(longestBody) });
    else onBody(size === 0 ? {} : { bytes: bytes.subarray(0, size) });
  });
  message.on('error', (error) => {
    if (!message.readableEnded) onError(error);
  });
}

const nothing = Buffer.alloc(0);

/**
 * Into one buffer that grows, not a list of pieces: a body that comes in pieces of one byte would cost a hundred times its size,
 * and nobody has asked yet who sends it.
 */
function append(bytes: Buffer, size: number, chunk: Buffer): Buffer {
  const end = size + chunk.length;
  let longer = bytes;
  if (end > bytes.length) {
    longer = Buffer.allocUnsafe(Math.min(Math.max(end, bytes.length * 2), longestBody));
    bytes.copy(longer, 0, 0, size);
  }
  chunk.copy(longer, size);
  return longer;
}

/** The JSON of a body of at most `limit` bytes. Throws payload-too-large, malformed-json and InvalidInput. */
export function parseBody(bytes: Buffer, limit: number): unknown {
  if (bytes.length > limit) throw tooLarge(limit);
  // Decoding would replace what is no UTF-8: what was sent would silently become something else (RFC 8259 section 8.1).
  if (!isUtf8(bytes)) throw new TenetError('malformed-json', 'The body is not UTF-8.');
  const text = bytes.toString('utf8');
  const body = parse(text);
  const fault = mayHideFaults(text) ? faultOf(body, '#', 0) : undefined;
  if (fault) throw new InvalidInput('The body has a part that no operation takes.', [fault]);
  return body;
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
  return countOf('{', text) + countOf('[', text) > deepestBody;
}

/** How often the character occurs, as far as it matters. */
function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= deepestBody; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

/** Keys that change an object's prototype, nesting that exhausts a stack and text that no database keeps as it is are in no honest input. */
function faultOf(value: unknown, pointer: string, depth: number): InputError | undefined {
  if (typeof value === 'string') return errorAt(pointer, textFault(value));
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= deepestBody) return { pointer, detail: `must not be nested more than ${deepestBody} levels deep` };
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') return { pointer, detail: 'must not have the key __proto__' };
    const keyFault = textFault(key);
    if (keyFault) return { pointer, detail: `has a key that ${keyFault}` };
    const fault = faultOf(member, `${pointer}/${escapeToken(key)}`, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function errorAt(pointer: string, detail: string | undefined): InputError | undefined {
  return detail === undefined ? undefined : { pointer, detail };
}

function tooLarge(limit: number): TenetError {
  return new TenetError('payload-too-large', `The body is larger than ${limit} bytes.`);
}
