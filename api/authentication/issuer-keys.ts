import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { Unavailable } from '../../core/base/errors.ts';
import { isObject } from '../../core/base/objects.ts';
import { type Issuer, keysUrl } from './issuer.ts';

const FRESH_FOR = 10 * 60_000;
const COOLDOWN = 30_000;
const RETRY_WITHOUT_KEYS = 1_000;
const TIMEOUT = 3_000;
const LONGEST_ANSWER = 1_000_000;

/** What the keys of an issuer tell the log and the metrics. */
export type IssuerKeysEvent =
  | { readonly type: 'keys-refreshed'; readonly issuer: string }
  | {
      readonly type: 'keys-refresh-failed';
      readonly issuer: string;
      readonly error: unknown;
      readonly serving: 'last-known-keys' | 'nothing';
    };

/** The public keys of one issuer. */
export interface IssuerKeys {
  /** The keys in force, fetched or refreshed when they are due; throws `Unavailable` when there have never been any. */
  current(): Promise<JWTVerifyGetKey>;
  /** Looks for newer keys after a token named an unknown one, at most once in 30 s; false when the issuer did not answer last time. */
  refreshForUnknownKey(): Promise<boolean>;
  /** Whether the issuer did not answer last time. */
  isFailing(): boolean;
  /** Milliseconds since the epoch until which a verification with the present keys may be remembered. */
  validUntil(): number;
}

/**
 * Keys that survive an outage of their issuer. jose's own remote set forgets old keys when a refresh fails, and its cooldown counts only
 * successes; here every attempt counts, so that a stranger's tokens cannot make this process call the issuer more than once in 30 s.
 */
export function createIssuerKeys(issuer: Issuer, clock: () => number, onEvent: (event: IssuerKeysEvent) => void): IssuerKeys {
  if (issuer.key !== undefined) return staticKeys(createLocalJWKSet({ keys: [issuer.key] }));

  // The address is pinned at the first success: later metadata cannot move the keys elsewhere.
  let remote: ReturnType<typeof createRemoteJWKSet> | undefined;
  let keys: JWTVerifyGetKey | undefined;
  let refreshing: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let due = Number.NEGATIVE_INFINITY;
  let lastError: unknown;

  const fetchKeys = async () => {
    remote ??= createRemoteJWKSet(issuer.jwksUri ?? (await discoverKeysUrl(issuer.issuer)), {
      timeoutDuration: TIMEOUT,
      // When to fetch is decided here, by our clock.
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      [customFetch]: boundedFetch,
    });
    await remote.reload();
    keys = remote;
  };
  const refresh = () => {
    refreshing ??= fetchKeys()
      .then(
        () => {
          due = clock() + FRESH_FOR;
          lastError = undefined;
          onEvent({ type: 'keys-refreshed', issuer: issuer.issuer });
        },
        (error: unknown) => {
          due = clock() + (keys ? COOLDOWN : RETRY_WITHOUT_KEYS);
          lastError = error;
          onEvent({ type: 'keys-refresh-failed', issuer: issuer.issuer, error, serving: keys ? 'last-known-keys' : 'nothing' });
        },
      )
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };

  return {
    async current() {
      if (clock() >= due) await refresh();
      if (keys === undefined)
        throw new Unavailable('The keys of the identity provider cannot be read, so no token can be checked. Try again soon.', {
          cause: lastError,
        });
      return keys;
    },
    async refreshForUnknownKey() {
      if (clock() >= askedAt + COOLDOWN) {
        // Before the answer: those who come while it is awaited join it.
        askedAt = clock();
        await refresh();
      } else if (refreshing) await refreshing;
      return lastError === undefined;
    },
    isFailing: () => lastError !== undefined,
    validUntil: () => due,
  };
}

function staticKeys(keys: JWTVerifyGetKey): IssuerKeys {
  return {
    current: async () => keys,
    refreshForUnknownKey: async () => true,
    isFailing: () => false,
    validUntil: () => Number.POSITIVE_INFINITY,
  };
}

/** Reads `jwks_uri` from the issuer's metadata: OpenID Connect Discovery section 4, then RFC 8414 section 3. */
async function discoverKeysUrl(issuer: string): Promise<URL> {
  const base = new URL(issuer);
  const path = base.pathname.replace(/\/$/, '');
  const signal = AbortSignal.timeout(TIMEOUT);
  const failures: unknown[] = [];
  for (const address of [`${path}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server${path}`]) {
    const url = new URL(address, base);
    const metadata = await readJson(url, signal).catch((error: unknown) => {
      failures.push(error);
    });
    if (metadata === undefined) continue;
    // RFC 8414 section 3.3: metadata that speaks for another issuer must not be used.
    if (metadata['issuer'] !== issuer)
      throw new Error(`${url} speaks for the issuer ${JSON.stringify(metadata['issuer'])}, not for ${issuer}`);
    const found = keysUrl(metadata['jwks_uri'], base);
    if (found === undefined) throw new Error(`${url} has no jwks_uri that is https, or on loopback for an issuer on loopback`);
    return found;
  }
  throw new AggregateError(failures, `${issuer} has no readable metadata`);
}

async function readJson(url: URL, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await boundedFetch(url.href, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal,
  });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  const value: unknown = await response.json();
  if (!isObject(value)) throw new Error(`${url} did not answer with a JSON object`);
  return value;
}

/** A fetch whose answer is read whole and never grows beyond a megabyte. */
async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LONGEST_ANSWER) throw new Error(`${url} answered with more than ${LONGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  // A Response of status 204 or 304 must not have a body.
  return new Response(size === 0 ? null : Buffer.concat(chunks), { status: response.status });
}
