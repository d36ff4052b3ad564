import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Document, OpenAPIRouter } from 'openapi-backend';
import { parse } from 'yaml';
import { accelerate, allowedMethods, type Route, type Router } from '../../api/router.ts';

const text = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');
const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'] as const;

interface Pair {
  readonly stock: Router<Route>;
  readonly fast: Router<Route>;
}

function routers(document: Document): Pair {
  const make = () => new OpenAPIRouter({ definition: document, ignoreTrailingSlashes: false }) as unknown as Router<Route>;
  const fast = make();
  accelerate(fast);
  return { stock: make(), fast };
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
  fc.constantFrom('', '.', '..', '%2F', '%zz', 'a%2Fb', ' ', 'é', '{', '}', '?q=1', 'a\nb'),
  fc.string({ maxLength: 4 }),
);
const anyPath = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.string({ maxLength: 12 }),
);

describe('the fast router', () => {
  const ours = parse(text) as Document;
  const pair = routers(ours);
  const templates = Object.keys(ours.paths ?? {});

  it('keeps the operations of the stock router', () => {
    expect(pair.fast.getOperations()).to.deep.equal(pair.stock.getOperations());
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

  it('answers as the stock router on 3,000 random requests to openapi.yaml', () => {
    const known = fc.tuple(fc.constantFrom(...templates), fc.array(segment, { minLength: 12, maxLength: 12 })).map(([path, values]) => {
      let next = 0;
      return path.replace(/\{\w+\}/g, () => values[next++] ?? 'x');
    });
    fc.assert(
      fc.property(method, fc.oneof(known, anyPath), (verb, path) => compare(pair, verb, path)),
      { numRuns: 3000 },
    );
  }).timeout(120_000);

  it('answers as the stock router on 6,000 random requests to 600 random documents', () => {
    const requests = fc.array(fc.tuple(method, anyPath), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(randomDocument, requests, (document, asked) => {
        const both = routers(document);
        for (const [verb, path] of asked) compare(both, verb, path);
      }),
      { numRuns: 600 },
    );
  }).timeout(120_000);

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
