import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What one server holds for its clients at most (docs/limits.md). */
export interface ConnectionLimits {
  /** Open connections. Beyond it the one that has rested longest is closed. */
  readonly connections: number;
  /** Requests of one connection that wait for the answer before theirs. Beyond it the connection is closed. */
  readonly waiting: number;
  /** Requests of all connections that wait in this way. */
  readonly waitingInAll: number;
  /** Bytes of answers that clients have not taken yet. Beyond it the connection that has had one longest is closed. */
  readonly unreadBytes: number;
  /** Milliseconds in which a client takes an answer. */
  readonly unreadFor: number;
}

/** The bounds of a server; only the number of connections is for the operator to say. */
export const connectionLimits = { waiting: 64, waitingInAll: 4_096, unreadBytes: 67_108_864, unreadFor: 30_000 } as const;

/** Milliseconds and bytes for which a connection is still read behind its last answer: a client that is sending finds the answer then. */
const lingerFor = 2_000;
const lingerEvery = 100;
const lingerBytes = 4_194_304;

/** A request that came before the answer to the one ahead of it was taken. */
interface Waiting {
  readonly response: ServerResponse;
  readonly answer: () => void;
}

interface Connection {
  readonly socket: Socket;
  /** A request is being answered, or its answer is not taken yet. */
  isBusy: boolean;
  readonly waiting: Waiting[];
  unreadBytes: number;
  unreadSince: number;
  /** What happens when the answer under way has been taken. */
  readonly next: () => void;
}

/**
 * The connections of a server. Each has one request answered at a time: the next one begins when the client has taken the answer
 * before it, so that a client which sends and never reads costs no more than one answer.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #connections = new WeakMap<Socket, Connection>();
  /** Without a request, the one that has been so longest first. */
  readonly #resting = new Set<Socket>();
  /** With an answer that the client has not taken, the oldest first. */
  readonly #unread = new Set<Connection>();
  #open = 0;
  #waiting = 0;
  #unreadBytes = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Counts the connections of this server from now on. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
    const sweep = setInterval(() => this.#closeUnread(), Math.min(this.#limits.unreadFor, 5_000));
    sweep.unref();
    server.on('close', () => clearInterval(sweep));
  }

  /** Has the request of this response answered once its connection is free. */
  admit(message: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const { socket } = message;
    // Node hands over everything that it has read, also behind the request for which the connection was closed.
    if (socket.destroyed) {
      message.destroy();
      return;
    }
    const connection = this.#connections.get(socket);
    if (!connection) {
      answer();
      return;
    }
    if (connection.isBusy) {
      this.#wait(connection, { response, answer });
      return;
    }
    this.#resting.delete(connection.socket);
    this.#begin(connection, { response, answer });
  }

  /** Hears that an answer has been written, be it taken or not. */
  sent({ socket }: ServerResponse): void {
    if (!socket || socket.writableLength === 0) return;
    const connection = this.#connections.get(socket);
    if (!connection || connection.unreadBytes > 0) return;
    connection.unreadBytes = socket.writableLength;
    connection.unreadSince = performance.now();
    this.#unreadBytes += connection.unreadBytes;
    this.#unread.add(connection);
    for (const oldest of this.#unread) {
      if (this.#unreadBytes <= this.#limits.unreadBytes) break;
      this.#drop(oldest);
    }
  }

  /** Hears that the client has taken what was written so far of an answer that goes on. */
  taken({ socket }: ServerResponse): void {
    const connection = socket && this.#connections.get(socket);
    if (connection) this.#settle(connection);
  }

  #add(socket: Socket): void {
    if (this.#open >= this.#limits.connections) {
      const [longest] = this.#resting;
      if (!longest) {
        socket.destroy();
        return;
      }
      longest.destroy();
      this.#resting.delete(longest);
    }
    const connection: Connection = {
      socket,
      isBusy: false,
      waiting: [],
      unreadBytes: 0,
      unreadSince: 0,
      next: () => this.#next(connection),
    };
    this.#open += 1;
    this.#connections.set(socket, connection);
    this.#resting.add(socket);
    socket.once('close', () => this.#remove(connection));
  }

  #begin(connection: Connection, { response, answer }: Waiting): void {
    connection.isBusy = true;
    response.once('close', connection.next);
    answer();
  }

  #wait(connection: Connection, request: Waiting): void {
    if (connection.waiting.length >= this.#limits.waiting || this.#waiting >= this.#limits.waitingInAll) {
      connection.socket.destroy();
      // Else Node makes an error for each of them, with a stack: that costs more than reading them.
      for (const { response } of [request, ...connection.waiting]) response.req.destroy();
      return;
    }
    this.#waiting += 1;
    connection.waiting.push(request);
  }

  #next(connection: Connection): void {
    this.#settle(connection);
    connection.isBusy = false;
    const request = connection.waiting.shift();
    if (request) {
      this.#waiting -= 1;
      this.#begin(connection, request);
    } else if (!connection.socket.destroyed) this.#resting.add(connection.socket);
  }

  #settle(connection: Connection): void {
    if (connection.unreadBytes === 0) return;
    this.#unreadBytes -= connection.unreadBytes;
    connection.unreadBytes = 0;
    this.#unread.delete(connection);
  }

  #remove(connection: Connection): void {
    this.#open -= 1;
    this.#waiting -= connection.waiting.length;
    connection.waiting.length = 0;
    this.#settle(connection);
    this.#resting.delete(connection.socket);
  }

  #closeUnread(): void {
    const before = performance.now() - this.#limits.unreadFor;
    for (const connection of this.#unread) if (connection.unreadSince < before) this.#drop(connection);
  }

  #drop(connection: Connection): void {
    this.#settle(connection);
    connection.socket.destroy();
  }
}

/** Has the connection closed behind the answer under way, although its client may still be sending. */
export function closeBehind(socket: Socket): void {
  // Node calls it when the last answer has left; closing at once would throw away an answer that the client has not read yet.
  socket.destroySoon = () => linger(socket);
}

/** Says that nothing more will come, reads on for a moment, and closes. It is read in pieces, each socket at times of its own: of many that send much, all at once would keep the event loop reading. */
export function linger(socket: Socket): void {
  if (socket.writable) socket.end();
  const began = performance.now();
  const read = socket.bytesRead;
  socket.pause();
  const watch = setInterval(
    () => {
      if (performance.now() - began > lingerFor || socket.bytesRead - read > lingerBytes) socket.destroy();
      else {
        socket.resume();
        setImmediate(() => socket.pause());
      }
    },
    lingerEvery * (0.5 + Math.random()),
  );
  watch.unref();
  socket.once('close', () => clearInterval(watch));
}
