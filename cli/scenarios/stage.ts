import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { startTenet } from '../../api/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { createLog } from '../../core/base/log.ts';
import type { Stage } from './scenario.ts';

/** Scenarios do in a second what people do in weeks. */
const roomy = {
  TENET_MAILS_PER_ADDRESS: '1000',
  TENET_ORGANIZATIONS_PER_USER: '1000',
  TENET_ORGANIZATIONS_PER_DAY: '1000',
};

/**
 * Starts a server with a database of its own in a temporary folder, and these policies in force; nothing of the configuration counts for it. The
 * folder is gone when `work` ends.
 */
export async function onStage<T>(directory: string, say: (line: string) => void, work: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tenet-scenarios-'));
  try {
    const config = readConfig({
      TENET_DATA_DIR: folder,
      TENET_POLICIES: resolve(directory),
      TENET_PORT: '0',
      TENET_METRICS_PORT: '0',
      TENET_LOG_LEVEL: 'silent',
      ...roomy,
    });
    say('Starting a server with a database of its own, for the scenarios ...');
    const tenet = await startTenet(config, { log: createLog('silent'), say: () => undefined });
    try {
      const issuer = await loadDevIssuer(folder);
      return await work({ url: tenet.url, tokenOf: (email) => issuer.sign({ subject: email, email }) });
    } finally {
      await tenet.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
