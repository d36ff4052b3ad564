import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Applications, startApplications } from '../../apps/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { createLog } from '../../core/base/log.ts';
import { signInPublisher } from './apps.ts';
import { foundOrganization } from './people.ts';
import { type Caller, startTenet, type TestTenet } from './tenet.ts';

/** A server whose applications are programs of this machine, and an organization that installs them. */
export interface Workspace {
  readonly tenet: TestTenet;
  /** An operator who publishes applications. */
  readonly publisher: Caller;
  /** The administrator of the organization. */
  readonly admin: Caller;
  readonly organizationId: string;
  /** Where the data of the programs lies. */
  readonly directory: string;
  /** Begins to run what is installed. */
  run(options?: { silentMs?: number }): Applications;
  stop(): Promise<void>;
}

export async function startWorkspace(environment: Record<string, string> = {}): Promise<Workspace> {
  const tenet = await startTenet({ TENET_APPS_DRIVER: 'process', ...environment });
  const directory = mkdtempSync(join(tmpdir(), 'tenet-apps-'));
  const config = readConfig({ TENET_APPS_DRIVER: 'process', TENET_APPS_DIRECTORY: directory });
  const publisher = await signInPublisher(tenet);
  const admin = await tenet.as('admin@example.com');
  return {
    ...{ tenet, publisher, admin, directory },
    organizationId: await foundOrganization(admin, 'Acme', 'app-workspace'),
    run: (options) =>
      startApplications(config, { ...tenet, ...options, log: createLog(process.env['TENET_TEST_LOG'] ?? 'silent'), everyMs: 500 }),
    async stop() {
      await tenet.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
