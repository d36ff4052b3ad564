import { emailAddressForm, foldEmail, isEmailAddress } from './email-address.ts';

/** What a token says about the address of its bearer (OpenID Connect Core section 5.1); a token with neither claim says nothing. */
export interface EmailClaim {
  readonly address?: string;
  /** `email_verified`; undefined when the claim is absent. Whatever is not `true` is false. */
  readonly verified?: boolean;
}

/**
 * The address of an account once its token has said this. Only an address that is verified now counts: `email_verified: false` clears it,
 * and so does a new address that nobody vouches for, or one that Tenet does not take. A token that says nothing leaves what was said.
 */
export function emailAfter(stored: string | null, claim: EmailClaim | undefined): string | null {
  if (claim === undefined) return stored;
  const { address, verified } = claim;
  if (verified === false) return null;
  if (address === undefined) return stored;
  if (verified) return isEmailAddress(address) ? address : null;
  return stored !== null && foldEmail(stored) === foldEmail(address) ? stored : null;
}

/** Why a token with this claim leaves its bearer without an address, and who can change that. */
export function noAddress(claim: EmailClaim | undefined): string {
  if (claim === undefined)
    return 'Your identity provider does not send the claims email and email_verified in your token, so Tenet knows no address of yours and no invitation can be yours. Ask who runs the identity provider to add both claims to access tokens.';
  if (claim.verified === undefined)
    return 'Your identity provider sends the claim email without email_verified, so your address does not count and no invitation can be yours. Ask who runs the identity provider to add email_verified to access tokens.';
  if (claim.verified && claim.address !== undefined && !isEmailAddress(claim.address))
    return `Tenet does not take the address that your identity provider has verified, so no invitation can be yours: it must be ${emailAddressForm}.`;
  if (claim.verified)
    return 'Your token carries no verified e-mail address, or a newer token of yours says that it is not verified any more. Sign in again.';
  return 'Your token carries no verified e-mail address, so no invitation can be yours. Verify your address with your identity provider and sign in again.';
}
