import { closest } from '../../core/base/text.ts';
import type { RefusalReason } from './authenticate.ts';
import { type IssuerConfig, withoutType } from './issuer.ts';

/** What a token says about itself, before anything of it is believed. */
export interface TokenText {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Why a token is not accepted, besides what `RefusalReason` says: its issuer's keys could not be read. */
export type CheckReason = RefusalReason | 'keys-unavailable';

interface Refused extends TokenText {
  readonly trusted: readonly IssuerConfig[];
  /** The configuration of the token's issuer, when it is a trusted one. */
  readonly issuer: IssuerConfig | undefined;
  /** What failed below, for what has a cause. */
  readonly cause: string;
}

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
const date = (value: unknown): string =>
  typeof value === 'number' && Math.abs(value) < 8e12 ? new Date(value * 1000).toISOString() : shown(value);

/** For each reason one sentence about what is wrong with this token, and what to change. */
export const advice: Readonly<Record<CheckReason, (token: Refused) => string>> = {
  'no-credential': () => 'There is no token. Give one, or - to read it from standard input.',
  'malformed-authorization': () => 'This is no bearer token: it has characters that none can have. Give the token alone.',
  'token-too-long': () => 'The token is longer than 8 KiB. Have the provider put fewer claims (groups, for example) into access tokens.',
  'malformed-token': () =>
    'This is no signed JWT. A provider gives an opaque or encrypted token when it does not know for whom it is: ask for the audience (or resource) that stands for Tenet, and for signed access tokens.',
  'algorithm-refused': ({ header, issuer }) =>
    `It is signed with ${shown(header['alg'])}, and ${(issuer?.algorithms ?? ['RS256', 'PS256', 'ES256', 'EdDSA']).join(', ')} is accepted. Have the provider sign with one of these; shared secrets (HS256) and none are never accepted.`,
  'critical-header': () => 'Its header demands an extension (crit) that Tenet does not know. Turn that extension off at the provider.',
  'unknown-issuer': ({ claims, trusted }) => {
    const names = trusted.map(({ issuer }) => issuer);
    const near = typeof claims['iss'] === 'string' ? closest(claims['iss'], names) : undefined;
    const hint = near ? ` The nearest is ${near}; they must be equal to the last character.` : '';
    if (claims['iss'] === undefined) return 'It does not say who issued it (iss). Have the provider issue JWT access tokens (RFC 9068).';
    return `Its iss is ${shown(claims['iss'])}, and trusted are ${names.join(', ')}.${hint} Set TENET_ISSUER or TENET_ISSUERS to the iss of the tokens.`;
  },
  'wrong-type': ({ header, issuer }) =>
    `Its header typ is ${shown(header['typ'])}, and ${(issuer?.types ?? ['at+jwt']).join(', ')} is accepted. Is it an ID token? Then send the access token. If this provider's access tokens have that typ, add "types": ["at+jwt", ${shown(header['typ'] ?? withoutType)}] to its entry in TENET_ISSUERS.`,
  'unknown-key': ({ header }) =>
    `It is signed with the key ${shown(header['kid'])}, which the provider does not publish. Get a new token; if that is refused too, jwksUri or the issuer is another tenant's.`,
  'ambiguous-key': () => 'It names no key (kid), and the provider publishes several that fit. Have the provider put kid into the header.',
  'bad-signature': () =>
    'Its signature does not fit the published key: it was changed on its way, or made by somebody else. Get a new token.',
  'wrong-audience': ({ claims, issuer }) =>
    `Its aud is ${shown(claims['aud'])}, and ${[issuer?.audience ?? []].flat().join(' or ')} is accepted. Have the provider issue tokens for Tenet (an API, resource or audience of its own), or set the audience to that value if it stands for Tenet alone.`,
  'missing-claim': ({ claims }) =>
    `It lacks ${['sub', 'iat', 'exp', 'aud'].filter((name) => claims[name] === undefined).join(', ') || 'a claim'}; sub, iat, exp and aud are needed. Have the provider add what is missing.`,
  'malformed-claim': () => 'A claim that counts (sub, iat, exp, nbf, aud) has a value that it cannot have. Have the provider correct it.',
  expired: ({ claims }) => `It ended at ${date(claims['exp'])}, or was issued longer ago than maxTokenAge allows. Get a new one.`,
  'not-yet-valid': ({ claims }) =>
    `It begins at ${date(claims['nbf'] ?? claims['iat'])}, which is in the future here. Set the clocks of the provider and of this machine.`,
  'lifetime-too-long': ({ claims, issuer }) =>
    `It lives from ${date(claims['iat'])} to ${date(claims['exp'])}, and ${issuer?.maxTokenAge ?? 86_400} seconds are accepted. Shorten the lifetime of access tokens at the provider, or raise maxTokenAge in TENET_ISSUERS.`,
  'sender-constrained': () =>
    'It is bound to a key of its holder (cnf; DPoP or mutual TLS), which Tenet does not check. Ask for a plain bearer token.',
  'keys-unavailable': ({ cause }) =>
    `The keys of its issuer cannot be read: ${cause}. Is the issuer spelled as the provider's metadata says, and can this machine reach it? Name the keys with jwksUri when the provider has no metadata.`,
};
