import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');

describe('the contract over HTTP', () => {
  let tenet: TestTenet;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
  });

  after(() => tenet?.stop());

  const get = (path: string, init: RequestInit = {}) => tenet.anonymous().raw(path, init);

  it('is served as YAML, byte for byte', async () => {
    const response = await get('/openapi.yaml');
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^application\/yaml/);
    expect(await response.text()).to.equal(text);
  });

  it('is served as JSON', async () => {
    const response = await get('/openapi.json');
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    expect(await response.json()).to.deep.equal(parse(text));
  });

  it('is served as a page that runs nothing', async () => {
    const response = await get('/docs/plain', { headers: { accept: 'text/html' } });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^text\/html/);
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'; style-src 'sha256-/);
    expect(await response.text()).to.contain('id="createOrganization"');
  });

  it('is where the root leads to', async () => {
    const response = await get('/', { redirect: 'manual' });
    expect(response.status).to.equal(303);
    expect(response.headers.get('location')).to.equal('/docs');
    expect(await response.text()).to.contain('href="/docs"');
    const followed = await get('/', { headers: { accept: 'text/html' } });
    expect(followed.status).to.equal(200);
    expect(await followed.text()).to.contain('id="reference"');
    expect(await get('/', { method: 'POST' })).to.have.property('status', 405);
  });

  it('explains every type of problem at the end of its URI', async () => {
    const page = await get('/problems/version-mismatch');
    expect(page.status).to.equal(200);
    expect(await page.text()).to.contain('<h1>It has changed since you read it</h1>');
    for (const slug of ['no-such-problem', 'constructor']) {
      const none = await get(`/problems/${slug}`, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
      expect(none.status).to.equal(404);
      expect(none.headers.get('content-type')).to.equal(page.headers.get('content-type'));
      expect(none.headers.get('content-security-policy')).to.equal(page.headers.get('content-security-policy'));
      expect(none.headers.get('vary')).to.equal('accept');
      expect(await none.text()).to.contain('<h1>There is no such problem type</h1>');
    }
  });

  for (const accept of ['*/*', 'application/problem+json', 'text/html;q=0.5, application/*']) {
    it(`answers ${accept} for a type of problem that does not exist with a problem`, async () => {
      const none = await get('/problems/no-such-problem', { headers: { accept } });
      expect(none.status).to.equal(404);
      expect(none.headers.get('content-type')).to.equal('application/problem+json');
      expect(await none.json()).to.include({ status: 404, code: 'not-found' });
    });
  }

  it('answers HEAD without a body', async () => {
    const response = await get('/docs', { method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal('');
  });

  for (const [method, path, status, code] of [
    ['GET', '/nowhere', 404, 'not-found'],
    ['DELETE', '/docs', 405, 'method-not-allowed'],
    ['GET', '/v1/organizations/%zz', 400, 'invalid-input'],
    ['POST', '/v1/organizations', 401, 'unauthenticated'],
  ] as const) {
    it(`answers ${method} ${path} with the problem ${code}`, async () => {
      const response = await get(path, { method });
      expect(response.status).to.equal(status);
      expect(response.headers.get('content-type')).to.equal('application/problem+json');
      expect(await response.json()).to.include({ status, code, requestId: response.headers.get('x-request-id') });
    });
  }

  it('names the methods that a path has', async () => {
    const response = await get('/docs', { method: 'DELETE' });
    expect(response.headers.get('allow')).to.equal('GET, HEAD');
  });
});
