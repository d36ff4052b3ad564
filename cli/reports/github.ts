import type { Report } from './report.ts';

/** Workflow commands of GitHub Actions, which become annotations of a pull request. */
export function github({ statements, summary }: Report): string[] {
  const annotations = statements.flatMap(({ outcome, file, line, rule, name, message }) => {
    if (outcome === 'passed') return [];
    const place = file === undefined ? '' : `file=${property(file)},line=${line ?? 1},`;
    return [`::${outcome} ${place}title=${property(rule ?? name)}::${data(message ?? name)}`];
  });
  return [...annotations, summary];
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
