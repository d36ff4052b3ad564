import { z } from 'zod';
import type { Finding } from '../policy/findings.ts';
import { parseYaml } from '../policy/yaml.ts';
import { storeLimits } from './limits.ts';
import { isTypeName } from './rows.ts';
import { isScalar } from './values.ts';

const text = z.string().min(1).max(300);
const id = z.string().min(1).max(storeLimits.nameLength);
const type = z.string().refine(isTypeName, 'must be the name of a type: letters, digits and _ . -');
/** An entity by its key: what stands before the first colon is its type. */
const key = z
  .string()
  .max(2 * storeLimits.nameLength)
  .refine(
    (value) => isTypeName(value.slice(0, Math.max(value.indexOf(':'), 0))) && !value.endsWith(':'),
    'must be a type and an id, as in user:alice',
  );
const outcome = z.enum(['allow', 'deny']);
const properties = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const fault = propertiesFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
const entity = z.strictObject({ type, id, properties: properties.default({}) });
const entities = z
  .array(entity)
  .max(storeLimits.entities)
  .superRefine((list, context) => {
    const keys = list.map((one) => `${one.type}:${one.id}`);
    const twice = keys.find((one, index) => keys.indexOf(one) !== index);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} is there twice` });
  });
const action = z.union([z.string().min(1).max(storeLimits.nameLength), z.strictObject({ name: id, properties })]);

/** tests.yaml of a store. */
export const storeTestsSchema = z.strictObject({
  /** What all cases know of; a case may know of more, and otherwise, in entities of its own. */
  entities: entities.default([]),
  cases: z
    .array(
      z.union([
        z.strictObject({
          name: text,
          because: text.optional(),
          subject: key,
          action,
          resource: key,
          context: properties.default({}),
          entities: entities.default([]),
          expect: outcome,
        }),
        /** Several actions at once. */
        z.strictObject({
          name: text,
          because: text.optional(),
          subject: key,
          resource: key,
          context: properties.default({}),
          entities: entities.default([]),
          expect: z
            .record(z.string().min(1).max(storeLimits.nameLength), outcome)
            .refine((value) => Object.keys(value).length <= storeLimits.actions, 'names too many actions'),
        }),
      ]),
    )
    .max(storeLimits.cases)
    .default([]),
  /** Which of the entities of a type: all that are named, and no others. */
  searches: z
    .array(
      z.union([
        z.strictObject({
          name: text,
          subject: key,
          action,
          resources: type,
          context: properties.default({}),
          expect: z.array(id).max(storeLimits.entities),
        }),
        z.strictObject({
          name: text,
          subjects: type,
          action,
          resource: key,
          context: properties.default({}),
          expect: z.array(id).max(storeLimits.entities),
        }),
      ]),
    )
    .max(storeLimits.cases)
    .default([]),
});

export type StoreTests = z.output<typeof storeTestsSchema>;
export type TestCase = StoreTests['cases'][number];
export type TestSearch = StoreTests['searches'][number];

/** Reads tests.yaml; an empty text has no tests. Takes bounded time whatever it is. */
export function readStoreTests(source: string, file = 'tests.yaml'): { tests?: StoreTests; findings: Finding[] } {
  if (source.trim() === '') return { tests: { entities: [], cases: [], searches: [] }, findings: [] };
  const line = tooDeepLine(source);
  if (line !== undefined) {
    return { findings: [{ rule: 'yaml-syntax', level: 'error', message: `it is nested more than ${maxNesting} deep`, file, line }] };
  }
  const { value, findings } = parseYaml(source, file, storeTestsSchema);
  return value === undefined ? { findings } : { tests: value, findings };
}

const maxNesting = 40;

/** The line at which brackets, dashes or blanks would nest too deep; the library would go down with them. */
function tooDeepLine(source: string): number | undefined {
  let depth = 0;
  for (const [index, line] of source.split('\n').entries()) {
    const [signs = ''] = /^[ ?-]*/.exec(line) ?? [];
    let deepest = 0;
    for (const character of line) {
      depth = Math.max(0, depth + bracketStep(character));
      deepest = Math.max(deepest, depth);
    }
    if (deepest > maxNesting || signs.length > 2 * maxNesting) return index + 1;
  }
  return undefined;
}

function bracketStep(character: string): number {
  if (character === '[' || character === '{') return 1;
  return character === ']' || character === '}' ? -1 : 0;
}

/** What keeps properties from being those of an entity, a context or an action: too many values, too deep, or no JSON. */
export function propertiesFault(value: unknown): string | undefined {
  let values = 0;
  const faultOf = (part: unknown, depth: number): string | undefined => {
    values += 1;
    if (values > storeLimits.entityValues) return `has more than ${storeLimits.entityValues} values`;
    if (depth > storeLimits.entityDepth) return `is nested more than ${storeLimits.entityDepth} deep`;
    if (typeof part !== 'object' || part === null) return isJsonScalar(part) ? undefined : 'has a value that JSON does not have';
    for (const inner of Object.values(part)) {
      const fault = faultOf(inner, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return faultOf(value, 0);
}

function isJsonScalar(value: unknown): boolean {
  return isScalar(value) && (typeof value !== 'number' || Number.isFinite(value));
}
