import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { openConnection } from '../../../controllers/kube/connection.ts';
import { type Controllers, type ControllersOptions, startKubernetesControllers } from '../../../controllers/main.ts';
import type { Condition } from '../../../controllers/resources/conditions.ts';
import type { KubeObject, ResourceType } from '../../../controllers/resources/resource.ts';
import {
  type OrganizationStatus,
  organizationType,
  type ProjectStatus,
  policyRevisionType,
  projectType,
} from '../../../controllers/resources/types.ts';
import { readConfig } from '../../../core/base/config.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { openDatabase } from '../../../core/database/database.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { Kube } from '../../helpers/kube.ts';
import { mails } from '../../helpers/mails.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { memoryLog } from '../../helpers/widgets.ts';

type Status = OrganizationStatus & ProjectStatus;
type Reported = KubeObject<Record<string, unknown>, Status>;

/** An event of the audit trail, as the database has it. */
export interface AuditRow {
  readonly action: string;
  readonly actor: string;
  readonly outcome: string;
}

/** Tenet with its own database, and the controllers with the rights that k8s/rbac gives them. */
export interface Operator {
  readonly tenet: TestTenet;
  readonly log: ReturnType<typeof memoryLog>;
  /** Starts the controllers (again). */
  start(options?: Partial<ControllersOptions>): Promise<void>;
  /** Stops the controllers, and fails when the API server has refused them anything; `crashed` is for a server that was killed: it refuses everybody until it has read its roles. */
  stop(options?: { crashed: boolean }): Promise<void>;
  /** Deletes every Organization and Project, waits until they are gone, and ends everything. */
  end(): Promise<void>;
  /** `organizations/acme`, or `projects/default/website` with the namespace in the middle. */
  read<T extends KubeObject = Reported>(path: string): Promise<T>;
  condition(path: string, type: string): Promise<Condition | undefined>;
  /** Waits until this condition of the object's present generation is so. */
  has(path: string, type: string, expected: Partial<Condition>, within?: number): Promise<void>;
  isReady(path: string, within?: number): Promise<Reported>;
  isGone(path: string): Promise<void>;
  /** Waits until the entry of this address in `status.members` has this state. */
  member(path: string, email: string, state: string): Promise<void>;
  /** Rows of the database, seen by its owner. */
  sql<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
  /** The audit trail of an organization by its id, oldest first. */
  audit(organizationId: string): Promise<AuditRow[]>;
  /** `ada@example.com org.admin` for each living grant in the organization itself. */
  roles(organizationId: string): Promise<string[]>;
  /** Consents as this caller to the manifest at `organizations/acme` or `projects/default/website` that takes over or looks. */
  handOver(caller: Caller, place: { organizationId: string; projectId?: string }, path: string, mode?: 'ADOPT' | 'OBSERVE'): Promise<void>;
  /** What k8s calls the reasons and notes of events about an object. */
  events(name: string): Promise<string[]>;
  /** The versions of all rows in all tables: the same as before exactly when nothing was written. */
  writes(): Promise<string>;
  /** How many passes over objects have ended well. */
  passes(): Promise<number>;
}

const typesByPlural: Readonly<Record<string, ResourceType>> = { projects: projectType, policyrevisions: policyRevisionType };

/** Installs the CRDs, the namespace and the rights, exactly as the repository ships them. */
export async function installTenet(kube: Kube, ...parts: ('crds' | 'rbac')[]): Promise<void> {
  const wanted = parts.length === 0 ? (['crds', 'rbac'] as const) : parts;
  if (wanted.includes('rbac')) {
    await kube.kubectl('apply', '--server-side', '-f', 'k8s/base/namespace.yaml');
    await kube.kubectl('apply', '--server-side', '-k', 'k8s/rbac');
  }
  if (!wanted.includes('crds')) return;
  await kube.kubectl('apply', '--server-side', '-k', 'k8s/crds');
  await kube.kubectl('wait', '--for=condition=Established', 'crd/organizations.tenet.dev', 'crd/projects.tenet.dev', '--timeout=30s');
  await eventually(() => kube.kubectl('get', 'organizations.tenet.dev,projects.tenet.dev', '-A'), 30_000);
}

/** The controller's kubeconfig with its own namespace, in which the lease lies; `server` puts a proxy in between. */
export function controllerKubeconfig(kube: Kube, server?: string): { path: string; remove(): void } {
  const config = parse(readFileSync(kube.controllerKubeconfig, 'utf8')) as {
    contexts: { context: { namespace: string } }[];
    clusters: { cluster: Record<string, unknown> }[];
  };
  config.contexts[0]!.context.namespace = 'tenet-system';
  if (server !== undefined) config.clusters[0]!.cluster = { server, 'insecure-skip-tls-verify': true };
  const folder = mkdtempSync(join(tmpdir(), 'tenet-operator-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** An Organization manifest. */
export function organization(name: string, spec: object = {}, metadata: object = {}): object {
  return { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name, ...metadata }, spec: { displayName: name, ...spec } };
}

/** A Project manifest in the namespace `default` unless the metadata says otherwise. */
export function project(name: string, of: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'tenet.dev/v1alpha1',
    kind: 'Project',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { displayName: name, organizationRef: { name: of }, ...spec },
  };
}

/** Everybody's namespaces may bring projects. */
export const openToAll = { allowedProjects: { namespaces: { from: 'All' } } };

/** Starts Tenet; the controllers start with `start()`. */
export async function operatorOn(
  kube: Kube,
  options: {
    server?: string;
    throughProxy?: (databaseUrl: string) => Promise<string>;
    /** Of Tenet itself; a TENET_POLICY_NAMESPACE in it is that of the controllers. */
    environment?: Record<string, string>;
  } & Partial<ControllersOptions> = {},
): Promise<Operator> {
  const { server, throughProxy, environment = {}, ...defaults } = options;
  const tenet = await startTenet(environment);
  const of = Object.entries(environment).filter(([name]) => name.startsWith('TENET_POLICY_'));
  const { TENET_POLICY_NAMESPACE: policyNamespace, policyKeys: keys } = readConfig(Object.fromEntries(of));
  const { reviewer, planner } = tenet;
  const policyRevisions = policyNamespace === undefined ? undefined : { namespace: policyNamespace, reviewer, planner, keys };
  // Only the controllers go through it: the API has its own connections.
  const own = throughProxy && openDatabase(await throughProxy(tenet.databaseUrl), { size: 4, onError: () => undefined });
  const kubeconfig = controllerKubeconfig(kube, server);
  const superuser = new pg.Pool({ connectionString: tenet.databaseUrl, max: 2, options: '-c search_path=tenet', application_name: 'test' });
  superuser.on('error', () => undefined);
  const log = memoryLog();
  let registry = new Registry();
  let running: Controllers | undefined;

  const connection = await openConnection(kube.kubeconfig);
  const client = new KubeClient(connection, { fieldManager: 'test' });
  const read = <T extends KubeObject = Reported>(path: string): Promise<T> => {
    const [plural, ...key] = path.split('/');
    return client.get<T>(typesByPlural[plural!] ?? organizationType, key.join('/'));
  };
  const condition = async (path: string, type: string) => (await read(path)).status?.conditions?.find((one) => one.type === type);
  const sql: Operator['sql'] = async (text, values = []) => (await superuser.query(text, values)).rows;
  const refused = async () => {
    const calls = await registry.getSingleMetricAsString('rest_client_requests_total');
    // Whatever a test did, it was done with exactly the rights of the roles.
    expect(calls).not.to.match(/code="40[13]"/);
  };

  const operator: Operator = {
    tenet,
    log,
    async start(more = {}) {
      registry = new Registry();
      const { database, policies, keyring } = { ...tenet, ...(own && { database: own }) };
      const say = (): void => undefined;
      const all = {
        database,
        policies,
        keyring,
        mails,
        appsDriver: 'process' as const,
        log: log as never,
        registry,
        kubeconfig: kubeconfig.path,
        say,
        policyRevisions,
        ...defaults,
        ...more,
      };
      running = await startKubernetesControllers({ lease: { leaseMs: 4_000, renewMs: 3_000, retryMs: 500 }, ...all });
    },
    async stop({ crashed } = { crashed: false }) {
      await running?.stop();
      running = undefined;
      if (!crashed) await refused();
    },
    async end() {
      if (!running) await operator.start();
      await kube.kubectl('delete', 'projects.tenet.dev', '--all', '-A', '--wait=false');
      await kube.kubectl('delete', 'organizations.tenet.dev', '--all', '--wait=false');
      await eventually(async () => expect((await client.list(organizationType)).items).to.deep.equal([]), 30_000);
      await operator.stop();
      await connection.close();
      await superuser.end();
      await own?.close();
      await tenet.stop();
      kubeconfig.remove();
    },
    read,
    condition,
    has: (path, type, expected, within) =>
      eventually(async () => {
        const { metadata, status } = await read(path);
        const found = status?.conditions?.find((one) => one.type === type);
        expect(found, JSON.stringify(status)).to.include(expected);
        expect(found?.observedGeneration).to.equal(metadata.generation);
      }, within),
    async isReady(path, within) {
      await operator.has(path, 'Ready', { status: 'True' }, within);
      return read(path);
    },
    async isGone(path) {
      await eventually(async () => expect(await read(path).catch(String)).to.match(/not found/));
    },
    member: (path, email, state) =>
      eventually(async () => {
        const { status } = await read(path);
        expect(status?.members?.find((one) => one.email === email)?.state, JSON.stringify(status)).to.equal(state);
      }),
    sql,
    audit: (id) => sql<AuditRow>('select action, actor, outcome from audit_events where org_id = $1 order by seq', [uuidOf(id)]),
    async roles(id) {
      const rows = await sql<{ held: string }>(
        `select u.email || ' ' || g.role as held from grants g join users u on u.id = g.user_id
         where g.org_id = $1 and g.project_id is null and g.revoked_at is null and (g.until is null or g.until > now()) order by 1`,
        [uuidOf(id)],
      );
      return rows.map(({ held }) => held);
    },
    async handOver(caller, { organizationId, projectId }, path, mode = 'ADOPT') {
      const [, ...key] = path.split('/');
      const [name, namespace] = key.reverse();
      const cluster = await kube.kubectl('get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}');
      const at = `/v1/organizations/${organizationId}${projectId === undefined ? '' : `/projects/${projectId}`}/hand-over`;
      const answer = await caller.raw(at, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode, cluster, namespace, name }),
      });
      expect(answer.status, await answer.text()).to.equal(200);
      await kube.kubectl(
        'annotate',
        path.split('/')[0]!,
        name!,
        ...(namespace ? ['-n', namespace] : []),
        '--overwrite',
        'tenet.dev/reconcile-at=consent',
      );
    },
    async events(name) {
      const answer = await kube.kubectl('get', 'events.events.k8s.io', '-A', '-o', 'json');
      const { items } = JSON.parse(answer) as { items: { regarding: { name: string }; reason: string; note: string }[] };
      return items.filter(({ regarding }) => regarding.name === name).map(({ reason, note }) => `${reason}: ${note}`);
    },
    async writes() {
      // Statistics are told up to ten seconds late; the versions of the rows themselves are not.
      await wait(500);
      // What a replica reports of itself every few seconds is no write of the controllers, and no more are the days of the decision log that come and go.
      const tables = await sql<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'tenet' and tablename not in ('replicas', 'job_runners') and tablename !~ '^decision_log_.*[0-9]{8}$' order by tablename",
      );
      const versions = tables.map(
        ({ name }) => `(select md5(coalesce(string_agg(xmin::text || ctid::text, ',' order by ctid), '')) from ${name})`,
      );
      const [row] = await sql<{ writes: string }>(`select concat_ws(' ', ${versions.join(', ')}) as writes`);
      return row!.writes;
    },
    async passes() {
      const { values } = await registry.getSingleMetric('controller_runtime_reconcile_total')!.get();
      return values.filter(({ labels }) => String(labels['result']) !== 'error').reduce((sum, { value }) => sum + value, 0);
    },
  };
  return operator;
}

/** The uuid of an id, in the way the database has it. */
export function uuidOf(id: string): string {
  return toUuid(id.startsWith('org_') ? 'organization' : id.startsWith('prj_') ? 'project' : 'user', id);
}
