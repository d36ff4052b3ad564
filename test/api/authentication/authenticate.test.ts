import { createHmac, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { CompactEncrypt, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type Authenticator, bearerToken, createAuthenticator, type RefusalReason } from '../../../api/authentication/authenticate.ts';
import { Unauthenticated } from '../../../core/base/errors.ts';
import { failure } from '../../helpers/failure.ts';
import { type IdentityProvider, startIdentityProvider } from '../../helpers/identity-provider.ts';

const HOUR = 3600;
const now = () => Math.floor(Date.now() / 1000);

describe('authenticate', () => {
  let provider: IdentityProvider;
  let other: IdentityProvider;
  let authenticator: Authenticator;
  /** A server that an attacker's token points to; nobody may come. */
  let trap: Server;
  let trapped = 0;

  before(async () => {
    provider = await startIdentityProvider();
    other = await startIdentityProvider();
    trap = createServer((_request, response) => {
      trapped += 1;
      response.end('{"keys":[]}');
    }).listen(0, '127.0.0.1');
    authenticator = createAuthenticator({ issuers: [provider, other].map(({ issuer, audience }) => ({ issuer, audience })) });
  });
  after(async () => {
    trap.close();
    await Promise.all([provider.stop(), other.stop()]);
  });

  const claims = (changes: Record<string, unknown> = {}): JWTPayload => {
    const all = { iss: provider.issuer, aud: provider.audience, sub: 'mia', iat: now(), exp: now() + HOUR, ...changes };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
  const signed = (changes?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>) => provider.sign(claims(changes), header);
  const header = (changes: Record<string, unknown> = {}) => ({ alg: 'ES256', typ: 'at+jwt', kid: provider.publicKey().kid, ...changes });
  const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const unsigned = (head: unknown, body: unknown, signature: string | Buffer = '') =>
    `${encode(head)}.${encode(body)}.${Buffer.from(signature).toString('base64url')}`;
  const hmac = (secret: string) => {
    const input = `${encode(header({ alg: 'HS256' }))}.${encode(claims())}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const publicPem = () =>
    createPublicKey({ key: { ...provider.publicKey() }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
  const trapUrl = () => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
  /** Signed by an attacker's own key, with a header that advertises that key. */
  const foreign = async (changes: (jwk: object) => Partial<JWTHeaderParameters> = () => ({})) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const protectedHeader = { ...header(), ...changes(await exportJWK(publicKey)) } as JWTHeaderParameters;
    return new SignJWT(claims()).setProtectedHeader(protectedHeader).sign(privateKey);
  };
  const encrypted = async () => {
    const { publicKey } = await generateKeyPair('ECDH-ES');
    const jwe = new CompactEncrypt(Buffer.from(JSON.stringify(claims())));
    return jwe.setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'at+jwt' }).encrypt(publicKey);
  };

  describe('accepts', () => {
    it('a token of a configured issuer, and reads the user from it', async () => {
      const signIn = { subject: 'mia', email: 'mia@example.com', name: 'Mia', acr: 'gold', amr: ['pwd', 'otp'], authTime: 5 };
      const identity = await authenticator.authenticate(`Bearer ${await provider.token(signIn)}`);
      expect(identity).to.deep.include({ ...signIn, email: { address: signIn.email, verified: true }, issuer: provider.issuer });
      expect(identity.expiresAt - identity.issuedAt).to.equal(HOUR);
    });

    it('the same subject of two issuers as two identities', async () => {
      const [here, there] = await Promise.all(
        [provider, other].map(async (each) => authenticator.authenticate(`Bearer ${await each.token({ subject: 'mia' })}`)),
      );
      expect([here?.issuer, there?.issuer]).to.deep.equal([provider.issuer, other.issuer]);
    });

    it('a client by its own subject', async () => {
      expect(await authenticator.authenticate(`Bearer ${await provider.clientToken()}`)).to.include({ subject: 'tenet-test' });
    });

    it('a scheme in any case', async () => {
      expect(await authenticator.authenticate(`bEARER ${await signed()}`)).to.include({ subject: 'mia' });
    });

    it('a token for several audiences when Tenet is one of them', async () => {
      const token = await signed({ aud: ['https://elsewhere.test', provider.audience] });
      expect(await authenticator.authenticate(`Bearer ${token}`)).to.include({ subject: 'mia' });
    });

    it('a token type with its media type prefix', async () => {
      expect(await authenticator.authenticate(`Bearer ${await signed({}, { typ: 'Application/AT+JWT' })}`)).to.include({ subject: 'mia' });
    });

    it('a token type that the issuer was given, instead of at+jwt', async () => {
      const lenient = createAuthenticator({ issuers: [{ issuer: provider.issuer, audience: provider.audience, types: ['JWT'] }] });
      expect(await lenient.authenticate(`Bearer ${await signed({}, { typ: 'JWT' })}`)).to.include({ subject: 'mia' });
      expect(await failure(async () => lenient.authenticate(`Bearer ${await signed()}`))).to.have.property('reason', 'wrong-type');
    });

    it('clocks that differ by 30 seconds', async () => {
      expect(await authenticator.authenticate(`Bearer ${await signed({ exp: now() - 15, iat: now() - 60 })}`)).to.include({
        subject: 'mia',
      });
      expect(await authenticator.authenticate(`Bearer ${await signed({ iat: now() + 15, nbf: now() + 15 })}`)).to.include({
        subject: 'mia',
      });
    });
  });

  describe('reads of an e-mail', () => {
    const address = 'mia@example.com';
    const said: [string, object, Record<string, unknown>][] = [
      ['that the issuer verified it', { address, verified: true }, { email: address, email_verified: true }],
      ['that the issuer did not verify it', { address, verified: false }, { email: address, email_verified: false }],
      ['that the issuer does not say so', { address }, { email: address }],
      ['that the word "true" is not true', { address, verified: false }, { email: address, email_verified: 'true' }],
      ['that one with a line break is none', { verified: true }, { email: `${address}\r\nBcc: all@example.com`, email_verified: true }],
      ['that there is none any more', { verified: false }, { email_verified: false }],
    ];
    for (const [title, email, changes] of said)
      it(title, async () => {
        expect((await authenticator.authenticate(`Bearer ${await signed(changes)}`)).email).to.deep.equal(email);
      });
  });

  describe('leaves out', () => {
    const absent: [string, string, Record<string, unknown>][] = [
      ['an e-mail of which the issuer does not speak', 'email', {}],
      ['a name that begins with a space', 'name', { name: ' Mia' }],
      ['a name that is too long', 'name', { name: 'm'.repeat(101) }],
      ['a name that is no text', 'name', { name: { first: 'Mia' } }],
      ['a sign-in time that is no number', 'authTime', { auth_time: 'now' }],
      ['an amr that is no list', 'amr', { amr: 'mfa' }],
    ];
    for (const [title, field, changes] of absent)
      it(title, async () => {
        expect(await authenticator.authenticate(`Bearer ${await signed(changes)}`)).not.to.have.property(field);
      });
  });

  describe('refuses', () => {
    const refusals: [string, RefusalReason, () => string | Promise<string>][] = [
      ['alg none', 'algorithm-refused', () => unsigned(header({ alg: 'none' }), claims())],
      ['alg NONE in another case', 'algorithm-refused', () => unsigned(header({ alg: 'NoNe' }), claims())],
      ['no alg at all', 'algorithm-refused', () => unsigned(header({ alg: undefined }), claims())],
      ['HS256 with the public key (PEM) as the secret', 'algorithm-refused', () => hmac(publicPem())],
      ['HS256 with the public key (JWK) as the secret', 'algorithm-refused', () => hmac(JSON.stringify(provider.publicKey()))],
      ['an algorithm that is none of the four', 'algorithm-refused', () => unsigned(header({ alg: 'ES384' }), claims(), 'x'.repeat(96))],
      ['an algorithm that is not the one of the key', 'unknown-key', () => unsigned(header({ alg: 'RS256' }), claims(), 'x'.repeat(256))],
      ['no signature', 'bad-signature', () => unsigned(header(), claims())],
      ['a signature of zeros', 'bad-signature', () => unsigned(header(), claims(), Buffer.alloc(64))],
      [
        'claims that were changed after signing',
        'bad-signature',
        async () => {
          const [head, , signature] = (await signed()).split('.');
          return `${head}.${encode(claims({ sub: 'owner' }))}.${signature}`;
        },
      ],
      ['a foreign key under a known kid', 'bad-signature', () => foreign()],
      ['a foreign key under an unknown kid', 'unknown-key', () => foreign(() => ({ kid: 'no-such-key' }))],
      ['a kid that is a path', 'unknown-key', () => foreign(() => ({ kid: '../../../../dev/null' }))],
      ['a kid that is SQL', 'unknown-key', () => foreign(() => ({ kid: "x' union select 'key" }))],
      ['a kid that is no text', 'unknown-key', () => unsigned(header({ kid: { $ne: null } }), claims(), Buffer.alloc(64))],
      ['a foreign key named by jku', 'unknown-key', () => foreign(() => ({ kid: 'mine', jku: trapUrl() }))],
      ['a foreign key named by x5u', 'unknown-key', () => foreign(() => ({ kid: 'mine', x5u: trapUrl() }))],
      ['a foreign key embedded as jwk', 'unknown-key', () => foreign((jwk) => ({ kid: 'mine', jwk }))],
      ['a foreign key embedded as jwk under a known kid', 'bad-signature', () => foreign((jwk) => ({ jwk }))],
      ['a critical header', 'critical-header', () => signed({}, { crit: ['https://example.com/x'], 'https://example.com/x': 1 })],
      ['an empty list of critical headers', 'critical-header', () => unsigned(header({ crit: [] }), claims(), Buffer.alloc(64))],
      ['an issuer that is not configured', 'unknown-issuer', () => signed({ iss: 'https://evil.example' })],
      ['an issuer with one slash more', 'unknown-issuer', () => signed({ iss: `${provider.issuer}/` })],
      ['an issuer in another case', 'unknown-issuer', () => signed({ iss: provider.issuer.toUpperCase() })],
      ['a list of issuers', 'unknown-issuer', () => signed({ iss: [provider.issuer] })],
      ['no issuer', 'unknown-issuer', () => signed({ iss: undefined })],
      ['a token that one issuer signed in the name of another', 'unknown-key', () => other.sign(claims())],
      ["the same under the other's kid", 'bad-signature', () => other.sign(claims(), { kid: provider.publicKey().kid! })],
      ['another audience', 'wrong-audience', () => signed({ aud: 'https://elsewhere.test' })],
      ['an audience that only begins like ours', 'wrong-audience', () => signed({ aud: `${provider.audience}.evil.example` })],
      ['no audience', 'missing-claim', () => signed({ aud: undefined })],
      ['an ID token (typ JWT)', 'wrong-type', () => signed({}, { typ: 'JWT' })],
      ['no typ', 'wrong-type', () => unsigned(header({ typ: undefined }), claims(), Buffer.alloc(64))],
      ['an expired token', 'expired', () => signed({ iat: now() - HOUR, exp: now() - 60 })],
      ['no exp', 'missing-claim', () => signed({ exp: undefined })],
      ['an exp that is text', 'malformed-claim', () => signed({ exp: String(now() + HOUR) })],
      ['a token that is not valid yet', 'not-yet-valid', () => signed({ nbf: now() + 60 })],
      ['an nbf that is text', 'malformed-claim', () => signed({ nbf: 'now' })],
      ['no iat', 'missing-claim', () => signed({ iat: undefined })],
      ['a token from the future', 'not-yet-valid', () => signed({ iat: now() + 60 })],
      ['a token that lives for more than a day', 'lifetime-too-long', () => signed({ exp: now() + 25 * HOUR })],
      ['a token that is older than a day', 'expired', () => signed({ iat: now() - 25 * HOUR })],
      ['no subject', 'missing-claim', () => signed({ sub: undefined })],
      ['an empty subject', 'malformed-claim', () => signed({ sub: '' })],
      ['a subject that is a number', 'malformed-claim', () => signed({ sub: 1 })],
      ['a subject of 256 characters', 'malformed-claim', () => signed({ sub: 'x'.repeat(256) })],
      ['a subject with a NUL', 'malformed-claim', () => signed({ sub: 'mia\u0000' })],
      ['a subject with half a character', 'malformed-claim', () => signed({ sub: 'mia\ud800' })],
      ['a token that is bound to a key of its holder', 'sender-constrained', () => signed({ cnf: { jkt: 'x' } })],
      ['an encrypted token', 'malformed-token', () => encrypted()],
      ['a header that is not JSON', 'malformed-token', () => unsigned('no JSON', claims())],
      ['claims that are not JSON', 'malformed-token', () => unsigned(header(), 'no JSON')],
      ['claims that are a list', 'malformed-token', () => unsigned(header(), [])],
      ['what is no JWT', 'malformed-token', () => 'tnta_0123456789'],
      ['a token of 16 KB, properly signed', 'token-too-long', () => signed({ padding: 'x'.repeat(12_000) })],
    ];
    for (const [title, reason, token] of refusals)
      it(`${title}: ${reason}`, async () => {
        const authorization = `Bearer ${await token()}`;
        const error = await failure(() => authenticator.authenticate(authorization));
        expect(error).to.be.instanceOf(Unauthenticated).and.have.property('reason', reason);
        // The caller learns nothing about the reason, and a second attempt is no better.
        expect(error.message).to.equal('A valid bearer token is needed.');
        expect(await failure(() => authenticator.authenticate(authorization))).to.have.property('reason', reason);
      });

    const headers: [string, RefusalReason, string | string[] | undefined][] = [
      ['no Authorization header', 'no-credential', undefined],
      ['an empty list of headers', 'no-credential', []],
      ['an empty header', 'malformed-authorization', ''],
      ['another scheme', 'malformed-authorization', 'Basic bWlhOm1pYQ=='],
      ['a scheme without a token', 'malformed-authorization', 'Bearer '],
      ['a token without a scheme', 'malformed-authorization', 'eyJhbGciOiJub25lIn0.e30.'],
      ['two tokens in one header', 'malformed-authorization', 'Bearer a.b.c, Bearer d.e.f'],
      ['two Authorization headers', 'malformed-authorization', ['Bearer a.b.c', 'Bearer a.b.c']],
      ['characters that no token has', 'malformed-authorization', 'Bearer a.b.c\u00e9'],
    ];
    for (const [title, reason, authorization] of headers)
      it(`${title}: ${reason}`, async () => {
        expect(await failure(() => authenticator.authenticate(authorization)))
          .to.be.instanceOf(Unauthenticated)
          .and.have.property('reason', reason);
      });

    it('a second Authorization header of a real request, which Node would otherwise drop', async () => {
      const good = `Bearer ${await signed()}`;
      const server = createServer(({ headersDistinct }, response) => {
        const identity = (async () => authenticator.authenticate(headersDistinct['authorization']))();
        identity.then(
          ({ subject }) => response.end(subject),
          ({ reason }: Unauthenticated) => response.end(reason),
        );
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const ask = async (...authorization: string[]) => {
        const { port } = server.address() as AddressInfo;
        const headers = ['host', 'tenet.test', ...authorization.flatMap((each) => ['authorization', each])];
        const [answer] = (await once(get({ port, host: '127.0.0.1', agent: false, headers }), 'response')) as [IncomingMessage];
        return text(answer);
      };
      expect(await ask(good)).to.equal('mia');
      expect(await ask(good, good)).to.equal('malformed-authorization');
      server.close();
    });

    it('every one of them without a visit to an address out of a token', () => {
      expect(trapped).to.equal(0);
    });
  });

  it('the bearer token of a header is available before it is checked, so that API keys can take another way', () => {
    expect(bearerToken('Bearer tnta_0123456789')).to.equal('tnta_0123456789');
    expect(bearerToken(['bearer  x'])).to.equal('x');
  });
});
