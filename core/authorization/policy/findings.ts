import { join } from 'node:path';
import { reasonOf } from '../../base/reason.ts';
import { closest } from '../../base/text.ts';
import type { RuleId } from './rules.ts';

/** One thing that is wrong with a policy file, with the place to look at. `line` counts from 1. */
export interface Finding {
  readonly rule: RuleId;
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** For a finding about a value in a YAML file: the way to it, where the line has to be looked up in the text. */
  readonly path?: readonly (string | number)[];
}

/** `file:line: error: text (rule)`, the form that editors and terminals turn into a link. */
export function formatFinding(finding: Finding): string {
  const place = finding.file === undefined ? '' : `${finding.file}:${finding.line ?? 1}: `;
  return `${place}${finding.level}: ${finding.message} (${finding.rule})`;
}

/** The findings about the files of a policy directory, each file named from here. */
export function namedFromHere(directory: string, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => (finding.file === undefined ? finding : { ...finding, file: join(directory, finding.file) }));
}

/** That a file is there and cannot be read. */
export const unreadable = (file: string, error: unknown): Finding => ({
  rule: 'missing-file',
  level: 'error',
  message: `this cannot be read: ${reasonOf(error)}`,
  file,
  line: 1,
});

/** A policy that must not come into force. The message has one line per finding. */
export class PolicyError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[], options?: ErrorOptions) {
    super(findings.map(formatFinding).join('\n'), options);
    this.name = 'PolicyError';
    this.findings = findings;
  }
}

/** `, did you mean "x"?` or an empty string. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closest(word, [...candidates]);
  return found === undefined ? '' : `, did you mean ${JSON.stringify(found)}?`;
}

/** How many findings are shown at once; the rest comes when these are corrected. */
export const mostFindings = 200;
