import type { StoreContents, StoreDecision, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { toId } from '../base/ids.ts';
import { isObject } from '../base/objects.ts';
import type { PlanAnswer } from './plan-groups.ts';
import { type FlippedDecision, groupStoreFlips, type StoreFlip, type StoreFlipTotals } from './replay-flips.ts';
import { createReplaySides, type ReplaySide, type ReplaySides, replaySideOf } from './replay-sides.ts';
import type { LoggedTuple, ReplayedRevision } from './replayed-decisions.ts';

/** Decisions that are taken again, and by what. */
export interface StoreReplayTask {
  readonly candidate: StoreContents;
  /** The revision that is in force; absent where none is. */
  readonly inForce?: number;
  readonly revisions: readonly ReplayedRevision[];
  /** Lists of LoggedTuple as JSON, newest first. */
  readonly pages: readonly string[];
}

/**
 * What is wrong with a decision. DECISION: its own revision decides otherwise, or what was asked cannot be read. ENGINE: stock Casbin and Tenet differ.
 * REVISION: its revision is not stored with the files that the log names.
 */
export interface StoreReplayFault {
  readonly decisionId: string;
  readonly fault: 'DECISION' | 'ENGINE' | 'REVISION';
  readonly detail: string;
}

/** How decisions come out under other files. */
export interface StoreReplay {
  /** How many were taken again. Those with a fault are among them, and take no part in the rest. */
  readonly decisions: number;
  readonly witness: {
    /** Decisions that stock Casbin has taken again by their own revision and by the candidate, and that came out as here. */
    readonly confirmed: number;
    readonly faults: number;
    /** Some of the faults. */
    readonly examples: readonly StoreReplayFault[];
  };
  readonly totals: StoreFlipTotals;
  /** Those that were used last. */
  readonly flips: readonly StoreFlip[];
}

/** Rows that stock Casbin reads for one replay, some seconds of a processor; how many faults an answer names (docs/limits.md). */
const mostWork = 300_000;
const shownFaults = 20;

interface Logged {
  readonly id: string;
  readonly at: number;
  readonly decision: boolean;
  readonly line: number | null;
}

/** A question to one revision, with every decision that it got: it is taken again once. */
interface Asked extends Pick<LoggedQuestion, 'subject' | 'action' | 'resource'> {
  readonly revision: number;
  readonly text: string;
  readonly decisions: Logged[];
  /** By its own revision; absent where its files are not read. */
  readonly before?: StoreDecision;
  readonly after: StoreDecision;
  /** What stock Casbin says of both, where it was asked. */
  stock?: { readonly before?: boolean; readonly after: boolean };
  /** What is in force says so too. */
  isInForce?: boolean;
}

interface LoggedQuestion {
  readonly subject: Pick<StoreEntity, 'type' | 'id'>;
  readonly action: string;
  readonly resource: Pick<StoreEntity, 'type' | 'id'>;
}

interface Taken {
  readonly asked: Asked;
  readonly logged: Logged;
}

type Faults = ReturnType<typeof createFaults>;
type Fault = readonly [StoreReplayFault['fault'], detail: string];

/**
 * Takes each decision again by the candidate, and by its own revision. Stock Casbin is the witness of both, as far as `work`, in rows, goes: first of what
 * the log has otherwise, then of what comes out the other way, then of the rest, the newest first. Throws PolicyError for a candidate that does not hold.
 */
export async function replayStore(task: StoreReplayTask, { work = mostWork } = {}): Promise<StoreReplay> {
  const candidate = replaySideOf(task.candidate);
  const sides = createReplaySides(task.revisions);
  const faults = createFaults();
  const { taken, all, decisions } = takeAgain(task, candidate, sides, faults);
  await askStock(all, candidate, sides, work);
  let confirmed = 0;
  for (const { asked, logged } of taken) {
    const fault = faultOf(asked, logged);
    if (fault) faults.add(logged.id, fault);
    else if (asked.stock?.before !== undefined) confirmed += 1;
  }
  const inForce = task.inForce === undefined ? undefined : sides.get(task.inForce);
  const flipped = taken
    .filter(({ asked: { after }, logged: { id, decision } }) => after.decision !== decision && !faults.has(id))
    .map((one) => flippedOf(one, candidate, sides.get(one.asked.revision), inForce));
  const { flips, totals } = groupStoreFlips(flipped);
  return { decisions, witness: { confirmed, ...faults.result() }, totals, flips };
}

function createFaults() {
  const faults = new Map<string, StoreReplayFault>();
  return {
    has: (id: string): boolean => faults.has(id),
    add(id: string, [fault, detail]: Fault): void {
      if (!faults.has(id)) faults.set(id, { decisionId: toId('decision', id), fault, detail });
    },
    result: () => ({ faults: faults.size, examples: [...faults.values()].slice(0, shownFaults) }),
  };
}

/** Reads the pages one by one, and decides each question of them once. */
function takeAgain(task: StoreReplayTask, candidate: ReplaySide, sides: ReplaySides, faults: Faults) {
  const known = new Map<number, Map<string, Asked>>();
  const all: Asked[] = [];
  const taken: Taken[] = [];
  let decisions = 0;

  function askedOf(revision: number, text: string): Asked | undefined {
    const ofRevision = known.get(revision) ?? new Map<string, Asked>();
    known.set(revision, ofRevision);
    let asked = ofRevision.get(text);
    if (asked) return asked;
    asked = ask(revision, text, candidate, sides.get(revision));
    if (!asked) return undefined;
    ofRevision.set(text, asked);
    all.push(asked);
    return asked;
  }

  for (const page of task.pages) {
    const tuples = JSON.parse(page) as LoggedTuple[];
    decisions += tuples.length;
    for (const [id, at, revision, sha256, decision, line, text] of tuples) {
      const wrong = sides.wrongFiles(revision, sha256);
      const asked = wrong === undefined ? askedOf(revision, text) : undefined;
      if (asked === undefined) {
        faults.add(id, wrong === undefined ? ['DECISION', 'what was asked cannot be read'] : ['REVISION', wrong]);
        continue;
      }
      const logged = { id, at, decision, line };
      asked.decisions.push(logged);
      taken.push({ asked, logged });
    }
  }
  return { taken, all, decisions };
}

function ask(revision: number, text: string, candidate: ReplaySide, own: ReplaySide | undefined): Asked | undefined {
  const question = questionIn(text);
  if (question === undefined) return undefined;
  const { subject, action, resource } = question;
  return {
    ...{ revision, text, decisions: [], action: action.name },
    ...{ subject: { type: subject.type, id: subject.id }, resource: { type: resource.type, id: resource.id } },
    ...(own && { before: own.compiled.decide(question) }),
    after: candidate.compiled.decide(question),
  };
}

/** To make stock Casbin ready takes as long as so many questions. With `mostWork` it is made for the two largest policies. */
const making = 4;

/** Asks stock Casbin while the work lasts. */
async function askStock(all: readonly Asked[], candidate: ReplaySide, sides: ReplaySides, work: number): Promise<void> {
  let left = work;
  for (const asked of [...all].sort((a, b) => rankOf(a) - rankOf(b))) {
    const own = sides.get(asked.revision);
    const cost = [candidate, own].reduce((sum, side) => sum + (side ? side.rows * (side.hasStock() ? 1 : 1 + making) : 0), 0);
    // Of smaller revisions there may still be some.
    if (cost > left) continue;
    left -= cost;
    const question = questionIn(asked.text)!;
    const before = (await own?.stock())?.decide(question);
    asked.stock = { ...(before !== undefined && { before }), after: (await candidate.stock()).decide(question) };
  }
}

/** What the log has otherwise first, then what comes out the other way. */
function rankOf({ before, after, decisions }: Asked): number {
  if (before && decisions.some(({ decision }) => decision !== before.decision)) return 0;
  return decisions.some(({ decision }) => decision !== after.decision) ? 1 : 2;
}

function faultOf({ revision, before, after, stock }: Asked, { decision }: Logged): Fault | undefined {
  if (before && stock?.before !== undefined && before.decision !== stock.before)
    return ['ENGINE', differenceOf(`revision ${revision}`, stock.before)];
  const own = stock?.before ?? before?.decision;
  if (own !== undefined && own !== decision)
    return ['DECISION', `revision ${revision} says ${wordOf(own)}, and the log ${wordOf(decision)}`];
  if (stock && stock.after !== after.decision) return ['ENGINE', differenceOf('the candidate', stock.after)];
  return undefined;
}

const differenceOf = (what: string, byStock: boolean): string =>
  `by ${what} stock Casbin says ${wordOf(byStock)}, and Tenet ${wordOf(!byStock)}`;

const wordOf = (decision: boolean): string => (decision ? 'allowed' : 'denied');

function flippedOf(
  { asked, logged }: Taken,
  candidate: ReplaySide,
  own: ReplaySide | undefined,
  inForce: ReplaySide | undefined,
): FlippedDecision {
  const { revision, text, subject, action, resource, after } = asked;
  const { id, at, decision, line } = logged;
  asked.isInForce ??= inForce?.compiled.decide(questionIn(text)!).decision === after.decision;
  return {
    ...{ id, at, action, subjectType: subject.type, subjectId: subject.id, resourceType: resource.type, resourceId: resource.id },
    before: { decision, revision, ...answerAt(line ?? undefined, own) },
    after: { decision: after.decision, ...answerAt(after.rules[0], candidate) },
    alreadyInForce: asked.isInForce,
  };
}

function answerAt(line: number | undefined, side: ReplaySide | undefined): Pick<PlanAnswer, 'line' | 'row'> {
  return line === undefined ? {} : { line, ...(side && { row: side.textAt(line) }) };
}

/** A question as the log has it; undefined for what is none. */
function questionIn(text: string): StoreQuestion | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  const { subject, action, resource, context } = read;
  const isAction = isObject(action) && isText(action['name']) && isObject(action['properties']);
  return isAction && isEntity(subject) && isEntity(resource) && isObject(context) ? (read as unknown as StoreQuestion) : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isEntity = (value: unknown): boolean =>
  isObject(value) && isText(value['type']) && isText(value['id']) && isObject(value['properties']);
