import type { Keyring } from '../base/keyring.ts';
import type { Database, Db } from '../database/database.ts';
import type { Mailer } from './mail.ts';
import type { Wording } from './templates/words.ts';

/** What mails are made of and sent with. */
export interface MailContext {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly mailer: Mailer;
  /** Where callers reach the API, without a slash at the end. */
  readonly publicUrl: () => string;
  /** In which language, and with which subjects. */
  readonly wording?: Wording;
}

/** Where callers reach the API. Throws before the server listens, so that the job is tried again. */
export function reachableUrl({ publicUrl }: Pick<MailContext, 'publicUrl'>): string {
  const url = publicUrl();
  if (url === '') throw new Error('The API does not listen yet, so a mail cannot say where it is.');
  return url;
}

/** The organization (uuid) as a mail names it, and the language of the mail; undefined once it is deleted, after which no mail leaves for it. */
export async function senderOf(db: Db, organization: string): Promise<{ organization: string; language: string | null } | undefined> {
  const found = await db('organizations').where({ id: organization }).whereNot({ state: 'DELETED' }).first('name', 'language');
  return found && { organization: found.name, language: found.language };
}
