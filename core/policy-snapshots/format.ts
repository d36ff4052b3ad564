import { type Column, tables } from './tables.ts';

/** What the first line says a file is. */
export const formatName = 'tenet-policy-snapshot';
/** Moves when a reader of today would read another thing out of a file, or could not read it. */
export const formatVersion = 2;
/** Versions that are read: a file of the first has no restrictions, and its organizations are taken for such that have switched off nothing. */
export const readVersions: readonly number[] = [1, formatVersion];

/** The first line of a snapshot. */
export interface Header {
  readonly format: typeof formatName;
  readonly version: number;
  /** The last migration of the database. */
  readonly schema: string;
  /** What is in it was so at this moment. */
  readonly dataAt: string;
  /** Which key the pseudonyms are of: ids of two snapshots are comparable where this is the same. */
  readonly pseudonyms: string;
  /** In the order in which their rows follow. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[]; readonly rows: number }[];
  /** SHA-256 of the policies that files make, as they are in force. */
  readonly policies: Readonly<Record<string, string>>;
  /** SHA-256 of everything above but the moment. */
  readonly digest: string;
}

/** The last line. */
export interface Footer {
  readonly end: true;
  /** SHA-256 of the rows alone: the same for the same data. */
  readonly rows: string;
  /** SHA-256 of every line before. */
  readonly sha256: string;
}

export type Value = string | number | boolean | readonly string[] | null;

type Layout = readonly { readonly name: string; readonly columns: readonly string[] }[];

/** The tables of this version of the format, as a header has them. */
export const layout: Layout = tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) }));

/** The tables of a version that is read. */
export function layoutOf(version: number): Layout {
  return version === 1 ? layout.filter(({ name }) => name !== 'restrictions') : layout;
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const namePattern = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;
const timePattern = /^(infinity|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?)$/;
const scopePattern = /^(platform|blueprint\/[a-z][a-z0-9-]{0,63}|org_[0-7][0-9a-hjkmnp-tv-z]{25})$/;

const isNames = (value: Value): boolean =>
  Array.isArray(value) && value.length <= 1_000 && value.every((each) => typeof each === 'string' && namePattern.test(each));
const matches = (pattern: RegExp) => (value: Value) => typeof value === 'string' && pattern.test(value);

const checks: Readonly<Record<Extract<Column['kind'], string>, (value: Value) => boolean>> = {
  role: matches(namePattern),
  word: matches(namePattern),
  scope: matches(scopePattern),
  words: isNames,
  permissions: isNames,
  time: matches(timePattern),
  flag: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31,
  content: (value) => typeof value === 'string',
};

/** Whether a column can hold a value. What is written is looked at as well: a name of a person has no place in any of them. */
export function isFit({ kind, isNullable }: Column, value: Value): boolean {
  if (value === null) return isNullable === true;
  if (typeof kind === 'string') return checks[kind](value);
  const isId = matches(uuidPattern);
  return kind.isList ? Array.isArray(value) && value.length <= 1_000 && value.every((each: string) => isId(each)) : isId(value);
}
