import { isRole, isTypeName, roleType } from '../authorization/policy-stores/rows.ts';
import { readStoreTests } from '../authorization/policy-stores/store-tests-schema.ts';
import type { StoreEntity } from '../authorization/policy-stores/types.ts';
import { typeOfObject } from '../authorization/policy-stores/vocabulary.ts';
import { changedRows, type Side } from './plan-sides.ts';

/** Who is asked about, and what, before any entity is known. */
export interface PlanNames {
  readonly subjectTypes: readonly string[];
  readonly resourceTypes: readonly string[];
  /** Those of the subjects that are asked for before all others: who is named most likely asks. */
  readonly firstTypes: readonly string[];
  /** Where the types of subjects are wanted ones: those that would be asked for besides. */
  readonly unaskedTypes?: readonly string[];
  /** What the policies name, as `type:id`, whatever its type. */
  readonly keys: readonly string[];
  /** The actions that either policy names for a type, and `*` for any other where a row speaks of every action. */
  actionsOf(type: string): readonly string[];
}

/**
 * The subjects are the entities of the types that rows, roles and tests name as subjects, of every type that is stored where a row that changed is
 * about any subject, or of the types that are `wanted`; where none is named, of all that no row has as a resource. The resources are those of the types
 * that rows have as objects, of every type where a row is about everything. What a policy names and the store does not keep is there without properties.
 */
export function planNames(before: Side, after: Side, storedTypes: readonly string[], wanted: readonly string[] | undefined): PlanNames {
  const sides = [before, after];
  const rows = sides.flatMap(({ policy }) => policy.rows);
  const members = sides.flatMap(({ policy }) => policy.links.map(({ member }) => member));
  const subjects = [...rows.map(({ sub }) => sub), ...members].filter((name) => name !== '*' && !isRole(name));
  const objects = rows.map(({ obj }) => obj).filter((obj) => obj !== '*' && !isPattern(obj, sides));
  const objectTypes = new Set(rows.map(({ obj }) => typeOfObject(obj)).filter((type) => type !== undefined));
  const named = [...subjects.map(typeOfKey), ...sides.flatMap(subjectTypesOfTests)];
  const firstTypes = sorted(wanted ?? named).filter(isSubjectType);
  const changed = changedRows(before, after);
  const isOfAll = [...changed.before, ...changed.after].some(({ sub }) => sub === '*');
  const others = isOfAll ? storedTypes : named.length > 0 ? [] : storedTypes.filter((type) => !objectTypes.has(type));
  const usual = sorted([...named, ...others]).filter(isSubjectType);
  const subjectTypes = wanted ? firstTypes : usual;
  const isAboutAll = rows.some(({ obj }) => obj === '*');
  const resourceTypes = sorted([...objectTypes, ...(isAboutAll ? [...storedTypes, ...named, ...subjectTypes] : [])]).filter(isTypeName);
  const hasAnyAction = rows.some(({ act }) => act === '*');
  const actions = new Map<string, readonly string[]>();
  return {
    ...{ subjectTypes, firstTypes, resourceTypes, keys: [...new Set([...subjects, ...objects])] },
    ...(wanted && { unaskedTypes: usual.filter((type) => !firstTypes.includes(type)) }),
    actionsOf(type) {
      const all = actions.get(type) ?? [...sorted(sides.flatMap(({ compiled }) => compiled.actions(type))), ...(hasAnyAction ? ['*'] : [])];
      actions.set(type, all);
      return all;
    },
  };
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** The type of an entity that is named as `type:id`. */
export const typeOfKey = (key: string): string => key.slice(0, key.indexOf(':'));

const isSubjectType = (type: string): boolean => type !== roleType && isTypeName(type);

function subjectTypesOfTests({ contents }: Side): string[] {
  const { tests } = readStoreTests(contents?.tests ?? '');
  if (!tests) return [];
  return [
    ...tests.cases.map(({ subject }) => typeOfKey(subject)),
    ...tests.searches.map((search) => ('subjects' in search ? search.subjects : typeOfKey(search.subject))),
  ];
}

/** Whether an object of a row stands for more than one resource. */
function isPattern(obj: string, sides: readonly Side[]): boolean {
  const id = obj.slice(obj.indexOf(':') + 1);
  return id.includes('*') || (id.includes('/:') && sides.some(({ policy }) => policy.model.objects === 'keyMatch2'));
}

/** The entities of some types by type and id, those that are only named without properties. Of those that are stored and `unread` nothing is known. */
export function entitiesOf(
  types: readonly string[],
  stored: readonly StoreEntity[],
  keys: readonly string[],
  unread: ReadonlySet<string>,
): StoreEntity[] {
  const wanted = new Set(types);
  const found = new Map<string, StoreEntity>();
  for (const key of keys) {
    const type = typeOfKey(key);
    if (wanted.has(type) && !unread.has(key)) found.set(key, { type, id: key.slice(type.length + 1), properties: {} });
  }
  for (const entity of stored) if (wanted.has(entity.type)) found.set(`${entity.type}:${entity.id}`, entity);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entity]) => entity);
}
