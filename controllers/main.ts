import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { MailLimits } from '../core/access/invitation-budgets.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { InvalidInput, Unavailable } from '../core/base/errors.ts';
import type { HealthCheck } from '../core/base/health.ts';
import type { Keyring } from '../core/base/keyring.ts';
import type { Database } from '../core/database/database.ts';
import { beginTerm, type ManifestContext, StaleLeader } from '../core/manifests/apply.ts';
import type { PolicyServices } from '../core/manifests/policy-revision.ts';
import { type LockOptions, leadDirectory, lockElector } from './directory/lock.ts';
import { createParser } from './directory/parser.ts';
import { findManifests, nameOfDirectory, reasonOf, refuseInside } from './directory/read.ts';
import { type DirectorySourceOptions, directorySource } from './directory/source.ts';
import { createJudge } from './directory/validate.ts';
import { inspect } from './directory/validated-directory.ts';
import { KubeClient } from './kube/client.ts';
import { openConnection } from './kube/connection.ts';
import { KubeError } from './kube/errors.ts';
import { type ElectorOptions, LeaderElector } from './kube/leader.ts';
import { kubeSource } from './kube/source.ts';
import { clusterCheck, directoryCheck } from './readiness.ts';
import { organizationReconciler } from './reconcilers/organization.ts';
import type { ConfigMap, ReadConfigMap } from './reconcilers/policy-files.ts';
import { type PolicyNamespace, policyRevisionReconciler } from './reconcilers/policy-revision.ts';
import { projectReconciler } from './reconcilers/project.ts';
import type { Secret, Secrets } from './reconcilers/secrets.ts';
import type { KubeObject } from './resources/resource.ts';
import {
  configMapType,
  namespaceType,
  organizationType,
  type ProjectObject,
  policyRevisionType,
  projectType,
  secretType,
} from './resources/types.ts';
import type { Leadership } from './runtime/leadership.ts';
import type { Log } from './runtime/log.ts';
import { type Elector, runManager } from './runtime/manager.ts';
import { createMetrics } from './runtime/metrics.ts';
import type { Reconciler } from './runtime/reconciler.ts';
import type { Source } from './runtime/source.ts';

/** What the controllers work with. */
export interface ControllersOptions {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  /** What the mails of invitations are counted against; no inviter is, for manifests have none. */
  readonly mails: MailLimits;
  /** The kind of an organization whose manifest names none. */
  readonly defaultBlueprint?: string | undefined;
  readonly appsDriver: ManifestContext['appsDriver'];
  readonly log: Log;
  readonly registry: Registry;
  /** A kubeconfig file that must work; `none` asks for no cluster; without it the usual places are tried. */
  readonly kubeconfig?: string | undefined;
  readonly say: (line: string) => void;
  /** The namespace whose PolicyRevisions count, and what brings them into force. Without it this kind is not followed. */
  readonly policyRevisions?: PolicyRevisionOptions | undefined;
  readonly resyncMs?: number;
  /** Milliseconds until Secrets that manifests name are looked at again. */
  readonly secretsMs?: number;
  /** How long a leader that says nothing is still taken for one. */
  readonly lease?: Pick<ElectorOptions, 'leaseMs' | 'renewMs' | 'retryMs'>;
}

/** Where PolicyRevisions count, and what looks at them. */
export type PolicyRevisionOptions = Pick<PolicyNamespace, 'namespace'> & Pick<PolicyServices, 'reviewer' | 'planner' | 'keys'>;

/** Controllers at work. */
export interface Controllers {
  /** What readiness says of them. */
  check(): HealthCheck;
  /** Lets running passes end and gives the lease back. */
  stop(): Promise<void>;
}

/** Indexes by which reconcilers find objects of other types. */
export const projectIndexers = {
  organization: (object: KubeObject) => [(object as ProjectObject).spec?.organizationRef.name ?? ''],
  namespace: (object: KubeObject) => [object.metadata.namespace ?? ''],
};

/** Throws InvalidInput for a named kubeconfig or directory that cannot be used, before anything is started for it. */
export async function checkNamed({
  kubeconfig,
  directory,
}: {
  kubeconfig?: string | undefined;
  directory?: string | undefined;
}): Promise<void> {
  if (kubeconfig !== undefined && kubeconfig !== 'none') {
    await readFile(kubeconfig).catch((cause: NodeJS.ErrnoException) => {
      throw new InvalidInput(
        `The kubeconfig ${kubeconfig} cannot be read: ${reasonOf(cause)}. Correct --kubeconfig or TENET_KUBECONFIG.`,
        [],
        {
          cause,
        },
      );
    });
    await (await openConnection(kubeconfig)).close();
  }
  if (directory !== undefined) await findManifests(directory);
}

/** Starts the controllers on the cluster of a kubeconfig, and says in one line whether it did. Throws Unavailable when a named one does not answer. */
export async function startKubernetesControllers(options: ControllersOptions): Promise<Controllers | undefined> {
  const { kubeconfig, say, log, registry } = options;
  const named = kubeconfig !== undefined && kubeconfig !== 'none';
  if (kubeconfig === 'none' || (!named && !hasDefaultKubeconfig())) {
    say('Kubernetes: no kubeconfig, so no manifests of a cluster are reconciled.');
    return undefined;
  }
  const connection = await openConnection(kubeconfig);
  const metrics = createMetrics(registry);
  const onCall = (method: string, code: string): void => metrics.requests.inc({ method, code });
  const client = new KubeClient(connection, { fieldManager: 'tenet-controller', onCall });
  const found = await lookAt(client);
  if (found !== 'installed' && !(named && found === 'not-installed')) {
    await connection.close();
    const why =
      found === 'not-installed' ? 'has no Tenet CRDs (npx tenet crds | kubectl apply --server-side -f -)' : `does not answer (${found})`;
    if (named) throw new Unavailable(`The cluster of ${kubeconfig} ${why}.`);
    say(`Kubernetes: the cluster of the kubeconfig ${why}, so no manifests are reconciled.`);
    return undefined;
  }
  const namespace = connection.namespace ?? 'default';
  const elector = new LeaderElector({ client, namespace, name: 'tenet-controller', log, metrics, ...options.lease });
  const source = kubeSource({
    client,
    controller: 'tenet.dev/controller',
    instance: elector.identity,
    followed: [
      { type: organizationType },
      { type: projectType, indexers: projectIndexers },
      { type: namespaceType },
      ...(options.policyRevisions ? [{ type: policyRevisionType }] : []),
    ],
    log,
    metrics,
  });
  say(
    `Kubernetes: reconciling Organizations and Projects of ${connection.server}${found === 'installed' ? '' : ' as soon as its CRDs are there'}.`,
  );
  const office: Office = {};
  const cluster = (): string => {
    const uid = source.get(namespaceType, 'kube-system')?.metadata.uid;
    if (uid === undefined) throw new Unavailable('The namespace kube-system, whose uid names the cluster, is not seen.');
    return uid;
  };
  const context = terms(options, { source: 'kubernetes', cluster }, office);
  const more = ofPolicies(options, client, source, context);
  const stop = run(options, source, inOffice(elector, office), context, metrics, { more, secrets: secretsOf(client, options) });
  return {
    check: () => clusterCheck(source, office.leads === true),
    async stop() {
      await stop();
      await connection.close();
    },
  };
}

/** What following a directory needs besides. */
export interface DirectoryOptions extends Omit<ControllersOptions, 'kubeconfig'> {
  /** The folder of manifests. */
  readonly directory: string;
  /** Where the status of each object is written. */
  readonly statusDirectory: string;
  /** For a lock on a connection of its own. */
  readonly databaseUrl: string;
  /** Carry out the deletionPolicy of manifests that leave the directory. */
  readonly prune: boolean;
  /** Other times than the defaults, in milliseconds. */
  readonly times?: Pick<DirectorySourceOptions, 'debounceMs' | 'rescanMs' | 'graceMs'> & Pick<LockOptions, 'retryMs'>;
}

/**
 * Starts the controllers on a directory of manifests, and says what it found there. Throws InvalidInput when there is no such
 * directory or it is empty; a file that is wrong is said, and keeps nothing else from working.
 */
export async function startDirectoryControllers(options: DirectoryOptions): Promise<Controllers> {
  const { directory, statusDirectory, databaseUrl, prune, times, log, registry, say } = options;
  const judge = createJudge();
  const parser = createParser();
  const { found, refused } = await inspect(directory, judge, parser);
  const root = await nameOfDirectory(directory);
  refuseInside(root, statusDirectory);
  const metrics = createMetrics(registry);
  const name = `directory:${root}`;
  const office: Office = {};
  const context = terms(options, { source: name, cluster: () => name }, office);
  const followed = [{ type: organizationType }, { type: projectType, indexers: projectIndexers }];
  const source = directorySource({ directory, statusDirectory, judge, parser, followed, context, prune, log, metrics, ...times });
  const lock = lockElector({ databaseUrl, name, log, metrics, ...times });
  const candidate = inOffice(lock, office);
  const elector: Elector = { run: (lead, stop) => candidate.run((leadership) => leadDirectory(source, leadership, lead), stop) };
  for (const problem of refused.flatMap(({ problems }) => problems)) say(`Manifests: refused: ${problem}`);
  say(`Manifests: reconciling the ${found.length} Organizations and Projects of ${root}; their status is in ${statusDirectory}.`);
  const stop = run(options, source, elector, context, metrics, { prefix: 'directory_' });
  return {
    check: () => directoryCheck(lock.state(), source.seen()),
    async stop() {
      await stop();
      await parser.stop();
    },
  };
}

/** Runs the reconcilers over a source; the result ends them. */
export function run(
  options: ControllersOptions,
  source: Source,
  elector: Elector,
  context: Terms,
  metrics: ReturnType<typeof createMetrics>,
  { prefix = '', more = [], secrets }: { readonly prefix?: string; readonly more?: readonly Reconciler[]; readonly secrets?: Secrets } = {},
): () => Promise<void> {
  const ending = new AbortController();
  const reconcilers = [
    organizationReconciler(source, context),
    projectReconciler(source, context, secrets),
    ...more,
  ] as unknown as Reconciler[];
  const controller = { workers: 8, ...(options.resyncMs === undefined ? { resyncMs: 600_000 } : { resyncMs: options.resyncMs }) };
  const running = runManager({ source, elector, reconcilers, prefix, log: options.log, metrics, controller }, ending.signal);
  running.catch((err: unknown) => options.log.error({ err }, 'the controllers ended'));
  return async () => {
    ending.abort();
    await running.catch(() => undefined);
  };
}

/** The reconciler of PolicyRevisions, where a namespace of them is named. ConfigMaps are read one by one: no others than those that manifests name. */
function ofPolicies({ policyRevisions, say }: ControllersOptions, client: KubeClient, source: Source, context: Terms): Reconciler[] {
  if (!policyRevisions) return [];
  const { namespace, ...services } = policyRevisions;
  const readConfigMap: ReadConfigMap = (where, name, signal) =>
    client.get<ConfigMap>(configMapType, `${where}/${name}`, { signal, timeoutMs: 10_000 }).catch((error: unknown) => {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    });
  say(`Kubernetes: PolicyRevisions of the namespace ${namespace} say what is in force.`);
  return [policyRevisionReconciler(source, context, { namespace, readConfigMap }, services) as unknown as Reconciler];
}

/** Secrets are read one by one: no others than those that manifests name, where their namespaces let the controller. */
function secretsOf(client: KubeClient, { secretsMs = 60_000 }: ControllersOptions): Secrets {
  return {
    lookAgain: secretsMs,
    read: (where, name, signal) =>
      client.get<Secret>(secretType, `${where}/${name}`, { signal, timeoutMs: 10_000 }).catch((error: unknown) => {
        if (error instanceof KubeError && error.status === 404) return 'missing' as const;
        if (error instanceof KubeError && error.status === 403) return 'forbidden' as const;
        throw error;
      }),
  };
}

type Terms = (fence: number) => Promise<ManifestContext>;

/** The office that this process holds or held last. */
interface Office {
  leadership?: Leadership;
  /** Whether it holds it now. */
  leads?: boolean;
}

/** Notes who is elected, before they begin to work. */
const inOffice = (elector: Elector, office: Office): Elector => ({
  run: (lead, stop) =>
    elector.run(async (leadership) => {
      Object.assign(office, { leadership, leads: true });
      try {
        await lead(leadership);
      } finally {
        office.leads = false;
      }
    }, stop),
});

/**
 * The context of the present term. A process that is elected begins a term in the database with its first pass, which shuts out
 * the leader before, however long it slept. When it is shut out itself, the next pass of a true leader begins another one; a
 * process that has lost its office meanwhile must not, or it would shut out its successor.
 */
function terms(
  options: ControllersOptions,
  { source, cluster }: { readonly source: string; readonly cluster: () => string },
  office: Readonly<Office>,
): Terms {
  const { database, policies, keyring, defaultBlueprint, appsDriver } = options;
  const mails: MailLimits = { ...options.mails, perInviter: undefined, resendCooldown: 0 };
  let present: { fence: number; term: Promise<number> } | undefined;
  const forget = (): void => {
    present = undefined;
  };
  const guarded: Database = {
    ...database,
    write: (scope, work) =>
      database.write(scope, work).catch((error: unknown) => {
        if (error instanceof StaleLeader) forget();
        throw error;
      }),
  };
  return async (fence) => {
    if (present?.fence !== fence) {
      if (office.leadership?.fence !== fence) throw new StaleLeader();
      office.leadership.check();
      present = { fence, term: beginTerm(database, source) };
    }
    const { term } = present;
    try {
      const fixed = { database: guarded, policies, keyring, mails, defaultBlueprint, appsDriver };
      return { ...fixed, fence: { source, term: await term }, cluster: cluster() };
    } catch (error) {
      forget();
      throw error;
    }
  };
}

function hasDefaultKubeconfig(): boolean {
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST } = process.env;
  return Boolean(KUBECONFIG || KUBERNETES_SERVICE_HOST) || existsSync(join(homedir(), '.kube', 'config'));
}

/** Whether the cluster answers and knows our types; else a few words of why not. */
async function lookAt(client: KubeClient): Promise<'installed' | 'not-installed' | string> {
  try {
    await client.list(organizationType, { limit: 1, timeoutMs: 5_000, retries: 0 });
    return 'installed';
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return 'not-installed';
    return (error as Error).message.split('\n')[0]!.slice(0, 200);
  }
}
