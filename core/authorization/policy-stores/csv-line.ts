const plain = /[^",]*/y;
const quoted = /"((?:[^"]|"")*)"/y;
const separator = /[ \t]*(,|$)[ \t]*/y;

/**
 * The fields of a line, as every reader of CSV takes them: a field in quotes may have commas, and two quotes stand for one.
 * A quote within a field without quotes is refused, because readers differ about it.
 */
export function parseFields(line: string): string[] {
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    const form = line[position] === '"' ? quoted : plain;
    form.lastIndex = position;
    const match = form.exec(line);
    if (match === null) throw new Error('a quote is not closed');
    fields.push(form === quoted ? match[1]!.replaceAll('""', '"') : trimBlanks(match[0]));
    separator.lastIndex = position + match[0].length;
    const end = separator.exec(line);
    if (end === null) throw new Error('a quote begins or ends within a field: put the whole field into quotes, with two quotes for one');
    position = separator.lastIndex;
    if (end[1] === '') return fields;
  }
}

/** Without spaces, tabs and the \r of a line's end at both ends; other white space is part of the text, and refused there. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start]!)) start += 1;
  while (end > start && isBlank(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}
