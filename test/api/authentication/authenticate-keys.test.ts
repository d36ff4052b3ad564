import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import {
  type AuthenticationEvent,
  type Authenticator,
  createAuthenticator,
  type IssuerConfig,
} from '../../../api/authentication/authenticate.ts';
import { Unauthenticated, Unavailable } from '../../../core/base/errors.ts';
import { failure } from '../../helpers/failure.ts';
import { type IdentityProvider, startIdentityProvider } from '../../helpers/identity-provider.ts';

const METADATA = '/.well-known/openid-configuration';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe("the issuer's keys", () => {
  let provider: IdentityProvider;
  let authenticator: Authenticator;
  let events: AuthenticationEvent[];
  /** The authenticator's clock stands still; it moves by this many milliseconds. */
  let ahead: number;
  let started: number;

  beforeEach(async () => {
    provider = await startIdentityProvider();
    events = [];
    ahead = 0;
    started = Date.now();
    authenticator = create();
  });
  afterEach(() => provider.stop());

  function create(config: Partial<IssuerConfig> = {}, cacheSize = 100): Authenticator {
    return createAuthenticator({
      issuers: [{ issuer: provider.issuer, audience: provider.audience, ...config }],
      cacheSize,
      clock: () => started + ahead,
      onEvent: (event) => events.push(event),
    });
  }
  const token = (subject = 'mia') => provider.token({ subject });
  const authenticate = async (what?: string) => authenticator.authenticate(`Bearer ${what ?? (await token())}`);
  const seen = (type: AuthenticationEvent['type']) => events.filter((event) => event.type === type).length;
  const signed = (kid?: string) => {
    const iat = Math.floor(Date.now() / 1000);
    return provider.sign(
      { iss: provider.issuer, aud: provider.audience, sub: 'mia', iat, exp: iat + 3600 },
      kid === undefined ? {} : { kid },
    );
  };

  it('are discovered and fetched once for any number of tokens', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, index) => token(`user-${index}`)));
    const identities = await Promise.all(tokens.map((each) => authenticate(each)));
    expect(new Set(identities.map(({ subject }) => subject))).to.have.length(50);
    expect([provider.requests(METADATA), provider.requests('/jwks')]).to.deep.equal([1, 1]);
  });

  it('are not discovered when their address is configured', async () => {
    authenticator = create({ jwksUri: `${provider.issuer}/jwks` });
    await authenticate();
    expect(provider.requests(METADATA)).to.equal(0);
  });

  it('are fetched again after ten minutes, from the pinned address', async () => {
    await authenticate();
    ahead = 10 * MINUTE;
    await authenticate();
    expect([provider.requests(METADATA), provider.requests('/jwks')]).to.deep.equal([1, 2]);
  });

  it('cannot be asked for more than once in 30 seconds by tokens with invented keys', async () => {
    await authenticate();
    for (let index = 0; index < 20; index += 1)
      expect(await failure(authenticate(await signed(`invented-${index}`)))).to.be.instanceOf(Unauthenticated);
    expect(provider.requests('/jwks')).to.equal(2);
    ahead = 30 * SECOND;
    for (let index = 0; index < 20; index += 1)
      expect(await failure(authenticate(await signed(`invented-${index}`)))).to.be.instanceOf(Unauthenticated);
    expect(provider.requests('/jwks')).to.equal(3);
  });

  describe('when the issuer rotates them', () => {
    it('a token of the new key is accepted at once after a start', async () => {
      await authenticator.readKeys();
      await provider.rotate();
      expect(await authenticate()).to.include({ subject: 'mia' });
      expect(provider.requests('/jwks')).to.equal(2);
    });

    it('a token of the new key is accepted as soon as the cooldown is over, and one of the old key still', async () => {
      const old = await token();
      await authenticate(old);
      await failure(authenticate(await signed('invented')));
      await provider.rotate();
      const young = await token();
      expect(await failure(authenticate(young))).to.have.property('reason', 'unknown-key');
      ahead = 30 * SECOND;
      expect(await authenticate(young)).to.include({ subject: 'mia' });
      expect(await authenticate(old)).to.include({ subject: 'mia' });
    });

    it('many tokens of the new key at once cost one fetch and all are accepted', async () => {
      await authenticate();
      await provider.rotate();
      ahead = 30 * SECOND;
      const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => token(`user-${index}`)));
      await Promise.all(tokens.map((each) => authenticate(each)));
      expect(provider.requests('/jwks')).to.equal(2);
    });

    it('a token of a withdrawn key is refused within ten minutes, although it was remembered', async () => {
      const old = await token();
      await authenticate(old);
      await provider.rotate({ withdraw: true });
      ahead = 10 * MINUTE;
      expect(await failure(authenticate(old))).to.have.property('reason', 'unknown-key');
    });
  });

  describe('when the issuer is down', () => {
    it('no token can be checked before its keys were ever read: unavailable, not unauthenticated', async () => {
      const good = await token();
      provider.setDown(true);
      expect(await failure(authenticate(good))).to.be.instanceOf(Unavailable);
      expect(events.at(-1)).to.include({ type: 'keys-refresh-failed', serving: 'nothing' });
      provider.setDown(false);
      ahead = 2 * SECOND;
      expect(await authenticate(good)).to.include({ subject: 'mia' });
    });

    it('it is noticed before the first token, and its return as well', async () => {
      provider.setDown(true);
      await authenticator.readKeys();
      expect(authenticator.isFailing()).to.equal(true);
      expect(events.at(-1)).to.include({ type: 'keys-refresh-failed', issuer: provider.issuer, serving: 'nothing' });
      provider.setDown(false);
      ahead = 2 * SECOND;
      await authenticator.readKeys();
      expect(authenticator.isFailing()).to.equal(false);
      await authenticate();
      expect(provider.requests('/jwks')).to.equal(1);
    });

    it('a flood of requests does not become a flood of attempts', async () => {
      const good = await token();
      provider.setDown(true);
      for (let index = 0; index < 20; index += 1) await failure(authenticate(good));
      expect(provider.requests(METADATA)).to.equal(1);
    });

    it('a token that cannot be right is still refused as such', async () => {
      provider.setDown(true);
      expect(await failure(authenticate('a.b.c'))).to.be.instanceOf(Unauthenticated);
    });

    it('the last known keys stay in force, with one attempt in 30 seconds', async () => {
      const tokens = await Promise.all(['mia', 'ben', 'zoe', 'kim'].map((subject) => token(subject)));
      await authenticate(tokens[0]);
      provider.setDown(true);
      ahead = 60 * MINUTE - 30 * SECOND;
      for (const each of tokens) expect(await authenticate(each)).to.have.property('subject');
      expect(seen('keys-refresh-failed')).to.equal(1);
      expect(events.find(({ type }) => type === 'keys-refresh-failed')).to.include({ serving: 'last-known-keys' });
      ahead += 30 * SECOND;
      await authenticate(tokens[3]);
      expect(seen('keys-refresh-failed')).to.equal(2);
    });

    it('a key that is not known yet may be a new one: unavailable', async () => {
      await authenticate();
      await provider.rotate();
      const young = await token();
      provider.setDown(true);
      ahead = 30 * SECOND;
      expect(await failure(authenticate(young))).to.be.instanceOf(Unavailable);
    });

    it('and comes back, an invented key is the fault of its token again', async () => {
      await authenticate();
      provider.setDown(true);
      ahead = 30 * SECOND;
      expect(await failure(authenticate(await signed('invented')))).to.be.instanceOf(Unavailable);
      provider.setDown(false);
      ahead = 60 * SECOND;
      expect(await failure(authenticate(await signed('invented')))).to.have.property('reason', 'unknown-key');
    });
  });

  describe('verified tokens', () => {
    it('are verified once', async () => {
      const good = await token();
      const first = await authenticate(good);
      expect(await authenticate(good)).to.equal(first);
      expect(seen('token-verified')).to.equal(1);
    });

    it('are forgotten when they expire', async () => {
      const brief = await provider.token({ subject: 'mia', lifetimeSeconds: 60 });
      await authenticate(brief);
      ahead = 95 * SECOND;
      expect(await failure(authenticate(brief))).to.have.property('reason', 'expired');
    });

    it('are remembered up to a number, the longest unused going first', async () => {
      authenticator = create({}, 2);
      const [mia, ben, zoe] = (await Promise.all(['mia', 'ben', 'zoe'].map((subject) => token(subject)))) as [string, string, string];
      for (const each of [mia, ben, mia, zoe, mia]) await authenticate(each);
      expect(seen('token-verified')).to.equal(3);
      await authenticate(ben);
      expect(seen('token-verified')).to.equal(4);
    });

    it('share an identity that nobody can change', async () => {
      const identity = await authenticate(await provider.token({ subject: 'mia', amr: ['pwd'] }));
      expect([identity, identity.amr]).to.satisfy((all: object[]) => all.every((each) => Object.isFrozen(each)));
    });

    it('are never part of an event', async () => {
      const good = await token();
      await authenticate(good);
      await failure(authenticate(`${good}x`));
      expect(JSON.stringify(events)).not.to.contain(good);
    });
  });

  describe('metadata', () => {
    let server: Server;
    let issuer: string;
    let answers: Record<string, [status: number, body: unknown, headers?: Record<string, string>]>;
    beforeEach(async () => {
      answers = {};
      server = createServer((request, response) => {
        const [status, body, headers] = answers[request.url ?? ''] ?? [404, {}];
        response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`;
      authenticator = create({ issuer });
      answers['/realm/keys'] = [200, { keys: [provider.publicKey()] }];
    });
    afterEach(() => {
      server.close();
      server.closeAllConnections();
    });
    const visit = async () => {
      const iat = Math.floor(Date.now() / 1000);
      return authenticate(await provider.sign({ iss: issuer, aud: provider.audience, sub: 'mia', iat, exp: iat + 60 }));
    };
    const metadata = (changes: object = {}) => ({ issuer, jwks_uri: `${issuer}/keys`, ...changes });

    it('is found where OpenID Connect puts it, below the path of the issuer', async () => {
      answers['/realm/.well-known/openid-configuration'] = [200, metadata()];
      expect(await visit()).to.include({ issuer });
    });

    it('is found where RFC 8414 puts it, before the path of the issuer', async () => {
      answers['/.well-known/oauth-authorization-server/realm'] = [200, metadata()];
      expect(await visit()).to.include({ issuer });
    });

    const useless: [string, () => typeof answers][] = [
      ['speaks for another issuer', () => ({ '/realm/.well-known/openid-configuration': [200, metadata({ issuer: `${issuer}/` })] })],
      ['names no keys', () => ({ '/realm/.well-known/openid-configuration': [200, metadata({ jwks_uri: undefined })] })],
      [
        'names keys over plain http',
        () => ({ '/realm/.well-known/openid-configuration': [200, metadata({ jwks_uri: 'http://keys.example/' })] }),
      ],
      ['names keys in a file', () => ({ '/realm/.well-known/openid-configuration': [200, metadata({ jwks_uri: 'file:///etc/passwd' })] })],
      ['is no JSON', () => ({ '/realm/.well-known/openid-configuration': [200, '<html>'] })],
      ['is a list', () => ({ '/realm/.well-known/openid-configuration': [200, []] })],
      ['is nowhere', () => ({})],
      [
        'leads elsewhere',
        () => ({ '/realm/.well-known/openid-configuration': [302, '', { location: '/else' }], '/else': [200, metadata()] }),
      ],
      ['is larger than a megabyte', () => ({ '/realm/.well-known/openid-configuration': [200, metadata({ x: 'x'.repeat(1_000_001) })] })],
    ];
    for (const [title, make] of useless)
      it(`that ${title} is not used`, async () => {
        Object.assign(answers, make());
        expect(await failure(visit())).to.be.instanceOf(Unavailable);
      });

    const broken: [string, [number, unknown]][] = [
      ['no key set', [200, { keys: 'none' }]],
      ['an error page', [500, '<html>']],
      ['nothing', [204, '']],
    ];
    for (const [title, answer] of broken)
      it(`and ${title} behind it makes the issuer unavailable`, async () => {
        answers['/realm/.well-known/openid-configuration'] = [200, metadata()];
        answers['/realm/keys'] = answer;
        expect(await failure(visit())).to.be.instanceOf(Unavailable);
      });

    it('that never comes makes the issuer unavailable', async () => {
      server.removeAllListeners('request');
      expect(await failure(visit())).to.be.instanceOf(Unavailable);
    });

    it('with a secret key in the key set opens nothing', async () => {
      answers['/realm/.well-known/openid-configuration'] = [200, metadata()];
      answers['/realm/keys'] = [200, { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: provider.publicKey().kid }] }];
      expect(await failure(visit())).to.have.property('reason', 'unknown-key');
    });

    it('with several keys that fit a token without kid leaves the choice open, so the token is refused', async () => {
      const { kid: _, ...key } = provider.publicKey();
      answers['/realm/.well-known/openid-configuration'] = [200, metadata()];
      answers['/realm/keys'] = [200, { keys: [key, key] }];
      const iat = Math.floor(Date.now() / 1000);
      const anonymous = await provider.sign(
        { iss: issuer, aud: provider.audience, sub: 'mia', iat, exp: iat + 60 },
        { kid: undefined as never },
      );
      expect(await failure(authenticate(anonymous))).to.have.property('reason', 'ambiguous-key');
    });
  });
});
