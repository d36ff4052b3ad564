import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { migrate } from '../../core/database/migrate.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Ended, type Running, readyUrl, runTenet, serverOn, spawnTenet } from '../helpers/tenet-process.ts';

/** A refusal as its reader wants it: one sentence that says what to do, and no trace of the program's inside. */
function expectSentence({ code, signal, stdout, stderr }: Ended, sentence: RegExp, expected = 1): void {
  expect(signal).to.equal(null);
  expect(stderr).to.match(sentence);
  expect(stderr).to.match(/^tenet: /m);
  expect(stderr).not.to.match(/^\s+at .*:\d+:\d+|node:internal|UnhandledPromiseRejection|\[object|Error:/m);
  expect(stdout).to.equal('');
  expect(code).to.equal(expected);
}

describe('tenet serve', function () {
  this.timeout(90_000);
  let directory: string;
  let copy: { url: string; drop(): Promise<void> };
  let environment: Record<string, string>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-start-'));
    copy = await createDatabase();
    environment = serverOn(copy.url, join(directory, 'data'));
  });

  afterEach(async () => {
    await copy.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: copy.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const connections = async (): Promise<number> =>
    (
      await query(
        "select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
      )
    ).length;

  async function running(work: (url: string, server: Running) => Promise<void>, more: Record<string, string> = {}): Promise<Ended> {
    const server = spawnTenet(['serve'], { ...environment, ...more });
    try {
      await work(await readyUrl(server), server);
    } finally {
      server.child.kill('SIGTERM');
    }
    return server.ended;
  }

  it('says where it is and how to begin, and SIGTERM ends it with code 0 and no connection left', async () => {
    const { code, stderr } = await running(async (url, server) => {
      expect((await fetch(`${url}/livez`)).status).to.equal(200);
      await eventually(() => expect(server.said()).to.include('Another token'));
    });
    expect(stderr)
      .to.match(/Tenet is ready after/)
      .and.match(/curl -s http.*\/v1\/organizations/);
    expect(stderr).to.match(/SIGTERM: finishing what is running/);
    expect(code).to.equal(0);
    expect(await connections()).to.equal(0);
  });

  it('SIGTERM while it starts ends it in order too, and the next start finds all that it needs', async () => {
    const server = spawnTenet(['serve'], environment);
    await eventually(
      () => expect(server.said()).to.match(/Database schema brought up to date: 0001_[\w.]+\.sql to \d{4}_[\w.]+\.sql$/m),
      60_000,
    );
    server.child.kill('SIGTERM');
    const { code, stderr } = await server.ended;
    expect(stderr).to.match(/SIGTERM: finishing what is running/);
    expect(code).to.equal(0);
    expect(await connections()).to.equal(0);
    const next = await running(async (url) => {
      expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    });
    expect(next.code).to.equal(0);
  });

  it('a second signal, later than one that is counted with the first, ends it at once', async () => {
    const ended = await running(async (url, server) => {
      const { hostname, port } = new URL(url);
      // A request that is only begun, for whose end the stop waits.
      const begun = connect(Number(port), hostname).on('error', () => undefined);
      await once(begun, 'connect');
      begun.write('POST /v1/organizations HTTP/1.1\r\nHost: tenet\r\n');
      server.child.kill('SIGTERM');
      await eventually(() => expect(server.said()).to.match(/a second signal ends it at once/));
      await eventually(() => {
        server.child.kill('SIGTERM');
        expect(server.child.exitCode).not.to.equal(null);
      });
      begun.destroy();
    });
    expect(ended.code).to.equal(130);
  });

  it('the first request that it prints can be pasted, and works', async () => {
    await running(async (url, server) => {
      const [, token] = await eventually(() => /export TOKEN=(\S+)/.exec(server.said()) ?? expect.fail('no token yet'));
      const reply = await fetch(`${url}/v1/organizations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{"name":"Acme"}',
      });
      expect(reply.status).to.equal(201);
      const other = await runTenet(['dev', 'token', '--email', 'bob@example.com'], environment);
      expect(other.stderr).to.equal('');
      const me = await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${other.stdout.trim()}` } });
      expect(await me.json()).to.deep.include({ email: 'bob@example.com' });
    });
  });

  describe('refuses, in one sentence,', () => {
    it('a broken policy file, with its file and line, and leaves the database as it was', async () => {
      const policies = join(directory, 'policies');
      cpSync('policies', policies, { recursive: true });
      const file = join(policies, 'platform/policy.csv');
      const lines = readFileSync(file, 'utf8').split('\n');
      lines.push('p, platform/operator, *, organization, raed, allow');
      writeFileSync(file, lines.join('\n'));
      const ended = await runTenet(['serve'], { ...environment, TENET_POLICIES: policies });
      expectSentence(ended, /The policy files must not come into force:\n.*platform\/policy\.csv:\d+: error: .*raed/);
      expect(await query("select from pg_namespace where nspname like 'tenet%' or nspname = 'graphile_worker'")).to.deep.equal([]);
      expect(await connections()).to.equal(0);
    });

    it('a directory without policies', async () => {
      const ended = await runTenet(['serve'], { ...environment, TENET_POLICIES: join(directory, 'nowhere') });
      expectSentence(ended, /there is no directory \S+nowhere; name the one that holds model\.conf/);
      expect(await query("select from pg_namespace where nspname = 'tenet'")).to.deep.equal([]);
    });

    it('a directory without policies for a database that was migrated beforehand, and not when it has a policy', async () => {
      await migrate(copy.url);
      const nowhere = { ...environment, TENET_POLICIES: join(directory, 'nowhere') };
      expectSentence(await runTenet(['serve'], nowhere), /there is no directory \S+nowhere/);
      expect(await query('select from tenet.policy_revisions')).to.deep.equal([]);
      await running(async () => undefined);
      expect((await running(async () => undefined, nowhere)).code).to.equal(0);
    });

    it('a database that does not answer', async () => {
      const ended = await runTenet(['serve'], { ...environment, DATABASE_URL: 'postgres://tenet:s3cret@127.0.0.1:1/tenet' });
      expectSentence(ended, /^tenet: The database 127\.0\.0\.1:1\/tenet cannot be used: nothing listens there\./);
      expect(ended.stderr).not.to.include('s3cret');
    });

    for (const variable of ['TENET_PORT', 'TENET_METRICS_PORT']) {
      it(`a port that is taken: ${variable}`, async () => {
        const taken = createServer().listen(0, '127.0.0.1');
        await once(taken, 'listening');
        const port = String((taken.address() as AddressInfo).port);
        const ended = await runTenet(['serve'], { ...environment, [variable]: port });
        taken.close();
        expectSentence(ended, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken by another program\\. Set ${variable} to another port`));
        expect(await connections()).to.equal(0);
      });
    }

    it('a port that is taken, before a database is made', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const port = String((taken.address() as AddressInfo).port);
      const dataDir = mkdtempSync(join(tmpdir(), 'tenet-taken-'));
      const ended = await runTenet(['serve'], { TENET_DATA_DIR: dataDir, TENET_PORT: port });
      taken.close();
      expectSentence(ended, /is taken by another program/);
      expect(readdirSync(dataDir)).to.deep.equal(['dev-issuer.json']);
      rmSync(dataDir, { recursive: true });
    });

    it('an address that is not on this machine', async () => {
      const issuer = { TENET_ISSUER: 'https://idp.example.com', TENET_AUDIENCE: 'tenet' };
      const ended = await runTenet(['serve'], { ...environment, ...issuer, TENET_HOST: '192.0.2.1' });
      expectSentence(ended, /Cannot listen on 192\.0\.2\.1:0: .*EADDRNOTAVAIL/);
    });

    it('a schema from a newer version', async () => {
      await migrate(copy.url);
      await query("insert into tenet.migrations (name, batch, migration_time) values ('9001_later.breaking.sql', 9, now())");
      const ended = await runTenet(['serve'], environment);
      expectSentence(
        ended,
        /newer version of Tenet \(9001_later\.breaking\.sql\), which this version would damage\. Start the newer version\./,
      );
    });

    it('a name that only looks like loopback, without an identity provider', async () => {
      const ended = await runTenet(['serve'], { ...environment, TENET_HOST: '127.example.com' });
      expectSentence(ended, /No identity provider is configured, and 127\.example\.com can be reached by others/);
    });

    it('an address that others reach, without an identity provider, and makes no key for it', async () => {
      const ended = await runTenet(['serve'], { ...environment, TENET_HOST: '0.0.0.0' });
      expectSentence(
        ended,
        /No identity provider is configured, and 0\.0\.0\.0 can be reached by others\. Set TENET_ISSUER and TENET_AUDIENCE/,
      );
      expect(existsSync(join(directory, 'data'))).to.equal(false);
      expect(await query("select from pg_namespace where nspname = 'tenet'")).to.deep.equal([]);
    });

    it('an identity provider without an audience', async () => {
      expectSentence(
        await runTenet(['serve'], { ...environment, TENET_ISSUER: 'https://idp.example.com' }),
        /TENET_AUDIENCE is needed with TENET_ISSUER/,
      );
    });

    it('a misspelt variable', async () => {
      expectSentence(await runTenet(['serve'], { ...environment, TENET_PROT: '1' }), /did you mean TENET_PORT\?/);
    });

    it('a key of the local issuer that others can read', async () => {
      const data = join(directory, 'data');
      mkdirSync(data, { mode: 0o700 });
      await loadDevIssuer(data);
      chmodSync(join(data, 'dev-issuer.json'), 0o644);
      expectSentence(await runTenet(['serve'], environment), /dev-issuer\.json .*(others|chmod|0600)/);
    });

    it('a kubeconfig or a manifest directory that is not there or names nothing, before anything is started for it', async () => {
      const nowhere = join(directory, 'nowhere');
      expectSentence(
        await runTenet(['serve', '--kubeconfig', nowhere], environment),
        /^tenet: The kubeconfig \S+nowhere cannot be read: it does not exist\./,
      );
      writeFileSync(join(directory, 'other.yaml'), 'apiVersion: v1\nkind: Config\n');
      const other = await runTenet(['serve', '--kubeconfig', join(directory, 'other.yaml')], environment);
      expectSentence(other, /^tenet: The kubeconfig \S+other\.yaml has no current context that names a cluster\. .*use-context/);
      expect(other.stderr).not.to.match(/Tenet is ready/);
      const ended = await runTenet(['serve', '--manifests', nowhere], environment);
      expectSentence(ended, /^tenet: The manifest directory \S+nowhere cannot be read: it does not exist\.$/m);
      expect(ended.stderr).not.to.match(/Tenet is ready/);
    });

    it('--prune without a directory of manifests', async () => {
      expectSentence(await runTenet(['serve', '--prune'], environment), /TENET_MANIFESTS_PRUNE .*needs .*TENET_MANIFESTS/);
    });

    it('a data directory that cannot be made', async () => {
      writeFileSync(join(directory, 'file'), '');
      for (const impossible of [join(directory, 'file', 'data'), '/proc/nowhere', join(directory, 'file')]) {
        expectSentence(await runTenet(['serve'], { ...environment, TENET_DATA_DIR: impossible }), /TENET_DATA_DIR/);
      }
    });
  });

  describe('on an embedded database', () => {
    const embedded = (): Record<string, string> => {
      const { DATABASE_URL: _url, TENET_ENCRYPTION_KEYS: _keys, ...rest } = environment;
      return rest;
    };

    it('refuses a directory without policies, and makes no database for it', async () => {
      expectSentence(
        await runTenet(['serve'], { ...embedded(), TENET_POLICIES: join(directory, 'nowhere') }),
        /there is no directory \S+nowhere/,
      );
      expect(existsSync(join(directory, 'data'))).to.equal(false);
    });

    it('refuses a data directory that another server uses, and disturbs neither it nor its files', async () => {
      const server = spawnTenet(['serve'], embedded());
      try {
        const url = await readyUrl(server);
        const files = readdirSync(join(directory, 'data')).sort();
        expectSentence(await runTenet(['serve'], embedded()), /data.* is (used|in use|owned)|already|another Tenet/i);
        expect(readdirSync(join(directory, 'data')).sort()).to.deep.equal(files);
        expect((await fetch(`${url}/readyz`)).status).to.equal(200);
        // A command beside it finds the running database instead of starting one.
        expect((await runTenet(['migrate'], embedded())).stdout).to.equal('The schema is up to date.\n');
      } finally {
        server.child.kill('SIGTERM');
      }
      const { code, stderr } = await server.ended;
      expect(code, stderr).to.equal(0);
    });
  });

  describe('other commands', () => {
    for (const [args, sentence] of [
      [['dev', 'token', '--email', 'notanemail'], /--email must be an? .*; it is "notanemail"\./],
      [['dev', 'token', '--email', 'a@example.com', '--subject', ''], /--subject must be the subject of a person, .* and is empty\./],
      [
        ['operator', 'add', '--issuer', 'notaurl', '--subject', 'a'],
        /--issuer must be the URL of an identity provider, .* and is "notaurl"\./,
      ],
      [
        ['operator', 'add', '--issuer', 'https://idp.example.com', '--subject', ' '],
        /--subject must be the subject of a person, .* and is empty/,
      ],
    ] as const) {
      it(`tenet ${args.join(' ')} is refused in one sentence, and changes nothing`, async () => {
        expectSentence(await runTenet(args, environment), sentence, 2);
        expect(await query("select from pg_namespace where nspname = 'tenet'")).to.deep.equal([]);
        expect(existsSync(join(directory, 'data'))).to.equal(false);
      });
    }

    it('tenet config shows everything but secrets', async () => {
      const { code, stdout } = await runTenet(['config'], environment);
      expect(code).to.equal(0);
      expect(stdout).to.include('TENET_PORT=0').and.include('DATABASE_URL=***').and.include('TENET_ENCRYPTION_KEYS=***');
      expect(stdout).not.to.include(new URL(copy.url).password);
    });

    it('tenet --version and --help end with code 0', async () => {
      expect(await runTenet(['--version'])).to.deep.include({ code: 0, stderr: '' });
      const { code, stdout } = await runTenet(['--help']);
      expect(code).to.equal(0);
      expect(stdout).to.include('serve').and.include('migrate');
    });

    it('tenet migrate on a database that does not answer is one sentence', async () => {
      expectSentence(
        await runTenet(['migrate'], { ...environment, DATABASE_URL: 'postgres://tenet:s3cret@127.0.0.1:1/tenet' }),
        /cannot be used: nothing listens there/,
      );
    });
  });
});
