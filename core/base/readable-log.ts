import { printable } from './text.ts';

/** The colour of a level on a terminal, as the number of ECMA-48; the others have none. */
const colors: Readonly<Record<string, number>> = { trace: 90, debug: 90, warn: 33, error: 31, fatal: 31 };

/** A line of the log, which is JSON, as people read it: time, level, message and `name=value`; behind an error its stack. */
export function readable(json: string, colored: boolean): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const color = colored ? colors[String(level)] : undefined;
  const label = String(level).toUpperCase().padEnd(5);
  const named = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
  const clock = String(time).slice(11);
  const line = [clock, color ? `\u001b[${color}m${label}\u001b[39m` : label, msg, ...named].join(' ');
  return `${[line, ...stacks(level, fields)].join('\n')}\n`;
}

/** A value in a line: nothing in it can move the cursor or look like the next field. */
function shown(value: unknown): string {
  if (typeof value === 'string') return /^[\x21\x23-\x7e]+$/.test(value) ? value : printable(JSON.stringify(value));
  if (isError(value)) return printable(JSON.stringify(value.message));
  return printable(JSON.stringify(value));
}

/** Where a failure happened; a warning is about the world and needs none. */
function stacks(level: unknown, fields: Record<string, unknown>): string[] {
  if (level !== 'error' && level !== 'fatal') return [];
  return Object.values(fields).flatMap((value) =>
    isError(value) && typeof value.stack === 'string'
      ? value.stack
          .split('\n')
          .slice(1)
          .map((line) => `    ${printable(line.trim())}`)
      : [],
  );
}

function isError(value: unknown): value is { message: string; stack?: unknown } {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}
