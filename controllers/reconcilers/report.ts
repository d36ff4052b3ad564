import { consentSentence } from '../../core/manifests/apply.ts';
import { isRefusal, refusalSentence, type SpecProblem } from '../../core/manifests/entries.ts';
import type { DesiredMember, MemberStatus } from '../../core/manifests/member-status.ts';
import type { RoleStatus } from '../../core/manifests/roles.ts';
import type { ServiceAccountStatus } from '../../core/manifests/service-accounts.ts';
import type { ManifestIdentity } from '../../core/organizations/managed-by.ts';
import { type ConditionInput, differing, ready, retrying, stalled } from '../resources/conditions.ts';
import type { EventInput } from '../resources/events.ts';
import type { KubeObject } from '../resources/resource.ts';
import type { CommonStatus, Outcome } from '../runtime/reconciler.ts';

/** Milliseconds until an object is looked at again while an answer is awaited that comes to the database, not to the object. */
const whileAwaited = 15_000;

/** Refusals that end without a change of the manifest: somebody consents, or a slug becomes free. */
const endsByItself: ReadonlySet<string> = new Set(['not-handed-over', 'already-exists']);

/** What an answer or a sign-in ends, of which no object tells. */
const awaited: ReadonlySet<MemberStatus['state']> = new Set(['Invited', 'NotAMember', 'Unverified']);

/** An end that is further away than this is seen by the resync. */
const soon = 600_000;

/** Milliseconds until the next of these entries ends, so that its status says so; undefined when none does soon. */
function untilNextEnd(members: readonly Pick<DesiredMember, 'until'>[]): number | undefined {
  const now = Date.now();
  const ends = members.flatMap(({ until }) => (until === undefined ? [] : [until.getTime() - now])).filter((ms) => ms > 0 && ms < soon);
  return ends.length === 0 ? undefined : Math.min(...ends) + 1;
}

/** Failures that only a change of the manifest, the policy or the database can end, as conditions; anything else is thrown on. */
export function refusal(object: KubeObject, error: unknown): Outcome {
  if (!isRefusal(error)) throw error;
  const { code } = error;
  const message = refusalSentence(error);
  const reason = code === 'invalid-input' ? 'InvalidSpec' : camelCase(code);
  const conditions = [accepted(code === 'invalid-input' ? message : undefined), ...stalled(reason, message)];
  const events = news(object, { type: 'Warning', reason, note: message });
  return { conditions, events, ...(endsByItself.has(code) && { requeueAfter: whileAwaited }) };
}

const camelCase = (code: string): string => code.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());

/** Whether the manifest says what can be done; the policy and the state of things are another matter. */
function accepted(problem?: string): ConditionInput {
  if (problem === undefined) return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The manifest is valid.' };
  return { type: 'Accepted', status: 'False', reason: 'InvalidSpec', message: problem };
}

/** What an object that may only look says when there is nothing that it may look at. */
export function nothingToObserve(noun: 'organization' | 'project', path: string, ref: ManifestIdentity): string {
  const consent = consentSentence(path, ref, 'OBSERVE');
  return `No ${noun} of this slug is handed over to this manifest, and managementPolicy ObserveOnly does not create one. ${consent}`;
}

/** The event, unless the object's status says the same already. */
export function news(object: KubeObject, event: EventInput): EventInput[] {
  const { conditions = [] } = (object.status ?? {}) as CommonStatus;
  return conditions.some(({ reason, message }) => reason === event.reason && message === event.note) ? [] : [event];
}

/** What became of a manifest that was carried out as far as it could be. */
export interface Applied {
  /** `The organization acme`. */
  readonly subject: string;
  readonly statusFields: Readonly<Record<string, unknown>>;
  readonly result: {
    readonly members: readonly MemberStatus[];
    readonly serviceAccounts: readonly ServiceAccountStatus[];
    readonly roles?: readonly RoleStatus[];
    readonly problems: readonly SpecProblem[];
    readonly refusals: readonly SpecProblem[];
    readonly differences: readonly string[];
  };
  readonly desired: readonly DesiredMember[];
  readonly done: readonly string[];
}

/** The outcome: ready when everything is as declared, with what was done as one event. */
export function outcomeOf(object: KubeObject, applied: Applied): Outcome {
  const { statusFields, result, desired, done } = applied;
  const { members, serviceAccounts, roles = [] } = result;
  const { conditions, warning, requeue } = judged(applied);
  const events: EventInput[] = done.length === 0 ? [] : [{ type: 'Normal', reason: reasonOf(done), note: sentence(done) }];
  if (warning) events.push(...news(object, warning));
  // A role that is in use goes when a grant does, of which no object tells.
  const isAwaited = members.some(({ state }) => awaited.has(state)) || roles.some(({ state }) => state === 'InUse');
  const requeueAfter = Math.min(isAwaited || requeue ? whileAwaited : soon, untilNextEnd(desired) ?? soon);
  return {
    conditions,
    statusFields: {
      ...statusFields,
      ...(members.length === 0 ? {} : { members: members.slice(0, maxStatuses) }),
      ...(serviceAccounts.length === 0 ? {} : { serviceAccounts }),
      ...(roles.length === 0 ? {} : { roles }),
    },
    events,
    ...(requeueAfter < soon && { requeueAfter }),
  };
}

/** The CRD holds no more. */
const maxStatuses = 500;

interface Judged {
  readonly conditions: readonly ConditionInput[];
  readonly warning?: EventInput;
  /** The next pass may succeed, because this one has changed something. */
  readonly requeue?: boolean;
}

function judged({ subject, result, done }: Applied): Judged {
  const { members, problems, refusals, differences } = result;
  const warned = (reason: string, message: string, conditions: readonly ConditionInput[], requeue = false): Judged => ({
    conditions,
    warning: { type: 'Warning', reason, note: message },
    requeue,
  });
  if (problems.length > 0) {
    const rest = members.filter(({ email }) => !problems.some(({ detail }) => detail.startsWith(`${email}: `)));
    const reasons = [...problems.map(({ path, detail }) => `${path}: ${detail}`), ...reasonsOf({ refusals, members: rest })];
    const message = `${some(reasons)} These entries are left as they are; everything else is as declared.`;
    return warned('InvalidSpec', message, [accepted(message), ...stalled('InvalidSpec', message)]);
  }
  const refused = reasonsOf(result);
  if (refused.length > 0) {
    const message = `${some(refused)} Everything else is as declared.`;
    const reason = refusals.length > 0 ? 'EntriesRefused' : 'MembersRefused';
    return warned(reason, message, [accepted(), ...stalled(reason, message)], done.length > 0);
  }
  const postponed = members.filter(({ state }) => state === 'Postponed');
  if (postponed.length > 0) {
    const message = `${some(postponed.map(({ email, message: why }) => `${email}: ${why}`))} They are invited by themselves then. Everything else is as declared.`;
    return warned('MailsPostponed', message, [accepted(), ...retrying('MailsPostponed', message)]);
  }
  if (differences.length > 0) {
    const message = `${subject} differs from the manifest, which only looks. It would be necessary to: ${some(differences)}`;
    return { conditions: [accepted(), ...differing(message)] };
  }
  return { conditions: [accepted(), ...ready(`${subject} is as declared.`)] };
}

/** Each entry that was refused without being a mistake of the manifest, and why. */
function reasonsOf({ refusals, members }: Pick<Applied['result'], 'refusals' | 'members'>): string[] {
  const refused = members.filter(({ state }) => state === 'Refused');
  return [...refusals.map(({ path, detail }) => `${path}: ${detail}`), ...refused.map(({ email, message }) => `${email}: ${message}`)];
}

/** What is wrong, all of it as far as a reader bears it. */
function some(problems: readonly string[]): string {
  const shown = problems.slice(0, 20).map((problem) => (/[.;]$/.test(problem) ? problem : `${problem};`));
  return [...shown, ...(problems.length > shown.length ? [`And ${problems.length - shown.length} more.`] : [])].join(' ');
}

function reasonOf(done: readonly string[]): string {
  if (done.some((what) => what.startsWith('create '))) return 'Created';
  if (done.some((what) => /^(resume|restore) /.test(what))) return 'Resumed';
  return done.some((what) => what.startsWith('adopt ')) ? 'Adopted' : 'Updated';
}

/** An event holds at most 1,024 characters. */
function sentence(done: readonly string[]): string {
  const text = done.join('; ');
  return text.length <= 900 ? text : `${text.slice(0, 900)}... (${done.length} changes)`;
}
