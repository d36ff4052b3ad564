import { expect } from 'chai';
import fc from 'fast-check';
import { foldEmail, isEmailAddress } from '../../../core/base/email-address.ts';
import { isName } from '../../../core/base/text.ts';
import { addressTexts, nameTexts, rounds } from '../../helpers/generators.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** In development each reply is held against the contract; in production none is, so that what could not be shown would be stored. */
for (const mode of ['development', 'production']) {
  describe(`an address and a name in a request, in ${mode}`, () => {
    let tenet: TestTenet;
    before(async () => {
      tenet = await startTenet({ TENET_VALIDATE_RESPONSES: String(mode === 'development') });
    });
    after(() => tenet.stop());

    /** An organization of its own for each value, of somebody of its own: both may be made only so often. */
    let callers = 0;
    async function founder(): Promise<{ owner: Caller; organizationId: string }> {
      callers += 1;
      const owner = await tenet.as(`owner-${callers}@example.com`);
      return { owner, organizationId: await foundOrganization(owner, `Acme ${callers}`) };
    }
    const post = (by: Caller, path: string, body: object, method = 'POST') =>
      by.raw(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const pointersOf = async (response: Response): Promise<(string | undefined)[]> => {
      const { errors } = (await response.json()) as { errors: { pointer?: string }[] };
      expect(response.status).to.equal(400);
      return errors.map(({ pointer }) => pointer);
    };

    it('the address is invited, shown and listed, or refused with a pointer', () =>
      fc.assert(
        fc.asyncProperty(addressTexts, async (email) => {
          const { owner, organizationId } = await founder();
          const base = `/v1/organizations/${organizationId}`;
          const response = await post(owner, `${base}/invitations`, { invitees: [{ email }], roles: ['org.member'] });
          if (!isEmailAddress(email)) {
            expect(await pointersOf(response), email).to.deep.equal(['#/invitees/0/email']);
            return;
          }
          expect(response.status, email).to.equal(201);
          const listed = await owner.raw(`${base}/invitations`);
          expect(((await listed.json()) as { items: { email: string }[] }).items.map((each) => each.email)).to.deep.equal([email]);
          expect((await owner.raw(`${base}/audit-events`)).status).to.equal(200);
          // Who has it verified finds it, however it is written.
          const guest = await tenet.as(foldEmail(email), { subject: `guest-${callers}` });
          const { data } = await guest.client.GET('/v1/me/invitations');
          expect(data!.items.map((each) => each.organizationId)).to.include(organizationId);
        }),
        rounds(25),
      )).timeout(120_000);

    it('the name is taken, shown and listed, or refused with a pointer', () =>
      fc.assert(
        fc.asyncProperty(nameTexts, async (name) => {
          const { owner, organizationId } = await founder();
          const path = '/v1/me';
          const response = await post(owner, path, { displayName: name }, 'PATCH');
          if (!isName(name)) {
            const pointers = await pointersOf(response);
            expect(pointers, JSON.stringify(name)).to.have.length(1);
            return;
          }
          expect(response.status, JSON.stringify(name)).to.equal(200);
          const members = await owner.raw(`/v1/organizations/${organizationId}/members`);
          expect(((await members.json()) as { items: { displayName: string }[] }).items[0]!.displayName).to.equal(name);
        }),
        rounds(25),
      )).timeout(120_000);
  });
}
