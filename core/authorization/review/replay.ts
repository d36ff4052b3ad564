import { canonical } from '../../base/canonical.ts';
import { digestUuid } from '../../base/ids.ts';
import { type CompiledPolicies, createCompiledPolicies } from '../engine/compiled-policies.ts';
import { createEngine, type Engine, type Verdict } from '../engine/engine.ts';
import { createStock, type Stock } from '../engine/stock.ts';
import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { anyProjectOf, type Domain, domainOf, type Level } from '../policy/domain.ts';
import { PolicyError } from '../policy/findings.ts';
import { subjectsOf } from '../policy/vocabulary.ts';
import { type Flip, groupFlips } from './replay-flips.ts';

/** A case of the decision log, as core/authorization/decisions/cases.ts writes it. */
export interface RecordedCase {
  readonly level: Level;
  readonly domain?: string;
  readonly resource?: string;
  readonly action?: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly row?: Row;
  readonly source?: RowSource & { readonly scope: string };
  readonly roles: readonly string[];
  readonly scopes?: readonly string[];
  readonly questions?: readonly { readonly allowed: boolean }[] | undefined;
  readonly revisions: readonly { readonly scope: string; readonly revision: number; readonly sha256: string }[];
}

/** A case with what the log says of its decisions. */
export interface UsedCase {
  readonly id: string;
  /** What is stored under the id, by one day or the other: once, unless the log was changed. */
  readonly documents: readonly RecordedCase[];
  readonly decisions: number;
  readonly lastUsedAt: Date;
}

/** The contents that decide: by `scope@revision` those of the record, by the name of the scope what is in force and what is asked about. */
export interface ReplayPolicies {
  readonly recorded: ReadonlyMap<string, PolicyContent>;
  readonly inForce: ReadonlyMap<string, PolicyContent>;
  readonly candidates: ReadonlyMap<string, PolicyContent>;
}

/**
 * What is wrong with a case. CASE: it is not what its id says, or is not there. REVISION: a revision is not stored as the case names it.
 * DECISION: the revisions of the record decide otherwise. ENGINE: stock Casbin and the engine differ about what is asked.
 */
export interface ReplayFault {
  readonly caseId: string;
  readonly fault: 'CASE' | 'REVISION' | 'DECISION' | 'ENGINE';
  readonly detail: string;
}

/** How the decisions of the log come out under other policies. */
export interface Replay {
  readonly cases: number;
  readonly decisions: number;
  /** Decisions about what the vocabulary did not know: what was asked is not kept, so they are not taken again. */
  readonly notKept: { readonly cases: number; readonly decisions: number };
  /** Cases that stock Casbin has decided again by the revisions of the record. */
  readonly confirmed: number;
  readonly faults: readonly ReplayFault[];
  readonly flips: readonly Flip[];
}

/** A case under one chain of revisions. */
export interface Redecided {
  readonly allowed: boolean;
  readonly verdict: Verdict;
}

/**
 * Takes each case again by its own revisions and by the candidates in the place of these; other scopes decide as they are in force now, because that
 * is what the candidates would be in force with. What stock Casbin may be asked is bounded by `work`, in rows; what comes out the other way it
 * confirms first, and then the record, in the order of the cases.
 */
export function replay(cases: readonly UsedCase[], policies: ReplayPolicies, { work = Number.POSITIVE_INFINITY } = {}): Replay {
  const chains = createChains(policies);
  const faults: ReplayFault[] = [];
  const notKept = { cases: 0, decisions: 0 };
  const taken: { used: UsedCase; document: RecordedCase; after: Redecided; now: Redecided }[] = [];
  for (const used of cases) {
    const outcome = takeAgain(used, chains);
    if (outcome === 'not-kept') {
      notKept.cases += 1;
      notKept.decisions += used.decisions;
    } else if ('fault' in outcome) faults.push(outcome);
    else taken.push({ used, ...outcome });
  }

  let left = work;
  const confirm = (used: UsedCase, document: RecordedCase, side: Side, expected: boolean): 'no-room' | boolean => {
    const { stock, rows } = chains.stock(document, side);
    left -= rows * (document.scopes ? 2 : 1);
    if (left < 0) return 'no-room';
    const allowed = askStock(stock, document);
    if (allowed === expected) return true;
    const detail = `${permissionOf(document)} is ${wordOf(allowed)} for stock Casbin and ${wordOf(expected)} ${side === 'recorded' ? 'in the log' : 'for the engine'}`;
    faults.push({ caseId: used.id, fault: side === 'recorded' ? 'DECISION' : 'ENGINE', detail });
    return false;
  };
  const flipped = taken
    .filter(({ document, after }) => after.allowed !== document.allowed)
    .filter(
      ({ used, document, after }) =>
        after.verdict.reason.startsWith('unknown') || confirm(used, document, 'candidate', after.allowed) !== false,
    );
  const confirmed = taken.filter(
    ({ used, document }) => left >= 0 && confirm(used, document, 'recorded', document.allowed) === true,
  ).length;
  const untrue = new Set(faults.map(({ caseId }) => caseId));
  const flips = groupFlips(
    flipped
      .filter(({ used }) => !untrue.has(used.id))
      .map((one) => ({ ...one, removedRoles: chains.removedRoles(one.document), alreadyInForce: one.now.allowed === one.after.allowed })),
  );
  return {
    cases: cases.length,
    decisions: cases.reduce((sum, { decisions }) => sum + decisions, 0),
    ...{ notKept, confirmed, faults, flips },
  };
}

type Side = 'recorded' | 'inForce' | 'candidate';
type Chains = ReturnType<typeof createChains>;

/** One case by the engine, under each chain. */
function takeAgain(
  used: UsedCase,
  chains: Chains,
): 'not-kept' | ReplayFault | { document: RecordedCase; after: Redecided; now: Redecided } {
  const faultOf = (fault: ReplayFault['fault'], detail: string): ReplayFault => ({ caseId: used.id, fault, detail });
  const document = used.documents.find((one) => digestUuid(canonical(one)) === used.id);
  if (document === undefined || used.documents.length > 1)
    return faultOf('CASE', used.documents.length === 0 ? 'the case is not stored' : 'the case is not what its id says');
  if (document.resource === undefined || document.action === undefined) return 'not-kept';
  try {
    const before = askEngine(chains.engine(document, 'recorded'), document);
    if (before.allowed !== document.allowed)
      return faultOf(
        'DECISION',
        `${permissionOf(document)} is ${wordOf(before.allowed)} by its revisions and ${wordOf(document.allowed)} in the log`,
      );
    return {
      document,
      after: askEngine(chains.engine(document, 'candidate'), document),
      now: askEngine(chains.engine(document, 'inForce'), document),
    };
  } catch (error) {
    if (error instanceof PolicyError) return faultOf('REVISION', error.message);
    throw error;
  }
}

/** The engines and the stock Casbin of each chain of revisions, made when a case first needs them. */
function createChains({ recorded, inForce, candidates }: ReplayPolicies) {
  const parts: CompiledPolicies = createCompiledPolicies();
  const engines = new Map<string, Engine>();
  const stocks = new Map<string, { stock: Stock; rows: number }>();
  const names = new Map<string, ReadonlySet<string>>();
  const keys = new WeakMap<RecordedCase, string>();
  const nameOf = (side: Side, document: RecordedCase): string => {
    let key = keys.get(document);
    if (key === undefined) {
      key = document.revisions.map(({ scope, revision, sha256 }) => `${scope}@${revision}@${sha256}`).join(' ');
      keys.set(document, key);
    }
    return `${side} ${key}`;
  };

  function contents(document: RecordedCase, side: Side): PolicyContent[] {
    return document.revisions.map(({ scope, revision }) => {
      const own = recorded.get(`${scope}@${revision}`);
      const now = inForce.get(scope) ?? own;
      const content = side === 'recorded' ? own : side === 'inForce' ? now : (candidates.get(scope) ?? now);
      if (content !== undefined) return content;
      const message = `${scope}@${revision} is not stored as the log names it`;
      throw new PolicyError([{ rule: 'contents', level: 'error', message }]);
    });
  }

  function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
    let found = known.get(key);
    if (found === undefined) {
      found = make();
      known.set(key, found);
    }
    return found;
  }

  const rolesOf = (document: RecordedCase, side: Side): ReadonlySet<string> =>
    remember(names, nameOf(side, document), () => {
      const chain = contents(document, side);
      const [platform, blueprint, organization] = chain;
      return new Set([...subjectsOf(platform!.vocabulary!, blueprint?.blueprint), ...Object.keys(organization?.customRoles ?? {})]);
    });

  return {
    engine: (document: RecordedCase, side: Side) =>
      remember(engines, nameOf(side, document), () => createEngine(contents(document, side), parts)),
    stock: (document: RecordedCase, side: Side) =>
      remember(stocks, nameOf(side, document), () => {
        const chain = contents(document, side);
        return { stock: createStock(chain), rows: chain.reduce((sum, { rows }) => sum + rows.length, 1) };
      }),
    /** Roles, states and scopes of the case that the candidates do not have any more. */
    removedRoles(document: RecordedCase): string[] {
      const before = rolesOf(document, 'recorded');
      const after = rolesOf(document, 'candidate');
      return [...document.roles, ...(document.scopes ?? [])].filter((role) => before.has(role) && !after.has(role));
    },
  };
}

function askEngine(engine: Engine, document: RecordedCase): Redecided {
  const { roles, scopes, resource, action } = document;
  const ask = (names: readonly string[]) =>
    engine.decide({ roles: engine.roleSet(names), domain: placeOf(document), resource: resource!, action: action! });
  const held = ask(roles);
  const verdict = held.allowed && scopes !== undefined ? ask(scopes) : held;
  return { allowed: verdict.allowed, verdict };
}

/** Whose question it is makes no difference: the case says which roles they have. */
const anyone = 'user_00000000000000000000000000';

function askStock(stock: Stock, document: RecordedCase): boolean {
  const { roles, scopes, resource, action } = document;
  const ask = (names: readonly string[]) => stock.decide(anyone, names, placeOf(document), resource!, action!).allowed;
  return ask(roles) && (scopes === undefined || ask(scopes));
}

const anyOrganization = 'org_00000000000000000000000000';

/** The place that the case names, or one like it: where it names none no row does. */
function placeOf({ level, domain }: RecordedCase): Domain {
  if (level === 'platform') return domainOf({});
  const [organizationId = anyOrganization, projectId] = domain?.split('/') ?? [];
  if (domain === undefined) return level === 'org' ? domainOf({ organizationId }) : anyProjectOf({ organizationId });
  return domainOf({ organizationId, projectId });
}

const permissionOf = ({ resource, action }: RecordedCase): string => `${resource}:${action}`;

const wordOf = (allowed: boolean): string => (allowed ? 'allowed' : 'denied');
