import { z } from 'zod';
import { InvalidInput } from '../core/base/errors.ts';
import { webUrl } from '../core/base/issuer-settings.ts';

/** Throws InvalidInput, in a sentence that names the flag, unless the value is an e-mail address. */
export function checkEmail(flag: string, value: string): void {
  if (z.email().max(254).safeParse(value).success) return;
  throw new InvalidInput(`${flag} must be an e-mail address such as alice@example.com, and is ${JSON.stringify(value)}.`);
}

/** Throws InvalidInput, in a sentence that names the flag, unless the value is a URL as an identity provider has for its name. */
export function checkIssuer(flag: string, value: string): void {
  if (webUrl.safeParse(value).success) return;
  throw new InvalidInput(
    `${flag} must be the URL of an identity provider, as its tokens have it in iss (https://login.example.com), and is ${JSON.stringify(value)}.`,
  );
}

/** Throws InvalidInput, in a sentence that names the flag, for a subject that no token can have. */
export function checkSubject(flag: string, value: string): void {
  if (value.trim() !== '') return;
  throw new InvalidInput(`${flag} must be the subject of a person, as the tokens of their identity provider have it in sub, and is empty.`);
}
