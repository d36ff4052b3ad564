import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { type Ended, runTenet } from '../helpers/tenet-process.ts';

const bin = new URL('../../bin/tenet.js', import.meta.url).pathname;

/** A refusal as its reader wants it: sentences, and no trace of the program's inside. */
function expectRefusal({ code, stdout, stderr }: Pick<Ended, 'code' | 'stdout' | 'stderr'>, expected: number, sentence: RegExp): void {
  expect(stderr)
    .to.match(sentence)
    .and.match(/^tenet: /m);
  expect(stderr).not.to.match(/^\s+at .*:\d+:\d+|node:internal|Error:/m);
  expect(stdout).to.equal('');
  expect(code).to.equal(expected);
}

describe('Calling tenet', function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-call-'));
    chmodSync(directory, 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  describe('with a mistake ends with code 2 and says where help is:', () => {
    for (const [args, sentence] of [
      [[], /^Usage: tenet/],
      [['sevre'], /unknown command 'sevre'\n\(Did you mean serve\?\)\n/],
      [['serve', '--kubeconf', 'x'], /unknown option '--kubeconf'/],
      [['policy', 'apply'], /required option '--reason <text>' not specified/],
      [['crds', 'extra'], /too many arguments/],
    ] as const) {
      it(`tenet ${args.join(' ')}`, async () => {
        const { code, stdout, stderr } = await runTenet(args, { TENET_DATA_DIR: directory });
        expect(stderr).to.match(sentence);
        expect(stderr).to.include('--help');
        expect(stdout).to.equal('');
        expect(code).to.equal(2);
      });
    }
  });

  for (const [title, args, sentence] of [
    ['a reason that says nothing', ['policy', 'apply', '--reason', ' '], /--reason must say why/],
    [
      'a reason that shows otherwise',
      ['policy', 'apply', '--reason', 'a\u202eb'],
      /--reason must be text without .*; it is "a\\u\{202e\}b"\./,
    ],
    ['an id of nobody', ['operator', 'remove', '--user', 'ada'], /--user must be the id of a user, .* it is "ada"/],
    ['a standard input without a token', ['token', 'check'], /Standard input is empty\. .*token\.txt/],
  ] as const) {
    it(`with ${title} ends with code 2 and says what to give`, async () => {
      expectRefusal(await runTenet(args, { TENET_DATA_DIR: directory }), 2, sentence);
    });
  }

  it('policy lint and policy test look at the files that policy apply would take', async () => {
    const environment = { TENET_DATA_DIR: directory, TENET_POLICIES: join(directory, 'nowhere') };
    for (const verb of ['lint', 'test']) {
      const { code, stdout, stderr } = await runTenet(['policy', verb], environment);
      expect(`${stdout}${stderr}`).to.match(/there is no directory \S+nowhere/);
      expect(code).to.equal(1);
    }
  });

  it('with a file for a data directory says that it is one', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expectRefusal(
      await runTenet(['serve'], { TENET_DATA_DIR: file, TENET_PORT: '0', TENET_METRICS_PORT: '0' }),
      1,
      /The data directory \S+file is a file\./,
    );
  });

  describe('in another folder than the server', () => {
    const in_ = (args: readonly string[], environment: Record<string, string> = {}) => {
      const { PATH, HOME } = process.env;
      const { status, ...rest } = spawnSync(process.execPath, [bin, ...args], {
        cwd: directory,
        env: { PATH, HOME, ...environment },
        encoding: 'utf8',
      });
      return { ...rest, code: status };
    };

    it('dev token makes no key, and says where it looked', () => {
      const refused = in_(['dev', 'token', '--email', 'a@example.com']);
      expectRefusal(refused, 1, /There is no key of a local issuer in \S+tenet-call-\w+\/\.tenet\. .*TENET_DATA_DIR/);
      expect(existsSync(join(directory, '.tenet'))).to.equal(false);
    });

    it('dev token works where the server has made the key', async () => {
      mkdirSync(join(directory, '.tenet'));
      await loadDevIssuer(join(directory, '.tenet'));
      const { code, stdout } = in_(['dev', 'token', '--email', 'a@example.com']);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    });

    for (const args of [
      ['audit', 'verify'],
      ['operator', 'add', '--issuer', 'https://idp.example.com', '--subject', 'a'],
      ['keyring', 'forget', 'k1'],
      ['keyring', 'status'],
      ['keyring', 'rotate'],
      ['keyring', 'drop', 'k1'],
    ]) {
      it(`${args.slice(0, 2).join(' ')} makes no database, and says where it looked`, () => {
        expectRefusal(in_(args), 1, /There is no database in \S+tenet-call-\w+\/\.tenet\. .*TENET_DATA_DIR/);
        expect(existsSync(join(directory, '.tenet'))).to.equal(false);
      });
    }
  });

  it('on a data directory of another user says whose it is', function () {
    if (process.getuid!() !== 0) this.skip();
    const data = join(directory, 'data');
    mkdirSync(data, { mode: 0o700 });
    const other = 65_534;
    for (const args of [['serve'], ['dev', 'token', '--email', 'a@example.com'], ['migrate'], ['audit', 'verify']]) {
      const environment = { PATH: process.env['PATH'], TENET_DATA_DIR: data, TENET_PORT: '0', TENET_METRICS_PORT: '0' };
      const ended = spawnSync(process.execPath, [bin, ...args], { uid: other, gid: other, env: environment, encoding: 'utf8' });
      expectRefusal(
        { ...ended, code: ended.status },
        1,
        /The data directory \S+data belongs to the user with uid 0, and you are uid 65534/,
      );
    }
    // The directory is theirs, and the key in it is not.
    chownSync(data, other, other);
    writeFileSync(join(data, 'dev-issuer.json'), '{}', { mode: 0o600 });
    const ended = spawnSync(process.execPath, [bin, 'dev', 'token', '--email', 'a@example.com'], {
      ...{ uid: other, gid: other, encoding: 'utf8' },
      env: { PATH: process.env['PATH'], TENET_DATA_DIR: data },
    });
    expectRefusal({ ...ended, code: ended.status }, 1, /The key of the local issuer cannot be read: EACCES.* Start Tenet as the user/);
  });

  describe('whose reader leaves early ends without a trace, and with the code of its work:', () => {
    for (const args of ['--help', 'config', 'policy lint', 'dev token --email a@example.com']) {
      it(`tenet ${args} | true`, async () => {
        await loadDevIssuer(directory);
        const script = `"$1" "$2" ${args} | true; exit "\${PIPESTATUS[0]}"`;
        const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, bin], {
          env: { PATH: process.env['PATH'], TENET_DATA_DIR: directory },
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        expect(stderr).to.equal('');
        expect(status).to.equal(0);
      });
    }
  });
});
