import type { CoveredLine } from '../../core/authorization/review/coverage.ts';

/** The rows of policy files as an LCOV tracefile, which coverage services and editors read: each row is a line that counts the questions it decided. */
export function lcov(lines: readonly CoveredLine[]): string {
  const files = [...new Set(lines.map(({ file }) => file))];
  return files
    .map((file) => {
      const rows = lines.filter((line) => line.file === file).sort((one, other) => one.line - other.line);
      const tested = rows.filter(({ count }) => count > 0).length;
      const counts = rows.map(({ line, count }) => `DA:${line},${count}\n`).join('');
      return `TN:\nSF:${file}\n${counts}LF:${rows.length}\nLH:${tested}\nend_of_record\n`;
    })
    .join('');
}
