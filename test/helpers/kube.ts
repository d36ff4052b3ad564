import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { parse, stringify } from 'yaml';
import { isBuilt } from '../kube-apiserver/binary.ts';
import { controllerUser, runKubectl, startServer } from '../kube-apiserver/server.ts';

/** A Kubernetes API server for tests. */
export interface Kube {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  /** Path of a kubeconfig of the ServiceAccount tenet-system/tenet-controller, which may do what a test grants it and nothing else. */
  readonly controllerKubeconfig: string;
  /** Runs kubectl as administrator and gives its standard output; throws with what kubectl printed when it fails. */
  kubectl(...args: string[]): Promise<string>;
  /** `kubectl apply --server-side -f -` of objects; throws with the server's sentence. */
  apply(...manifests: object[]): Promise<string>;
  /** Server-side apply of one JSON document under a field manager's name of its own. */
  applyAs(fieldManager: string, json: string, ...more: string[]): Promise<string>;
  /** What the server answers to a manifest that it refuses; throws when it accepts it. */
  refusal(manifest: object | string): Promise<string>;
  killApiServer(): Promise<void>;
  restartApiServer(): Promise<void>;
  signalApiServer(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** The cluster that TENET_TEST_KUBECONFIG names, if any: it is then used in place of a server of our own. */
const named = (): string | undefined => process.env['TENET_TEST_KUBECONFIG'] || undefined;

let saidWhatIsLeftOut = false;

/**
 * Call it first in a `before` hook: skips the suite when there is no API server on this machine and says how to get one.
 * Where TENET_TEST_KUBE is `required` (CI), that is a failure instead. `own` is for suites that need a server of ours: they kill it, or listen in between.
 */
export function needsKube(context: Context, { own = false } = {}): void {
  context.timeout(120_000);
  if (isBuilt() || (named() && !own)) return;
  const sentence = `no Kubernetes API server for tests: run \`npm run kube:build\` once${own ? '' : ', or name a cluster in TENET_TEST_KUBECONFIG'}`;
  if (process.env['TENET_TEST_KUBE'] === 'required') throw new Error(sentence);
  if (!saidWhatIsLeftOut) console.log(`      Left out here and below, ${sentence}`);
  saidWhatIsLeftOut = true;
  context.skip();
}

/** A server of this suite's own, which it may kill and restart; stop it in `after`. */
export async function startKube(options: { extraFlags?: readonly string[] } = {}): Promise<Kube> {
  const server = await startServer(options);
  return {
    ...verbs(server.kubeconfig.admin),
    controllerKubeconfig: server.kubeconfig.controller,
    killApiServer: server.killApiServer,
    restartApiServer: server.restartApiServer,
    signalApiServer: server.signalApiServer,
    stop: server.stop,
  };
}

const shared: { own?: Promise<Kube>; named?: Promise<Kube> } = {};

/**
 * One server for all suites of a run that only add objects to it (it starts in 5 seconds and takes 400 MB); it ends with the process.
 * `own` is for suites that put themselves between client and server, which needs a server with our tokens.
 */
export function sharedKube({ own = false } = {}): Promise<Kube> {
  const path = named();
  if (path && !own) {
    shared.named ??= Promise.resolve(cluster(path));
    return shared.named;
  }
  shared.own ??= startKube();
  return shared.own;
}

function verbs(kubeconfig: string): Pick<Kube, 'kubeconfig' | 'kubectl' | 'apply' | 'applyAs' | 'refusal'> {
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const result = await runKubectl(kubeconfig, args, input);
    if (result.status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`);
    return result.stdout;
  };
  // JSON: YAML would take U+2028 for the end of a line.
  const documents = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  return {
    kubeconfig,
    kubectl: (...args) => run(args),
    apply: (...manifests) => run(['apply', '--server-side', '-f', '-'], documents(manifests)),
    applyAs: (fieldManager, json, ...more) => run(['apply', '--server-side', `--field-manager=${fieldManager}`, ...more, '-f', '-'], json),
    async refusal(manifest) {
      const input = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
      const result = await runKubectl(kubeconfig, ['apply', '-f', '-'], input);
      if (result.status === 0) throw new Error(`The server accepted it: ${result.stdout}`);
      return result.stderr.trim();
    },
  };
}

/** A cluster that somebody else runs: it cannot be killed, and the controller's user is impersonated. */
function cluster(path: string): Kube {
  const config = parse(readFileSync(path, 'utf8')) as { users: { user: Record<string, unknown> }[] };
  for (const entry of config.users) entry.user['as'] = controllerUser;
  const controllerKubeconfig = join(mkdtempSync(join(tmpdir(), 'tenet-kube-')), 'controller.kubeconfig');
  writeFileSync(controllerKubeconfig, stringify(config), { mode: 0o600 });
  const refuse = (): never => {
    throw new Error('The cluster in TENET_TEST_KUBECONFIG is not ours to kill.');
  };
  return {
    ...verbs(path),
    controllerKubeconfig,
    killApiServer: refuse,
    restartApiServer: refuse,
    signalApiServer: refuse,
    stop: async () => {},
  };
}
