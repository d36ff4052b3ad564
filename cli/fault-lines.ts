import type { InputError } from '../core/base/errors.ts';
import { printable } from '../core/base/text.ts';

/** What is wrong with parts of an input, a line for each. */
export const faultLines = (faults: readonly InputError[]): string[] =>
  faults.map(({ pointer, parameter, detail }) => printable(`  ${pointer ?? parameter ?? ''} ${detail}`.trimEnd()));
