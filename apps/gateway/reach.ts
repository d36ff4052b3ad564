import { connect } from 'node:net';
import type { Address } from '../../core/apps/driver.ts';

const patience = 2_000;

/** Whether a program takes connections. Nothing is sent to it. */
export function reaches({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience });
    const end = (isReached: boolean) => () => {
      socket.destroy();
      resolve(isReached);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
