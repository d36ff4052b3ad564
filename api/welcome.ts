import { createActor } from '../core/authorization/decisions/actor.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { type Config, entitlementsOf } from '../core/base/config.ts';
import type { Keyring } from '../core/base/keyring.ts';
import { createPersonalOrganization, hasPersonalOrganization } from '../core/organizations/personal.ts';
import { identityHashes } from '../core/people/erased-identities.ts';
import type { Identity, Welcome } from '../core/people/users.ts';

/** What an account comes with in this installation: its entitlements, and a personal organization where there are such. */
export function welcomeOf(
  policies: LivePolicies,
  config: Config,
  keyring: Keyring,
  { requestId, clientRequestId }: { requestId: string; clientRequestId?: string | undefined },
): Welcome {
  const { TENET_PERSONAL_BLUEPRINT: blueprint } = config;
  const account = { entitlements: entitlementsOf(config), erasedAs: (identity: Identity) => identityHashes(keyring, identity) };
  if (blueprint === undefined) return account;
  return {
    ...account,
    lacks: async (db, userUuid) => !(await hasPersonalOrganization(db, userUuid)),
    bring: (db, principal) =>
      createPersonalOrganization(db, createActor({ db, policies, principal, requestId, clientRequestId, lock: false }), { blueprint }),
  };
}
