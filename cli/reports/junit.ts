import type { Report, Statement } from './report.ts';

/** JUnit XML: a suite for each file or part, and in it a case for each statement. */
export function junit({ title, statements }: Report): string[] {
  const suites = new Map<string, Statement[]>();
  for (const statement of statements) suites.set(statement.suite, [...(suites.get(statement.suite) ?? []), statement]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(title)}" ${counts(statements)}>`,
    ...[...suites].flatMap(([suite, cases]) => [
      `  <testsuite name="${xml(suite)}" ${counts(cases)}>`,
      ...cases.flatMap(testcase),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
}

const counts = (cases: readonly Statement[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ outcome }) => outcome === 'error').length}"`;

function testcase({ suite, name, outcome, rule, message, file, line }: Statement): string[] {
  const place = file === undefined ? '' : ` file="${xml(file)}" line="${line ?? 1}"`;
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}"${place}`;
  if (outcome === 'passed') return [`${head}/>`];
  const text = xml(file === undefined ? (message ?? name) : `${file}:${line ?? 1}: ${message ?? name}`);
  const body =
    outcome === 'error'
      ? `      <failure message="${xml(message ?? name)}" type="${rule ?? 'test'}">${text}</failure>`
      : `      <system-out>${text}</system-out>`;
  return [`${head}>`, body, '    </testcase>'];
}

/** Text of XML 1.0, which has no way to write most control characters. */
function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them.
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll(/[\n\r\t]/g, (character) => `&#${character.codePointAt(0)};`)
  );
}
