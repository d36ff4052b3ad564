import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createGuardedFetch, type FetchOptions, FetchRefused } from '../../../core/delivery/guarded-fetch.ts';
import { makeCertificate } from '../../helpers/certificate.ts';

const limits = { milliseconds: 2_000, bytes: 10_000, redirects: 2 };

describe('a fetch of what a tenant has named', () => {
  const { key, cert } = makeCertificate();
  let server: Server;
  let port: number;
  let seen: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  before(async () => {
    server = createServer({ key, cert }, (request, response) => {
      seen.push(`${request.headers.host} ${request.url}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
    answer = (_request, response) => response.end('hello');
  });

  const toServer = async () => [{ address: '127.0.0.1', family: 4 }];
  /** May reach the server of this test, as an operator of a network inside allows it. */
  const allowed: FetchOptions = { allowed: ['127.0.0.1/32'], resolve: toServer, ca: cert };
  const get = (url: string, options: FetchOptions = allowed) => createGuardedFetch(options)({ url, limits });
  const failure = async (fetched: Promise<unknown>): Promise<string> => {
    const error = await fetched.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof FetchRefused)) throw new Error(`it was not refused: ${error}`);
    return error.failure;
  };
  const at = (path = '/'): string => `https://logo.example:${port}${path}`;

  it('gets an answer with its status, and sends the name that was asked for', async () => {
    answer = (_request, response) => response.writeHead(404, { 'x-a': 'b' }).end('none');
    const { status, headers, body } = await get(at('/a'));
    expect([status, headers['x-a'], body.toString()]).to.deep.equal([404, 'b', 'none']);
    expect(seen).to.deep.equal([`logo.example:${port} /a`]);
  });

  const inside: [title: string, address: string, family: number][] = [
    ['loopback', '127.0.0.1', 4],
    ['this host', '0.0.0.0', 4],
    ['a private network', '10.1.2.3', 4],
    ['another one', '172.16.0.1', 4],
    ['a home', '192.168.1.1', 4],
    ['a shared network', '100.64.0.1', 4],
    ['the metadata of a cloud', '169.254.169.254', 4],
    ['a multicast group', '224.0.0.1', 4],
    ['loopback of IPv6', '::1', 6],
    ['no address of IPv6', '::', 6],
    ['loopback as IPv6', '::ffff:127.0.0.1', 6],
    ['metadata as IPv6, in hexadecimal', '::ffff:a9fe:a9fe', 6],
    ['a link of IPv6', 'fe80::1', 6],
    ['a link of IPv6 with its zone', 'fe80::1%eth0', 6],
    ['a private network of IPv6', 'fd00::1', 6],
    ['IPv4 through NAT64', '64:ff9b::7f00:1', 6],
    ['IPv4 through 6to4', '2002:7f00:1::', 6],
    ['documentation', '2001:db8::1', 6],
  ];
  for (const [title, address, family] of inside) {
    it(`goes not where a name is ${title} (${address})`, async () => {
      expect(await failure(get(at(), { resolve: async () => [{ address, family }], ca: cert }))).to.equal('address-not-allowed');
      expect(seen).to.deep.equal([]);
    });
  }

  it('refuses a name of which one address is inside, whatever the others are', async () => {
    const resolve = async () => [
      { address: '203.0.114.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    expect(await failure(get(at(), { resolve }))).to.equal('address-not-allowed');
  });

  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
    it(`takes ${host} for what it is`, async () => {
      expect(await failure(get(`https://${host}:${port}/`, { ca: cert }))).to.equal('address-not-allowed');
    });
  }

  it('keeps to the metadata of clouds even where their network is allowed', async () => {
    const resolve = async () => [{ address: '169.254.169.254', family: 4 }];
    expect(await failure(get(at(), { allowed: ['169.254.0.0/16'], resolve }))).to.equal('address-not-allowed');
  });

  it('connects to the address that was checked: a name that answers otherwise the second time is asked once', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = async () => [{ address: answers.shift()!, family: 4 }];
    expect((await get(at(), { ...allowed, resolve })).status).to.equal(200);
    expect(answers).to.deep.equal(['10.0.0.1']);
  });

  for (const [title, location] of [
    ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['another service of this machine', 'https://[::1]:9464/metrics'],
  ] as const) {
    it(`follows no redirect to ${title}`, async () => {
      answer = (_request, response) => response.writeHead(302, { location }).end();
      expect(await failure(get(at()))).to.equal('address-not-allowed');
      expect(seen).to.have.length(1);
    });
  }

  it('follows no redirect to http, to what is no URL, or without end', async () => {
    answer = (_request, response) => response.writeHead(301, { location: 'http://logo.example/' }).end();
    expect(await failure(get(at()))).to.equal('not-https');
    answer = (_request, response) => response.writeHead(301, { location: 'https://' }).end();
    expect(await failure(get(at()))).to.equal('unreachable');
    answer = (_request, response) => response.writeHead(307, { location: '/again' }).end();
    expect(await failure(get(at()))).to.equal('too-many-redirects');
  });

  it('follows a redirect that is as good as the first URL, and none where none is wanted', async () => {
    answer = (request, response) =>
      request.url === '/' ? response.writeHead(302, { location: `https://other.example:${port}/b` }).end() : response.end('there');
    expect((await get(at())).body.toString()).to.equal('there');
    const plain = await createGuardedFetch(allowed)({ url: at(), limits: { ...limits, redirects: 0 } });
    expect(plain.status).to.equal(302);
  });

  it('ends with too many bytes, said or not', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': '20000' }).write('a');
    expect(await failure(get(at()))).to.equal('too-large');
    answer = (_request, response) => {
      const more = (): boolean => response.write('a'.repeat(5_000), () => void (response.destroyed || more()));
      more();
    };
    expect(await failure(get(at()))).to.equal('too-large');
  });

  it('unpacks nothing', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a'.repeat(100_000)));
    expect(await failure(get(at()))).to.equal('encoded');
  });

  it('ends in time with a server that says little, one that says nothing, and a name that is never answered', async () => {
    const fetch = createGuardedFetch(allowed);
    const short = { ...limits, milliseconds: 100 };
    answer = (_request, response) => void response.writeHead(200).write('a');
    expect(await failure(fetch({ url: at(), limits: short }))).to.equal('too-slow');
    answer = () => undefined;
    expect(await failure(fetch({ url: at(), limits: short }))).to.equal('too-slow');
    const never = createGuardedFetch({ ...allowed, resolve: () => new Promise(() => undefined) });
    expect(await failure(never({ url: at(), limits: short }))).to.equal('too-slow');
  });

  it('trusts no certificate of another name, and takes no http, no user and no name without an address', async () => {
    expect(await failure(get(`https://wrong.example:${port}/`))).to.equal('unreachable');
    expect(await failure(get(`http://logo.example:${port}/`))).to.equal('not-https');
    expect(await failure(get(`https://user:password@logo.example:${port}/`))).to.equal('not-https');
    expect(await failure(get(at(), { ...allowed, resolve: async () => [] }))).to.equal('unresolved');
    expect(await failure(get(at(), { ...allowed, resolve: () => Promise.reject(new Error('no such name')) }))).to.equal('unresolved');
  });

  it('speaks http where that is wanted, into networks that are allowed alone', async () => {
    const plain = createPlainServer((_request, response) => response.end('plain'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const wanted = { url: `http://logo.example:${(plain.address() as AddressInfo).port}/`, limits };
    expect((await createGuardedFetch(allowed)({ ...wanted, mayBePlain: true })).body.toString()).to.equal('plain');
    expect(await failure(createGuardedFetch(allowed)(wanted))).to.equal('not-https');
    for (const address of ['127.0.0.1', '8.8.8.8']) {
      const fetch = createGuardedFetch({ resolve: async () => [{ address, family: 4 }] });
      expect(await failure(fetch({ ...wanted, mayBePlain: true })), address).to.equal('address-not-allowed');
    }
    plain.close();
  });
});
