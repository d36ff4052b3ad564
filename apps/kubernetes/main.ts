import { KubeClient } from '../../controllers/kube/client.ts';
import { openConnection } from '../../controllers/kube/connection.ts';
import type { Log } from '../../controllers/runtime/log.ts';
import type { StartedDriver } from '../../core/apps/driver.ts';
import type { Config } from '../../core/base/config.ts';
import { startKubernetesDriver } from './driver.ts';

/** Starts the driver on the cluster of TENET_KUBECONFIG, else of the usual places. Throws InvalidInput where none is named there. */
export async function startConfiguredKubernetesDriver(
  config: Pick<Config, 'TENET_KUBECONFIG' | 'TENET_APPS_NAMESPACE' | 'TENET_APPS_STORAGE'>,
  log: Log,
): Promise<StartedDriver> {
  const connection = await openConnection(config.TENET_KUBECONFIG);
  const client = new KubeClient(connection, { fieldManager: 'tenet' });
  const driver = startKubernetesDriver({
    client,
    namespace: config.TENET_APPS_NAMESPACE,
    storage: config.TENET_APPS_STORAGE,
    onError: (error) => log.warn({ error }, 'the cluster of the applications could not be watched'),
  });
  return {
    ...driver,
    async release() {
      await driver.release();
      await connection.close();
    },
  };
}
