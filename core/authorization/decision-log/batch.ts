import { setImmediate } from 'node:timers/promises';
import { newUuid, newUuidOf, toUuid } from '../../base/ids.ts';
import type { Decision } from '../decisions/decide.ts';
import { elementOf } from './arrays.ts';
import type { CaseBook, Sheet, StoredCase } from './case-book.ts';

/** What a decision was taken for: a request itself, or a question of the decision API with this consistency. */
export type Occasion = 'request' | 'fully_consistent' | 'minimize_latency';

/** A decision that waits to be written. */
export interface Entry {
  readonly decision: Decision;
  readonly requestId: string;
  readonly occasion: Occasion;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** Entries as they are written: a row for each organization, each column of them as the text of an array of PostgreSQL. */
export interface Batch {
  readonly size: number;
  readonly columns: readonly string[];
  readonly cases: readonly (StoredCase & { readonly day: string })[];
  /** The times of entries of whose case nothing could be made. */
  readonly failed: readonly number[];
}

/** A row while it grows. */
interface Part {
  readonly organization: string;
  readonly day: string;
  readonly since: number;
  until: number;
  readonly decisions: string[];
  readonly offsets: number[];
  readonly cases: string[];
  readonly subjects: string[];
  readonly projects: string[];
  readonly requests: string[];
  readonly questions: string[];
  readonly cached: string[];
  readonly resources: string[];
}

/** Milliseconds from the first decision of a row to the last one. */
const longest = 60_000;
/** Entries after which others have their turn. */
const slice = 250;

/** Makes a batch. Rows are put together as text: to hand each value to the driver costs several times as much. */
export async function batchOf(entries: readonly Entry[], book: CaseBook): Promise<Batch> {
  const parts: Part[] = [];
  const open = new Map<string, Part>();
  const named = new Map<string, Set<StoredCase>>();
  const failed: number[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % slice === slice - 1) await setImmediate();
    const { decision, at } = entry;
    const sheet = book.sheetOf(decision.snapshot);
    const stored = book.find(decision, sheet) ?? (await book.add(decision, sheet).catch(() => undefined));
    if (stored === undefined) {
      failed.push(at);
      continue;
    }
    const day = dayOf(at);
    let part = open.get(sheet.organization);
    if (part === undefined || part.day !== day || at < part.since || at - part.since > longest) {
      part = newPart(sheet.organization, day, at);
      open.set(sheet.organization, part);
      parts.push(part);
    }
    add(part, entry, stored, sheet);
    let cases = named.get(day);
    if (cases === undefined) {
      cases = new Set();
      named.set(day, cases);
    }
    cases.add(stored);
  }
  const cases = [...named].flatMap(([day, stored]) => [...stored].map((each) => ({ ...each, day })));
  return { size: entries.length - failed.length, columns: columnsOf(parts), cases, failed };
}

function newPart(organization: string, day: string, since: number): Part {
  const arrays = {
    decisions: [],
    offsets: [],
    cases: [],
    subjects: [],
    projects: [],
    requests: [],
    questions: [],
    cached: [],
    resources: [],
  };
  return { organization, day, since, until: since, ...arrays };
}

function add(part: Part, { decision, requestId, occasion, at }: Entry, { id }: StoredCase, { subject, project = 'null' }: Sheet): void {
  const { givenId } = decision;
  part.until = Math.max(part.until, at);
  part.decisions.push(givenId === undefined ? newUuidOf(at) : toUuid('decision', givenId));
  part.offsets.push(at - part.since);
  part.cases.push(id);
  part.subjects.push(subject);
  part.projects.push(project);
  part.requests.push(toUuid('request', requestId));
  part.questions.push(occasion === 'request' ? 'f' : 't');
  part.cached.push(occasion === 'minimize_latency' ? 't' : 'f');
  addResource(part, decision);
}

/** The id of one resource as it is kept: of what the vocabulary does not know a caller may make up anything, so no id is kept of it. */
const resourceId = /^[\w.:/@-]{1,200}$/;

/** Most decisions are about no one resource: as long as all of the row are such, nothing is written. */
function addResource({ resources, decisions }: Part, { resourceId: id, held }: Decision): void {
  if (id === undefined || held.reason.startsWith('unknown') || !resourceId.test(id)) {
    if (resources.length > 0) resources.push('null');
    return;
  }
  while (resources.length < decisions.length - 1) resources.push('null');
  resources.push(elementOf(id));
}

function columnsOf(parts: readonly Part[]): string[] {
  const plain = [
    parts.map(({ organization }) => organization),
    parts.map(({ since }) => since),
    parts.map(({ until }) => until),
    parts.map(() => newUuid()),
  ].map(arrayOf);
  const nested = (['decisions', 'offsets', 'cases', 'subjects', 'projects', 'requests', 'questions', 'cached', 'resources'] as const).map(
    (name) => arrayOf(parts.map((part) => elementOf(arrayOf(part[name])))),
  );
  return [...plain, ...nested];
}

function arrayOf(elements: readonly (string | number)[]): string {
  return `{${elements.join(',')}}`;
}

let lastDay = { number: Number.NaN, text: '' };

/** The day in UTC. */
export function dayOf(at: number): string {
  const number = Math.floor(at / 86_400_000);
  if (number !== lastDay.number) lastDay = { number, text: new Date(number * 86_400_000).toISOString().slice(0, 10) };
  return lastDay.text;
}
