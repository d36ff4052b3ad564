import { readFileSync } from 'node:fs';
import { type Document, OpenAPIBackend } from 'openapi-backend';
import { parse, stringify } from 'yaml';
import { createContract } from '../api/contract/contract.ts';
import type { ContractRequest } from '../api/http/message.ts';

/**
 * From a request to its handler: routing, security and validation, in process, at 40 and 150 operations. Stock is
 * openapi-backend as it comes, strict and with parameters coerced; ours is api/contract/contract.ts with everything that it checks
 * on top. `--smoke` measures less.
 */
const smoke = process.argv.includes('--smoke');
const rounds = smoke ? 3 : 15;
const organization = '/v1/organizations/org_01h455vb4pex5vsknk084sn02q';
const json = { authorization: 'Bearer x', 'content-type': 'application/json' };
const source = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')) as Document;

const requests: Record<string, ContractRequest> = {
  'GET one, no body': { method: 'GET', path: organization, query: '', headers: json, body: undefined },
  'GET list, query': { method: 'GET', path: `${organization}/members`, query: 'pageSize=20&state=ACTIVE', headers: json, body: undefined },
  'POST, body': { method: 'POST', path: '/v1/organizations', query: '', headers: json, body: { name: 'Acme', blueprint: 'integrations' } },
};

type Handle = (request: ContractRequest) => Promise<unknown>;

console.log(`Node ${process.version}; microseconds of CPU per request, median of ${rounds} batches; ratio = stock / ours`);
const table: Record<string, Record<string, number>> = {};
for (const count of [40, 150]) {
  const document = documentOf(count);
  const stock = await stockHandle(document);
  const ours = await ourHandle(document);
  for (const [what, request] of Object.entries(requests)) {
    const slow = await measure(stock, request);
    const fast = await measure(ours, request);
    table[`${count} operations, ${what}`] = { stock: rounded(slow), ours: rounded(fast), ratio: rounded(slow / fast) };
  }
}
console.table(table);

/** Our document with exactly `count` operations: the measured ones, then others, then copies of them under other paths. */
function documentOf(count: number): Document {
  const needed = new Set(['getOrganization', 'listMembers', 'createOrganization']);
  const entries = Object.entries(source.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, operation: operation as { operationId: string } })),
  );
  const ordered = [
    ...entries.filter(({ operation }) => needed.has(operation.operationId)),
    ...entries.filter(({ operation }) => !needed.has(operation.operationId)),
  ];
  const paths: Record<string, Record<string, object>> = {};
  for (let index = 0; index < count; index += 1) {
    const { path, method, operation } = ordered[index % ordered.length]!;
    const copy = Math.floor(index / ordered.length);
    const place = copy === 0 ? path : `/copy${copy}${path}`;
    const operationId = copy === 0 ? operation.operationId : `${operation.operationId}${copy}`;
    paths[place] = { ...paths[place], [method]: { ...operation, operationId } };
  }
  return { ...source, paths } as Document;
}

function idsOf(document: Document): string[] {
  return Object.values(document.paths ?? {}).flatMap((item) =>
    Object.values(item ?? {}).map((operation) => (operation as { operationId: string }).operationId),
  );
}

async function stockHandle(document: Document): Promise<Handle> {
  const refuse = () => {
    throw new Error('refused');
  };
  const backend = new OpenAPIBackend({
    definition: structuredClone(document),
    strict: true,
    quick: true,
    coerceTypes: true,
    ajvOpts: { allErrors: true, formats: { 'date-time': true, email: true, uri: true, 'uri-reference': true } },
    handlers: { notFound: refuse, methodNotAllowed: refuse, validationFail: refuse, unauthorizedHandler: refuse, notImplemented: refuse },
    securityHandlers: { bearerAuth: async () => ({ id: 'user' }) },
  });
  await backend.init();
  for (const id of idsOf(document)) backend.register(id, async () => ({ status: 200 }));
  return ({ method, path, query, headers, body }) =>
    backend.handleRequest({ method, path, query, headers: headers as Record<string, string>, body });
}

async function ourHandle(document: Document): Promise<Handle> {
  const contract = await createContract({
    document: stringify(document),
    handlers: Object.fromEntries(idsOf(document).map((id) => [id, true])),
    hooks: { authenticate: async () => ({ id: 'user' }), dispatch: async () => ({ status: 200 }) },
    validateResponses: false,
  });
  return contract.handle;
}

/** Microseconds of CPU for one request. */
async function measure(handle: Handle, request: ContractRequest): Promise<number> {
  const batch = async (size: number) => {
    const before = process.cpuUsage();
    for (let index = 0; index < size; index += 1) await handle(request);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / size;
  };
  await batch(smoke ? 20 : 200);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) samples.push(await batch(smoke ? 50 : 200));
  return samples.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
