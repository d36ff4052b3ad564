import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { type Activation, latestActivations, listActivations } from '../core/authorization/store/activations.ts';
import { getRevision, listHeads, listHeadsOfFiles, loadContent } from '../core/authorization/store/revisions.ts';
import { readConfig } from '../core/base/config.ts';
import { printable } from '../core/base/text.ts';
import type { Db } from '../core/database/database.ts';
import { rollBack } from '../core/policies/activation.ts';
import { describeReplaced } from '../core/policies/policies.ts';
import { readDatabase, withDatabase } from './database.ts';
import { type Naming, readNaming, unnamedIn, usualNames } from './names.ts';
import { checkReason, UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';
import { activator, mappingOf, replacedWords } from './policy-apply.ts';
import { demandScope, notStored, readRevision, readScope, uncontended } from './policy-names.ts';

interface HistoryOptions {
  readonly limit: number;
  readonly output: Format;
}

/** `tenet policy history`: what was in force in a scope, or in every scope that policy files make, newest first. */
export async function history(scope: string | undefined, options: HistoryOptions, out: Out = console.log): Promise<void> {
  const wanted = scope === undefined ? undefined : readScope(scope);
  const { entries, naming } = await readDatabase(async (db) => {
    const entries = await activationsOf(db, wanted, options.limit);
    return { entries, naming: await readNaming(db, 'all', unnamedIn(entries.map(({ activatedBy }) => activatedBy).join(' '))) };
  });
  const shown = entries.map(({ version: _, ...entry }) => ({
    ...entry,
    scope: scopeName(entry.scope),
    activatedAt: entry.activatedAt.toISOString(),
  }));
  print(options.output, out, shown, () =>
    table(
      ['SCOPE', 'REVISION', 'BEFORE', 'HOW', 'BY', 'AT', 'REASON'],
      shown.map((entry) => [
        entry.scope,
        String(entry.revision),
        entry.previousRevision === undefined ? '-' : String(entry.previousRevision),
        howWords(entry),
        naming.text(entry.activatedBy),
        entry.activatedAt,
        entry.reason ?? '',
      ]),
    ),
  );
}

async function activationsOf(db: Db, scope: string | undefined, limit: number): Promise<Activation[]> {
  if (scope === undefined) {
    const scopes = (await listHeadsOfFiles(db)).map((head) => head.scope);
    return latestActivations(db, scopes, limit);
  }
  await demandScope(db, scope);
  return listActivations(db, scope, { limit });
}

/** How it came into force; of a rollout also the stage, and the candidate where that is another revision. */
function howWords({ how, revision, rollout }: Pick<Activation, 'how' | 'revision' | 'rollout'>): string {
  const words = how.toLowerCase().replace('_', '-');
  if (!rollout) return words;
  const stage = rollout.stage.toLowerCase().replace('_', '-');
  return rollout.candidate === revision ? `${words} ${stage}` : `${words} ${stage} of ${rollout.candidate}`;
}

/** `tenet policy show`: one revision with its rows, each with the file and line that it was written in. */
export async function show(name: string, options: { readonly output: Format }, out: Out = console.log): Promise<void> {
  const { scope, stored, number } = readRevision(name);
  const { shown, naming } = await readDatabase(async (db) => {
    const [newest, [head]] = [await demandScope(db, stored), await listHeads(db, [stored])];
    const revision = number ?? head?.revision;
    if (revision === undefined)
      throw new UsageError(`No revision of ${scope} is in force: name one, as in ${scope}@${newest}, which is the newest.`);
    if (revision > newest) throw notStored(scope, revision, newest);
    const about = await getRevision(db, stored, revision);
    const inForce = head?.revision === revision;
    const content = await loadContent(db, stored, revision);
    const shown = { ...about, ...content, createdAt: about.createdAt.toISOString(), inForce };
    const organizationId = scope.startsWith('org_') ? scope : undefined;
    const named = [about.author, scope, ...content.rows.map(([subject]) => subject)].join(' ');
    return { shown, naming: await readNaming(db, 'all', unnamedIn(named, organizationId)) };
  });
  const value = { ...shown, scope };
  print(options.output, out, value, () => [
    `${scope}@${shown.revision}${ofOrganization(scope, naming)}${shown.inForce ? ', in force' : ''}`,
    `by ${naming.text(shown.author)}, ${shown.createdAt}: ${printable(shown.reason)}`,
    ...(shown.gitCommit === undefined ? [] : [`Git commit ${shown.gitCommit}`]),
    `sha256 ${shown.sha256}`,
    '',
    ...table(
      ['SUBJECT', 'WHERE', 'RESOURCE', 'ACTION', 'EFFECT', 'WRITTEN IN'],
      shown.rows.map((row, index) => [...row, placeOf(shown.sources[index])]),
    ),
    ...roleTitles(scope, shown.rows, naming),
  ]);
}

/** ` of acme`, for the policy of an organization. */
function ofOrganization(scope: string, naming: Naming): string {
  return scope.startsWith('org_') ? ` of ${naming.place(scope)}` : '';
}

/** What the roles of an organization are called, which its rows have by their ids. */
function roleTitles(scope: string, rows: PolicyContent['rows'], naming: Naming): string[] {
  const roles = [...new Set(rows.map(([subject]) => subject))].filter((subject) => subject.startsWith('role_'));
  return roles.length === 0
    ? []
    : [
        '',
        ...table(
          ['ROLE', 'TITLE'],
          roles.map((role) => [role, naming.text(role, scope)]),
        ),
      ];
}

interface RollbackOptions {
  readonly reason: string;
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  readonly allowUnsigned?: true;
  readonly output: Format;
}

/** `tenet policy rollback`: what was in force before, or the revision that is named, is in force again. */
export async function rollback(name: string, options: RollbackOptions, out: Out = console.log): Promise<void> {
  checkReason('--reason', options.reason);
  const { scope, stored, number } = readRevision(name);
  const roleMapping = mappingOf(options);
  const config = readConfig(process.env);
  const { before, head, replaced, naming } = await withDatabase(config, (database) =>
    database.write('platform', async (db) => {
      await demandScope(db, stored);
      const [present] = await listHeads(db, [stored]);
      const { reason, allowUnsigned } = options;
      const input = { scope: stored, revision: number, expected: undefined, reason, roleMapping, keys: config.policyKeys, allowUnsigned };
      const head = await rollBack(db, activator(), uncontended, input);
      const replaced = await describeReplaced(db, present!);
      return { before: present, head, replaced, naming: await readNaming(db, usualNames(), unnamedIn(replaced.by)) };
    }),
  );
  const value = { scope, revision: head.revision, previousRevision: before!.revision };
  const cancelled = before!.rollout;
  if (cancelled) {
    print(options.output, out, { ...value, cancelled: cancelled.id }, () => [
      `${scope}: the rollout ${cancelled.id} of revision ${cancelled.candidate} is cancelled, and revision ${head.revision} is in force everywhere`,
    ]);
    return;
  }
  print(options.output, out, { ...value, replaced }, () => [
    `${scope}: revision ${head.revision} is in force, ${replacedWords(replaced, naming)}`,
  ]);
}

const placeOf = (source: { file: string; line: number } | undefined): string => (source ? `${source.file}:${source.line}` : '');
