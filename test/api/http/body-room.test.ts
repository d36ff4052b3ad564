import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { BodyRoom } from '../../../api/http/body.ts';
import type { Reply } from '../../../api/http/message.ts';
import { createHttpServer } from '../../../api/http/server.ts';
import { createLog } from '../../../core/base/log.ts';
import { createMetrics } from '../../../core/base/metrics.ts';
import { eventually } from '../../helpers/eventually.ts';

const mebibyte = 1_048_576;

describe('the room for bodies', () => {
  let server: Server;
  let url: string;
  /** Requests whose bodies have arrived and that are not answered yet. */
  let held: (() => void)[];

  before(async () => {
    server = createHttpServer({
      route: {
        admit: async (request) => {
          request.logFields.subject = request.headers['x-caller'] as string;
          return mebibyte;
        },
        handle: async ({ bodyError }) => {
          if (bodyError) throw bodyError;
          return new Promise<Reply>((resolve) => held.push(() => resolve({ status: 200, body: {} })));
        },
      },
      log: createLog('silent'),
      metrics: createMetrics(() => ({ total: 0, idle: 0, waiting: 0 })),
      problemBase: 'p/',
      fastRoutes: new Map([['/fast', { admit: () => 0, handle: () => ({ status: 200, body: {} }) }]]),
      connections: 200,
      corsOrigins: [],
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    held = [];
  });
  afterEach(() => {
    for (const answer of held) answer();
  });
  after(() => server.close());

  const large = Buffer.alloc(mebibyte, ' ');
  const send = (caller: string, body: Buffer) => fetch(url, { method: 'POST', headers: { 'x-caller': caller }, body });
  /** Has so many large bodies of the caller held. */
  async function hold(caller: string, number: number): Promise<Promise<Response>[]> {
    const wanted = held.length + number;
    const sent = Array.from({ length: number }, () => send(caller, large));
    await eventually(() => expect(held).to.have.length(wanted));
    return sent;
  }

  it('is taken until the request is answered, and not only while the body arrives', async () => {
    const sent = await hold('alice', 8);
    expect((await send('alice', large)).status).to.equal(503);
    held.pop()!();
    await Promise.race(sent);
    const [another] = await hold('alice', 1);
    for (const answer of held.splice(0)) answer();
    expect((await another!).status).to.equal(200);
  });

  it('is bounded for all callers together, and leaves some for those who have little', async () => {
    for (let caller = 0; caller < 8; caller += 1) await hold(`caller-${caller}`, 8);
    expect((await send('alice', large)).status).to.equal(503);
    expect((await send('caller-1', Buffer.from('{}'))).status).to.equal(503);
    const small = send('alice', Buffer.from('{}'));
    await eventually(() => expect(held).to.have.length(65));
    for (const answer of held.splice(0)) answer();
    expect((await small).status).to.equal(200);
  });

  it('has an end for those who have little, too', () => {
    const room = new BodyRoom({ inAll: 100, perCaller: 100, reserve: 20, small: 10 });
    expect(room.take('alice', 100)).to.equal(true);
    expect(room.take('bob', 11)).to.equal(false);
    expect(room.take('bob', 10)).to.equal(true);
    expect(room.take('carol', 10)).to.equal(true);
    expect(room.take('dave', 1)).to.equal(false);
    room.free('bob', 10);
    expect(room.take('dave', 10)).to.equal(true);
  });
});
