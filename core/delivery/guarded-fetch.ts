import { type IncomingMessage, Agent as PlainAgent, request as requestPlainly } from 'node:http';
import { Agent, request } from 'node:https';
import { addressRule, literalAddress } from './address-rules.ts';
import { type Address, resolveName } from './resolve-name.ts';

/** Why something was not fetched; a constant for programs and logs. */
export type FetchFailure =
  | 'not-https'
  | 'unresolved'
  | 'address-not-allowed'
  | 'unreachable'
  | 'too-slow'
  | 'too-large'
  | 'too-many-redirects'
  | 'encoded';

/** It was not fetched. The message is for the log: it may say what a caller must not learn about the network. */
export class FetchRefused extends Error {
  readonly failure: FetchFailure;

  constructor(failure: FetchFailure, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'FetchRefused';
    this.failure = failure;
  }
}

/** What one fetch may cost, its redirects included. */
export interface FetchLimits {
  readonly milliseconds: number;
  readonly bytes: number;
  /** With none, a redirect is an answer like others. */
  readonly redirects: number;
}

/** What is sent. */
export interface FetchRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly limits: FetchLimits;
  /** Whether a URL may be one of http. It then leads into networks that are allowed, never to a public address. */
  readonly mayBePlain?: boolean;
}

/** What was answered, with any status. */
export interface Fetched {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type GuardedFetch = (wanted: FetchRequest) => Promise<Fetched>;

/** What a guarded fetch works with. */
export interface FetchOptions {
  /** Networks inside that may be reached as well, such as 10.20.0.0/16. */
  readonly allowed?: readonly string[];
  /** Every address of a name. */
  readonly resolve?: (name: string, signal: AbortSignal) => Promise<readonly Address[]>;
  /** Certificates that are trusted in the place of those of Node. */
  readonly ca?: string;
}

/**
 * Fetches what a tenant has named, without reaching into the network that Tenet runs in: https alone, each name is resolved once, every address of it
 * must be public or allowed, the connection goes to the address that was checked, and redirects are checked like the first URL. Answers are bounded
 * in bytes and in time. Throws FetchRefused.
 */
export function createGuardedFetch({ allowed = [], resolve = resolveName, ca }: FetchOptions = {}): GuardedFetch {
  const isAllowed = addressRule(allowed);

  async function addressOf(url: URL, signal: AbortSignal): Promise<Address> {
    const isEncrypted = url.protocol === 'https:';
    const host = url.hostname;
    const literal = literalAddress(url);
    const found = literal ? [literal] : await resolve(host, signal).catch((cause) => unresolved(host, cause));
    if (found.length === 0) return unresolved(host);
    const refused = found.find((address) => !isAllowed(address, isEncrypted));
    if (refused) throw new FetchRefused('address-not-allowed', `${host} is ${refused.address}, which is no address that it may go to`);
    return found[0]!;
  }

  async function once(wanted: FetchRequest, url: URL, signal: AbortSignal): Promise<Fetched> {
    const isKnown = url.protocol === 'https:' || (wanted.mayBePlain === true && url.protocol === 'http:');
    if (!isKnown || url.username !== '' || url.password !== '') {
      throw new FetchRefused('not-https', 'only https URLs without user and password are fetched');
    }
    const address = await addressOf(url, signal);
    signal.throwIfAborted();
    return exchange(wanted, url, { address, signal, ca });
  }

  return async (wanted) => {
    const { limits } = wanted;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), limits.milliseconds);
    const late = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(tooSlow(limits)), { once: true });
    });
    try {
      return await Promise.race([follow(wanted, (url) => once(wanted, url, ending.signal)), late]);
    } finally {
      clearTimeout(timer);
      // What is still under way has lost the race.
      ending.abort();
      late.catch(() => undefined);
    }
  };
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

async function follow({ url, limits }: FetchRequest, once: (url: URL) => Promise<Fetched>): Promise<Fetched> {
  let at = new URL(url);
  for (let followed = 0; ; followed++) {
    const answer = await once(at);
    const { location } = answer.headers;
    if (!redirects.has(answer.status) || location === undefined || limits.redirects === 0) return answer;
    if (followed === limits.redirects) throw new FetchRefused('too-many-redirects', `more than ${limits.redirects} redirects`);
    if (!URL.canParse(location, at.href)) throw new FetchRefused('unreachable', 'a redirect to what is no URL');
    at = new URL(location, at);
  }
}

/** One request to an address that was checked, and its answer within the bounds. */
function exchange(
  { method = 'GET', headers, body, limits }: FetchRequest,
  url: URL,
  { address, signal, ca }: { address: Address; signal: AbortSignal; ca: string | undefined },
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const isEncrypted = url.protocol === 'https:';
    const agent = isEncrypted ? new Agent({ keepAlive: false, maxCachedSessions: 0 }) : new PlainAgent({ keepAlive: false });
    const outgoing = (isEncrypted ? request : requestPlainly)(
      url,
      {
        method,
        agent,
        signal,
        maxHeaderSize: 16_384,
        headers: { 'user-agent': 'Tenet', accept: '*/*', 'accept-encoding': 'identity', ...headers },
        ...(ca !== undefined && { ca }),
        // The name is not resolved again: between two answers of a DNS server lies an attack.
        lookup: (_name, options, done) => {
          if (options.all) done(null, [address]);
          else done(null, address.address, address.family);
        },
      },
      (answer) => {
        readBody(answer, limits).then((read) => resolve({ status: answer.statusCode!, headers: answer.headers, body: read }), reject);
      },
    );
    outgoing.on('error', (cause) =>
      reject(new FetchRefused('unreachable', `${url.host} could not be reached: ${cause.message}`, { cause })),
    );
    outgoing.on('close', () => agent.destroy());
    outgoing.end(body);
  });
}

async function readBody(answer: IncomingMessage, { bytes }: FetchLimits): Promise<Buffer> {
  const refuse = (failure: FetchFailure, detail: string): never => {
    answer.destroy();
    throw new FetchRefused(failure, detail);
  };
  // What is packed may unpack to anything.
  if ((answer.headers['content-encoding'] ?? 'identity') !== 'identity') refuse('encoded', 'the answer is packed, which was not asked for');
  if (Number(answer.headers['content-length'] ?? 0) > bytes) refuse('too-large', `more than ${bytes} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytes) refuse('too-large', `more than ${bytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof FetchRefused) throw cause;
    throw new FetchRefused('unreachable', `the answer broke off: ${(cause as Error).message}`, { cause });
  }
  return Buffer.concat(chunks, size);
}

function unresolved(host: string, cause?: unknown): never {
  throw new FetchRefused('unresolved', `${host} has no address`, { cause });
}

function tooSlow({ milliseconds }: FetchLimits): FetchRefused {
  return new FetchRefused('too-slow', `it took longer than ${milliseconds} ms`);
}
