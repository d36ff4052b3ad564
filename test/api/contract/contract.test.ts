import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Contract, createContract, type OperationInput } from '../../../api/contract/contract.ts';
import type { ContractRequest, Reply } from '../../../api/http/message.ts';
import { toProblem } from '../../../api/http/problem.ts';
import { InvalidInput, PermissionDenied, Unauthenticated, Unavailable } from '../../../core/base/errors.ts';
import { newId } from '../../../core/base/ids.ts';

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
const organizationId = 'org_01h455vb4pex5vsknk084sn02q';
const organization = {
  id: organizationId,
  name: 'Acme',
  slug: 'acme',
  blueprint: 'integrations',
  kind: 'SHARED',
  state: 'ACTIVE',
  externals: 'FORBID',
  projectInvitesMayAddMembers: true,
  labels: {},
  createdAt: '2026-11-21T09:30:00.000Z',
  updatedAt: '2026-11-21T09:30:00.000Z',
  etag: '"1"',
};

interface Failure {
  status: number;
  code: string;
  errors?: { pointer?: string; parameter?: string; detail: string }[];
  headers: Record<string, string>;
  message: string;
}

function operationIds(document: string): string[] {
  const paths = (parse(document) as { paths: Record<string, Record<string, { operationId: string }>> }).paths;
  return Object.values(paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));
}

const handlersOf = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, () => undefined]));

describe('the contract', () => {
  let contract: Contract;
  let dispatched: OperationInput[];
  let reply: Reply;
  let authenticate: (request: ContractRequest) => Promise<unknown>;

  before(async () => {
    contract = await createContract({
      document: text,
      handlers: handlersOf(operationIds(text)),
      validateResponses: true,
      hooks: {
        authenticate: (request) => authenticate(request),
        async dispatch(input) {
          dispatched.push(input);
          return reply;
        },
      },
    });
  });

  beforeEach(() => {
    dispatched = [];
    reply = { status: 200, body: organization };
    authenticate = async (request) => {
      if (request.headers.authorization === undefined) throw new Unauthenticated('no-credential');
      return { id: 'user_1' };
    };
  });

  function request(method: string, target: string, more: Partial<ContractRequest> = {}): ContractRequest {
    const [path = '', query = ''] = target.split('?');
    const type = more.body === undefined ? {} : { 'content-type': 'application/json' };
    return { method, path, query, body: undefined, ...more, headers: { authorization: 'Bearer x', ...type, ...more.headers } };
  }

  async function failure(method: string, target: string, more?: Partial<ContractRequest>): Promise<Failure> {
    let thrown: unknown;
    try {
      await contract.handle(request(method, target, more));
    } catch (error) {
      thrown = error;
    }
    expect(thrown, 'the request was admitted').not.to.equal(undefined);
    const problem = toProblem(thrown, { requestId: 'req_1' });
    return { ...(problem.body as Failure), headers: problem.headers ?? {}, message: String(thrown) };
  }

  const one = `/v1/organizations/${organizationId}`;

  describe('routing', () => {
    it('answers 404 where there is no path, a trailing slash included', async () => {
      for (const path of ['/nope', '/v1/me/', '//v1/me', '/v1/organizations//projects', '/V1/me']) {
        expect(await failure('GET', path), path).to.include({ status: 404, code: 'not-found' });
      }
    });

    it('answers 405 with Allow for a method that the path does not have', async () => {
      const { status, headers } = await failure('PUT', '/v1/me');
      expect(status).to.equal(405);
      expect(headers['Allow']).to.equal('GET, HEAD, PATCH');
      expect(await failure('OPTIONS', '/v1/organizations')).to.include({ status: 405 });
    });

    it('answers HEAD as GET', async () => {
      expect(await contract.handle(request('HEAD', one))).to.deep.equal(await contract.handle(request('GET', one)));
      expect(dispatched[0]?.operation.operationId).to.equal('getOrganization');
      expect(contract.match('HEAD', one)?.operationId).to.equal('getOrganization');
    });

    it('decodes a path parameter once', async () => {
      reply = { status: 404, contentType: 'application/problem+json', body: toProblem(new InvalidInput('x'), { requestId: 'req_1' }).body };
      await contract.handle(request('GET', '/v1/policies/blueprint%2eintegrations/head'));
      expect(dispatched[0]?.params).to.deep.equal({ scope: 'blueprint.integrations' });
      expect(await failure('GET', '/v1/policies/blueprint%252Fintegrations/head')).to.include({ status: 400 });
    });

    it('answers 400 to a malformed escape', async () => {
      for (const path of ['/v1/organizations/%zz', '/v1/organizations/%ff', '/%', '/problems/%c3%28']) {
        expect(await failure('GET', path), path).to.include({ status: 400 });
      }
    });

    it('knows the scope that a path names, and what changes something', () => {
      const facts = ['getMe', 'createOrganization', 'updateOrganization', 'createProjectGrant', 'evaluate', 'explainDecision'].map((id) => {
        const { level, mutates, isIdempotent } = contract.operations.get(id)!;
        return [id, level, mutates, isIdempotent];
      });
      expect(facts).to.deep.equal([
        ['getMe', 'platform', false, false],
        ['createOrganization', 'platform', true, true],
        ['updateOrganization', 'org', true, false],
        ['createProjectGrant', 'project', true, true],
        ['evaluate', 'platform', false, false],
        ['explainDecision', 'org', false, false],
      ]);
      expect(contract.operations.get('replacePolicyHead')).to.include({ needsIfMatch: true });
      expect(contract.operations.get('updateOrganization')).to.include({ needsIfMatch: false });
    });
  });

  describe('security', () => {
    for (const id of operationIds(text)) {
      it(`${id} is closed to a caller without a credential, unless it is public`, async () => {
        const operation = contract.operations.get(id)!;
        const path = operation.path
          .replace('{organizationId}', newId('organization'))
          .replace('{projectId}', newId('project'))
          .replace('{policyStoreId}', newId('policyStore'))
          .replace(/\{\w+\}/g, 'xx');
        reply = {
          status: 500,
          contentType: 'application/problem+json',
          body: toProblem(new InvalidInput('x'), { requestId: 'req_1' }).body,
        };
        if (operation.isPublic) {
          const body = operation.mutates ? { credential: 'tnts_000000000000000000000000000000000000' } : undefined;
          await contract.handle(request(operation.method, path, { headers: { authorization: undefined }, ...(body && { body }) }));
          expect(dispatched).to.have.lengthOf(1);
        } else {
          expect(await failure(operation.method, path, { headers: { authorization: undefined } })).to.include({ status: 401 });
          expect(dispatched).to.have.lengthOf(0);
        }
      });
    }

    it('decides 401 before it judges anything of the request', async () => {
      const headers = { authorization: undefined, 'content-type': 'text/plain', accept: 'image/png' };
      const bodyError = new InvalidInput('malformed');
      expect(await failure('POST', '/v1/organizations', { headers, bodyError })).to.include({ status: 401 });
      expect(await failure('GET', `${one}/members?nonsense=1`, { headers: { authorization: undefined } })).to.include({ status: 401 });
    });

    for (const [how, answer] of [
      ['nothing', undefined],
      ['null', null],
      ['false', false],
    ] as const) {
      it(`denies when authentication returns ${how}`, async () => {
        authenticate = async () => answer;
        expect(await failure('GET', '/v1/me')).to.include({ status: 401 });
        expect(dispatched).to.have.lengthOf(0);
      });
    }

    for (const thrown of [undefined, 'no', new TypeError('a fault of ours')]) {
      it(`admits nobody when authentication fails by throwing ${thrown}`, async () => {
        authenticate = async () => {
          throw thrown;
        };
        expect((await failure('GET', '/v1/me')).status).to.be.oneOf([401, 500]);
        expect(dispatched).to.have.lengthOf(0);
      });
    }

    it('answers 503, not 401, when authentication cannot be done', async () => {
      authenticate = async () => {
        throw new Unavailable('The identity provider does not answer.');
      };
      expect(await failure('GET', '/v1/me')).to.include({ status: 503 });
    });

    it('is not confused by a principal with a member named error', async () => {
      authenticate = async () => ({ id: 'user_1', error: 'none' });
      await contract.handle(request('GET', one));
      expect(dispatched[0]?.principal).to.deep.equal({ id: 'user_1', error: 'none' });
    });

    it('lets what a handler throws through as it is', async () => {
      authenticate = async () => ({ id: 'user_1' });
      const other = await createContract({
        document: text,
        handlers: handlersOf(operationIds(text)),
        validateResponses: false,
        hooks: {
          authenticate,
          dispatch: async () => {
            throw new PermissionDenied('organization:read', 'dec_1');
          },
        },
      });
      const outcome = await other.handle(request('GET', one)).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(PermissionDenied);
    });
  });

  describe('parameters', () => {
    beforeEach(() => {
      reply = { status: 200, body: { items: [] } };
    });

    it('reads query parameters by their types and fills in defaults', async () => {
      await contract.handle(request('GET', `${one}/members?pageSize=5&state=ACTIVE`));
      await contract.handle(request('GET', `${one}/members`));
      expect(dispatched.map((input) => input.query)).to.deep.equal([{ pageSize: 5, state: 'ACTIVE' }, { pageSize: 50 }]);
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
      reply = { status: 404, contentType: 'application/problem+json', body: toProblem(new InvalidInput('x'), { requestId: 'req_1' }).body };
      await contract.handle(request('GET', '/v1/policies/platform/revisions/%31'));
      await contract.handle(request('GET', '/v1/policies/platform/revisions/2147483647', { headers: { cookie: 'a=b' } }));
      expect(dispatched.map(({ params }) => params['revision'])).to.deep.equal([1, 2_147_483_647]);
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
        await contract.handle(request('GET', `${one}/audit-events?actor=${encodeURIComponent(text)}`));
        expect(dispatched.at(-1)?.query['actor']).to.equal(text);
      }
      await contract.handle(request('GET', `${one}/audit-events?actor=a+b==&&`));
      expect(dispatched.at(-1)?.query['actor']).to.equal('a b==');
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
        expect(dispatched).to.have.lengthOf(0);
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
        await contract.handle(request('PATCH', one, more({ name: 'Acme 2' })));
        expect(dispatched[0]?.body).to.deep.equal({ name: 'Acme 2' });
      });
    }

    it('admits null where a member can be cleared', async () => {
      reply = { status: 404, contentType: 'application/problem+json', body: toProblem(new InvalidInput('x'), { requestId: 'req_1' }).body };
      await contract.handle(request('PATCH', '/v1/me', { body: { displayName: null } }));
      expect(dispatched[0]?.body).to.deep.equal({ displayName: null });
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
      expect(contract.bodyErrors('createOrganization', { name: 'Acme' })).to.deep.equal([]);
      expect(contract.bodyErrors('createOrganization', {})).to.deep.equal([{ pointer: '#/name', detail: 'is required' }]);
      expect(() => contract.bodyErrors('getMe', {})).to.throw('takes no body');
    });
  });

  describe('AuthZEN', () => {
    const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'create' }, resource: { type: 'connection', id: '*' } };

    it('ignores members that it does not know', () => {
      expect(
        contract.bodyErrors('evaluate', { ...question, obligations: [], resource: { ...question.resource, owner: 'x' } }),
      ).to.deep.equal([]);
    });

    it('answers 400 to another media type, to a missing member and to an empty body', async () => {
      const path = '/access/v1/evaluation';
      expect(await failure('POST', path, { body: question, headers: { 'content-type': 'text/plain' } })).to.include({ status: 400 });
      expect(await failure('POST', path, { body: { ...question, action: {} } })).to.include({ status: 400 });
      expect(await failure('POST', path, { headers: { 'content-type': 'application/json' } })).to.include({ status: 400 });
    });
  });

  describe('Accept', () => {
    for (const accept of [
      '*/*',
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;q=0.9;charset="UTF-8"',
      'application/*;q=0.1',
      'application/problem+json',
      'text/html, */*;q=0.5',
      'text/html;level="1,2", application/json',
      '',
    ]) {
      it(`answers to ${accept || 'an empty one'}`, async () => {
        expect(await contract.handle(request('GET', one, { headers: { accept } }))).to.include({ status: 200 });
      });
    }

    for (const accept of [
      'text/html',
      'application/json;q=0, text/html',
      'image/*',
      'application/json;q=0, */*;q=0',
      'text/html;x="application/json, */*"',
      'application/json;profile=other',
      'json',
      ';;;',
    ]) {
      it(`answers 406 to ${accept}`, async () => {
        const more = accept.includes('q=0') ? `${accept}, application/problem+json;q=0` : accept;
        expect(await failure('GET', one, { headers: { accept: more } })).to.include({ status: 406 });
      });
    }
  });

  it('lets no reply leave that the document does not declare', async () => {
    reply = { status: 202, body: organization };
    const { status, message } = await failure('GET', one);
    expect(status).to.equal(500);
    expect(message).to.match(/getOrganization answered 202, which openapi.yaml does not declare/);
  });

  it('hands out its own text', () => {
    expect(contract.yaml).to.equal(text);
    expect(JSON.parse(contract.json)).to.deep.equal(parse(text));
  });
});
