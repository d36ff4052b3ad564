import { expect } from 'chai';
import { contractScene, one, problemReply, request } from './scene.ts';

describe('the contract', () => {
  const scene = contractScene();
  const { failure } = scene;

  describe('parameters', () => {
    beforeEach(() => {
      scene.reply = { status: 200, body: { items: [] } };
    });

    it('reads query parameters by their types and fills in defaults', async () => {
      await scene.contract.handle(request('GET', `${one}/members?pageSize=5&state=ACTIVE`));
      await scene.contract.handle(request('GET', `${one}/members`));
      expect(scene.dispatched.map((input) => input.query)).to.deep.equal([{ pageSize: 5, state: 'ACTIVE' }, { pageSize: 50 }]);
    });

    for (const [query, parameter] of [
      ['pageSize=0', 'pageSize'],
      ['pageSize=201', 'pageSize'],
      ['pageSize=', 'pageSize'],
      ['pageSize=many', 'pageSize'],
      ['pageSize=5&pageSize=6', 'pageSize'],
      ['pageSize[]=5', 'pageSize[]'],
      ['state=SLEEPING', 'state'],
      ['surprise=1', 'surprise'],
      ['__proto__=1', '__proto__'],
      ['constructor=1', 'constructor'],
      ['pageToken=%00', 'pageToken'],
    ]) {
      it(`refuses ?${query}`, async () => {
        const { status, errors } = await failure('GET', `${one}/members?${query}`);
        expect(status).to.equal(400);
        expect(errors?.map((error) => error.parameter)).to.deep.equal([parameter]);
      });
    }

    const otherNumbers = [
      '1e0',
      '1.0',
      '0x1',
      '0b1',
      '0o1',
      '01',
      '+1',
      '%2B1',
      '%201',
      '1%20',
      '1%0A',
      '-0',
      '1_0',
      '1n',
      '%D9%A1',
      'Infinity',
      '1,0',
      '',
    ];
    for (const number of otherNumbers) {
      it(`refuses ${number} as a number, in a path and in a query`, async () => {
        const detail = 'must be a whole number in decimal digits, such as 1: no sign, point, exponent, blank or leading zero';
        const inQuery = await failure('GET', `${one}/members?pageSize=${number}`);
        expect(inQuery).to.deep.include({ status: 400, errors: [{ parameter: 'pageSize', detail }] });
        // Without a segment there is no such path.
        if (number === '') return;
        const inPath = await failure('GET', `/v1/policies/platform/revisions/${number}`);
        expect(inPath).to.deep.include({ status: 400, errors: [{ parameter: 'revision', detail }] });
        const withCookie = await failure('GET', `${one}/members?pageSize=${number}`, { headers: { cookie: 'a=b' } });
        expect(withCookie.errors).to.deep.equal([{ parameter: 'pageSize', detail }]);
      });
    }

    it('hands a number of the path to the handler as a number', async () => {
      scene.reply = problemReply(404);
      await scene.contract.handle(request('GET', '/v1/policies/platform/revisions/%31'));
      await scene.contract.handle(request('GET', '/v1/policies/platform/revisions/2147483647', { headers: { cookie: 'a=b' } }));
      expect(scene.dispatched.map(({ params }) => params['revision'])).to.deep.equal([1, 2_147_483_647]);
      for (const number of ['0', '-1', '2147483648', '9'.repeat(400)]) {
        const { status, errors } = await failure('GET', `/v1/policies/platform/revisions/${number}`);
        expect({ status, parameter: errors?.[0]?.parameter }, number).to.deep.equal({ status: 400, parameter: 'revision' });
      }
    });

    for (const [value, detail] of [
      ['%00', 'must not have the character U+0000'],
      ['a%00b', 'must not have the character U+0000'],
      ['%ED%A0%80', 'must be percent-encoded UTF-8'],
      ['%FF', 'must be percent-encoded UTF-8'],
      ['%C0%80', 'must be percent-encoded UTF-8'],
      ['%zz', 'must be percent-encoded UTF-8'],
      ['100%', 'must be percent-encoded UTF-8'],
    ]) {
      it(`refuses ${value} in a query by the name of its parameter, once the caller is known`, async () => {
        const { status, errors } = await failure('GET', `${one}/audit-events?actor=${value}`);
        expect({ status, errors }).to.deep.equal({ status: 400, errors: [{ parameter: 'actor', detail }] });
        expect((await failure('GET', `${one}/audit-events?${value}=x`)).errors).to.deep.equal([{ parameter: value, detail }]);
        expect(await failure('GET', `${one}/audit-events?actor=${value}`, { headers: { authorization: undefined } })).to.include({
          status: 401,
        });
      });
    }

    it('takes every other text of a query as it is', async () => {
      for (const text of ['a b', '+', '%', '&=', '\u{1f600}', '\ufffd', '=']) {
        await scene.contract.handle(request('GET', `${one}/audit-events?actor=${encodeURIComponent(text)}`));
        expect(scene.dispatched.at(-1)?.query['actor']).to.equal(text);
      }
      await scene.contract.handle(request('GET', `${one}/audit-events?actor=a+b==&&`));
      expect(scene.dispatched.at(-1)?.query['actor']).to.equal('a b==');
    });

    for (const id of ['org_', 'org_8zzzzzzzzzzzzzzzzzzzzzzzzz', 'prj_01h455vb4pex5vsknk084sn02q', 'ORG_01h455vb4pex5vsknk084sn02q', '..']) {
      it(`refuses ${id} as the id of an organization`, async () => {
        const { status, errors } = await failure('GET', `/v1/organizations/${id}`);
        expect(status).to.equal(400);
        expect(errors?.[0]?.parameter).to.equal('organizationId');
      });
    }

    it('refuses an Idempotency-Key that is not of printable ASCII', async () => {
      for (const key of ['caf\u00e9', '\u00ff', 'a\tb']) {
        const { status, errors } = await failure('POST', '/v1/organizations', {
          headers: { 'idempotency-key': key },
          body: { name: 'Acme' },
        });
        expect(status, key).to.equal(400);
        expect(errors?.[0]).to.deep.equal({
          parameter: 'Idempotency-Key',
          detail: 'must be 1 to 255 letters, digits, blanks and signs of ASCII, such as a UUID',
        });
      }
    });

    it('refuses an Idempotency-Key that is too long', async () => {
      const more = { headers: { 'idempotency-key': 'k'.repeat(256) }, body: { name: 'Acme' } };
      expect((await failure('POST', '/v1/organizations', more)).errors?.[0]?.parameter).to.equal('Idempotency-Key');
    });
  });
});
