import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { binaryPath } from './binary.ts';
import { reservePorts } from './ports.ts';

/** The user name that the controller has in tests: a ServiceAccount without any right but those that a test binds. */
export const controllerUser = 'system:serviceaccount:tenet-system:tenet-controller';

const prefix = 'tenet-kube-';

/** etcd and kube-apiserver as children of this process, with their files in a folder that goes when they go. */
export interface Server {
  /** The https address. */
  readonly url: string;
  readonly folder: string;
  /** Paths of kubeconfig files: cluster administrator, and the controller's ServiceAccount. */
  readonly kubeconfig: { readonly admin: string; readonly controller: string };
  /** SIGKILL: connections break at once, as in a crash. (On SIGTERM it would keep open watches alive for half a minute.) */
  killApiServer(): Promise<void>;
  /** Starts the API server again on the same port and data; resolves when /readyz says ok. */
  restartApiServer(): Promise<void>;
  /** Sends a signal to the API server, for example SIGTERM or SIGSTOP. */
  signalApiServer(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Starts both servers on free ports of the loopback interface; throws with the last lines of the server's log when it does not become ready. */
export async function startServer(options: { extraFlags?: readonly string[] } = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const ports = await reservePorts(3);
  const [etcdPort, peerPort, port] = ports.numbers as [number, number, number];
  const url = `https://127.0.0.1:${port}`;
  const tokens = { admin: randomBytes(16).toString('hex'), controller: randomBytes(16).toString('hex') };
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  write(folder, 'sa.pub', keys.publicKey.export({ type: 'spki', format: 'pem' }));
  write(folder, 'sa.key', keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  write(
    folder,
    'tokens.csv',
    `${tokens.admin},admin,admin,"system:masters"\n${tokens.controller},${controllerUser},controller,"system:serviceaccounts,system:serviceaccounts:tenet-system"\n`,
  );

  const etcd = start(['etcd', folder, String(etcdPort), String(peerPort)]);
  const flags = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'tls')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    // No controller-manager runs, so nothing would ever make the ServiceAccounts that this plugin asks for.
    '--disable-admission-plugins=ServiceAccount',
    ...(options.extraFlags ?? []),
  ];
  let apiServer = start(['apiserver', ...flags]);
  const stop = async (): Promise<void> => {
    await Promise.all([end(apiServer, 'SIGKILL'), end(etcd, 'SIGKILL')]);
    rmSync(folder, { recursive: true, force: true });
    ports.release();
  };
  try {
    await ready(folder, url, tokens.admin, apiServer);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    folder,
    kubeconfig: {
      admin: write(folder, 'admin.kubeconfig', kubeconfig(folder, url, tokens.admin)),
      controller: write(folder, 'controller.kubeconfig', kubeconfig(folder, url, tokens.controller)),
    },
    killApiServer: () => end(apiServer, 'SIGKILL'),
    async restartApiServer() {
      await end(apiServer, 'SIGKILL');
      apiServer = start(['apiserver', ...flags]);
      await ready(folder, url, tokens.admin, apiServer);
    },
    signalApiServer: (signal) => void apiServer.kill(signal),
    stop,
  };
}

/** Runs kubectl against `kubeconfig`; `input` goes to its standard input (`apply -f -`). */
export async function runKubectl(
  kubeconfig: string,
  args: readonly string[],
  input = '',
): Promise<{ status: number; stdout: string; stderr: string }> {
  // kubectl keeps what it has discovered of a server, and an old cache hides a CRD that has just been applied: ours goes with the server.
  const ours = dirname(kubeconfig).startsWith(join(tmpdir(), prefix));
  const cache = join(ours ? dirname(kubeconfig) : tmpdir(), 'tenet-kubectl-cache');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cache, KUBERC: 'off' };
  const child = spawn(binaryPath(), ['kubectl', ...args], { env });
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { status: status ?? 1, stdout, stderr };
}

interface Program extends ChildProcess {
  log: () => string;
}

/** A child that ends with this process, however this process ends: its standard input is a pipe that the kernel closes. */
function start(args: readonly string[]): Program {
  // With a heap as small as in a test, Go would spend half of the server's time on collecting garbage.
  const env = { GOGC: '400', ...process.env };
  const child = spawn(binaryPath(), args, { stdio: ['pipe', 'ignore', 'pipe'], env });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-8_000);
  });
  child.stdin.on('error', () => {});
  // They never keep a test run from ending.
  child.unref();
  for (const pipe of [child.stdin, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  return Object.assign(child, { log: () => tail });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  child.ref();
  await closed;
}

async function ready(folder: string, url: string, token: string, apiServer: Program): Promise<void> {
  const { Agent, request } = await import('undici');
  const deadline = performance.now() + 90_000;
  for (;;) {
    let answer = '';
    try {
      const dispatcher = new Agent({ connect: { ca: certificate(folder) } });
      const response = await request(`${url}/readyz`, { dispatcher, headers: { authorization: `Bearer ${token}` } });
      answer = await response.body.text();
      await dispatcher.close();
    } catch (error) {
      answer = String(error);
    }
    if (answer === 'ok') return;
    if (apiServer.exitCode !== null) throw new Error(`kube-apiserver ended with code ${apiServer.exitCode}:\n${apiServer.log()}`);
    if (performance.now() > deadline) throw new Error(`kube-apiserver is not ready (${answer}):\n${apiServer.log()}`);
    await wait(100);
  }
}

/** The server signs its own certificate on its first start; the file holds the chain. */
const certificate = (folder: string): string => readFileSync(join(folder, 'tls', 'apiserver.crt'), 'utf8');

function kubeconfig(folder: string, server: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(certificate(folder)).toString('base64') } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'default' } }],
    'current-context': 'test',
  });
}

function write(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
