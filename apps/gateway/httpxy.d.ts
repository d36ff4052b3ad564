/** What the gateway uses of the library, and no more: its own types let in options that forward more than they say. */
declare module 'httpxy' {
  import type { EventEmitter } from 'node:events';
  import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
  import type { Socket } from 'node:net';
  import type { Readable } from 'node:stream';

  interface Options {
    readonly target?: { readonly protocol: 'http:'; readonly host: string; readonly port: number };
    readonly agent?: Agent | false;
    readonly buffer?: Readable;
    readonly xfwd?: false;
    readonly changeOrigin?: false;
    readonly followRedirects?: false;
    readonly proxyTimeout?: number;
    readonly upgradeTimeout?: number;
  }

  interface ProxyServer extends EventEmitter {
    web(message: IncomingMessage, response: ServerResponse, options: Options): Promise<void>;
    ws(message: IncomingMessage, socket: Socket, options: Options, head: Buffer): Promise<void>;
    on(event: 'proxyReq' | 'proxyReqWs', listener: (request: ClientRequest, message: IncomingMessage) => void): this;
    on(event: 'proxyRes', listener: (answer: IncomingMessage) => void): this;
  }

  export function createProxyServer(options: Options): ProxyServer;
}
