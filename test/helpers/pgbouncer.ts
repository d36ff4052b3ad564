import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { eventually } from './eventually.ts';

/** A PgBouncer in front of the server of a URL. */
export interface PgBouncer {
  /** The URL of the same database through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What `pgbouncer --version` says, or undefined where there is none. */
export function pgBouncerVersion(): string | undefined {
  try {
    return execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
}

/** Starts the PgBouncer of this machine with further lines of its configuration. */
export async function startPgBouncer(target: string, ...settings: readonly string[]): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(target);
  const directory = mkdtempSync(join(tmpdir(), 'tenet-pgbouncer-'));
  chmodSync(directory, 0o755);
  const port = await freePort();
  writeFileSync(join(directory, 'users.txt'), `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    join(directory, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(directory, 'users.txt')}`,
      'default_pool_size = 40',
      ...settings,
      '',
    ].join('\n'),
  );
  // It refuses to run as root.
  const as = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...as, join(directory, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const url = Object.assign(new URL(target), { hostname: '127.0.0.1', port: String(port), pathname }).href;
  await eventually(() => expect(child.exitCode === null ? said : `it ended: ${said}`).to.match(/process up/));
  return {
    url,
    async stop() {
      await end(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A user who owns a database of their own and is no superuser, as the operations guide makes one. */
export async function plainDatabase(superuser: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `plain_${Math.random().toString(36).slice(2, 10)}`;
  const run = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: superuser });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await run(`create role ${name} login password 'plain'`, `create database ${name} owner ${name}`, `grant tenet_app to ${name}`);
  const url = Object.assign(new URL(superuser), { username: name, password: 'plain', pathname: `/${name}` }).href;
  return { url, drop: () => run(`drop database ${name} with (force)`, `drop role ${name}`) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A port that was free a moment ago, for what must know it before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
