import { userInfo } from 'node:os';
import { applyAccessPlan } from '../core/access-plans/applying.ts';
import { BlockedPlan, StalePlan } from '../core/access-plans/planned-contents.ts';
import { applyPlannedFiles } from '../core/access-plans/planned-files.ts';
import { checkAccessPlan } from '../core/access-plans/staleness.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { type Awaited, awaitReplicas, type Target } from '../core/authorization/store/replicas.ts';
import { readConfig } from '../core/base/config.ts';
import { NotFound } from '../core/base/errors.ts';
import { printable } from '../core/base/text.ts';
import type { Database, Db } from '../core/database/database.ts';
import type { Activator } from '../core/policies/activation.ts';
import {
  type AppliedScope,
  applyContents,
  blueprintsWithoutFiles,
  type Replaced,
  readChecked,
  withoutFiles,
} from '../core/policies/policies.ts';
import type { RoleMapping } from '../core/policies/role-mapping.ts';
import { readSignatures } from '../core/policies/signature-file.ts';
import { unsignedInForce } from '../core/policies/signatures.ts';
import { withDatabase } from './database.ts';
import { type Naming, readNaming, unnamedIn, usualNames } from './names.ts';
import { checkReason, UsageError } from './options.ts';
import { type Format, print } from './output.ts';
import { tellAwaited } from './policy-status.ts';
import { readWantedPlan } from './wanted-plan.ts';

interface ApplyOptions {
  readonly reason: string;
  readonly gitCommit?: string;
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  readonly allowUnsigned?: true;
  /** The id of an access plan, or the file that `tenet policy plan -o json` wrote. */
  readonly plan?: string;
  readonly output: Format;
  /** Seconds to wait for the replicas. */
  readonly wait?: number;
}

/** Where nothing is waited for. */
export const notAwaited: Awaited = { late: [], silent: [] };
/** A plan must not be applied, or says something else than what would happen now. */
const codes = { blocked: 20, stale: 21 } as const;

/** What a command ends with that a plan does not let go on, which it says; what else was thrown is thrown on. */
export function refusedByPlan(error: unknown): number {
  if (!(error instanceof StalePlan || error instanceof BlockedPlan)) throw error;
  console.error(`tenet: ${error.message}`);
  return error instanceof StalePlan ? codes.stale : codes.blocked;
}

/**
 * `tenet policy apply`: checks the files, then puts every changed scope into force in one transaction. With `wait` it ends when every replica
 * decides by what is in force then, or names those that do not. With `plan` it applies what was planned, where the plan still says what happens then. Exit code: 0; 3
 * where it names replicas; 20 where a rail blocks the plan or it is of something else; 21 where it is stale.
 */
export async function apply(directory: string | undefined, options: ApplyOptions): Promise<number> {
  checkReason('--reason', options.reason);
  const config = readConfig(process.env);
  const from = directory ?? config.TENET_POLICIES;
  const plan = options.plan === undefined ? undefined : await readWantedPlan(options.plan);
  // A plan that is stored has its contents: files are read where they are named, to see that they are what was planned.
  const contents = plan?.id !== undefined && directory === undefined ? undefined : await readChecked(from);
  const mapping = mappingOf(options);
  const author = caller();
  const signing = { keys: config.policyKeys, signatures: contents ? await readSignatures(from) : [], allowUnsigned: options.allowUnsigned };
  const about = { author, reason: options.reason, gitCommit: options.gitCommit, signing };
  const actor = { name: author, requestId: 'cli', require: async () => undefined };
  const applyTo = async (database: Database, db: Db): Promise<readonly AppliedScope[]> => {
    if (!plan) return applyContents(db, contents!, about, actor, mapping);
    if (plan.document) return applyPlannedFiles(database, db, actor, { plan: plan.document, contents: contents!, about });
    const files = { contents, signatures: signing.signatures, allowUnsigned: options.allowUnsigned, gitCommit: options.gitCommit };
    const check = (id: string) => checkAccessPlan(database, id);
    const stored = { accessPlanId: plan.id, reason: options.reason, keys: signing.keys, check, files };
    try {
      return (await applyAccessPlan(db, actor, stored)).scopes;
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      throw new UsageError(`There is no access plan ${plan.id}. Plans are kept for a time: plan again.`, { cause: error });
    }
  };
  try {
    const { applied, left, naming, awaited, unsigned } = await withDatabase(config, async (database) => {
      const done = await database.write('platform', async (db) => {
        const applied = await applyTo(database, db);
        const authors = unnamedIn(applied.map(({ replaced }) => replaced?.by ?? '').join(' '));
        const left = contents ? await blueprintsWithoutFiles(db, contents) : [];
        return { applied, left, naming: await readNaming(db, usualNames(), authors), unsigned: await unsignedInForce(db) };
      });
      return {
        ...done,
        awaited: options.wait === undefined ? notAwaited : await awaitReplicas(database, targetsOf(done.applied), options.wait * 1_000),
      };
    });
    const told = applied.map((each) => ({ ...each, scope: scopeName(each.scope) }));
    print(options.output, console.log, told, () => told.map((each) => lineOf(each, naming)));
    for (const head of left) console.error(withoutFiles(head, from));
    return tellAwaited(awaited, targetsOf(applied), unsigned);
  } catch (error) {
    return refusedByPlan(error);
  }
}

const targetsOf = (applied: readonly AppliedScope[]): Target[] =>
  applied.map(({ scope, revision }) => ({ scope: scopeName(scope), revision }));

function lineOf({ scope, revision, changed, replaced }: AppliedScope, naming: Naming): string {
  if (!changed) return `${scope}: unchanged at revision ${revision}`;
  if (!replaced) return `${scope}: revision ${revision} is in force`;
  const back =
    replaced.backTo === undefined ? '' : `; it says what revision ${replaced.backTo} said, so what came after that is taken back`;
  return `${scope}: revision ${revision} is in force, ${replacedWords(replaced, naming)}${back}`;
}

/** What another revision took the place of, and whose it was. */
export function replacedWords({ revision, by, at, reason }: Replaced, naming: Naming): string {
  return `in place of revision ${revision} of ${naming.text(by)}, ${at} (${JSON.stringify(reason)})`;
}

/** Who calls, for the record. */
export const caller = (): string => `system:cli/${userInfo().username}`;

/** The same as the one who activates; what follows from it is recorded by the change itself. */
export const activator = (): Activator => ({ name: caller(), requestId: 'cli', effects: { events: [], mails: [], policies: [] } });

/** What `--rename-role` and `--drop-role` say. Throws UsageError. */
export function mappingOf({ renameRole, dropRole }: Pick<ApplyOptions, 'renameRole' | 'dropRole'>): RoleMapping {
  const rename = renameRole.map((option) => {
    const [from, to, ...rest] = option.split('=');
    if (from && to && rest.length === 0) return [from, to] as const;
    throw new UsageError(`--rename-role must be old=new, as in org.manager=org.steward, and not ${printable(option)}.`);
  });
  return { rename: Object.fromEntries(rename), drop: dropRole };
}
