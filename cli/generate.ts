import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { problemsPage } from '../api/docs/problem-page.ts';
import { problems } from '../api/http/problem.ts';
import { variables } from '../core/base/config.ts';
import { packageRoot } from '../core/base/package-root.ts';
import { acceptancePage } from './acceptance-page.ts';
import { auditEventsPage } from './audit-events-page.ts';
import { configurationPage } from './configuration-page.ts';
import { bundledContract } from './contract/bundle.ts';
import { lintContract } from './contract/lint.ts';
import { releaseProblems } from './contract/released.ts';
import { patternMessages } from './pattern-messages.ts';
import { policyMatrix } from './policy-matrix.ts';
import { policyRulesPage } from './policy-rules-page.ts';
import { architecturePage, linterRules } from './rooms.ts';
import { schemaOfMigrations } from './schema-dump.ts';

/** A checked-in file that is made from another one. */
export interface Generator {
  /** Relative to the root of the checkout. */
  readonly path: string;
  make(root: URL): Promise<string>;
}

/** Everything that `npm run generate` writes, in this order: the contract comes first, since others are made from it. Add yours here. */
export const generators: readonly Generator[] = [
  { path: 'openapi.yaml', make: bundledContract },
  { path: 'api/contract/openapi.d.ts', make: contractTypes },
  { path: 'api/contract/pattern-messages.ts', make: patternMessages },
  { path: 'docs/configuration.md', make: async () => configurationPage(variables) },
  { path: 'docs/problems.md', make: async () => problemsPage(problems) },
  { path: 'docs/audit-events.md', make: auditEventsPage },
  { path: 'docs/acceptance.md', make: acceptancePage },
  { path: 'docs/policy-rules.md', make: async () => policyRulesPage() },
  { path: 'policies/MATRIX.md', make: policyMatrix },
  { path: 'biome.rooms.json', make: linterRules },
  { path: 'ARCHITECTURE.md', make: architecturePage },
  { path: 'migrations/schema.sql', make: schemaOfMigrations },
];

/** Writes every generated file; with `check`, writes nothing and returns the paths that are stale. */
export async function generate(root: URL, check: boolean, list: readonly Generator[] = generators): Promise<string[]> {
  const stale: string[] = [];
  for (const generator of list) {
    const target = new URL(generator.path, root);
    const wanted = await generator.make(root);
    const present = await readFile(target, 'utf8').catch(() => undefined);
    if (present === wanted) continue;
    stale.push(generator.path);
    if (!check) await writeFile(target, wanted);
  }
  return stale;
}

/** A default in a body is never filled in by the server, so it must not make the member required. */
async function contractTypes(root: URL): Promise<string> {
  const tree = await openapiTS(new URL('openapi.yaml', root), { defaultNonNullable: false });
  return `// Made from openapi.yaml by \`npm run generate\`; edit that file instead.\n${astToString(tree)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  const stale = await generate(packageRoot, check);
  for (const path of stale) console.log(check ? `${path} is stale.` : `${path} written.`);
  if (check && stale.length > 0) console.error('Run `npm run generate` and commit the result.');
  const problems = [
    ...(await lintContract(await readFile(new URL('openapi.yaml', packageRoot), 'utf8'), packageRoot)),
    ...(await releaseProblems(packageRoot)),
  ];
  for (const problem of problems) console.error(problem);
  if ((check && stale.length > 0) || problems.length > 0) process.exitCode = 1;
}
