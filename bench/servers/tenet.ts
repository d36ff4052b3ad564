import { startTenet } from '../../api/main.ts';
import { startDirectoryControllers } from '../../controllers/main.ts';
import { mailLimitsOf } from '../../core/access/invitation-budgets.ts';
import { readConfig } from '../../core/base/config.ts';
import { report } from './child.ts';

/** The server as its environment configures it, with the manifests of a directory where there is one; no cluster is looked for. */
const config = readConfig(process.env);
const { url, database, databaseUrl, policies, keyring, log, metrics } = await startTenet(config);
if (config.TENET_MANIFESTS !== undefined) {
  await startDirectoryControllers({
    ...{
      database,
      databaseUrl,
      policies,
      keyring,
      mails: mailLimitsOf(config),
      appsDriver: config.TENET_APPS_DRIVER,
      defaultBlueprint: config.TENET_DEFAULT_BLUEPRINT,
      log,
      registry: metrics.registry,
      say: () => undefined,
    },
    directory: config.TENET_MANIFESTS,
    statusDirectory: `${config.TENET_DATA_DIR}/status`,
    prune: false,
  });
}
report(url);
