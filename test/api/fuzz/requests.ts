import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Draw } from '../escalation/draw.ts';

/** Ids by their prefix, and addresses and names of kinds, that a request may be about. */
export type Known = Map<string, string[]>;

/** One request, drawn from the contract: some of it is as the contract wants it, and some of it is not. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface OperationObject {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly examples?: Record<string, { readonly $ref: string }> }> };
}

const document = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, OperationObject>>;
  components: Record<string, Record<string, unknown>>;
};
const methods = ['get', 'put', 'post', 'patch', 'delete'];
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => method in item).map((method) => ({ path, method, operation: item[method]! })),
);

const texts = [
  ...['', ' ', '\u0000', '\ud800', 'é\u0301', '😀'.repeat(70), 'x'.repeat(5_000), '../..', '%00', "'; drop table users; --", '$1', '{}'],
  ...['__proto__', 'constructor', 'null', '-1', '1e309', '9999-12-31T23:59:59.999Z', '0000-01-01T00:00:00Z', '2027-01-01T00:00:00+14:00'],
];
const values = [null, true, false, 0, -1, 1.5, 1e21, 2 ** 53, [], {}, [[[[]]]], [null], Array(300).fill('x'), { a: { b: { c: [] } } }];

/** The request of this number; the operations take turns. */
export function drawRequest(number: number, known: Known, draw: Draw): FuzzedRequest {
  const { path, method, operation } = operations[number % operations.length]!;
  const parameters = (operation.parameters ?? []).map((one) => resolve<Parameter>(one));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.name === name);
    return encode(String(parameter ? valueFor(parameter.schema, known, draw) : draw.of(texts)));
  });
  const given = (kind: Parameter['in']) =>
    parameters.filter((one) => one.in === kind && draw.chance(one.required || one.name === 'validateOnly' ? 0.9 : 0.3));
  const query = given('query').map(({ name, schema }) => `${name}=${encode(String(valueFor(schema, known, draw)))}`);
  if (draw.chance(0.05)) query.push(`surplus=${encode(draw.of(texts))}`);
  const headers = Object.fromEntries(given('header').map(({ name, schema }) => [name, header(name, schema, known, draw)]));
  const body = draw.chance(0.95) ? bodyOf(operation, known, draw) : undefined;
  return {
    ...{ method: method.toUpperCase(), path: `${filled}${query.length > 0 ? `?${query.join('&')}` : ''}` },
    headers: { ...headers, ...(body !== undefined && { 'content-type': draw.chance(0.97) ? 'application/json' : 'text/plain' }) },
    ...(body !== undefined && { body }),
  };
}

/** Learns the ids in a reply. */
export function remember(known: Known, text: string): void {
  for (const [id, prefix] of text.matchAll(/\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g)) {
    const ids = known.get(prefix!) ?? [];
    if (!ids.includes(id)) known.set(prefix!, [...ids.slice(-20), id]);
  }
}

function resolve<T>(node: { $ref?: string | undefined }): T {
  if (node.$ref === undefined) return node as T;
  const [, , section, name] = node.$ref.split('/');
  return resolve(document.components[section!]![name!] as { $ref?: string });
}

/** Mostly a value that the schema knows: of ids one that exists. */
function valueFor(of: Schema, known: Known, draw: Draw): unknown {
  if (draw.chance(0.08)) return draw.of(texts);
  const schema = resolve<Schema>(of);
  if (schema.enum) return draw.of(schema.enum);
  if (schema.type === 'boolean') return draw.chance(0.5);
  if (schema.type === 'integer') return draw.of([1, 2, 200, 0, 2 ** 31]);
  if (typeof schema.example !== 'string') return schema.example ?? draw.of(texts);
  return like(schema.example, known, draw);
}

/** What exists in the place of an example of it. */
function like(example: string, known: Known, draw: Draw): string {
  const prefix = /^([a-z]+)_[0-7][0-9a-z]{25}$/.exec(example)?.[1];
  const kind = prefix ?? (example.includes('@') ? 'email' : example === 'integrations' ? 'blueprint' : undefined);
  return (kind !== undefined && draw.any(known.get(kind) ?? [])) || example;
}

function header(name: string, schema: Schema, known: Known, draw: Draw): string {
  if (name === 'If-Match' && draw.chance(0.9)) return '*';
  // A header of fetch is Latin-1 without line ends and NUL.
  return String(valueFor(schema, known, draw)).replaceAll(/[^ -~]/g, '?');
}

/** A lone surrogate cannot be part of an address. */
function encode(text: string): string {
  return encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/gu, '?'));
}

/** The example of the operation about things that exist, in every second case with something wrong in it. */
function bodyOf({ requestBody }: OperationObject, known: Known, draw: Draw): string | undefined {
  const content = requestBody && Object.values(requestBody.content)[0];
  const example = content?.examples && Object.values(content.examples)[0];
  if (!example) return undefined;
  if (draw.chance(0.03)) return draw.of(['', '{', 'null', '[]', '"x"', '\ufeff{}', '{"a":1,"a":2}', `${'['.repeat(5_000)}`]);
  const body = mapped(resolve<{ value: unknown }>(example).value, known, draw);
  return JSON.stringify(draw.chance(0.5) ? spoiled(body, draw) : body);
}

function mapped(value: unknown, known: Known, draw: Draw): unknown {
  if (typeof value === 'string') return like(value, known, draw);
  if (Array.isArray(value)) return value.map((item) => mapped(item, known, draw));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, known, draw)]));
}

/** The value with one part replaced, left out or added, at any depth. */
function spoiled(value: unknown, draw: Draw): unknown {
  if (typeof value !== 'object' || value === null || draw.chance(0.2)) return draw.chance(0.6) ? draw.of(texts) : draw.of(values);
  if (Array.isArray(value)) {
    if (value.length === 0 || draw.chance(0.3)) return [...value, ...value, draw.of(values)];
    const at = draw.of([...value.keys()]);
    return value.map((item, index) => (index === at ? spoiled(item, draw) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || draw.chance(0.1)) return { ...value, [draw.of(texts)]: draw.of(values) };
  const [at] = draw.of(entries);
  if (draw.chance(0.2)) return Object.fromEntries(entries.filter(([key]) => key !== at));
  return Object.fromEntries(entries.map(([key, item]) => [key, key === at ? spoiled(item, draw) : item]));
}
