import { didYouMean, type Finding } from '../policy/findings.ts';
import type { RuleId } from '../policy/rules.ts';
import { canonicalMatcher, flatten, nodesOf, parseMatcher } from './matcher.ts';

const requestFields = ['sub', 'org', 'dom', 'level', 'obj', 'act'];
const policyFields = ['sub', 'dom', 'obj', 'act', 'eft'];
/** Casbin compares this text with its own constants and finds out at the first question whether it knows it. */
const denyOverride = 'some(where (p.eft == allow)) && !some(where (p.eft == deny))';

const sections: Readonly<Record<string, string>> = {
  request_definition: 'r',
  policy_definition: 'p',
  role_definition: 'g',
  policy_effect: 'e',
  matchers: 'm',
};

const objectConjunct = canonicalMatcher(parseMatcher('p.obj == "*" || r.obj == p.obj'));
const actionConjunct = canonicalMatcher(parseMatcher('p.act == "*" || r.act == p.act'));
const roleConjunct = 'g(r.sub, p.sub, r.dom)';
const domainAlternatives = ['p.dom == "*"', 'p.dom == r.level', 'p.dom == r.org', 'p.dom == r.dom'].map((text) =>
  canonicalMatcher(parseMatcher(text)),
);

/** One `key = value` of a model. */
export interface Definition {
  readonly value: string;
  readonly line: number;
}

/**
 * What is wrong with the text of a model. Casbin reads an unknown name as undefined and finds undefined equal to
 * undefined, so a typing error allows; it cuts values at # and ; and lets a later key win. Only a model that can be
 * read in one way, and whose conjuncts are those that the candidate index and the memo rely on, has no findings.
 */
export function lintModel(text: string, file = 'model.conf'): Finding[] {
  const findings: Finding[] = [];
  const report = (rule: RuleId, message: string, line: number) => findings.push({ rule, level: 'error', message, file, line });
  const definitions = readDefinitions(text, report);
  for (const [section, key] of Object.entries(sections)) {
    if (!definitions.has(key)) report('model-syntax', `[${section}] ${key} = ... is missing`, 1);
  }
  if (findings.length > 0) return findings;

  const exact = (key: string, expected: string) => {
    const { value, line } = definitions.get(key)!;
    const spelled = value.split(',').map((field) => field.trim());
    if (spelled.join(', ') !== expected) report('model-definition', `${key} must be ${key} = ${expected}`, line);
  };
  exact('r', requestFields.join(', '));
  exact('p', policyFields.join(', '));
  exact('g', '_, _, _');
  const effect = definitions.get('e')!;
  if (effect.value !== denyOverride) report('model-effect', `the effect must be spelled exactly ${denyOverride}: deny wins`, effect.line);
  const matcher = definitions.get('m')!;
  for (const fault of matcherFaults(matcher.value)) report('model-matcher', fault, matcher.line);
  return findings;
}

type Report = (rule: RuleId, message: string, line: number) => void;

/** The matcher of a model without findings. */
export function matcherOf(model: string): string {
  return readDefinitions(model, () => undefined).get('m')!.value;
}

/** The definitions of a model by key. Lines that Casbin would read in another way than a person does are reported. */
export function readDefinitions(text: string, report: Report): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  const seen = new Set<string>();
  let section: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    if (/[#;\\\r]/.test(raw)) {
      report('model-syntax', '# ; and \\ have no place after the start of a line: Casbin would cut the value there or join lines', line);
      continue;
    }
    const [, header] = /^\[(.*)\]$/.exec(content) ?? [];
    if (header === undefined) {
      readDefinition(content, section, definitions, line, (message) => report('model-syntax', message, line));
      continue;
    }
    section = header;
    if (!Object.hasOwn(sections, section))
      report('model-syntax', `[${section}] is no section${didYouMean(section, Object.keys(sections))}`, line);
    if (seen.has(section)) report('model-syntax', `[${section}] occurs twice`, line);
    seen.add(section);
  }
  return definitions;
}

function readDefinition(
  content: string,
  section: string | undefined,
  definitions: Map<string, Definition>,
  line: number,
  report: (message: string) => void,
): void {
  const [, key, value] = /^([^=]*?)\s*=\s*(.*)$/.exec(content) ?? [];
  const expected = section === undefined || !Object.hasOwn(sections, section) ? undefined : sections[section];
  if (key === undefined || value === undefined) report('expected key = value');
  else if (expected === undefined) report(`${key} stands in no known section`);
  else if (key !== expected) report(`[${section}] holds ${expected} and nothing else, not ${key}`);
  else if (definitions.has(key)) report(`${key} is defined twice: Casbin would silently take the later one`);
  else definitions.set(key, { value, line });
}

function matcherFaults(matcher: string): string[] {
  const known = [...requestFields.map((field) => `r.${field}`), ...policyFields.map((field) => `p.${field}`)];
  let tree: ReturnType<typeof parseMatcher>;
  try {
    tree = parseMatcher(matcher);
  } catch (error) {
    return [`the matcher cannot be accepted: ${(error as Error).message}`];
  }
  const faults = [...nodesOf(tree)].flatMap((node) => {
    if (node.kind === 'field' && !known.includes(node.name))
      return [`the matcher names ${node.name}, which does not exist${didYouMean(node.name, known)}`];
    return node.kind === 'call' && node.name !== 'g' ? [`the matcher calls ${node.name}(); only g() may be called`] : [];
  });
  return faults.length > 0 ? faults : conjunctFaults(tree);
}

/** The matcher is role, object and action joined by &&, and one condition on the domain. */
function conjunctFaults(tree: ReturnType<typeof parseMatcher>): string[] {
  const faults: string[] = [];
  const conjuncts = flatten(tree, 'and').map((node) => ({ node, text: canonicalMatcher(node) }));
  for (const required of [roleConjunct, objectConjunct, actionConjunct]) {
    if (!conjuncts.some(({ text }) => text === required))
      faults.push(`the matcher needs the condition ${required}, joined to the others by &&`);
  }
  const rest = conjuncts.filter(({ text }) => ![roleConjunct, objectConjunct, actionConjunct].includes(text));
  if (rest.length !== 1) faults.push('beside role, object and action the matcher has exactly one more condition, the one on the domain');
  for (const alternative of rest.flatMap(({ node }) => flatten(node, 'or'))) {
    const text = canonicalMatcher(alternative);
    if (!domainAlternatives.includes(text))
      faults.push(`${text} is no accepted condition on the domain; accepted are ${domainAlternatives.join(' || ')}`);
  }
  return faults;
}
