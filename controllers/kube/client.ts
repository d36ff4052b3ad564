import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import { request as send } from 'undici';
import { apiVersionOf, type KubeObject, type ResourceType, resourcePath, splitKey } from '../resources/resource.ts';
import type { Connection } from './connection.ts';
import { ConnectionError, isTransient, KubeError, toKubeError } from './errors.ts';

/** One page of a list; `metadata.continue` asks for the next one. */
export interface List<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** One line of a watch. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/** What a call may take and how often it is repeated. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For each attempt, in milliseconds. */
  readonly timeoutMs?: number;
  /** Further attempts after a transient failure. */
  readonly retries?: number;
}

interface Call extends CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** The answer is text, and no object. */
  readonly isText?: boolean;
}

/** Which objects of a type a list or a watch is about. */
export interface Selection {
  readonly namespace?: string;
  /** As kubectl takes it with -l. */
  readonly labelSelector?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An object as it shall be. */
export interface AppliedObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const podType: ResourceType = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/** Counts a finished call; `code` is the HTTP status, or an error code when there was none. */
export type OnCall = (method: string, code: string) => void;

/** The few verbs that a controller and a driver need, with errors that can be told apart: KubeError, ConnectionError, or the reason of `signal`. */
export class KubeClient {
  readonly connection: Connection;
  readonly fieldManager: string;
  readonly #onCall: OnCall;

  constructor(connection: Connection, options: { fieldManager: string; onCall?: OnCall }) {
    this.connection = connection;
    this.fieldManager = options.fieldManager;
    this.#onCall = options.onCall ?? (() => {});
  }

  /** One page. Without `resourceVersion` the answer is consistent, not merely cached. */
  list<T extends KubeObject>(
    type: ResourceType,
    options: CallOptions & Selection & { limit?: number; continue?: string | undefined } = {},
  ): Promise<List<T>> {
    const { limit, continue: token, namespace, labelSelector, ...call } = options;
    const at = namespace === undefined ? {} : { namespace };
    return this.#call('GET', resourcePath(type, at), { ...call, query: { limit, continue: token, labelSelector } });
  }

  /** Throws KubeError 404 when there is none. */
  get<T extends KubeObject>(type: ResourceType, key: string, options: CallOptions = {}): Promise<T> {
    return this.#call('GET', resourcePath(type, splitKey(key)), options);
  }

  /** Never repeated by itself: the first attempt may have worked. */
  create<T extends object>(type: ResourceType, namespace: string | undefined, object: T, options: CallOptions = {}): Promise<T> {
    const at = namespace ? { namespace } : {};
    return this.#call('POST', resourcePath(type, at), { ...options, retries: 0, body: object, contentType: 'application/json' });
  }

  /** Replaces; the object's resourceVersion makes it fail with 409 when another writer was first. */
  update<T extends object>(type: ResourceType, key: string, object: T, options: CallOptions = {}): Promise<T> {
    return this.#call('PUT', resourcePath(type, splitKey(key)), { ...options, retries: 0, body: object, contentType: 'application/json' });
  }

  /**
   * Server-side apply of a whole object of ours, which is created where there is none. With `uid` only that object is changed, and never one that took
   * its name meanwhile.
   */
  applyObject(
    type: ResourceType,
    namespace: string,
    object: AppliedObject,
    options: CallOptions & { uid?: string } = {},
  ): Promise<KubeObject> {
    const { uid, ...call } = options;
    const metadata = { ...object.metadata, namespace, ...(uid !== undefined && { uid }) };
    return this.#call('PATCH', resourcePath(type, { namespace, name: object.metadata.name }), {
      ...call,
      query: { fieldManager: this.fieldManager, force: true },
      contentType: 'application/apply-patch+yaml',
      body: { ...object, apiVersion: apiVersionOf(type), kind: type.kind, metadata },
    });
  }

  /** Changes these fields of exactly this object (JSON merge patch); null takes one away. Throws KubeError 404, or 409 where another one has its name. */
  patch(
    type: ResourceType,
    { metadata: { name, namespace, uid } }: KubeObject,
    fields: object,
    options: CallOptions = {},
  ): Promise<KubeObject> {
    return this.#call('PATCH', resourcePath(type, { name, ...(namespace && { namespace }) }), {
      ...options,
      query: { fieldManager: this.fieldManager },
      contentType: 'application/merge-patch+json',
      body: { ...fields, metadata: { uid } },
    });
  }

  /** Deletes exactly this object; what depends on it goes afterwards. Throws KubeError 404, or 409 where another one has its name. */
  delete(type: ResourceType, key: string, uid: string, options: CallOptions = {}): Promise<unknown> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: 'Background' };
    return this.#call('DELETE', resourcePath(type, splitKey(key)), { ...options, body, contentType: 'application/json' });
  }

  /** The last lines of what the first container of a pod has written. */
  logs(key: string, lines: number, options: CallOptions = {}): Promise<string> {
    const path = resourcePath(podType, { ...splitKey(key), subresource: 'log' });
    return this.#call('GET', path, { ...options, query: { tailLines: lines, limitBytes: 1_048_576 }, isText: true });
  }

  /** Server-side apply of our part of the status. An identical apply changes nothing, not even the resourceVersion. */
  applyStatus<T extends KubeObject>(type: ResourceType, object: KubeObject, status: object, options: CallOptions = {}): Promise<T> {
    return this.#apply(type, object, { status }, 'status', options);
  }

  /**
   * Server-side apply of our finalizers, an empty list removes them. The uid is always sent: without it, applying to a name
   * that has just been deleted would bring the object back to life.
   */
  applyFinalizers<T extends KubeObject>(
    type: ResourceType,
    object: KubeObject,
    finalizers: readonly string[],
    options: CallOptions = {},
  ): Promise<T> {
    return this.#apply(type, object, { metadata: { finalizers } }, undefined, options);
  }

  /**
   * Opens a watch and yields its events until the server ends it, which is no error. Throws KubeError (410 in both of its forms),
   * or ConnectionError also when nothing came for `idleMs`: a half-open connection never says so itself.
   */
  async *watch<T extends KubeObject>(
    type: ResourceType,
    options: Selection & { resourceVersion: string; timeoutSeconds: number; idleMs: number; signal: AbortSignal },
  ): AsyncGenerator<WatchEvent<T>> {
    const { resourceVersion, timeoutSeconds, idleMs, signal, namespace, labelSelector } = options;
    const path = resourcePath(type, namespace === undefined ? {} : { namespace });
    const url = this.#url(path, { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, labelSelector });
    const { headers, dispatcher } = await this.connection.authorize();
    try {
      const response = await send(url, {
        headers: { ...headers, accept: 'application/json' },
        signal,
        headersTimeout: idleMs,
        bodyTimeout: idleMs,
        ...(dispatcher && { dispatcher }),
      });
      this.#onCall('WATCH', String(response.statusCode));
      if (response.statusCode !== 200) throw await failure(response);
      // Not the body's own setEncoding: it decodes chunk by chunk, and a character that two chunks share would be lost.
      const decoder = new StringDecoder('utf8');
      let rest = '';
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        // Only a line feed ends an event; U+2028 within a string does not.
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line) yield parseEvent<T>(line);
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : known(error);
    }
  }

  #apply<T>(type: ResourceType, object: KubeObject, part: object, subresource: string | undefined, options: CallOptions): Promise<T> {
    const { name, namespace, uid } = object.metadata;
    const metadata = { name, ...(namespace && { namespace }), uid, ...(part as { metadata?: object }).metadata };
    const at = { name, ...(namespace && { namespace }), ...(subresource && { subresource }) };
    return this.#call('PATCH', resourcePath(type, at), {
      ...options,
      query: { fieldManager: this.fieldManager, force: true },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: apiVersionOf(type), kind: type.kind, ...part, metadata },
    });
  }

  #url(path: string, query: Call['query'] = {}): string {
    const url = new URL(this.connection.server + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return url.toString();
  }

  async #call<T>(method: Method, path: string, call: Call): Promise<T> {
    const { signal, timeoutMs = 30_000, retries = 3 } = call;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#once<T>(method, path, call, timeoutMs).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if ('value' in outcome) return outcome.value;
      const { error } = outcome;
      if (signal?.aborted) throw signal.reason;
      if (attempt >= retries || !isTransient(error)) throw error;
      const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
      await wait(Math.min(5_000, Math.max(asked, 100 * 2 ** attempt)), undefined, signal ? { signal } : {});
    }
  }

  async #once<T>(method: Method, path: string, call: Call, timeoutMs: number): Promise<T> {
    const { headers, dispatcher } = await this.connection.authorize();
    const { signal, release } = deadline(timeoutMs, call.signal);
    try {
      const response = await send(this.#url(path, call.query), {
        method,
        headers: { ...headers, accept: 'application/json', ...(call.contentType && { 'content-type': call.contentType }) },
        signal,
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        ...(dispatcher && { dispatcher }),
      });
      this.#onCall(method, String(response.statusCode));
      if (response.statusCode >= 300) throw await failure(response);
      return (await (call.isText ? response.body.text() : response.body.json())) as T;
    } catch (error) {
      const told = known(error);
      if (told instanceof ConnectionError) this.#onCall(method, told.code);
      throw told;
    } finally {
      release();
    }
  }
}

/** A signal after `ms` or with `outer`. AbortSignal.timeout would hold on to the call's memory for its whole time, also when the answer came at once. */
function deadline(ms: number, outer: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException(`No answer within ${ms} ms.`, 'TimeoutError')), ms);
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}

/** Anything that undici throws becomes a ConnectionError; our own errors stay. */
const known = (error: unknown): Error =>
  error instanceof KubeError || error instanceof ConnectionError ? error : new ConnectionError(error);

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { text(): Promise<string> };
}

async function failure(response: Response): Promise<KubeError> {
  const text = await response.body.text();
  const retryAfter = response.headers['retry-after'];
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy or a starting server answers in plain text.
  }
  return toKubeError(response.statusCode, body, typeof retryAfter === 'string' ? retryAfter : undefined);
}

function parseEvent<T>(line: string): WatchEvent<T> {
  const event = JSON.parse(line) as { type: string; object: unknown };
  if (event.type === 'ERROR') throw toKubeError(500, event.object);
  return event as WatchEvent<T>;
}
