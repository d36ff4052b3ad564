import { settingText, type variables } from '../core/base/config.ts';

type Variables = Readonly<
  Record<string, Pick<(typeof variables)[keyof typeof variables], 'schema' | 'text'> & { readonly secret?: boolean }>
>;

/** The table of variables as one Markdown page, in the order in which the code declares them. */
export function configurationPage(table: Variables): string {
  const rows = Object.entries(table).map(
    ([name, { schema, text, secret }]) => `| \`${name}\` | ${defaultOf(schema)} | ${cell(text)}${secret ? ' **Secret.**' : ''} |`,
  );
  return `${introduction}\n| variable | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** What the variable is when nobody sets it: what its schema makes of nothing. */
function defaultOf(schema: Variables[string]['schema']): string {
  const { data } = schema.safeParse(undefined);
  const text = data === undefined ? '' : settingText(data);
  return text === '' ? '' : `\`${cell(text)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

const introduction = `# Configuration

Tenet reads environment variables, once, when it starts. A name that begins with \`TENET_\` and is not in this table, or a value that cannot be
used, keeps it from starting; the sentence says which one and what to do. An empty value counts as not set. \`tenet config\` prints what is in
force, with secrets left out.

This page is made from \`core/base/config.ts\` by \`npm run generate\`.
`;
