import type { InputError } from '../core/base/errors.ts';
import { printable } from '../core/base/text.ts';

/** What is wrong with parts of an input, a line for each; what the message before them says already has none. */
export const faultLines = (faults: readonly InputError[], message: string): string[] =>
  faults
    .filter(({ detail }) => !message.includes(detail))
    .map(({ pointer, parameter, detail }) => {
      const name = pointer === undefined ? parameter : memberNamed(pointer);
      return printable(`  ${name ? `${name} ` : ''}${detail}`);
    });

/** The member at a JSON pointer in the form of a URI fragment (RFC 6901 section 6), as people write it: `roleMapping.rename`. */
function memberNamed(pointer: string): string {
  const parts = decodeURIComponent(pointer).replace(/^#\/?/, '').split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}
