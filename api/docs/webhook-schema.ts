/** The part of the contract that this reads. */
interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

type Schema = Record<string, unknown>;

/** A JSON Schema of the bodies that webhooks get, and the types that there are. */
export interface WebhookSchema {
  readonly schema: Schema;
  readonly types: ReadonlySet<string>;
}

const refStart = '#/components/schemas/';

/** Made of what the contract says about the events of an organization. */
export function webhookSchema({ components: { schemas } }: Document): WebhookSchema {
  const changes = Object.entries(schemas['AuditChanges']!['properties'] as Record<string, Schema>);
  const ofOrganization = changes.filter(([, change]) => (change['x-logs'] as string[]).includes('organization'));
  const definitions: Record<string, Schema> = {};
  const queue = ['AuditEvent', 'OrganizationId', 'WebhookId', 'ActorName', 'Timestamp'];
  const convert = (schema: unknown): unknown => toJsonSchema(schema, (name) => void queue.push(name));
  for (const [action, change] of ofOrganization) definitions[action] = messageSchema(action, convert(change) as Schema);
  definitions['webhook.ping'] = pingSchema;
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) definitions[name] ??= convert(schemas[name]) as Schema;
  const types = ofOrganization.map(([action]) => action);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What a webhook gets',
    oneOf: [...types, 'webhook.ping'].map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: definitions,
  };
  return { schema, types: new Set(types) };
}

function messageSchema(action: string, { description, required = [], properties = {} }: Schema): Schema {
  const change = { type: 'object', required, properties: properties as Schema };
  const isThis = { type: 'object', properties: { action: { const: action } } };
  return {
    type: 'object',
    description,
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: { const: action },
      timestamp: { $ref: '#/$defs/Timestamp' },
      data: { allOf: [{ $ref: '#/$defs/AuditEvent' }, isThis, change] },
    },
  };
}

const pingSchema: Schema = {
  type: 'object',
  description: 'A test.',
  required: ['type', 'timestamp', 'data'],
  properties: {
    type: { const: 'webhook.ping' },
    timestamp: { $ref: '#/$defs/Timestamp' },
    data: {
      type: 'object',
      required: ['organizationId', 'webhookId', 'requestedBy'],
      properties: {
        organizationId: { $ref: '#/$defs/OrganizationId' },
        webhookId: { $ref: '#/$defs/WebhookId' },
        requestedBy: { $ref: '#/$defs/ActorName' },
      },
    },
  },
};

/** A schema of OpenAPI 3.0 as one of JSON Schema: `nullable` is a type of its own, and what only OpenAPI knows goes. */
function toJsonSchema(schema: unknown, onName: (name: string) => void): unknown {
  if (Array.isArray(schema)) return schema.map((item) => toJsonSchema(item, onName));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, nullable, ...rest } = schema as Schema;
  const entries = Object.entries(rest).filter(([name]) => !name.startsWith('x-') && !onlyOpenApi.has(name));
  const converted: Schema = Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'properties' ? ofProperties(value as Schema, onName) : toJsonSchema(value, onName)]),
  );
  if (typeof $ref === 'string') {
    const name = $ref.slice(refStart.length);
    onName(name);
    converted['$ref'] = `#/$defs/${name}`;
  }
  return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}

const onlyOpenApi: ReadonlySet<string> = new Set(['example', 'discriminator', 'format']);

/** The names in there are those of members of any object. */
function ofProperties(properties: Schema, onName: (name: string) => void): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, toJsonSchema(value, onName)]));
}
