import { isAbsolute, posix, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RuleId, ruleBase, ruleList, rules } from '../../core/authorization/policy/rules.ts';
import type { Report } from './report.ts';

/** SARIF 2.1.0, for code scanning. */
export function sarif({ title, version, statements }: Report): string[] {
  const found = statements.filter(({ outcome }) => outcome !== 'passed');
  const ids = ruleList.map(([id]) => id).filter((id) => found.some(({ rule }) => (rule ?? 'test') === id));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: title, version, informationUri: 'https://tenet.dev/', rules: ids.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        results: found.map(({ outcome, rule = 'test', name, message, file, line }) => ({
          ruleId: rule,
          ruleIndex: ids.indexOf(rule),
          level: outcome,
          message: { text: message === undefined || message === name ? name : `${name}: ${message}` },
          ...(file === undefined
            ? {}
            : {
                locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: line ?? 1 } } }],
              }),
        })),
      },
    ],
  };
  return [JSON.stringify(log, undefined, 2)];
}

const ruleOf = (id: RuleId) => ({
  id,
  shortDescription: { text: rules[id].says },
  helpUri: `${ruleBase}${id}`,
  defaultConfiguration: { level: rules[id].level },
});

function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(sep).join(posix.sep).split('/').map(encodeURIComponent).join('/');
}
