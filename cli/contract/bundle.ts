import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseResolver, bundle, createConfig, type Document, makeDocumentFromString } from '@redocly/openapi-core';
import { parse, stringify } from 'yaml';
import { type Contract, completeContract } from './additions.ts';
import { declareFailures, type Failures, type SourceOperation } from './failures.ts';
import { declarePlan } from './plans.ts';

type Components = Record<string, Record<string, unknown>>;

/** A file of openapi/: the paths and the components of one area. */
interface Area {
  paths?: Record<string, Record<string, SourceOperation>>;
  components?: Components;
  'x-failures'?: Failures;
}

const header = `# Made from openapi/ by \`npm run generate\`; edit the files there instead.
# The contract. The server validates every request against this document, and routes, types, tests and docs come from it.
# x-permission is what the policy is asked; x-further-permissions are asked by the operation itself; x-public is for everybody;
# x-reads marks a POST that changes nothing; x-authzen follows the AuthZEN rules for bodies; x-pattern-message says in words, after
# "must be", what a pattern asks for; x-limited has a budget (429); x-audit names the events that may be recorded; x-internal is for people
# and probes, and left out of generated clients; x-never takes back a failure that openapi/shared.yaml would give it; x-shown-once names
# members of an answer that are in no second one; x-no-plan says why a change takes no validateOnly.
`;

/** The text of openapi.yaml: openapi/root.yaml with the paths of every other file there, and each component that they reach. */
export async function bundledContract(root: URL): Promise<string> {
  const folder = new URL('openapi/', root);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'root.yaml').sort();
  const areas = new Map(await Promise.all(names.map(async (name) => [name, await readYaml(new URL(name, folder))] as const)));
  const failures = areas.get('shared.yaml')?.['x-failures'];
  if (!failures) throw new Error('openapi/shared.yaml has no x-failures.');
  const head = (await readYaml(new URL('root.yaml', folder))) as Record<string, unknown>;
  const { components, ...top } = head;
  const whole = makeDocumentFromString(
    JSON.stringify({ ...top, paths: pathsOf(areas), components }),
    fileURLToPath(new URL('root.yaml', folder)),
  );
  const result = await bundle({
    doc: whole,
    config: await createConfig({}),
    externalRefResolver: new AreaResolver(failures),
    componentRenamingConflicts: 'error',
  });
  if (result.problems.length > 0)
    throw new Error(result.problems.map(({ message, location }) => `${message} ${place(location)}`).join('\n'));
  const contract = result.bundle.parsed as Contract;
  refuseUnused(areas, contract.components, failures);
  completeContract(contract);
  return `${header}${stringify(contract, { lineWidth: 140, singleQuote: true, aliasDuplicateObjects: false, compat: 'yaml-1.1' })}`;
}

/** Reads the files of openapi/ and gives each operation its plan and the failures that its traits bring. */
class AreaResolver extends BaseResolver {
  readonly #failures: Failures;

  constructor(failures: Failures) {
    super();
    this.#failures = failures;
  }

  override async resolveDocument<T>(
    base: string | null,
    ref: string,
    isRoot?: boolean,
  ): ReturnType<typeof BaseResolver.prototype.resolveDocument<T>> {
    const document = await super.resolveDocument<T>(base, ref, isRoot);
    if (document instanceof Error) return document;
    for (const [path, item] of Object.entries((document as Document<Area>).parsed.paths ?? {})) {
      for (const [method, operation] of Object.entries(item)) {
        declarePlan(operation, method);
        declareFailures(operation, path, this.#failures);
      }
    }
    return document;
  }
}

function pathsOf(areas: ReadonlyMap<string, Area>): Record<string, { $ref: string }> {
  const paths: Record<string, { $ref: string }> = {};
  for (const [file, { paths: own = {} }] of areas) {
    for (const path of Object.keys(own)) {
      if (path in paths) throw new Error(`openapi/${file}: ${path} is in another file too; the operations of one path stand together.`);
      paths[path] = { $ref: `${file}#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}` };
    }
  }
  return paths;
}

/** A component that nothing reaches would not be in the document, and its author would not notice. A failure of x-failures may wait for its first operation. */
function refuseUnused(areas: ReadonlyMap<string, Area>, used: Components, failures: Failures): void {
  const waiting = new Set(Object.values(failures).flatMap((responses) => Object.values(responses)));
  const unused = [...areas].flatMap(([file, { components = {} }]) =>
    Object.entries(components).flatMap(([kind, named]) =>
      Object.keys(named)
        .filter((name) => !used[kind]?.[name] && !(kind === 'responses' && waiting.has(name)))
        .map((name) => `openapi/${file}: nothing refers to components/${kind}/${name}.`),
    ),
  );
  if (unused.length > 0) throw new Error(unused.join('\n'));
}

function place(locations: readonly { source: { absoluteRef: string }; pointer?: string | undefined }[]): string {
  return locations.map(({ source, pointer }) => `(openapi/${basename(source.absoluteRef)}${pointer ?? ''})`).join(' ');
}

async function readYaml(url: URL): Promise<Area> {
  return parse(await readFile(url, 'utf8')) as Area;
}
