/** One thing that is wrong with a policy file, with the place to look at. `line` counts from 1. */
export interface Finding {
  readonly rule: string;
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

/** A policy that must not come into force. The message has one line per finding. */
export class PolicyError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[], options?: ErrorOptions) {
    super(findings.map(formatFinding).join('\n'), options);
    this.name = 'PolicyError';
    this.findings = findings;
  }
}

/** The candidate that is spelled most like the word, when one is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `, did you mean "x"?` or an empty string. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : `, did you mean ${JSON.stringify(found)}?`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length]!;
}
