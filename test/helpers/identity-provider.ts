import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import Provider, { type GrantContext } from 'oidc-provider';

const AUDIENCE = 'https://tenet.test';
const GRANT = 'urn:tenet:test:sign-in';
const CLIENT = { client_id: 'tenet-test', client_secret: 'tenet-test-secret-tenet-test-secret' };

/** Whom a token is for, and what the provider says about them. */
export interface SignIn {
  readonly subject: string;
  readonly email?: string;
  /** True unless said otherwise, when there is an e-mail. */
  readonly emailVerified?: boolean;
  readonly name?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime?: number;
  readonly lifetimeSeconds?: number;
}

/** A real OpenID provider (oidc-provider) on a free loopback port, issuing RFC 9068 access tokens for `audience`. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  /** An access token for a user, from the provider's token endpoint. */
  token(signIn: SignIn): Promise<string>;
  /** An access token for the client itself (client_credentials). */
  clientToken(): Promise<string>;
  /** A JWT of any shape, signed with the provider's present key: for tokens that the provider itself would never issue. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The present public key. */
  publicKey(): JWK;
  /** Signs with a new key from now on; the old one stays published unless it is withdrawn. */
  rotate(options?: { withdraw?: boolean }): Promise<void>;
  /** While it is down, the provider hangs up on everybody. */
  setDown(down: boolean): void;
  /** How often a path, for example `/jwks`, was asked for. */
  requests(path: string): number;
  stop(): Promise<void>;
}

/** Starts an identity provider; `sign-in` of users goes through a grant type of the tests' own, everything else is the stock provider. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const counts = new Map<string, number>();
  let down = false;
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0] ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (down) request.socket.destroy();
    else handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let keys = [await createKey()];
  handle = createProvider(issuer, keys).callback();

  const requestToken = async (parameters: Record<string, string>): Promise<string> => {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      // Client and provider share a process here: a kept connection would outlive a stopped provider.
      headers: { connection: 'close' },
      body: new URLSearchParams({ ...CLIENT, resource: AUDIENCE, ...parameters }),
    });
    const body = (await response.json()) as { access_token?: string };
    if (body.access_token === undefined) throw new Error(`the identity provider answered ${response.status} ${JSON.stringify(body)}`);
    return body.access_token;
  };

  return {
    issuer,
    audience: AUDIENCE,
    token: (signIn) => requestToken({ grant_type: GRANT, sign_in: JSON.stringify(signIn) }),
    clientToken: () => requestToken({ grant_type: 'client_credentials' }),
    async sign(claims, header = {}) {
      const [key] = keys as [JWK];
      const protectedHeader = { alg: 'ES256', typ: 'at+jwt', kid: key.kid!, ...header };
      // Whatever the header calls critical is claimed to be understood, or jose would not sign it.
      const crit = Object.fromEntries((header.crit ?? []).map((name) => [name, true]));
      return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(await importJWK(key, 'ES256'), { crit });
    },
    publicKey() {
      const { d: _, ...key } = keys[0]!;
      return key;
    },
    async rotate(options = {}) {
      keys = [await createKey(), ...(options.withdraw ? [] : keys)];
      handle = createProvider(issuer, keys).callback();
    },
    setDown(value) {
      down = value;
    },
    requests: (path) => counts.get(path) ?? 0,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: crypto.randomUUID() };
}

function createProvider(issuer: string, keys: readonly JWK[]): Provider {
  const resourceServer = {
    scope: 'tenet',
    audience: AUDIENCE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: 3600,
    jwt: { sign: { alg: 'ES256' } },
  };
  const provider = new Provider(issuer, {
    jwks: { keys },
    adapter: NoStorage,
    ttl: { AccessToken: 3600, ClientCredentials: 3600 },
    clients: [
      {
        ...CLIENT,
        grant_types: ['client_credentials', GRANT],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: ['only for tests'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => resourceServer, useGrantedResource: () => true },
    },
    extraTokenClaims: (context: GrantContext) => claimsOf(context.oidc.params['sign_in']),
  });
  const signIn = async (context: GrantContext) => {
    const { subject, lifetimeSeconds = 3600 } = JSON.parse(context.oidc.params['sign_in'] ?? '') as SignIn;
    const token = new provider.AccessToken({ accountId: subject, client: context.oidc.client, scope: 'tenet', gty: GRANT });
    token.resourceServer = new provider.ResourceServer(AUDIENCE, resourceServer);
    token.expiresIn = lifetimeSeconds;
    context.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: lifetimeSeconds };
  };
  provider.registerGrantType(GRANT, signIn, ['sign_in', 'resource']);
  return provider;
}

/** Tokens are self-contained, so nothing needs to be kept; the provider warns about its own memory store at every start. */
class NoStorage {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
}

function claimsOf(signIn: string | undefined): Record<string, unknown> {
  if (signIn === undefined) return {};
  const { email, emailVerified = true, name, acr, amr, authTime } = JSON.parse(signIn) as SignIn;
  return { ...(email && { email, email_verified: emailVerified }), name, acr, amr, auth_time: authTime };
}
