import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which anything can be sent, also what is not HTTP. */
export interface RawConnection {
  readonly socket: Socket;
  send(text: string | Buffer): void;
  /** The next answer; undefined when the connection is closed instead. `bodyless` for the answer to HEAD. */
  reply(options?: { bodyless?: boolean }): Promise<RawReply | undefined>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
}

/** Opens a connection to the server of this URL. */
export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  let over = false;
  let wake = (): void => undefined;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) =>
    socket.on('close', () => {
      over = true;
      wake();
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));

  function take(bodyless: boolean): RawReply | undefined {
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = bodyless ? 0 : Number(headers['content-length'] ?? 0);
    if (received.length < end + 4 + length) return undefined;
    const body = received.subarray(end + 4, end + 4 + length).toString();
    received = received.subarray(end + 4 + length);
    return { status: Number(first.split(' ')[1]), headers, body };
  }

  return {
    socket,
    closed,
    send: (text) => void socket.write(text),
    async reply({ bodyless = false } = {}) {
      for (;;) {
        const reply = take(bodyless);
        if (reply || over) return reply;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
