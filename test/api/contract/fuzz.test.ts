import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Contract, createContract, type Operation } from '../../../api/contract/contract.ts';
import { toProblem } from '../../../api/http/problem.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import { readContract } from '../../helpers/contract.ts';
import { runs } from '../../helpers/rounds.ts';

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
const document = readContract() as {
  paths: Record<
    string,
    Record<string, { operationId: string; requestBody?: { content: Record<string, { examples: Record<string, { $ref: string }> }> } }>
  >;
  components: { examples: Record<string, { value: object }> };
};

/** The example body of an operation, if it takes one. */
function exampleOf(operation: Operation): object | undefined {
  const raw = document.paths[operation.path]?.[operation.method.toLowerCase()];
  const reference = raw?.requestBody?.content['application/json']?.examples['example']?.$ref;
  return reference === undefined ? undefined : document.components.examples[reference.split('/').at(-1)!]?.value;
}

const headers = fc.record(
  {
    accept: fc.constantFrom('*/*', 'application/json', 'text/html', '', ';;;', 'a/b;q=x', '*'),
    'content-type': fc.constantFrom(
      'application/json',
      'application/merge-patch+json',
      'text/plain',
      '',
      ';',
      'application/json; charset=utf-8',
    ),
    'content-length': fc.constantFrom('0', '4', 'x'),
    'idempotency-key': fc.string({ maxLength: 300 }),
    'if-match': fc.string({ maxLength: 300 }),
    cookie: fc.string({ maxLength: 20 }),
  },
  { requiredKeys: [] },
);
const query = fc.oneof(
  fc.constantFrom('', 'pageSize=5', 'pageSize=1e2', 'pageSize=%20', '&&', '=', '__proto__[x]=1', 'pageToken=%ff', 'a.b[c]=1&a.b[c]=2'),
  fc.string({ maxLength: 30 }),
);

/** Members whose kind the contract does not say: the definition of the setting does. */
const takesEverything: ReadonlySet<string> = new Set(['', 'Project', 'My'].map((where) => `replace${where}Setting value`));

describe('a request that nobody expected', () => {
  let contract: Contract;
  let operations: Operation[];

  before(async () => {
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    contract = await createContract({
      document: text,
      handlers: Object.fromEntries(ids.map((id) => [id, true])),
      hooks: { authenticate: async () => ({}), dispatch: async () => ({ status: 200 }) },
      validateResponses: false,
    });
    operations = [...contract.operations.values()];
  });

  async function statusOf(request: Parameters<Contract['handle']>[0]): Promise<number> {
    return contract.handle(request).then(
      (reply) => reply.status,
      (error: unknown) => toProblem(error, { requestId: 'req_1' }).status,
    );
  }

  it('is admitted or refused, and never a fault of the server (soak)', async () => {
    const request = fc.record({
      operation: fc.nat(),
      ids: fc.array(fc.oneof(fc.constantFrom('org_01h455vb4pex5vsknk084sn02q', 'platform', '1', '%00', '%zz', '%2e%2e'), fc.string()), {
        minLength: 3,
        maxLength: 3,
      }),
      headers,
      query,
      body: fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constant(undefined)),
      broken: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const operation = operations[asked.operation % operations.length]!;
        let next = 0;
        const path = operation.path.replace(/\{\w+\}/g, () => asked.ids[next++ % 3] ?? '');
        const status = await statusOf({
          method: operation.method,
          path,
          query: asked.query,
          headers: asked.headers,
          body: asked.body,
          ...(asked.broken && { bodyError: new InvalidInput('broken') }),
        });
        expect(status, `${operation.method} ${path}`).to.be.below(500);
      }),
      runs(1_000, 1_000_000),
    );
  }).timeout(900_000);

  it('with a member too many is refused by every operation but the AuthZEN ones', () => {
    for (const operation of operations) {
      const example = exampleOf(operation);
      if (!example) continue;
      expect(contract.bodyErrors(operation.operationId, example), operation.operationId).to.deep.equal([]);
      const surplus = contract.bodyErrors(operation.operationId, { ...example, surplus: true });
      expect(
        surplus.map(({ pointer }) => pointer),
        operation.operationId,
      ).to.deep.equal(operation.isAuthzen ? [] : ['#/surplus']);
      for (const { detail } of surplus) expect(detail, operation.operationId).to.match(/^is not known here; there (is|are) \w+/);
    }
  });

  it('with one member of another kind is refused, and the member is named', () => {
    for (const operation of operations) {
      for (const [name, value] of Object.entries(exampleOf(operation) ?? {})) {
        if (takesEverything.has(`${operation.operationId} ${name}`)) continue;
        const wrong = typeof value === 'object' ? 'text' : { nested: true };
        const [error] = contract.bodyErrors(operation.operationId, { ...exampleOf(operation), [name]: wrong });
        expect(error?.pointer, `${operation.operationId} ${name}`).to.equal(`#/${name}`);
      }
    }
  });
});
