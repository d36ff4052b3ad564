type Node = Record<string, unknown>;

/** The bundled document, as far as it is completed here. */
export interface Contract {
  paths: Record<string, Record<string, { responses: Record<string, Node> }>>;
  components: Record<string, Record<string, Node>> & { schemas: Record<string, Node> };
}

/** What is the same for everything of a kind is written once, here, and not in openapi/. Changes the bundled document. */
export function completeContract(contract: Contract): void {
  inlineNullable(contract, contract.components.schemas);
  nameConstants(contract);
  declareTracing(contract);
}

/**
 * `{ $ref, nullable: true }` becomes the schema itself with `nullable: true`: OpenAPI 3.0 ignores what stands beside a $ref, and a
 * component that is nullable is so wherever it is used. For plain values only: an object that may be missing is left out instead.
 */
function inlineNullable(node: unknown, schemas: Contract['components']['schemas']): void {
  if (typeof node !== 'object' || node === null) return;
  const { $ref, nullable, ...beside } = node as Node;
  if (typeof $ref === 'string' && nullable === true) {
    const { example: _, ...schema } = schemas[$ref.slice('#/components/schemas/'.length)] ?? {};
    if (schema['type'] === undefined || schema['type'] === 'object')
      throw new Error(`${$ref} cannot be nullable in place: it is an object.`);
    for (const key of Object.keys(node)) delete (node as Node)[key];
    Object.assign(node, schema, beside, { nullable: true });
    return;
  }
  for (const inner of Object.values(node)) inlineNullable(inner, schemas);
}

/** In Go the constants of all enums share one space, so each carries the name of its enum: MEMBER_STATE_ACTIVE. */
function nameConstants({ components: { schemas } }: Contract): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (!Array.isArray(schema['enum'])) continue;
    const prefix = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
    schema['x-enum-varnames'] = schema['enum'].map((word) => `${prefix}_${word}`);
  }
}

/** Every response carries the id of the request and the trace. */
function declareTracing({ paths, components }: Contract): void {
  components['headers'] = {
    ...components['headers'],
    RequestId: {
      description: 'The id of the request: the one that was sent, or a new one. The logs and the audit log have both.',
      schema: { $ref: '#/components/schemas/RequestId' },
    },
    Traceparent: {
      description: 'The trace that the request belongs to (W3C Trace Context).',
      schema: { type: 'string' },
    },
  };
  const responses = [
    ...Object.values(components['responses'] ?? {}),
    ...Object.values(paths).flatMap((item) => Object.values(item).flatMap((operation) => Object.values(operation.responses))),
  ];
  for (const response of responses) {
    if ('$ref' in response) continue;
    response['headers'] = {
      ...(response['headers'] as Node | undefined),
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      traceparent: { $ref: '#/components/headers/Traceparent' },
    };
  }
}
