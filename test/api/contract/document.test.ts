import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { OpenAPIBackend } from 'openapi-backend';
import { parse } from 'yaml';
import { problems } from '../../../api/http/problem.ts';
import { readContract } from '../../helpers/contract.ts';

type Node = Record<string, unknown>;

interface Media {
  schema?: Node;
  example?: unknown;
  examples?: Record<string, { $ref: string }>;
}

interface Message {
  $ref?: string;
  description?: string;
  headers?: Node;
  content?: Record<string, Media>;
}

interface RawOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Node[];
  parameters?: { $ref?: string }[];
  requestBody?: Message & { required?: boolean };
  responses: Record<string, Message>;
  'x-permission'?: { resource: string; action: string; level?: string };
  'x-further-permissions'?: string[];
  'x-public'?: boolean;
  'x-authzen'?: boolean;
  'x-reads'?: boolean;
  'x-internal'?: boolean;
  'x-never'?: string[];
  'x-no-plan'?: string;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Node;
}

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
const document = readContract() as {
  openapi: string;
  info: Record<string, { url?: string }>;
  tags: { name: string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components: {
    parameters: Record<string, Parameter>;
    responses: Record<string, Message>;
    schemas: Record<string, Node>;
    examples: Record<string, { value: unknown }>;
  };
};

const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map<string, ValidateFunction>();
addFormats.default(ajv);
ajv.addFormat('int32', true);
ajv.addFormat('int64', true);
ajv.addSchema({ $id: 'openapi.yaml', ...document });

/** Posts that need no Idempotency-Key, and why. */
const withoutKey: Readonly<Record<string, string>> = {
  signOutEverywhere: 'the token of the first is refused by the second, whatever its key',
  revealResource: 'it changes nothing, each time is recorded, and no answer with a secret is kept',
  revealProjectResource: 'as revealResource',
};

/** Why the value does not fit the schema at this place in the document; empty when it does. */
function misfit(schema: Node, value: unknown): string {
  const pointed = JSON.stringify(schema).replaceAll('"#/', '"openapi.yaml#/');
  // Hundreds of answers are the same problem.
  const validate = compiled.get(pointed) ?? ajv.compile(JSON.parse(pointed));
  compiled.set(pointed, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

function named(reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Node)[key], document);
}

function resolved<T>(value: T): T {
  const reference = (value as { $ref?: string }).$ref;
  return reference === undefined ? value : (named(reference) as T);
}

/** Every schema object inside a value, the value included. */
function schemasIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(schemasIn)];
}

/** Names of components that a request body refers to, however deep. */
function requestSchemas(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const references = schemasIn(schemas[name]).flatMap((schema) => (typeof schema['$ref'] === 'string' ? [schema['$ref']] : []));
    requestSchemas(
      references.map((reference) => reference.split('/').at(-1)!),
      found,
    );
  }
  return found;
}

function bodySchemas(filter: (operation: RawOperation) => boolean): Set<string> {
  const roots = operations
    .filter(({ operation }) => filter(operation))
    .flatMap(({ operation }) => Object.values(operation.requestBody?.content ?? {}))
    .map((media) => String(media.schema?.['$ref']).split('/').at(-1)!);
  return requestSchemas(roots);
}

/** Done, or to be seen elsewhere (RFC 9110 section 15.4.4); whatever else is a failure. */
const isSuccess = (status: string) => status.startsWith('2') || status === '303';

const closedBodies = bodySchemas((operation) => !operation['x-authzen']);

describe('openapi.yaml', () => {
  it('is OpenAPI 3.0.3, which every generator reads', () => {
    expect(document.openapi).to.equal('3.0.3');
  });

  it('fits the schema of OpenAPI 3.0', async () => {
    const backend = new OpenAPIBackend({ definition: text, quick: true });
    backend.document = readContract() as typeof backend.document;
    expect(() => backend.validateDefinition()).not.to.throw();
    delete (backend.document as Partial<typeof backend.document>).info;
    expect(() => backend.validateDefinition()).to.throw("must have required property 'info'");
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).to.have.lengthOf(new Set(ids).size);
  });

  it('gives every operationId a verb and a noun in camelCase, but for the health checks', () => {
    const odd = operations.map(({ operation }) => operation.operationId).filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id));
    expect(odd.sort()).to.deep.equal(['evaluate', 'livez', 'readyz']);
  });

  it('lists its tags, each used, each a PascalCase noun', () => {
    const used = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect(document.tags.map((tag) => tag.name)).to.have.members([...used]);
    for (const tag of used) expect(tag).to.match(/^([A-Z][a-z]+)+$/);
  });

  it('says whom to ask and under which license it is', () => {
    expect(document.info['contact']?.url).to.match(/^https:/);
    expect(document.info['license']).to.include({ name: 'Apache-2.0' });
  });

  it('quotes every text that YAML 1.1 would read as something else, a date above all', () => {
    expect(parse(text, { version: '1.1' })).to.deep.equal(document);
  });

  it('keeps pages, probes and itself out of generated clients', () => {
    for (const { operation } of operations) {
      const forPeople = operation.tags.some((tag) => ['Health', 'Contract'].includes(tag));
      expect(operation['x-internal'] ?? false, operation.operationId).to.equal(forPeople);
    }
  });

  it('lists every problem of the registry as a code, and leaves room for more', () => {
    expect(schemas['ProblemCode']).to.deep.include({ type: 'string', 'x-extensible-enum': Object.keys(problems).sort() });
    expect(schemas['ProblemCode']).not.to.have.property('enum');
  });

  it('gives each constant of an enum a name that no other enum has, since in Go they share one space', () => {
    const names = Object.values(schemas).flatMap((schema) => (schema['enum'] ? (schema['x-enum-varnames'] as string[]) : []));
    const words = Object.values(schemas).flatMap((schema) => (schema['enum'] as string[] | undefined) ?? []);
    expect(names).to.have.lengthOf(words.length);
    expect(new Set(names)).to.have.property('size', names.length);
  });

  it('says null where it is used, never in a component, and for plain values only', () => {
    const nullable = Object.entries(schemas).filter(([, schema]) => schema['nullable'] === true);
    expect(nullable.map(([name]) => name)).to.deep.equal([]);
    for (const node of schemasIn(document)) if (node['nullable']) expect(node['type']).to.be.oneOf(['string', 'integer', 'boolean']);
  });

  it('shows a time that is still to come, so that an example can be sent', () => {
    expect(Date.parse(String(schemas['Timestamp']!['example']))).to.be.greaterThan(Date.now());
    for (const [name, { value }] of Object.entries(document.components.examples)) {
      const { until } = value as { until?: string };
      if (until !== undefined) expect(Date.parse(until), name).to.be.greaterThan(Date.now());
    }
  });

  for (const { path, method, operation } of operations) describe(operation.operationId, () => operationRules(path, method, operation));
  for (const [name, schema] of Object.entries(schemas)) describe(`schema ${name}`, () => schemaRules(name, schema));
});

function operationRules(path: string, method: string, operation: RawOperation): void {
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(parameter) as Parameter);
  const responses = Object.entries(operation.responses).map(([status, response]) => [status, resolved(response)] as const);
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);

  it('has one tag, a summary and a description', () => {
    expect(operation.tags).to.have.lengthOf(1);
    expect(operation.summary).to.be.a('string').with.length.within(3, 60);
    expect(operation.description).to.match(/\.$/);
  });

  it('says who may call it', () => {
    if (operation['x-public']) {
      expect(operation.security).to.deep.equal([]);
      expect(operation).not.to.have.property('x-permission');
    } else {
      expect(operation.security).to.deep.equal([{ bearerAuth: [] }]);
      const { level, ...pair } = operation['x-permission']!;
      expect(pair).to.have.all.keys('resource', 'action');
      expect(level).to.be.oneOf([undefined, 'platform', 'org']);
    }
    for (const further of operation['x-further-permissions'] ?? []) expect(further).to.match(/^[a-z-]+(:<level>)?:[a-z-]+$/);
  });

  it('declares every parameter of its path, and keeps parameters in components', () => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)).to.deep.equal(names);
    for (const parameter of operation.parameters ?? []) expect(parameter).to.have.all.keys('$ref');
    for (const parameter of parameters) expect(parameter.schema).not.to.have.property('nullable');
  });

  it('has one success, and an example for each JSON message', () => {
    expect(responses.filter(([status]) => isSuccess(status))).to.have.lengthOf(1);
    for (const message of [operation.requestBody, ...responses.map(([, response]) => response)]) {
      for (const [type, media] of Object.entries(message?.content ?? {})) {
        if (!type.endsWith('json')) continue;
        const values = Object.values(media.examples ?? {}).map((example) => (named(example.$ref) as { value: unknown }).value);
        const all = media.example === undefined ? values : [...values, media.example];
        expect(all, type).not.to.be.empty;
        for (const value of all) expect(misfit(media.schema!, value), type).to.equal('');
      }
    }
  });

  it('carries the request id and the trace in every answer', () => {
    for (const [status, response] of responses) expect(response.headers, status).to.include.keys('X-Request-Id', 'traceparent');
  });

  it('declares its failures as problems', () => {
    const statuses = responses.map(([status]) => status);
    for (const status of operation['x-never'] ?? []) expect(statuses).not.to.include(status);
    statuses.push(...(operation['x-never'] ?? []));
    expect(statuses).to.include('default');
    if (parameters.length > 0 || operation.requestBody) expect(statuses).to.include('400');
    if (!operation['x-public']) expect(statuses).to.include.members(['401', '403', '503']);
    if (path.includes('{')) expect(statuses).to.include('404');
    if (operation.requestBody) expect(statuses).to.include.members(operation['x-authzen'] ? ['413'] : ['413', '415']);
    for (const [status, response] of responses) {
      // A page that does not exist is a page too.
      if (isSuccess(status) || status === '304' || (operation.operationId === 'getProblem' && status === '404')) continue;
      const isPlanToo = status === 'default' && 'application/vnd.tenet.plan+json' in (response.content ?? {});
      expect(response.content).to.have.all.keys('application/problem+json', ...(isPlanToo ? ['application/vnd.tenet.plan+json'] : []));
      const example = response.content?.['application/problem+json']?.example as {
        status: number;
        code: keyof typeof problems;
        title: string;
      };
      expect(problems[example.code], status).to.include({ status: example.status, title: example.title });
      if (status !== 'default') expect(example.status).to.equal(Number(status));
    }
  });

  it('takes a closed body by name', () => {
    const content = operation.requestBody?.content;
    if (!content) return;
    expect(operation.requestBody?.required).to.equal(true);
    expect(Object.keys(content)).to.deep.equal(['application/json']);
    const references = new Set(Object.values(content).map((media) => media.schema?.['$ref']));
    expect([...references]).to.have.lengthOf(1);
    expect([...references][0]).to.be.a('string');
  });

  if (method === 'post' && !operation['x-public'] && !operation['x-reads'] && !(operation.operationId in withoutKey)) {
    it('can be repeated safely with an Idempotency-Key', () => {
      expect(has('Idempotency-Key')).to.equal(true);
      expect(operation.responses).to.include.keys('409', '422');
    });
  }

  if (method !== 'get' && !operation['x-reads']) {
    it('takes validateOnly and answers a plan, whose type leaves the one of its success alone, or says why not', () => {
      const plans = responses.filter(([, { content }]) => content?.['application/vnd.tenet.plan+json']).map(([status]) => status);
      expect(has('validateOnly')).to.equal(operation['x-no-plan'] === undefined);
      expect(operation['x-no-plan'] ?? 'A reason.').to.match(/^[A-Z].*\.$/);
      expect(plans).to.deep.equal(has('validateOnly') ? [operation.responses['200'] ? '200' : 'default'] : []);
    });
  } else {
    it('takes no validateOnly, because it changes nothing', () => expect(has('validateOnly')).to.equal(false));
  }

  if (method === 'patch' || method === 'put') {
    it('honours If-Match and returns the new ETag', () => {
      const ifMatch = parameters.find((parameter) => parameter.name === 'If-Match')!;
      expect((resolved(ifMatch.schema) as Node)['pattern']).to.be.a('string');
      expect(ifMatch.required ?? false).to.equal('428' in operation.responses);
      expect(operation.responses).to.include.keys('412');
      expect(operation.responses['200']?.headers).to.include.keys('ETag');
    });
  }

  const success = responses.find(([status]) => isSuccess(status))![1];
  const reference = String(success.content?.['application/json']?.schema?.['$ref'] ?? '');
  if (method === 'get' && reference.endsWith('List')) {
    it('is a list in pages', () => {
      expect(has('pageSize') && has('pageToken')).to.equal(true);
      const list = named(reference) as { required: string[]; properties: Node };
      expect(list.required).to.deep.equal(['items']);
      expect(Object.keys(list.properties)).to.deep.equal(['items', 'nextPageToken']);
    });
  }
}

function schemaRules(name: string, schema: Node): void {
  it('has a description, and so has every member that is not a reference', () => {
    expect(schema['description'], name).to.be.a('string');
    for (const [member, value] of Object.entries((schema['properties'] ?? {}) as Record<string, Node>)) {
      expect(value['$ref'] ?? value['description'], member).to.be.a('string');
    }
  });

  // What events say by their action: no operation takes or answers it, and each of its members is named by the action.
  const isTable = name === 'AuditChanges';

  it('uses nothing that breaks generators or fails open', () => {
    if (isTable) return;
    for (const node of schemasIn(schema)) {
      expect(node, 'oneOf').not.to.have.any.keys('oneOf', 'anyOf', 'not', 'discriminator');
      if (node['nullable'] === true) expect(node['type'], 'nullable without type').to.be.a('string');
      expect(node['exclusiveMinimum'], 'boolean exclusiveMinimum').not.to.be.a('boolean');
      if ('$ref' in node) expect(Object.keys(node), 'siblings of $ref are ignored').to.deep.equal(['$ref']);
      if (Array.isArray(node['required'])) expect(Object.keys(node['properties'] ?? {})).to.include.members(node['required'] as string[]);
    }
  });

  it('names every enum and object in components', () => {
    if (isTable) return;
    for (const value of Object.values((schema['properties'] ?? {}) as Record<string, Node>)) {
      const inner = value['type'] === 'array' ? (value['items'] as Node) : value;
      expect(inner, 'enum').not.to.have.property('enum');
      expect(inner, 'object').not.to.have.property('properties');
    }
  });

  // The words of AuthZEN are its own.
  if (Array.isArray(schema['enum']) && name !== 'EvaluationsSemantic') {
    it('has words in UPPER_SNAKE', () => {
      for (const word of schema['enum'] as string[]) expect(word).to.match(/^[A-Z]+(_[A-Z]+)*$/);
    });
  }

  if (closedBodies.has(name) && schema['type'] === 'object' && !schema['x-free-form']) {
    it('refuses members that it does not know, or says how many there are of what', () => {
      const isMap = typeof schema['additionalProperties'] === 'object' && schema['properties'] === undefined;
      if (isMap) expect(schema['maxProperties']).to.be.a('number');
      else expect(schema['additionalProperties']).to.equal(false);
    });
  }

  if (closedBodies.has(name) && schema['type'] === 'string' && !schema['enum']) {
    it('bounds what can be sent', () => {
      const bounded = schema['maxLength'] ?? schema['pattern'] ?? schema['format'];
      expect(bounded).not.to.equal(undefined);
    });
  }
}
