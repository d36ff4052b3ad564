import type { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { emailAddressForm, isEmailAddress } from '../../core/base/email-address.ts';
import { instantForm, isInstant } from '../../core/base/instants.ts';
import { hasNameForm, hasTextForm, nameFormWords, textFormWords } from '../../core/base/text.ts';

/** Formats that say nothing beyond their type. */
const silent = ['int64', 'password', 'byte', 'binary'];

/** What `format` means in the contract, for requests and for replies alike: times, addresses and names are those that Tenet can keep and show. */
export function addContractFormats(ajv: Ajv): void {
  addFormats.default(ajv);
  for (const format of silent) ajv.addFormat(format, true);
  ajv.addFormat('date-time', isInstant).addFormat('email', isEmailAddress).addFormat('name', hasNameForm).addFormat('text', hasTextForm);
}

/** Formats in words, to be said after "must be". */
export const formatWords: Readonly<Record<string, string>> = {
  'date-time': instantForm,
  email: emailAddressForm,
  int32: 'a number from -2147483648 to 2147483647',
  name: nameFormWords,
  text: textFormWords,
};
