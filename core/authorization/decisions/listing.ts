import type { Actor, Place } from './actor.ts';
import type { Subject } from './subjects.ts';

/** What a list of subjects is a list of. */
export type ListedType = 'user' | 'service-account' | 'api-key';

/** Each of these permissions lists subjects of the type: in a project those of the project, in the organization all. */
const listing = {
  user: ['member:list', 'access-report:read'],
  'service-account': ['service-account:list', 'access-report:read'],
  'api-key': ['api-key:list'],
} as const satisfies Record<ListedType, readonly string[]>;

/** Whether the actor may list the subjects of a type in a place. An answer about who may do something names no others than they could list. */
async function mayList(actor: Actor, type: ListedType, { organizationId, projectId }: Place): Promise<boolean> {
  const places = projectId === undefined ? [{ organizationId }] : [{ organizationId, projectId }, { organizationId }];
  for (const place of places) {
    for (const permission of listing[type]) {
      const [resource, action] = permission.split(':') as [string, string];
      if ((await actor.may(resource, action, place)).allowed) return true;
    }
  }
  return false;
}

/** Which subjects of a type an answer may name to the actor in a place: those that they may list, and themselves. */
export async function knownTo(actor: Actor, type: ListedType, place: Place): Promise<(subject: Pick<Subject, 'id'>) => boolean> {
  const isListed = await mayList(actor, type, place);
  return ({ id }) => isListed || id === actor.principal.subject.id;
}

/** As knownTo for subjects of any type, of which each is asked once in a place. Controllers are no secret. */
export function createKnown(actor: Actor): (subject: Subject, place: Place) => Promise<boolean> {
  const asked = new Map<string, ReturnType<typeof knownTo>>();
  return async (subject, place) => {
    if (subject.type === 'controller') return true;
    const question = `${subject.type} ${place.organizationId} ${place.projectId}`;
    const isKnown = asked.get(question) ?? knownTo(actor, subject.type, place);
    asked.set(question, isKnown);
    return (await isKnown)(subject);
  };
}

/** Stands for a subject that was found and that the asker may not list: it counts, and is not shown. */
export const withheld = Symbol('withheld');

/** What may be shown, and how many more there are. */
export function partOf<T extends object>(found: readonly (T | typeof withheld)[]): { shown: T[]; withheld: number } {
  const shown = found.filter((one): one is T => one !== withheld);
  return { shown, withheld: found.length - shown.length };
}
