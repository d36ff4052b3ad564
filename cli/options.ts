import { emailAddressForm, isEmailAddress } from '../core/base/email-address.ts';
import { type IdKind, toUuid } from '../core/base/ids.ts';
import { webUrl } from '../core/base/issuer-settings.ts';
import { hasTextForm, isName, printable, textFormWords } from '../core/base/text.ts';

/** A command that was called in a way that it does not take; the message names the flag and says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws UsageError, in a sentence that names the flag, unless the value is an e-mail address. */
export function checkEmail(flag: string, value: string): void {
  if (isEmailAddress(value)) return;
  throw new UsageError(`${flag} must be ${emailAddressForm}; it is ${JSON.stringify(value)}.`);
}

/** Throws UsageError, in a sentence that names the flag, unless the value is a name that people can be shown. */
export function checkName(flag: string, value: string): void {
  if (isName(value)) return;
  throw new UsageError(
    `${flag} must be a name of at most 100 characters that begins with a visible one and has no invisible ones; it is ${JSON.stringify(value)}.`,
  );
}

/** Throws UsageError, in a sentence that names the flag, unless the value is a URL as an identity provider has for its name. */
export function checkIssuer(flag: string, value: string): void {
  if (webUrl.safeParse(value).success) return;
  throw new UsageError(
    `${flag} must be the URL of an identity provider, as its tokens have it in iss (https://login.example.com), and is ${JSON.stringify(value)}.`,
  );
}

/** Throws UsageError, in a sentence that names the flag, unless the value is the id of a user. */
export function checkUserId(flag: string, value: string): void {
  try {
    toUuid('user', value);
  } catch {
    throw new UsageError(
      `${flag} must be the id of a user, user_ and 26 characters, as \`tenet operator list\` shows it; it is ${JSON.stringify(value)}.`,
    );
  }
}

/** Throws UsageError, in a sentence that names the flag or the argument, unless the value is an id of this kind. */
export function checkId(flag: string, kind: IdKind, value: string): void {
  try {
    toUuid(kind, value);
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}

/** Throws UsageError, in a sentence that names the flag, for a reason that the record could not hold. */
export function checkReason(flag: string, value: string): void {
  if (!hasTextForm(value)) throw new UsageError(`${flag} must be ${textFormWords}; it is ${printable(JSON.stringify(value))}.`);
  if (value.trim() !== '' && value.length <= 500) return;
  throw new UsageError(`${flag} must say why, for the record, in at most 500 characters (${flag} 'Managers see who is invited').`);
}

/** Throws UsageError, in a sentence that names the flag, for a subject that no token can have. */
export function checkSubject(flag: string, value: string): void {
  if (value.trim() !== '') return;
  throw new UsageError(`${flag} must be the subject of a person, as the tokens of their identity provider have it in sub, and is empty.`);
}
