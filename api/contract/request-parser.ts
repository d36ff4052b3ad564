import { createReader, type Parameter } from './parameters.ts';

/** A request as the stock router takes it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query?: string | Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

type Parse<O> = (request: RawRequest, operation?: O) => ParsedRequest;

/** What the library validates and hands on. */
interface ParsedRequest {
  readonly params?: object;
  readonly query?: object;
}

interface Template {
  readonly path: string;
  readonly parameters?: readonly object[];
}

/**
 * Parses a request whose query, headers (in lower case) and body the server has read already: the library asks four times per
 * request. What still needs more than that, such as a cookie or a parameter that fills only a part of its segment, is left to `stock`.
 */
export function createParser<O extends Template>(stock: Parse<O>): Parse<O> {
  const compiled = new Map<O, ReadonlyMap<number, string> | undefined>();
  const placesOf = (operation: O): ReadonlyMap<number, string> | undefined => {
    if (!compiled.has(operation)) compiled.set(operation, placesOfParameters(operation));
    return compiled.get(operation);
  };
  return (request, operation) => {
    const { headers, query, body } = request;
    const places = operation && placesOf(operation);
    const isPlain = headers['cookie'] === undefined && typeof query === 'object' && (!body || typeof body === 'object');
    if (!isPlain || (operation && !places)) return stock(request, operation);
    const path = normalizeRequest(request.path);
    return {
      ...request,
      method: request.method.trim().toLowerCase(),
      path,
      params: places ? readParams(normalizePath(path), places) : {},
      // Validation coerces and fills in defaults where it finds them: never in what somebody else holds.
      headers: { ...headers },
      query: copyQuery(query),
      cookies: {},
      requestBody: body,
    };
  };
}

/** Has numbers and truth values read by their one form, also after another parser. */
export function withTypes<O extends Template>(parse: Parse<O>): Parse<O> {
  const compiled = new Map<O, Readonly<Record<'path' | 'query', ReturnType<typeof createReader>>>>();
  return (request, operation) => {
    const parsed = parse(request, operation);
    if (!operation) return parsed;
    let read = compiled.get(operation);
    if (!read) {
      const parameters = (operation.parameters ?? []) as readonly Parameter[];
      read = { path: createReader(parameters, 'path'), query: createReader(parameters, 'query') };
      compiled.set(operation, read);
    }
    return { ...parsed, params: read.path(parsed.params as never), query: read.query(parsed.query as never) };
  };
}

/** At which segments of the path which parameters are; undefined when the stock code has to read a parameter of this operation. */
function placesOfParameters({ path, parameters = [] }: Template): ReadonlyMap<number, string> | undefined {
  const isStyled = parameters.some((parameter) => '$ref' in parameter || 'content' in parameter || 'explode' in parameter);
  const segments = path.split('/');
  const places = new Map<number, string>();
  for (const [index, segment] of segments.entries()) if (whole.test(segment)) places.set(index, segment.slice(1, -1));
  // The library takes the rest of a template for a regular expression.
  const isPlain = segments.every((segment) => whole.test(segment) || /^[\w.-]*$/.test(segment));
  return isPlain && !isStyled && new Set(places.values()).size === places.size ? places : undefined;
}

/** A parameter that is its whole segment. */
const whole = /^\{[\w-]+\}$/;

function readParams(path: string, places: ReadonlyMap<number, string>): Record<string, string> {
  const params: Record<string, string> = {};
  if (places.size === 0) return params;
  const segments = path.split('/');
  for (const [index, name] of places) params[name] = decodeURIComponent(segments[index]!);
  return params;
}

function copyQuery(query: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
  const entries = Object.entries(query);
  if (entries.length === 0) return {};
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]));
}

/** A path as the stock router reads it. */
export function normalize(path: string): string {
  return normalizePath(normalizeRequest(path));
}

function normalizeRequest(path: string): string {
  const trimmed = path.trim();
  return (trimmed.startsWith('/') ? trimmed : `/${trimmed}`).split('?')[0]!;
}

/** The library does this once more on its way to the parameters. */
function normalizePath(path: string): string {
  return path.trim();
}
