import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { newUuid } from '../../../core/base/ids.ts';
import { currentDataKey } from '../../../core/secrets/data-keys.ts';
import { kidOf, openValue, sealWith } from '../../../core/secrets/seal.ts';
import { eventually } from '../../helpers/eventually.ts';
import { follow } from '../../helpers/tenet-process.ts';
import { makeThings, type Opened, openSecrets, ringOf } from './with-secrets.ts';

/** All of them only where nothing bounds the time of the run. */
const values = process.env['TENET_TEST_ROUNDS'] === 'long' && !process.env['TENET_TEST_ROUND_SECONDS'] ? 100_000 : 1_000;

describe('kill -9 of a rotation', function () {
  this.timeout(900_000);
  let opened: Opened;
  const organizations = Array.from({ length: 5 }, () => newUuid());
  const ring = ringOf('k1');

  before(async () => {
    opened = await openSecrets();
    await makeThings(opened.owned);
    for (const orgId of organizations) {
      for (let left = values / organizations.length; left > 0; left -= 500) await fill(orgId, Math.min(500, left));
    }
  });
  after(() => opened?.close());

  async function fill(orgId: string, count: number): Promise<void> {
    await opened.database.write({ organization: orgId }, async (db) => {
      const key = await currentDataKey(db, ring, orgId);
      const rows = Array.from({ length: count }, async () => {
        const id = newUuid();
        return { org_id: orgId, id, token_sealed: await sealWith(key, { orgId, context: `thing/${id}` }, `secret of ${id}`) };
      });
      await db('things').insert(await Promise.all(rows));
    });
  }

  const rotate = () => {
    const script = fileURLToPath(new URL('./rotate.ts', import.meta.url));
    return follow(spawn(process.execPath, ['--import', 'tsx', script, opened.url], { stdio: ['ignore', 'pipe', 'pipe'] }));
  };
  const sealedSoFar = async () =>
    Number((await opened.owned.read('platform', (db) => db('data_key_rotations').first('sealed')))?.sealed ?? 0);

  it('and go on: every value is sealed again once, and none is unreadable at any moment (soak)', async () => {
    let isRunning = true;
    let read = 0;
    const reading = (async () => {
      while (isRunning) {
        const rows = await opened.database.read('platform', (db) =>
          db('things').orderByRaw('random()').limit(50).select('org_id', 'id', 'token_sealed'),
        );
        for (const { org_id: orgId, id, token_sealed: sealed } of rows) {
          const open = opened.database.read({ organization: orgId }, (db) =>
            openValue(db, ringOf('k1'), { orgId, context: `thing/${id}` }, sealed),
          );
          expect(await open).to.equal(`secret of ${id}`);
          read += 1;
        }
      }
    })();
    for (const share of [0.1, 0.5]) {
      const { child, ended } = rotate();
      await eventually(async () => expect(await sealedSoFar()).to.be.at.least(values * share), 400_000);
      child.kill('SIGKILL');
      expect((await ended).signal).to.equal('SIGKILL');
    }
    const { code, stdout } = await rotate().ended;
    isRunning = false;
    await reading;
    expect({ code, ...JSON.parse(stdout) }).to.deep.equal({ code: 0, sealed: values, unreadable: [] });
    expect(read).to.be.above(0);
    const kids: string[] = await opened.database.read('platform', (db) => db('data_keys').where({ is_current: true }).pluck('kid'));
    const rows: { token_sealed: string }[] = await opened.database.read('platform', (db) => db('things').select('token_sealed'));
    expect(rows).to.have.length(values);
    expect(rows.filter(({ token_sealed }) => !kids.includes(kidOf(token_sealed)))).to.deep.equal([]);
  });
});
