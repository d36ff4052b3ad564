import { deniedAction } from '../../api/contract/permission.ts';

/** A schema of the contract, as far as it is read here. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly nullable?: boolean;
}

interface ChangeSchema extends Schema {
  readonly 'x-logs'?: readonly string[];
  readonly 'x-also-by'?: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly 'x-audit'?: readonly string[];
  readonly 'x-reads'?: boolean;
  readonly 'x-permission'?: { readonly resource: string; readonly action: string };
}

/** openapi.yaml. */
export interface AuditedContract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Which logs an event may be in. */
const logs = ['organization', 'platform'];
/** Who causes events beside operations, as the page says it. */
export const causes: Readonly<Record<string, string>> = {
  manifest: 'a manifest',
  job: 'a job',
  'command-line': 'the command line',
  start: 'the start of a server',
  'sign-in': 'a sign-in',
};

/** An action with all that the contract says about its events. */
export interface AuditChange {
  readonly action: string;
  readonly description: string;
  readonly operations: readonly string[];
  readonly alsoBy: readonly string[];
  readonly logs: readonly string[];
  /** An object with `target`, `before` and `after`. */
  readonly schema: Schema;
}

/** What is said of each action in AuditChanges, in the order of the alphabet. */
export function auditChanges(contract: AuditedContract): AuditChange[] {
  const schemas = Object.entries((contract.components.schemas['AuditChanges']?.properties ?? {}) as Record<string, ChangeSchema>);
  const operations = operationsOf(contract);
  return schemas
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, schema]) => ({
      action,
      description: schema.description ?? '',
      operations: operations.filter(({ 'x-audit': audit = [] }) => audit.includes(action)).map(({ operationId }) => operationId),
      alsoBy: schema['x-also-by'] ?? [],
      logs: schema['x-logs'] ?? [],
      schema,
    }));
}

/** What those are who may be denied: the permission of each operation that changes something is the action of such an event. */
export function deniedActions(contract: AuditedContract): string[] {
  const permissions = Object.values(contract.paths).flatMap((item) =>
    Object.entries(item).flatMap(([method, { 'x-permission': permission, 'x-audit': audit, 'x-reads': reads }]) =>
      permission && (method === 'get' ? audit !== undefined : !reads) ? [deniedAction(permission)] : [],
    ),
  );
  return [...new Set(permissions)].sort();
}

/** Where x-audit and AuditChanges do not agree, a line each. */
export function auditProblems(contract: AuditedContract): string[] {
  const changes = auditChanges(contract);
  const known = new Set(changes.map(({ action }) => action));
  const unknown = operationsOf(contract).flatMap(({ operationId, 'x-audit': audit = [] }) =>
    audit
      .filter((action) => !known.has(action))
      .map((action) => `openapi: ${operationId} has ${action} in x-audit, and openapi/audit-changes.yaml does not say what it holds.`),
  );
  return [
    ...unknown,
    ...changes.flatMap((change) => [...problemsOf(change)].map((problem) => `openapi/audit-changes.yaml: ${change.action} ${problem}.`)),
  ];
}

function* problemsOf({ operations, alsoBy, logs: named, schema }: AuditChange): Generator<string> {
  if (operations.length + alsoBy.length === 0) yield 'is in no x-audit, and has no x-also-by';
  for (const cause of alsoBy) if (!(cause in causes)) yield `has the x-also-by ${cause}; there are ${Object.keys(causes).join(', ')}`;
  if (named.length === 0 || named.some((log) => !logs.includes(log))) yield `needs x-logs with ${logs.join(' or ')} or both`;
  const { target, ...data } = schema.properties ?? {};
  if (target === undefined || !schema.required?.includes('target')) yield 'needs a target';
  for (const name of Object.keys(data)) if (name !== 'before' && name !== 'after') yield `has ${name}; events have before and after`;
}

function operationsOf(contract: AuditedContract): Operation[] {
  return Object.values(contract.paths).flatMap((item) => Object.values(item));
}

/** The schema without references, where an object with members has no others. */
export function closed(contract: AuditedContract, schema: Schema): Schema {
  const { $ref, allOf, properties, items, anyOf, additionalProperties: others, ...rest } = schema;
  if ($ref !== undefined) return closed(contract, resolved(contract, schema));
  if (allOf) return closed(contract, { ...rest, ...merged(contract, allOf) });
  const inner = properties && Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(contract, each)]));
  return {
    ...rest,
    ...(inner && { properties: inner, additionalProperties: false }),
    ...(others !== undefined && { additionalProperties: typeof others === 'object' ? closed(contract, others) : others }),
    ...(items && { items: closed(contract, items) }),
    ...(anyOf && { anyOf: anyOf.map((each) => closed(contract, each)) }),
  };
}

function resolved({ components: { schemas } }: AuditedContract, { $ref }: Schema): Schema {
  const name = $ref!.slice($ref!.lastIndexOf('/') + 1);
  const found = schemas[name];
  if (!found) throw new Error(`There is no schema ${$ref}.`);
  return found;
}

function merged(contract: AuditedContract, parts: readonly Schema[]): Schema {
  const all = parts.map((part) => (part.$ref === undefined ? part : resolved(contract, part)));
  return {
    type: 'object',
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required = [] }) => required),
  };
}
