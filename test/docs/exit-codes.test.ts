import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommanderError } from 'commander';
import { usualCodes, verbCodes, verbsOf } from '../../cli/exit-codes.ts';
import { program } from '../../cli/program.ts';
import { failure } from '../helpers/failure.ts';
import { root } from './checkout.ts';

describe('the exit codes in docs/cli.md', () => {
  const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\S.*?) \| (\d+) \| (.+) \|$/gm)].map(([, verb = '', code, meaning = '']) => ({
    verb: verb.replaceAll('`', ''),
    code: Number(code),
    meaning,
  }));
  const shown = (verb: string) => Object.fromEntries(rows.filter((row) => row.verb === verb).map(({ code, meaning }) => [code, meaning]));
  const verbs = program()
    .commands.filter((command) => command.name().startsWith('policy'))
    .flatMap((command) => verbsOf(command));

  it('are those of every verb of policy and policy-store, and of nothing else', () => {
    expect(verbs.map(({ name }) => name).sort()).to.deep.equal(Object.keys(verbCodes).sort());
    expect(shown('every one')).to.deep.equal(usualCodes);
    for (const { name } of verbs) expect(shown(name), name).to.deep.equal(verbCodes[name]);
    const named = new Set(rows.map(({ verb }) => verb).filter((verb) => verb.startsWith('policy')));
    expect([...named].filter((verb) => !Object.hasOwn(verbCodes, verb))).to.deep.equal([]);
  });

  it('stand in the help of each verb', async () => {
    for (const { name, verb } of verbs) {
      const said: string[] = [];
      verb.exitOverride().configureOutput({ writeOut: (text) => said.push(text) });
      expect(await failure(verb.parseAsync(['--help'], { from: 'user' })), name).to.be.instanceOf(CommanderError);
      for (const { code, meaning } of rows.filter((row) => row.verb === name))
        expect(said.join(''), name).to.include(`${code} ${meaning.replaceAll('`', '')}`);
    }
  });

  it('are 2 of each verb for an option that it does not have', async () => {
    const tenet = program();
    const calm = (command: typeof tenet): void => {
      command.exitOverride().configureOutput({ writeErr: () => undefined });
      for (const each of command.commands) calm(each);
    };
    calm(tenet);
    for (const { name } of verbs) {
      const error = await failure(tenet.parseAsync([...name.split(' '), '--no-such-option'], { from: 'user' }));
      // cli/main.ts ends with 2 for it.
      expect(error, name).to.be.instanceOf(CommanderError);
      expect((error as CommanderError).exitCode, name).to.equal(1);
    }
  });
});
