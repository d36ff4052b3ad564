import { type CompiledPolicies, createCompiledPolicies } from '../engine/compiled-policies.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { type Blueprint, blueprintFile } from '../policy/blueprint.ts';
import type { PolicyContent } from '../policy/content.ts';
import { type Finding, PolicyError } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { scopeName } from '../policy/scopes.ts';
import { type Vocabulary, vocabularyOf } from '../policy/vocabulary.ts';
import { lintCoverage } from './lint-coverage.ts';
import { lintEscalation } from './lint-escalation.ts';
import { lintMfa } from './lint-mfa.ts';
import { lintNames } from './lint-names.ts';
import { lintRestrictable } from './lint-restrictable.ts';
import { lintSeparated } from './lint-separation.ts';
import { lintSupport } from './lint-support.ts';
import { lintUnused } from './lint-unused.ts';

export type { Finding } from '../policy/findings.ts';

/** A content together with what its rows may speak about. */
export interface LintedContent {
  readonly content: PolicyContent;
  readonly vocabulary: Vocabulary;
  readonly blueprint?: Blueprint;
  /** Contents whose rows are read together with these: none for the platform, the platform for a blueprint. */
  readonly engine: Engine;
}

/**
 * What is wrong with contents as readPolicies returns them, or with [platform, blueprint, organization]. An error keeps a
 * revision from coming into force; a warning asks the reviewer to look. The findings stand in the order of the contents.
 */
export function lintPolicies(
  contents: readonly PolicyContent[],
  parts: CompiledPolicies = createCompiledPolicies({ work: limits.work }),
): Finding[] {
  const [platform, ...others] = contents;
  if (platform === undefined) return [];
  const blueprints = others.filter(({ blueprint }) => blueprint !== undefined);
  let linted: LintedContent[];
  try {
    const vocabulary = platform.vocabulary;
    linted = contents.map((content) => {
      const blueprint = content === platform ? undefined : content.blueprint === undefined ? blueprints[0] : content;
      const layers = [platform, blueprint, content].filter((layer, index, all) => layer !== undefined && all.indexOf(layer) === index);
      const engine = createEngine(layers as PolicyContent[], parts);
      return {
        content,
        vocabulary: vocabularyOf(vocabulary!, blueprint?.blueprint),
        ...(blueprint?.blueprint === undefined ? {} : { blueprint: blueprint.blueprint }),
        engine,
      };
    });
  } catch (error) {
    if (error instanceof PolicyError) return [...error.findings];
    throw error;
  }
  const oversized = contents.filter(({ rows }) => rows.length > limits.rows);
  if (oversized.length > 0)
    return oversized.map(({ scope, rows, sources }) => {
      const message = `${scopeName(scope)} has ${rows.length} rows; at most ${limits.rows} are accepted`;
      return { rule: 'too-many-rows', level: 'error', message, ...sources[limits.rows] };
    });
  const [first, ...further] = blueprints.filter(({ blueprint }) => blueprint?.default);
  const defaults = further.map(({ blueprint }): Finding => {
    const message = `${first!.blueprint!.name} is the default already: one kind of organization can be`;
    return { rule: 'one-default', level: 'error', message, file: blueprintFile(blueprint!), path: ['default'] };
  });
  if (defaults.length > 0) return defaults;
  const platformResources = new Set(Object.keys(platform.vocabulary?.resources ?? {}));
  const names = linted.flatMap((one) => lintNames(one, platformResources));
  // Verdicts about names that do not exist would only repeat the findings above.
  if (names.some(({ level }) => level === 'error')) return names;
  try {
    return [
      ...names,
      ...linted.flatMap((one) => [
        ...lintEscalation(one),
        ...lintMfa(one),
        ...lintSupport(one),
        ...lintRestrictable(one),
        ...lintSeparated(one),
      ]),
      ...lintCoverage(linted),
      ...lintUnused(linted),
    ];
  } catch (error) {
    if (error instanceof PolicyError) return [...names, ...error.findings];
    throw error;
  }
}
