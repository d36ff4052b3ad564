import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { checkPolicyHealth } from '../core/authorization/store/policy-health.ts';
import type { HealthCheck } from '../core/base/health.ts';
import type { Database } from '../core/database/database.ts';
import type { Authenticator } from './authentication/authenticate.ts';

/** What readiness depends on in every installation. */
export async function checks(database: Database, policies: LivePolicies, draining: boolean): Promise<HealthCheck[]> {
  return [
    await checkDatabase(database),
    await checkPolicyHealth(policies),
    { name: 'server', state: draining ? 'FAILING' : 'OK', ...(draining && { detail: 'It is stopping.' }) },
  ];
}

async function checkDatabase(database: Database): Promise<HealthCheck> {
  const name = 'database';
  // It would only wait behind the others.
  if (database.shortage() === 'stuck')
    return {
      name,
      state: 'FAILING',
      detail: 'Requests wait for a connection to the database, and none has got one for 2 seconds or more.',
    };
  const failure = await database
    .read('platform', (db) => db.raw('select 1'))
    .then(
      () => undefined,
      (error: Error) => error,
    );
  if (failure) return { name, state: 'FAILING', detail: 'The database does not answer.' };
  return database.shortage() === 'refusing'
    ? { name, state: 'DEGRADED', detail: 'Some requests of the last seconds got no connection to the database in time.' }
    : { name, state: 'OK' };
}

/** As it was last time; it is tried again for the next one that asks. */
export function issuersCheck(authenticator: Authenticator): HealthCheck {
  void authenticator.readKeys();
  if (!authenticator.isFailing()) return { name: 'issuers', state: 'OK' };
  return {
    name: 'issuers',
    state: 'DEGRADED',
    detail: 'The keys of an identity provider cannot be read; the log says of which one, and why.',
  };
}
