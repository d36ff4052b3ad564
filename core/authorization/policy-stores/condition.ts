import type { Scalar } from './types.ts';
import type { Comparison } from './values.ts';

/** Who a way begins at: subject, resource, action, context, named as in the model. */
export type Root = 'sub' | 'res' | 'act' | 'ctx';

/** A value of the question: a property by its keys, or what is no property: `id` and `type` of an entity, `name` of the action. */
export type Path =
  | { readonly kind: 'property'; readonly root: Root; readonly keys: readonly string[] }
  | { readonly kind: 'own'; readonly root: Exclude<Root, 'ctx'>; readonly name: 'id' | 'type' | 'name' };

export type Operand = Path | { readonly kind: 'value'; readonly value: Scalar };

/** A condition of a row. There are no calls, no arithmetic, no patterns and no way to change anything. */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  /** The value is one of these. */
  | { readonly kind: 'in'; readonly left: Path; readonly list: readonly Scalar[] }
  /** The value is an element of the list that is there. */
  | { readonly kind: 'element'; readonly left: Operand; readonly list: Path }
  | { readonly kind: 'has'; readonly path: Path };

/** What an entity or the action has beside properties. A property of that name is written `r.sub.properties.id`. */
export const ownNames: Readonly<Record<Root, readonly string[]>> = { sub: ['id', 'type'], res: ['id', 'type'], act: ['name'], ctx: [] };

/** How many comparisons a condition has, and so what it can take to answer it. */
export function termsOf(condition: Condition): number {
  if (condition.kind === 'not') return termsOf(condition.operand);
  return 'operands' in condition ? condition.operands.reduce((sum, operand) => sum + termsOf(operand), 0) : 1;
}

/** The one spelling of a condition: what reads as the same has the same text, and the text reads as the condition again. */
export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'constant':
      return String(condition.value);
    case 'and':
      return condition.operands
        .map((operand) => (operand.kind === 'or' ? `(${printCondition(operand)})` : printCondition(operand)))
        .join(' && ');
    case 'or':
      return condition.operands.map(printCondition).join(' || ');
    case 'not': {
      const isShort = condition.operand.kind === 'has' || condition.operand.kind === 'constant' || condition.operand.kind === 'not';
      const inner = printCondition(condition.operand);
      return isShort ? `!${inner}` : `!(${inner})`;
    }
    case 'compare':
      return `${printOperand(condition.left)} ${condition.op} ${printOperand(condition.right)}`;
    case 'in':
      return `${printOperand(condition.left)} in [${condition.list.map(printScalar).join(', ')}]`;
    case 'element':
      return `${printOperand(condition.left)} in ${printOperand(condition.list)}`;
    case 'has':
      return `has ${printOperand(condition.path)}`;
  }
}

/** An operand as conditions write it. */
export function printOperand(operand: Operand): string {
  if (operand.kind === 'value') return printScalar(operand.value);
  if (operand.kind === 'own') return `r.${operand.root}.${operand.name}`;
  const [first] = operand.keys;
  const isTaken = operand.root !== 'ctx' && (first === 'properties' || ownNames[operand.root].includes(first!));
  const keys = operand.keys.map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${printScalar(key)}]`)).join('');
  return `r.${operand.root}${isTaken ? '.properties' : ''}${keys}`;
}

function printScalar(value: Scalar): string {
  return typeof value === 'string' ? `'${value.replaceAll(/[\\']/g, '\\$&')}'` : String(value);
}
