import type { IncomingMessage } from 'node:http';
import { TenetError } from '../../core/base/errors.ts';

/** Headers that say one thing: of two that differ, another program on the way may believe the other one (RFC 9110 section 5.3). */
const single: ReadonlyMap<string, string> = new Map(
  ['Authorization', 'Content-Type', 'Host', 'Idempotency-Key', 'Origin', 'Tenet-Consistency'].map((name) => [name.toLowerCase(), name]),
);

/** A host and a port (RFC 9112 section 3.2): what could be taken for a path, a query or a user name would mislead those who read it. */
const hostPattern = /^(?:(?:\[[0-9a-f:.]+\]|[\w.~%!$&'()*+,;=-]+)(?::\d{0,5})?)?$/i;

/** What is wrong with the head of a request, beside what Node refuses by itself; undefined when nothing is. */
export function headFault({ rawHeaders, headers, httpVersion }: IncomingMessage): TenetError | undefined {
  const twice = repeated(rawHeaders);
  if (twice === 'Host' || (headers.host === undefined && httpVersion !== '1.0')) {
    return badHeader('Host', 'The request must have exactly one Host header.', 'must come exactly once');
  }
  if (twice !== undefined) return badHeader(twice, `The request has more than one ${twice} header; send one.`, 'must come once');
  if (!hostPattern.test(headers.host ?? '')) {
    return badHeader(
      'Host',
      'The Host header is no host; send a name or an address, and a port where it needs one.',
      'must be host or host:port',
    );
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    return new TenetError('expectation-failed', 'The only expectation that is met is 100-continue; leave out the Expect header.');
  }
  return undefined;
}

/** The first header that comes twice and must not: `headers` of Node hides a second one, or joins it to the first. */
function repeated(rawHeaders: readonly string[]): string | undefined {
  let seen: string[] | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = single.get(rawHeaders[index]!.toLowerCase());
    if (name === undefined) continue;
    if (seen?.includes(name)) return name;
    seen ??= [];
    seen.push(name);
  }
  return undefined;
}

function badHeader(parameter: string, detail: string, fault: string): TenetError {
  return new TenetError('bad-request', detail, { errors: [{ parameter, detail: fault }] });
}
