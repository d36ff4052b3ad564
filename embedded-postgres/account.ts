import { spawnSync } from 'node:child_process';
import { Unavailable } from '../core/base/errors.ts';

/** The system account that runs the server. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Whether it is the account that runs this process, so that nothing has to change hands. */
  readonly own: boolean;
}

/** Accounts that may run the server when Tenet itself runs as root: that of a system PostgreSQL, or the one that we make. */
const names = ['postgres', 'tenet-postgres'];

/** PostgreSQL refuses to run as root, so root hands it to a system account, which is made when there is none. `owner` is who has the cluster already. */
export function serverAccount(owner: { uid: number; gid: number } | undefined, say: (line: string) => void): Account {
  const uid = process.getuid!();
  if (uid !== 0) {
    if (owner && owner.uid !== uid) {
      throw new Unavailable(
        `The embedded database belongs to the system user with uid ${owner.uid}. Start Tenet as that user or as root, or set TENET_DATA_DIR to another directory.`,
      );
    }
    return { uid, gid: process.getgid!(), own: true };
  }
  if (owner?.uid === 0)
    throw new Unavailable(
      'The embedded database belongs to root, and PostgreSQL does not run as root. Give its directory to another system user.',
    );
  if (owner) return { uid: owner.uid, gid: owner.gid, own: false };
  for (const name of names) {
    const account = lookUp(name);
    if (account) return account;
  }
  const name = names[1]!;
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', name],
    { encoding: 'utf8' },
  );
  const account = lookUp(name);
  if (!account) {
    const reason = made.error?.message ?? made.stderr.trim();
    throw new Unavailable(
      `PostgreSQL does not run as root, and the system user ${name} could not be made (${reason}). Start Tenet as another user, or set DATABASE_URL.`,
    );
  }
  say(`Made the system user ${name}: PostgreSQL does not run as root.`);
  return account;
}

/** Throws Unavailable when this process may not start others as the account, as in a container whose root has lost its capabilities. */
export function checkAccount(account: Account): void {
  const { error } = spawnSync('/bin/sh', ['-c', ':'], runAs(account));
  if (!error) return;
  throw new Unavailable(
    `Tenet runs as root and may not start PostgreSQL as uid ${account.uid} (${error.message}). Start Tenet as another user, give it the capabilities SETUID, SETGID, CHOWN and KILL, or set DATABASE_URL.`,
    { cause: error },
  );
}

/** The options with which to start a process as this account. */
export function runAs(account: Account): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  // The working directory may be closed to the account, and our environment holds secrets that PostgreSQL has no need to know.
  const base = { cwd: '/', env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
  return account.own ? base : { ...base, uid: account.uid, gid: account.gid };
}

function lookUp(name: string): Account | undefined {
  const [uid, gid] = [id('-u', name), id('-g', name)];
  return uid && gid ? { uid, gid, own: false } : undefined;
}

function id(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}
