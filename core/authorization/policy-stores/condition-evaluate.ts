import type { Condition, Operand, Path } from './condition.ts';
import type { StoreQuestion } from './types.ts';
import { compare, isElement, isScalar, ownValue, valueAt } from './values.ts';

export type Test = (question: StoreQuestion) => boolean;
type Read = (question: StoreQuestion) => unknown;

/** A condition as a function of the question. It never throws: what is missing makes a comparison false. */
export function compileCondition(condition: Condition): Test {
  switch (condition.kind) {
    case 'constant':
      return () => condition.value;
    case 'and':
      return everyOf(condition.operands.map(compileCondition));
    case 'or':
      return someOf(condition.operands.map(compileCondition));
    case 'not': {
      const inner = compileCondition(condition.operand);
      return (question) => !inner(question);
    }
    case 'compare':
      return compileComparison(condition);
    case 'in': {
      const read = readerOf(condition.left);
      const list = new Set<unknown>(condition.list);
      return (question) => {
        const value = read(question);
        return isScalar(value) && list.has(value);
      };
    }
    case 'element': {
      const left = readerOf(condition.left);
      const list = readerOf(condition.list);
      return (question) => isElement(left(question), list(question));
    }
    case 'has': {
      const read = readerOf(condition.path);
      return (question) => read(question) !== undefined;
    }
  }
}

/** The value of an operand; undefined where the question does not have it. */
export function readerOf(operand: Operand): Read {
  if (operand.kind === 'value') return () => operand.value;
  return operand.kind === 'own' ? ownReader(operand) : propertyReader(operand);
}

function ownReader({ root, name }: Path & { kind: 'own' }): Read {
  if (root === 'act') return ({ action }) => action.name;
  if (root === 'sub') return name === 'id' ? ({ subject }) => subject.id : ({ subject }) => subject.type;
  return name === 'id' ? ({ resource }) => resource.id : ({ resource }) => resource.type;
}

function propertyReader({ root, keys }: Path & { kind: 'property' }): Read {
  const properties = propertiesOf[root];
  const [first] = keys;
  return keys.length === 1 ? (question) => ownValue(properties(question), first!) : (question) => valueAt(properties(question), keys);
}

const propertiesOf: Readonly<Record<Path['root'], (question: StoreQuestion) => unknown>> = {
  sub: ({ subject }) => subject.properties,
  res: ({ resource }) => resource.properties,
  act: ({ action }) => action.properties,
  ctx: ({ context }) => context,
};

function compileComparison({ op, left, right }: Condition & { kind: 'compare' }): Test {
  const readLeft = readerOf(left);
  const readRight = readerOf(right);
  if (op === '==') {
    // The commonest one; with a constant, its being a scalar is known.
    if (right.kind === 'value') {
      const { value } = right;
      return (question) => readLeft(question) === value;
    }
    return (question) => {
      const value = readLeft(question);
      return isScalar(value) && value === readRight(question);
    };
  }
  return (question) => compare(op, readLeft(question), readRight(question));
}

function everyOf(tests: readonly Test[]): Test {
  return (question) => {
    for (const test of tests) if (!test(question)) return false;
    return true;
  };
}

function someOf(tests: readonly Test[]): Test {
  return (question) => {
    for (const test of tests) if (test(question)) return true;
    return false;
  };
}
