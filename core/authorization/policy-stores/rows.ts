import type { Steps } from '../../base/steps.ts';
import { type Finding, mostFindings } from '../policy/findings.ts';
import type { RuleId } from '../policy/rules.ts';
import { type Condition, printCondition, termsOf } from './condition.ts';
import { parseCondition } from './condition-parse.ts';
import { parseFields, trimBlanks } from './csv-line.ts';
import { storeLimits } from './limits.ts';
import type { RowField, StoreModel } from './model.ts';
import type { StoreQuestion } from './types.ts';

/** A row of policy.csv that begins with p. */
export interface StoreRow {
  readonly line: number;
  readonly sub: string;
  /** `*` where the model has no domain in its rows. */
  readonly dom: string;
  readonly obj: string;
  readonly act: string;
  readonly condition: Condition;
  readonly effect: 'allow' | 'deny';
}

/** A row that begins with g: the member has the role, in the domain where the model has domains. */
export interface RoleLink {
  readonly line: number;
  readonly member: string;
  readonly role: string;
  /** An empty text where the model has no domains. */
  readonly domain: string;
}

/** The policy of a store, read. */
export interface StorePolicy {
  readonly model: StoreModel;
  readonly rows: readonly StoreRow[];
  readonly links: readonly RoleLink[];
}

const typeForm = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
/** No space, quote, comma, $ or ; and nothing that looks like another character. */
const nameForm = /^[A-Za-z0-9_.:/@+=~|%{}-]+$/;
const actionForm = /^[A-Za-z0-9_.:/+-]+$/;
const pathForm = /^(?:\/(?::[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9_~-]+))*(?:\/\*)?$/;

/** The type of subjects that are no subjects: the names of roles begin with it. */
export const roleType = 'role';

/** Whether a text can be the type of an entity: it has no colon, so that a type and an id together are one key and no other. */
export function isTypeName(type: string): boolean {
  return typeForm.test(type);
}

/** Whether rows may be about these: a subject is never a role, and a type with a colon could be read as another type and id. */
export function canBeMeant({ subject, resource }: Pick<StoreQuestion, 'subject' | 'resource'>): boolean {
  return subject.type !== roleType && isTypeName(subject.type) && isTypeName(resource.type);
}

/** The rows of policy.csv, or findings with their lines. What is repeated is found, where it means the same and is written in another way too. */
export function* readRows(
  text: string,
  model: StoreModel,
  report: (finding: Finding) => void,
  file = 'policy.csv',
): Steps<{ rows: StoreRow[]; links: RoleLink[] }> {
  const read: ReadRows = { rows: [], links: [], seen: new Map(), conditions: new Map(), terms: 0 };
  let faults = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const content = trimBlanks(raw);
    if (content === '' || content.startsWith('#')) continue;
    const fault = readLine(content, index + 1, model, read);
    yield;
    if (fault === undefined) continue;
    report({ rule: fault.rule, level: 'error', message: fault.message, file, line: index + 1 });
    faults += 1;
    if (faults >= mostFindings || fault.rule === 'too-many-rows') break;
  }
  return read;
}

interface ReadRows {
  readonly rows: StoreRow[];
  readonly links: RoleLink[];
  /** Line of each row by what it means. */
  readonly seen: Map<string, number>;
  readonly conditions: Map<string, Condition>;
  terms: number;
}

function readLine(content: string, line: number, model: StoreModel, read: ReadRows): { rule: RuleId; message: string } | undefined {
  const { rows, links, seen, conditions } = read;
  let spelling: string;
  try {
    if (content.length > storeLimits.lineLength) throw new Error(`a line has at most ${storeLimits.lineLength} characters`);
    const [kind, ...fields] = parseFields(content);
    if (kind !== 'p' && kind !== 'g') throw new Error(`a line starts with p, g or #, not ${shown(kind ?? '')}`);
    if (kind === 'g') links.push(linkOf(fields, model, line));
    else rows.push(rowOf(fields, model, line, conditions));
    if (kind === 'p') read.terms += termsOf(rows.at(-1)!.condition);
    spelling = kind === 'g' ? JSON.stringify(fields) : spellingOf(rows.at(-1)!);
  } catch (error) {
    return { rule: 'malformed-row', message: (error as Error).message };
  }
  if (rows.length > storeLimits.rows || links.length > storeLimits.links) {
    return { rule: 'too-many-rows', message: `a store has at most ${storeLimits.rows} rows of p and ${storeLimits.links} of g` };
  }
  if (read.terms > storeLimits.terms)
    return { rule: 'too-many-rows', message: `the conditions of a store have at most ${storeLimits.terms} comparisons in all` };
  const first = seen.get(spelling);
  if (first !== undefined) return { rule: 'duplicate-rule', message: `the same as line ${first}` };
  seen.set(spelling, line);
  return undefined;
}

function spellingOf({ sub, dom, obj, act, condition, effect }: StoreRow): string {
  return JSON.stringify([sub, dom, obj, act, printCondition(condition), effect]);
}

function rowOf(
  values: readonly string[],
  { fields, objects, roles }: StoreModel,
  line: number,
  conditions: Map<string, Condition>,
): StoreRow {
  if (values.length !== fields.length)
    throw new Error(`p has ${fields.length} fields here (${fields.join(', ')}), not ${values.length}; one with a comma stands in quotes`);
  const field = (name: RowField): string | undefined => (fields.includes(name) ? values[fields.indexOf(name)]! : undefined);
  const sub = field('sub')!;
  const obj = field('obj')!;
  const act = field('act')!;
  const dom = field('dom') ?? '*';
  const effect = field('eft') ?? 'allow';
  if (sub !== '*') checkName(sub, 'the subject');
  if (roles === 'none' && isRole(sub)) throw new Error(`${sub} is a role, and the model has none`);
  if (obj !== '*') checkObject(obj, objects);
  if (act !== '*' && (!actionForm.test(act) || act.length > storeLimits.nameLength))
    throw new Error(`the action must be * or a name such as read, not ${shown(act)}`);
  if (dom !== '*') checkDomain(dom);
  if (effect !== 'allow' && effect !== 'deny') throw new Error(`the effect must be allow or deny, not ${shown(effect)}`);
  return { line, sub, dom, obj, act, condition: conditionOf(field('cond'), conditions), effect };
}

/** Rows often share a condition, which is read once. */
function conditionOf(text: string | undefined, conditions: Map<string, Condition>): Condition {
  if (text === undefined) return { kind: 'constant', value: true };
  const known = conditions.get(text);
  if (known !== undefined) return known;
  const condition = parseCondition(text);
  conditions.set(text, condition);
  return condition;
}

function linkOf(fields: readonly string[], { roles }: StoreModel, line: number): RoleLink {
  if (roles === 'none') throw new Error('the model has no [role_definition], so it takes no line with g');
  const [member = '', role = '', domain = ''] = fields;
  const expected = roles === 'everywhere' ? 'member, role' : 'member, role, domain';
  if (fields.length !== expected.split(', ').length) throw new Error(`g has ${expected} here, not ${fields.length} fields`);
  checkName(member, 'the member');
  checkName(role, 'the role');
  if (!isRole(role)) throw new Error(`${shown(role)} is no role: the names of roles begin with role:`);
  if (roles === 'in-domain') checkDomain(domain);
  return { line, member, role, domain };
}

/** Whether a name of a row is that of a role. */
export function isRole(name: string): boolean {
  return name.startsWith(`${roleType}:`);
}

function checkName(name: string, what: string): void {
  const [type = '', ...rest] = name.split(':');
  if (!isTypeName(type) || rest.join(':') === '' || !nameForm.test(name) || name.length > storeLimits.nameLength) {
    throw new Error(
      `${what} must be a type and an id as in user:alice or role:editor, in plain letters, digits and signs, not ${shown(name)}`,
    );
  }
}

function checkDomain(domain: string): void {
  if (!nameForm.test(domain) || domain.length > storeLimits.nameLength) throw new Error(`the domain must be a name, not ${shown(domain)}`);
}

function checkObject(obj: string, objects: StoreModel['objects']): void {
  const colon = obj.indexOf(':');
  const type = obj.slice(0, Math.max(colon, 0));
  const rest = obj.slice(colon + 1);
  const fault = (hint: string) => new Error(`the object must be * or ${hint}, not ${shown(obj)}`);
  if (objects === 'keyMatch2') {
    if (!isTypeName(type) || type.includes('.') || rest === '' || !pathForm.test(rest) || obj.length > storeLimits.nameLength)
      throw fault('a type and a path as in route:/todos/:id or route:/*');
    return;
  }
  const star = objects === 'keyMatch' ? rest.indexOf('*') : -1;
  const fixed = star === -1 ? rest : rest.slice(0, star);
  // doc:1* would reach doc:12, and what follows a * is not looked at by Casbin.
  const isWhole = star === -1 || (star === rest.length - 1 && (fixed === '' || fixed.endsWith('/') || fixed.endsWith(':')));
  const isNamed = fixed === '' ? star !== -1 : nameForm.test(fixed);
  if (!isTypeName(type) || !isNamed || !isWhole || obj.length > storeLimits.nameLength) {
    throw fault(objects === 'keyMatch' ? 'a type and an id as in record:7, record:* or route:/todos/*' : 'a type and an id as in record:7');
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
