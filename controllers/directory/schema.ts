import { Ajv, type ErrorObject } from 'ajv';
import { isObject } from '../../core/base/objects.ts';
import { type CelRule, celRules } from './cel.ts';

/** A structural schema as CRDs have them: the part of it that is worked with here. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

export type Path = readonly (string | number)[];

/** What is wrong with a field, in the words of an API server: `spec.slug: Invalid value: ...`. */
export interface Fault {
  readonly path: Path;
  readonly text: string;
}

/** The checks of one CRD's schema, in the order in which an API server makes them. */
export interface Validator {
  /** Fields that the schema does not know, sorted; a server refuses them before it looks at anything else. */
  unknown(value: unknown): Fault[];
  /** The value with nulls dropped and defaults filled in. */
  prepare(value: unknown): unknown;
  /** Values that are not what the schema admits, and then the rules; those that compare need the object as it was before. */
  check(value: unknown, before?: unknown): Fault[];
}

/** `date-time` as a server reads it: nearly RFC 3339, with a day that exists. What else Tenet asks of a time stands in the CRDs. */
function isDateTime(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!parts) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
}

/** Compiles an openAPIV3Schema. Throws when it has a CEL rule that is not restated. */
export function compile(schema: Schema): Validator {
  requireRules(schema);
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, logger: false });
  ajv.addFormat('date-time', isDateTime).addFormat('int32', true).addFormat('int64', true);
  const validate = ajv.compile(schema);
  return {
    unknown: (value) => unknownFields(schema, value, []).sort((a, b) => (a.text < b.text ? -1 : 1)),
    prepare: (value) => prepare(schema, value),
    check(value, before) {
      validate(value);
      const errors = validate.errors ?? [];
      const faults = [...toldOf(errors).map((error) => toFault(error, value)), ...listFaults(schema, value, [])];
      // Rules may assume the types and sizes of the schema, so a server leaves them out when those are wrong.
      if (errors.some(({ keyword }) => keeping.has(keyword))) return faults;
      return [...faults, ...ruleFaults(schema, value, before, [])];
    },
  };
}

/** All CEL rules of a schema. */
export function rulesOf(schema: Schema): Rule[] {
  const children = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [...(schema['x-kubernetes-validations'] ?? []), ...children.flatMap((child) => (typeof child === 'object' ? rulesOf(child) : []))];
}

function requireRules(schema: Schema): void {
  const missing = rulesOf(schema).filter(({ rule }) => celRules[rule] === undefined);
  if (missing.length > 0)
    throw new Error(`The CEL rule ${JSON.stringify(missing[0]!.rule)} has no function in controllers/directory/cel.ts.`);
}

/** `spec.members[0].email`. */
export function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

const isNamed = (schema: Schema, name: string): boolean => Object.hasOwn(schema.properties ?? {}, name);

/** The schema of a field. Only own properties: `constructor` is no field of ours. */
function fieldOf(schema: Schema, name: string): Schema | undefined {
  return isNamed(schema, name) ? schema.properties![name] : schema.additionalProperties;
}

function unknownFields(schema: Schema, value: unknown, path: Path): Fault[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => unknownFields(items, item, [...path, index])) : [];
  }
  if (schema['x-kubernetes-preserve-unknown-fields']) return [];
  // The metadata of an object is Kubernetes' own and is checked apart.
  if (!isObject(value) || (path.length === 1 && path[0] === 'metadata')) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = [...path, name];
    const known = fieldOf(schema, name);
    return known ? unknownFields(known, field, at) : [{ path: at, text: `unknown field "${pathText(at)}"` }];
  });
}

function prepare(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (schema.items ? prepare(schema.items, item) : item));
  if (!isObject(value)) return value;
  // A null counts as left out, where the field is not one that may be null.
  const given = Object.entries(value).filter(
    ([name, field]) => field !== null || !isNamed(schema, name) || fieldOf(schema, name)?.nullable,
  );
  const present = new Set(given.map(([name]) => name));
  const defaults = Object.entries(schema.properties ?? {}).filter(([name, known]) => !present.has(name) && known.default !== undefined);
  return Object.fromEntries([
    ...given.map(([name, field]) => [name, prepare(fieldOf(schema, name) ?? {}, field)]),
    ...defaults.map(([name, known]) => [name, prepare(known, structuredClone(known.default))]),
  ]);
}

/** Faults after which a server does not run rules. */
const keeping = new Set(['type', 'required', 'enum', 'maxLength', 'maxItems', 'maxProperties', 'format']);

/** Of a text that has the wrong length a server does not also say that it does not match. */
function toldOf(errors: readonly ErrorObject[]): ErrorObject[] {
  const wrongLengths = new Set(errors.filter(({ keyword }) => /^(min|max)Length$/.test(keyword)).map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword !== 'pattern' || !wrongLengths.has(instancePath));
}

function toFault(error: ErrorObject, root: unknown): Fault {
  const { keyword, data, params } = error;
  const path = segments(error, root);
  const where = pathText(path);
  const shown = JSON.stringify(data);
  const invalid = (what: string, value = shown): Fault => ({ path, text: `${where}: Invalid value: ${value}: ${where} in body ${what}` });
  switch (keyword) {
    case 'required': {
      const missing = [...path, params['missingProperty'] as string];
      return { path: missing, text: `${pathText(missing)}: Required value` };
    }
    case 'type':
      return invalid(`must be of type ${params['type']}: "${typeName(data)}"`, `"${typeName(data)}"`);
    case 'format':
      return invalid(`must be of type ${params['format']}: ${shown}`);
    case 'enum': {
      const supported = (params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ');
      return { path, text: `${where}: Unsupported value: ${shown}: supported values: ${supported}` };
    }
    case 'maxLength':
      return { path, text: `${where}: Too long: may not be more than ${params['limit']} bytes` };
    case 'maxItems':
    case 'maxProperties': {
      const count = Object.keys(data as object).length;
      return { path, text: `${where}: Too many: ${count}: must have at most ${params['limit']} items` };
    }
    case 'minLength':
      return invalid(`should be at least ${params['limit']} chars long`);
    case 'minimum':
      return invalid(`should be greater than or equal to ${params['limit']}`);
    case 'maximum':
      return invalid(`should be less than or equal to ${params['limit']}`);
    case 'minItems':
      return invalid(`should have at least ${params['limit']} items`, String((data as unknown[]).length));
    case 'pattern':
      return invalid(`should match '${params['pattern']}'`);
    default:
      return invalid(error.message ?? keyword);
  }
}

/** The parts of ajv's JSON pointer into `root`, in which an index looks like a name that is all digits. */
function segments({ instancePath }: ErrorObject, root: unknown): Path {
  let at = root;
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => {
      const key = Array.isArray(at) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
      at = (at as Record<string | number, unknown>)[key];
      return key;
    });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Lists that are sets or maps hold nothing twice. */
function listFaults(schema: Schema, value: unknown, path: Path): Fault[] {
  if (Array.isArray(value)) {
    const { items, 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema;
    const own = type === 'set' ? twice(value, path) : type === 'map' ? sameKeys(value, keys, path) : [];
    return [...own, ...value.flatMap((item, index) => (items ? listFaults(items, item, [...path, index]) : []))];
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const known = fieldOf(schema, name);
    return known ? listFaults(known, field, [...path, name]) : [];
  });
}

function twice(values: readonly unknown[], path: Path): Fault[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    const shown = JSON.stringify(value);
    const at = [...path, index];
    const again = seen.has(shown);
    seen.add(shown);
    return again ? [{ path: at, text: `${pathText(at)}: Duplicate value: ${shown}` }] : [];
  });
}

function sameKeys(values: readonly unknown[], keys: readonly string[], path: Path): Fault[] {
  const seen = new Set<string>();
  // As Go writes a map.
  const sorted = [...keys].sort();
  return values.flatMap((value, index) => {
    const at = [...path, index];
    if (value === null) return [];
    if (!isObject(value))
      return [
        { path: at, text: `${pathText(at)}: Invalid value: ${JSON.stringify(value)}: must be an object for an array of list-type map` },
      ];
    const key = JSON.stringify(Object.fromEntries(sorted.filter((name) => name in value).map((name) => [name, value[name]])));
    const again = seen.has(key);
    seen.add(key);
    return again ? [{ path: at, text: `${pathText(at)}: Duplicate value: ${key}` }] : [];
  });
}

function ruleFaults(schema: Schema, value: unknown, before: unknown, path: Path): Fault[] {
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => ruleFault(rule, celRules[rule.rule]!, value, before, path));
  // What stood at an index before says nothing about what stands there now.
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((item, index) => (schema.items ? ruleFaults(schema.items, item, undefined, [...path, index]) : []))];
  }
  if (!isObject(value)) return own;
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const known = fieldOf(schema, name);
    return known ? ruleFaults(known, field, isObject(before) ? before[name] : undefined, [...path, name]) : [];
  });
  return [...own, ...fields];
}

function ruleFault({ rule, message, fieldPath }: Rule, holds: CelRule, value: unknown, before: unknown, path: Path): Fault[] {
  if (rule.includes('oldSelf') && before === undefined) return [];
  if (holds(value, before)) return [];
  const at = fieldPath === undefined ? path : [...path, ...fieldPath.split('.').slice(1)];
  if (at.length === 0) return [{ path: at, text: message }];
  const shown = fieldPath === undefined && !isObject(value) && !Array.isArray(value) ? `${JSON.stringify(value)}: ` : '';
  return [{ path: at, text: `${pathText(at)}: Invalid value: ${shown}${message}` }];
}
