import { type InputError, InvalidInput } from './errors.ts';

/** Where a text stands that a caller has sent: a pointer into the body, or the name of a parameter. */
export type InputPlace = Pick<InputError, 'pointer' | 'parameter'>;

/** What an instant is, in words to be said after "must be". */
export const instantForm =
  'a time such as 2026-11-21T09:30:00Z (RFC 3339, T and Z in upper case): in UTC its year is 0001 to 9999, its seconds are at most 59, its offset at most 14:59';

// At most nine digits of a fraction: what is behind milliseconds is dropped, and an endless one would only cost.
const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

const daysOf400Years = 146_097;
const first = Date.parse('0001-01-01T00:00:00.000Z');
const last = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment that an RFC 3339 text names, in whole milliseconds; undefined for any text that is not `instantForm`. What this takes,
 * the database keeps and `toISOString` shows with four digits of a year, so that it is read again everywhere. A leap second is refused,
 * because neither JavaScript nor PostgreSQL can show it again.
 */
export function parseInstant(text: string): Date | undefined {
  const match = parts.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 14 || offsetMinutes > 59) return undefined;
  // Not Date.UTC with the year: it takes 0 to 99 for years of the twentieth century. 400 years are always as many days.
  const date = new Date(Date.UTC(year + 400, month - 1, day) - daysOf400Years * 86_400_000);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  const time = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds - (match[8] === '-' ? -offset : offset);
  return time < first || time > last ? undefined : new Date(time);
}

/** Whether a text is an instant: what `format: date-time` means in the contract. */
export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined;
}

/** As readInstant, for a moment that is still to come; `sentence` says what else is refused. */
export function readFutureInstant(text: string, place: InputPlace, sentence: string): Date {
  const instant = readInstant(text, place);
  if (instant.getTime() > Date.now()) return instant;
  throw new InvalidInput(sentence, [{ ...place, detail: 'must be later than now' }]);
}

/** A period by the names that a caller knows its ends by; an end that is left out is open. */
export interface WantedPeriod {
  readonly since?: string | undefined;
  readonly before?: string | undefined;
}

/** Throws InvalidInput for an end that is no time, and for a period that has no time in it, where nothing could ever be found. */
export function checkPeriod({ since, before }: WantedPeriod, placeOf: (name: keyof WantedPeriod) => InputPlace): void {
  const [begin, end] = [since && readInstant(since, placeOf('since')), before && readInstant(before, placeOf('before'))];
  if (begin && end && end <= begin)
    throw new InvalidInput('There is no time between since and before.', [{ ...placeOf('before'), detail: 'must be later than since' }]);
}

/** The moment that a text names. Throws InvalidInput that points to where the text stands. */
export function readInstant(text: string, place: InputPlace): Date {
  const instant = parseInstant(text);
  if (instant) return instant;
  const where = place.parameter ?? place.pointer ?? 'The value';
  throw new InvalidInput(`${where} is no time that Tenet knows.`, [{ ...place, detail: `must be ${instantForm}` }]);
}
