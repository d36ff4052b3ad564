import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { SignIn } from '../../core/authorization/decisions/subjects.ts';
import type { EmailClaim } from '../../core/base/email-claim.ts';
import { TenetError, Unauthenticated, Unavailable } from '../../core/base/errors.ts';
import { isName } from '../../core/base/text.ts';
import { type Issuer, type IssuerConfig, normalizeType, parseIssuer, withoutType } from './issuer.ts';
import { createIssuerKeys, type IssuerKeys, type IssuerKeysEvent } from './issuer-keys.ts';

export type { IssuerConfig } from './issuer.ts';

const LONGEST_TOKEN = 8 * 1024;
const CLOCK_TOLERANCE = 30;

/** Why a token was refused: for logs, metrics and tests, never for the caller. */
export type RefusalReason =
  | 'no-credential'
  | 'malformed-authorization'
  | 'token-too-long'
  | 'malformed-token'
  | 'algorithm-refused'
  | 'critical-header'
  | 'unknown-issuer'
  | 'wrong-type'
  | 'unknown-key'
  | 'ambiguous-key'
  | 'bad-signature'
  | 'wrong-audience'
  | 'missing-claim'
  | 'malformed-claim'
  | 'expired'
  | 'not-yet-valid'
  | 'lifetime-too-long'
  | 'sender-constrained';

/** Who calls, as their identity provider says. A user is known by (issuer, subject), never by e-mail. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** The claims `email` and `email_verified`; absent when the token has neither. */
  readonly email?: EmailClaim;
  /** The claim `name`, when it is one that can be shown. */
  readonly name?: string;
  /** Seconds since the epoch, as in the token. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** How the user signed in (RFC 9470, RFC 8176); `authTime` in seconds since the epoch. */
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly authTime?: number;
  /** What that is worth here. */
  readonly signIn: SignIn;
}

/** What an authenticator tells the log and the metrics; never holds a token. */
export type AuthenticationEvent = IssuerKeysEvent | { readonly type: 'token-verified'; readonly issuer: string };

/** Turns the Authorization header into an identity. */
export interface Authenticator {
  /**
   * Takes every Authorization header of the request (`headers` of Node hides a second one), and answers at once when the token was
   * verified before. Throws or rejects with `Unauthenticated` and its `RefusalReason`, or with `Unavailable` when the issuer's keys
   * cannot be had.
   */
  authenticate(authorization: string | readonly string[] | undefined): Identity | Promise<Identity>;
  /** Reads the keys of every issuer whose are due, ahead of the tokens. Never rejects: what fails is an event. */
  readKeys(): Promise<void>;
  /** Whether some issuer did not answer last time. */
  isFailing(): boolean;
}

/** Settings of an authenticator; `clock` is in milliseconds since the epoch. */
export interface AuthenticatorOptions {
  readonly issuers: readonly IssuerConfig[];
  /** How many verified tokens are remembered; 10000 when absent. */
  readonly cacheSize?: number;
  readonly clock?: () => number;
  readonly onEvent?: (event: AuthenticationEvent) => void;
}

interface TrustedIssuer extends Issuer {
  readonly keys: IssuerKeys;
}

/** Checks access tokens (RFC 9068, RFC 8725) of the given issuers; throws a `TenetError` when the configuration of one is not safe. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { clock = Date.now, onEvent = () => {} } = options;
  const issuers = new Map<string, TrustedIssuer>();
  for (const config of options.issuers) {
    const issuer = parseIssuer(config);
    if (issuers.has(issuer.issuer))
      throw new TenetError('invalid-configuration', `Issuer "${issuer.issuer}" is configured twice; keep one.`);
    issuers.set(issuer.issuer, { ...issuer, keys: createIssuerKeys(issuer, clock, onEvent) });
  }
  // Only what was verified is remembered, under the header's hash: neither a heap dump nor a flood of wrong tokens gets anything from it.
  const verified = new LRUCache<string, { identity: Identity; until: number }>({ max: options.cacheSize ?? 10_000 });

  const trusted = [...issuers.values()];
  return {
    isFailing: () => trusted.some(({ keys }) => keys.isFailing()),
    async readKeys() {
      await Promise.allSettled(trusted.map(({ keys }) => keys.current()));
    },
    authenticate(authorization) {
      const header = soleHeader(authorization);
      const remembered = verified.get(hash('sha256', header, 'base64'));
      return remembered !== undefined && clock() < remembered.until ? remembered.identity : verifyAnew(header);
    },
  };

  async function verifyAnew(header: string): Promise<Identity> {
    const token = bearerToken(header);
    const issuer = issuerOf(token, issuers);
    const { payload } = await verify(token, issuer, clock);
    const identity = toIdentity(payload, issuer);
    // Never longer than the keys are fresh, so that a key that its issuer withdraws takes its tokens with it.
    // Under its usual spelling alone: one token takes one place.
    verified.set(hash('sha256', `Bearer ${token}`, 'base64'), {
      identity,
      until: Math.min(identity.expiresAt * 1000, issuer.keys.validUntil()),
    });
    onEvent({ type: 'token-verified', issuer: issuer.issuer });
    return identity;
  }
}

/** The credential of `Authorization: Bearer` (RFC 6750 section 2.1), be it an access token or an API key; throws `Unauthenticated`. */
export function bearerToken(authorization: string | readonly string[] | undefined): string {
  // RFC 9110 section 11.1: the scheme has no case.
  const token = /^bearer +([\w\-.~+/]+=*)$/i.exec(soleHeader(authorization))?.[1];
  if (token === undefined) throw refused('malformed-authorization');
  return token;
}

function soleHeader(authorization: string | readonly string[] | undefined): string {
  const headers = typeof authorization === 'string' ? [authorization] : authorization;
  const header = headers?.[0];
  if (headers === undefined || header === undefined) throw refused('no-credential');
  if (headers.length > 1) throw refused('malformed-authorization');
  if (header.length > LONGEST_TOKEN + 'Bearer '.length) throw refused('token-too-long');
  return header;
}

/** Chooses the issuer by the token's own word; from here on only that issuer's keys and rules count. */
function issuerOf(token: string, issuers: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
  let header: ReturnType<typeof decodeProtectedHeader>;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(token);
    claims = decodeJwt(token);
  } catch (cause) {
    throw refused('malformed-token', cause);
  }
  const issuer = typeof claims.iss === 'string' ? issuers.get(claims.iss) : undefined;
  if (issuer === undefined) throw refused('unknown-issuer');
  if (typeof header.alg !== 'string' || !issuer.algorithms.includes(header.alg)) throw refused('algorithm-refused');
  // No extension is understood here, so each critical one is refused (RFC 7515 section 4.1.11). jku, x5u, jwk and x5c are never read.
  if ('crit' in header) throw refused('critical-header');
  const { typ = withoutType } = header;
  if (typeof typ !== 'string' || !issuer.types.has(normalizeType(typ))) throw refused('wrong-type');
  return issuer;
}

async function verify(token: string, issuer: TrustedIssuer, clock: () => number): Promise<JWTVerifyResult> {
  const attempt = async () =>
    jwtVerify(token, await issuer.keys.current(), {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: issuer.algorithms,
      requiredClaims: ['exp', 'iat', 'sub'],
      maxTokenAge: issuer.maxTokenAge,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(clock()),
    });
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusal(error);
  }
  const certain = await issuer.keys.refreshForUnknownKey();
  try {
    return await attempt();
  } catch (error) {
    // The issuer may have rotated its keys while it cannot be asked: that is our trouble, not the caller's.
    if (error instanceof errors.JWKSNoMatchingKey && !certain)
      throw new Unavailable(
        'The identity provider does not answer, and the token is signed with a key that is not known yet. Try again soon.',
      );
    throw refusal(error);
  }
}

function refusal(error: unknown): Error {
  if (error instanceof Unavailable) return error;
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return refused(claimReason(error), error);
  if (error instanceof errors.JWKSNoMatchingKey) return refused('unknown-key', error);
  if (error instanceof errors.JWKSMultipleMatchingKeys) return refused('ambiguous-key', error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('bad-signature', error);
  return refused('malformed-token', error);
}

function claimReason(error: errors.JWTClaimValidationFailed | errors.JWTExpired): RefusalReason {
  if (error.reason === 'missing') return 'missing-claim';
  if (error.reason === 'invalid') return 'malformed-claim';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error.claim === 'aud') return 'wrong-audience';
  return error.claim === 'nbf' || error.claim === 'iat' ? 'not-yet-valid' : 'malformed-claim';
}

function toIdentity(claims: JWTPayload, issuer: Issuer): Identity {
  const { sub, iat, exp, acr, amr, auth_time: authTime, email, email_verified: emailVerified, name, cnf } = claims;
  // jose asks only that `sub` is there; OpenID Connect Core section 2 allows 255 characters.
  if (!isText(sub, 255) || iat === undefined || exp === undefined) throw refused('malformed-claim');
  if (exp - iat > issuer.maxTokenAge) throw refused('lifetime-too-long');
  // A token bound to its holder's key (RFC 8705, RFC 9449) is worth nothing without the proof, which is not checked here.
  if (cnf !== undefined) throw refused('sender-constrained');
  const shown = {
    ...(isText(acr, 255) && { acr }),
    ...(Array.isArray(amr) && { amr: Object.freeze(amr.filter((each) => isText(each, 255))) }),
    ...(Number.isSafeInteger(authTime) && { authTime: authTime as number }),
  };
  return Object.freeze({
    issuer: issuer.issuer,
    subject: sub,
    ...((email !== undefined || emailVerified !== undefined) && { email: emailClaim(email, emailVerified) }),
    // The name becomes a display name, which everybody in an organization reads.
    ...(typeof name === 'string' && isName(name) && { name }),
    issuedAt: iat,
    expiresAt: exp,
    ...shown,
    signIn: signInOf(shown, issuer),
  });
}

/** Whether the token shows a second factor, by what its issuer's configuration says. */
function signInOf({ acr, amr = [], authTime }: Pick<Identity, 'acr' | 'amr' | 'authTime'>, { secondFactor }: Issuer): SignIn {
  const { maxAge, acr: acrValues } = secondFactor;
  const isShown = (acr !== undefined && acrValues.includes(acr)) || amr.some((each) => secondFactor.amr.has(each));
  // Without a time it cannot be young enough.
  const ends = maxAge === undefined ? Number.POSITIVE_INFINITY : authTime === undefined ? 0 : (authTime + maxAge) * 1000;
  return Object.freeze({
    secondFactorUntil: isShown ? ends : 0,
    ...(acrValues.length > 0 && { acrValues }),
    ...(maxAge !== undefined && { maxAge }),
  });
}

/** An address that is no text, or a longer one than any, is as good as none. */
function emailClaim(email: unknown, verified: unknown): EmailClaim {
  return Object.freeze({
    ...(isText(email, 320) && { address: email }),
    ...(verified !== undefined && { verified: verified === true }),
  });
}

/** Text that a database stores as it is: control characters and lone surrogates would be refused or, worse, made equal to another subject's. */
function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest && !/[\p{Cc}\p{Cs}]/u.test(value);
}

function refused(reason: RefusalReason, cause?: unknown): Unauthenticated {
  return new Unauthenticated(reason, { cause });
}
