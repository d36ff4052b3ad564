import { type DestinationStream, type Logger, pino } from 'pino';
import { readable } from './readable-log.ts';

export type Log = Logger;

/** Members that could hold a credential; configuration may know further headers. */
const secretNames = ['authorization', 'token', 'password', 'cookie'];

export type LogFormat = 'auto' | 'json' | 'pretty';

/**
 * Lines on standard output: JSON, or on a terminal in a form for people (`auto`). Messages are constant, values are fields, and what could
 * be a credential is never written: nor are `further` members, which are headers that bring one. A `destination` gets JSON.
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  format: LogFormat = 'json',
  further: readonly string[] = [],
): Log {
  const secrets: ReadonlySet<string> = new Set([...secretNames, ...further]);
  const options = {
    level,
    base: null,
    timestamp,
    // An Error has no members of its own that JSON would show.
    serializers: {
      error: (error: unknown) => (error instanceof Object ? plain(pino.stdSerializers.err(error as Error), secrets) : String(error)),
    },
    formatters: { level: (label: string) => ({ level: label }), log: (fields: object) => censor(fields, secrets, 2) },
  };
  if (!destination) output ??= standardOutput(format === 'pretty' || (format === 'auto' && process.stdout.isTTY === true));
  return pino(options, destination ?? output);
}

export type PlainFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes lines at level info whose fields their caller answers for: none can be a credential, and none is an object. They are looked
 * at no further, because a line is written for every request.
 */
export function plainLine(log: Log, message: string): (fields: PlainFields) => void {
  const { [pino.symbols.streamSym]: destination } = log as unknown as Record<symbol, DestinationStream>;
  const end = `"msg":${JSON.stringify(message)}}\n`;
  return (fields) => {
    if (!log.isLevelEnabled('info')) return;
    const members = JSON.stringify(fields).slice(1, -1);
    destination!.write(`{"level":"info"${timestamp()},${members}${members && ','}${end}`);
  };
}

let written = 0;
let stamp = '';

/** The member that says when, as ISO 8601; its text is made once in a millisecond. */
function timestamp(): string {
  const now = Date.now();
  if (now !== written) {
    written = now;
    stamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return stamp;
}

let output: DestinationStream | undefined;

const batch = { length: 16_384, milliseconds: 250 };

/**
 * Lines go out in batches, a quarter of a second late at most; what is left is written when the process exits. Each batch is written
 * at once, as Node itself does with pipes: an asynchronous one that is under way at the exit would be lost, and without a reader the
 * memory would fill.
 */
function standardOutput(forPeople: boolean): DestinationStream {
  const colored = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const stream = pino.destination({ dest: 1, sync: true });
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines !== '') stream.write(lines);
    lines = '';
  };
  process.on('exit', write);
  return {
    write(line) {
      lines += forPeople ? readable(line, colored) : line;
      if (lines.length >= batch.length) write();
      else timer ??= setTimeout(write, batch.milliseconds).unref();
    },
  };
}

/**
 * Without what libraries hang on an error: a pool gives the whole connection with it, and the key to cancel its queries. Of an
 * AggregateError the first few parts are kept, which alone say what happened.
 */
function plain(error: object, secrets: ReadonlySet<string>, depth = 1): Record<string, unknown> {
  const shown = censor(Object.fromEntries(Object.entries(error).filter(([, value]) => typeof value !== 'object')), secrets, 1);
  const parts = 'aggregateErrors' in error && Array.isArray(error.aggregateErrors) ? (error.aggregateErrors as object[]) : [];
  return parts.length > 0 && depth > 0 ? { ...shown, errors: parts.slice(0, 5).map((part) => plain(part, secrets, depth - 1)) } : shown;
}

/** The same fields, with what could be a credential covered, down to this depth. pino's own redaction costs more than the rest of a line. */
function censor(fields: object, secrets: ReadonlySet<string>, depth: number): Record<string, unknown> {
  const original = fields as Record<string, unknown>;
  let shown = original;
  for (const name in original) {
    const value = original[name];
    const safe =
      secrets.has(name) && value !== undefined ? '***' : depth > 1 && isCensored(value) ? censor(value, secrets, depth - 1) : value;
    if (safe === value) continue;
    if (shown === original) shown = { ...original };
    shown[name] = safe;
  }
  return shown;
}

/** An Error is written by its serializer, which sees more of it. */
function isCensored(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}
