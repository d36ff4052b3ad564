import { expect } from 'chai';
import { createAuthenticator } from '../../api/authenticate.ts';
import { type IdentityProvider, startIdentityProvider } from '../helpers/identity-provider.ts';

describe('authenticate', () => {
  let provider: IdentityProvider;
  before(async () => {
    provider = await startIdentityProvider();
  });
  after(() => provider.stop());

  it('a token of the configured issuer names its subject', async () => {
    const { authenticate } = createAuthenticator({ issuers: [{ issuer: provider.issuer, audience: provider.audience }] });
    const token = await provider.token({
      subject: 'mia',
      email: 'mia@example.com',
      name: 'Mia',
      acr: 'gold',
      amr: ['pwd', 'otp'],
      authTime: 5,
    });
    const identity = await authenticate(`Bearer ${token}`);
    expect(identity).to.deep.include({
      issuer: provider.issuer,
      subject: 'mia',
      email: 'mia@example.com',
      name: 'Mia',
      acr: 'gold',
      amr: ['pwd', 'otp'],
      authTime: 5,
    });
    expect(identity.expiresAt - identity.issuedAt).to.equal(3600);
  });

  it('a client is known by its own subject', async () => {
    const { authenticate } = createAuthenticator({ issuers: [{ issuer: provider.issuer, audience: provider.audience }] });
    expect(await authenticate(`Bearer ${await provider.clientToken()}`)).to.deep.include({ subject: 'tenet-test' });
  });
});
