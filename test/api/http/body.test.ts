import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { BodyRoom, bodyLimits, parseBody, type ReadBody, readBody } from '../../../api/http/body.ts';

function incoming(headers: Record<string, string>): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

const reading = (message: IncomingMessage): Promise<ReadBody> =>
  new Promise((resolve, reject) => {
    readBody(message, { limit: 1_048_576, room: new BodyRoom(bodyLimits), caller: 'alice' }, resolve, reject);
  });

describe('the body of a request', () => {
  // The room that a piece takes is many times the size of a small one: whoever keeps pieces can be filled up by strangers.
  it('keeps the bytes of its pieces, and not the pieces', async () => {
    const message = incoming({ 'transfer-encoding': 'chunked' });
    const read = reading(message);
    const text = JSON.stringify({ name: 'a'.repeat(100_000) });
    const piece = Buffer.alloc(1);
    for (const letter of text) {
      piece.write(letter);
      message.emit('data', piece);
    }
    message.emit('end');
    expect((await read).bytes?.toString()).to.equal(text);
  });

  it('is read up to its limit, and not a byte further', async () => {
    const sent = async (size: number): Promise<string | undefined> => {
      const message = incoming({ 'transfer-encoding': 'chunked' });
      const read = reading(message);
      const text = Buffer.from(`"${'a'.repeat(size - 2)}"`);
      for (let at = 0; at < size; at += 65_536) message.emit('data', text.subarray(at, at + 65_536));
      message.emit('end');
      return (await read).bodyError?.code;
    };
    expect(await sent(1_048_576)).to.equal(undefined);
    expect(await sent(1_048_577)).to.equal('payload-too-large');
  });

  it('is parsed up to the limit of its operation', () => {
    const bytes = Buffer.from('{"a":1}');
    expect(parseBody(bytes, 7)).to.deep.equal({ a: 1 });
    expect(() => parseBody(bytes, 6))
      .to.throw()
      .with.property('code', 'payload-too-large');
  });
});
