import type { ProblemKind } from '../http/problem.ts';

/** The registry as one Markdown page, in the order of the slugs. */
export function problemsPage(problems: Readonly<Record<string, ProblemKind>>): string {
  const sections = Object.entries(problems)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, kind]) => `## ${slug}\n\n**${kind.status}** ${kind.title}\n\n${kind.description}\n`);
  return `${introduction}\n${sections.join('\n')}`;
}

const introduction = `# Problems

Every failure is answered as \`application/problem+json\` (RFC 9457). \`type\` ends in one of the words below, \`code\` is that word,
\`detail\` says what went wrong this time, and \`requestId\` finds the request in the logs.

This page is made from the registry in \`api/http/problem.ts\` by \`npm run generate\`.
`;
