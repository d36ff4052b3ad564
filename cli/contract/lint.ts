import { fileURLToPath } from 'node:url';
import { lintFromString, loadConfig } from '@redocly/openapi-core';

/** What Redocly finds wrong with the text of the contract under redocly.yaml, a line each. Warnings count: a rule is an error or is off. */
export async function lintContract(text: string, root: URL): Promise<string[]> {
  const config = await loadConfig({ configPath: fileURLToPath(new URL('redocly.yaml', root)) });
  const problems = await lintFromString({ source: text, absoluteRef: fileURLToPath(new URL('openapi.yaml', root)), config });
  return problems.map(({ message, ruleId, location }) => `openapi.yaml ${location[0]?.pointer ?? ''}: ${message} (${ruleId})`);
}
