import { type Coverage, coverageOf } from '../authorization/decision-log/coverage.ts';
import { type CaseUsers, loggedCases, usersOfCases, type Window } from '../authorization/decision-log/used-cases.ts';
import type { DecisionCase } from '../authorization/decisions/cases.ts';
import { digest, type PolicyContent, type Row } from '../authorization/policy/content.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { type Replay, type ReplayFault, replay, type UsedCase } from '../authorization/review/replay.ts';
import type { Flip } from '../authorization/review/replay-flips.ts';
import { contentOf, listHeadsOfFiles, type StoredContent } from '../authorization/store/revisions.ts';
import { type Db, prepared } from '../database/database.ts';

/** What is asked: how the decisions of a window come out under these contents. */
export interface ReplayQuestion extends Window {
  readonly candidates: readonly PolicyContent[];
  /** Cases at most, those that were used last. */
  readonly limit: number;
  /** Rows that stock Casbin may read at most; undefined for no bound. */
  readonly work?: number | undefined;
}

/** A flip, and whom it concerns. */
export type ShownFlip = Omit<Flip, 'caseIds'> & { readonly cases: number; readonly users: CaseUsers };

/** How the decisions of a window come out under other contents, and what the log has of the window. */
export interface DecisionReplay extends Omit<Replay, 'flips' | 'faults'> {
  readonly candidates: readonly { readonly scope: string; readonly sha256: string }[];
  /** What decides beside the candidates. */
  readonly beside: readonly { readonly scope: string; readonly revision: number }[];
  readonly since: Date;
  readonly until: Date;
  readonly leftOut: { readonly cases: number; readonly decisions: number };
  readonly coverage: Coverage;
  readonly faults: number;
  /** Some of them. */
  readonly shownFaults: readonly ReplayFault[];
  readonly totals: FlipTotals;
  /** Those that were used last. */
  readonly flips: readonly ShownFlip[];
}

/** Decisions by what becomes of them. */
export interface FlipTotals {
  readonly losses: number;
  readonly gains: number;
  readonly rolesRemoved: number;
  readonly permissionsRemoved: number;
  /** How many of all of these what is in force now has changed already. */
  readonly alreadyInForce: number;
  readonly groups: number;
}

/** How much an answer has: groups of flips, users of each, faults (docs/limits.md). */
const shown = { flips: 100, users: 20, faults: 20 };

/**
 * Takes the decisions of a window again with these contents in the place of the revisions that decided. Other scopes decide as they are in force
 * now, for it is beside them that the contents would come into force. In one transaction that sees one moment.
 */
export async function replayDecisions(db: Db, { candidates, limit, work, since, until }: ReplayQuestion): Promise<DecisionReplay> {
  const logged = await loggedCases(db, { since, until }, limit);
  const coverage = await coverageOf(db, { since, until });
  const heads = await listHeadsOfFiles(db);
  const policies = {
    ...(await contentsOf(db, logged.cases, heads)),
    candidates: new Map(candidates.map((content) => [scopeName(content.scope), content])),
  };
  const { flips, faults, ...replayed } = replay(logged.cases as readonly UsedCase[], policies, { ...(work !== undefined && { work }) });
  const some = flips.slice(0, shown.flips);
  const users = await usersOfCases(
    db,
    { since, until },
    some.map(({ caseIds }) => caseIds),
    shown.users,
  );
  const isAsked = new Set(candidates.map(({ scope }) => scope));
  return {
    ...replayed,
    candidates: candidates.map((content) => ({ scope: scopeName(content.scope), sha256: digest(content) })),
    beside: heads.filter(({ scope }) => !isAsked.has(scope)).map(({ scope, revision }) => ({ scope: scopeName(scope), revision })),
    ...{ since, until, leftOut: logged.leftOut, coverage },
    faults: faults.length,
    shownFaults: faults.slice(0, shown.faults),
    totals: totalsOf(flips),
    flips: some.map(({ caseIds, ...flip }, index) => ({ ...flip, cases: caseIds.length, users: users[index]! })),
  };
}

function totalsOf(flips: readonly Flip[]): FlipTotals {
  const sum = (isCounted: (flip: Flip) => boolean) => flips.reduce((all, flip) => all + (isCounted(flip) ? flip.decisions : 0), 0);
  return {
    losses: sum(({ kind }) => kind === 'LOSS'),
    gains: sum(({ kind }) => kind === 'GAIN'),
    rolesRemoved: sum(({ kind }) => kind === 'ROLE_REMOVED'),
    permissionsRemoved: sum(({ kind }) => kind === 'PERMISSION_REMOVED'),
    alreadyInForce: sum(({ alreadyInForce }) => alreadyInForce),
    groups: flips.length,
  };
}

const revisionsSql = `
select r.scope, r.model, r.rows, r.sources, r.documents, r.sha256, r.revision
from unnest($1::text[], $2::int[]) as a (scope, revision) join policy_revisions r on r.scope = a.scope and r.revision = a.revision`;

const ownHeadsSql = 'select scope, revision from policy_heads where scope = any ($1)';

/** What the cases name, as far as it is stored as they name it, and what is in force of the same scopes. */
async function contentsOf(
  db: Db,
  cases: readonly { readonly documents: readonly DecisionCase[] }[],
  heads: readonly { readonly scope: string; readonly revision: number }[],
) {
  const named = new Map<string, { scope: string; revision: number; sha256: string }>();
  for (const { scope, revision, sha256 } of cases.flatMap(({ documents }) => documents.flatMap(revisionsIn)))
    named.set(`${scope}@${revision}`, { scope: storedScope(scope), revision, sha256 });
  const own = [...new Set([...named.values()].map(({ scope }) => scope))].filter((scope) => scope.startsWith('org_'));
  const ownHeads = await prepared<{ scope: string; revision: number }>(db, 'own-heads', ownHeadsSql, [own]);
  const inForce = new Map([...heads, ...ownHeads].map(({ scope, revision }) => [scopeName(scope), `${scopeName(scope)}@${revision}`]));
  const wanted = [...new Set([...named.keys(), ...inForce.values()])].map((name) => ({ name, at: name.lastIndexOf('@') }));
  const values = [wanted.map(({ name, at }) => storedScope(name.slice(0, at))), wanted.map(({ name, at }) => Number(name.slice(at + 1)))];
  const stored = await prepared<StoredContent & { rows: Row[] }>(db, 'replayed-revisions', revisionsSql, values);
  const contents = new Map(stored.flatMap((row) => contentIn(row)));
  return {
    recorded: new Map([...contents].filter(([name, { sha256 }]) => (named.get(name)?.sha256 ?? sha256) === sha256).map(toContent)),
    inForce: new Map([...inForce].flatMap(([scope, name]) => (contents.has(name) ? [[scope, contents.get(name)!.content] as const] : []))),
  };
}

const toContent = ([name, { content }]: [string, { content: PolicyContent }]) => [name, content] as const;

/** What is stored, unless it was changed since: then it is as if it were not there. */
function contentIn({ rows, ...stored }: StoredContent & { rows: Row[] }): [string, { content: PolicyContent; sha256: string }][] {
  try {
    const name = `${scopeName(stored.scope)}@${stored.revision}`;
    return [[name, { content: contentOf(stored, rows), sha256: stored.sha256 }]];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [];
  }
}

/** Of a document that was changed nothing is sure. */
function revisionsIn(document: DecisionCase | null): DecisionCase['revisions'] {
  const revisions: unknown = document?.revisions;
  const isName = (one: unknown): boolean => {
    const { scope, revision } = (one ?? {}) as { scope?: unknown; revision?: unknown };
    return typeof scope === 'string' && Number.isSafeInteger(revision) && (revision as number) > 0 && (revision as number) < 2 ** 31;
  };
  return Array.isArray(revisions) ? revisions.filter(isName) : [];
}
