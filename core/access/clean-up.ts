import { isPlanOfRollout } from '../authorization/store/rollouts.ts';
import { newId } from '../base/ids.ts';
import type { Database } from '../database/database.ts';
import { deleteAll } from '../database/delete-all.ts';
import { expireTransfers } from '../organizations/ownership-transfers.ts';
import { forgetErasedIdentities } from '../people/erased-identities.ts';
import { expireOverdue } from './invitation-rows.ts';
import { expireSupportAccesses } from './support-accesses.ts';

const batch = 200;

/**
 * The daily work: marks invitations, ownership transfers and support accesses whose time is over, forgets idempotency keys after 24 hours, kept
 * decisions and deliveries of webhooks after 30 days, and exports, links to them, sign-ins to applications and access plans when they expire, but no plan of an open rollout, and the hashes of erased identities after 30. In small transactions: others wait for them briefly, and what was done stays done
 * after an interruption.
 */
export async function cleanUp(database: Database): Promise<void> {
  const who = { name: 'tenet', requestId: newId('request') };
  for (const expire of [expireOverdue, expireTransfers, expireSupportAccesses]) {
    for (;;) {
      const expired = await database.write('platform', (db) => expire(db, who, { limit: batch }));
      if (expired < batch) break;
    }
  }
  await deleteAll(database, 'idempotency_keys', "created_at < now() - interval '24 hours'");
  await deleteAll(database, 'decisions', "at < now() - interval '30 days'");
  await deleteAll(database, 'exports', 'expires_at < now()');
  await deleteAll(database, 'export_links', 'expires_at < now()');
  await deleteAll(database, 'instance_passes', 'expires_at < now()');
  await deleteAll(
    database,
    'webhook_deliveries',
    "created_at < now() - interval '30 days' and (state <> 'WAITING' or updated_at < now() - interval '7 days')",
  );
  await deleteAll(database, 'access_plans', `expires_at < now() and not ${isPlanOfRollout}`);
  await database.write('platform', forgetErasedIdentities);
  await deleteAll(database, 'budgets', "since < now() - interval '2 days'");
}
