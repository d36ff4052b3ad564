import { invisibleCharacters } from '../../base/text.ts';
import { storeLimits } from './limits.ts';
import type { Scalar } from './types.ts';

/** A condition that is not accepted: why, and at which character, counted from 1. */
export class ConditionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(`the condition is not accepted at character ${at}: ${message}`);
    this.name = 'ConditionError';
    this.at = at;
  }
}

export type Token =
  | { readonly kind: 'symbol' | 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'value'; readonly value: Scalar; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: string; readonly at: number };

const pieces = /(&&|\|\||[=!<>]=|[<>!()[\],.])|([A-Za-z_][A-Za-z0-9_]*)|(-?[0-9][A-Za-z0-9_.+-]*)/y;
const numberForm = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const words: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null };

/** The words and signs of a condition, an end at last. Each character is looked at once. */
export function tokenize(text: string): Token[] {
  if (text.length > storeLimits.conditionLength) {
    throw new ConditionError(`it has more than ${storeLimits.conditionLength} characters`, storeLimits.conditionLength + 1);
  }
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const first = text[position]!;
    if (first === ' ' || first === '\t') {
      position += 1;
      continue;
    }
    const token = first === "'" || first === '"' ? readText(text, position) : readPiece(text, position);
    tokens.push(token);
    position += token.text.length;
  }
  tokens.push({ kind: 'end', text: 'the end', at: text.length + 1 });
  refuseBrackets(text);
  return tokens;
}

function readPiece(text: string, position: number): Token {
  const at = position + 1;
  pieces.lastIndex = position;
  const [found, symbol, name, number] = pieces.exec(text) ?? [];
  if (found === undefined) throw new ConditionError(`${shown(text, position)} means nothing in a condition`, at);
  if (symbol !== undefined) return { kind: 'symbol', text: found, at };
  if (name !== undefined) {
    return Object.hasOwn(words, name) ? { kind: 'value', value: words[name]!, text: found, at } : { kind: 'name', text: found, at };
  }
  const value = Number(number);
  if (!numberForm.test(number!) || !Number.isFinite(value)) throw new ConditionError(`${found} is not a number`, at);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new ConditionError(`${found} is too large to be kept exactly`, at);
  // -0 is 0.
  return { kind: 'value', value: value === 0 ? 0 : value, text: found, at };
}

function readText(text: string, start: number): Token {
  const at = start + 1;
  const quote = text[start]!;
  let value = '';
  let position = start + 1;
  while (text[position] !== quote) {
    if (position >= text.length) throw new ConditionError(`the text has no closing ${quote}`, at);
    const isEscape = text[position] === '\\';
    if (isEscape) position += 1;
    const character = text[position] ?? '';
    if (isEscape && !['\\', "'", '"'].includes(character)) throw new ConditionError(`after \\ only \\, ' and " may stand`, position + 1);
    value += character;
    position += 1;
  }
  const fault = textFault(value);
  if (fault !== undefined) throw new ConditionError(fault, at);
  return { kind: 'value', value, text: text.slice(start, position + 1), at };
}

function textFault(value: string): string | undefined {
  if (value.length > storeLimits.textLength) return `a text has more than ${storeLimits.textLength} characters`;
  return invisibleCharacters.test(value) || /\p{Cs}/u.test(value) ? 'the text has a character that cannot be seen' : undefined;
}

/** Casbin's own reader of rows counts ( and ) in texts too, and joins fields until they are even. */
function refuseBrackets(text: string): void {
  let open = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === '(') open += 1;
    if (character === ')') open -= 1;
    if (open < 0) throw new ConditionError(') closes nothing, also where it stands in a text', index + 1);
  }
  if (open > 0) throw new ConditionError('( is not closed, also where it stands in a text', text.length);
}

function shown(text: string, position: number): string {
  const character = String.fromCodePoint(text.codePointAt(position)!);
  return /^[!-~]$/.test(character) ? character : `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
