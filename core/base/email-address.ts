/**
 * An address as it is compared. Only A-Z lose their case: letters that Unicode maps onto ASCII ones (the Kelvin sign onto k)
 * would make two people's addresses equal. `fold_email` of the schema says the same in SQL; a start compares the two.
 */
export function foldEmail(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
