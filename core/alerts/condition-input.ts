import { type InputError, InvalidInput } from '../base/errors.ts';
import type { Condition } from './alert-rows.ts';

/** A condition as a client sends it: what each kind needs is checked by readCondition. */
export interface AlertInput {
  readonly on: Condition['on'];
  readonly meter: string;
  readonly measure?: Condition['measure'] | undefined;
  readonly quantity?: number | undefined;
  readonly period?: 'DAY' | 'MONTH' | undefined;
  readonly factor?: number | undefined;
  readonly minimum?: number | undefined;
  readonly projectId?: string | undefined;
}

const needed = { THRESHOLD: ['quantity', 'period'], SPIKE: ['factor', 'minimum'] } as const;
const amounts = ['quantity', 'minimum'] as const;

/** The condition with what its kind needs and no more. Throws InvalidInput, which names the members. */
export function readCondition(input: AlertInput): Condition {
  const { on, meter, measure = 'QUANTITY', projectId } = input;
  const foreign = needed[on === 'THRESHOLD' ? 'SPIKE' : 'THRESHOLD'];
  const errors: InputError[] = [
    ...needed[on].flatMap((name) => (input[name] === undefined ? [fault(name, `is required where on is ${on}`)] : [])),
    ...foreign.flatMap((name) => (input[name] === undefined ? [] : [fault(name, `must be left out where on is ${on}`)])),
    ...amounts.flatMap((name) => (input[name] === 0 ? [fault(name, 'must be more than 0')] : [])),
  ];
  if (errors.length > 0) throw new InvalidInput('There can be no such alert.', errors);
  const about = { meter, measure, ...(projectId !== undefined && { projectId }) };
  return on === 'THRESHOLD'
    ? { on, ...about, quantity: input.quantity!, period: input.period! }
    : { on, ...about, factor: input.factor!, minimum: input.minimum! };
}

const fault = (name: string, detail: string): InputError => ({ pointer: `#/condition/${name}`, detail });
