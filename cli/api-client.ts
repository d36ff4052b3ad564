import { readFileSync } from 'node:fs';
import type { InputError } from '../core/base/errors.ts';
import { reasonOf } from '../core/base/reason.ts';
import { printable } from '../core/base/text.ts';
import { faultLines } from './fault-lines.ts';
import { UsageError } from './options.ts';

/** How a command reaches a server, as `--server` and `--token-file` say it. */
export interface ServerOptions {
  readonly server?: string;
  readonly tokenFile?: string;
}

/** An answer that is no refusal. */
export interface Answer<T> {
  readonly body: T;
  readonly etag?: string;
}

/** A server that commands call, as the caller whose token they have. */
export interface Api {
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  put<T>(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  patch<T>(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  /** The items of a list, page after page, up to `most`. */
  all<T>(path: string, most?: number): Promise<T[]>;
}

/** A refusal of the server, in its own sentences. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How long one answer may take. */
const patience = 120_000;

/** Throws UsageError where the server or the token is not named as it should be. */
export function connect(options: ServerOptions, environment: NodeJS.ProcessEnv = process.env): Api {
  const base = serverUrl(options.server ?? (environment['TENET_URL'] || 'http://127.0.0.1:8080'));
  const token = tokenOf(options, environment);

  async function call<T>(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    let response: Response;
    try {
      response = await fetch(base + path, {
        method,
        // What follows a redirect would be given the token too.
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new ApiError(0, `${base} does not answer (${reasonOf(error)}): name the server by --server or TENET_URL.`);
    }
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, refusalOf(response.status, text));
    const etag = response.headers.get('etag');
    return { body: (text === '' ? undefined : JSON.parse(text)) as T, ...(etag !== null && { etag }) };
  }

  return {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    async all<T>(path: string, most = Number.POSITIVE_INFINITY) {
      const items: T[] = [];
      let token: string | undefined;
      do {
        const query = `pageSize=${Math.min(most - items.length, 200)}${token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`}`;
        const { body } = await call<{ items: T[]; nextPageToken?: string }>('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
        items.push(...body.items);
        token = body.nextPageToken;
      } while (token !== undefined && items.length < most);
      return items;
    },
  };
}

function serverUrl(text: string): string {
  if (URL.canParse(text)) {
    const { protocol, username, password, search, hash } = new URL(text);
    if (/^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '') return text.replace(/\/+$/, '');
  }
  throw new UsageError(
    `--server (TENET_URL) must be the URL of a server, such as https://tenet.example.com; it is ${JSON.stringify(text.replace(/\/\/[^/\s]*@/, '//***@'))}.`,
  );
}

function tokenOf({ tokenFile }: ServerOptions, environment: NodeJS.ProcessEnv): string {
  const given = tokenFile === undefined ? environment['TENET_TOKEN'] : readToken(tokenFile);
  const token = (given ?? '').trim();
  if (/^[\w.~+/=-]{1,16384}$/.test(token)) return token;
  const what = token === '' ? 'There is no token' : 'The token is none, for it has characters that no token has';
  throw new UsageError(`${what}: set TENET_TOKEN, or name a file that holds it by --token-file. An access token will do, and an API key.`);
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--token-file ${file} cannot be read (${reasonOf(error)}): name a file that holds a token.`);
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly InputError[];
}

/** What a server says about a refusal, one line for each thing that is wrong. */
function refusalOf(status: number, text: string): string {
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return `The server answers ${status}, and nothing that Tenet would say: is --server (TENET_URL) the URL of one?`;
  }
  const { title = `The server answers ${status}.`, detail = title, errors = [] } = problem;
  return [printable(detail), ...faultLines(errors, detail)].join('\n');
}
