import { groupedBy } from '../../base/grouped.ts';
import type { Steps } from '../../base/steps.ts';
import { comparisonsOfStep } from './compile.ts';
import { type Condition, printCondition, termsOf } from './condition.ts';
import { compileCondition, readerOf } from './condition-evaluate.ts';
import { type LookedAt, lookedAt } from './explain-values.ts';
import type { StoreModel } from './model.ts';
import { objectTest } from './objects.ts';
import { canBeMeant, isRole, type RoleLink, type StorePolicy, type StoreRow } from './rows.ts';
import type { StoreDecision, StoreQuestion } from './types.ts';
import { typeOfObject } from './vocabulary.ts';

/** A line of policy.csv that begins with g, on the way from the subject to a role. */
export type RoleStep = Pick<RoleLink, 'line' | 'member' | 'role'>;

/** A role that the subject has, and by which lines. */
export interface HeldStoreRole {
  readonly role: string;
  readonly through: readonly RoleStep[];
}

/** A condition with what it compared. */
export interface ExplainedCondition {
  readonly text: string;
  readonly values: readonly LookedAt[];
}

/** The row that decided: how it means the subject, and the condition that was true. */
export interface DecidingStoreRow {
  readonly line: number;
  readonly row: string;
  readonly effect: 'ALLOW' | 'DENY';
  /** `*`, the subject or a role. */
  readonly subject: string;
  /** Of a role: how the subject has it. */
  readonly through: readonly RoleStep[];
  /** Absent where the row has none. */
  readonly condition?: ExplainedCondition;
}

/** What kept a row from allowing: it is about other subjects, or another domain, or a condition was not true. */
export interface UnmetPart extends ExplainedCondition {
  readonly part: 'SUBJECT' | 'DOMAIN' | 'CONDITION';
}

/** A row about this action on this resource that did not allow it. */
export interface NearMiss {
  readonly line: number;
  readonly row: string;
  readonly unmet: readonly UnmetPart[];
}

/** Why a policy decided as it did. */
export interface StoreReasons {
  /** Absent where no row decided. */
  readonly rule?: DecidingStoreRow;
  /** In which the roles count; absent where the model has none, or the question names none. */
  readonly domain?: string;
  readonly roles: readonly HeldStoreRole[];
  /** Of a denial by no row: what came nearest first. */
  readonly nearMisses: readonly NearMiss[];
  /** How many there are besides. */
  readonly omittedNearMisses: number;
}

/** How many near misses an explanation lists, and how many characters of a row it shows (docs/limits.md). */
const most = { nearMisses: 20, row: 500 };

/** The text of a line of policy.csv; of a long one its beginning. */
export function rowText(lines: readonly string[], line: number): string {
  const text = (lines[line - 1] ?? '').trim();
  return text.length > most.row ? `${text.slice(0, most.row - 1)}…` : text;
}

interface Explained {
  readonly policy: StorePolicy;
  /** The text of policy.csv. */
  readonly text: string;
  readonly question: StoreQuestion;
  readonly decided: StoreDecision;
}

/** Says why, in steps: it looks at each row once, as a decision does. */
export function* reasonsSteps({ policy, text, question, decided }: Explained): Steps<StoreReasons> {
  const { model } = policy;
  const lines = text.split('\n');
  const domain = model.domain && readerOf(model.domain)(question);
  const held = rolesOf(policy, question, domain);
  const [line] = decided.rules;
  const row = line === undefined ? undefined : policy.rows.find((one) => one.line === line);
  const missed = row === undefined ? yield* missesOf(policy, question, { held, domain }) : [];
  const nearest = missed.sort((a, b) => a.unmet - b.unmet || a.row.line - b.row.line).slice(0, most.nearMisses);
  return {
    ...(row && { rule: decidingRow(row, question, held, lines) }),
    ...(typeof domain === 'string' && { domain }),
    roles: [...held].flatMap(([role, through]) => (isRole(role) ? [{ role, through }] : [])),
    nearMisses: nearest.map((miss) => ({
      ...{ line: miss.row.line, row: rowText(lines, miss.row.line) },
      unmet: partsOf(miss.row, question, { held, domain }),
    })),
    omittedNearMisses: missed.length - nearest.length,
  };
}

/** Every name by which rows mean the subject, with the shortest way to it. */
type Held = ReadonlyMap<string, readonly RoleStep[]>;

function rolesOf({ links, model }: StorePolicy, { subject }: StoreQuestion, domain: unknown): Held {
  const counting = model.roles === 'in-domain' ? links.filter((link) => link.domain === domain) : links;
  const outgoing = groupedBy(counting, ({ member }) => member);
  const held = new Map<string, readonly RoleStep[]>([[`${subject.type}:${subject.id}`, []]]);
  // A map goes on to what is added meanwhile, so that the nearest roles come first.
  for (const [name, way] of held)
    for (const { line, member, role } of outgoing.get(name) ?? []) if (!held.has(role)) held.set(role, [...way, { line, member, role }]);
  return held;
}

interface Standing {
  readonly held: Held;
  readonly domain: unknown;
}

interface Missed {
  readonly row: StoreRow;
  /** How many parts were not met. */
  readonly unmet: number;
}

/** The rows that would allow this action on this resource to others, or under other conditions. */
function* missesOf({ rows, model }: StorePolicy, question: StoreQuestion, standing: Standing): Steps<Missed[]> {
  if (!canBeMeant(question)) return [];
  const missed: Missed[] = [];
  let made = 0;
  for (const row of rows) {
    if (isAbout(row, question, model)) {
      made += termsOf(row.condition);
      const others = (meansSubject(row, standing) ? 0 : 1) + (isInDomain(row, standing) ? 0 : 1);
      missed.push({ row, unmet: others + unmetIn(row.condition, question).length });
    }
    made += 1;
    if (made < comparisonsOfStep) continue;
    made = 0;
    yield;
  }
  return missed;
}

function isAbout(row: StoreRow, { action, resource }: StoreQuestion, { objects }: StoreModel): boolean {
  if (row.effect === 'deny' || (row.act !== '*' && row.act !== action.name)) return false;
  if ((typeOfObject(row.obj) ?? resource.type) !== resource.type) return false;
  return objectTest(row.obj, objects)?.(`${resource.type}:${resource.id}`) ?? true;
}

const meansSubject = ({ sub }: StoreRow, { held }: Standing): boolean => sub === '*' || held.has(sub);
const isInDomain = ({ dom }: StoreRow, { domain }: Standing): boolean => dom === '*' || dom === domain;

/** The parts of a condition that are not true, of which all have to be. */
function unmetIn(condition: Condition, question: StoreQuestion): readonly Condition[] {
  if (compileCondition(condition)(question)) return [];
  return condition.kind === 'and' ? condition.operands.flatMap((operand) => unmetIn(operand, question)) : [condition];
}

function partsOf(row: StoreRow, question: StoreQuestion, standing: Standing): UnmetPart[] {
  return [
    ...(meansSubject(row, standing) ? [] : [{ part: 'SUBJECT', text: row.sub, values: [] } as const]),
    ...(isInDomain(row, standing) ? [] : [{ part: 'DOMAIN', text: row.dom, values: [] } as const]),
    ...unmetIn(row.condition, question).map((condition) => ({ part: 'CONDITION', ...explained(condition, question) }) as const),
  ];
}

function decidingRow(row: StoreRow, question: StoreQuestion, held: Held, lines: readonly string[]): DecidingStoreRow {
  const { line, sub, effect, condition } = row;
  return {
    ...{ line, row: rowText(lines, line), effect: effect === 'allow' ? 'ALLOW' : 'DENY', subject: sub, through: held.get(sub) ?? [] },
    ...(condition.kind !== 'constant' && { condition: explained(condition, question) }),
  };
}

function explained(condition: Condition, question: StoreQuestion): ExplainedCondition {
  return { text: printCondition(condition), values: lookedAt(condition, question) };
}
