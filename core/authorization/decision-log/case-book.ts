import { canonical } from '../../base/canonical.ts';
import { digestUuid, platformChain, toUuid } from '../../base/ids.ts';
import { caseOf } from '../decisions/cases.ts';
import type { Decision } from '../decisions/decide.ts';
import type { Snapshot } from '../decisions/snapshot.ts';
import { nameOf } from '../decisions/subjects.ts';
import type { Verdict } from '../engine/engine.ts';
import { createMemo } from '../engine/memo.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import { elementOf } from './arrays.ts';

/** A case as it is stored. */
export interface StoredCase {
  /** A uuid out of the digest of what it says. */
  readonly id: string;
  /** Canonical JSON. */
  readonly document: string;
}

/** The cases of decisions, each written out once while it is in use. */
export interface CaseBook {
  /** What is written of every decision from this snapshot. */
  sheetOf(snapshot: Snapshot): Sheet;
  /** Undefined where `add` has to make it. */
  find(decision: Decision, sheet: Sheet): StoredCase | undefined;
  add(decision: Decision, sheet: Sheet): Promise<StoredCase>;
}

/** What the decisions from one snapshot have in common; a cached one is asked again and again. */
export interface Sheet {
  readonly organization: string;
  /** Undefined where it is not about a project. */
  readonly project: string | undefined;
  /** As an element of an array. */
  readonly subject: string;
  /** By the question. */
  readonly cases: Map<string, Known>;
}

interface Known {
  readonly held: Verdict;
  readonly scoped: Verdict | undefined;
  readonly stored: StoredCase;
}

/** Cases that are remembered, twice as many at most; those that no decision had lately are made again. */
const most = 10_000;

export function createCaseBook(policies: Pick<LivePolicies, 'get'>): CaseBook {
  const sheets = new WeakMap<Snapshot, Sheet>();
  const byText = createMemo<string, Known>(most);

  const isOf = ({ held, scoped }: Known, decision: Decision): boolean => held === decision.held && scoped === decision.scoped;

  function remember(decision: Decision, { cases }: Sheet, known: Known): StoredCase {
    // What the vocabulary does not know a caller may make up without end.
    if (!decision.held.reason.startsWith('unknown')) cases.set(decision.permission, known);
    return known.stored;
  }

  return {
    sheetOf(snapshot) {
      let sheet = sheets.get(snapshot);
      if (sheet === undefined) {
        sheet = makeSheet(snapshot);
        sheets.set(snapshot, sheet);
      }
      return sheet;
    },

    find(decision, sheet) {
      const near = sheet.cases.get(decision.permission);
      if (near !== undefined && isOf(near, decision)) return near.stored;
      const known = byText.get(textOf(decision));
      return known !== undefined && isOf(known, decision) ? remember(decision, sheet, known) : undefined;
    },

    async add(decision, sheet) {
      // Where a revision does not hold, others decide in its place, and it is they that the case names.
      const { revisions } = await policies.get(decision.snapshot.revisions);
      const document = canonical(caseOf(decision, revisions));
      const known = { held: decision.held, scoped: decision.scoped, stored: { id: digestUuid(document), document } };
      byText.set(textOf(decision), known);
      return remember(decision, sheet, known);
    },
  };
}

function makeSheet({ subject, supportAccessId, domain }: Snapshot): Sheet {
  const project = domain.dom.split('/')[1];
  return {
    organization: domain.level === 'platform' ? platformChain : toUuid('organization', domain.org),
    project: project === undefined ? undefined : toUuid('project', project),
    subject: elementOf(nameOf(subject, supportAccessId)),
    cases: new Map(),
  };
}

/** Everything that the case depends on, for one engine; its verdicts are compared besides. */
function textOf(decision: Decision): string {
  const { snapshot, resource, action, held } = decision;
  const { domain, roles, scopes, revisions } = snapshot;
  const place = revisions.length > 2 ? domain.dom : domain.level;
  const asked = held.reason === 'unknown-resource' ? '' : held.reason === 'unknown-action' ? resource : `${resource} ${action}`;
  return `${place}|${roles.join(' ')}|${scopes === undefined ? '' : `${scopes.join(' ')}.`}|${revisions.join(' ')}|${asked}|${decision.restrictions.join(' ')}`;
}
