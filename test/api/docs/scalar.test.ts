import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { readAssets, takesBrotli } from '../../../api/docs/assets.ts';
import { scalarPage } from '../../../api/docs/scalar-page.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const vendored = new URL('../../../vendor/scalar/', import.meta.url);
const source = JSON.parse(readFileSync(new URL('source.json', vendored), 'utf8')) as { sha256: string; stored: string; version: string };
const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

describe('the file of Scalar', () => {
  const content = brotliDecompressSync(readFileSync(new URL(source.stored, vendored)));

  it('is the one that source.json names, byte for byte', () => {
    expect(sha256(content)).to.equal(source.sha256);
    expect(content.includes(source.version)).to.equal(true);
  });

  it('comes with its licence', () => {
    expect(readFileSync(new URL('LICENSE', vendored), 'utf8')).to.match(/^MIT License\n\nCopyright \(c\) 2023-present Scalar/);
  });
});

describe('Accept-Encoding', () => {
  for (const [header, taken] of [
    [undefined, false],
    ['', false],
    ['gzip, deflate', false],
    ['gzip, deflate, br', true],
    ['GZIP;q=1, BR;q=0.5', true],
    ['br;q=0, *', false],
    ['*', true],
    ['*;q=0', false],
    ['br;q=high', false],
    ['brotli', false],
  ] as const) {
    it(`${header === undefined ? 'that is absent' : JSON.stringify(header)} ${taken ? 'takes' : 'does not take'} brotli`, () => {
      expect(takesBrotli(header)).to.equal(taken);
    });
  }
});

describe('/docs over HTTP', () => {
  let tenet: TestTenet;
  let assets: string[];

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    const page = await (await get('/docs')).text();
    assets = [...page.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  });

  after(() => tenet?.stop());

  const get = (path: string, headers: Record<string, string> = {}) => tenet.anonymous().raw(path, { headers });
  const ofScalar = (): string => assets.find((path) => path.includes('scalar')) ?? expect.fail('no script of Scalar');

  it('names a style and two scripts, which are there under their digests', async () => {
    expect(assets.map((path) => path.replace(/-[0-9a-f]{16}\./, '.')).sort()).to.deep.equal(
      ['scalar.js', 'start.js', 'style.css'].map((name) => `/docs/assets/${name}`),
    );
    for (const path of assets) {
      const response = await get(path, { 'accept-encoding': 'identity' });
      expect(response.status, path).to.equal(200);
      expect(response.headers.get('content-type')).to.equal(path.endsWith('.css') ? 'text/css' : 'text/javascript');
      expect(response.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
      expect(response.headers.get('content-encoding')).to.equal(null);
      const digest = sha256(Buffer.from(await response.arrayBuffer()));
      expect(path).to.contain(digest.slice(0, 16));
      expect(response.headers.get('etag')).to.equal(`"${digest}"`);
    }
  });

  it('sends the stored bytes to those who take brotli', async () => {
    const response = await get(ofScalar(), { 'accept-encoding': 'br' });
    expect(response.headers.get('content-encoding')).to.equal('br');
    expect(response.headers.get('vary')).to.equal('accept-encoding');
    expect(Number(response.headers.get('content-length'))).to.equal(readFileSync(new URL(source.stored, vendored)).length);
    expect(sha256(Buffer.from(await response.arrayBuffer()))).to.equal(source.sha256);
  });

  it('answers 304 to the tag of the same form, and only to that', async () => {
    for (const [path, tag, status] of [
      [ofScalar(), `"${source.sha256}-br"`, 304],
      [ofScalar(), `"other", W/"${source.sha256}-br"`, 304],
      [ofScalar(), '*', 304],
      [ofScalar(), `"${source.sha256}"`, 200],
      [ofScalar(), '"other"', 200],
    ] as const) {
      const response = await get(path, { 'accept-encoding': 'br', 'if-none-match': tag });
      expect(response.status, tag).to.equal(status);
      const { byteLength } = await response.arrayBuffer();
      expect(byteLength === 0).to.equal(status === 304);
    }
  });

  it('has no other asset', async () => {
    for (const name of ['scalar.js', 'constructor', '..%2Fsource.json', '%2e%2e']) {
      expect(await get(`/docs/assets/${name}`), name).to.have.property('status', 404);
    }
    expect(await get(`/docs/assets/${'x'.repeat(65)}`)).to.have.property('status', 400);
  });

  it('is a page that is kept by no cache, with a nonce of its own each time', async () => {
    const [one, other] = await Promise.all([get('/docs'), get('/docs')]);
    expect(one.headers.get('cache-control')).to.equal('no-store');
    const policies = [one, other].map(({ headers }) => headers.get('content-security-policy')!);
    const nonces = policies.map((policy) => /'nonce-([\w-]{22})'/.exec(policy)?.[1]);
    expect(nonces[0]).to.be.a('string').and.not.equal(nonces[1]);
    expect(await one.text()).to.contain(`<meta property="csp-nonce" content="${nonces[0]}">`);
    for (const policy of policies) {
      expect(policy).to.match(/^default-src 'none'; script-src 'self'; /);
      expect(policy).not.to.match(/unsafe|https?:|\*/);
    }
  });

  it('leads to the plain page, also without script', async () => {
    const text = await (await get('/docs')).text();
    const [noscript] = /<noscript>.*<\/noscript>/s.exec(text) ?? [''];
    expect(noscript).to.contain('href="/docs/plain"');
    expect(text.replace(noscript, '')).to.contain('href="/docs/plain"');
    expect(text).not.to.match(/<script(?! defer src="\/docs\/assets\/)|\son\w+=|javascript:|style="|(?:src|href)="https?:/i);
  });

  it('escapes its title', async () => {
    expect(scalarPage('<script>', await readAssets()).html).to.contain('<title>&#60;script&#62;</title>');
  });
});
