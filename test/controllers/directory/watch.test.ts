import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { KubeClient } from '../../../controllers/kube/client.ts';
import type { KubeObject } from '../../../controllers/resources/resource.ts';
import { widgetType } from '../../helpers/widgets.ts';

describe('a watch', () => {
  it('puts together a character that two pieces share, wherever they are cut', async () => {
    const name = 'Jörg \u2028 🏢';
    const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`);
    const server = createServer(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of line) {
        response.write(Buffer.from([byte]));
        await wait(1);
      }
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: undefined,
      authorize: async () => ({ headers: {}, dispatcher: undefined }),
      close: async () => undefined,
    };
    const client = new KubeClient(connection, { fieldManager: 'test' });
    const seen: string[] = [];
    const options = { resourceVersion: '1', timeoutSeconds: 5, idleMs: 5_000, signal: new AbortController().signal };
    for await (const { object } of client.watch<KubeObject>(widgetType('cut'), options)) seen.push(object.metadata.name);
    server.close();
    expect(seen).to.deep.equal([name]);
  });
});
