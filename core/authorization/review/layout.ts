import type { Finding } from '../policy/findings.ts';

interface Line {
  readonly text: string;
  /** Counted from 1, in the file as it was. */
  readonly number: number;
}

/** The fields of a line that holds a row, its type first; undefined for a comment and an empty line. */
function fieldsOf(text: string): string[] | undefined {
  const line = text.trim();
  return line === '' || line.startsWith('#') ? undefined : line.split(',').map((field) => field.trim());
}

const written = (fields: readonly string[]): string => fields.join(', ');
/** What a row is about: one subject, domain and object. */
const aboutOf = (fields: readonly string[]): string => written(fields.slice(1, 4));

/** How the rows of a policy.csv are written: nothing of this changes what they mean. */
export function lintLayout(text: string, file: string): Finding[] {
  return blocksOf(text).flatMap((block) => {
    const closed = new Set<string>();
    let last: string | undefined;
    return block.flatMap(({ text: line, number }): Finding[] => {
      const fields = fieldsOf(line);
      if (fields === undefined) return [];
      const at = { level: 'warning', file, line: number } as const;
      const findings: Finding[] = [];
      if (line !== written(fields)) findings.push({ rule: 'spacing', message: `write ${written(fields)}`, ...at });
      const about = aboutOf(fields);
      if (about !== last && closed.has(about)) findings.push({ rule: 'order', message: `put this row to the others of ${about}`, ...at });
      if (last !== undefined) closed.add(last);
      last = about;
      return findings;
    });
  });
}

/** The text with the rows written and ordered as lintLayout wants them, each once. Comments stay above what they stand above. */
export function tidyLayout(text: string): string {
  const seen = new Set<string>();
  const lines = blocksOf(text).flatMap((block) => {
    const groups = new Map<string, string[]>();
    for (const { text: line } of block) {
      const fields = fieldsOf(line);
      if (fields === undefined) return [line.trimEnd()];
      const row = written(fields);
      if (seen.has(row)) continue;
      seen.add(row);
      groups.set(aboutOf(fields), [...(groups.get(aboutOf(fields)) ?? []), row]);
    }
    return [...groups.values()].flat();
  });
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Rows that follow each other without a comment or an empty line are a block; so is each line between them. */
function blocksOf(text: string): Line[][] {
  const blocks: Line[][] = [];
  let open: Line[] | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const one = { text: line, number: index + 1 };
    if (fieldsOf(line) === undefined) {
      blocks.push([one]);
      open = undefined;
    } else if (open) open.push(one);
    else {
      open = [one];
      blocks.push(open);
    }
  }
  return blocks;
}
