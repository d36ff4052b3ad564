import { createHash } from 'node:crypto';
import { canonical } from '../../base/canonical.ts';
import type { Blueprint } from './blueprint.ts';
import type { PolicyTests } from './tests-schema.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Where a row was written; `file` is relative to the policy directory, `line` counts from 1. */
export interface RowSource {
  readonly file: string;
  readonly line: number;
}

/** One Casbin `p` row without its type. */
export type Row = readonly [sub: string, dom: string, obj: string, act: string, eft: string];

/** What one revision of one scope holds; JSON-safe. */
export interface PolicyContent {
  /** `platform`, `blueprint/<name>` or `org_...`. */
  readonly scope: string;
  /** The text of model.conf. */
  readonly model: string;
  /** In the order of the file, which is the order in which Casbin reads them. */
  readonly rows: readonly Row[];
  /** The place of each row; the same length as `rows`. */
  readonly sources: readonly RowSource[];
  /** Only in `platform`. */
  readonly vocabulary?: Vocabulary;
  /** Only in `blueprint/<name>`. */
  readonly blueprint?: Blueprint;
  readonly tests?: PolicyTests;
  /** Only in `org_...`: the tier of each role of its own, by id. */
  readonly customRoles?: Readonly<Record<string, { readonly tier: string }>>;
}

/** What a field of a row may hold, besides the single value `*`. Names are opaque ids, never display names. */
export const fieldPattern = /^[A-Za-z0-9_.:/@-]{1,128}$/;

/** What is wrong with the shape of a row, or undefined. Casbin itself counts a missing or misspelt effect as allow. */
export function rowFault(fields: readonly unknown[]): string | undefined {
  if (fields.length !== 5) return `a row has five fields (subject, domain, object, action, effect); this one has ${fields.length}`;
  for (const [index, field] of fields.entries()) {
    const name = ['subject', 'domain', 'object', 'action', 'effect'][index];
    if (typeof field !== 'string') return `the ${name} is not text`;
    if (field === '*' && index > 0 && index < 4) continue;
    if (field === '*' && index === 0) return 'the subject may not be *: a rule for everybody belongs to a role that everybody holds';
    if (!fieldPattern.test(field))
      return `the ${name} ${JSON.stringify(field)} is neither * nor 1 to 128 characters of A-Z a-z 0-9 _ . : / @ -`;
  }
  const [, , , , eft] = fields;
  if (eft !== 'allow' && eft !== 'deny') return `the effect is allow or deny, not ${JSON.stringify(eft)}`;
  return undefined;
}

/** SHA-256 (hex) of the canonical JSON: keys sorted, no white space, absent members left out. */
export function digest(content: PolicyContent): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}
