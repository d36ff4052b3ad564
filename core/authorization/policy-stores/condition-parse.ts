import { type Condition, type Operand, ownNames, type Path, type Root } from './condition.ts';
import { ConditionError, type Token, tokenize } from './condition-tokens.ts';
import { storeLimits } from './limits.ts';
import type { Scalar } from './types.ts';
import type { Comparison } from './values.ts';

const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** Reads a condition; throws ConditionError with the character where it cannot go on. Time and depth are bounded by the limits. */
export function parseCondition(text: string): Condition {
  return new Reader(tokenize(text)).read();
}

class Reader {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Condition {
    if (this.#isAtEnd()) throw new ConditionError('it is empty; write true where a row has no condition', 1);
    const condition = this.#any();
    if (!this.#isAtEnd()) throw this.#unexpected('&&, || or the end');
    return condition;
  }

  get #token(): Token {
    return this.#tokens[this.#position]!;
  }

  #isAtEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #isSymbol(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #isName(name: string): boolean {
    return this.#token.kind === 'name' && this.#token.text === name;
  }

  #skip(symbol: string): boolean {
    if (!this.#isSymbol(symbol)) return false;
    this.#position += 1;
    return true;
  }

  #take(symbol: string): void {
    if (!this.#skip(symbol)) throw this.#unexpected(symbol);
  }

  #unexpected(expected: string): ConditionError {
    return new ConditionError(`expected ${expected}, found ${this.#token.text.slice(0, 32)}`, this.#token.at);
  }

  #any(): Condition {
    return this.#list('or', '||', () => this.#all());
  }

  #all(): Condition {
    return this.#list('and', '&&', () => this.#unary());
  }

  #list(kind: 'and' | 'or', symbol: string, operand: () => Condition): Condition {
    const operands: Condition[] = [];
    do {
      const next = operand();
      // (a && b) && c is a && b && c.
      if (next.kind === kind) operands.push(...next.operands);
      else operands.push(next);
    } while (this.#skip(symbol));
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  #unary(): Condition {
    if (this.#skip('!')) {
      if (!this.#isSymbol('(') && !this.#isSymbol('!') && !this.#isName('has') && !this.#isConstant()) {
        throw this.#unexpected('( or has after !');
      }
      return { kind: 'not', operand: this.#within(() => this.#unary()) };
    }
    if (!this.#isSymbol('(')) return this.#term();
    return this.#within(() => {
      this.#take('(');
      const inner = this.#any();
      this.#take(')');
      return inner;
    });
  }

  #within(read: () => Condition): Condition {
    this.#depth += 1;
    if (this.#depth > storeLimits.conditionDepth) {
      throw new ConditionError(`it is nested more than ${storeLimits.conditionDepth} deep`, this.#token.at);
    }
    const condition = read();
    this.#depth -= 1;
    return condition;
  }

  #isConstant(): boolean {
    const { kind } = this.#token;
    if (kind !== 'value' || typeof (this.#token as { value?: Scalar }).value !== 'boolean') return false;
    const next = this.#tokens[this.#position + 1]!;
    return next.kind === 'end' || (next.kind === 'symbol' && ['&&', '||', ')'].includes(next.text));
  }

  #term(): Condition {
    this.#terms += 1;
    if (this.#terms > storeLimits.conditionTerms) {
      throw new ConditionError(`it has more than ${storeLimits.conditionTerms} comparisons`, this.#token.at);
    }
    if (this.#isConstant()) {
      const value = (this.#token as { value?: Scalar }).value === true;
      this.#position += 1;
      return { kind: 'constant', value };
    }
    if (this.#isName('has')) {
      this.#position += 1;
      return { kind: 'has', path: this.#path() };
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const { at } = this.#token;
    const left = this.#operand();
    if (this.#isName('in')) return this.#membership(left, at);
    const token = this.#token;
    if (token.kind !== 'symbol' || !comparisons.includes(token.text)) throw this.#unexpected('==, !=, <, <=, >, >= or in');
    this.#position += 1;
    const op = token.text as Comparison;
    const right = this.#operand();
    if (left.kind === 'value' && right.kind === 'value') throw new ConditionError('it compares two constants', at);
    if (op !== '==' && op !== '!=') {
      for (const { kind, value } of [left, right] as { kind: string; value?: Scalar }[]) {
        if (kind === 'value' && typeof value !== 'string' && typeof value !== 'number') {
          throw new ConditionError(`${value} is neither less nor greater than anything`, token.at);
        }
      }
    }
    return { kind: 'compare', op, left, right };
  }

  #membership(left: Operand, at: number): Condition {
    this.#position += 1;
    const close = this.#isSymbol('(') ? ')' : ']';
    if (!this.#skip('(') && !this.#skip('[')) return { kind: 'element', left, list: this.#path() };
    const list = [this.#value()];
    while (this.#skip(',')) {
      list.push(this.#value());
      if (list.length > storeLimits.listLength)
        throw new ConditionError(`a list has more than ${storeLimits.listLength} elements`, this.#token.at);
    }
    this.#take(close);
    if (left.kind === 'value') throw new ConditionError('it looks for a constant in a list of constants', at);
    return { kind: 'in', left, list };
  }

  #value(): Scalar {
    const token = this.#token;
    if (token.kind !== 'value') throw this.#unexpected('a text, a number, true, false or null');
    this.#position += 1;
    return token.value;
  }

  #operand(): Operand {
    const token = this.#token;
    if (token.kind !== 'value') return this.#path();
    this.#position += 1;
    return { kind: 'value', value: token.value };
  }

  #path(): Path {
    const start = this.#token;
    if (!this.#isName('r')) throw this.#unexpected(`r.sub, r.res, r.act, r.ctx or a value`);
    this.#position += 1;
    this.#take('.');
    const root = this.#token.text;
    if (this.#token.kind !== 'name' || !Object.hasOwn(ownNames, root)) throw this.#unexpected('sub, res, act or ctx after r.');
    this.#position += 1;
    const keys = this.#keys();
    if (this.#isSymbol('(')) throw new ConditionError('nothing may be called', this.#token.at);
    if (keys.length > storeLimits.pathLength) throw new ConditionError(`it goes more than ${storeLimits.pathLength} keys deep`, start.at);
    return pathOf(root as Root, keys, start.at);
  }

  #keys(): string[] {
    const keys: string[] = [];
    for (;;) {
      const token = this.#token;
      if (this.#skip('.')) {
        const isWord = !this.#isAtEnd() && /^[A-Za-z_]/.test(this.#token.text);
        if (!isWord) throw this.#unexpected('the name of a property');
        keys.push(this.#keyOf(this.#token.text, this.#token.at));
        this.#position += 1;
      } else if (this.#skip('[')) {
        const key = this.#value();
        if (typeof key !== 'string') throw new ConditionError('a property is named by a text', token.at);
        keys.push(this.#keyOf(key, token.at));
        this.#take(']');
      } else return keys;
    }
  }

  #keyOf(key: string, at: number): string {
    if (key.length > storeLimits.keyLength)
      throw new ConditionError(`the name of a property has more than ${storeLimits.keyLength} characters`, at);
    return key;
  }
}

function pathOf(root: Root, keys: readonly string[], at: number): Path {
  const [first, ...rest] = keys;
  if (first === undefined)
    throw new ConditionError(`r.${root} is followed by the name of a property, as in r.${root}.${ownNames[root][0] ?? 'time'}`, at);
  if (root === 'ctx') return { kind: 'property', root, keys };
  if (ownNames[root].includes(first)) {
    if (rest.length > 0)
      throw new ConditionError(`r.${root}.${first} has no properties; for a property of that name write r.${root}.properties.${first}`, at);
    return { kind: 'own', root, name: first as 'id' | 'type' | 'name' };
  }
  if (first !== 'properties') return { kind: 'property', root, keys };
  if (rest.length === 0) throw new ConditionError(`r.${root}.properties is followed by the name of a property`, at);
  return { kind: 'property', root, keys: rest };
}
