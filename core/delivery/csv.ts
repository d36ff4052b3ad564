/** What a spreadsheet takes for the beginning of a formula, also after white space that it leaves out; the wide forms are those of Asian keyboards. */
const formula = /^[\s\0]*[=+\-@\t\r\n＝＋－＠]/;
/** The same in the middle of a text, where a spreadsheet that separates cells by semicolons begins a new one: to it, a quote that does not begin a cell quotes nothing. */
const laterFormula = /([;\t\r\n])(?=[\s\0"]*[=+\-@＝＋－＠])/g;
const special = /[",;\t\r\n]/;

/** One line of CSV (RFC 4180) with its end. A text that would be a formula gets an apostrophe in front, which spreadsheets take for "this is text". */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(laterFormula, "$1'");
  if (formula.test(text)) return quoted(`'${text}`);
  return special.test(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
