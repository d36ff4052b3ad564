import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';
import { parse } from 'content-type';
import { InvalidInput } from '../../core/base/errors.ts';
import type { ContractRequest } from '../http/message.ts';
import { NotAcceptable, UnsupportedMediaType } from '../http/problem.ts';
import { planType } from './plan-type.ts';
import type { Operation } from './rules.ts';

/** Whether anything was sent as a body, also when it could not be read. */
export function hasBody(request: ContractRequest): boolean {
  const length = request.headers['content-length'];
  return (
    request.body !== undefined ||
    request.bodyError !== undefined ||
    request.headers['transfer-encoding'] !== undefined ||
    (length !== undefined && length !== '0')
  );
}

/** Refuses a body whose type the operation does not declare (RFC 9110 section 15.5.16). AuthZEN asks for 400 instead. */
export function checkContentType(operation: Operation, contentType: string | undefined): void {
  const { requestTypes } = operation;
  // Most say the type alone, in small letters.
  if (contentType !== undefined && requestTypes.includes(contentType)) return;
  if (contentType !== undefined && requestTypes.includes(parse(contentType, { parameters: false }).type)) return;
  if (operation.isAuthzen) throw new InvalidInput('The body must be JSON: send Content-Type: application/json.');
  throw new UnsupportedMediaType(requestTypes);
}

/** Refuses a request whose Accept header leaves no type to answer with (RFC 9110 section 12.5.1). */
export function checkAccept({ replyTypes }: Operation, accept: string | undefined, { isPlan = false } = {}): void {
  // Clients that are generated say the same Accept with and without validateOnly.
  const types = isPlan ? [...replyTypes, planType] : replyTypes;
  if (accept === undefined || accept === '*/*' || types.includes(accept)) return;
  if (preferredType(accept, [...types, 'application/problem+json'])) return;
  throw new NotAcceptable(types);
}

/** The type that an Accept header likes best, among equals the first; undefined where it takes none. All that is sent is UTF-8, and may be asked for as that. */
export function preferredType<T extends string>(accept: string | undefined, available: readonly T[]): T | undefined {
  const suffix = accept?.toLowerCase().includes('charset') ? '; charset=utf-8' : '';
  const negotiation = accepts({ headers: { accept } } as IncomingMessage);
  const preferred = negotiation.type(suffix ? available.flatMap((type) => [type, type + suffix]) : [...available]);
  return available.find((type) => type === preferred || type + suffix === preferred);
}
