import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type InputError, InvalidInput, TenetError, Unavailable } from '../../core/base/errors.ts';
import { escapeToken } from '../../core/base/json-pointer.ts';
import { textFault } from '../../core/base/text.ts';

/** Bytes that a request body has at most, unless the contract says otherwise (x-max-body). */
export const usualBody = 102_400;
/** Levels of nesting in a request body. */
const maxDepth = 32;

/** What came as a body, not looked at yet. */
export interface ReadBody {
  readonly bytes?: Buffer;
  readonly bodyError?: TenetError;
  /** Bytes of the room that it takes; they are the caller's until the request is answered. */
  readonly held?: number;
}

/** Bytes that all bodies of requests which are not answered yet take at one time, and those of one caller (docs/limits.md). */
export interface BodyLimits {
  readonly inAll: number;
  readonly perCaller: number;
  /** Bytes besides, for callers who have little: up to `small` each. Else a few callers with large bodies would keep all others out. */
  readonly reserve: number;
  readonly small: number;
}

export const bodyLimits: BodyLimits = { inAll: 67_108_864, perCaller: 8_388_608, reserve: 33_554_432, small: usualBody };

/** The memory that bodies take from their first byte until the request is answered: what waits for its turn is held as well. */
export class BodyRoom {
  readonly #limits: BodyLimits;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Takes room for a caller; false when there is none. */
  take(caller: string, bytes: number): boolean {
    const { inAll, perCaller, reserve, small } = this.#limits;
    const own = (this.#taken.get(caller) ?? 0) + bytes;
    if (own > perCaller || this.#all + bytes > (own > small ? inAll : inAll + reserve)) return false;
    this.#taken.set(caller, own);
    this.#all += bytes;
    return true;
  }

  /** Gives it back. */
  free(caller: string, bytes: number): void {
    const left = (this.#taken.get(caller) ?? 0) - bytes;
    if (left > 0) this.#taken.set(caller, left);
    else this.#taken.delete(caller);
    this.#all -= bytes;
  }
}

/** How a body is read: at most `limit` bytes of it, in the room of this caller. */
export interface BodyReading {
  readonly limit: number;
  readonly room: BodyRoom;
  readonly caller: string;
}

/** Whether a request announces a body (RFC 9112 section 6.3). */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Reads the body and calls `onBody` once, at once where there is none, and before its end when it is refused. What it says is
 * not looked at. The room that it takes is to be given back by who got it. `onError` hears when the connection breaks.
 */
export function readBody(
  message: IncomingMessage,
  reading: BodyReading,
  onBody: (body: ReadBody) => void,
  onError: (error: Error) => void,
): void {
  const { limit, room, caller } = reading;
  if (!announcesBody(message)) {
    onBody({});
    return;
  }
  const announced = Number(message.headers['content-length'] ?? 0);
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') {
    onBody({ bodyError: new TenetError('unsupported-media-type', 'Send the body as it is, without Content-Encoding.') });
    return;
  }
  if (announced > limit) {
    onBody({ bodyError: tooLarge(limit) });
    return;
  }
  let bytes: Buffer = nothing;
  let size = 0;
  let taken = 0;
  const end = (body: ReadBody): void => {
    message.off('data', onData).off('end', onEnd).off('error', onBreak);
    message.on('error', () => undefined);
    onBody(body);
  };
  const refuse = (bodyError: TenetError): void => {
    room.free(caller, taken);
    end({ bodyError });
  };
  const onData = (chunk: Buffer): void => {
    const total = size + chunk.length;
    if (total > limit) {
      refuse(tooLarge(limit));
      return;
    }
    const isWhole = chunk.length === announced;
    const wanted = isWhole ? announced : Math.max(roomFor(bytes, total, limit) - taken, 0);
    if (!room.take(caller, wanted)) {
      refuse(new Unavailable('Too many bodies are held for requests that are not answered yet. Try again in a moment.'));
      return;
    }
    taken += wanted;
    bytes = isWhole ? chunk : append(bytes, size, chunk, taken);
    size = total;
  };
  const onEnd = (): void => end(size === 0 ? {} : { bytes: bytes.subarray(0, size), held: taken });
  const onBreak = (error: Error): void => {
    if (message.readableEnded) return;
    room.free(caller, taken);
    onError(error);
  };
  message.on('data', onData).on('end', onEnd).on('error', onBreak);
}

const nothing = Buffer.alloc(0);

/** The size of the buffer that holds `total` bytes: it grows by doubling. */
function roomFor(bytes: Buffer, total: number, limit: number): number {
  return total <= bytes.length ? bytes.length : Math.min(Math.max(total, bytes.length * 2), limit);
}

/** Into one buffer that grows, not a list of pieces: a body that comes in pieces of one byte would cost a hundred times its size. */
function append(bytes: Buffer, size: number, chunk: Buffer, room: number): Buffer {
  let longer = bytes;
  if (room > bytes.length) {
    longer = Buffer.allocUnsafe(room);
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
  const fault = mayHideFaults(text) ? faultOf(body, 0, mayHideText(text)) : undefined;
  if (fault) throw new InvalidInput('The body has a part that no operation takes.', [toInputError(fault)]);
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
  return mayHideText(text) || countOf('{', text) + countOf('[', text) > maxDepth;
}

/** Whether a text or a key in it may be wrong: what is no text can only be written by an escape, as the body is UTF-8. */
function mayHideText(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u');
}

/** How often the character occurs, as far as it matters. */
function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= maxDepth; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

/** What is wrong in a value, and the keys that lead to it, the last one first: only a body that is refused pays for a pointer. */
interface Fault {
  readonly keys: string[];
  readonly detail: string;
}

/** Keys that change an object's prototype, nesting that exhausts a stack and text that no database keeps as it is are in no honest input. */
function faultOf(value: unknown, depth: number, withText: boolean): Fault | undefined {
  if (typeof value === 'string') return withText ? faultAt(textFault(value)) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= maxDepth) return faultAt(`must not be nested more than ${maxDepth} levels deep`);
  for (const key of Object.keys(value)) {
    const wrongKey = withText ? keyFault(key) : undefined;
    if (wrongKey) return wrongKey;
    const fault = faultOf((value as Record<string, unknown>)[key], depth + 1, withText);
    if (fault) {
      fault.keys.push(key);
      return fault;
    }
  }
  return undefined;
}

function keyFault(key: string): Fault | undefined {
  if (key === '__proto__') return faultAt('must not have the key __proto__');
  const fault = textFault(key);
  return fault === undefined ? undefined : faultAt(`has a key that ${fault}`);
}

function faultAt(detail: string | undefined): Fault | undefined {
  return detail === undefined ? undefined : { keys: [], detail };
}

function toInputError({ keys, detail }: Fault): InputError {
  return { pointer: ['#', ...keys.reverse().map(escapeToken)].join('/'), detail };
}

function tooLarge(limit: number): TenetError {
  return new TenetError('payload-too-large', `The body is larger than ${limit} bytes.`);
}
