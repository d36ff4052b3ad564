import { serveFixtures } from './fixtures.ts';
import { startTestServer } from './postgres.ts';

let stop: (() => Promise<void>) | undefined;

/** Once per run, in mocha's main process; files that need a database ask test/helpers/postgres.ts for one. */
export async function mochaGlobalSetup(): Promise<void> {
  stop = await serveFixtures({ postgres: startTestServer });
}

/** Once per run, when the last file has ended. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stop?.();
}

function fail(reason: unknown): never {
  throw reason;
}

/**
 * A rejection that no test awaits fails the test that runs. Before each file, because a worker of mocha takes all listeners away after one;
 * nothing that files share may be ended here.
 */
export const mochaHooks = {
  beforeAll(): void {
    if (!process.listeners('unhandledRejection').includes(fail)) process.on('unhandledRejection', fail);
  },
};
