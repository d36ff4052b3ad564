import { InvalidInput } from '../base/errors.ts';
import { escapeToken } from '../base/json-pointer.ts';
import { hasTextForm, textFormWords } from '../base/text.ts';

/** How much the fields of one resource are together (docs/limits.md). */
const maxBytes = 65_536;
const maxDepth = 8;
const maxValues = 5_000;

/** Throws InvalidInput for data that is too large or nested too deep, and for what PostgreSQL does not keep or people do not see. */
export function checkBounds(data: unknown): void {
  let values = 0;
  function visit(value: unknown, pointer: string, depth: number): void {
    if (++values > maxValues) refuse('#/data', `must have at most ${maxValues} values in all`);
    if (depth > maxDepth) refuse(pointer, `must not be nested deeper than ${maxDepth} levels`);
    checkScalar(value, pointer);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (!hasTextForm(key)) refuse(pointer, `must have keys that are ${textFormWords}`);
      visit(member, `${pointer}/${escapeToken(key)}`, depth + 1);
    }
  }
  visit(data, '#/data', 0);
  if (Buffer.byteLength(JSON.stringify(data)) > maxBytes) refuse('#/data', `must be at most ${maxBytes} bytes of JSON`);
}

function checkScalar(value: unknown, pointer: string): void {
  if (typeof value === 'string' && !hasTextForm(value)) refuse(pointer, `must be ${textFormWords}`);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(pointer, 'must be a number that can be kept');
}

function refuse(pointer: string, detail: string): never {
  throw new InvalidInput('The data cannot be kept.', [{ pointer: pointer.slice(0, 500), detail }]);
}
