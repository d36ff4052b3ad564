import { userInfo } from 'node:os';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { readConfig } from '../core/base/config.ts';
import { applyContents, readChecked } from '../core/policies/policies.ts';
import { withDatabase } from './database.ts';

/** `tenet policy apply`: checks the files, then puts every changed scope into force in one transaction. */
export async function apply(directory: string | undefined, options: { reason: string; gitCommit?: string }): Promise<void> {
  const config = readConfig(process.env);
  const contents = await readChecked(directory ?? config.TENET_POLICIES);
  const author = `system:cli/${userInfo().username}`;
  const about = { author, reason: options.reason, gitCommit: options.gitCommit };
  const applied = await withDatabase(config, (database) =>
    database.write('platform', (db) => applyContents(db, contents, about, { name: author, requestId: 'cli' })),
  );
  for (const { scope, revision, changed } of applied)
    console.log(`${scopeName(scope)}: ${changed ? `revision ${revision} is in force` : `unchanged at revision ${revision}`}`);
}
