import { expect } from 'chai';
import { parse } from 'yaml';
import { createContract } from '../../../api/contract/contract.ts';
import { InvalidInput, PermissionDenied, Unavailable } from '../../../core/base/errors.ts';
import { newId } from '../../../core/base/ids.ts';
import { contractScene, handlersOf, one, operationIds, organization, problemReply, request, text } from './scene.ts';

describe('the contract', () => {
  const scene = contractScene();
  const { failure } = scene;

  describe('routing', () => {
    it('answers 404 where there is no path, a trailing slash included', async () => {
      for (const path of ['/nope', '/v1/me/', '//v1/me', '/v1/organizations//projects', '/V1/me']) {
        expect(await failure('GET', path), path).to.include({ status: 404, code: 'not-found' });
      }
    });

    it('answers 405 with Allow for a method that the path does not have', async () => {
      const { status, headers } = await failure('PUT', '/v1/me');
      expect(status).to.equal(405);
      expect(headers['Allow']).to.equal('DELETE, GET, HEAD, PATCH');
      expect(await failure('OPTIONS', '/v1/organizations')).to.include({ status: 405 });
    });

    it('answers HEAD as GET', async () => {
      expect(await scene.contract.handle(request('HEAD', one))).to.deep.equal(await scene.contract.handle(request('GET', one)));
      expect(scene.dispatched[0]?.operation.operationId).to.equal('getOrganization');
      expect(scene.contract.match('HEAD', one)?.operationId).to.equal('getOrganization');
    });

    it('decodes a path parameter once', async () => {
      scene.reply = problemReply(404);
      await scene.contract.handle(request('GET', '/v1/policies/blueprint%2eintegrations/head'));
      expect(scene.dispatched[0]?.params).to.deep.equal({ scope: 'blueprint.integrations' });
      expect(await failure('GET', '/v1/policies/blueprint%252Fintegrations/head')).to.include({ status: 400 });
    });

    it('answers 400 to a malformed escape', async () => {
      for (const path of ['/v1/organizations/%zz', '/v1/organizations/%ff', '/%', '/problems/%c3%28']) {
        expect(await failure('GET', path), path).to.include({ status: 400 });
      }
    });

    it('knows the scope that a path names, and what changes something', () => {
      const facts = ['getMe', 'createOrganization', 'updateOrganization', 'createProjectGrant', 'evaluate', 'explainDecision'].map((id) => {
        const { level, mutates, isIdempotent } = scene.contract.operations.get(id)!;
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
      expect(scene.contract.operations.get('replacePolicyHead')).to.include({ needsIfMatch: true });
      expect(scene.contract.operations.get('updateOrganization')).to.include({ needsIfMatch: false });
    });
  });

  describe('security', () => {
    for (const id of operationIds(text)) {
      it(`${id} is closed to a caller without a credential, unless it is public`, async () => {
        const operation = scene.contract.operations.get(id)!;
        const path = operation.path
          .replace('{organizationId}', newId('organization'))
          .replace('{projectId}', newId('project'))
          .replace('{policyStoreId}', newId('policyStore'))
          .replace(/\{\w+\}/g, 'xx');
        scene.reply = problemReply(500);
        if (operation.isPublic) {
          const body = operation.mutates ? { credential: 'tnts_000000000000000000000000000000000000' } : undefined;
          await scene.contract.handle(request(operation.method, path, { headers: { authorization: undefined }, ...(body && { body }) }));
          expect(scene.dispatched).to.have.lengthOf(1);
        } else {
          expect(await failure(operation.method, path, { headers: { authorization: undefined } })).to.include({ status: 401 });
          expect(scene.dispatched).to.have.lengthOf(0);
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
        scene.authenticate = async () => answer;
        expect(await failure('GET', '/v1/me')).to.include({ status: 401 });
        expect(scene.dispatched).to.have.lengthOf(0);
      });
    }

    for (const thrown of [undefined, 'no', new TypeError('a fault of ours')]) {
      it(`admits nobody when authentication fails by throwing ${thrown}`, async () => {
        scene.authenticate = async () => {
          throw thrown;
        };
        expect((await failure('GET', '/v1/me')).status).to.be.oneOf([401, 500]);
        expect(scene.dispatched).to.have.lengthOf(0);
      });
    }

    it('answers 503, not 401, when authentication cannot be done', async () => {
      scene.authenticate = async () => {
        throw new Unavailable('The identity provider does not answer.');
      };
      expect(await failure('GET', '/v1/me')).to.include({ status: 503 });
    });

    it('is not confused by a principal with a member named error', async () => {
      scene.authenticate = async () => ({ id: 'user_1', error: 'none' });
      await scene.contract.handle(request('GET', one));
      expect(scene.dispatched[0]?.principal).to.deep.equal({ id: 'user_1', error: 'none' });
    });

    it('lets what a handler throws through as it is', async () => {
      scene.authenticate = async () => ({ id: 'user_1' });
      const other = await createContract({
        document: text,
        handlers: handlersOf(operationIds(text)),
        validateResponses: false,
        hooks: {
          authenticate: scene.authenticate,
          dispatch: async () => {
            throw new PermissionDenied('organization:read', 'dec_1');
          },
        },
      });
      const outcome = await other.handle(request('GET', one)).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(PermissionDenied);
    });
  });

  describe('AuthZEN', () => {
    const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'create' }, resource: { type: 'connection', id: '*' } };

    it('ignores members that it does not know', () => {
      expect(
        scene.contract.bodyErrors('evaluate', { ...question, obligations: [], resource: { ...question.resource, owner: 'x' } }),
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
        expect(await scene.contract.handle(request('GET', one, { headers: { accept } }))).to.include({ status: 200 });
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
    scene.reply = { status: 202, body: organization };
    const { status, message } = await failure('GET', one);
    expect(status).to.equal(500);
    expect(message).to.match(/getOrganization answered 202, which openapi.yaml does not declare/);
  });

  it('hands out its own text', () => {
    expect(scene.contract.yaml).to.equal(text);
    expect(JSON.parse(scene.contract.json)).to.deep.equal(parse(text));
  });
});
