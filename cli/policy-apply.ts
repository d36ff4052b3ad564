import { userInfo } from 'node:os';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { readConfig } from '../core/base/config.ts';
import { applyContents, readChecked } from '../core/policies/policies.ts';
import { withDatabase } from './database.ts';
import { type Format, print } from './output.ts';

/** `tenet policy apply`: checks the files, then puts every changed scope into force in one transaction. */
export async function apply(directory: string | undefined, options: { reason: string; gitCommit?: string; output: Format }): Promise<void> {
  const config = readConfig(process.env);
  const contents = await readChecked(directory ?? config.TENET_POLICIES);
  const author = `system:cli/${userInfo().username}`;
  const about = { author, reason: options.reason, gitCommit: options.gitCommit };
  const applied = await withDatabase(config, (database) =>
    database.write('platform', (db) => applyContents(db, contents, about, { name: author, requestId: 'cli' })),
  );
  const told = applied.map((each) => ({ ...each, scope: scopeName(each.scope) }));
  print(options.output, console.log, told, () =>
    told.map(
      ({ scope, revision, changed }) => `${scope}: ${changed ? `revision ${revision} is in force` : `unchanged at revision ${revision}`}`,
    ),
  );
}
