import type { PolicyContent } from '../../core/authorization/policy/content.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';

let read: Promise<PolicyContent[]> | undefined;

/** What the files in policies/ say, as copies of the caller's own; the files of a process read them once together. */
export async function shippedPolicies(): Promise<PolicyContent[]> {
  read ??= readPolicies('policies');
  return structuredClone(await read);
}
