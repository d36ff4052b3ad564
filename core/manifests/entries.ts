import { checkRole } from '../access/giving.ts';
import type { Place } from '../authorization/decisions/actor.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import {
  AlreadyExists,
  FailedPrecondition,
  InvalidInput,
  LimitExceeded,
  NotFound,
  PermissionDenied,
  RateLimited,
  type TenetError,
} from '../base/errors.ts';
import { areSameLabels, type Labels } from '../base/labels.ts';

/** Entries that cannot be carried out, by address or place in the manifest, and why. They are left as they are, and the others do not wait for them. */
export type RefusedEntries = ReadonlyMap<string, string>;

/** What a manifest says that its kind of organization does not have. */
export interface SpecProblem {
  /** `spec.members[2].roles[0]`. */
  readonly path: string;
  readonly detail: string;
}

/** What holds roles in a list of a manifest, by the name that refusals have for it. */
export interface RoleEntry {
  readonly entry: string;
  readonly roles: readonly string[];
}

/** Everything that is wrong with the roles of the entries, all at once. */
export function entryProblems(
  known: KnownRoles,
  entries: readonly RoleEntry[],
  place: Place,
  list: 'members' | 'serviceAccounts',
): { readonly problems: readonly SpecProblem[]; readonly refused: RefusedEntries } {
  const problems: SpecProblem[] = [];
  const refused = new Map<string, string>();
  const tell = (entry: string, path: string, what: string): void => {
    problems.push({ path, detail: `${entry}: ${what}` });
    refused.set(entry, [refused.get(entry), what].filter(Boolean).join(' '));
  };
  const { multipleRoles } = known.blueprint!;
  const [many, where] = place.projectId === undefined ? [multipleRoles.org, 'organization'] : [multipleRoles.project, 'project'];
  const holder = list === 'members' ? 'member' : 'service account';
  for (const [index, { entry, roles }] of entries.entries()) {
    const path = `spec.${list}[${index}].roles`;
    for (const [position, role] of roles.entries()) {
      const wrong = roleProblem(known, role, place);
      if (wrong !== undefined) tell(entry, `${path}[${position}]`, wrong);
    }
    if (!many && roles.length > 1) tell(entry, path, `There are ${roles.length} roles, and a ${holder} of this kind of ${where} has one.`);
  }
  return { problems, refused };
}

function roleProblem(known: KnownRoles, role: string, place: Place): string | undefined {
  try {
    checkRole(known, role, place);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { errors } = error.fields as { errors: readonly { detail: string }[] };
    return `${error.message.replace(/\.$/, '')}: ${errors.map(({ detail }) => detail).join(', ')}.`;
  }
}

const refusals = [InvalidInput, AlreadyExists, FailedPrecondition, NotFound, PermissionDenied, LimitExceeded];

/** Whether only a change of the manifest, the policy or the database can end this failure. */
export function isRefusal(error: unknown): error is TenetError {
  return refusals.some((kind) => error instanceof kind);
}

/** Makes the limit of a day a refusal of the entry that would pass it, so that it holds up no other. */
export function withinDay<T>(change: Promise<T>): Promise<T> {
  return change.catch((error: unknown) => {
    throw error instanceof RateLimited ? new FailedPrecondition(error.code, error.message) : error;
  });
}

/** Whether a row has the labels that its entry says, or it says none, and it is noted whose they are. */
export function hasSaidLabels(
  said: Labels | undefined,
  { labels, manifestLabels }: { readonly labels: Labels | null; readonly manifestLabels: boolean | null },
): boolean {
  return manifestLabels === (said !== undefined) && (said === undefined || areSameLabels(said, labels ?? {}));
}

interface RefusalFields {
  readonly errors?: readonly { readonly pointer?: string; readonly detail: string }[];
  readonly requiredPermission?: string;
}

/** The refusal as the author of a manifest reads it. */
export function refusalSentence(error: TenetError): string {
  const { errors = [], requiredPermission } = error.fields as RefusalFields;
  if (error instanceof PermissionDenied) {
    const denied = `The policy does not let manifests do this (${requiredPermission}).`;
    return error.reason.hint === undefined ? denied : `${error.reason.hint} (${requiredPermission})`;
  }
  const details = errors
    .filter(({ detail }) => !error.message.includes(detail))
    .map(({ pointer, detail }) => (pointer === undefined ? detail : `${fieldOf(pointer)}: ${detail}`));
  return [error.message, ...details].join(' ');
}

/** The place in the manifest: what core says of a body holds for spec. */
function fieldOf(pointer: string): string {
  return pointer.startsWith('#/') ? `spec.${pointer.slice(2).replaceAll('/', '.')}` : pointer;
}
