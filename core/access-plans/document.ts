import { reasonOf } from '../authorization/decisions/explanations.ts';
import type { Verdict } from '../authorization/engine/engine.ts';
import type { Flag } from '../authorization/policy/flags.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import type { Effect, PermissionChange } from '../authorization/review/policy-change.ts';
import { pairName } from '../authorization/review/verdicts.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import type { RoleMapping } from '../policies/role-mapping.ts';
import type { Source } from './holdings.ts';
import { byLastUse, type LossUses, type ShownLastUse, showLastUse } from './last-use.ts';
import { compare } from './order.ts';
import type { AccessPlan } from './plan.ts';
import type { Rail } from './rails.ts';
import type { PlanRow, SubjectType } from './rows.ts';

/** A verdict with the row that decided; there is none where no row matched. */
export interface ShownVerdict {
  readonly decision: boolean;
  readonly reason: 'ALLOW' | 'DENY' | 'NO_MATCH' | 'UNKNOWN_RESOURCE' | 'UNKNOWN_ACTION';
  readonly rule?: { readonly scope: string; readonly file: string; readonly line: number; readonly row: readonly string[] };
}

/** SENSITIVE: gaining it is looked at first. LOCKOUT: somebody is to be left who has it. */
export type ShownFlag = Uppercase<Flag>;

/** A permission that all holders of the same roles gain or lose. */
export interface ShownChange {
  readonly kind: 'GAIN' | 'LOSS';
  readonly permission: string;
  /** What the policies say of the permission itself, where they do. */
  readonly flags?: readonly ShownFlag[];
  readonly before: ShownVerdict;
  readonly after: ShownVerdict;
  readonly because: readonly string[];
  /** The type is switched off there: nothing changes until it is switched on again, and the verdicts are those of then. */
  readonly switchedOff?: true;
  /** Of a loss: when one of the subjects last used it. */
  readonly lastUse?: ShownLastUse;
}

/** What happens to all who hold the same, and how many they are. */
export interface ShownEffect {
  readonly effect: number;
  readonly level: 'PLATFORM' | 'ORGANIZATION' | 'PROJECT';
  readonly place?: string;
  readonly roles: readonly string[];
  readonly scopes?: readonly string[];
  /** Types of the changes that are switched off there, by which they are asked about in that state. */
  readonly switchedOff?: readonly string[];
  readonly via: readonly Source[];
  /** Pairs of a subject and a place. */
  readonly subjects: number;
  readonly organizations: number;
  readonly changes: readonly ShownChange[];
}

/** Subjects of one organization with the same effect in the same place. */
export interface ShownRow {
  readonly effect: number;
  readonly organizationId?: string;
  readonly place: PlanRow['place'];
  readonly projectId?: string;
  readonly subjectType: SubjectType;
  readonly via: readonly Source[];
  readonly count: number;
  /** Of the pairs of subject and place: another one where others are meant. */
  readonly fold: string;
  readonly subjects?: readonly { readonly id: string; readonly exceptProjects?: readonly string[] }[];
}

/** A plan as it is shown: the same bytes for the same policies and the same data. */
export interface PlanDocument {
  readonly targets: readonly {
    readonly scope: string;
    readonly from?: { readonly revision: number; readonly sha256: string };
    readonly to: { readonly sha256: string };
  }[];
  /** What becomes of roles that the contents lack, where it was said. */
  readonly roleMapping?: RoleMapping;
  readonly digest: string;
  readonly summary: {
    /** What changes at once; what is switched off where it would change is counted apart. */
    readonly gains: number;
    readonly losses: number;
    /** Gains of permissions that are sensitive, and losses of those of which an organization is not to be left without. */
    readonly sensitiveGains: number;
    readonly lockoutLosses: number;
    /** Subjects of each type, once each; nothing where the ids are not kept. */
    readonly subjects?: Readonly<Record<SubjectType, number>>;
    readonly organizations: number;
    /** What changes once it is switched on again, and in how many organizations; nothing where that is nothing. */
    readonly switchedOff?: Readonly<Record<'gains' | 'losses' | 'sensitiveGains' | 'lockoutLosses' | 'organizations', number>>;
    readonly byPermission: readonly {
      readonly kind: 'GAIN' | 'LOSS';
      readonly permission: string;
      readonly level: ShownEffect['level'];
      readonly flags?: readonly ShownFlag[];
      readonly switchedOff?: true;
      readonly count: number;
      /** Of losses, which are ranked by it. */
      readonly lastUse?: ShownLastUse;
    }[];
  };
  /** How far back the decision log was read, and whether it has every decision since. */
  readonly uses: Pick<LossUses, 'days' | 'log'>;
  readonly rails: readonly Rail[];
  readonly pendingInvitations: AccessPlan['invitations'];
  readonly stranded: AccessPlan['stranded'];
  readonly verification: { readonly decided: number; readonly differences: AccessPlan['verification']['differences'] };
  readonly effects: readonly ShownEffect[];
  /** COMPLETE names every subject; GROUPED says how many they are, because they are too many. */
  readonly detail: 'COMPLETE' | 'GROUPED';
  readonly rows: readonly ShownRow[];
}

const levelNames = { platform: 'PLATFORM', org: 'ORGANIZATION', project: 'PROJECT' } as const;
/** The kind of the ids of subjects. */
export const idKinds = { USER: 'user', SERVICE_ACCOUNT: 'serviceAccount', API_KEY: 'apiKey' } as const;

/** Shows a plan. */
export function documentOf(plan: AccessPlan): PlanDocument {
  const { targets, digest, effects, rows, rails, invitations, stranded, uses, verification, mapping } = plan;
  const byEffect = groupedBy(rows, ({ effect }) => effect);
  const isComplete = rows.every(({ subjects, subjectType }) => subjects !== undefined || subjectType === 'CONTROLLER');
  const numbers = new Map(effects.map((effect, index) => [effect, index + 1]));
  return {
    targets: targets.map(({ scope, ...target }) => ({ scope: scopeName(scope), ...target })),
    ...(mapping && { roleMapping: mapping }),
    digest,
    summary: summaryOf({ effects, rows, uses }, byEffect, isComplete),
    uses: { days: uses.days, log: uses.log },
    rails,
    pendingInvitations: invitations,
    stranded,
    verification: { decided: verification.decided, differences: verification.differences },
    effects: effects.map((effect) => showEffect(effect, numbers.get(effect)!, byEffect.get(effect)!, plan)),
    detail: isComplete ? 'COMPLETE' : 'GROUPED',
    rows: rows.map((row) => showRow(row, numbers.get(row.effect)!)),
  };
}

function summaryOf(
  { effects, rows, uses }: Pick<AccessPlan, 'effects' | 'rows' | 'uses'>,
  byEffect: ReadonlyMap<Effect, readonly PlanRow[]>,
  isComplete: boolean,
): PlanDocument['summary'] {
  const byPermission = new Map<string, PlanDocument['summary']['byPermission'][number]>();
  for (const effect of effects) {
    const count = sumOf(byEffect.get(effect)!);
    for (const change of effect.changes) {
      const about = {
        ...{ kind: change.kind, permission: pairName(change), level: levelNames[effect.level] },
        ...shownFlags(change),
        ...(change.switchedOff && { switchedOff: change.switchedOff }),
      };
      const key = Object.values(about).join(' ');
      const known = byPermission.get(key);
      const [lastUse] = [known?.lastUse, lastUseOf(uses, effect, change)].filter((use) => use !== undefined).sort(byLastUse);
      byPermission.set(key, { ...about, count: count + (known?.count ?? 0), ...(lastUse && { lastUse }) });
    }
  }
  // Losses before gains, but what is sensitive before all.
  const all = [...byPermission.values()].sort(
    (a, b) =>
      Number(isSensitiveGain(b)) - Number(isSensitiveGain(a)) ||
      compare(b.kind, a.kind) ||
      byLastUse(a.lastUse, b.lastUse) ||
      compare(a.permission, b.permission) ||
      Number(a.switchedOff ?? false) - Number(b.switchedOff ?? false),
  );
  const rowsOf = (isOff: boolean) => rows.filter(({ effect }) => effect.changes.some(({ switchedOff = false }) => switchedOff === isOff));
  const atOnce = rowsOf(false);
  return {
    ...totalsOf(all.filter(({ switchedOff }) => !switchedOff)),
    ...(isComplete && { subjects: distinctSubjects(atOnce) }),
    organizations: organizationsOf(atOnce),
    ...(all.some(({ switchedOff }) => switchedOff) && {
      switchedOff: {
        ...totalsOf(all.filter(({ switchedOff }) => switchedOff)),
        organizations: organizationsOf(rowsOf(true)),
      },
    }),
    byPermission: all,
  };
}

function totalsOf(all: PlanDocument['summary']['byPermission']) {
  const total = (kind: 'GAIN' | 'LOSS', flag?: ShownFlag): number =>
    all.reduce((sum, each) => sum + (each.kind === kind && (!flag || each.flags?.includes(flag)) ? each.count : 0), 0);
  return {
    gains: total('GAIN'),
    losses: total('LOSS'),
    sensitiveGains: total('GAIN', 'SENSITIVE'),
    lockoutLosses: total('LOSS', 'LOCKOUT'),
  };
}

function organizationsOf(rows: readonly PlanRow[]): number {
  return new Set(rows.flatMap(({ organizationId }) => organizationId ?? [])).size;
}

function distinctSubjects(rows: readonly PlanRow[]): Record<SubjectType, number> {
  const known: Record<SubjectType, Set<string>> = {
    USER: new Set(),
    SERVICE_ACCOUNT: new Set(),
    API_KEY: new Set(),
    CONTROLLER: new Set(),
  };
  for (const { subjectType, subjects } of rows) {
    if (subjectType === 'CONTROLLER') known.CONTROLLER.add('controller');
    for (const subject of subjects?.keys() ?? []) known[subjectType].add(subject);
  }
  return Object.fromEntries(Object.entries(known).map(([type, ids]) => [type, ids.size])) as Record<SubjectType, number>;
}

function sumOf(rows: readonly PlanRow[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function showEffect(effect: Effect, number: number, rows: readonly PlanRow[], { uses, newNames }: AccessPlan): ShownEffect {
  const { level, place, roles, scopes, switchedOff, changes } = effect;
  return {
    effect: number,
    level: levelNames[level],
    ...(place !== undefined && { place }),
    roles,
    ...(scopes && { scopes }),
    ...(switchedOff && { switchedOff }),
    via: [...new Set(rows.flatMap(({ via }) => via))].sort(),
    subjects: sumOf(rows),
    organizations: organizationsOf(rows),
    changes: changes.map((change) => showChange(change, lastUseOf(uses, effect, change), newNames)),
  };
}

/** Whether a permission is gained that is sensitive. */
export function isSensitiveGain({ kind, flags }: Pick<ShownChange, 'kind' | 'flags'>): boolean {
  return kind === 'GAIN' && flags?.includes('SENSITIVE') === true;
}

function shownFlags({ flags }: PermissionChange): { flags?: ShownFlag[] } {
  return flags.length === 0 ? {} : { flags: flags.map((flag) => flag.toUpperCase() as ShownFlag) };
}

function lastUseOf(uses: LossUses, effect: Effect, change: PermissionChange): ShownLastUse | undefined {
  return change.kind === 'LOSS' ? showLastUse(uses.lastUse(effect, pairName(change))) : undefined;
}

function showChange(change: PermissionChange, lastUse: ShownLastUse | undefined, newNames: ReadonlyMap<string, string>): ShownChange {
  const { kind, before, after, because, switchedOff } = change;
  const verdicts = { before: showVerdict(before), after: showVerdict(after, newNames) };
  return {
    ...{ kind, permission: pairName(change), ...shownFlags(change), ...verdicts, because },
    ...(switchedOff && { switchedOff }),
    ...(lastUse && { lastUse }),
  };
}

/** A row of a new role, which decides for holders of the old one, is shown as it stands in its file. */
function showVerdict({ allowed, reason, row, source }: Verdict, newNames: ReadonlyMap<string, string> = new Map()): ShownVerdict {
  return {
    decision: allowed,
    reason: reasonOf(reason) as ShownVerdict['reason'],
    ...(row &&
      source && {
        rule: {
          scope: scopeName(source.scope),
          file: source.file,
          line: source.line,
          row: row.map((cell, index) => (index === 0 ? (newNames.get(cell) ?? cell) : cell)),
        },
      }),
  };
}

function showRow({ effect: _, subjects, subjectType, ...row }: PlanRow, effect: number): ShownRow {
  const { organizationId, place, projectId, via, count, fold } = row;
  const shown = {
    effect,
    ...(organizationId !== undefined && { organizationId }),
    place,
    ...(projectId !== undefined && { projectId }),
    subjectType,
    via,
    count,
    fold: fold.toString(16).padStart(16, '0'),
  };
  if (!subjects || subjectType === 'CONTROLLER') return shown;
  const ids = [...subjects].sort(([a], [b]) => compare(a, b));
  return {
    ...shown,
    subjects: ids.map(([uuid, except]) => ({ id: toId(idKinds[subjectType], uuid), ...(except.length > 0 && { exceptProjects: except }) })),
  };
}
