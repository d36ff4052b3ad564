import type { KeptType, ResourceField } from '../authorization/policy/resource-types.ts';
import { canonical } from '../base/canonical.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import type { Data } from '../resources/field-schema.ts';
import { mergePatch } from '../resources/merge-patch.ts';
import { fieldsOf, type ResourceRow } from '../resources/resource-rows.ts';
import { openFields } from '../resources/sealed-fields.ts';
import { Unreadable } from '../secrets/unreadable.ts';
import type { SpecProblem } from './entries.ts';
import type { DesiredResource } from './resources.ts';

/** A sensitive field that a manifest takes from elsewhere. Where neither is said it is not known, as in a plan. */
export interface DesiredSecret {
  readonly field: string;
  readonly value?: string;
  /** Why there is no value. */
  readonly problem?: string;
}

/** The sensitive fields of an entry, what is wrong with them, and what cannot be had now. */
interface ReadSecrets {
  readonly data: Data;
  readonly problems: readonly SpecProblem[];
  readonly refusal?: SpecProblem | undefined;
}

/** What a plan has in the place of a value that it does not know. It is undone with the plan. No reference is sensitive. */
const placeholders: Readonly<Record<Exclude<ResourceField['type'], 'enum' | 'reference'>, unknown>> = {
  ...{ string: 'planned', url: 'https://example.com', integer: 0, number: 0, boolean: false, array: [], object: {} },
};

/** The values of an entry, in the types of its fields. No sentence about a value holds it. */
export function readSecrets(type: KeptType, { secrets = [] }: DesiredResource, row: ResourceRow | undefined, path: string): ReadSecrets {
  const sensitive = fieldsOf(type, 'sensitive');
  const data: Record<string, unknown> = {};
  const problems: SpecProblem[] = [];
  let refusal: SpecProblem | undefined;
  for (const [index, { field, value, problem }] of secrets.entries()) {
    const at = `${path}.secrets[${index}]`;
    if (!sensitive.includes(field)) {
      const others = sensitive.length === 0 ? 'there are none' : `there are ${sensitive.join(', ')}`;
      problems.push({ path: `${at}.field`, detail: `The type ${type.name} has no such sensitive field; ${others}.` });
      continue;
    }
    if (problem !== undefined) refusal ??= { path: at, detail: problem };
    const known = value === undefined ? planned(type.fields[field]!, row, field) : parse(type.fields[field]!, value);
    if (problem === undefined && known === wrong) refusal ??= { path: at, detail: 'The value is not JSON of the type of the field.' };
    else if (known !== undefined) data[field] = known;
  }
  return { data: mergePatch({}, data) as Data, problems, refusal };
}

const wrong = Symbol('wrong');

function planned(field: ResourceField, row: ResourceRow | undefined, name: string): unknown {
  if (row && Object.hasOwn(row.data_sealed, name)) return undefined;
  return field.type === 'enum' ? field.values![0] : placeholders[field.type as keyof typeof placeholders];
}

/** Text as it is; what else a field may be stands in the Secret as JSON. */
function parse({ type }: ResourceField, value: string): unknown {
  if (type === 'string' || type === 'url' || type === 'enum') return value;
  try {
    return JSON.parse(value) ?? wrong;
  } catch {
    return wrong;
  }
}

/**
 * Those of the values that the manifest has not stored already. A field that others have filled, all but `said`, is written anew, so that what follows does
 * not tell whether its value was the same.
 */
export async function changedSecrets(db: Db, keyring: Keyring, row: ResourceRow, data: Data, said: readonly string[]): Promise<Data> {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    if (!said.includes(name)) {
      changed[name] = value;
      continue;
    }
    const stored = await openFields(db, keyring, row, [name]).catch((error: unknown) => {
      if (error instanceof Unreadable) return {};
      throw error;
    });
    if (canonical((stored as Data)[name] ?? null) !== canonical(value)) changed[name] = value;
  }
  return changed;
}
