import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Unavailable } from '../../core/base/errors.ts';

/** Whether the client of an access has gone. */
export interface Gone {
  /** Throws Unavailable when it has. */
  check(): void;
  /** Aborts when it goes. Most accesses never wait, so it is made for those that do. */
  signal(): AbortSignal;
}

/** Watches the stream to a client. */
export function watchGone(stream: ServerResponse | Socket): Gone {
  let controller: AbortController | undefined;
  let hasGone = false;
  stream.once('close', () => {
    hasGone = true;
    controller?.abort(clientGone());
  });
  return {
    check() {
      if (hasGone) throw clientGone();
    },
    signal() {
      controller ??= new AbortController();
      if (hasGone) controller.abort(clientGone());
      return controller.signal;
    },
  };
}

function clientGone(): Unavailable {
  return new Unavailable('The caller has gone.');
}
