import { fileURLToPath } from 'node:url';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import { parse } from 'yaml';
import { type AuditedContract, auditProblems } from './audit-changes.ts';

/** What Redocly finds wrong with the text of the contract under redocly.yaml, and where it does not say what an event holds, a line each. Warnings count: a rule is an error or is off. */
export async function lintContract(text: string, root: URL): Promise<string[]> {
  const config = await loadConfig({ configPath: fileURLToPath(new URL('redocly.yaml', root)) });
  const problems = await lintFromString({ source: text, absoluteRef: fileURLToPath(new URL('openapi.yaml', root)), config });
  return [
    ...problems.map(({ message, ruleId, location }) => `openapi.yaml ${location[0]?.pointer ?? ''}: ${message} (${ruleId})`),
    ...auditProblems(parse(text) as AuditedContract),
  ];
}
