import { join } from 'node:path';
import { loadDevIssuer } from '../api/authentication/dev-issuer.ts';
import { type StartOptions, startTenet, type Tenet } from '../api/main.ts';
import type { Gateway } from '../apps/gateway/main.ts';
import type { Applications } from '../apps/main.ts';
import type { Controllers } from '../controllers/main.ts';
import { mailLimitsOf } from '../core/access/invitation-budgets.ts';
import { type Config, readConfig } from '../core/base/config.ts';
import { stopOnSignal } from './stop.ts';

/** Runs the server until SIGINT or SIGTERM, also while it is starting; a second signal ends it at once. */
export async function serve(flags: Flags = {}): Promise<void> {
  const config = readConfig(environmentWith(flags));
  const say = (line: string): void => console.error(line);
  const running = start(config, say);
  stopOnSignal(running, say);
  await running;
}

/** Starts everything and returns how to stop it. */
async function start(config: Config, say: (line: string) => void): Promise<() => Promise<void>> {
  const controllers: Controllers[] = [];
  const { TENET_KUBECONFIG: kubeconfig, TENET_MANIFESTS: directory } = config;
  if (kubeconfig ?? directory) await (await import('../controllers/main.ts')).checkNamed({ kubeconfig, directory });
  let applications: Applications | undefined;
  const checks = () => controllers.map((one) => one.check());
  const instanceLogs: StartOptions['instanceLogs'] = async (...asked) => (await applications?.logs(...asked)) ?? [];
  const tenet = await startTenet(config, { say, checks, ...(config.TENET_APPS_DRIVER !== 'off' && { instanceLogs }) });
  say(
    `Tenet is ready after ${(performance.now() / 1000).toFixed(1)} s at ${tenet.url} (documentation ${tenet.url}/docs, metrics ${tenet.metricsUrl})`,
  );
  if (config.issuers.length === 0) await greet(tenet.url, config.TENET_DATA_DIR, say);
  let gateway: Gateway | undefined;
  const stop = async (): Promise<void> => {
    await gateway?.stop();
    for (const one of controllers) await one.stop();
    await applications?.stop();
    await tenet.stop();
  };
  try {
    gateway = await startAppsGateway(tenet, config, say);
    // What runs programs is loaded where it is asked for alone.
    if (config.TENET_APPS_DRIVER !== 'off') applications = (await import('../apps/main.ts')).startApplications(config, tenet);
    await startControllers(tenet, config, say, controllers);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** The first request of somebody who has just started it, ready to be pasted. */
async function greet(url: string, dataDir: string, say: (line: string) => void): Promise<void> {
  const issuer = await loadDevIssuer(dataDir);
  const token = await issuer.sign({ subject: 'alice@example.com', email: 'alice@example.com', name: 'Alice' });
  say('');
  say('No identity provider is configured, so a local one signs tokens for this machine. Try:');
  say('');
  say(`  export TOKEN=${token}`);
  say(`  curl -s ${url}/v1/organizations -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"Example"}'`);
  say('');
  // The command finds the issuer's key by this directory, whatever the other shell says.
  const elsewhere = process.env['TENET_DATA_DIR'] ? `TENET_DATA_DIR='${dataDir}' ` : '';
  say(`Another token: ${elsewhere}npx tenet dev token --email bob@example.com`);
}

interface Flags {
  readonly kubeconfig?: string;
  readonly manifests?: string;
  readonly prune?: boolean;
}

/** Flags are variables that are said on the command line. */
function environmentWith({ kubeconfig, manifests, prune }: Flags): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...(kubeconfig && { TENET_KUBECONFIG: kubeconfig }),
    ...(manifests && { TENET_MANIFESTS: manifests }),
    ...(prune && { TENET_MANIFESTS_PRUNE: 'true' }),
  };
}

/** The way in to installed applications, where there is a port for it. */
async function startAppsGateway(tenet: Tenet, config: Config, say: (line: string) => void): Promise<Gateway | undefined> {
  if (config.TENET_APPS_GATEWAY_PORT === undefined) return undefined;
  const { startConfiguredGateway } = await import('../apps/gateway/main.ts');
  const gateway = await startConfiguredGateway(tenet, config);
  say(`Applications: opened at ${gateway.url}.`);
  return gateway;
}

/** The second door: manifests of a cluster and of a directory, where there are any. What has started is in `started`, also when the rest fails. */
async function startControllers(tenet: Tenet, config: Config, say: (line: string) => void, started: Controllers[]): Promise<void> {
  const { startDirectoryControllers, startKubernetesControllers } = await import('../controllers/main.ts');
  const { database, databaseUrl, policies, keyring, log, metrics, reviewer, planner } = tenet;
  const options = {
    database,
    policies,
    keyring,
    mails: mailLimitsOf(config),
    defaultBlueprint: config.TENET_DEFAULT_BLUEPRINT,
    appsDriver: config.TENET_APPS_DRIVER,
    log,
    registry: metrics.registry,
    say,
  };
  const { TENET_KUBECONFIG: kubeconfig, TENET_MANIFESTS: directory, TENET_MANIFESTS_PRUNE: prune, TENET_DATA_DIR: dataDir } = config;
  const namespace = config.TENET_POLICY_NAMESPACE;
  const policyRevisions = namespace === undefined ? undefined : { namespace, reviewer, planner, keys: config.policyKeys };
  const kubernetes = await startKubernetesControllers({ ...options, kubeconfig, policyRevisions });
  if (kubernetes) started.push(kubernetes);
  if (!directory) return;
  const statusDirectory = join(dataDir, 'status');
  started.push(await startDirectoryControllers({ ...options, directory, statusDirectory, databaseUrl, prune }));
}
