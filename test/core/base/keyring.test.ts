import { chmod, chown, lstat, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../core/base/config.ts';
import { newId } from '../../../core/base/ids.ts';
import {
  addKeyToFile,
  createKeyring,
  invitationToken,
  isInvitationToken,
  loadKeyring,
  removeKeyFromFile,
  tokenHash,
} from '../../../core/base/keyring.ts';
import { failure } from '../../helpers/failure.ts';

const key = (kid: string, fill: number) => ({ kid, key: Buffer.alloc(32, fill) });

describe('keyring', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tenet-keys-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const load = () => loadKeyring({ encryptionKeys: [], TENET_DATA_DIR: join(directory, 'data') });
  const file = () => join(directory, 'data', 'encryption-keys');

  it('takes the keys of the configuration, the first one as the current one', async () => {
    const keyring = await loadKeyring({ encryptionKeys: [key('k2', 2), key('k1', 1)], TENET_DATA_DIR: join(directory, 'data') });
    expect(keyring.currentKid).to.equal('k2');
    expect(keyring.kids).to.deep.equal(['k2', 'k1']);
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('makes a key with the first start and keeps it, for its owner alone', async () => {
    const first = await load();
    const again = await load();
    expect(first.derive('x', first.currentKid)).to.deep.equal(again.derive('x', again.currentKid));
    expect((await stat(file())).mode & 0o777).to.equal(0o600);
    expect((await stat(join(directory, 'data'))).mode & 0o777).to.equal(0o700);
  });

  it('makes one key when several processes start at once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, load));
    expect(new Set(rings.map((ring) => ring.derive('x', 'k1')!.toString('hex'))).size).to.equal(1);
    expect(await readdir(join(directory, 'data'))).to.deep.equal(['encryption-keys']);
  });

  it('puts a new key in front of those of the file, for its owner alone, and takes one out', async () => {
    const first = await load();
    expect(await addKeyToFile(join(directory, 'data'))).to.equal('k2');
    const both = await load();
    expect(both.kids).to.deep.equal(['k2', 'k1']);
    expect(both.derive('x', 'k1')).to.deep.equal(first.derive('x', 'k1'));
    expect(both.derive('x', 'k2')).not.to.deep.equal(both.derive('x', 'k1'));
    expect((await stat(file())).mode & 0o777).to.equal(0o600);
    await removeKeyFromFile(join(directory, 'data'), 'k1');
    expect((await load()).kids).to.deep.equal(['k2']);
    expect(await readdir(join(directory, 'data'))).to.deep.equal(['encryption-keys']);
  });

  it('leaves a link to the key file a link, and the file to its owner, whoever runs the command', async () => {
    await load();
    const elsewhere = join(directory, 'elsewhere');
    await rename(file(), elsewhere);
    await symlink(elsewhere, file());
    const isRoot = process.getuid!() === 0;
    if (isRoot) await chown(elsewhere, 12_345, 12_346);
    const { uid, gid } = await stat(elsewhere);
    await addKeyToFile(join(directory, 'data'));
    expect((await lstat(file())).isSymbolicLink()).to.equal(true);
    expect(await stat(elsewhere)).to.include({ uid, gid });
    expect((await load()).kids).to.deep.equal(['k2', 'k1']);
    expect((await stat(elsewhere)).mode & 0o777).to.equal(0o600);
  });

  it('refuses a key file that others can read, and says what to do', async () => {
    await load();
    await chmod(file(), 0o644);
    const error = await failure(load());
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.contain(`chmod 600 ${file()}`);
  });

  it('refuses a damaged key file instead of making another key', async () => {
    await load();
    for (const damaged of ['', 'k1:c2hvcnQ=\n', 'nonsense\n']) {
      await writeFile(file(), damaged);
      expect((await failure(load())).message).to.contain('must hold one');
    }
  });

  it('derives another key for each purpose and each kid, none of them the root key', () => {
    const keyring = createKeyring([key('a', 1), key('b', 2)]);
    const derived = [keyring.derive('x', 'a'), keyring.derive('y', 'a'), keyring.derive('x', 'b')].map((each) => each!.toString('hex'));
    expect(new Set([...derived, Buffer.alloc(32, 1).toString('hex')]).size).to.equal(4);
    expect(keyring.derive('x', 'c')).to.equal(undefined);
  });
});

describe('invitation token', () => {
  const id = newId('invitation');
  const old = createKeyring([key('k1', 1)]);
  const rotated = createKeyring([key('k2', 2), key('k1', 1)]);
  const retired = createKeyring([key('k2', 2)]);
  const token = invitationToken(old, { id, version: 1 })!;

  it('is the same whenever it is made, fits the contract, and is long enough not to be guessed', () => {
    expect(invitationToken(old, { id, version: 1 })).to.equal(token);
    expect(token).to.match(/^tnti_k1\.[A-Za-z0-9_-]{43}$/);
    expect(tokenHash(token)).to.have.length(32);
  });

  it('is another one for another version, invitation or key', () => {
    expect(invitationToken(old, { id, version: 2 })).not.to.equal(token);
    expect(invitationToken(old, { id: newId('invitation'), version: 1 })).not.to.equal(token);
    expect(invitationToken(rotated, { id, version: 1 })).not.to.equal(token);
  });

  it('stays good after a rotation while its key is in the ring, and no longer', () => {
    expect(isInvitationToken(rotated, token, { id, version: 1 })).to.equal(true);
    expect(isInvitationToken(retired, token, { id, version: 1 })).to.equal(false);
    expect(invitationToken(retired, { id, version: 1 }, 'k1')).to.equal(undefined);
  });

  it('is refused in any other form', () => {
    const forms = [
      `${token}A`,
      token.slice(0, -1),
      token.toUpperCase(),
      token.replace('tnti_', 'tnts_'),
      token.replace('k1', 'k2'),
      '',
      'tnti_k1.',
    ];
    for (const form of forms) expect(isInvitationToken(rotated, form, { id, version: 1 }), form).to.equal(false);
    expect(isInvitationToken(rotated, token, { id, version: 2 })).to.equal(false);
  });
});
