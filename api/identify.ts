import type { Principal } from '../core/actor.ts';
import type { Identity } from './authenticate.ts';

/** Finds the user behind a verified token, once per token: what the authenticator remembers of a token is the key, so both are forgotten together. */
export function createIdentify(provision: (identity: Identity) => Promise<Principal>): (identity: Identity) => Promise<Principal> {
  const known = new WeakMap<Identity, Promise<Principal>>();
  return (identity) => {
    let principal = known.get(identity);
    if (!principal) {
      principal = provision(identity);
      known.set(identity, principal);
      principal.catch(() => known.delete(identity));
    }
    return principal;
  };
}
