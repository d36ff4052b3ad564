import type { Condition, Operand } from './condition.ts';

/** Whether a value comes with the question alone, for no store keeps it: the context, and the properties of the action. */
function isBrought(operand: Operand): boolean {
  if (operand.kind === 'value') return false;
  return operand.root === 'ctx' || (operand.root === 'act' && operand.kind === 'property');
}

/** Whether a condition looks at what a question brings, or at other operands that are not known. */
export function asksQuestion(condition: Condition, isUnknown: (operand: Operand) => boolean = isBrought): boolean {
  switch (condition.kind) {
    case 'constant':
      return false;
    case 'and':
    case 'or':
      return condition.operands.some((operand) => asksQuestion(operand, isUnknown));
    case 'not':
      return asksQuestion(condition.operand, isUnknown);
    default:
      return operandsOf(condition).some(isUnknown);
  }
}

function operandsOf(condition: Exclude<Condition, { readonly kind: 'constant' | 'and' | 'or' | 'not' }>): readonly Operand[] {
  if (condition.kind === 'compare') return [condition.left, condition.right];
  if (condition.kind === 'in') return [condition.left];
  return condition.kind === 'element' ? [condition.left, condition.list] : [condition.path];
}

/** The first keys of the properties of entities that a condition looks at. */
export function keysOf(condition: Condition): string[] {
  if (condition.kind === 'constant') return [];
  if (condition.kind === 'not') return keysOf(condition.operand);
  if ('operands' in condition) return condition.operands.flatMap(keysOf);
  return operandsOf(condition).flatMap((operand) =>
    operand.kind === 'property' && (operand.root === 'sub' || operand.root === 'res') ? [operand.keys[0]!] : [],
  );
}

/**
 * The condition without what questions bring, or without other operands that are not known: with `most` it is true of everything that the condition
 * is true of for some value of these, and without it only of what the condition is true of for every one.
 */
export function bounded(condition: Condition, most: boolean, isUnknown: (operand: Operand) => boolean = isBrought): Condition {
  switch (condition.kind) {
    case 'constant':
      return condition;
    case 'and':
    case 'or':
      return { kind: condition.kind, operands: condition.operands.map((operand) => bounded(operand, most, isUnknown)) };
    case 'not':
      return { kind: 'not', operand: bounded(condition.operand, !most, isUnknown) };
    default:
      return asksQuestion(condition, isUnknown) ? { kind: 'constant', value: most } : condition;
  }
}
