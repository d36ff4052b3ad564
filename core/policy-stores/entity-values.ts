import type { Where } from '../authorization/policy-stores/types.ts';
import { isScalar } from '../authorization/policy-stores/values.ts';
import { digestUuid } from '../base/ids.ts';

/** What a store keeps, and what one entity has (docs/limits.md). The tables have these too. */
export const entityLimits = { entities: 100_000, bytes: 67_108_864, values: 2_000_000, bytesOfOne: 16_384 };

/** The size of properties as it counts against the limits. */
export function bytesOf(properties: Readonly<Record<string, unknown>>): number {
  return Buffer.byteLength(JSON.stringify(properties));
}

/** That properties are too large for one entity. */
export function sizeFault(properties: Readonly<Record<string, unknown>>): string | undefined {
  const bytes = bytesOf(properties);
  return bytes > entityLimits.bytesOfOne ? `has ${bytes} bytes as JSON; ${entityLimits.bytesOfOne} are accepted` : undefined;
}

/** Digests of what an entity has: each scalar at the end of its way, and each scalar in a list, as an element of it. Every one once. */
export function valuesOf(properties: Readonly<Record<string, unknown>>): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, way: readonly string[]): void => {
    if (isScalar(value)) found.add(digestOf('is', way, value));
    else if (Array.isArray(value)) for (const element of value.filter(isScalar)) found.add(digestOf('has', way, element));
    else for (const [key, inner] of Object.entries(value as object)) visit(inner, [...way, key]);
  };
  visit(properties, []);
  return [...found];
}

/** More values are not looked up: the entities are read one after the other then. */
const maxCandidates = 500;

/** Digests of which an entity has one when the condition is true of it; undefined where nothing of the kind can be said. */
export function candidatesOf(where: Where): readonly string[] | undefined {
  const found = candidates(where);
  return found === undefined || found.length > maxCandidates ? undefined : found;
}

function candidates(where: Where): readonly string[] | undefined {
  if ('all' in where) return fewest(where.all.map(candidates));
  if ('any' in where) return union(where.any.map(candidates));
  if ('not' in where || 'id' in where) return undefined;
  const { property, op, value } = where;
  if (op === '==' && isScalar(value)) return [digestOf('is', property, value)];
  if (op === 'contains' && isScalar(value)) return [digestOf('has', property, value)];
  if (op === 'in' && Array.isArray(value)) return value.map((each) => digestOf('is', property, each));
  return undefined;
}

/** One part is enough to know where to look: the one with the fewest values. */
function fewest(parts: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return parts.filter((part) => part !== undefined).sort((a, b) => a.length - b.length)[0];
}

function union(parts: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length < parts.length ? undefined : [...new Set(known.flat())];
}

function digestOf(kind: 'is' | 'has', way: readonly string[], value: unknown): string {
  return digestUuid(JSON.stringify([kind, way, value]));
}
