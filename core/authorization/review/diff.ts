import { canonical } from '../../base/canonical.ts';
import { createEngine, type Engine, type Verdict } from '../engine/engine.ts';
import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { type Level, levels } from '../policy/domain.ts';
import { scopeName } from '../policy/scopes.ts';
import { anyPlace, type ChangedVerdict, changedVerdicts, pairName, sayOf, subjectsIn } from './verdicts.ts';

/** What became of a role, state or scope: it gives more, less, or some of both; what stayed equivalent is left out. */
export type Relation = 'equivalent' | 'more' | 'less' | 'incomparable';

/** What a role says to a permission, and the row that says it. */
export interface Say {
  readonly says: 'allow' | 'deny' | 'nothing';
  readonly row?: Row;
  readonly source?: RowSource;
}

/** One permission that a role, held alone or beside others, answers otherwise. */
export interface SayChange {
  readonly permission: string;
  readonly level: Level;
  readonly kind: 'gain' | 'loss';
  readonly before: Say;
  readonly after: Say;
}

export interface RoleDiff {
  readonly role: string;
  readonly relation: Exclude<Relation, 'equivalent'>;
  readonly changes: readonly SayChange[];
}

/** What changes in the meaning of one scope. */
export interface ScopeDiff {
  readonly scope: string;
  readonly relation: Relation;
  /** Only one of the policies has the scope. */
  readonly only?: 'before' | 'after';
  readonly roles: readonly RoleDiff[];
  /** Parts of blueprint.yaml or permissions.yaml that say something else, such as `customRoles`. */
  readonly definition: readonly string[];
}

/** Compares two policies by what they allow, scope by scope; how rows are written, ordered or spread over files makes no difference. */
export function diffPolicies(before: readonly PolicyContent[], after: readonly PolicyContent[]): ScopeDiff[] {
  const scopes = [...new Set([...after, ...before].map(({ scope }) => scope))];
  const listed = new Set<string>();
  return scopes.map((scope) => {
    const [one, other] = [before, after].map((contents) => contents.find((content) => content.scope === scope));
    // A scope that is on one side only is compared with one that has no rows.
    const without = (contents: readonly PolicyContent[], content: PolicyContent): PolicyContent[] =>
      contents
        .map((each) => (each.scope === scope ? content : each))
        .concat(contents.some((each) => each.scope === scope) ? [] : [content]);
    const engines = {
      before: engineFor(one ? before : without(before, { ...other!, rows: [], sources: [] }), scope),
      after: engineFor(other ? after : without(after, { ...one!, rows: [], sources: [] }), scope),
    };
    const roles = rolesOf(engines.before, engines.after, scope).map(({ role, changes }) => ({
      role,
      // What changes by the rows of the platform is listed with the platform, and not once more with each kind of organization.
      changes: changes.filter((change) => {
        const key = canonical([role, change]);
        return scope === 'platform' ? listed.add(key) : !listed.has(key);
      }),
    }));
    const changed = roles.filter(({ changes }) => changes.length > 0).map((role) => ({ ...role, relation: relationOf(role.changes) }));
    return {
      scope: scopeName(scope),
      relation: changed.length === 0 ? 'equivalent' : relationOf(changed.flatMap(({ changes }) => changes)),
      ...(one === undefined && { only: 'after' as const }),
      ...(other === undefined && { only: 'before' as const }),
      roles: changed,
      definition: definitionOf(one, other),
    };
  });
}

function engineFor(contents: readonly PolicyContent[], scope: string): Engine {
  return createEngine(contents.filter((content) => content.scope === 'platform' || content.scope === scope));
}

function rolesOf(before: Engine, after: Engine, scope: string): { role: string; changes: SayChange[] }[] {
  const places = (scope === 'platform' ? levels : levels.slice(1)).map((level) => anyPlace(level));
  const byRole = new Map<string, SayChange[]>();
  const matters = mattersIn(before, after);
  for (const change of changedVerdicts(before, after, places)) {
    if (!matters(change)) continue;
    byRole.set(change.subject, [...(byRole.get(change.subject) ?? []), toSayChange(change)]);
  }
  return [...byRole].map(([role, changes]) => ({ role, changes })).sort((a, b) => (a.role < b.role ? -1 : 1));
}

/** Whether a change can be noticed: a deny that comes or goes is, where another role allows what it denies. */
function mattersIn(before: Engine, after: Engine): (change: ChangedVerdict) => boolean {
  const about = subjectsIn([...before.rows(), ...after.rows()]);
  return ({ subject, domain, before: was, after: is, ...pair }) => {
    if (was.allowed || is.allowed) return true;
    return [...about(pair, domain.level)].some(
      (other) =>
        other !== subject && [before, after].some((engine) => engine.decide({ roles: engine.roleSet([other]), domain, ...pair }).allowed),
    );
  };
}

const rank = { deny: -1, nothing: 0, allow: 1 } as const;

function toSayChange({ domain, before, after, ...pair }: ChangedVerdict): SayChange {
  const [was, is] = [toSay(before), toSay(after)];
  const kind = rank[is.says] > rank[was.says] ? 'gain' : 'loss';
  return { permission: pairName(pair), level: domain.level, kind, before: was, after: is };
}

function toSay(verdict: Verdict): Say {
  const { row, source } = verdict;
  return { says: sayOf(verdict) ?? 'nothing', ...(row && { row }), ...(source && { source: { file: source.file, line: source.line } }) };
}

function relationOf(changes: readonly SayChange[]): Exclude<Relation, 'equivalent'> {
  const kinds = new Set(changes.map(({ kind }) => kind));
  if (kinds.size > 1) return 'incomparable';
  return kinds.has('gain') ? 'more' : 'less';
}

/** The parts of what a scope declares that differ. */
function definitionOf(before: PolicyContent | undefined, after: PolicyContent | undefined): string[] {
  const [was, is] = [before, after].map((content): Record<string, unknown> => ({ ...content?.vocabulary, ...content?.blueprint }));
  const parts = [...new Set([...Object.keys(is!), ...Object.keys(was!)])];
  const text = (value: unknown) => (value === undefined ? '' : canonical(value));
  return parts.filter((part) => text(was![part]) !== text(is![part])).sort();
}
