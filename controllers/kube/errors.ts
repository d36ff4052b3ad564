/** What the API server answered instead of an object; `message` is the server's own sentence, cut to one readable line. */
export class KubeError extends Error {
  /** The HTTP status, or the `code` of an ERROR event of a watch: both mean the same. */
  readonly status: number;
  /** The machine word of a Status object, for example `AlreadyExists`, `Conflict`, `Expired`. */
  readonly reason: string;
  /** From Retry-After or `details.retryAfterSeconds`, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, retryAfterMs?: number) {
    super(message.length > 500 ? `${message.slice(0, 500)}...` : message);
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A failure to reach the server at all, or a connection that broke or went silent. */
export class ConnectionError extends Error {
  /** Node's or undici's code, for example `ECONNREFUSED` or `UND_ERR_BODY_TIMEOUT`; `TIMEOUT` when our own limit was reached. */
  readonly code: string;

  constructor(cause: unknown) {
    const { code, message, name } = (cause ?? {}) as { code?: unknown; message?: unknown; name?: unknown };
    super(`No answer from the Kubernetes API server: ${String(message ?? cause)}`, { cause });
    this.name = 'ConnectionError';
    this.code = typeof code === 'string' ? code : name === 'TimeoutError' ? 'TIMEOUT' : 'UNKNOWN';
  }
}

interface StatusObject {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** Reads a `Status` object, which is the body of a failed call and the object of an ERROR event. Anything else becomes its first words. */
export function toKubeError(status: number, body: unknown, retryAfter?: string): KubeError {
  const object = (typeof body === 'object' && body !== null ? body : {}) as StatusObject;
  const seconds = Number(retryAfter ?? object.details?.retryAfterSeconds);
  const message = object.message ?? (typeof body === 'string' && body.trim() ? body.trim() : `HTTP status ${status}`);
  return new KubeError(object.code ?? status, object.reason ?? '', message, Number.isFinite(seconds) ? seconds * 1000 : undefined);
}

/** The version that was asked for is gone: list again. It comes as HTTP 410 and as an ERROR event within a 200. */
export const isExpired = (error: unknown): boolean => error instanceof KubeError && error.status === 410;

/** Somebody else changed the object first, or it is another object of the same name (uid). */
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.status === 409;

/** There is no such object or, on a collection, no such type (its CRD is not installed). */
export const isMissing = (error: unknown): boolean => error instanceof KubeError && error.status === 404;

/** The same call may well succeed a moment later: a restarting server answers 429 and 503 for seconds. */
export function isTransient(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof KubeError && (error.status === 429 || error.status >= 500));
}
