import { type ApiKeyRow, allKeyRows } from '../access/api-key-rows.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { readableTime } from './mail.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import { wantsNotice } from './notices.ts';
import { peopleWhoMay } from './people-who-may.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

/**
 * Mails the owner of a key that ends soon, or the people who may rotate the keys of a service account, but for those who have chosen to go without.
 * Nothing is sent when the key was ended meanwhile. It may be sent twice, with the same Message-ID.
 */
export async function sendKeyNotice(
  context: Omit<MailContext, 'keyring'> & { readonly policies: LivePolicies },
  job: Jobs['send-key-notice'],
): Promise<void> {
  const { database, mailer, policies } = context;
  const publicUrl = reachableUrl(context);
  const organization = toUuid('organization', job.organizationId);
  const found = await database.read({ organization }, async (db) => {
    const row: ApiKeyRow | undefined = await allKeyRows(db, organization).where('k.id', toUuid('apiKey', job.apiKeyId)).first();
    const sender = await senderOf(db, organization);
    if (row?.state !== 'ACTIVE' || row.expires_at === null || !sender) return undefined;
    const ids = row.user_id === null ? await managersOf(db, policies, row) : [row.user_id];
    const people = (await db('users').whereIn('id', ids).whereNotNull('email').orderBy('id').select('id', 'email')) as Person[];
    const wanted = await wantingIt(db, policies, job.organizationId, people);
    return { ...sender, people: wanted, key: row.name, expiresAt: row.expires_at };
  });
  for (const { id, email } of found?.people ?? []) {
    await mailer.send(keyNoticeMail({ ...found!, ...job, userId: toId('user', id), email, publicUrl }, context.wording));
  }
}

interface Person {
  id: string;
  email: string;
}

/** Those who have not chosen, as members of the organization, to go without this notice. */
async function wantingIt(db: Db, policies: LivePolicies, organizationId: string, people: readonly Person[]): Promise<Person[]> {
  const wanting: Person[] = [];
  for (const person of people) {
    if (await wantsNotice(db, policies, { organizationId, userId: toId('user', person.id) }, 'key-end')) wanting.push(person);
  }
  return wanting;
}

/** The people (uuids) with a role in the place of the key who may rotate it. */
function managersOf(db: Db, policies: LivePolicies, { org_id, project_id }: ApiKeyRow): Promise<string[]> {
  const place = {
    organizationId: toId('organization', org_id),
    projectId: project_id === null ? undefined : toId('project', project_id),
  };
  return peopleWhoMay(db, policies, { place, permission: ['api-key', 'rotate'] });
}

/** The mail of a key that ends: which, when, and what to do. */
export function keyNoticeMail(
  notice: {
    organizationId: string;
    apiKeyId: string;
    days: number;
    userId: string;
    email: string;
    key: string;
    organization: string;
    expiresAt: Date;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { apiKeyId, days, userId, email, key, organization, publicUrl, language } = notice;
  return render(
    {
      id: `${apiKeyId}-${days}-${userId}`,
      to: email,
      mail: 'keyNotice',
      values: { key, id: apiKeyId, organization, time: readableTime(notice.expiresAt) },
      blocks: (words, { api }) => [{ sentence: words.ends }, { sentence: words.what }, { link: `${publicUrl}/docs`, label: api }],
    },
    language,
    wording,
  );
}
