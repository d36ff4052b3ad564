import { createHash } from 'node:crypto';
import { digest, type PolicyContent, type Row, rowFault } from '../policy/content.ts';
import { isConcreteDomain } from '../policy/domain.ts';
import { type Finding, PolicyError } from '../policy/findings.ts';
import { scopeName } from '../policy/scopes.ts';
import { indexPermissions, type PermissionIndex, type Vocabulary } from '../policy/vocabulary.ts';
import { type Ask, createAsk } from './enforcer.ts';
import type { Engine, Verdict } from './engine.ts';
import { createRoleSets, type RoleSets } from './role-sets.ts';

/** A row, its place in the reading order, and the verdicts in which it is the one that decided. */
export interface PlacedRow {
  readonly position: number;
  readonly row: Row;
  readonly allow: Verdict;
  readonly deny: Verdict;
}

/** The rows of one content, found by object and action. */
export interface CompiledRows {
  readonly concreteDomains: ReadonlySet<string>;
  /** The rows whose object and action are these or `*`, by their subjects. */
  candidates(resource: string, action: string): ReadonlyMap<string, readonly PlacedRow[]>[];
  mayMatch(resource: string, action: string): boolean;
}

/** What engines share: Casbin per model, rows per content, engines per kind of organization, role sets. One per process. */
export interface CompiledPolicies {
  readonly roleSets: RoleSets;
  ask(model: string): Ask;
  rows(content: PolicyContent): CompiledRows;
  engine(platform: PolicyContent, blueprint: PolicyContent | undefined, create: () => Engine): Engine;
  permissions(vocabulary: Vocabulary): PermissionIndex;
  key(contents: readonly PolicyContent[]): string;
  /** Counts the work of questions where it is bounded. */
  spend?(work: number): void;
}

/**
 * Empty parts. What is kept for a content is forgotten together with the content object. With `work`, as in limits, engines
 * throw PolicyError once their questions have cost more: for checking what somebody proposes.
 */
export function createCompiledPolicies(options: { work?: number } = {}): CompiledPolicies {
  const asks = new Map<string, Ask>();
  const compiled = new WeakMap<PolicyContent, CompiledRows>();
  const digests = new WeakMap<PolicyContent, string>();
  const permissions = new WeakMap<Vocabulary, PermissionIndex>();
  const engines = new WeakMap<PolicyContent, WeakMap<PolicyContent, Engine>>();
  return {
    ...(options.work === undefined ? {} : { spend: budget(options.work) }),
    roleSets: createRoleSets(),
    ask: (model) => remember(asks, model, () => createAsk(model)),
    rows: (content) => remember(compiled, content, () => compileRows(content)),
    engine: (platform, blueprint, create) =>
      remember(
        remember(engines, platform, () => new WeakMap()),
        blueprint ?? platform,
        create,
      ),
    permissions: (vocabulary) => remember(permissions, vocabulary, () => indexPermissions(vocabulary)),
    key: (contents) => {
      const parts = contents.map((content) => remember(digests, content, () => digest(content)));
      return createHash('sha256').update(parts.join('+')).digest('hex');
    },
  };
}

function budget(work: number): (spent: number) => void {
  let left = work;
  return (spent) => {
    left -= spent;
    if (left >= 0) return;
    const message = 'checking this policy takes too many questions: name actions instead of *, or test fewer roles, cases and invariants';
    throw new PolicyError([{ rule: 'too-much-work', level: 'error', message }]);
  };
}

function remember<K, V>(known: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, create: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const created = create();
  known.set(key, created);
  return created;
}

function compileRows(content: PolicyContent): CompiledRows {
  refuseMalformed(content);
  const byPair = new Map<string, Map<string, PlacedRow[]>>();
  const concreteDomains = new Set<string>();
  for (const [position, row] of content.rows.entries()) {
    const source = { ...content.sources[position]!, scope: content.scope };
    const allow: Verdict = { allowed: true, reason: 'allow', row, source };
    const deny: Verdict = { allowed: false, reason: 'deny', row, source };
    const [sub, dom, obj, act] = row;
    const bySubject = remember(byPair, pairKey(obj, act), () => new Map<string, PlacedRow[]>());
    remember(bySubject, sub, () => []).push({ position, row, allow, deny });
    if (isConcreteDomain(dom)) concreteDomains.add(dom);
  }
  const pairsFor = (resource: string, action: string) => [
    pairKey(resource, action),
    pairKey(resource, '*'),
    pairKey('*', action),
    pairKey('*', '*'),
  ];
  return {
    concreteDomains,
    candidates: (resource, action) => pairsFor(resource, action).flatMap((pair) => byPair.get(pair) ?? []),
    mayMatch: (resource, action) => pairsFor(resource, action).some((pair) => byPair.has(pair)),
  };
}

/** No field can hold a space, so two pairs never meet in one key. */
function pairKey(obj: string, act: string): string {
  return `${obj} ${act}`;
}

function refuseMalformed(content: PolicyContent): void {
  const findings: Finding[] = [];
  if (content.sources.length !== content.rows.length) {
    findings.push({
      rule: 'malformed-row',
      level: 'error',
      message: `${scopeName(content.scope)} has ${content.rows.length} rows and ${content.sources.length} places`,
    });
  }
  for (const [position, row] of content.rows.entries()) {
    const fault = rowFault(row) ?? (content.scope.startsWith('org_') ? foreignFault(content.scope, row) : undefined);
    if (fault !== undefined) findings.push({ rule: 'malformed-row', level: 'error', message: fault, ...content.sources[position] });
  }
  if (findings.length > 0) throw new PolicyError(findings);
}

/** Rows of an organization are about its custom roles and itself: any other subject or domain would change what reviewed roles may do. They are read in no other organization. */
function foreignFault(scope: string, [sub, dom]: Row): string | undefined {
  if (!/^role_[A-Za-z0-9]+$/.test(sub)) return `${sub} is no custom role (role_...), which is all that rows of ${scope} can speak of`;
  if (!['org', 'project', scope].includes(dom) && !dom.startsWith(`${scope}/`)) return `the domain ${dom} is not in ${scope}`;
  return undefined;
}

/** Of candidates those of these subjects, in the reading order. */
export function rowsOf(candidates: readonly ReadonlyMap<string, readonly PlacedRow[]>[], subjects: ReadonlySet<string>): PlacedRow[] {
  const found: PlacedRow[] = [];
  for (const bySubject of candidates) {
    for (const subject of bySubject.size < subjects.size ? bySubject.keys() : subjects) {
      if (subjects.has(subject)) found.push(...(bySubject.get(subject) ?? []));
    }
  }
  return found.length < 2 ? found : found.sort((a, b) => a.position - b.position);
}
