import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { checkPolicyHealth } from '../core/authorization/store/policy-health.ts';
import type { HealthCheck } from '../core/base/health.ts';
import type { Database } from '../core/database/database.ts';
import type { Authenticator } from './authentication/authenticate.ts';

/** What readiness depends on in every installation. */
export async function checks(database: Database, policies: LivePolicies, draining: boolean): Promise<HealthCheck[]> {
  const reachable = await database
    .read('platform', (db) => db.raw('select 1'))
    .then(
      () => undefined,
      (error: Error) => error,
    );
  return [
    {
      name: 'database',
      state: reachable ? 'FAILING' : 'OK',
      ...(reachable && { detail: 'The database does not answer.' }),
    },
    await checkPolicyHealth(policies),
    { name: 'server', state: draining ? 'FAILING' : 'OK', ...(draining && { detail: 'It is stopping.' }) },
  ];
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
