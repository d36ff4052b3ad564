import type { Condition, Operand } from './condition.ts';

/** Whether a value comes with the question alone, for no store keeps it: the context, and the properties of the action. */
function isBrought(operand: Operand): boolean {
  if (operand.kind === 'value') return false;
  return operand.root === 'ctx' || (operand.root === 'act' && operand.kind === 'property');
}

/** Whether a condition looks at what a question brings. */
export function asksQuestion(condition: Condition): boolean {
  switch (condition.kind) {
    case 'constant':
      return false;
    case 'and':
    case 'or':
      return condition.operands.some(asksQuestion);
    case 'not':
      return asksQuestion(condition.operand);
    case 'compare':
      return isBrought(condition.left) || isBrought(condition.right);
    case 'in':
      return isBrought(condition.left);
    case 'element':
      return isBrought(condition.left) || isBrought(condition.list);
    case 'has':
      return isBrought(condition.path);
  }
}

/**
 * The condition without what questions bring: with `most` it is true of everything that the condition is true of for some question, and without it
 * only of what the condition is true of for every one.
 */
export function bounded(condition: Condition, most: boolean): Condition {
  switch (condition.kind) {
    case 'constant':
      return condition;
    case 'and':
    case 'or':
      return { kind: condition.kind, operands: condition.operands.map((operand) => bounded(operand, most)) };
    case 'not':
      return { kind: 'not', operand: bounded(condition.operand, !most) };
    default:
      return asksQuestion(condition) ? { kind: 'constant', value: most } : condition;
  }
}
