import { expect } from 'chai';
import { toId, toUuid } from '../../core/base/ids.ts';
import { createKeyring } from '../../core/base/keyring.ts';
import { takeLock } from '../../core/database/lock.ts';
import { openValue, sealValue } from '../../core/secrets/seal.ts';
import { foundOrganization } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

const [k1, k2, k9] = [1, 2, 9].map((fill) => `k${fill}:${Buffer.alloc(32, fill).toString('base64')}`) as [string, string, string];
const ringOf = (...lines: string[]) =>
  createKeyring(lines.map((line) => ({ kid: line.split(':')[0]!, key: Buffer.from(line.split(':')[1]!, 'base64') })));

describe('tenet keyring', function () {
  this.timeout(180_000);
  let tenet: TestTenet;
  let orgId: string;
  let sealed: string;
  const place = () => ({ orgId, context: 'test/1' });

  before(async () => {
    tenet = await startTenet({ TENET_ENCRYPTION_KEYS: k1 });
    orgId = toUuid('organization', await foundOrganization(await tenet.as('owner@example.com')));
    sealed = await tenet.database.write({ organization: orgId }, (db) => sealValue(db, ringOf(k1), place(), 'hunter2'));
  });
  after(() => tenet?.stop());

  const keyring = (args: string[], keys: string) =>
    runTenet(['keyring', ...args], {
      DATABASE_URL: tenet.databaseUrl,
      TENET_DATA_DIR: tenet.dataDir,
      ...(keys && { TENET_ENCRYPTION_KEYS: keys }),
    });
  const open = (...lines: string[]) =>
    tenet.database.read({ organization: orgId }, (db) => openValue(db, ringOf(...lines), place(), sealed));

  it('rotates the root key of the environment while a server with the earlier one runs, and drops none that it needs', async () => {
    const first = await keyring(['rotate'], k1);
    expect(first.stdout).to.match(/^Put this in front of TENET_ENCRYPTION_KEYS .*\nk2:[\w+/]{43}=\n$/);
    const second = await keyring(['rotate'], `${k2},${k1}`);
    expect(second).to.include({ code: 0, stderr: '' });
    expect(second.stdout).to.match(/^Data keys that were put under k2: 1\./);
    for (const ring of [[k1], [k2]]) expect(await open(...ring)).to.equal('hunter2');
    const status = await keyring(['status'], `${k2},${k1}`);
    expect(status.stdout.split('\n').slice(0, 3)).to.deep.equal([
      'k2: data keys 1, of which 0 under no other; pending invitations 0; held by 0 of 1 servers; signs and encrypts; in use',
      'k1: data keys 1, of which 0 under no other; pending invitations 0; held by 1 of 1 servers; opens what it made; may be dropped, once every server holds k2',
      'Data keys that seal no more: 0.',
    ]);
    const refused = await keyring(['drop', 'k1'], `${k2},${k1}`);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/^tenet: Servers that do not hold k2 yet: /);
    expect(await open(k1)).to.equal('hunter2');
  });

  it('changes the keys for one command at a time', async () => {
    const lock = await takeLock(tenet.databaseUrl, 'keyring', () => undefined);
    const refused = await Promise.all([['rotate'], ['drop', 'k1']].map((args) => keyring(args, `${k2},${k1}`)));
    const stderr = 'tenet: Another `tenet keyring` command is changing the keys. Wait until it has ended.\n';
    expect(refused).to.deep.equal([1, 2].map(() => ({ code: 1, signal: null, stdout: '', stderr })));
    await lock!.release();
  });

  it('makes new data keys, once', async () => {
    const place = { organizationId: toId('organization', orgId) };
    const owner = await tenet.as('owner@example.com');
    for (const name of ['One', 'Two'])
      await owner.client.POST('/v1/organizations/{organizationId}/webhooks', {
        params: { path: place },
        body: { name, url: 'https://example.com/hook' },
      });
    const { code, stdout, stderr } = await keyring(['rotate', '--data-keys'], `${k2},${k1}`);
    expect({ code, stdout, stderr }).to.deep.equal({
      ...{ code: 0, stdout: 'Every organization has a new data key. Values sealed with them: 2.\n' },
      stderr: 'Values sealed so far: 2\n',
    });
    expect((await keyring(['status'], `${k2},${k1}`)).stdout).to.include('Data keys that seal no more: 1.');
    expect(await open(k1)).to.equal('hunter2');
  });

  it('says what is lost with a key that is forgotten, and lets none be missing before', async () => {
    const missing = await startTenet({
      DATABASE_URL: tenet.databaseUrl,
      TENET_ENCRYPTION_KEYS: k9,
    }).catch((error: Error) => error.message);
    expect(missing).to.include('TENET_ENCRYPTION_KEYS lacks the keys that data keys (2) are under');
    expect((await keyring(['forget', 'k1'], k2)).stdout).not.to.include('lost with it');
    expect(await open(k2)).to.equal('hunter2');
    const held = await keyring(['forget', 'k2'], k2);
    expect(held.code).to.equal(1);
    expect(held.stderr).to.match(/^tenet: The keyring holds k2, so it is not lost\. .*`tenet keyring drop k2`/);
    expect(await open(k2)).to.equal('hunter2');
    expect((await keyring(['forget', 'k2'], k9)).stdout).to.include('Data keys that are lost with it: 2.');
  });
});
