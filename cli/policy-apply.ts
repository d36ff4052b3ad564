import { userInfo } from 'node:os';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { awaitReplicas, type Target } from '../core/authorization/store/replicas.ts';
import { readConfig } from '../core/base/config.ts';
import { InvalidInput } from '../core/base/errors.ts';
import { type AppliedScope, applyContents, blueprintsWithoutFiles, readChecked, withoutFiles } from '../core/policies/policies.ts';
import type { RoleMapping } from '../core/policies/role-mapping.ts';
import { readSignatures } from '../core/policies/signature-file.ts';
import { withDatabase } from './database.ts';
import { checkReason } from './options.ts';
import { type Format, print } from './output.ts';
import { lateness } from './policy-status.ts';

interface ApplyOptions {
  readonly reason: string;
  readonly gitCommit?: string;
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  readonly output: Format;
  /** Seconds to wait for the replicas. */
  readonly wait?: number;
}

/** Every revision is in force, and a replica does not decide by one of them yet. */
export const behind = 3;

/**
 * `tenet policy apply`: checks the files, then puts every changed scope into force in one transaction. With `wait` it ends when every replica
 * decides by what is in force then, or names those that do not. Exit code: 0, or 3 where it names some.
 */
export async function apply(directory: string | undefined, options: ApplyOptions): Promise<number> {
  checkReason('--reason', options.reason);
  const config = readConfig(process.env);
  const from = directory ?? config.TENET_POLICIES;
  const contents = await readChecked(from);
  const mapping = mappingOf(options);
  const author = caller();
  const signing = { keys: config.policyKeys, signatures: await readSignatures(from) };
  const about = { author, reason: options.reason, gitCommit: options.gitCommit, signing };
  const { applied, left, late } = await withDatabase(config, async (database) => {
    const done = await database.write('platform', async (db) => ({
      applied: await applyContents(db, contents, about, { name: author, requestId: 'cli' }, mapping),
      left: await blueprintsWithoutFiles(db, contents),
    }));
    return {
      ...done,
      late: options.wait === undefined ? [] : await awaitReplicas(database, targetsOf(done.applied), options.wait * 1_000),
    };
  });
  const told = applied.map((each) => ({ ...each, scope: scopeName(each.scope) }));
  print(options.output, console.log, told, () => told.map(lineOf));
  for (const head of left) console.error(withoutFiles(head, from));
  for (const replica of late) console.error(`tenet: ${lateness(replica, targetsOf(applied))}`);
  return late.length > 0 ? behind : 0;
}

const targetsOf = (applied: readonly AppliedScope[]): Target[] =>
  applied.map(({ scope, revision }) => ({ scope: scopeName(scope), revision }));

function lineOf({ scope, revision, changed, replaced }: AppliedScope): string {
  if (!changed) return `${scope}: unchanged at revision ${revision}`;
  if (!replaced) return `${scope}: revision ${revision} is in force`;
  const { revision: before, by, at, reason, backTo } = replaced;
  const back = backTo === undefined ? '' : `; it says what revision ${backTo} said, so what came after that is taken back`;
  return `${scope}: revision ${revision} is in force, in place of revision ${before} of ${by}, ${at} (${JSON.stringify(reason)})${back}`;
}

/** Who calls, for the record. */
export const caller = (): string => `system:cli/${userInfo().username}`;

/** What `--rename-role` and `--drop-role` say. Throws InvalidInput. */
export function mappingOf({ renameRole, dropRole }: Pick<ApplyOptions, 'renameRole' | 'dropRole'>): RoleMapping {
  const rename = renameRole.map((option) => {
    const [from, to, ...rest] = option.split('=');
    if (from && to && rest.length === 0) return [from, to] as const;
    throw new InvalidInput(`--rename-role must be old=new, as in org.manager=org.steward, and not ${option}`);
  });
  return { rename: Object.fromEntries(rename), drop: dropRole };
}
