import { type Actor, createActor, type Place, type Principal } from '../authorization/decisions/actor.ts';
import { decideWith } from '../authorization/decisions/decide.ts';
import { type DecidingRule, decidingRule } from '../authorization/decisions/explanations.ts';
import type { Verdict } from '../authorization/engine/engine.ts';
import { anyProjectOf } from '../authorization/policy/domain.ts';
import { flagsOf } from '../authorization/policy/flags.ts';
import { storedRole } from '../authorization/policy/vocabulary.ts';
import { type Pair, pairName } from '../authorization/review/verdicts.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { counted } from '../base/counted.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { createSeparation } from './change-separation.ts';
import { createBudget, type Difference, differencesOf, type SubjectDifference, type View } from './difference.ts';
import type { Group } from './groups.ts';
import type { Source } from './holdings.ts';
import { byLastUse, readOwnUses, type ShownLastUse, showLastUse } from './last-use.ts';
import { givingTop, lockoutPairs } from './lockout.ts';
import type { MovedAccess } from './moved-policies.ts';
import type { OfferedAccess } from './offered.ts';
import { peopleWho } from './people-who.ts';
import { type SwitchedResources, switchedResources } from './switched-resources.ts';

/** What a request would do to what subjects may do. */
export interface AccessChange {
  readonly summary: {
    /** Subjects who may do something else than before, as far as the caller may ask about them. */
    readonly subjects: number;
    readonly gains: number;
    readonly losses: number;
    /** Subjects about whom the caller may not ask, in some place or in all. */
    readonly withheld: number;
    /** Whether the change reaches further than what was looked at, or than where it was asked what the caller may know. */
    readonly partial: boolean;
  };
  readonly items: readonly AccessChangeItem[];
  /** How many further ones there are. */
  readonly more: number;
  readonly rails: readonly AccessChangeRail[];
  /** What invitations and links offer that the request makes or changes; who is invited has it once they accept, not before. */
  readonly offered: readonly OfferedAccess[];
  /** What it switches off, or on again, where it is a change of restrictions. */
  readonly resources?: readonly SwitchedResources[];
  /** What each policy does that it puts into force; whom it meets is in an access plan. */
  readonly policies?: readonly MovedAccess[];
}

/** What the one who makes the change should know before. */
export interface AccessChangeRail {
  /** LAST_GIVER: no person is left who may give the top role. LOCKOUT: or who has a permission with that flag. OWN_ACCESS: the caller loses something. SEPARATION_OF_DUTIES: subjects come to have both of two permissions that are kept apart. */
  readonly id: 'LAST_GIVER' | 'LOCKOUT' | 'OWN_ACCESS' | 'SEPARATION_OF_DUTIES';
  /** BLOCK is what `tenet plan` stops at. */
  readonly status: 'WARN' | 'BLOCK';
  readonly organizationId: string;
  readonly detail: string;
}

/** A permission that a subject gains or loses in a place. */
export interface AccessChangeItem {
  readonly kind: 'GAIN' | 'LOSS';
  readonly organizationId: string;
  readonly subject: { readonly type: 'USER' | 'SERVICE_ACCOUNT' | 'API_KEY'; readonly id: string };
  readonly place: 'ORGANIZATION' | 'PROJECT' | 'OTHER_PROJECTS';
  readonly projectId?: string;
  /** How many other projects that are. */
  readonly projects?: number;
  readonly permission: string;
  /** The one resource that it is about; absent for all of the type. */
  readonly resourceId?: string;
  /** Whether the vocabulary says so of the permission. */
  readonly sensitive?: true;
  /** The roles, states and scopes that come, go or say something else. */
  readonly via: readonly { readonly role: string; readonly source: Source }[];
  readonly before: AccessVerdict;
  readonly after: AccessVerdict;
  /** Of a loss by a restriction: when the subject last used the permission in the organization, for callers who may explain decisions there. */
  readonly lastUse?: ShownLastUse;
}

interface AccessVerdict {
  readonly allowed: boolean;
  /** For callers who may explain decisions there. */
  readonly rule?: DecidingRule;
}

/** Items that are shown at most (docs/limits.md). */
const most = 1_000;
/** Projects about which the policy is asked whether the caller may ask there; what changes in others is withheld (docs/limits.md). */
const mostProjects = 100;

const typeNames = {
  user: { type: 'USER', prefix: 'user' },
  'service-account': { type: 'SERVICE_ACCOUNT', prefix: 'serviceAccount' },
  'api-key': { type: 'API_KEY', prefix: 'apiKey' },
} as const satisfies Record<Group['subject'], object>;

/** Who is told: the caller, in a transaction that sees what was before the change. */
interface Audience {
  readonly policies: LivePolicies;
  readonly principal: Principal;
  readonly requestId: string;
  /** For the command line, which has the database: nothing is withheld. */
  readonly isToldAll?: boolean;
}

/** An organization before and after a change, with all who may have gained or lost something; one view is missing where it is not there. */
export interface Compared {
  readonly organizationId: string;
  readonly before: View | undefined;
  readonly after: View | undefined;
}

/** Collects what changes, as far as the caller may ask about it. What they may do is what they may do before the change. */
export function createReport(db: Db, audience: Audience) {
  const items: AccessChangeItem[] = [];
  const subjects = new Set<string>();
  const withheld = new Set<string>();
  const counts = { GAIN: 0, LOSS: 0 };
  const rails: AccessChangeRail[] = [];
  const separation = createSeparation();
  const offers: OfferedAccess[] = [];
  const switched: SwitchedResources[] = [];
  const budget = createBudget();
  const projects = createProjectBound();
  // It asks when the change is undone, and about a place once.
  const actor = createActor({ db, ...audience, lock: false });

  /** Sends the first question about the caller, which is nearly always asked, ahead of the answers that it waits for. */
  function begin(organizationId: string | undefined): void {
    if (organizationId !== undefined) actor.snapshot({ organizationId }).catch(() => undefined);
  }

  async function add(compared: Compared): Promise<void> {
    const caller = audience.isToldAll ? everythingOf(compared) : createCaller(actor, compared, projects);
    const ofRails: SubjectDifference[] = [];
    for await (const one of differencesOf(compared.before, compared.after, budget)) {
      await tell(one, caller, compared);
      if (caller.isSelf(one) || (one.type === 'user' && one.where.place === 'ORGANIZATION')) ofRails.push(one);
    }
    await warn(ofRails, caller, compared);
    const resources = await switchedResources(db, compared.before?.facts, compared.after?.facts);
    switched.push(...resources);
    if (resources.length > 0 && (await caller.mayExplain())) await addUses(compared.organizationId);
  }

  /** What is switched off takes from many at one time; who used it is what the caller wants to know first. */
  async function addUses(organizationId: string): Promise<void> {
    const isLoss = (item: AccessChangeItem): boolean => item.kind === 'LOSS' && item.organizationId === organizationId;
    const lastUse = await readOwnUses(db, items.filter(isLoss));
    for (const [index, item] of items.entries()) if (isLoss(item)) items[index] = { ...item, lastUse: showLastUse(lastUse(item)) };
    items.sort((a, b) => byLastUse(a.lastUse, b.lastUse));
  }

  async function tell(one: SubjectDifference, caller: AskingCaller, { organizationId, before, after }: Compared): Promise<void> {
    const { flags } = (after ?? before)!.engine.vocabulary;
    const isSensitive = (pair: Pair): boolean => flagsOf(flags, pair).includes('sensitive');
    const key = `${one.type} ${one.subject}`;
    if (!(await caller.maySee(one))) return void withheld.add(key);
    subjects.add(key);
    separation.add(organizationId, one);
    for (const { kind } of one.differences) counts[kind] += 1;
    const room = most - items.length;
    if (room <= 0) return;
    const isExplained = await caller.mayExplain();
    items.push(
      ...one.differences.slice(0, room).map((difference) => toItem(organizationId, one, difference, { isExplained, isSensitive })),
    );
  }

  async function warn(
    differences: readonly SubjectDifference[],
    caller: AskingCaller,
    { organizationId, before, after }: Compared,
  ): Promise<void> {
    const own = differences.filter(caller.isSelf).flatMap((one) => one.differences);
    const losses = own.filter(({ kind }) => kind === 'LOSS').length;
    if (losses > 0)
      rails.push({ id: 'OWN_ACCESS', status: 'WARN', organizationId, detail: `You would lose ${counted(losses, 'permission')} yourself.` });
    if (!before || !after || !(await caller.mayAskAboutPeople())) return;
    const { topRole } = after.engine.blueprint!;
    if (await losesLast(db, before, givingTop(topRole), differences))
      rails.push({ id: 'LAST_GIVER', status: 'BLOCK', organizationId, detail: `No person could give ${topRole}, the top role, any more.` });
    for (const pair of lockoutPairs({ before: before.engine, after: after.engine }, 'org')) {
      if (await losesLast(db, before, pair, differences))
        rails.push({ id: 'LOCKOUT', status: 'BLOCK', organizationId, detail: `No person would have ${pairName(pair)} any more.` });
    }
  }

  /** Only callers who may list the roles learn what a role permits, and of projects only those who may read them. */
  async function offer(offered: readonly OfferedAccess[]): Promise<void> {
    if (audience.isToldAll) return void offers.push(...offered);
    for (const one of offered) {
      const { organizationId } = one;
      if (!(await actor.may('role', 'list', { organizationId })).allowed) continue;
      const isShown = async (projectId: string): Promise<boolean> =>
        projects.takes(toUuid('project', projectId)) && (await actor.may('project', 'read', { organizationId, projectId })).allowed;
      offers.push(await offerIn(one, isShown));
    }
  }

  return {
    begin,
    add,
    offer,
    finish: ({ isPartial }: { isPartial: boolean }): AccessChange => ({
      summary: {
        ...{ subjects: subjects.size, gains: counts.GAIN, losses: counts.LOSS, withheld: withheld.size },
        partial: isPartial || budget.isSpent || projects.isReached,
      },
      items,
      more: counts.GAIN + counts.LOSS - items.length,
      rails: [...rails, ...separation.rails()],
      offered: offers,
      ...(switched.length > 0 && { resources: switched }),
    }),
  };
}

/** An offer without the projects of which its reader may not know. */
async function offerIn(offer: OfferedAccess, isShown: (projectId: string) => Promise<boolean>): Promise<OfferedAccess> {
  const named = new Set([...offer.roles, ...offer.items].flatMap(({ projectId }) => projectId ?? []));
  const hidden = new Set<string>();
  for (const projectId of named) if (!(await isShown(projectId))) hidden.add(projectId);
  if (hidden.size === 0) return offer;
  const isTold = ({ projectId }: { readonly projectId?: string }): boolean => projectId === undefined || !hidden.has(projectId);
  return { ...offer, roles: offer.roles.filter(isTold), items: offer.items.filter(isTold), partial: true };
}

/** Whether a change takes a permission in the organization from the last person who has it; `before` is what the transaction sees. */
async function losesLast(db: Db, before: View, pair: Pair, differences: readonly SubjectDifference[]): Promise<boolean> {
  const turned = (kind: Difference['kind']): string[] =>
    differences.flatMap(({ type, subject, where, differences: all }) =>
      type === 'user' && where.place === 'ORGANIZATION' && all.some((one) => one.kind === kind && pairName(one) === pairName(pair))
        ? subject
        : [],
    );
  const losing = new Set(turned('LOSS'));
  if (losing.size === 0 || turned('GAIN').length > 0) return false;
  return (await peopleWho(db, before, pair)).every((person) => losing.has(person));
}

function toItem(
  organizationId: string,
  about: SubjectDifference,
  difference: Difference,
  { isExplained, isSensitive }: { isExplained: boolean; isSensitive: (pair: Pair) => boolean },
): AccessChangeItem {
  const { type, subject, where } = about;
  const { kind, via, before, after } = difference;
  const verdict = (one: Verdict): AccessVerdict => ({ allowed: one.allowed, ...(isExplained && decidingRule(one)) });
  return {
    kind,
    organizationId,
    subject: { type: typeNames[type].type, id: toId(typeNames[type].prefix, subject) },
    place: where.place,
    ...(where.place === 'PROJECT' && { projectId: toId('project', where.project) }),
    ...(where.place === 'OTHER_PROJECTS' && { projects: where.projects.length }),
    permission: pairName(difference),
    ...(difference.resourceId !== undefined && { resourceId: difference.resourceId }),
    ...(isSensitive(difference) && { sensitive: true as const }),
    via: via.map(({ name, source }) => ({ role: storedRole(name), source })),
    before: verdict(before),
    after: verdict(after),
  };
}

/** Lets questions be put in so many projects, the first that come. */
function createProjectBound() {
  const projects = new Set<string>();
  let isReached = false;
  return {
    takes: (project: string): boolean => {
      if (projects.size < mostProjects) projects.add(project);
      const isTaken = projects.has(project);
      isReached ||= !isTaken;
      return isTaken;
    },
    get isReached() {
      return isReached;
    },
  };
}

type AskingCaller = ReturnType<typeof createCaller>;

/** The command line as a reader: it may see everything, and is none of the subjects. */
const everythingOf = ({ before, after }: Compared): AskingCaller => ({
  isSelf: () => false,
  mayAskAboutPeople: async () => true,
  maySee: async () => true,
  mayExplain: async () => (before ?? after) !== undefined,
});

/** What the caller may ask in an organization. */
function createCaller(actor: Actor, { organizationId, before }: Compared, projects: ReturnType<typeof createProjectBound>) {
  const known = new Map<string, Promise<boolean>>();
  const place = { organizationId };

  function may(resource: string, action: string, where: Place): Promise<boolean> {
    const key = `${resource}:${action} ${where.projectId ?? ''}`;
    let answer = known.get(key);
    if (!answer) {
      answer = actor.may(resource, action, where).then(({ allowed }) => allowed);
      known.set(key, answer);
    }
    return answer;
  }

  /** In a project where the caller has no role of their own: what they may ask there is what their roles in the organization say. */
  async function mayEvaluateElsewhere(): Promise<boolean> {
    const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
    return decideWith(engine, { ...snapshot, domain: anyProjectOf(place) }, 'decision', 'evaluate').allowed;
  }

  const mayAskAboutPeople = async (): Promise<boolean> => (await may('decision', 'evaluate', place)) || may('member', 'read', place);

  /** The questions of others are answered by decision:evaluate where they are asked; what a member may do in the organization, by member:read too. */
  async function mayAsk({ type, where }: SubjectDifference): Promise<boolean> {
    if (!before) return false;
    if (where.place === 'ORGANIZATION') return type === 'user' ? mayAskAboutPeople() : may('decision', 'evaluate', place);
    const isThere = where.place === 'PROJECT' && before.facts.projects.includes(where.project);
    if (!isThere) return mayEvaluateElsewhere();
    return projects.takes(where.project) && may('decision', 'evaluate', { organizationId, projectId: toId('project', where.project) });
  }

  const isSelf = ({ type, subject }: SubjectDifference): boolean => {
    const { subject: caller } = actor.principal;
    return caller.type === type && 'uuid' in caller && caller.uuid === subject;
  };

  return {
    isSelf,
    mayAskAboutPeople,
    /** What one may do oneself is no secret, and a request that gives or takes it says it anyway. */
    maySee: async (one: SubjectDifference): Promise<boolean> => isSelf(one) || mayAsk(one),
    mayExplain: async (): Promise<boolean> => before !== undefined && may('decision', 'explain', place),
  };
}
