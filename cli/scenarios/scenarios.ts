import type { PolicyContent } from '../../core/authorization/policy/content.ts';
import { scopeName } from '../../core/authorization/policy/scopes.ts';
import type { PolicyTestResult } from '../../core/authorization/review/tests.ts';
import { play, type Stage } from './scenario.ts';

/** Plays the scenarios of all kinds of organization, one after the other. The server has these policies in force. */
export async function playAll(stage: Stage, contents: readonly PolicyContent[]): Promise<PolicyTestResult[]> {
  const results: PolicyTestResult[] = [];
  for (const { scope, blueprint, tests } of contents) {
    for (const [index, scenario] of (blueprint && tests?.scenarios ? tests.scenarios : []).entries()) {
      const failure = await play(stage, blueprint!, scenario);
      results.push({
        scope: scopeName(scope),
        file: `${scope.replace(/^blueprint\//, 'blueprints/')}/tests.yaml`,
        name: scenario.name,
        passed: failure === undefined,
        path: ['scenarios', index, ...(failure ? ['steps', failure.step] : [])],
        ...(failure && { message: failure.message }),
      });
    }
  }
  return results;
}

/** Whether any of them says what happens. */
export function hasScenarios(contents: readonly PolicyContent[]): boolean {
  return contents.some(({ tests }) => (tests?.scenarios ?? []).length > 0);
}
