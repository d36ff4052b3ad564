import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Route } from '../../../api/http/exchange.ts';
import { createHttpServer } from '../../../api/http/server.ts';
import { createLog } from '../../../core/base/log.ts';
import { createMetrics } from '../../../core/base/metrics.ts';

describe('an exchange', () => {
  let server: Server;
  let url: string;
  let handle: Route['handle'];
  let calls: number;
  let lines: string[];

  before(async () => {
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const metrics = createMetrics(() => ({ total: 0, idle: 0, waiting: 0 }));
    const count: Route['handle'] = (request) => {
      calls += 1;
      return handle(request);
    };
    server = createHttpServer({
      route: { admit: async () => 1_000, handle: async (request) => count(request) },
      log,
      metrics,
      problemBase: 'p/',
      fastRoutes: new Map([['/fast', { admit: () => 1_000, handle: count }]]),
      connections: 100,
      corsOrigins: [],
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    calls = 0;
    lines = [];
  });

  const endless: Record<string, unknown> = {};
  endless['itself'] = endless;
  const misbehaving: Record<string, () => unknown> = {
    'throws nothing': () => {
      throw undefined;
    },
    'throws null': () => {
      throw null;
    },
    'throws a word': () => {
      throw 'boom';
    },
    'throws what is frozen': () => {
      throw Object.freeze({});
    },
    'rejects with nothing': () => Promise.reject(undefined),
    'answers nothing': () => undefined,
    'answers null': () => null,
    'answers a number that JSON has not': () => ({ status: 200, body: { a: 1n } }),
    'answers what has no end': () => ({ status: 200, body: endless }),
    'answers a header of two lines': () => ({ status: 200, body: 1, headers: { 'x-a': 'a\nb' } }),
    'answers a status that HTTP has not': () => ({ status: 99_999, body: 1 }),
  };
  for (const [title, answer] of Object.entries(misbehaving)) {
    for (const path of ['/fast', '/slow']) {
      for (const body of ['', '{}']) {
        it(`has one answer and one line when the handler of ${path} ${title}, ${body ? 'with' : 'without'} a body`, async () => {
          handle = answer as Route['handle'];
          const response = await fetch(url + path, { method: 'POST', ...(body && { body }) });
          expect(response.status).to.equal(500);
          expect(await response.json()).to.include({ code: 'internal' });
          expect(calls).to.equal(1);
          expect(lines.filter((line) => line.includes('"msg":"request"'))).to.have.length(1);
        });
      }
    }
  }
});
