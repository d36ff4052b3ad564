import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { packageRoot } from '../../core/base/package-root.ts';
import { type ComparedContract, surfaceChanges } from './compare.ts';

const releasedFile = 'openapi/released/openapi.yaml';
const changesFile = 'openapi/released/changes.yaml';

const noChanges = `# What openapi.yaml changes on purpose since the release beside it, and why. \`npm run check\` says which lines are missing or no longer
# true; \`npm run contract:release\` empties this list. Breaking changes of shapes are in breaking.txt, in the words of oasdiff.
#
# - change: createProject answers 429
#   reason: Projects have a budget now.
[]
`;

/** A change that was made on purpose. */
interface DeliberateChange {
  readonly change: string;
  readonly reason: string;
}

/** What is wrong with the contract beside the last release: changes without a reason, and reasons without a change. */
export async function releaseProblems(root: URL): Promise<string[]> {
  const [released, present, deliberate] = await Promise.all(
    [releasedFile, 'openapi.yaml', changesFile].map(async (path) => parse(await readFile(new URL(path, root), 'utf8')) as unknown),
  );
  return compareWithReasons(surfaceChanges(released as ComparedContract, present as ComparedContract), deliberate as DeliberateChange[]);
}

/** The changes that have no reason, and the reasons that have no change, a sentence each. */
export function compareWithReasons(changes: readonly string[], deliberate: readonly DeliberateChange[]): string[] {
  const known = new Map(deliberate.map(({ change, reason }) => [change, reason]));
  return [
    ...changes
      .filter((change) => !known.get(change))
      .map(
        (change) =>
          `Since the last release, ${change}. If that is meant, add it to ${changesFile}:\n  - change: ${change}\n    reason: ...`,
      ),
    ...[...known.keys()]
      .filter((change) => !changes.includes(change))
      .map((change) => `${changesFile} lists a change that is none: ${change}.`),
  ];
}

/** Makes the present contract the released one. */
export async function releaseContract(root: URL): Promise<void> {
  await writeFile(new URL(releasedFile, root), await readFile(new URL('openapi.yaml', root)));
  await writeFile(new URL(changesFile, root), noChanges);
  await writeFile(new URL('openapi/released/breaking.txt', root), '');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await releaseContract(packageRoot);
  console.log(`${releasedFile} is what openapi.yaml says now; the list of changes is empty.`);
}
