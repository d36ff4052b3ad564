import type { ErrorObject } from 'ajv';
import type { InputError } from '../core/errors.ts';

/** More errors than these help nobody, and would let a small body make a large answer. */
const mostErrors = 20;

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
    if (found.length === mostErrors) break;
  }
  return found;
}

function toInputError(error: ErrorObject): InputError {
  const detail = detailOf(error);
  const [, place, ...rest] = error.instancePath.split('/');
  if (place === 'path' || place === 'query' || place === 'header') {
    const name = rest[0] === undefined ? nameIn(error) : unescapeToken(rest[0]);
    return name === undefined ? { detail } : { parameter: name, detail };
  }
  if (place === undefined && error.keyword === 'required') return { pointer: '#', detail: 'a body is required' };
  const inside = place === 'requestBody' ? rest : [];
  const name = nameIn(error);
  const path = name === undefined ? inside : [...inside, escapeToken(name)];
  return { pointer: `#${path.map((token) => `/${token}`).join('')}`, detail };
}

/** The property that is missing or too much, which Ajv does not put into the pointer. */
function nameIn(error: ErrorObject): string | undefined {
  const params = error.params as { missingProperty?: string; additionalProperty?: string };
  return params.missingProperty ?? params.additionalProperty;
}

function detailOf(error: ErrorObject): string {
  if (error.keyword === 'required') return 'is required';
  if (error.keyword === 'additionalProperties') return 'is not known here';
  if (error.keyword === 'enum') return `must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
  return error.message ?? 'is not valid';
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
