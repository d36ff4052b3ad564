import { AlreadyExists, FailedPrecondition, InvalidInput, NotFound, PermissionDenied, type TenetError } from '../../core/base/errors.ts';
import { readInstant } from '../../core/base/instants.ts';
import { consentSentence } from '../../core/manifests/apply.ts';
import type { DesiredMember, MemberStatus } from '../../core/manifests/members.ts';
import type { ManifestIdentity } from '../../core/organizations/managed-by.ts';
import { ready, stalled } from '../resources/conditions.ts';
import type { EventInput } from '../resources/events.ts';
import type { KubeObject } from '../resources/resource.ts';
import type { MemberSpec } from '../resources/types.ts';
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

/** What core wants to know of members. Throws InvalidInput for a time that an older schema has let into the cluster. */
export function desiredMembers(members: readonly MemberSpec[] | undefined): DesiredMember[] {
  return (members ?? []).map(({ email, roles, until }, index) => ({
    email,
    roles,
    until: until === undefined ? undefined : readInstant(until, { pointer: `spec.members[${index}].until` }),
  }));
}

/** Failures that only a change of the manifest, the policy or the database can end, as conditions; anything else is thrown on. */
export function refusal(object: KubeObject, error: unknown): Outcome {
  const lasting = [InvalidInput, AlreadyExists, FailedPrecondition, NotFound, PermissionDenied];
  if (!lasting.some((kind) => error instanceof kind)) throw error;
  const { code } = error as TenetError;
  const message = sentenceOf(error as TenetError);
  const reason =
    code === 'invalid-input' ? 'InvalidSpec' : code.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
  const outcome: Outcome = { conditions: stalled(reason, message), events: news(object, { type: 'Warning', reason, note: message }) };
  return endsByItself.has(code) ? { ...outcome, requeueAfter: whileAwaited } : outcome;
}

/** The failure with its parts: what a caller of the API reads in `errors` must be in the one sentence of a condition. */
function sentenceOf({ message, fields }: TenetError): string {
  const { errors = [] } = fields as { errors?: readonly { detail: string }[] };
  const details = errors.map(({ detail }) => detail).filter((detail) => !message.includes(detail));
  return [message, ...details].join(' ');
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

/** An outcome of a pass that went well: ready, with what was done as one event. */
export function success(options: {
  readonly message: string;
  readonly statusFields: Readonly<Record<string, unknown>>;
  readonly members: readonly MemberStatus[];
  readonly desired: readonly DesiredMember[];
  readonly done: readonly string[];
}): Outcome {
  const { message, statusFields, members, desired, done } = options;
  const events: EventInput[] = done.length === 0 ? [] : [{ type: 'Normal', reason: reasonOf(done), note: sentence(done) }];
  const waiting = members.some(({ state }) => awaited.has(state)) ? whileAwaited : undefined;
  const requeueAfter = Math.min(waiting ?? soon, untilNextEnd(desired) ?? soon);
  return {
    conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The manifest is valid.' }, ...ready(message)],
    statusFields: { ...statusFields, ...(members.length === 0 ? {} : { members }) },
    events,
    ...(requeueAfter < soon && { requeueAfter }),
  };
}

function reasonOf(done: readonly string[]): string {
  if (done.some((what) => what.startsWith('create '))) return 'Created';
  return done.some((what) => what.startsWith('adopt ')) ? 'Adopted' : 'Updated';
}

/** An event holds at most 1,024 characters. */
function sentence(done: readonly string[]): string {
  const text = done.join('; ');
  return text.length <= 900 ? text : `${text.slice(0, 900)}... (${done.length} changes)`;
}
