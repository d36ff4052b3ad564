import type { Steps } from '../../base/steps.ts';

/** A value that conditions compare: lists and objects are never equal, unequal, less or greater than anything. */
export type Scalar = string | number | boolean | null;

/** The files of a policy store, as text. */
export interface StoreContents {
  /** model.conf */
  readonly model: string;
  /** policy.csv */
  readonly policy: string;
  /** tests.yaml */
  readonly tests: string;
}

/** A subject or a resource. Only own keys of `properties` count. */
export interface StoreEntity {
  readonly type: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface StoreAction {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export type StoreContext = Readonly<Record<string, unknown>>;

/** What is asked, after the stored properties were merged over those of the request. */
export interface StoreQuestion {
  readonly subject: StoreEntity;
  readonly action: StoreAction;
  readonly resource: StoreEntity;
  readonly context: StoreContext;
}

/** `rules` are lines of policy.csv: a row that denies, else a row that allows, else none. */
export interface StoreDecision {
  readonly decision: boolean;
  readonly rules: readonly number[];
}

/** A policy that was checked and made ready for questions. Nothing here throws, whatever is asked. */
export interface CompiledStore {
  /** Roughly the bytes of memory that it takes. */
  readonly size: number;
  decide(question: StoreQuestion): StoreDecision;
  /** As decide; undefined where it takes more comparisons than one step (`comparisonsOfStep`). */
  decideAtOnce(question: StoreQuestion): StoreDecision | undefined;
  /** As decide, with a step after so many comparisons. */
  decideSteps(question: StoreQuestion): Steps<StoreDecision>;
  /** The actions that rows name for resources of this type, sorted. */
  actions(resourceType: string): readonly string[];
  /** Which entities of `resourceType` the subject may do the action on. */
  resourceFilter(subject: StoreEntity, action: StoreAction, context: StoreContext, resourceType: string): StoreFilter;
  resourceFilterSteps(subject: StoreEntity, action: StoreAction, context: StoreContext, resourceType: string): Steps<StoreFilter>;
  /** Which entities of `subjectType` may do the action on the resource. */
  subjectFilter(resource: StoreEntity, action: StoreAction, context: StoreContext, subjectType: string): StoreFilter;
  subjectFilterSteps(resource: StoreEntity, action: StoreAction, context: StoreContext, subjectType: string): Steps<StoreFilter>;
}

/** `enumerate`: the policy says something that `Where` cannot, so each entity has to be decided. */
export type StoreFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'where'; readonly where: Where }
  | { readonly kind: 'enumerate' };

export type WhereOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains' | 'exists';

/**
 * A condition on one entity that is either true or false, never unknown. `matches` (filter.ts) is its meaning:
 *
 * - A property that is missing makes each test of it false, `!=` too; `not` turns that into true (SQL: `(...) is not true`).
 * - `property` is the way through nested objects, by own keys; a list is not entered.
 * - `==` and `!=` compare with a scalar. `!=` is true for a scalar of another type, and false for a list or an object.
 * - `< <= > >=` are true between two numbers or two strings only. Strings are ordered by code points (SQL: `collate "C"`).
 * - `in`: the property is one of the scalars of the list. `contains`: the property is a list and the scalar is an element of it.
 * - `exists`: the property is there, if only as null; its `value` is true.
 * - `id` speaks of the entity's id: equal to the value, or beginning with it.
 */
export type Where =
  | { readonly any: readonly Where[] }
  | { readonly all: readonly Where[] }
  | { readonly not: Where }
  | { readonly property: readonly string[]; readonly op: WhereOperator; readonly value: Scalar | readonly Scalar[] }
  | { readonly id: '==' | 'prefix'; readonly value: string };
