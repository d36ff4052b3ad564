import type { Principal } from '../../core/authorization/decisions/actor.ts';
import type { TenetRequest } from '../http/message.ts';
import type { Authenticator, Identity } from './authenticate.ts';

/** Who sends this request, noted in its logFields: at once when the token has been here before. Throws or rejects as `Authenticator.authenticate` does. */
export type Authenticate = (request: TenetRequest) => Principal | Promise<Principal>;

/** Finds the user behind a verified token, once per token: what the authenticator remembers of a token is the key, so both are forgotten together. */
export function createPrincipalResolver(
  authenticator: Authenticator,
  provision: (identity: Identity, request: TenetRequest) => Promise<Principal>,
): Authenticate {
  const known = new WeakMap<Identity, Principal | Promise<Principal>>();

  function identify(identity: Identity, request: TenetRequest): Principal | Promise<Principal> {
    const found = known.get(identity);
    if (found) return found;
    const provisioned = provision(identity, request);
    known.set(identity, provisioned);
    provisioned.then(
      (principal) => known.set(identity, principal),
      () => known.delete(identity),
    );
    return provisioned;
  }

  return (request) => {
    const identity = authenticator.authenticate(request.headers.authorization);
    const principal = identity instanceof Promise ? identity.then((each) => identify(each, request)) : identify(identity, request);
    return principal instanceof Promise ? principal.then((each) => trace(each, request)) : trace(principal, request);
  };
}

function trace(principal: Principal, { logFields }: TenetRequest): Principal {
  logFields.subject = principal.subject.id;
  return principal;
}
