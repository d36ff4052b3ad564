import { report } from './child.ts';

/**
 * The server as its environment configures it, with the manifests of a directory where there is one; no cluster is looked for. It is the build, as
 * `npm start` runs it: for the sources, tsx adds a call for every function that is created during a request.
 */
const built = <Module>(source: string): Promise<Module> =>
  import(new URL(`../../dist/${source.replace(/ts$/, 'js')}`, import.meta.url).href) as Promise<Module>;
const { startTenet } = await built<typeof import('../../api/main.ts')>('api/main.ts');
const { startDirectoryControllers } = await built<typeof import('../../controllers/main.ts')>('controllers/main.ts');
const { mailLimitsOf } = await built<typeof import('../../core/access/invitation-budgets.ts')>('core/access/invitation-budgets.ts');
const { readConfig } = await built<typeof import('../../core/base/config.ts')>('core/base/config.ts');
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
