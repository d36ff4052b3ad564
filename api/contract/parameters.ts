import { type InputError, InvalidInput } from '../../core/base/errors.ts';
import { textFault } from '../../core/base/text.ts';

/** A parameter as the contract declares it, references resolved. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly type?: string; readonly items?: { readonly type?: string } };
}

/** What was sent by the names of the parameters: text, or several texts where a name came more than once. */
type Given = Readonly<Record<string, unknown>>;

/**
 * Reads path and query by the types that the contract gives them. There is one way to write each number and each truth value;
 * whatever is written differently stays text, which the schema then refuses. Number() would take 0x10, 1e0, 01 and blanks.
 */
export function createReader(parameters: readonly Parameter[], place: 'path' | 'query'): (given: Given) => Record<string, unknown> {
  const typed = parameters.filter((parameter) => parameter.in === place && readerOf(parameter.schema) !== undefined);
  return (given) => {
    const read = { ...given };
    for (const { name, schema } of typed) {
      if (Object.hasOwn(given, name)) read[name] = readerOf(schema)!(given[name]);
    }
    return read;
  };
}

/** How text becomes a value of this type; undefined where it is text already. */
function readerOf(schema: Parameter['schema']): ((text: unknown) => unknown) | undefined {
  if (schema?.type === 'array') {
    const read = readerOf(schema.items);
    return (text) => {
      const all = Array.isArray(text) ? text : [text];
      return read ? all.map(read) : all;
    };
  }
  return Object.hasOwn(readers, schema?.type ?? '') ? readers[schema!.type!] : undefined;
}

const integer = /^(?:0|-?[1-9][0-9]*)$/;

const readers: Readonly<Record<string, (text: unknown) => unknown>> = {
  integer: (text) => (typeof text === 'string' && integer.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/**
 * The parameters of a query by name; one that is given twice becomes an array, which a scalar schema refuses. Throws InvalidInput,
 * with the name of each parameter, for escapes that are no UTF-8 and for characters that no database keeps: URLSearchParams would
 * put U+FFFD in their place, and what was sent would silently become something else.
 */
export function readQuery(query: string): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  const errors: InputError[] = [];
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const [rawName, rawValue] = mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
    const name = decode(rawName);
    const value = decode(rawValue);
    const fault = faultOf(name) ?? faultOf(value);
    if (fault) errors.push({ parameter: faultOf(name) ? rawName.slice(0, 100) : name!, detail: fault });
    else values.set(name!, [...(values.get(name!) ?? []), value!]);
  }
  if (errors.length > 0) throw new InvalidInput('The query has parts that are no text.', errors.slice(0, 20));
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}

function faultOf(text: string | undefined): string | undefined {
  return text === undefined ? 'must be percent-encoded UTF-8' : textFault(text);
}

/** Percent-encoded text as forms send it, with + for a blank; undefined where it is none. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
