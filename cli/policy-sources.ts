import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { namedFromHere, PolicyError } from '../core/authorization/policy/findings.ts';
import { scopeName, storedScope } from '../core/authorization/policy/scopes.ts';
import { readPolicies } from '../core/authorization/review/files.ts';
import { listHeadsOfFiles, listRevisions, loadContent } from '../core/authorization/store/revisions.ts';
import { inOrder } from '../core/policies/review.ts';
import { readDatabase } from './database.ts';
import { UsageError } from './options.ts';
import { notStored } from './policy-names.ts';

const run = promisify(execFile);

/**
 * Reads the policy behind a name: a directory; `git:<revision>[:<directory>]`; `live`, which is what is in force; or `<scope>@<number>`, what is in
 * force with another revision of one scope. Files are named from the folder of the call, those of a revision behind its name.
 */
export async function readPolicy(name: string, folder: string): Promise<PolicyContent[]> {
  const isDirectory = (await stat(name).catch(() => undefined))?.isDirectory() === true;
  if (isDirectory) return fromHere(name, await readPolicies(name));
  if (name.startsWith('git:')) return fromGit(name, folder);
  const [, scope, number] = /^((?:platform|blueprint\.[a-z][a-z0-9-]*))@([1-9]\d{0,9})$/.exec(name) ?? [];
  if (name === 'live' || scope !== undefined) return fromDatabase(scope, Number(number));
  throw new UsageError(
    `${name} is no policy: name a directory, git:<revision>[:<directory>], live, or a revision of a scope such as blueprint.teams@3.`,
  );
}

function fromHere(directory: string, contents: readonly PolicyContent[]): PolicyContent[] {
  return contents.map((content) => ({
    ...content,
    sources: content.sources.map((source) => ({ ...source, file: join(directory, source.file) })),
  }));
}

async function fromGit(name: string, folder: string): Promise<PolicyContent[]> {
  const [, revision = '', path = folder] = /^git:([^:]*)(?::(.+))?$/.exec(name) ?? [];
  if (revision === '' || revision.startsWith('-')) throw new UsageError(`${name} names no revision of Git: write git:main or git:HEAD~1.`);
  const directory = await mkdtemp(join(tmpdir(), 'tenet-policies-'));
  try {
    const files = (await git(['ls-tree', '-r', '-z', '--name-only', revision, '--', `${path}/`])).split('\0').filter(Boolean);
    if (files.length === 0)
      throw new UsageError(`${revision} has no files in ${path}: name the directory, as in git:${revision}:policies.`);
    for (const file of files) {
      const target = join(directory, file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await git(['show', `${revision}:./${file}`]));
    }
    try {
      return fromHere(path, await readPolicies(join(directory, path)));
    } catch (error) {
      if (error instanceof PolicyError) throw new PolicyError(namedFromHere(name, error.findings), { cause: error });
      throw error;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function git(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', [...args], { maxBuffer: 32 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    const unknown = /^fatal: (?:Not a valid object name|bad revision|ambiguous argument) '?([^\s':]+)/.exec(said)?.[1];
    throw new UsageError(
      unknown === undefined ? `Git could not read it: ${said.replace(/^fatal: /, '')}` : `This Git repository has no revision ${unknown}.`,
    );
  }
}

/** What is in force, with this revision of this scope in its place. */
async function fromDatabase(scope: string | undefined, number: number): Promise<PolicyContent[]> {
  const wanted = scope === undefined ? undefined : storedScope(scope);
  return readDatabase(async (db) => {
    const revisions = new Map((await listHeadsOfFiles(db)).map((head) => [head.scope, head.revision]));
    if (wanted !== undefined) {
      const [newest] = await listRevisions(db, wanted, { limit: 1 });
      if (newest === undefined)
        throw new UsageError(`There is no scope ${scope}; there are ${[...revisions.keys()].map(scopeName).sort().join(', ')}.`);
      if (number > newest.revision) throw notStored(scope!, number, newest.revision);
      revisions.set(wanted, number);
    }
    const contents: PolicyContent[] = [];
    for (const [each, revision] of revisions) {
      const { sources, ...content } = await loadContent(db, each, revision);
      contents.push({ ...content, sources: sources.map(({ file, line }) => ({ file: `${scopeName(each)}@${revision}/${file}`, line })) });
    }
    return inOrder(contents);
  });
}
