import type { KeptType } from '../authorization/policy/resource-types.ts';
import { canonical } from '../base/canonical.ts';
import { checkBounds } from './data-bounds.ts';
import { checkData, type Data } from './field-schema.ts';
import { mergePatch } from './merge-patch.ts';
import { fieldsOf, pick, type ResourceRow } from './resource-rows.ts';

/** What a patch makes of the fields of a resource. */
export interface PatchedFields {
  /** The fields that are kept in the clear, as a whole. */
  readonly data: Data;
  /** Sensitive fields that get another value. */
  readonly toSeal: Data;
  /** Sensitive fields that stay as they are. */
  readonly kept: readonly string[];
  /** The names of all that change. */
  readonly changed: readonly string[];
}

/**
 * Merges a patch into what is there, and checks the whole. A sensitive field is replaced as a whole, because what it holds is not read for this. A field that
 * the type does not have any more goes. Undefined when nothing changes. Throws InvalidInput.
 */
export function patchFields(type: KeptType, before: Pick<ResourceRow, 'data' | 'data_sealed'>, patch: Data): PatchedFields | undefined {
  checkBounds(patch);
  const sensitive = fieldsOf(type, 'sensitive');
  const shown = fieldsOf(type, 'summary', 'detail');
  const [secret, open] = [pick(patch, sensitive), without(patch, sensitive)];
  const data = mergePatch(pick(before.data, shown), open) as Data;
  // What was kept before a revision made its field sensitive is encrypted now.
  const toSeal = mergePatch(without(pick(before.data, sensitive), Object.keys(before.data_sealed)), secret) as Data;
  const replaced = [...Object.keys(patch), ...Object.keys(toSeal)];
  const kept = Object.keys(before.data_sealed).filter((name) => Object.hasOwn(type.fields, name) && !replaced.includes(name));
  checkData(type, { ...data, ...toSeal }, kept);
  const names = new Set([...Object.keys(before.data), ...Object.keys(data)]);
  const changed = [...names].filter((name) => canonical(before.data[name] ?? null) !== canonical(data[name] ?? null));
  const ended = Object.keys(before.data_sealed).filter((name) => !kept.includes(name));
  const all = [...new Set([...changed, ...ended, ...Object.keys(toSeal)])].sort();
  return all.length === 0 ? undefined : { data, toSeal, kept, changed: all };
}

function without(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));
}
