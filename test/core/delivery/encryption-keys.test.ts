import { expect } from 'chai';
import { ConfigError } from '../../../core/base/config.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { runTenet } from '../../helpers/tenet-process.ts';

const key = (kid: string, fill: number) => `${kid}:${Buffer.alloc(32, fill).toString('base64')}`;
const [k1, k2] = [key('k1', 1), key('k2', 2)];

describe('the keyring and its database', () => {
  let first: TestTenet;
  let owner: Caller;
  let organizationId: string;

  beforeEach(async () => {
    first = await startTenet({ TENET_ENCRYPTION_KEYS: k1 });
    owner = await first.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });
  afterEach(() => first.stop());

  const start = (...keys: string[]) => startTenet({ DATABASE_URL: first.databaseUrl, TENET_ENCRYPTION_KEYS: keys.join(',') });
  const starts = async (...keys: string[]) => (await start(...keys)).stop();
  const refusal = async (...keys: string[]) => {
    const error = await failure(start(...keys));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).not.to.include(Buffer.alloc(32, 9).toString('base64'));
    return error.message.split('\n').slice(1);
  };
  const forget = (kid: string) =>
    runTenet(['keyring', 'forget', kid], { DATABASE_URL: first.databaseUrl, TENET_ENCRYPTION_KEYS: k2, TENET_DATA_DIR: first.dataDir });
  const invite = async (email: string) => {
    const { data } = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email }], roles: ['org.member'] },
    });
    return data!.items[0]!.id;
  };

  it('a replica with the same keys starts, as often as you like', async () => {
    await starts(k1);
    await starts(k1);
  });

  it('another key under a known name is refused, with what to do, and notes nothing', async () => {
    const told = [
      '  - TENET_ENCRYPTION_KEYS holds another key as k1 than the one that this database was used with. Put that one back; if it is lost: npx tenet keyring forget k1',
    ];
    expect(await refusal(key('k1', 9))).to.deep.equal(told);
    expect(await refusal(k2, key('k1', 9))).to.deep.equal(told);
    const kids = await first.database.read('platform', (db) => db('encryption_keys').pluck('kid'));
    expect(kids).to.deep.equal(['k1']);
    await starts(k1);
  });

  it('a key in use may not leave; it may once its invitations were answered, resent or revoked', async () => {
    const [resent, revoked] = [await invite('a@example.com'), await invite('b@example.com')];
    const lacks = (count: number) =>
      `  - TENET_ENCRYPTION_KEYS lacks the key k1, which made the tokens of pending invitations (${count}). Put it back behind the others until they are answered, sent again or expired; if it is lost: npx tenet keyring forget k1`;
    expect(await refusal(k2)).to.deep.equal([lacks(2)]);

    const rotated = await start(k2, k1);
    try {
      const again = await rotated.as('owner@example.com');
      const { data } = await again.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/resend', {
        params: { path: { organizationId, invitationId: resent } },
      });
      expect(data!.state).to.equal('PENDING');
    } finally {
      await rotated.stop();
    }
    expect(await refusal(k2)).to.deep.equal([lacks(1)]);
    const { response } = await owner.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/revoke', {
      params: { path: { organizationId, invitationId: revoked } },
    });
    expect(response.status).to.equal(200);
    await starts(k2);
  });

  it('a key that nothing uses may leave, and come back', async () => {
    await starts(k2, k1);
    await starts(k2);
    await starts(k1);
  });

  it('tenet keyring forget gives up a lost key, and records it', async () => {
    await invite('a@example.com');
    await refusal(k2);
    await refusal(key('k1', 9));
    const { code, stdout } = await forget('k1');
    expect({ code, stdout }).to.deep.equal({
      code: 0,
      stdout:
        'The key k1 is forgotten. Pending invitations that were mailed with it: 1. They are accepted by verified address, or sent again.\n',
    });
    // A replica that still has the key goes on to use it.
    await invite('b@example.com');
    expect(await refusal(k2)).to.have.length(1);
    expect((await forget('k1')).code).to.equal(0);
    await starts(k2, key('k1', 9));
    const events = await first.database.read('platform', (db) => db('audit_events').where({ action: 'encryption-key.forget' }));
    expect(events).to.have.length(2);
    expect(await forget('k7')).to.include({
      code: 1,
      stderr: 'tenet: This database was never used with a key k7; it was with k1, k2.\n',
    });
  }).timeout(60_000);
});
