import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { completionScript, shells } from '../../cli/completion.ts';
import { program } from '../../cli/program.ts';

describe('tenet completion', () => {
  /** What bash offers behind these words, the last of which is being typed. */
  function offered(...words: string[]): string[] {
    const script = `${completionScript('bash', program())}
      COMP_WORDS=(tenet "$@"); COMP_CWORD=$#; _tenet; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(stderr).to.equal('');
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('offers commands, their commands and their options', () => {
    expect(offered('po')).to.deep.equal(['policy', 'policy-store']);
    expect(offered('policy', '')).to.include.members([
      'lint',
      'test',
      'apply',
      'history',
      'show',
      'rollback',
      'explain',
      'who-can',
      'what-can',
    ]);
    expect(offered('policy', 'who-can', 'connection:delete', '--')).to.include.members(['--in', '--type', '--limit']);
    expect(offered('policy-store', '')).to.include.members(['propose', 'apply', 'activate', 'rollout', 'rollback']);
    expect(offered('policy-store', 'rollout', '')).to.include.members(['status', 'promote', 'cancel']);
    expect(offered('policy-store', 'activate', '--')).to.include.members(['--stage', '--gate', '--plan', '--reason', '--server']);
    expect(offered('serve', '--kube')).to.deep.equal(['--kubeconfig']);
    expect(offered('operator', 'remove', '--')).to.include.members(['--user', '--issuer', '--last']);
    expect(offered('dev', 'tok')).to.deep.equal(['token']);
  });

  it('offers the values of an option and of an argument, where they are a choice', () => {
    expect(offered('config', '-o', 'y')).to.deep.equal(['yaml']);
    expect(offered('policy', 'lint', '--output', '')).to.deep.equal(['table', 'json', 'yaml']);
    expect(offered('policy', 'who-can', '--type', 'a')).to.deep.equal(['api-key']);
    expect(offered('completion', '')).to.include.members([...shells]);
  });

  it('leaves files to the shell', () => {
    expect(offered('policy', 'lint', '--output', 'json', 'pol')).to.deep.equal([]);
    expect(offered('serve', '--manifests', 'exa')).to.deep.equal([]);
  });

  for (const shell of shells) {
    it(`is a script that ${shell} reads`, function () {
      const directory = mkdtempSync(join(tmpdir(), 'tenet-completion-'));
      const file = join(directory, `tenet.${shell}`);
      writeFileSync(file, completionScript(shell, program()));
      const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      rmSync(directory, { recursive: true });
      if (error) this.skip();
      expect(stderr).to.equal('');
      expect(status).to.equal(0);
    });
  }

  it('offers the same in fish', function () {
    const script = completionScript('fish', program());
    // Words that begin with a dash are words, and no options of the script's own commands.
    expect(script).not.to.match(/string join (?!--)/);
    const { error, stdout, stderr } = spawnSync('fish', ['-c', `${script}\ncomplete -C'tenet config -o '`], { encoding: 'utf8' });
    if (error) this.skip();
    expect(stderr).to.equal('');
    expect(stdout.match(/^\w+/gm)).to.have.members(['json', 'table', 'yaml']);
  });

  it('names every command in every shell', () => {
    for (const shell of shells) {
      const script = completionScript(shell, program());
      for (const command of program().commands) expect(script, `${shell} ${command.name()}`).to.include(command.name());
    }
  });
});
