import { foldEmail } from '../base/email-address.ts';
import type { Database } from './database.ts';
import { SchemaError } from './migrate.ts';

/** Every ASCII character, and letters whose case depends on a language or leads into ASCII. */
const probe = `${String.fromCharCode(...Array.from({ length: 126 }, (_, index) => index + 1))}\u00c4\u00df\u0130\u0131\u017f\u01c5\u03a3\u1e9e\u212a\u212b\uff21`;

/**
 * Compares how the database folds addresses with how this program does it: were they different, one address could be invited twice, or a
 * manifest could name another person than it says. Throws SchemaError.
 */
export async function checkEmailFolding(database: Database): Promise<void> {
  const { rows } = await database.read('platform', (db) => db.raw('select fold_email(?::text) as folded', [probe]));
  if (rows[0].folded === foldEmail(probe)) return;
  throw new SchemaError(
    'The database folds e-mail addresses in another way than this version of Tenet. The function tenet.fold_email was replaced: restore it as migrations/0008_fold_email.sql makes it.',
  );
}
