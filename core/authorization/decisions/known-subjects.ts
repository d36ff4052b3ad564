import { InvalidInput } from '../../base/errors.ts';
import { toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import type { Actor, Place } from './actor.ts';
import { knownTo } from './listing.ts';
import { type Subject, subjectNamed } from './subjects.ts';

const tables = { user: 'users', 'service-account': 'service_accounts', 'api-key': 'api_keys' } as const;
const nouns = { user: 'person', 'service-account': 'service account', 'api-key': 'API key' } as const;

/** What there is not, in words, where no such subject is known: a service account and a key are of one organization. Undefined where there is one. */
export async function unknownSubject(db: Db, id: string, organizationId: string): Promise<string | undefined> {
  const subject = subjectNamed(id);
  if (subject.type === 'controller') return undefined;
  const where = subject.type === 'user' ? {} : { org_id: toUuid('organization', organizationId) };
  const row: unknown = await db(tables[subject.type])
    .where({ ...where, id: subject.uuid })
    .first('id');
  return row === undefined ? `${id} is no ${nouns[subject.type]} that is known` : undefined;
}

/**
 * Throws InvalidInput for a subject that there is not, to callers who could see that it is not there: people by user:read of the platform, service
 * accounts and keys by what lists them in the place. To others it is a subject that may do nothing, as one of another organization is.
 */
export async function refuseUnknown(db: Db, actor: Actor, place: Place & { readonly organizationId: string }, id: string): Promise<void> {
  const unknown = await unknownSubject(db, id, place.organizationId);
  if (unknown === undefined || !(await mayLookUp(actor, subjectNamed(id), place))) return;
  throw new InvalidInput('There is no such subject, so it may do nothing.', [{ pointer: '#/subject', detail: unknown }]);
}

async function mayLookUp(actor: Actor, subject: Subject, { organizationId }: Place): Promise<boolean> {
  if (subject.type === 'user') return (await actor.may('user', 'read', {})).allowed;
  return subject.type !== 'controller' && (await knownTo(actor, subject.type, { organizationId }))(subject);
}
