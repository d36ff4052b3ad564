/** What an e-mail address is, in words to be said after "must be". */
export const emailAddressForm =
  'an e-mail address such as ada@example.com: ASCII, at most 64 characters in front of the @ and 254 in all, with a full domain; the ASCII form (xn--...) of an internationalized one';

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const address = new RegExp(`^${atom}(?:\\.${atom})*@(?:${label}\\.)+${label}$`);

/**
 * Whether a text is an address that Tenet knows a person by: a dot-string and a domain of RFC 5321 section 4.1.2 within the sizes of
 * section 4.5.3.1. Quoted local parts, address literals and domains of one label are none. Neither is anything beyond ASCII: several
 * spellings lead to one internationalized domain, and an address that is spelled in two ways could be given to two people. The
 * contract, the CRDs, the command line, token claims and the schema (`users_email`, `invitations_email`) keep the same rule.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && text.indexOf('@') <= 64 && address.test(text);
}

/**
 * An address as it is compared. Only A-Z lose their case: letters that Unicode maps onto ASCII ones (the Kelvin sign onto k)
 * would make two people's addresses equal. `fold_email` of the schema says the same in SQL; a start compares the two.
 */
export function foldEmail(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
