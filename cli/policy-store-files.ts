import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, PolicyError, unreadable } from '../core/authorization/policy/findings.ts';
import { storeLimits } from '../core/authorization/policy-stores/limits.ts';
import type { StoreContents } from '../core/authorization/policy-stores/types.ts';
import { makeDirectory } from '../core/base/make-directory.ts';
import { reasonOf } from '../core/base/reason.ts';
import { sizeOfFile } from '../core/base/regular-file.ts';
import { UsageError } from './options.ts';

const files = { model: 'model.conf', policy: 'policy.csv', tests: 'tests.yaml' } as const;

/** The files of a policy store in a directory; it may lack tests. Throws PolicyError, which names the files alone, for one that is missing or far too large, UsageError for no directory. */
export async function readStoreFiles(directory: string): Promise<StoreContents> {
  const isDirectory = (await stat(directory).catch(() => undefined))?.isDirectory() === true;
  if (!isDirectory) throw new UsageError(`There is no directory ${directory}: name one that holds ${Object.values(files).join(', ')}.`);
  const findings: Finding[] = [];
  const refuse = (rule: Finding['rule'], file: string, message: string) => findings.push({ rule, level: 'error', message, file, line: 1 });
  const read = async (file: string, isNeeded: boolean): Promise<string> => {
    const path = join(directory, file);
    try {
      const size = await sizeOfFile(path);
      if (size === undefined && isNeeded)
        refuse('missing-file', file, 'this file is missing; examples/policy-stores/README.md says what it holds');
      if (size === undefined) return '';
      if (size > storeLimits.bytes) refuse('too-large', file, `it has ${size} bytes; ${storeLimits.bytes} are accepted`);
      return size > storeLimits.bytes ? '' : await readFile(path, 'utf8');
    } catch (error) {
      findings.push(unreadable(file, error));
      return '';
    }
  };
  const contents = {
    model: await read(files.model, true),
    policy: await read(files.policy, true),
    tests: await read(files.tests, false),
  };
  if (findings.length > 0) throw new PolicyError(findings);
  return contents;
}

/** Writes the files of a store into a directory, which is made where there is none; their paths. Throws UsageError. */
export async function writeStoreFiles(directory: string, contents: StoreContents): Promise<string[]> {
  try {
    makeDirectory(directory, 0o777);
    const written = (Object.keys(files) as (keyof typeof files)[]).filter((part) => part !== 'tests' || contents.tests !== '');
    for (const part of written) await writeFile(join(directory, files[part]), contents[part]);
    return written.map((part) => join(directory, files[part]));
  } catch (error) {
    throw new UsageError(`--to ${directory} cannot be written (${reasonOf(error)}): name a directory that can.`);
  }
}
