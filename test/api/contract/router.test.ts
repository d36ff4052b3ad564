import { expect } from 'chai';
import fc from 'fast-check';
import { type Document, OpenAPIBackend, OpenAPIRouter } from 'openapi-backend';
import type { RawRequest } from '../../../api/contract/request-parser.ts';
import { accelerate, allowedMethods, type Route, type Router } from '../../../api/contract/router.ts';
import { readContract } from '../../helpers/contract.ts';
import { runs } from '../../helpers/rounds.ts';

const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'] as const;

interface Pair {
  readonly stock: Router<Route>;
  readonly fast: Router<Route>;
}

function routers(document: Document): Pair {
  const make = () => new OpenAPIRouter({ definition: document, ignoreTrailingSlashes: false }) as unknown as Router<Route>;
  const fast = make();
  accelerate(fast);
  const stock = make();
  // It makes them anew for each request, twice, and the document does not change.
  const operations = stock.getOperations();
  stock.getOperations = () => operations;
  return { stock, fast };
}

/** What a router says: the operation, or the beginning of its refusal. */
function answer(router: Router<Route>, method: string, path: string): string {
  try {
    const route = router.matchOperation({ method, path, headers: {} }, true);
    return `${route?.method} ${route?.path} ${route?.operationId}`;
  } catch (error) {
    return String(error);
  }
}

/** Compares both routers, in strict and in lenient mode. */
function compare({ stock, fast }: Pair, method: string, path: string): void {
  expect(answer(fast, method, path), `${method} ${path}`).to.equal(answer(stock, method, path));
  const request = { method, path, headers: {} };
  expect(fast.matchOperation(request)?.operationId).to.equal(stock.matchOperation(request)?.operationId);
}

/** Compares what both make of a request, before and after its operation is known; what one of them cannot read, both refuse. */
function compareParsed({ stock, fast }: Pair, request: RawRequest): void {
  const parsed = (router: Router<Route>): unknown => {
    try {
      return [router.parseRequest(request), router.parseRequest(request, router.matchOperation(request))];
    } catch (error) {
      return (error as Error).name;
    }
  };
  expect(parsed(fast)).to.deep.equal(parsed(stock));
}

const method = fc.constantFrom(...methods, 'GET', ' Post ', 'DELETE', 'brew');
const literal = fc.constantFrom('a', 'b', 'aa', 'me', 'v1', 'a.b', 'x.json', '$', '(a)');
const parameter = fc.constantFrom('{id}', '{other}', '{id}.json', 'a{id}', '{id}-{other}');
const template = fc.array(fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: parameter }), { minLength: 1, maxLength: 4 });

const randomDocument = fc
  .uniqueArray(fc.record({ path: template, verbs: fc.uniqueArray(fc.constantFrom('get', 'put', 'post', 'delete'), { minLength: 1 }) }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ path }) => path.join('/'),
  })
  .map((entries) => {
    const paths = entries.map(({ path, verbs }, index) => {
      const item = verbs.map((verb) => [verb, { operationId: `${verb}${index}`, responses: {} }]);
      return [`/${path.join('/')}`, Object.fromEntries(item)];
    });
    return { openapi: '3.0.3', info: { title: 'x', version: '1' }, paths: Object.fromEntries(paths) } as Document;
  });

const segment = fc.oneof(
  literal,
  parameter,
  fc.constantFrom('', '.', '..', '%2F', '%zz', 'a%2Fb', ' ', 'é', '{', '}', '?q=1', ' ?', 'a\nb'),
  fc.string({ maxLength: 4 }),
);
const anyPath = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.string({ maxLength: 12 }),
);

/** Paths that fit one of the templates, as long as no parameter gets a slash. */
function knownPath(templates: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...templates), fc.array(segment, { minLength: 12, maxLength: 12 })).map(([path, segments]) => {
    let next = 0;
    return path.replace(/\{\w+\}/g, () => segments[next++] ?? 'x');
  });
}

const name = fc.oneof(
  fc.constantFrom('limit', 'cookie', 'if-match', 'pageToken', '__proto__', 'toString'),
  fc.stringMatching(/^[a-z-]{1,8}$/),
);
const value = fc.oneof(fc.constantFrom('a=b; c=d', '1', '', 'true', 'a,b'), fc.string({ maxLength: 6 }));
const values = fc.dictionary(name, fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 })), { noNullPrototype: true });
const body = fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.constant('{"a":1}'));
// As node gives them.
const headers = fc
  .dictionary(name, value, { noNullPrototype: true })
  .map((entries) => Object.fromEntries(Object.entries(entries).map(([key, text]) => [key.toLowerCase(), text])));
const parts = fc.record({ headers, query: fc.oneof(values, fc.constant('a=1')), body });

describe('the fast router', () => {
  const ours = readContract() as Document;
  const pair = routers(ours);
  const templates = Object.keys(ours.paths ?? {});

  it('keeps the operations of the stock router', () => {
    const stock = new OpenAPIRouter({ definition: ours, ignoreTrailingSlashes: false });
    expect(pair.fast.getOperations()).to.deep.equal(stock.getOperations());
    for (const { operationId } of pair.stock.getOperations()) {
      expect(pair.fast.getOperation(operationId!)).to.deep.equal(pair.stock.getOperation(operationId!));
    }
    expect(pair.fast.getOperation('nothing')).to.equal(undefined);
  });

  it('reads every path of openapi.yaml with every method as the stock router does', () => {
    for (const path of templates) {
      for (const verb of methods) {
        compare(pair, verb, path);
        compare(pair, verb, path.replace(/\{\w+\}/g, 'x'));
        compare(pair, verb, `${path.replace(/\{\w+\}/g, 'accept')}/`);
      }
    }
  });

  it('answers as the stock router on random requests to openapi.yaml (soak)', () => {
    fc.assert(
      fc.property(method, fc.oneof(knownPath(templates), anyPath), (verb, path) => compare(pair, verb, path)),
      runs(1_000, 1_000_000),
    );
  }).timeout(900_000);

  it('answers as the stock router on random requests to random documents (soak)', () => {
    const requests = fc.array(fc.tuple(method, anyPath), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(randomDocument, requests, (document, asked) => {
        const both = routers(document);
        for (const [verb, path] of asked) compare(both, verb, path);
      }),
      runs(200, 200_000),
    );
  }).timeout(900_000);

  it('parses as the stock router random requests to openapi.yaml and to random documents (soak)', () => {
    fc.assert(
      fc.property(method, fc.oneof(knownPath(templates), anyPath), parts, (verb, path, rest) =>
        compareParsed(pair, { method: verb, path, ...rest }),
      ),
      runs(1_000, 1_000_000),
    );
    fc.assert(
      fc.property(randomDocument, method, fc.array(anyPath, { minLength: 10, maxLength: 10 }), parts, (document, verb, paths, rest) => {
        const both = routers(document);
        for (const path of paths) compareParsed(both, { method: verb, path, ...rest });
      }),
      runs(200, 200_000),
    );
  }).timeout(900_000);

  it('parses every operation of openapi.yaml itself, never leaving one to the stock code', async () => {
    const { router } = await new OpenAPIBackend({ definition: structuredClone(ours), quick: true }).init();
    const stock = router as unknown as Router<Route>;
    stock.parseRequest = () => expect.fail('the stock code was asked');
    accelerate(stock);
    for (const operation of stock.getOperations()) {
      const path = operation.path.replace(/\{\w+\}/g, 'a%20b');
      const { params } = stock.parseRequest({ method: operation.method, path, headers: {}, query: {} }, operation) as { params: object };
      expect(Object.values(params)).to.deep.equal([...operation.path.matchAll(/\{/g)].map(() => 'a b'));
    }
  });

  it('lists the methods of a path', () => {
    expect(allowedMethods([])).to.deep.equal([]);
    expect(allowedMethods([{ path: '/x', method: 'post' }])).to.deep.equal(['POST']);
    expect(
      allowedMethods([
        { path: '/x', method: 'patch' },
        { path: '/x', method: 'get' },
      ]),
    ).to.deep.equal(['GET', 'HEAD', 'PATCH']);
  });
});
