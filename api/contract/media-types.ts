import { InvalidInput } from '../../core/base/errors.ts';
import type { ContractRequest } from '../http/message.ts';
import { NotAcceptable, UnsupportedMediaType } from '../http/problem.ts';
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
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && operation.requestTypes.includes(type)) return;
  if (operation.isAuthzen) throw new InvalidInput('The body must be JSON: send Content-Type: application/json.');
  throw new UnsupportedMediaType(operation.requestTypes);
}

/** Refuses a request whose Accept header leaves no type to answer with (RFC 9110 section 12.5.1). */
export function checkAccept(operation: Operation, accept: string | undefined): void {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return;
  const ranges = accept.split(',').map(readRange);
  const available = [...operation.replyTypes, 'application/problem+json'];
  const acceptable = available.some((type) => {
    const best = mostSpecific(ranges.filter((range) => covers(range.type, type)));
    return best !== undefined && best.quality > 0;
  });
  if (!acceptable) throw new NotAcceptable(operation.replyTypes);
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: Number.isNaN(quality) ? 0 : quality };
}

function covers(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}

function mostSpecific(ranges: readonly Range[]): Range | undefined {
  const specificity = (range: Range) => (range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2);
  return ranges.toSorted((a, b) => specificity(b) - specificity(a))[0];
}
