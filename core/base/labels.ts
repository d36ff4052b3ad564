import { type InputError, InvalidInput } from './errors.ts';
import { escapeToken } from './json-pointer.ts';

/** Keys and values by which things are sorted and found, in the syntax of Kubernetes. */
export type Labels = Readonly<Record<string, string>>;

/** A merge patch of labels: null takes one away, and what is absent stays. */
export type LabelsPatch = Readonly<Record<string, string | null>>;

/** How many labels one thing has at most; openapi/shared.yaml and the CRDs say the same. */
export const maxLabels = 32;
/** How many requirements a selector has at most. */
const maxRequirements = 16;

const word = '[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?';
const prefix = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*';
const keyPattern = new RegExp(`^(?:(${prefix})/)?${word}$`);
const valuePattern = new RegExp(`^(?:${word})?$`);
const maxPrefix = 253;

/** Prefixes that Tenet keeps for labels of its own. */
const reserved = /(^|\.)tenet\.dev$/;

/** What is wrong with the key of a label; undefined when nothing is. */
function keyProblem(key: string): string | undefined {
  const match = keyPattern.exec(key);
  if (!match || (match[1]?.length ?? 0) > maxPrefix) {
    return 'must be a key such as env or example.com/env: at most 63 letters, digits, dots, underscores and hyphens, behind a domain of at most 253 and a slash';
  }
  return reserved.test(match[1] ?? '') ? 'is reserved: labels whose prefix ends with tenet.dev are those of Tenet' : undefined;
}

/** Whether it is the key of a label that a caller may set. */
export function isLabelKey(key: string): boolean {
  return keyProblem(key) === undefined;
}

/** Whether these are the same labels. */
export function areSameLabels(one: Labels, other: Labels): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** The patch that makes these labels of what was there. */
export function replacingLabels(before: Labels, wanted: Labels): LabelsPatch {
  return { ...Object.fromEntries(Object.keys(before).map((key) => [key, null])), ...wanted };
}

/** The labels that something begins with. Throws InvalidInput with each key that is none. */
export function newLabels(labels: Labels = {}): Labels {
  checkKeys(Object.keys(labels));
  return checkNumber(labels);
}

/** The labels that a patch makes of these; undefined when it changes none. Throws InvalidInput with each key that is none. */
export function patchLabels(before: Labels, patch: LabelsPatch | undefined): Labels | undefined {
  if (patch === undefined) return undefined;
  const changes = Object.entries(patch);
  checkKeys(changes.map(([key]) => key));
  const after = new Map(Object.entries(before));
  for (const [key, value] of changes) {
    if (value === null) after.delete(key);
    else after.set(key, value);
  }
  const isSame = after.size === Object.keys(before).length && changes.every(([key, value]) => (before[key] ?? null) === value);
  return isSame ? undefined : checkNumber(Object.fromEntries(after));
}

function checkKeys(keys: readonly string[]): void {
  const errors = keys.flatMap((key): InputError[] => {
    const detail = keyProblem(key);
    return detail === undefined ? [] : [{ pointer: `#/labels/${escapeToken(key)}`, detail }];
  });
  if (errors.length > 0) throw new InvalidInput('These are no labels.', errors.slice(0, 20));
}

function checkNumber(labels: Labels): Labels {
  const number = Object.keys(labels).length;
  if (number <= maxLabels) return labels;
  throw new InvalidInput('There are too many labels.', [
    { pointer: '#/labels', detail: `must have at most ${maxLabels} labels, and there would be ${number}` },
  ]);
}

/** One requirement of a selector; without values it is about the key alone. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

/**
 * Reads a selector in the grammar of Kubernetes: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. As there, `!=` and `notin` hold for what has no
 * such label. Throws InvalidInput with the position of what cannot be read.
 */
export function readSelector(text: string): Requirement[] {
  const scanner = scan(text);
  const requirements: Requirement[] = [];
  do {
    if (requirements.length === maxRequirements) scanner.refuse(`there are more than ${maxRequirements} requirements`);
    requirements.push(readRequirement(scanner));
  } while (scanner.takes(','));
  scanner.end();
  return requirements;
}

type Scanner = ReturnType<typeof scan>;

/** Reads a text from left to right; blanks between its parts mean nothing. */
function scan(text: string) {
  let at = 0;
  const refuse = (what: string, place = at): never => {
    throw new InvalidInput('The label selector cannot be read.', [
      { parameter: 'labelSelector', detail: `at character ${place + 1}: ${what}` },
    ]);
  };
  const skip = (): void => {
    while (text[at] === ' ' || text[at] === '\t') at++;
  };
  return {
    refuse,
    /** Whether the text goes on with this sign, which is then read. */
    takes(sign: string): boolean {
      skip();
      if (!text.startsWith(sign, at)) return false;
      at += sign.length;
      return true;
    },
    /** The letters up to the next sign; perhaps none. */
    letters(): { word: string; place: number } {
      skip();
      const place = at;
      while (at < text.length && !' \t,()=!'.includes(text[at]!)) at++;
      return { word: text.slice(place, at), place };
    },
    isAtEnd(): boolean {
      skip();
      return at >= text.length;
    },
    isAt(sign: string): boolean {
      skip();
      return text.startsWith(sign, at);
    },
    end(): void {
      skip();
      if (at < text.length) refuse('expected a comma or the end');
    },
  };
}

function readRequirement(scanner: Scanner): Requirement {
  const isAbsent = scanner.isAt('!') && !scanner.isAt('!=') && scanner.takes('!');
  const key = readKey(scanner);
  if (isAbsent) return { key, operator: 'absent', values: [] };
  if (scanner.isAtEnd() || scanner.isAt(',')) return { key, operator: 'exists', values: [] };
  if (scanner.takes('==') || scanner.takes('=')) return { key, operator: 'in', values: [readValue(scanner)] };
  if (scanner.takes('!=')) return { key, operator: 'notin', values: [readValue(scanner)] };
  const { word: operator, place } = scanner.letters();
  if (operator !== 'in' && operator !== 'notin') return scanner.refuse('expected =, !=, in, notin, a comma or the end', place);
  return { key, operator, values: readSet(scanner) };
}

function readKey(scanner: Scanner): string {
  const { word: key, place } = scanner.letters();
  const match = keyPattern.exec(key);
  if (!match || (match[1]?.length ?? 0) > maxPrefix) scanner.refuse('expected the key of a label, such as env or example.com/env', place);
  return key;
}

function readValue(scanner: Scanner): string {
  const { word: value, place } = scanner.letters();
  if (!valuePattern.test(value))
    scanner.refuse('expected the value of a label: at most 63 letters, digits, dots, underscores and hyphens', place);
  return value;
}

function readSet(scanner: Scanner): string[] {
  if (!scanner.takes('(')) scanner.refuse('expected (');
  const values: string[] = [];
  do values.push(readValue(scanner));
  while (scanner.takes(','));
  if (!scanner.takes(')')) scanner.refuse('expected a comma or )');
  return values;
}
