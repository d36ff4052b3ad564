import { decodeJwt, decodeProtectedHeader } from 'jose';
import { isEmailAddress } from '../../core/base/email-address.ts';
import { Unauthenticated, Unavailable } from '../../core/base/errors.ts';
import { reasonOf } from '../../core/base/reason.ts';
import { isName } from '../../core/base/text.ts';
import { createAuthenticator, type RefusalReason } from './authenticate.ts';
import type { IssuerConfig } from './issuer.ts';
import { advice, type CheckReason, type TokenText } from './token-advice.ts';

/** Every claim of an access token that Tenet reads; what else is in it is not looked at, and not shown. */
export const readClaims = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf'],
  ...['email', 'email_verified', 'name', 'acr', 'amr', 'auth_time', 'cnf'],
] as const;
const readHeader = ['alg', 'typ', 'kid', 'crit'] as const;

/** What a token gives, or why it gives nothing. Nothing in it is the token itself. */
export interface TokenCheck {
  readonly accepted: boolean;
  readonly reason?: CheckReason;
  readonly advice?: string;
  /** As the token says; only when it is accepted are they true. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is missing in a token that is accepted. */
  readonly notes: readonly string[];
}

/** Checks a token as the server does, with the keys that its issuer publishes now. */
export async function checkToken(token: string, issuers: readonly IssuerConfig[], clock: () => number = Date.now): Promise<TokenCheck> {
  const text = readText(token);
  const shownText = { header: pick(text.header, readHeader), claims: pick(text.claims, readClaims) };
  try {
    await createAuthenticator({ issuers, clock }).authenticate(`Bearer ${token}`);
    return { accepted: true, ...shownText, notes: notesOn(text.claims) };
  } catch (error) {
    const reason = reasonFor(error);
    const issuer = issuers.find((each) => each.issuer === text.claims['iss']);
    const cause = reasonOf((error as Error).cause);
    return { accepted: false, reason, advice: advice[reason]({ ...text, trusted: issuers, issuer, cause }), ...shownText, notes: [] };
  }
}

function reasonFor(error: unknown): CheckReason {
  if (error instanceof Unauthenticated) return error.reason as RefusalReason;
  if (error instanceof Unavailable) return 'keys-unavailable';
  throw error;
}

function readText(token: string): TokenText {
  try {
    return { header: { ...decodeProtectedHeader(token) }, claims: decodeJwt(token) };
  } catch {
    return { header: {}, claims: {} };
  }
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}

/** What an accepted token lacks for what people expect of it. */
function notesOn({ email, email_verified: verified, name }: TokenText['claims']): string[] {
  return [...emailNotes(email, verified), ...nameNotes(name)];
}

function emailNotes(email: unknown, verified: unknown): string[] {
  if (email === undefined && verified === undefined)
    return [
      'It has neither email nor email_verified: without them the person has no address by which they could be invited or listed in a manifest. Have the provider add both claims to access tokens.',
    ];
  if (verified === undefined)
    return [
      'It has no email_verified, so the address does not count. Have the provider add that claim, or a mapping that says true for addresses that it owns.',
    ];
  if (verified === false)
    return ['Its email_verified is false: the address does not count until the person has verified it at the provider.'];
  if (verified !== true)
    return [`Its email_verified is ${JSON.stringify(verified)} and must be the JSON value true. Correct the mapping at the provider.`];
  if (typeof email !== 'string' || !isEmailAddress(email))
    return [
      'Its email is no address that Tenet takes: ASCII, with a full domain; an internationalized domain in its ASCII form (xn--...).',
    ];
  return [];
}

function nameNotes(name: unknown): string[] {
  if (name === undefined) return ['It has no name: members see the address until the person chooses a display name.'];
  if (typeof name !== 'string' || !isName(name))
    return ['Its name cannot be shown (longer than 100 characters, or with invisible ones) and is left out.'];
  return [];
}
