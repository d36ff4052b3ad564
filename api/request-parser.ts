/** A request as the stock router takes it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query?: string | Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

type Parse<O> = (request: RawRequest, operation?: O) => object;

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
    const path = normalize(request.path);
    return {
      ...request,
      method: request.method.trim().toLowerCase(),
      path,
      params: places ? readParams(path, places) : {},
      // Validation coerces and fills in defaults where it finds them: never in what somebody else holds.
      headers: { ...headers },
      query: copyQuery(query),
      cookies: {},
      requestBody: body,
    };
  };
}

/** At which segments of the path which parameters are; undefined when the stock code has to read a parameter of this operation. */
function placesOfParameters({ path, parameters = [] }: Template): ReadonlyMap<number, string> | undefined {
  const isStyled = parameters.some((parameter) => '$ref' in parameter || 'content' in parameter || 'explode' in parameter);
  const segments = path.split('/').map((segment, index) => [index, segment] as const);
  const templated = segments.filter(([, segment]) => /[{}]/.test(segment));
  const places = new Map(templated.map(([index, segment]) => [index, segment.slice(1, -1)]));
  const isWhole = templated.every(([, segment]) => /^\{[\w-]+\}$/.test(segment)) && new Set(places.values()).size === places.size;
  return isStyled || !isWhole ? undefined : places;
}

function readParams(path: string, places: ReadonlyMap<number, string>): Record<string, string> {
  if (places.size === 0) return {};
  const segments = path.split('/');
  return Object.fromEntries([...places].map(([index, name]) => [name, decodeURIComponent(segments[index]!)]));
}

function copyQuery(query: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]));
}

/** As the stock router reads a path. */
export function normalize(path: string): string {
  const trimmed = path.trim();
  return (trimmed.startsWith('/') ? trimmed : `/${trimmed}`).split('?')[0]!.trim();
}
