import { expect } from 'chai';
import fc from 'fast-check';
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../../api/contract/openapi.d.ts';
import { toAuditEvents } from '../../../core/audit/events.ts';
import { isEmailAddress } from '../../../core/base/email-address.ts';
import { isName } from '../../../core/base/text.ts';
import { addressTexts, nameTexts, rounds } from '../../helpers/generators.ts';
import { type IdentityProvider, startIdentityProvider } from '../../helpers/identity-provider.ts';
import { type OrdinaryType, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Claims = Record<string, unknown>;

describe('what an identity provider says of a person', () => {
  let provider: IdentityProvider;
  let tenet: TestTenet;
  let people = 0;

  before(async () => {
    provider = await startIdentityProvider();
    tenet = await startTenet({ TENET_ISSUERS: JSON.stringify([{ issuer: provider.issuer, audience: provider.audience }]) });
  });
  after(async () => {
    await tenet?.stop();
    await provider?.stop();
  });

  /** Somebody new; each token of theirs is a client, `ago` seconds older than now. */
  function person() {
    people += 1;
    const sub = `person-${people}`;
    const email = `${sub}@example.com`;
    const client = async (claims: Claims, ago = 0): Promise<Client<paths, OrdinaryType>> => {
      const iat = Math.floor(Date.now() / 1000) - ago;
      const token = await provider.sign({ iss: provider.issuer, aud: provider.audience, sub, iat, exp: iat + 3600, ...claims });
      return createClient<paths, OrdinaryType>({ baseUrl: tenet.url, headers: { authorization: `Bearer ${token}` } });
    };
    const me = async (claims: Claims, ago = 0) => (await (await client(claims, ago)).GET('/v1/me')).data!;
    return { email, client, me, verified: { email, email_verified: true } };
  }

  it('shows a verified address; email_verified: false clears it, a token without the claims leaves it', async () => {
    const { me, verified, email } = person();
    const first = await me(verified, 30);
    expect(first.email).to.equal(email);
    expect(await me({}, 20)).to.deep.equal(first);
    const cleared = await me({ email, email_verified: false }, 10);
    expect(cleared.email).to.equal(null);
    expect(cleared.etag).to.not.equal(first.etag);
    expect((await me({}, 5)).email).to.equal(null);
    expect((await me(verified)).email).to.equal(email);
  });

  it('leaves an event of the person for each change that shows, and none for what was said before', async () => {
    const { me, verified, email } = person();
    const { id } = await me({ ...verified, name: 'Ann' }, 30);
    await me({ ...verified, name: 'Ann' }, 20);
    await me({ ...verified, name: 'Anna' }, 10);
    await me({ email: `new-${email}`, email_verified: true });
    const events = await tenet.database.read('platform', async (db) =>
      toAuditEvents(db, await db('audit_events').where({ target: id }).orderBy('seq')),
    );
    expect(events.map(({ actor, action, before, after }) => ({ actor, action, before, after }))).to.deep.equal([
      { actor: id, action: 'user.update', before: { email, name: 'Ann' }, after: { email, name: 'Anna' } },
      { actor: id, action: 'user.update', before: { email, name: 'Anna' }, after: { email: `new-${email}`, name: 'Anna' } },
    ]);
  });

  it('does not keep an address that changed to one that nobody vouches for', async () => {
    const { me, verified, email } = person();
    await me(verified, 30);
    expect((await me({ email }, 20)).email).to.equal(email);
    expect((await me({ email: `new-${email}` }, 10)).email).to.equal(null);
  });

  it('is what the newest token says, whatever an older one says later', async () => {
    const { me, client, verified, email } = person();
    await me({ ...verified, name: 'Old' }, 30);
    const newest = await me({ email: `new-${email}`, email_verified: true, name: 'New' }, 10);
    expect(newest).to.include({ email: `new-${email}`, displayName: 'New' });
    expect(await me({ ...verified, name: 'Between' }, 20)).to.deep.equal(newest);

    // Neither does an old token count that the server remembers.
    const remembered = await client(verified, 5);
    expect((await remembered.GET('/v1/me')).data!.email).to.equal(email);
    await me({ email, email_verified: false });
    const { error } = await remembered.POST('/v1/invitations/accept', { body: { token: 'x'.repeat(43) } });
    expect(error).to.include({ code: 'failed-precondition' });
  });

  it('gives a name to somebody who was first seen without one, and their own name goes before it', async () => {
    const { me, client } = person();
    const first = await me({}, 40);
    expect(first.displayName).to.equal(null);
    const named = await me({ name: 'Ada Lovelace' }, 30);
    expect(named.displayName).to.equal('Ada Lovelace');
    expect(named.etag).to.not.equal(first.etag);
    expect((await me({ name: 'Ada King' }, 20)).displayName).to.equal('Ada King');
    const own = await (await client({ name: 'Ada King' }, 20)).PATCH('/v1/me', { body: { displayName: 'Countess' } });
    expect(own.data!.displayName).to.equal('Countess');
    expect((await me({ name: 'Ada' }, 10)).displayName).to.equal('Countess');
    const back = await (await client({ name: 'Ada' }, 10)).PATCH('/v1/me', { body: { displayName: null } });
    expect(back.data!.displayName).to.equal('Ada');
  });

  it('changes the ETag of the member whenever the member looks different', async () => {
    const { me, client, verified, email } = person();
    await me(verified, 30);
    const owner = await client(verified, 30);
    const { id: organizationId } = (await owner.POST('/v1/organizations', { body: { name: 'Acme' } })).data!;
    const read = async () => {
      const { data } = await owner.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId } } });
      return data!.items[0]!;
    };
    const before = await read();
    await me({ email: `new-${email}`, email_verified: true, name: 'Ada' }, 20);
    const after = await read();
    expect(after).to.include({ email: `new-${email}`, displayName: 'Ada' });
    expect(after.etag).to.not.equal(before.etag);
    const path = { organizationId, userId: after.userId };
    const change = (etag: string) =>
      owner.PATCH('/v1/organizations/{organizationId}/members/{userId}', {
        params: { path, header: { 'If-Match': etag } },
        body: { displayName: 'A.' },
      });
    expect((await change(before.etag)).response.status).to.equal(412);
    expect((await change(after.etag)).response.status).to.equal(200);
  });

  for (const [title, claims, words] of [
    ['without the claims that its provider does not send them', {}, /does not send the claims email and email_verified/],
    ['without email_verified that this one is missing', { email: 'a@example.com' }, /sends the claim email without email_verified/],
    ['with an unverified address to verify it', { email: 'a@example.com', email_verified: false }, /Verify your address/],
    ['with an address that Tenet does not take what it must be', { email: 'ada@b\u00fccher.example', email_verified: true }, /xn--/],
  ] as const) {
    it(`tells a token ${title}`, async () => {
      const { client } = person();
      const { error, response } = await (await client(claims)).POST('/v1/invitations/accept', { body: { token: 'x'.repeat(43) } });
      expect(response.status).to.equal(409);
      expect(error!.detail).to.match(words);
    });
  }

  it('is shown everywhere or left out, whatever it is', () =>
    fc.assert(
      fc.asyncProperty(addressTexts, nameTexts, async (email, name) => {
        const { client } = person();
        const caller = await client({ email, email_verified: true, name });
        const { data, error } = await caller.GET('/v1/me');
        expect(error, JSON.stringify(error)).to.equal(undefined);
        expect(data).to.include({ email: isEmailAddress(email) ? email : null, displayName: isName(name) ? name : null });
        const { data: made } = await caller.POST('/v1/organizations', { body: { name: 'Acme' } });
        const members = await caller.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId: made!.id } } });
        expect(members.data!.items[0]).to.include({ email: data!.email, displayName: data!.displayName });
      }),
      rounds(30),
    )).timeout(120_000);
});
