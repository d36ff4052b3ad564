import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { InvalidInput } from '../../core/base/errors.ts';

/** How to reach one API server as one user. */
export interface Connection {
  /** The https address, without a slash at the end. */
  readonly server: string;
  /** The namespace of the kubeconfig's context, or of the pod. */
  readonly namespace: string | undefined;
  /** Headers with the present credential, and the pool of connections to send on. Both may change between calls (rotated token, certificate). */
  authorize(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }>;
  close(): Promise<void>;
}

interface Internals {
  createDispatcher(cluster: unknown, options: Record<string, unknown>): Dispatcher | undefined;
}

/**
 * Reads a kubeconfig (`path`, else KUBECONFIG, ~/.kube/config or the pod's ServiceAccount); throws InvalidInput when it names no cluster.
 * The client library is loaded here and not before: it costs about 100 MB and a second of start.
 */
export async function openConnection(path?: string, context?: string): Promise<Connection> {
  const { KubeConfig, RequestContext, HttpMethod } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const called = path ? `The kubeconfig ${path}` : 'The default kubeconfig (of KUBECONFIG or ~/.kube/config)';
  try {
    if (path) config.loadFromFile(path);
    else config.loadFromDefault();
  } catch (cause) {
    throw new InvalidInput(`${called} cannot be read: ${(cause as Error).message}. Correct it, or start with --kubeconfig none.`, [], {
      cause,
    });
  }
  if (context) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new InvalidInput(
      `${called} has no current context that names a cluster. Choose one with kubectl config use-context, name another file with --kubeconfig, or start with --kubeconfig none.`,
    );
  const pool = shareDispatcher(config);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    async authorize() {
      const request = new RequestContext(cluster.server, HttpMethod.GET);
      await config.applySecurityAuthentication(request);
      return { headers: request.getHeaders(), dispatcher: request.getDispatcher() as Dispatcher | undefined };
    },
    close: () => pool.close(),
  };
}

/**
 * The library makes a new agent, and so a new TLS connection, for each request (200 calls, 200 connections).
 * This keeps one until the CA or the client certificate changes.
 */
function shareDispatcher(config: KubeConfig): { close(): Promise<void> } {
  const internals = config as unknown as Internals;
  const create = internals.createDispatcher.bind(config);
  let kept: { dispatcher: Dispatcher | undefined; identity: string } | undefined;
  internals.createDispatcher = (cluster, options) => {
    const identity = ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'].map((name) => String(options[name])).join('\n');
    if (kept?.identity !== identity) {
      // Calls that are under way end on the old connections.
      void kept?.dispatcher?.close();
      kept = { dispatcher: create(cluster, options), identity };
    }
    return kept.dispatcher;
  };
  return {
    close: async () => {
      await kept?.dispatcher?.destroy();
      kept = undefined;
    },
  };
}
