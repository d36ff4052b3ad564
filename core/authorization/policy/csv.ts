import { type Row, type RowSource, rowFault } from './content.ts';
import type { Finding } from './findings.ts';

/**
 * Reads `p, subject, domain, object, action, effect` lines; `#` starts a line that is a comment. Quotes do not exist,
 * so a comma always separates and what a reviewer sees is what Casbin gets. Role assignments (`g`) are data, not policy.
 */
export function parsePolicyCsv(text: string, file: string): { rows: Row[]; sources: RowSource[]; findings: Finding[] } {
  const rows: Row[] = [];
  const sources: RowSource[] = [];
  const findings: Finding[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const source = { file, line: index + 1 };
    const [type, ...fields] = line.split(',').map((field) => field.trim());
    const fault = type === 'p' ? rowFault(fields) : `a line starts with p or #, not ${JSON.stringify(type)}`;
    if (fault !== undefined) {
      findings.push({ rule: 'malformed-row', level: 'error', message: fault, ...source });
      continue;
    }
    rows.push(fields as unknown as Row);
    sources.push(source);
  }
  return { rows, sources, findings };
}
