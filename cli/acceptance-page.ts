import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** One thing that must hold; `later` where the part of the product that it is about does not exist yet. */
interface Statement {
  readonly kind: 'E' | 'I' | 'A' | 'C' | 'X';
  readonly later?: true;
  readonly says: string;
}

const ids = /\b(?:PICA|S001|MIN|S003|PUL)-\d+(?:(?:, | and )-\d+)*/g;
/** What may carry the ids that it proves: the title of a test or of a group of tests, and the name of a case in a policy's tests. */
const titles = [/\b(?:it|describe|itOnce)(?:\.only)?\(\s*(['"`])((?:(?!\1).|\n)*?)\1/g, /^\s*(?:- )?name:( *)(.*)$/gm];

/** docs/acceptance.md: every statement, the tests that name it, and its state. Tests of CI pass, so what is named is proved. */
export async function acceptancePage(root: URL): Promise<string> {
  const kinds = parse(await readFile(new URL('test/acceptance/statements.yaml', root), 'utf8')) as Record<
    string,
    Record<string, Statement>
  >;
  const proofs = await proofsOf(root);
  const all = Object.values(kinds).flatMap((statements) => Object.entries(statements));
  const states = all.map(([id, statement]) => stateOf(statement, proofs.get(id)));
  const count = (state: string) => states.filter((one) => one === state).length;
  const unknown = [...proofs.keys()].filter((id) => !all.some(([known]) => known === id));
  if (unknown.length > 0) throw new Error(`tests name statements that do not exist: ${unknown.join(', ')}`);
  return [
    '# What must hold, and what proves it',
    '',
    '<!-- Made from test/acceptance/statements.yaml and the titles of the tests by `npm run generate`. -->',
    '',
    `${all.length} statements: ${count('proved')} proved by a test that names them, ${count('open')} open, ${count('later')} about parts that come later, ${count('wording')} about wording alone.`,
    ...Object.entries(kinds).flatMap(([kind, statements]) => [
      '',
      `## ${kind}`,
      '',
      '| id | statement | state | proved by |',
      '| --- | --- | --- | --- |',
      ...Object.entries(statements).map(([id, statement]) => {
        const files = proofs.get(id);
        return `| ${id} | ${cell(statement.says)} | ${stateOf(statement, files)} | ${[...(files ?? [])].sort().map(linked).join('<br>')} |`;
      }),
    ]),
    '',
  ].join('\n');
}

function stateOf({ kind, later }: Statement, files: ReadonlySet<string> | undefined): 'proved' | 'open' | 'later' | 'wording' {
  if (files !== undefined) return 'proved';
  if (kind === 'X') return 'wording';
  return later ? 'later' : 'open';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function linked(path: string): string {
  return `[${path.replace(/^(test|policies)\//, '')}](../${path})`;
}

/** For each id the files in which a title names it. `PICA-07, -10` names two. */
async function proofsOf(root: URL): Promise<Map<string, Set<string>>> {
  const proofs = new Map<string, Set<string>>();
  for (const folder of ['test', 'policies']) {
    const files = await readdir(new URL(folder, root), { recursive: true });
    for (const file of files.filter((name) => /\.test\.ts$|tests\.yaml$/.test(name)).sort()) {
      const path = `${folder}/${file}`;
      const text = await readFile(new URL(path, root), 'utf8');
      for (const title of titles.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[2]!))) {
        for (const id of idsIn(title)) proofs.set(id, (proofs.get(id) ?? new Set()).add(path));
      }
    }
  }
  return proofs;
}

function idsIn(title: string): string[] {
  return [...title.matchAll(ids)].flatMap(([found]) => {
    const prefix = found.slice(0, found.indexOf('-'));
    return [...found.matchAll(/-(\d+)/g)].map(([, number]) => `${prefix}-${number}`);
  });
}
