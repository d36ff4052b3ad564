import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on standard output; messages are constant, values are fields, and what could be a credential is never written. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // An Error has no members of its own that JSON would show.
    serializers: { error: pino.stdSerializers.err },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: ['authorization', '*.authorization', '*.token', 'token', '*.password', 'headers.cookie'], censor: '***' },
  };
  return destination ? pino(options, destination) : pino(options);
}
