import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { reservePorts } from './ports.ts';

describe('ports for programs that must be told theirs', () => {
  it('are free, and are given to one caller at a time', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => reservePorts(3)));
    try {
      const numbers = all.flatMap((ports) => ports.numbers);
      expect(new Set(numbers).size).to.equal(150);
      for (const port of numbers) {
        const server = createServer().listen(port, '127.0.0.1');
        await once(server, 'listening');
        server.close();
      }
    } finally {
      for (const ports of all) ports.release();
    }
  });
});
