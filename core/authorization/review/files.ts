import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { readRegularFile } from '../../base/regular-file.ts';
import { lintModel } from '../engine/model-check.ts';
import { blueprintFile, blueprintSchema } from '../policy/blueprint.ts';
import type { PolicyContent } from '../policy/content.ts';
import { parsePolicyCsv } from '../policy/csv.ts';
import { type Finding, namedFromHere, PolicyError, unreadable } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { type PolicyTests, policyTestsSchema } from '../policy/tests-schema.ts';
import { vocabularySchema } from '../policy/vocabulary.ts';
import { lineFinder, parseYaml } from '../policy/yaml.ts';

export { PolicyError } from '../policy/findings.ts';

const withoutMatrix = 'this file must hold a matrix of what each role is allowed; write one, so that no permission arrives unnoticed';

/** The files of policies, wherever they are; named as in a policy directory. */
export interface PolicyFiles {
  /** Nothing where there is no such file. */
  read(file: string): Promise<string | undefined>;
  /** The folders below `blueprints/`. */
  blueprintNames(): Promise<readonly string[]>;
  /** Whether the files of the platform are among them; else the folders of blueprints alone count. */
  readonly hasPlatform: boolean;
}

/** The policies of a directory, the platform first, then the blueprints by name. Throws PolicyError with everything that cannot be read. */
export async function readPolicies(directory: string): Promise<PolicyContent[]> {
  await mustBeDirectory(directory);
  return readPolicyFiles({
    async read(file) {
      try {
        return await readRegularFile(join(directory, file));
      } catch (error) {
        throw new PolicyError([unreadable(file, error)]);
      }
    },
    blueprintNames: () => blueprintNames(directory),
    hasPlatform: true,
  });
}

/** The policies of some files, in the same order. Throws PolicyError with everything that cannot be read. */
export async function readPolicyFiles(files: PolicyFiles): Promise<PolicyContent[]> {
  const findings: Finding[] = [];
  const { read } = files;
  const required = async (file: string): Promise<string> => {
    const text = await read(file);
    if (text === undefined)
      findings.push({
        rule: 'missing-file',
        level: 'error',
        message: 'this file is missing; policies/README.md says what it holds',
        file,
        line: 1,
      });
    return text ?? '';
  };
  const yaml = async <S extends z.ZodType>(file: string, text: string | undefined, schema: S): Promise<z.output<S> | undefined> => {
    if (text === undefined || text === '') return undefined;
    const parsed = parseYaml(text, file, schema);
    findings.push(...parsed.findings);
    return parsed.value;
  };
  const rowsOf = async (file: string) => {
    const { rows, sources, findings: found } = parsePolicyCsv(await required(file), file);
    findings.push(...found);
    const over = sources[limits.rows];
    if (over) findings.push({ rule: 'too-many-rows', level: 'error', message: `at most ${limits.rows} rows are accepted`, ...over });
    return { rows, sources };
  };
  const testsOf = async (file: string): Promise<PolicyTests | undefined> => {
    const text = await read(file);
    const tests = await yaml(file, text, policyTestsSchema);
    // A file that cannot be read as tests has its own findings.
    const lacks = tests === undefined ? !text : tests.matrix.every(({ roles }) => Object.keys(roles).length === 0);
    if (lacks) findings.push({ rule: 'missing-matrix', level: 'error', message: withoutMatrix, file, line: 1 });
    return tests;
  };
  const optional = <K extends string, V>(key: K, value: V | undefined) =>
    value === undefined ? {} : ({ [key]: value } as { [P in K]: V });

  const model = await required('model.conf');
  if (model !== '') findings.push(...lintModel(model));
  const platformOf = async (): Promise<PolicyContent> => ({
    scope: 'platform',
    model,
    ...(await rowsOf('platform/policy.csv')),
    ...optional('vocabulary', await yaml('permissions.yaml', await required('permissions.yaml'), vocabularySchema)),
    ...optional('tests', await testsOf('platform/tests.yaml')),
  });

  const contents: PolicyContent[] = files.hasPlatform ? [await platformOf()] : [];
  for (const name of await files.blueprintNames()) {
    const folder = `blueprints/${name}`;
    const file = blueprintFile({ name });
    const blueprint = await yaml(file, await required(file), blueprintSchema);
    if (blueprint !== undefined && blueprint.name !== name) {
      findings.push({
        rule: 'blueprint-name',
        level: 'error',
        message: `the blueprint in ${folder} is called ${name}, not ${blueprint.name}`,
        file,
        line: 1,
      });
    }
    contents.push({
      scope: `blueprint/${name}`,
      model,
      ...(await rowsOf(`${folder}/policy.csv`)),
      ...optional('blueprint', blueprint),
      ...optional('tests', await testsOf(`${folder}/tests.yaml`)),
    });
  }
  if (findings.length > 0) throw new PolicyError(findings);
  return contents;
}

/** The files of rows that a policy directory holds, named from it: the platform's first. */
export async function rowFiles(directory: string): Promise<string[]> {
  return (await policyFiles(directory)).filter((file) => file.endsWith('.csv'));
}

/** The files of policies that a directory holds, named from it: the platform's first. */
export async function policyFiles(directory: string): Promise<string[]> {
  const names = await blueprintNames(directory).catch(() => []);
  const parts = ['blueprint.yaml', 'policy.csv', 'tests.yaml'];
  const files = [
    ...['model.conf', 'permissions.yaml', 'platform/policy.csv', 'platform/tests.yaml'],
    ...names.flatMap((name) => parts.map((part) => `blueprints/${name}/${part}`)),
  ];
  const found = await Promise.all(files.map((file) => stat(join(directory, file)).catch(() => undefined)));
  return files.filter((_file, index) => found[index]?.isFile());
}

/** The findings about the files of a policy directory, each file named from here and with its line: each file is read once. */
export async function locate(directory: string, findings: readonly Finding[]): Promise<Finding[]> {
  return namedFromHere(directory, await withLines((file) => readFile(join(directory, file), 'utf8'), findings));
}

/** The findings with their lines, as far as `read` has the file: each file is read once. */
export async function withLines<T extends Pick<Finding, 'file' | 'path' | 'line'>>(
  read: (file: string) => Promise<string | undefined>,
  findings: readonly T[],
): Promise<T[]> {
  const finders = new Map<string, ReturnType<typeof lineFinder> | undefined>();
  for (const { file, path } of findings) {
    if (file === undefined || path === undefined || finders.has(file)) continue;
    const text = await read(file);
    finders.set(file, text === undefined ? undefined : lineFinder(text));
  }
  return findings.map((finding) => {
    const { file, path } = finding;
    const line = file === undefined || path === undefined ? undefined : finders.get(file)?.(path);
    return line === undefined ? finding : { ...finding, line };
  });
}

async function mustBeDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  const message = `there is no directory ${directory}; name the one that holds model.conf, permissions.yaml, platform and blueprints`;
  throw new PolicyError([{ rule: 'missing-directory', level: 'error', message }]);
}

async function blueprintNames(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(join(directory, 'blueprints'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new PolicyError([unreadable('blueprints', error)]);
  }
}
