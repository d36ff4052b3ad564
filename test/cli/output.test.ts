import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { faultLines } from '../../cli/fault-lines.ts';
import { type Format, print, table } from '../../cli/output.ts';
import { lint } from '../../cli/policy-lint.ts';
import { test } from '../../cli/policy-test.ts';
import { program } from '../../cli/program.ts';
import { configValues, readConfig } from '../../core/base/config.ts';
import { counted } from '../../core/base/counted.ts';
import { policyDirectory } from '../core/authorization/contents.ts';

describe('What a command prints', () => {
  function printed(format: Format, value: unknown): string {
    const lines: string[] = [];
    print(
      format,
      (line) => lines.push(line),
      value,
      () => ['for people'],
    );
    return lines.join('\n');
  }

  it('is the same value as JSON and as YAML, and lines for people', () => {
    const value = { name: 'yes', list: [1, null], text: 'two\nlines' };
    expect(JSON.parse(printed('json', value))).to.deep.equal(value);
    expect(parse(printed('yaml', value))).to.deep.equal(value);
    expect(printed('table', value)).to.equal('for people');
  });

  it('says what is wrong with a part of an input once, also where the message has it already', () => {
    const detail = 'org.boss is no role of the new policy.';
    expect(faultLines([{ pointer: '#/roleMapping', detail }], `The roles cannot be mapped: ${detail}`)).to.deep.equal([]);
    expect(faultLines([{ pointer: '#/roleMapping/rename', detail }], 'The request is wrong.')).to.deep.equal([
      `  roleMapping.rename ${detail}`,
    ]);
  });

  it('counts one of a thing as one', () => {
    expect([counted(1, 'person', 'people'), counted(0, 'role'), counted(1_200, 'grant')]).to.deep.equal([
      '1 person',
      '0 roles',
      '1,200 grants',
    ]);
  });

  it('stands in columns, without blanks at the end', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['wide one', 'x'],
          ['b', ''],
        ],
      ),
    ).to.deep.equal(['A         LONG', 'wide one  x', 'b']);
  });

  it('is one line for a cell that has several, or would control the terminal', () => {
    expect(table(['A', 'B'], [['one\ntwo', '\u001b[2J']])).to.deep.equal(['A            B', 'one\\u{a}two  \\u{1b}[2J']);
  });

  it('is parsed from lint and test', async () => {
    for (const [run, expected] of [
      [lint, { errors: 0, findings: [] }],
      [test, { failed: 0, failures: [] }],
    ] as const) {
      const lines: string[] = [];
      expect(await run(policyDirectory, (line) => lines.push(line), 'json')).to.equal(0);
      expect(JSON.parse(lines.join('\n'))).to.deep.include(expected);
    }
  });

  it('of the configuration has values, and no secrets', () => {
    const values = configValues(
      readConfig({ DATABASE_URL: 'postgres://a:b@c/d', TENET_ENCRYPTION_KEYS: `k1:${'A'.repeat(43)}=`, TENET_PORT: '1' }),
    );
    expect(values).to.include({ DATABASE_URL: '***', TENET_ENCRYPTION_KEYS: '***', TENET_PORT: 1, TENET_PUBLIC_URL: null });
  });

  it('takes its form from one option that every command which prints data has', () => {
    const forms = program()
      .commands.flatMap((command) => [command, ...command.commands])
      .filter(({ options }) => options.some(({ long }) => long === '--output'))
      .map((command) => command.name());
    expect(forms).to.include.members(['config', 'list', 'verify', 'lint', 'test', 'apply']);
  });

  it('and how a command ends is on the page of the command line, which names every command', () => {
    const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const names = program().commands.flatMap((command) =>
      command.commands.length === 0 ? [command.name()] : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
    );
    for (const name of names) expect(page).to.include(`\`${name}\``);
  });
});
