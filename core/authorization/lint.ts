import { createEngine } from './engine.ts';
import type { Finding } from './findings.ts';
import { PolicyError } from './findings.ts';
import { createParts } from './parts.ts';
import type { PolicyContent } from './policy.ts';

export type { Finding } from './findings.ts';

/** What is wrong with contents as readPolicies returns them; an error keeps a revision from coming into force. */
export function lintPolicies(contents: readonly PolicyContent[]): Finding[] {
  const [platform, ...blueprints] = contents;
  if (platform === undefined) return [];
  const parts = createParts();
  try {
    for (const blueprint of blueprints) createEngine([platform, blueprint], parts);
    if (blueprints.length === 0) createEngine([platform], parts);
  } catch (error) {
    if (error instanceof PolicyError) return [...error.findings];
    throw error;
  }
  return [];
}
