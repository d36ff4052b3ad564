import { type InputError, InvalidInput } from '../base/errors.ts';
import type { Condition, Measure } from './alert-rows.ts';

/** A condition as a client sends it: what each kind needs is checked by readCondition. */
export interface AlertInput {
  readonly on: Condition['on'];
  readonly meter?: string | undefined;
  readonly measure?: Measure | undefined;
  readonly quantity?: number | undefined;
  readonly period?: 'DAY' | 'MONTH' | undefined;
  readonly factor?: number | undefined;
  readonly minimum?: number | undefined;
  readonly projectId?: string | undefined;
  readonly limitName?: string | undefined;
  readonly at?: number[] | undefined;
}

const needed = { THRESHOLD: ['meter', 'quantity', 'period'], SPIKE: ['meter', 'factor', 'minimum'], LIMIT: ['at'] } as const;
const optional = { THRESHOLD: ['measure', 'projectId'], SPIKE: ['measure', 'projectId'], LIMIT: ['limitName'] } as const;
const amounts = ['quantity', 'minimum'] as const;

/** The condition with what its kind needs and no more. Throws InvalidInput, which names the members. */
export function readCondition(input: AlertInput): Condition {
  const { on, measure = 'QUANTITY', projectId, limitName } = input;
  const own: readonly string[] = ['on', ...needed[on], ...optional[on]];
  const foreign = Object.keys(input).filter((name) => !own.includes(name));
  const errors: InputError[] = [
    ...needed[on].flatMap((name) => (input[name] === undefined ? [fault(name, `is required where on is ${on}`)] : [])),
    ...foreign.map((name) => fault(name, `must be left out where on is ${on}`)),
    ...amounts.flatMap((name) => (input[name] === 0 ? [fault(name, 'must be more than 0')] : [])),
  ];
  if (errors.length > 0) throw new InvalidInput('There can be no such alert.', errors);
  if (on === 'LIMIT') return { on, ...(limitName !== undefined && { limitName }), at: [...input.at!].sort((a, b) => a - b) };
  const about = { meter: input.meter!, measure, ...(projectId !== undefined && { projectId }) };
  return on === 'THRESHOLD'
    ? { on, ...about, quantity: input.quantity!, period: input.period! }
    : { on, ...about, factor: input.factor!, minimum: input.minimum! };
}

const fault = (name: string, detail: string): InputError => ({ pointer: `#/condition/${name}`, detail });
