import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

type Node = Readonly<Record<string, unknown>>;

/**
 * The text of api/contract/pattern-messages.ts: what each pattern of openapi.yaml asks for, in the words that its schema has beside it.
 * Throws for a pattern without words and for one that has two kinds of them.
 */
export async function patternMessages(root: URL): Promise<string> {
  const found = new Map<string, string>();
  collect(parse(await readFile(new URL('openapi.yaml', root), 'utf8')), found);
  const lines = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((entry) => `  ${entry.map((text) => JSON.stringify(text)).join(': ')},`);
  return `${header}export const patternMessages: Readonly<Record<string, string>> = {\n${lines.join('\n')}\n};\n`;
}

const header = `// Made from openapi.yaml by \`npm run generate\`; edit that file instead.
/** What each pattern of the contract asks for, to be said after "must be". */
`;

function collect(node: unknown, found: Map<string, string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { pattern, 'x-pattern-message': message } = node as Node;
  if (typeof pattern === 'string') {
    const before = found.get(pattern);
    if (typeof message !== 'string') throw new Error(`openapi.yaml: the pattern ${pattern} has no x-pattern-message beside it.`);
    if (before !== undefined && before !== message) throw new Error(`openapi.yaml: the pattern ${pattern} has two messages.`);
    found.set(pattern, message);
  }
  for (const inner of Object.values(node)) collect(inner, found);
}
