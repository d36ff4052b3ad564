import type { Condition, Operand, Path } from './condition.ts';
import { readerOf } from './condition-evaluate.ts';
import { allOf, anyOf, not, type Partial, scalarsOf } from './filter.ts';
import type { Scalar, StoreQuestion } from './types.ts';
import { type Comparison, compare, isElement, isScalar } from './values.ts';

/** The entity that a filter looks for: nothing of it is known but its type, which stands in the question. */
export type Sought = 'sub' | 'res';

type Resolved =
  | { readonly kind: 'known'; readonly value: unknown }
  | { readonly kind: 'property'; readonly keys: readonly string[] }
  | { readonly kind: 'id' };

const turned: Readonly<Record<Comparison, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** What a condition comes to when one entity is sought and all else is known. It agrees with the compiled condition on every entity. */
export function partialCondition(condition: Condition, sought: Sought, question: StoreQuestion): Partial {
  const resolve = (operand: Operand): Resolved => resolveOperand(operand, sought, question);
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'and':
      return allOf(condition.operands.map((operand) => partialCondition(operand, sought, question)));
    case 'or':
      return anyOf(condition.operands.map((operand) => partialCondition(operand, sought, question)));
    case 'not':
      return not(partialCondition(condition.operand, sought, question));
    case 'compare':
      return partialComparison(condition.op, resolve(condition.left), resolve(condition.right));
    case 'in':
      return partialIn(resolve(condition.left), condition.list);
    case 'element':
      return partialElement(resolve(condition.left), resolve(condition.list));
    case 'has':
      return partialHas(resolve(condition.path));
  }
}

/** A property of the question against a value: for the domain of a row. */
export function partialDomain(path: Path, values: readonly string[], sought: Sought, question: StoreQuestion): Partial {
  return partialIn(resolveOperand(path, sought, question), values);
}

function resolveOperand(operand: Operand, sought: Sought, question: StoreQuestion): Resolved {
  if (operand.kind === 'value') return { kind: 'known', value: operand.value };
  if (operand.root !== sought || (operand.kind === 'own' && operand.name === 'type'))
    return { kind: 'known', value: readerOf(operand)(question) };
  return operand.kind === 'property' ? { kind: 'property', keys: operand.keys } : { kind: 'id' };
}

function partialComparison(op: Comparison, left: Resolved, right: Resolved): Partial {
  if (left.kind === 'known' && right.kind === 'known') return compare(op, left.value, right.value);
  if (left.kind === 'known') return partialComparison(turned[op], right, left);
  if (right.kind !== 'known') return 'unsaid';
  const { value } = right;
  if (!isScalar(value)) return false;
  if (left.kind === 'id') return compareId(op, value);
  const isOrder = op !== '==' && op !== '!=';
  if (isOrder && typeof value !== 'string' && typeof value !== 'number') return false;
  return { property: left.keys, op, value };
}

/** An id is always there, and a text. */
function compareId(op: Comparison, value: Scalar): Partial {
  if (typeof value !== 'string') return op === '!=';
  if (op === '==') return { id: '==', value };
  return op === '!=' ? { not: { id: '==', value } } : 'unsaid';
}

function partialIn(left: Resolved, list: readonly Scalar[]): Partial {
  if (left.kind === 'known') return isElement(left.value, list);
  const values = scalarsOf(list);
  if (values.length === 0) return false;
  if (left.kind === 'id') return anyOf(values.map((value) => compareId('==', value)));
  return values.length === 1 ? { property: left.keys, op: '==', value: values[0]! } : { property: left.keys, op: 'in', value: values };
}

function partialElement(left: Resolved, list: Resolved): Partial {
  // The id of an entity is no list.
  if (list.kind === 'id') return false;
  if (list.kind === 'known') return Array.isArray(list.value) ? partialIn(left, scalarsOf(list.value)) : false;
  if (left.kind !== 'known') return 'unsaid';
  return isScalar(left.value) ? { property: list.keys, op: 'contains', value: left.value } : false;
}

function partialHas(path: Resolved): Partial {
  if (path.kind === 'known') return path.value !== undefined;
  return path.kind === 'id' ? true : { property: path.keys, op: 'exists', value: true };
}
