import { canonicalMatcher, flatten, type MatcherNode, parseMatcher } from '../engine/matcher.ts';
import { type Definition, readDefinitions } from '../engine/model-check.ts';
import type { Finding } from '../policy/findings.ts';
import type { RuleId } from '../policy/rules.ts';
import type { Path } from './condition.ts';

/** What the text of a model comes to. Nothing else of it is ever evaluated. */
export interface StoreModel {
  /** Fields of a row, in order: sub, dom, obj, act, cond, eft. */
  readonly fields: readonly RowField[];
  /** How a row names resources: exactly; by a * at the end; or by a path with :names and a * at the end. */
  readonly objects: 'equal' | 'keyMatch' | 'keyMatch2';
  readonly roles: 'none' | 'everywhere' | 'in-domain';
  /** Where the domain of a question is found, when roles or rows have one. */
  readonly domain?: Path & { readonly kind: 'property' };
}

export type RowField = 'sub' | 'dom' | 'obj' | 'act' | 'cond' | 'eft';

/** The model of a new store. */
export const storeModel = `# A row says that a subject or role may, or may not, do an action on resources when its condition holds. A deny always wins.

[request_definition]
r = sub, res, act, ctx

[policy_definition]
p = sub, obj, act, cond, eft

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = (p.obj == "*" || keyMatch(r.res.key, p.obj)) && (p.act == "*" || r.act.name == p.act) && (p.sub == "*" || g(r.sub.key, p.sub)) && cond(p.cond, r.sub, r.res, r.act, r.ctx)
`;

const request = 'sub, res, act, ctx';
const rowForms: readonly string[] = ['sub, obj, act', 'sub, dom, obj, act'].flatMap((start) =>
  ['', ', cond', ', eft', ', cond, eft'].map((end) => `${start}${end}`),
);
const denyWins = 'some(where (p.eft == allow)) && !some(where (p.eft == deny))';
const allowOnly = 'some(where (p.eft == allow))';

const textOf = (matcher: string): string => canonicalMatcher(parseMatcher(matcher));
const objectForms: Readonly<Record<string, StoreModel['objects']>> = {
  [textOf('p.obj == "*" || r.res.key == p.obj')]: 'equal',
  [textOf('p.obj == "*" || keyMatch(r.res.key, p.obj)')]: 'keyMatch',
  [textOf('p.obj == "*" || keyMatch2(r.res.key, p.obj)')]: 'keyMatch2',
};
const actionForm = textOf('p.act == "*" || r.act.name == p.act');
const conditionForms = [textOf('cond(p.cond, r.sub, r.res, r.act, r.ctx)'), textOf('eval(p.cond)')];
const subjectForm = textOf('p.sub == "*" || r.sub.key == p.sub');
const roleForm = textOf('p.sub == "*" || g(r.sub.key, p.sub)');
/** Domains come from a property, which its canonical text names. */
const domainRoleForm = /^\("\*" == p\.sub \|\| g\(r\.sub\.key, p\.sub, (r\.(?:sub|res|ctx)\.\w+)\)\)$/;
const rowDomainForm = /^\("\*" == p\.dom \|\| p\.dom == (r\.(?:sub|res|ctx)\.\w+)\)$/;

/** An accepted matcher has six. */
const maxParentheses = 50;

type Report = (rule: RuleId, message: string, line: number) => void;

/** Reads a model; undefined with findings where it is none of those that are accepted. */
export function readModel(text: string, file = 'model.conf'): { model?: StoreModel; findings: Finding[] } {
  const findings: Finding[] = [];
  const report: Report = (rule, message, line) => findings.push({ rule, level: 'error', message, file, line });
  const definitions = readDefinitions(text, report);
  for (const [section, key] of [
    ['request_definition', 'r'],
    ['policy_definition', 'p'],
    ['policy_effect', 'e'],
    ['matchers', 'm'],
  ]) {
    if (!definitions.has(key!)) report('model-syntax', `[${section}] ${key} = ... is missing`, 1);
  }
  if (findings.length > 0) return { findings };

  const fields = readFields(definitions, report);
  readEffect(definitions.get('e')!, fields, report);
  const links = readLinks(definitions.get('g'), report);
  if (findings.length > 0) return { findings };
  const model = readMatcher(definitions.get('m')!, fields, links, report);
  return model === undefined || findings.length > 0 ? { findings } : { model, findings };
}

function spelled(value: string): string {
  return value
    .split(',')
    .map((field) => field.trim())
    .join(', ');
}

function readFields(definitions: ReadonlyMap<string, Definition>, report: Report): RowField[] {
  const r = definitions.get('r')!;
  if (spelled(r.value) !== request) report('model-definition', `r must be r = ${request}`, r.line);
  const p = definitions.get('p')!;
  const fields = spelled(p.value);
  if (!rowForms.includes(fields))
    report('model-definition', `p must be p = sub, obj, act, cond, eft; it may leave out cond and eft, and have dom after sub`, p.line);
  return fields.split(', ') as RowField[];
}

function readEffect({ value, line }: Definition, fields: readonly RowField[], report: Report): void {
  const expected = fields.includes('eft') ? denyWins : allowOnly;
  if (value !== expected) report('model-effect', `with these fields of p the effect must be spelled exactly ${expected}`, line);
}

function readLinks(definition: Definition | undefined, report: Report): StoreModel['roles'] {
  if (definition === undefined) return 'none';
  const fields = spelled(definition.value);
  if (fields === '_, _') return 'everywhere';
  if (fields !== '_, _, _') report('model-definition', 'g must be g = _, _ or, with roles in domains, g = _, _, _', definition.line);
  return 'in-domain';
}

function readMatcher(
  { value, line }: Definition,
  fields: readonly RowField[],
  roles: StoreModel['roles'],
  report: Report,
): StoreModel | undefined {
  const say = (message: string) => report('model-matcher', message, line);
  const parts = partsOf(value, roles, fields, say);
  if (parts === undefined) return undefined;
  const objects = parts.map((part) => part.objects).find((form) => form !== undefined);
  const domains = new Set(parts.flatMap((part) => part.domain ?? []));
  if (domains.size > 1) say(`roles and rows have one domain, not ${[...domains].join(' and ')}`);
  const [domain] = domains;
  const name = domain?.split('.')[2] ?? '';
  if (['id', 'type', 'key', 'properties'].includes(name)) say(`the domain is a property, and ${domain} is none`);
  return { fields, objects: objects ?? 'equal', roles, ...(domain !== undefined && { domain: domainPath(domain) }) };
}

/** The parts of a matcher, each needed one once; undefined after something was said. */
function partsOf(
  value: string,
  roles: StoreModel['roles'],
  fields: readonly RowField[],
  say: (message: string) => void,
): Part[] | undefined {
  const tree = treeOf(value);
  if (typeof tree === 'string') {
    say(tree);
    return undefined;
  }
  const missing = new Set(['subject', 'object', 'action']);
  if (fields.includes('cond')) missing.add('condition');
  if (fields.includes('dom')) missing.add('domain');
  const parts: Part[] = [];
  for (const node of flatten(tree, 'and')) {
    const text = canonicalMatcher(node);
    const part = partOf(text, roles);
    if (part === undefined || !missing.delete(part.name)) {
      const fault = part === undefined ? 'no part of an accepted matcher' : 'there twice, or about a field that p does not have';
      say(`${text.slice(0, 200)} is ${fault}`);
      return undefined;
    }
    parts.push(part);
  }
  for (const name of missing) say(`the matcher needs ${needs(name, roles)}, joined to the others by &&`);
  return missing.size > 0 ? undefined : parts;
}

/** The matcher read, or what is wrong with it. */
function treeOf(value: string): MatcherNode | string {
  if (value.split('(').length > maxParentheses) return 'the matcher has more parentheses than any that is accepted';
  try {
    return parseMatcher(value);
  } catch (error) {
    return `the matcher cannot be accepted: ${(error as Error).message}`;
  }
}

interface Part {
  readonly name: string;
  readonly objects?: StoreModel['objects'];
  readonly domain?: string;
}

function partOf(text: string, roles: StoreModel['roles']): Part | undefined {
  if (Object.hasOwn(objectForms, text)) return { name: 'object', objects: objectForms[text]! };
  if (text === actionForm) return { name: 'action' };
  if (conditionForms.includes(text)) return { name: 'condition' };
  if (text === (roles === 'none' ? subjectForm : roleForm) && roles !== 'in-domain') return { name: 'subject' };
  const [, roleDomain] = (roles === 'in-domain' ? domainRoleForm.exec(text) : undefined) ?? [];
  if (roleDomain !== undefined) return { name: 'subject', domain: roleDomain };
  const [, rowDomain] = rowDomainForm.exec(text) ?? [];
  return rowDomain === undefined ? undefined : { name: 'domain', domain: rowDomain };
}

function needs(part: string, roles: StoreModel['roles']): string {
  if (part === 'object') return '(p.obj == "*" || keyMatch(r.res.key, p.obj))';
  if (part === 'action') return '(p.act == "*" || r.act.name == p.act)';
  if (part === 'condition') return 'cond(p.cond, r.sub, r.res, r.act, r.ctx)';
  if (part === 'domain') return '(p.dom == "*" || p.dom == r.res.tenant)';
  if (roles === 'none') return '(p.sub == "*" || r.sub.key == p.sub)';
  return roles === 'everywhere' ? '(p.sub == "*" || g(r.sub.key, p.sub))' : '(p.sub == "*" || g(r.sub.key, p.sub, r.res.tenant))';
}

function domainPath(text: string): Path & { kind: 'property' } {
  const [, root, key] = text.split('.');
  return { kind: 'property', root: root as 'sub' | 'res' | 'ctx', keys: [key!] };
}
