import { printable } from './text.ts';

const maxLength = 500;
/** What fetch calls each of its failures; the cause says which. */
const empty = new Set(['', 'fetch failed']);

/** Why something failed, on one line and without a stack: the error's message, and those of what caused it. Of several causes the first is named. */
export function reasonOf(error: unknown): string {
  const parts: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at !== undefined; depth++) {
    const { message, code, cause, errors } = (at instanceof Error ? at : { message: String(at) }) as Part;
    const said = empty.has(message) ? (errors?.length ? '' : (code ?? '')) : message;
    if (said !== '' && !parts.at(-1)?.includes(said)) parts.push(said);
    at = cause ?? errors?.[0];
  }
  return printable(parts.join(': ') || 'for a reason that it does not say').slice(0, maxLength);
}

interface Part {
  readonly message: string;
  readonly code?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}
