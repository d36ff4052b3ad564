import type { JWK } from 'jose';
import { TenetError } from '../../core/base/errors.ts';

/** Signature algorithms that Tenet accepts; all are asymmetric, so a public key can never serve as a shared secret (RFC 8725 section 3.1). */
export const ACCEPTED_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** What `types` calls a token without the header `typ`, as Okta and Cognito issue them. */
export const withoutType = 'none';

/** An identity provider whose access tokens are trusted. */
export interface IssuerConfig {
  /** Compared byte by byte with `iss`; an https URL, or http on loopback. */
  issuer: string;
  /** A token is accepted when its `aud` holds one of these. */
  audience: string | string[];
  /** Where the keys are; discovered from the issuer's metadata when absent. */
  jwksUri?: string;
  /** A part of RS256, PS256, ES256, EdDSA; all of them when absent. */
  algorithms?: string[];
  /** Accepted `typ` headers; `at+jwt` (RFC 9068) when absent. Providers that do not follow RFC 9068 need `JWT` here, or `none` for tokens without `typ`. */
  types?: string[];
  /** Longest age and longest lifetime of a token in seconds; 86400 when absent. */
  maxTokenAge?: number;
  /** What in a token shows a second factor; `amr` as in `defaultAmr`, and no `acr`, when absent. */
  secondFactor?: SecondFactorConfig;
  /** The one public key of an issuer without a key endpoint; nothing is fetched then. */
  key?: JWK;
}

/** What in a token shows a second factor. */
export interface SecondFactorConfig {
  /** One of these in the claim `amr` (RFC 8176) is enough. */
  amr?: string[];
  /** Or one of these as the claim `acr`; a challenge asks for them. */
  acr?: string[];
  /** Seconds after `auth_time` for which it counts; for as long as the token when absent. */
  maxAge?: number;
}

/** Values of `amr` (RFC 8176) that stand for something that a person has or is, or for several factors. */
export const defaultAmr: readonly string[] = [
  ...['mfa', 'mca', 'otp', 'hwk', 'swk', 'sc', 'sms', 'tel'],
  ...['fpt', 'face', 'iris', 'retina', 'vbm'],
];

/** An issuer as the authenticator uses it: checked, and with every default filled in. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string[];
  readonly jwksUri: URL | undefined;
  readonly algorithms: string[];
  readonly types: ReadonlySet<string>;
  readonly maxTokenAge: number;
  readonly secondFactor: { readonly amr: ReadonlySet<string>; readonly acr: readonly string[]; readonly maxAge: number | undefined };
  readonly key: JWK | undefined;
}

/** Checks one issuer's configuration and fills in the defaults; throws a `TenetError` with a sentence that says what to change. */
export function parseIssuer(config: IssuerConfig): Issuer {
  const refuse: Refuse = (what) => {
    // Configuration errors end up in logs: a password in the URL must not.
    const name = String(config.issuer ?? '').replace(/\/\/.*@/, '//');
    throw new TenetError('invalid-configuration', `Issuer "${name}" ${what}`);
  };
  return {
    issuer: config.issuer,
    audience: audienceOf(config, refuse),
    jwksUri: keysOf(config, refuse),
    algorithms: algorithmsOf(config, refuse),
    types: typesOf(config, refuse),
    maxTokenAge: maxTokenAgeOf(config, refuse),
    secondFactor: secondFactorOf(config, refuse),
    key: config.key,
  };
}

type Refuse = (what: string) => never;

function keysOf(config: IssuerConfig, refuse: Refuse): URL | undefined {
  const url = trustedUrl(config.issuer) ?? refuse('must be an https URL, or an http URL on loopback, without credentials.');
  if (config.issuer.includes('?') || config.issuer.includes('#')) refuse('must have neither a query nor a fragment (RFC 8414 section 2).');
  if (config.key !== undefined && ('d' in config.key || config.key.kty === 'oct')) refuse('must give a public key, not a secret one.');
  if (config.jwksUri === undefined) return undefined;
  return keysUrl(config.jwksUri, url) ?? refuse('has a jwksUri that is neither https nor on loopback.');
}

function audienceOf(config: IssuerConfig, refuse: Refuse): string[] {
  const audience = [config.audience ?? []].flat();
  if (audience.length === 0 || audience.some((each) => typeof each !== 'string' || each.trim() === ''))
    refuse(
      'has no audience. Set the audience that its access tokens carry for Tenet; without it any token of that issuer would open Tenet.',
    );
  return audience;
}

function algorithmsOf(config: IssuerConfig, refuse: Refuse): string[] {
  const algorithms = config.algorithms ?? [...ACCEPTED_ALGORITHMS];
  const strange = algorithms.find((algorithm) => !ACCEPTED_ALGORITHMS.includes(algorithm));
  if (strange !== undefined || algorithms.length === 0)
    refuse(`must use algorithms out of ${ACCEPTED_ALGORITHMS.join(', ')}; ${strange ?? 'an empty list'} is not possible.`);
  return algorithms;
}

function typesOf(config: IssuerConfig, refuse: Refuse): ReadonlySet<string> {
  const types = (config.types ?? ['at+jwt']).map(normalizeType);
  if (types.length === 0 || types.includes('')) refuse('must name at least one token type, for example at+jwt.');
  return new Set(types);
}

function maxTokenAgeOf(config: IssuerConfig, refuse: Refuse): number {
  const maxTokenAge = config.maxTokenAge ?? 86_400;
  if (!Number.isInteger(maxTokenAge) || maxTokenAge <= 0) refuse('must have a maxTokenAge of whole seconds above zero.');
  return maxTokenAge;
}

function secondFactorOf({ secondFactor = {} }: IssuerConfig, refuse: Refuse): Issuer['secondFactor'] {
  const { amr = defaultAmr, acr = [], maxAge } = secondFactor;
  // They stand in a header, joined by spaces.
  if ([...amr, ...acr].some((value) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(value)))
    refuse('must name values of secondFactor.amr and secondFactor.acr without spaces, quotation marks and backslashes.');
  if (maxAge !== undefined && (!Number.isInteger(maxAge) || maxAge <= 0))
    refuse('must have a secondFactor.maxAge of whole seconds above zero.');
  return { amr: new Set(amr), acr, maxAge };
}

/** Media types compare without case, and `application/` may be left out (RFC 7515 section 4.1.9). */
export function normalizeType(type: string): string {
  return type.toLowerCase().replace(/^application\//, '');
}

/** The URL of an issuer's keys; http only when the issuer itself is on loopback, so that metadata cannot point a remote issuer into this host. */
export function keysUrl(value: unknown, issuer: URL): URL | undefined {
  const url = trustedUrl(value);
  return url?.protocol === 'http:' && issuer.protocol !== 'http:' ? undefined : url;
}

function trustedUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && isLoopback(url.hostname) ? url : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
