// One replica for operator-replicas.test.ts, as a process of its own: it can be killed and suspended. It says who leads, and logs to standard output.
import { Registry } from 'prom-client';
import { startKubernetesControllers } from '../../../controllers/main.ts';
import { createChecker } from '../../../core/authorization/review/checker.ts';
import { createLivePolicies } from '../../../core/authorization/store/live-policies.ts';
import { loadKeyring } from '../../../core/base/keyring.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { mails } from '../../helpers/mails.ts';

const [databaseUrl, kubeconfig, dataDir] = process.argv.slice(2) as [string, string, string];
const print = (level: string) => (fields: object, message: string) => {
  const { err } = fields as { err?: Error };
  process.stdout.write(`${JSON.stringify({ level, message, ...fields, ...(err && { err: `${err.name}: ${err.message}` }) })}\n`);
};
const log = { debug: print('debug'), info: print('info'), warn: print('warn'), error: print('error') };
const database = openDatabase(databaseUrl, { size: 4, onError: () => undefined });
// A pass that has lost its office ends with that; what the database said to its write is told here.
const told: Database = {
  ...database,
  write: (scope, work) =>
    database.write(scope, work).catch((err: Error) => {
      log.warn({ err }, 'a write was refused');
      throw err;
    }),
};
await startKubernetesControllers({
  database: told,
  policies: createLivePolicies(database, { checker: createChecker(), onRefused: () => undefined }),
  keyring: await loadKeyring({ encryptionKeys: [], TENET_DATA_DIR: dataDir }),
  log,
  mails,
  appsDriver: 'off',
  registry: new Registry(),
  kubeconfig,
  say: () => undefined,
  lease: { leaseMs: 3_000, renewMs: 2_000, retryMs: 400 },
});
