import type { FoundKey, KeyLookup } from '../../core/access/key-lookup.ts';
import type { Allowance, KeyRates } from '../../core/access/key-rates.ts';
import type { KeyUsage } from '../../core/access/key-usage.ts';
import type { Principal } from '../../core/authorization/decisions/actor.ts';
import { nameOf } from '../../core/authorization/decisions/subjects.ts';
import { InvalidInput, Unauthenticated } from '../../core/base/errors.ts';
import { isKeyShaped } from '../../core/base/key-secret.ts';
import type { TenetRequest } from '../http/message.ts';
import type { Authenticator, Identity } from './authenticate.ts';

/** Who sends this request, noted in its logFields: at once when the token has been here before. Throws or rejects as `Authenticator.authenticate` does. */
export type Authenticate = (request: TenetRequest) => Principal | Promise<Principal>;

export interface PrincipalResolverOptions {
  readonly authenticator: Authenticator;
  /** The user behind a verified token. */
  readonly provision: (identity: Identity, request: TenetRequest) => Promise<Principal>;
  readonly keys: KeyLookup;
  readonly rates: KeyRates;
  readonly usage: Pick<KeyUsage, 'note'>;
  /** Headers, in lower case, that may bring an API key in the place of Authorization. */
  readonly keyHeaders: readonly string[];
}

/**
 * Finds who is behind a credential: an API key, or a token, whose user is looked up once: what the authenticator remembers of a token is the
 * key of that, so both are forgotten together.
 */
export function createPrincipalResolver({
  authenticator,
  provision,
  keys,
  rates,
  usage,
  keyHeaders,
}: PrincipalResolverOptions): Authenticate {
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

  function resolve(request: TenetRequest): Principal | Promise<Principal> {
    const key = keyOf(request, keyHeaders);
    if (key !== undefined) return resolveKey(key, request);
    const identity = authenticator.authenticate(request.headers.authorization);
    return identity instanceof Promise ? identity.then((each) => identify(each, request)) : identify(identity, request);
  }

  function resolveKey(secret: string, request: TenetRequest): Principal | Promise<Principal> {
    const found = keys.find(secret);
    return found instanceof Promise ? found.then((key) => admitKey(key, request)) : admitKey(found, request);
  }

  /** A key that is used from elsewhere, or too often, is refused before anything is read for it. */
  function admitKey(key: FoundKey, request: TenetRequest): Principal | Promise<Principal> {
    const { subject, organization, limits, networks } = key;
    request.logFields.subject = nameOf(subject);
    const { address } = request;
    if (networks && (address === undefined || !networks.has(address))) throw new Unauthenticated('address-not-allowed');
    const principal = key.from(address);
    if (limits === undefined) return principal;
    const { uuid } = subject;
    const spend = ({ headers, refusal }: Allowance): Principal => {
      request.rateHeaders = headers;
      if (refusal) throw refusal;
      return principal;
    };
    const taken = rates.take({ organization, uuid, limits });
    return taken instanceof Promise ? taken.then(spend) : spend(taken);
  }

  return (request) => {
    const principal = resolve(request);
    return principal instanceof Promise ? principal.then((each) => trace(each, request)) : trace(principal, request);
  };

  function trace(principal: Principal, { logFields, address }: TenetRequest): Principal {
    logFields.subject ??= nameOf(principal.subject);
    usage.note(principal, address);
    return principal;
  }
}

/** `Bearer ` and a key are shorter than any token. */
const longest = 64;

/** The API key that a request brings; undefined where it brings none. Throws InvalidInput when it brings a second credential. */
function keyOf({ headers }: TenetRequest, keyHeaders: readonly string[]): string | undefined {
  const { authorization } = headers;
  for (const name of keyHeaders) {
    const key = headers[name];
    if (key === undefined) continue;
    if (authorization === undefined && keyHeaders.every((other) => other === name || headers[other] === undefined)) return String(key);
    throw new InvalidInput('A request brings one credential.', [
      { parameter: name, detail: 'must be left out where another header brings one' },
    ]);
  }
  if (authorization === undefined || authorization.length > longest) return undefined;
  const credential = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  return credential !== undefined && isKeyShaped(credential) ? credential : undefined;
}
