import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { isIPv4 } from 'node:net';
import { revokeLeakedKey } from '../core/access/api-keys.ts';
import { mailLimitsOf } from '../core/access/invitation-budgets.ts';
import { createKeyLookup } from '../core/access/key-lookup.ts';
import { createKeyRates } from '../core/access/key-rates.ts';
import { createKeyUsage } from '../core/access/key-usage.ts';
import { createMemberActivity, type MemberActivity } from '../core/access/member-activity.ts';
import { createPlanner, type Planner } from '../core/access-plans/planner.ts';
import { createShadow } from '../core/authorization/decisions/shadow.ts';
import { createSnapshotCache } from '../core/authorization/decisions/snapshot-cache.ts';
import type { Checker } from '../core/authorization/review/checker.ts';
import { createLivePolicies, type LivePolicies } from '../core/authorization/store/live-policies.ts';
import { startReplicaReports } from '../core/authorization/store/replicas.ts';
import type { Config } from '../core/base/config.ts';
import { FailedPrecondition } from '../core/base/errors.ts';
import type { HealthCheck } from '../core/base/health.ts';
import { type Keyring, keyringSource, loadKeyring } from '../core/base/keyring.ts';
import { createLog, type Log } from '../core/base/log.ts';
import { createMetrics, type Metrics } from '../core/base/metrics.ts';
import { packageRoot } from '../core/base/package-root.ts';
import { reasonOf } from '../core/base/reason.ts';
import { type Database, openDatabase } from '../core/database/database.ts';
import { checkEmailFolding } from '../core/database/email-folding.ts';
import { startListener } from '../core/database/listener.ts';
import { migrate } from '../core/database/migrate.ts';
import { checkSessions } from '../core/database/session.ts';
import { unboundUser } from '../core/database/user.ts';
import { checkKeyring } from '../core/delivery/encryption-keys.ts';
import { createGuardedFetch } from '../core/delivery/guarded-fetch.ts';
import { createMailer } from '../core/delivery/mail.ts';
import { readWording } from '../core/delivery/templates/words.ts';
import { startOutbox } from '../core/jobs/runner.ts';
import { provisionUser } from '../core/people/users.ts';
import { applyInitialPolicies, readChecked, unappliedPolicies } from '../core/policies/policies.ts';
import { createReplayer } from '../core/policies/replayer.ts';
import type { Reviewer } from '../core/policies/reviewer.ts';
import { createRolloutComparison, type RolloutComparison } from '../core/policies/rollout-comparison.ts';
import { demandSignedPolicies, signatureCheck } from '../core/policies/signatures.ts';
import { installationPseudonyms, sendSnapshot } from '../core/policy-snapshots/sending.ts';
import { createCompiledStores } from '../core/policy-stores/compiled-stores.ts';
import { createStoreCache } from '../core/policy-stores/store-cache.ts';
import { hasEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import { makeDataDirectory } from '../embedded-postgres/place.ts';
import { createAuthenticator } from './authentication/authenticate.ts';
import { loadDevIssuer } from './authentication/dev-issuer.ts';
import { type Authenticate, createPrincipalResolver } from './authentication/identify.ts';
import { createSigningKeys } from './authentication/signing-keys.ts';
import { createContract } from './contract/contract.ts';
import { heardBy, openDecisionLog, type ServerDecisionLog } from './decision-log.ts';
import { createDecisionRoutes } from './decision-routes.ts';
import { createDispatch } from './dispatch.ts';
import { createReference, type Page } from './docs/reference.ts';
import { createEvaluator } from './evaluation.ts';
import { createExportServices } from './export-services.ts';
import { close } from './http/close.ts';
import type { TenetRequest } from './http/message.ts';
import { createHttpServer } from './http/server.ts';
import { createTasks } from './jobs.ts';
import { checkPorts, listen, StartError } from './listening.ts';
import { createHandlers } from './operations/index.ts';
import { storeJudges } from './operations/policies/policy-store-revisions.ts';
import { storeRolloutJudges } from './operations/policies/policy-store-rollouts.ts';
import type { OnDecision, Services } from './operations/services.ts';
import { ownReview, storesOf } from './own-review.ts';
import { createPathAliases } from './path-aliases.ts';
import { checks, issuersCheck } from './readiness.ts';
import { pathFor } from './store-paths.ts';
import { createStoreRoutes } from './store-routes.ts';
import { createStoreWitnesses, type StoreWitnesses } from './store-witnesses.ts';
import { welcomeOf } from './welcome.ts';

/** A server that takes requests. */
export interface Tenet {
  readonly url: string;
  readonly metricsUrl: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  readonly reviewer: Reviewer;
  readonly planner: Planner;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly activity: MemberActivity;
  readonly storeComparison: StoreWitnesses['comparison'];
  /** Where decisions are kept. */
  readonly decisionLog?: ServerDecisionLog;
  readonly comparison: RolloutComparison;
  /** Who sends a request, for other ways in than the API. */
  readonly authenticate: Authenticate;
  readonly onDecision: OnDecision;
  /** Ends in order: not ready, no new requests, running ones to their end, jobs, database. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Progress for people. */
  readonly say?: (line: string) => void;
  readonly log?: Log;
  /** What readiness says of whatever else runs in this process. */
  readonly checks?: () => readonly HealthCheck[];
  /** The last lines of an installed application, where this process runs some. */
  readonly instanceLogs?: Services['instanceLogs'];
  /** What looks at policies for several servers of one process; its maker stops it. Else the server has its own. */
  readonly review?: { readonly checker: Pick<Checker, 'check'>; readonly reviewer: Reviewer };
  /** What checks policy stores and plans for them; its maker stops it. Else the server has its own. */
  readonly stores?: Pick<Services, 'storeChecker' | 'storePlanner'> | undefined;
}

const contractFile = new URL('openapi.yaml', packageRoot);
// A name such as 127.example.com only looks like loopback.
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** Starts everything that `config` asks for and resolves when it takes requests. Whatever fails, what was started before is stopped again. */
export async function startTenet(config: Config, options: StartOptions = {}): Promise<Tenet> {
  const {
    say = () => undefined,
    log = createLog(config.TENET_LOG_LEVEL, undefined, config.TENET_LOG_FORMAT, config.TENET_API_KEY_HEADERS),
  } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    while (stops.length > 0) await stops.pop()!();
  };
  try {
    // A database that begins with the policy files is not begun when they are wrong.
    let read: ReturnType<typeof readChecked> | undefined;
    const readFirstPolicies = () => (read ??= readChecked(config.TENET_POLICIES));
    if (!config.DATABASE_URL && !hasEmbeddedPostgres(config.TENET_DATA_DIR)) await readFirstPolicies();
    const authenticator = createAuthenticator({
      issuers: await trustedIssuers(config),
      onEvent(event) {
        if (event.type !== 'keys-refresh-failed') return;
        const { issuer, error, serving } = event;
        log.warn({ issuer, serving, reason: reasonOf(error) }, 'the keys of an issuer could not be read');
      },
    });
    await checkPorts(config);
    const databaseUrl = config.DATABASE_URL ?? (await embedded(config, say, stops));
    const { applied: migrations } = await migrate(databaseUrl, { beforeFirst: readFirstPolicies });
    if (migrations.length > 0) say(`Database schema brought up to date: ${[...new Set([migrations[0], migrations.at(-1)])].join(' to ')}`);

    const onError = (error: Error) => log.warn({ error }, 'database connection failed');
    const pooler = config.TENET_DATABASE_POOLER;
    if (config.DATABASE_URL) await checkSessions(databaseUrl, pooler);
    const database = openDatabase(databaseUrl, { size: config.TENET_DATABASE_POOL, onError, pooler });
    stops.push(() => database.close());
    // Requests may hold every connection of their pool while they wait for the policy that decides them, so it is loaded by others.
    const policyDatabase = openDatabase(databaseUrl, { size: 2, onError, pooler });
    stops.push(() => policyDatabase.close());
    const metrics = createMetrics(database.stats);
    const { checker, reviewer } = options.review ?? ownReview(stops);
    const planner = createPlanner(database, { url: databaseUrl, pooler });
    stops.push(() => planner.stop());
    const replayer = createReplayer({ url: databaseUrl, pooler });
    stops.push(() => replayer.stop());
    const policies = createLivePolicies(policyDatabase, {
      checker,
      checkSignature: signatureCheck(config.policyKeys),
      onRefused(message) {
        metrics.refusedPolicies.inc();
        log.error({ message }, 'policy revision refused, the last good one stays in force');
      },
    });
    await checkEmailFolding(database);
    const keyring = await loadKeyring(config);
    await checkKeyring(database, keyring, keyringSource(config));
    const applied = await applyInitialPolicies(database, config.TENET_POLICIES, readFirstPolicies, config.policyKeys);
    await demandSignedPolicies(database, config.policyKeys);
    for (const line of applied) say(line);
    const shadow = createShadow({ policies, share: config.TENET_SHADOW_SHARE, log, metrics });

    const storeWitnesses = createStoreWitnesses(
      { database: policyDatabase, share: config.TENET_SHADOW_SHARE, log, metrics, compiled: () => services.compiledStores },
      stops,
    );
    const decisionLog = openDecisionLog(config, { databaseUrl, onError, policies, log, metrics }, stops);

    const comparison = createRolloutComparison({ database: policyDatabase, policies, log, metrics });
    stops.push(() => comparison.stop());

    let draining = false;
    let reference: Page | undefined;
    let url = config.TENET_PUBLIC_URL ?? '';
    const keys = createKeyLookup(database, policies);
    const usage = createKeyUsage(database, (error) => log.warn({ error }, 'uses of API keys could not be written'));
    stops.push(() => usage.stop());
    const activity = createMemberActivity(database, (error) => log.warn({ error }, 'when members were last seen could not be written'));
    stops.push(() => activity.stop());
    const authenticate = createPrincipalResolver({
      authenticator,
      provision: (identity, request) => provisionUser(database, identity, request, welcomeOf(policies, config, keyring, request)),
      keys,
      rates: createKeyRates(database),
      usage,
      keyHeaders: config.TENET_API_KEY_HEADERS,
    });
    const cache = createSnapshotCache();
    const evaluator = createEvaluator({ database, policies, cache, healthy: () => listener.healthy() });
    const storeWork = storesOf(options, stops);
    const document = await readFile(contractFile, 'utf8');
    const pseudonyms = installationPseudonyms(keyring);
    const signingKeys = await createSigningKeys(keyring);
    const services: Services = {
      ...{ config, keyring, signingKeys, policies, reviewer, planner, replayer, ...storeWork },
      compiledStores: createCompiledStores(heardBy(storeWitnesses, decisionLog)),
      publicUrl: () => url,
      revokeLeaked: (leak) => revokeLeakedKey(database, leak),
      ...createExportServices({ database, policies, signingKeys, publicUrl: () => url }),
      instanceLogs: logsOf(options),
      pseudonyms,
      policySnapshot: () => sendSnapshot(database, pseudonyms),
      document: () => contract,
      onDecision: (...decided) => onDecision(...decided),
      bodyErrors: (operationId, body) => contract.bodyErrors(operationId, body),
      // Made when somebody first reads it: a start has no time for it.
      reference: () => (reference ??= createReference(JSON.parse(contract.json))),
      checks: async () => [...(await checks(database, policies, draining)), issuersCheck(authenticator), ...(options.checks?.() ?? [])],
    };
    const aliases = createPathAliases(config.TENET_PATH_ALIASES);
    const handlers = createHandlers(services);
    const onDecision: OnDecision = (decision, requestId, occasion) => {
      metrics.decided(decision.allowed);
      shadow.observe(decision);
      decisionLog?.note(decision, requestId, occasion);
      comparison.observe(decision);
    };
    const contract = await createContract({
      document,
      handlers,
      validateResponses: config.validateResponses,
      hooks: {
        onOperation: ({ operationId }, request) => {
          (request as TenetRequest).logFields.operationId = operationId;
        },
        expandPath: aliases.expand,
        async authenticate(request) {
          const principal = (request as TenetRequest).principal ?? (await authenticate(request as TenetRequest));
          request.path = aliases.fill(principal, pathFor(principal, request.path));
          return principal;
        },
        dispatch: createDispatch({
          database,
          policies,
          keyring,
          planner,
          handlers: handlers as never,
          judges: { ...storeJudges(services), ...storeRolloutJudges(services) },
          onDecision,
          onActivity: activity.note,
        }),
      },
    });
    const routing = {
      ...{ contract, authenticate, onDecision, validateResponses: config.validateResponses },
      consistency: config.TENET_DECISION_CONSISTENCY,
    };
    const stores = createStoreCache();
    const storeRoutes = createStoreRoutes({
      ...{ ...routing, database, policies, cache, stores, compiled: services.compiledStores },
      healthy: () => listener.healthy(),
      onActivity: activity.note,
    });
    const decisionRoutes = createDecisionRoutes({ ...routing, evaluator, storeRoutes });
    const forget = (): void => {
      cache.clear();
      stores.clear();
      keys.clear();
    };
    const reports = startReplicaReports({
      database: policyDatabase,
      policies,
      kids: keyring.kids,
      policyKids: config.policyKeys.map(({ kid }) => kid),
      forget,
      onError: (error) => log.warn({ error }, 'what this replica decides by could not be reported'),
    });
    stops.push(() => reports.stop());
    // After the contract is compiled: that keeps the process busy for longer than a connection waits on a slow machine.
    const listener = startListener({
      url: databaseUrl,
      channels: ['tenet_epoch', 'tenet_policy', 'tenet_store'],
      onNotification(channel, payload) {
        if (channel === 'tenet_policy') {
          forget();
          reports.changed();
          comparison.changed();
          return;
        }
        if (channel === 'tenet_store') {
          stores.changed(payload);
          return;
        }
        cache.changed(payload);
        keys.changed(payload);
      },
      onGap() {
        forget();
        comparison.changed();
      },
      onError: (error) => log.warn({ error }, 'listener lost its connection'),
    });
    stops.push(() => listener.stop());
    const server = createHttpServer({
      route: contract,
      log,
      metrics,
      problemBase: config.TENET_PUBLIC_URL ? `${config.TENET_PUBLIC_URL}/problems/` : 'https://tenet.dev/problems/',
      fastRoutes: { get: (path) => decisionRoutes.get(path) ?? storeRoutes.get(path) },
      connections: config.TENET_CONNECTIONS,
      corsOrigins: config.TENET_CORS_ORIGINS ?? [],
      corsHeaders: config.TENET_API_KEY_HEADERS,
      trustedProxies: config.TENET_TRUSTED_PROXIES,
    });
    const wording = readWording(config);
    const mailer = createMailer(config);
    stops.push(async () => mailer.close());
    const { TENET_DELETION_GRACE_DAYS: graceDays, TENET_DECISION_LOG_DAYS: logDays } = config;
    const fetch = createGuardedFetch({ allowed: config.TENET_FETCH_ALLOWED_NETWORKS });
    const webhooks = { mayBePlain: config.TENET_WEBHOOK_HTTP, retries: config.TENET_WEBHOOK_RETRIES };
    const mails = mailLimitsOf(config);
    const sending = { keyring, mailer, publicUrl: () => url, wording, mails };
    const tasks = createTasks({ database, policies, fetch, planner, ...sending, graceDays, logDays, webhooks });
    const outbox = await startOutbox({ url: databaseUrl, tasks, log, metrics, isAlone: !config.DATABASE_URL });
    stops.push(() => outbox.stop());
    const metricsUrl = await serveMetrics(config, metrics, stops);
    const address = await listen(server, config.TENET_HOST, config.TENET_PORT, 'TENET_PORT');
    stops.push(() => close(server));
    url ||= address;
    stops.push(async () => {
      draining = true;
    });
    // Not waited for: an identity provider may start after those who trust it.
    void authenticator.readKeys();
    if (applied.length === 0) comparePolicies(database, config.TENET_POLICIES, say, log);
    const unbound = config.DATABASE_URL && (await unboundUser(database));
    if (unbound) log.warn({ user: unbound }, unboundWarning);
    return {
      ...{ url: address, metricsUrl, database, databaseUrl, policies, keyring, reviewer, planner, metrics, log, activity, stop },
      storeComparison: storeWitnesses.comparison,
      ...(decisionLog && { decisionLog }),
      ...{ comparison, authenticate, onDecision },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const logsOf = ({ instanceLogs = noLogs }: StartOptions): Services['instanceLogs'] => instanceLogs;

async function noLogs(): Promise<never> {
  throw new FailedPrecondition('failed-precondition', 'This server runs no applications, so it has no logs of them.');
}

/** Off the way of the start: it may take as long as everything else that is left to do. */
function comparePolicies(database: Database, directory: string, say: (line: string) => void, log: Log): void {
  unappliedPolicies(database, directory).then(
    (lines) => {
      for (const line of lines) say(line);
    },
    (error) => log.debug({ error }, 'policy files were not compared'),
  );
}

const unboundWarning =
  'the user of DATABASE_URL is not held by row level security, so nothing but `set role` keeps requests within it; use a role that is no superuser, as docs/operations.md says under "Your own PostgreSQL"';

async function serveMetrics(config: Config, { registry }: Metrics, stops: (() => Promise<unknown>)[]): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    return response.setHeader('content-type', registry.contentType).end(await registry.metrics());
  });
  const url = await listen(server, config.TENET_HOST, config.TENET_METRICS_PORT, 'TENET_METRICS_PORT');
  stops.push(() => close(server));
  return `${url}/metrics`;
}

async function embedded(config: Config, say: (line: string) => void, stops: (() => Promise<unknown>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.TENET_DATA_DIR, say });
  stops.push(() => postgres.stop());
  return postgres.url;
}

/** Without an identity provider a local issuer is trusted, but only where no other machine can reach the server. */
async function trustedIssuers(config: Config) {
  if (config.issuers.length > 0) return config.issuers as never;
  if (!isLoopback(config.TENET_HOST)) {
    throw new StartError(
      `No identity provider is configured, and ${config.TENET_HOST} can be reached by others. Set TENET_ISSUER and TENET_AUDIENCE, or listen on 127.0.0.1.`,
    );
  }
  makeDataDirectory(config.TENET_DATA_DIR);
  return [(await loadDevIssuer(config.TENET_DATA_DIR)).config];
}
