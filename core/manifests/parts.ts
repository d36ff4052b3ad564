import type { Step } from './apply.ts';
import type { RefusedEntries, SpecProblem } from './entries.ts';

/** The steps for a part of a manifest, what its kind of organization does not have, and what was refused. */
export interface PlannedPart {
  readonly steps: readonly Step[];
  readonly problems: readonly SpecProblem[];
  readonly refusals: readonly SpecProblem[];
}

/** Several parts as one. */
export function together(parts: readonly PlannedPart[]): PlannedPart {
  return {
    steps: parts.flatMap(({ steps }) => steps),
    problems: parts.flatMap(({ problems }) => problems),
    refusals: parts.flatMap(({ refusals }) => refusals),
  };
}

/** The steps of which no entry was refused. */
export function withoutRefused(steps: readonly Step[], refused: RefusedEntries): Step[] {
  return steps.filter(({ entries = [] }) => !entries.some((entry) => refused.has(entry)));
}

/** Which of these places were refused, and why. */
export function refusalsAt(paths: readonly string[], refused: RefusedEntries): SpecProblem[] {
  return paths.flatMap((path) => (refused.has(path) ? [{ path, detail: refused.get(path)! }] : []));
}
