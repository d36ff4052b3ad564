import { createSocket, type Socket } from 'node:dgram';
import { expect } from 'chai';
import { resolveName } from '../../../core/delivery/resolve-name.ts';

describe('the resolving of a name that a tenant has named', () => {
  let socket: Socket;
  let servers: string[];
  let asked: number;
  /** The code of a DNS response, or none where nothing is answered. */
  let code: number | undefined;

  before(async () => {
    socket = createSocket('udp4', (query, from) => {
      asked++;
      if (code === undefined) return;
      const answer = Buffer.from(query);
      answer.writeUInt16BE(0x8180 | code, 2);
      socket.send(answer, from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    servers = [`127.0.0.1:${socket.address().port}`];
  });
  after(() => socket.close());
  beforeEach(() => {
    asked = 0;
    code = undefined;
  });

  it('keeps back nobody with names that are never answered, and ends with its signal', async () => {
    const ending = Array.from({ length: 20 }, () => new AbortController());
    const hanging = ending.map(({ signal }, index) =>
      resolveName(`hanging-${index}.example`, signal, servers).catch((error: { code: string }) => error.code),
    );
    const found = await resolveName('localhost', new AbortController().signal, servers);
    expect(found.every(({ address }) => ['127.0.0.1', '::1'].includes(address))).to.equal(true);
    expect(found).to.not.have.length(0);
    for (const one of ending) one.abort();
    expect(new Set(await Promise.all(hanging))).to.deep.equal(new Set(['ECANCELLED']));
  });

  it('asks the machine for a name that DNS does not know, but not after a server that failed', async () => {
    const { signal } = new AbortController();
    const failure = (name: string) => resolveName(name, signal, servers).catch((error: { syscall: string }) => error.syscall);
    code = 3;
    expect(await failure('nobody.invalid')).to.equal('getaddrinfo');
    code = 2;
    expect(await failure('nobody.invalid')).to.match(/^query/);
    expect(asked).to.be.greaterThan(1);
  });
});
