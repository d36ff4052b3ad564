import { expect } from 'chai';
import { InvalidInput } from '../../../core/base/errors.ts';
import { contractScene, one, problemReply, request } from './scene.ts';

describe('the contract', () => {
  const scene = contractScene();
  const { failure } = scene;

  describe('bodies', () => {
    const refused: [string, unknown, string][] = [
      ['no body', undefined, '#'],
      ['null', null, '#'],
      ['an array', [{ name: 'Acme' }], '#'],
      ['a number', 5, '#'],
      ['a string that holds JSON', '{"name":"Acme"}', '#'],
      ['a missing member', {}, '#/name'],
      ['a number where a string belongs', { name: 5 }, '#/name'],
      ['a member that is not known', { name: 'Acme', ownerId: 'user_1' }, '#/ownerId'],
      ['a member with a slash in its name', { name: 'Acme', 'a/b~c': 1 }, '#/a~1b~0c'],
      ['a member whose name cannot stand in a fragment', { name: 'Acme', 'bad #é%': 1 }, '#/bad%20%23%C3%A9%25'],
      ['an empty name', { name: '' }, '#/name'],
      ['a blank name', { name: '   ' }, '#/name'],
      ['a name with a control character', { name: 'Ac\u0007me' }, '#/name'],
      ['a name that turns the writing round', { name: 'Ac\u202eme' }, '#/name'],
      ['a name that isolates a direction', { name: '\u2066Acme' }, '#/name'],
      ['a name of two lines', { name: 'Acme\u2028Corp' }, '#/name'],
      ['a name with a character of no width', { name: 'Ac\u200bme' }, '#/name'],
      ['a name with a byte order mark', { name: 'Acme\ufeff' }, '#/name'],
      ['null for what cannot be cleared', { name: 'Acme', slug: null }, '#/slug'],
    ];
    for (const [what, body, pointer] of refused) {
      it(`refuses ${what}, and points at it`, async () => {
        const { status, code, errors } = await failure('POST', '/v1/organizations', {
          body,
          headers: { 'content-type': 'application/json' },
        });
        expect({ status, code }).to.deep.equal({ status: 400, code: 'invalid-input' });
        expect(errors?.[0]?.pointer).to.equal(pointer);
        expect(scene.dispatched).to.have.lengthOf(0);
      });
    }

    it('never coerces: "5" is no integer', async () => {
      const body = { invitees: [{ email: 'grace@example.com' }], roles: ['org.member'], expiresInDays: '5' };
      const { errors } = await failure('POST', `${one}/invitations`, { body });
      expect(errors).to.deep.equal([{ pointer: '#/expiresInDays', detail: 'must be a whole number' }]);
    });

    it('checks formats', async () => {
      const { errors } = await failure('POST', `${one}/invitations`, { body: { invitees: [{ email: 'grace' }], roles: ['org.member'] } });
      expect(errors?.[0]?.pointer).to.equal('#/invitees/0/email');
    });

    it('names every error, but never more than twenty', async () => {
      const body = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`member${index}`, index]));
      const { errors } = await failure('POST', '/v1/organizations', { body });
      expect(errors).to.have.lengthOf(20);
    });

    for (const type of ['application/json', 'application/merge-patch+json', 'Application/JSON; charset=utf-8']) {
      it(`validates a patch sent as ${type}`, async () => {
        const more = (body: unknown) => ({ body, headers: { 'content-type': type } });
        expect(await failure('PATCH', one, more({ name: null }))).to.include({ status: 400 });
        expect(await failure('PATCH', one, more({ surprise: 1 }))).to.include({ status: 400 });
        await scene.contract.handle(request('PATCH', one, more({ name: 'Acme 2' })));
        expect(scene.dispatched[0]?.body).to.deep.equal({ name: 'Acme 2' });
      });
    }

    it('admits null where a member can be cleared', async () => {
      scene.reply = problemReply(404);
      await scene.contract.handle(request('PATCH', '/v1/me', { body: { displayName: null } }));
      expect(scene.dispatched[0]?.body).to.deep.equal({ displayName: null });
    });

    it('answers 415 to a type that is not declared, or to none', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/merge-patch+json',
        'application/jsonx',
        undefined,
      ]) {
        const more = { body: { name: 'Acme' }, headers: { 'content-type': type } };
        expect(await failure('POST', '/v1/organizations', more), type).to.include({ status: 415 });
      }
      const unread = { headers: { 'content-type': 'text/plain', 'content-length': '4' } };
      expect(await failure('POST', '/v1/organizations', unread)).to.include({ status: 415 });
    });

    it('throws what the server found wrong with the body once the caller is known', async () => {
      const bodyError = new InvalidInput('Two members have the name "name".');
      expect(await failure('POST', '/v1/organizations', { bodyError, headers: { 'content-type': 'application/json' } })).to.include({
        status: 400,
        detail: 'Two members have the name "name".',
      });
    });

    it('gives the compiled validator alone', () => {
      expect(scene.contract.bodyErrors('createOrganization', { name: 'Acme' })).to.deep.equal([]);
      expect(scene.contract.bodyErrors('createOrganization', {})).to.deep.equal([{ pointer: '#/name', detail: 'is required' }]);
      expect(() => scene.contract.bodyErrors('getMe', {})).to.throw('takes no body');
    });
  });
});
