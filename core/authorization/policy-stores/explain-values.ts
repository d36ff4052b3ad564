import { type Condition, type Operand, type Path, printOperand } from './condition.ts';
import { readerOf } from './condition-evaluate.ts';
import type { StoreQuestion } from './types.ts';

/** A value of the question that a condition compared. */
export interface LookedAt {
  /** As the condition writes it, such as `r.res.status`. */
  readonly name: string;
  /** As JSON, of a long one the beginning; absent where the question does not have it. */
  readonly value?: string;
}

/** How many elements of a list and characters of a value an explanation shows (docs/limits.md). */
const most = { elements: 10, characters: 200 };

/** What a condition compares of a question, each value once. */
export function lookedAt(condition: Condition, question: StoreQuestion): LookedAt[] {
  const paths = new Map(pathsIn(condition).map((path) => [printOperand(path), path]));
  return [...paths].map(([name, path]) => {
    const value = readerOf(path)(question);
    return { name, ...(value !== undefined && { value: shown(value) }) };
  });
}

function pathsIn(condition: Condition): Path[] {
  switch (condition.kind) {
    case 'constant':
      return [];
    case 'and':
    case 'or':
      return condition.operands.flatMap(pathsIn);
    case 'not':
      return pathsIn(condition.operand);
    case 'compare':
      return [condition.left, condition.right].filter(isPath);
    case 'in':
      return [condition.left];
    case 'element':
      return [condition.left, condition.list].filter(isPath);
    case 'has':
      return [condition.path];
  }
}

const isPath = (operand: Operand): operand is Path => operand.kind !== 'value';

function shown(value: unknown): string {
  const isLong = Array.isArray(value) && value.length > most.elements;
  const text = JSON.stringify(isLong ? value.slice(0, most.elements) : value);
  const beginning = text.length > most.characters ? `${text.slice(0, most.characters - 1)}…` : text;
  return isLong ? `${beginning} and ${value.length - most.elements} more` : beginning;
}
