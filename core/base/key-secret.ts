import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { randomBytes } from './random.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 30 digits of base 62 are 178 bits, too many to guess; six hold a CRC-32. */
const randomDigits = 30;
const checkDigits = 6;
const shape = new RegExp(`^[a-z]{2,8}_[0-9A-Za-z]{${randomDigits + checkDigits}}$`);

/** A fresh secret of an API key: the prefix of its type, 30 random digits and a checksum, so that a key is known from what scanners and typing errors send without a look-up. */
export function newKeySecret(prefix: string): string {
  let text = prefix;
  while (text.length < prefix.length + randomDigits) {
    // Bytes from 248 on would make some digits likelier than others.
    for (const byte of randomBytes(randomDigits)) if (byte < 248 && text.length < prefix.length + randomDigits) text += digits[byte % 62];
  }
  return text + checkOf(text);
}

/** Whether it has the form of an API key, which no access token has. */
export function isKeyShaped(text: string): boolean {
  return shape.test(text);
}

/** Whether the checksum of what has the form is right. */
export function isKeySecret(text: string): boolean {
  return isKeyShaped(text) && text.slice(-checkDigits) === checkOf(text.slice(0, -checkDigits));
}

/** What the database keeps of a secret. It has too many bits to be guessed, so a fast hash is enough, and an index finds it. */
export function keySecretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** What people may see of a secret: its prefix and four digits. */
export function shownPrefix(secret: string): string {
  return secret.slice(0, secret.indexOf('_') + 5);
}

function checkOf(text: string): string {
  let rest = crc32(text);
  let check = '';
  for (let place = 0; place < checkDigits; place++) {
    check = digits[rest % 62] + check;
    rest = Math.floor(rest / 62);
  }
  return check;
}
