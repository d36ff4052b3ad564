import { Ajv, type ValidateFunction } from 'ajv';
import type { Reply } from '../http/message.ts';
import type { Document } from './contract.ts';
import { addContractFormats } from './formats.ts';
import { planType } from './plan-type.ts';
import type { Operation } from './rules.ts';

interface DeclaredReply {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** Returns a function that throws when a reply is not one that the dereferenced document declares: its status, its media type, and every JSON body, problems included. */
export function createReplyCheck(definition: Document): (operation: Operation, reply: Reply) => void {
  const ajv = new Ajv({ strict: false, allErrors: false });
  addContractFormats(ajv);
  const compiled = new Map<object, ValidateFunction>();

  function validator(schema: object): ValidateFunction {
    const known = compiled.get(schema);
    if (known) return known;
    const validate = ajv.compile(schema);
    compiled.set(schema, validate);
    return validate;
  }

  return (operation, reply) => {
    const fault = etagFault(reply) ?? faultOf(declaredReply(definition, operation, reply), reply, validator);
    if (fault !== undefined) throw new Error(`${operation.operationId} answered ${reply.status}${fault}.`);
  };
}

/** What is wrong with a reply, as the end of a sentence that begins with the operation. */
function faultOf(declared: DeclaredReply | undefined, reply: Reply, validator: (schema: object) => ValidateFunction): string | undefined {
  if (!declared) return ', which openapi.yaml does not declare';
  if (!declared.content) return reply.body === undefined ? undefined : ' with a body, which openapi.yaml declares without one';
  const type = reply.contentType ?? 'application/json';
  const media = declared.content[type.split(';')[0]!.trim()];
  if (!media) return ` as ${type}, which openapi.yaml does not declare`;
  if (!media.schema || !/[/+]json$/.test(type)) return undefined;
  const validate = validator(media.schema);
  // What travels is the JSON of the body: dates are strings there, and undefined members are absent.
  if (validate(reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body)))) return undefined;
  const [error] = validate.errors ?? [];
  return ` with a body that openapi.yaml does not declare: ${error?.instancePath || '#'} ${error?.message}`;
}

/** A client may take the version from the header or from the body: they are one. */
function etagFault({ headers = {}, body }: Reply): string | undefined {
  const member = (body as { etag?: unknown } | null | undefined)?.etag;
  const header = headers['etag'] ?? headers['ETag'];
  return member === undefined || header === undefined || header === member ? undefined : ` with two ETags, ${header} and ${member}`;
}

/** A success must be declared by its own number; `default` stands for failures and for a plan. */
function declaredReply(definition: Document, operation: Operation, { status, contentType }: Reply): DeclaredReply | undefined {
  const method = operation.method.toLowerCase() as 'get';
  const responses = definition.paths?.[operation.path]?.[method]?.responses as Record<string, DeclaredReply> | undefined;
  return responses?.[status] ?? (status >= 400 || contentType === planType ? responses?.['default'] : undefined);
}
