import type { ErrorObject } from 'ajv';
import { type InputError, InvalidInput } from '../../core/base/errors.ts';
import { escapeToken, unescapeToken } from '../../core/base/json-pointer.ts';
import { firstNames } from '../../core/base/text.ts';
import { formatWords } from './formats.ts';
import { patternMessages } from './pattern-messages.ts';

/** What is said of a request without the body that it needs. */
export const noBody: InputError = { pointer: '#', detail: 'a JSON body is required' };

/** What is answered to a request in which the contract finds these errors. */
export function misfit(errors: readonly InputError[]): InvalidInput {
  return new InvalidInput('The request does not fit the contract.', errors);
}

/** More errors than these are no help, and would let a small body make a large answer. */
const maxErrors = 20;
const maxNames = 20;

/** Ajv's errors over `{ requestBody, path, query, header }` as pointers into the body (RFC 6901) or names of parameters. */
export function inputErrors(errors: readonly ErrorObject[]): InputError[] {
  const seen = new Set<string>();
  const found: InputError[] = [];
  for (const error of errors) {
    const input = toInputError(error);
    // One sentence for each place: what follows usually follows from the first.
    const key = input.pointer ?? input.parameter ?? '';
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(input);
    if (found.length === maxErrors) break;
  }
  return found;
}

function toInputError(error: ErrorObject): InputError {
  const [, place, ...rest] = error.instancePath.split('/');
  const isParameter = place === 'path' || place === 'query' || place === 'header';
  const detail = (isParameter && error.keyword === 'type' && wordsOf(types, error.params['type'])) || detailOf(error);
  if (isParameter) {
    const name = rest[0] === undefined ? nameIn(error) : unescapeToken(rest[0]);
    return name === undefined ? { detail } : { parameter: place === 'header' ? headerName(name) : name, detail };
  }
  if (place === undefined && error.keyword === 'required') return noBody;
  const inside = place === 'requestBody' ? rest : [];
  const name = nameIn(error);
  const path = name === undefined ? inside : [...inside, escapeToken(name)];
  return { pointer: `#${path.map((token) => `/${token}`).join('')}`, detail };
}

/** The library asks for headers in lower case; people know them as the contract writes them. */
function headerName(name: string): string {
  return name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** The property that is missing or too much, which Ajv does not put into the pointer. */
function nameIn(error: ErrorObject): string | undefined {
  const params = error.params as { missingProperty?: string; additionalProperty?: string };
  return params.missingProperty ?? params.additionalProperty;
}

/** Types of parameters in words: they are sent as text, which has one form for each value. */
const types: Readonly<Record<string, string>> = {
  integer: 'must be a whole number in decimal digits, such as 1: no sign, point, exponent, blank or leading zero',
  boolean: 'must be true or false',
  string: 'must be given once',
};

/** Types of parts of a body in words. */
const jsonTypes: Readonly<Record<string, string>> = {
  string: 'a string',
  object: 'an object',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function typesInWords(type: string | string[] = []): string {
  const names = typeof type === 'string' ? type.split(',') : type;
  return names.map((name) => wordsOf(jsonTypes, name) ?? name).join(' or ');
}

/** Bounds in words, in front of their number; Ajv speaks of NOT and of >=. */
const bounds: Readonly<Record<string, readonly [string, string]>> = {
  minimum: ['be at least', ''],
  maximum: ['be at most', ''],
  minLength: ['have at least', 'character'],
  maxLength: ['have at most', 'character'],
  minItems: ['have at least', 'item'],
  maxItems: ['have at most', 'item'],
};

function detailOf({ keyword, params, parentSchema, message = 'is not valid' }: ErrorObject): string {
  const { allowedValues = [], pattern, format, limit, type } = params as ErrorParams;
  if (keyword === 'required') return 'is required';
  if (keyword === 'additionalProperties') return unknownAmong(Object.keys((parentSchema?.['properties'] as object | undefined) ?? {}));
  if (keyword === 'uniqueItems') return 'must not have the same item twice';
  if (keyword === 'enum') return `must be one of ${allowedValues.join(', ')}`;
  if (keyword === 'pattern') return `must be ${wordsOf(patternMessages, pattern) ?? 'in the form that /docs shows'}`;
  const known = (keyword === 'format' && wordsOf(formatWords, format)) || (keyword === 'type' && typesInWords(type));
  if (known) return `must be ${known}`;
  const bound = wordsOf(bounds, keyword);
  if (!bound) return message;
  const [verb, unit] = bound;
  return `must ${verb} ${limit}${unit && ` ${unit}${limit === 1 ? '' : 's'}`}`;
}

/** That a name is not known, with those that are, as far as a person reads them. */
function unknownAmong(names: readonly string[]): string {
  if (names.length === 0) return 'is not known here';
  return `is not known here; there ${names.length === 1 ? 'is' : 'are'} ${firstNames(names, maxNames)}`;
}

interface ErrorParams {
  readonly allowedValues?: unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly limit?: number;
  /** One, or several where null is one of them. */
  readonly type?: string | string[];
}

function wordsOf<T>(words: Readonly<Record<string, T>>, name = ''): T | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
