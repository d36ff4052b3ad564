import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Members that could hold a credential. */
const secrets = new Set(['authorization', 'token', 'password', 'cookie']);

/** JSON lines on standard output; messages are constant, values are fields, and what could be a credential is never written. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // An Error has no members of its own that JSON would show.
    serializers: { error: (error: Error) => censor(pino.stdSerializers.err(error) as object, 1) },
    formatters: { level: (label: string) => ({ level: label }), log: (fields: object) => censor(fields, 2) },
  };
  return pino(options, destination ?? standardOutput());
}

/** Lines go out in batches, a quarter of a second late at most; pino writes what is left when the process exits. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: 12_288, periodicFlush: 250 });
}

/** The same fields, with what could be a credential covered, down to this depth. pino's own redaction costs more than the rest of a line. */
function censor(fields: object, depth: number): Record<string, unknown> {
  const original = fields as Record<string, unknown>;
  let shown = original;
  for (const name in original) {
    const value = original[name];
    const safe = secrets.has(name) && value !== undefined ? '***' : depth > 1 && isCensored(value) ? censor(value, depth - 1) : value;
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
