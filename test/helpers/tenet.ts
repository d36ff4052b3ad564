import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createClient, { type Client } from 'openapi-fetch';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import type { paths } from '../../api/contract/openapi.d.ts';
import { type StartOptions, startTenet as start, type Tenet } from '../../api/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { createLog, type Log } from '../../core/base/log.ts';
import { openDatabase } from '../../core/database/database.ts';
import { migrate } from '../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../core/policies/policies.ts';
import { auditDeviations } from './audit-check.ts';
import { createDatabase, templateDatabase } from './postgres.ts';
import { sharedReview } from './review.ts';

/** Every type but that of plans, which are asked for by `raw`. */
export type OrdinaryType = 'application/json' | 'application/problem+json';

/** Somebody who calls, with the generated client. */
export interface Caller {
  readonly client: Client<paths, OrdinaryType>;
  readonly token: string;
  readonly email: string;
  /** A request that the client would not make: any method, path, headers and body. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  /** The id of their user. */
  userId(): Promise<string>;
}

/** A server of the test's own, on a database of its own. */
export interface TestTenet extends Tenet {
  readonly dataDir: string;
  /** Signs somebody in; the e-mail address is also the subject unless one is given. */
  as(email: string, options?: { subject?: string; verified?: boolean; amr?: readonly string[] }): Promise<Caller>;
  /** A caller with this bearer token, whatever it is. */
  bearing(token: string): Caller;
  /** A caller without a token. */
  anonymous(): Caller;
}

/** Tests do in a minute what people do in months; those of the bounds say the bounds. */
const roomy = {
  TENET_MAILS_PER_ADDRESS: '1000',
  TENET_RESEND_COOLDOWN: '0',
  TENET_ORGANIZATIONS_PER_USER: '10000',
  TENET_ORGANIZATIONS_PER_DAY: '10000',
};

/** Starts Tenet on a fresh copy of the migrated database, with the policies of the checkout and every response checked against the contract. So are events, but for those of a test that `inventsEvents`. */
export async function startTenet(
  environment: Record<string, string> = {},
  options: { log?: Log; inventsEvents?: boolean; stores?: StartOptions['stores'] } = {},
): Promise<TestTenet> {
  await templateDatabase('tenet', prepare);
  const copy = environment['DATABASE_URL']
    ? { url: environment['DATABASE_URL'], drop: async () => undefined }
    : await createDatabase('tenet');
  const dataDir = mkdtempSync(join(tmpdir(), 'tenet-test-'));
  const config = readConfig({
    DATABASE_URL: copy.url,
    TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    TENET_DATA_DIR: dataDir,
    TENET_PORT: '0',
    TENET_METRICS_PORT: '0',
    TENET_SHADOW_SHARE: '1',
    TENET_VALIDATE_RESPONSES: 'true',
    ...roomy,
    ...environment,
  });
  const log = options.log ?? createLog(process.env['TENET_TEST_LOG'] ?? 'silent');
  // What runs programs is started by the command; a test that wants it does so itself.
  const instanceLogs = async (): Promise<string[]> => [];
  const tenet = await start(config, {
    log,
    review: sharedReview,
    stores: options.stores,
    ...(config.TENET_APPS_DRIVER !== 'off' && { instanceLogs }),
  });
  const issuer = await loadDevIssuer(dataDir);

  return {
    ...tenet,
    dataDir,
    async as(email, { subject = email, verified = true, amr } = {}) {
      return caller(tenet.url, await issuer.sign({ subject, ...(verified ? { email } : {}), ...(amr && { amr }) }), email);
    },
    bearing: (token) => caller(tenet.url, token, ''),
    anonymous: () => caller(tenet.url, undefined, ''),
    async stop() {
      await tenet.stop();
      const deviations = await (options.inventsEvents ? Promise.resolve([]) : auditDeviations(copy.url)).finally(async () => {
        await copy.drop();
        rmSync(dataDir, { recursive: true, force: true });
      });
      if (deviations.length > 0) throw new Error(`Audit events do not fit openapi/audit-changes.yaml:\n${deviations.join('\n')}`);
    },
  };
}

async function prepare(url: string): Promise<void> {
  await migrate(url);
  const database = openDatabase(url, { size: 2, onError: () => undefined });
  await applyInitialPolicies(database, 'policies');
  await database.close();
}

function caller(url: string, token: string | undefined, email: string): Caller {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = createClient<paths, OrdinaryType>({ baseUrl: url, headers });
  return {
    client,
    token: token ?? '',
    email,
    raw: (path, init = {}) => fetch(url + path, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } }),
    async userId() {
      const { data } = await client.GET('/v1/me');
      return data!.id;
    },
  };
}
