import { expect } from 'chai';
import { createAuthenticator, type IssuerConfig } from '../../../api/authentication/authenticate.ts';

const good: IssuerConfig = { issuer: 'https://id.example', audience: 'tenet' };
const start = (...issuers: Partial<IssuerConfig>[]) => createAuthenticator({ issuers: issuers as IssuerConfig[] });

describe('the configuration of an issuer', () => {
  const refused: [string, Partial<IssuerConfig>, string][] = [
    ['no audience', { issuer: 'https://id.example' }, 'has no audience'],
    ['an empty list of audiences', { ...good, audience: [] }, 'has no audience'],
    ['an empty audience', { ...good, audience: ['tenet', ' '] }, 'has no audience'],
    ['no issuer', { audience: 'tenet' }, 'must be an https URL'],
    ['plain http beyond loopback', { ...good, issuer: 'http://id.example' }, 'must be an https URL'],
    ['a host that only begins like loopback', { ...good, issuer: 'http://127.0.0.1.example' }, 'must be an https URL'],
    ['credentials in the issuer', { ...good, issuer: 'https://user:secret@id.example' }, 'without credentials'],
    ['a query in the issuer', { ...good, issuer: 'https://id.example?tenant=1' }, 'neither a query nor a fragment'],
    ['keys over plain http', { ...good, jwksUri: 'http://id.example/keys' }, 'jwksUri'],
    ['keys on loopback for an issuer that is not', { ...good, jwksUri: 'http://127.0.0.1/keys' }, 'jwksUri'],
    ['a symmetric algorithm', { ...good, algorithms: ['ES256', 'HS256'] }, 'HS256 is not possible'],
    ['alg none', { ...good, algorithms: ['none'] }, 'none is not possible'],
    ['an empty list of algorithms', { ...good, algorithms: [] }, 'an empty list is not possible'],
    ['an empty list of types', { ...good, types: [] }, 'at least one token type'],
    ['an empty type', { ...good, types: [''] }, 'at least one token type'],
    ['a lifetime of nothing', { ...good, maxTokenAge: 0 }, 'maxTokenAge'],
    ['a lifetime that is no number', { ...good, maxTokenAge: Number.NaN }, 'maxTokenAge'],
    ['a private key', { ...good, key: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } }, 'not a secret one'],
    ['a shared secret as its key', { ...good, key: { kty: 'oct', k: 'k' } }, 'not a secret one'],
  ];
  for (const [title, config, sentence] of refused)
    it(`with ${title} keeps the server from starting`, () => {
      expect(() => start(config))
        .to.throw(sentence)
        .with.property('code', 'invalid-configuration');
    });

  it('may not come twice', () => {
    expect(() => start(good, good)).to.throw('configured twice');
  });

  it('may be on loopback without https', () => {
    for (const host of ['localhost:8080', '127.0.0.1', '127.1.2.3:9', '[::1]:8080']) start({ ...good, issuer: `http://${host}/realm` });
  });

  it('never shows the password of a bad issuer', () => {
    expect(() => start({ ...good, issuer: 'https://user:secret@id.example' }))
      .to.throw()
      .with.property('message')
      .that.does.not.contain('secret');
  });
});
