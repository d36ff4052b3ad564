import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { createAuthenticator, type IssuerConfig } from '../../../api/authentication/authenticate.ts';
import { advice } from '../../../api/authentication/token-advice.ts';
import { checkToken, readClaims } from '../../../api/authentication/token-check.ts';
import { readConfig } from '../../../core/base/config.ts';
import { blocksOf } from '../../docs/markdown.ts';
import { type IdentityProvider, startIdentityProvider } from '../../helpers/identity-provider.ts';

describe('What a token gives', () => {
  let provider: IdentityProvider;

  before(async () => {
    provider = await startIdentityProvider();
  });
  after(() => provider?.stop());

  const trusted = () => [{ issuer: provider.issuer, audience: provider.audience }];
  const now = () => Math.floor(Date.now() / 1000);
  const signed = (claims: JWTPayload, header?: Partial<JWTHeaderParameters>) =>
    provider.sign({ iss: provider.issuer, aud: provider.audience, sub: 'ada', iat: now(), exp: now() + 60, ...claims }, header);

  it('is who it is for, and the claims that are read, for one that the provider issued', async () => {
    const token = await provider.token({ subject: 'ada', email: 'ada@example.com', name: 'Ada' });
    const check = await checkToken(token, trusted());
    expect(check).to.deep.include({ accepted: true, notes: [] });
    expect(check.claims).to.include({ iss: provider.issuer, sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' });
    expect(check.header).to.include({ alg: 'ES256', typ: 'at+jwt' });
    expect(readClaims).to.include.members(Object.keys(check.claims));
    expect(JSON.stringify(check)).not.to.include(token.split('.')[2]);
  });

  for (const [title, claims, note] of [
    ['neither email nor email_verified', { name: 'Ada' }, /neither email nor email_verified/],
    ['no email_verified', { email: 'ada@example.com', name: 'Ada' }, /no email_verified, so the address does not count/],
    ['an unverified address', { email: 'ada@example.com', email_verified: false, name: 'Ada' }, /email_verified is false/],
    [
      'a text for true',
      { email: 'ada@example.com', email_verified: 'true', name: 'Ada' },
      /email_verified is "true" and must be the JSON value true/,
    ],
    ['an address that is none', { email: 'ada', email_verified: true, name: 'Ada' }, /no address that Tenet takes/],
    ['no name', { email: 'ada@example.com', email_verified: true }, /It has no name/],
    ['an invisible name', { email: 'ada@example.com', email_verified: true, name: '\u202eadA' }, /name cannot be shown/],
  ] as const) {
    it(`has a note about ${title}`, async () => {
      const check = await checkToken(await signed(claims), trusted());
      expect(check.accepted).to.equal(true);
      expect(check.notes).to.have.length(1);
      expect(check.notes[0]).to.match(note);
    });
  }

  describe('is nothing, with the reason of the server and advice, when it', () => {
    const later = () => now() + 3_600;
    for (const [title, token, reason, sentence] of [
      ['is opaque', async () => 'v2.local.opaque', 'malformed-token', /no signed JWT.*audience/],
      ['has characters that none can have', async () => 'a b', 'malformed-authorization', /Give the token alone/],
      ['is too long', async () => 'a'.repeat(9_000), 'token-too-long', /8 KiB/],
      [
        'is of another issuer',
        () => signed({ iss: `${provider.issuer}/` }),
        'unknown-issuer',
        /trusted are http\S+\. The nearest is .*equal to the last character/,
      ],
      [
        'is for another audience',
        () => signed({ aud: 'another' }),
        'wrong-audience',
        /Its aud is "another", and https:\/\/tenet\.test is accepted/,
      ],
      ['is an ID token', () => signed({}, { typ: 'JWT' }), 'wrong-type', /ID token.*"types": \["at\+jwt", "JWT"\]/],
      ['has ended', () => signed({ iat: now() - 200, exp: now() - 100 }), 'expired', /It ended at 20\d\d-/],
      ['begins later', () => signed({ nbf: later(), exp: later() + 60 }), 'not-yet-valid', /clocks/],
      ['lives too long', () => signed({ exp: now() + 100_000 }), 'lifetime-too-long', /86400 seconds are accepted/],
      ['has no subject', () => signed({ sub: undefined } as unknown as JWTPayload), 'missing-claim', /It lacks sub;/],
      [
        'has a subject that is no text',
        () => signed({ sub: 7 as unknown as string }),
        'malformed-claim',
        /has a value that it cannot have/,
      ],
      ['is bound to a key', () => signed({ cnf: { jkt: 'x' } }), 'sender-constrained', /plain bearer token/],
      [
        'is signed with an unknown key',
        () => signed({}, { kid: 'another' }),
        'unknown-key',
        /the key "another", which the provider does not publish/,
      ],
    ] as const) {
      it(title, async () => {
        const check = await checkToken(await token(), trusted());
        expect(check.accepted).to.equal(false);
        expect(check.reason).to.equal(reason);
        expect(check.advice).to.match(sentence);
      });
    }

    it('was changed on its way', async () => {
      const [header, payload, signature] = (await signed({})).split('.') as [string, string, string];
      const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      expect(await checkToken([header, payload, other].join('.'), trusted())).to.include({ reason: 'bad-signature' });
    });

    it('is of a provider that cannot be reached', async () => {
      const token = await signed({});
      provider.setDown(true);
      const check = await checkToken(token, trusted());
      provider.setDown(false);
      expect(check.reason).to.equal('keys-unavailable');
      expect(check.advice).to.match(/The keys of its issuer cannot be read: http\S+ has no readable metadata: \S.*jwksUri/);
      expect(check.advice).not.to.match(/\n| at /);
    });
  });

  it('may come without the header typ only where the configuration says none', async () => {
    const token = await signed({}, { typ: undefined } as unknown as Partial<JWTHeaderParameters>);
    const [issuer] = trusted();
    expect(await checkToken(token, [{ ...issuer!, types: ['at+jwt', 'none'] }])).to.include({ accepted: true });
    expect((await checkToken(token, [{ ...issuer!, types: ['at+jwt', 'JWT'] }])).advice).to.match(
      /typ is missing.*"types": \["at\+jwt", "none"\]/,
    );
    expect(await checkToken(token, trusted())).to.include({ accepted: false, reason: 'wrong-type' });
  });

  const page = readFileSync(new URL('../../../docs/identity-provider.md', import.meta.url), 'utf8');

  it('follows from configurations that can be pasted from the page', () => {
    const examples = blocksOf(page).filter(({ language }) => language === 'json');
    expect(examples).to.have.length(8);
    for (const { text } of examples) {
      const { issuers } = readConfig({ TENET_ISSUERS: text });
      createAuthenticator({ issuers: issuers as readonly IssuerConfig[] });
    }
  });

  it('is explained on the page for every reason', () => {
    for (const reason of Object.keys(advice)) expect(page).to.include(`\`${reason}\``);
    for (const claim of readClaims) expect(page, claim).to.include(`\`${claim}\``);
  });
});
