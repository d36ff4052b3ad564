import { isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { textFault } from '../../base/text.ts';
import type { Finding } from './findings.ts';
import type { RuleId } from './rules.ts';

/** A YAML file against its schema: the value, or findings with their lines. Unknown and duplicate keys, aliases, custom tags and text that cannot be stored are findings. */
export function parseYaml<S extends z.ZodType>(text: string, file: string, schema: S): { value?: z.output<S>; findings: Finding[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, strict: true, uniqueKeys: true, schema: 'core', version: '1.2' });
  const finding = (rule: RuleId, message: string, offset: number | undefined): Finding => ({
    rule,
    level: 'error',
    message,
    file,
    line: offset === undefined ? 1 : counter.linePos(offset).line,
  });
  const syntax = [...document.errors, ...document.warnings].map((error) =>
    // The library says the place once more.
    finding('yaml-syntax', error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''), error.pos[0]),
  );
  if (syntax.length > 0) return { findings: syntax };

  const offsetOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return undefined;
  };
  const keyOffset = (path: readonly PropertyKey[], key: string): number | undefined => {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    const items = (parent as { items?: { key?: unknown }[] } | null)?.items ?? [];
    const found = items.find((item) => isNode(item.key) && String(item.key) === key)?.key;
    return isNode(found) ? found.range?.[0] : offsetOf(path);
  };

  const aliases: Finding[] = [];
  visit(document, {
    Alias: (_, { source, range }) => void aliases.push(finding('yaml-syntax', `the alias *${source} hides what stands here`, range?.[0])),
  });
  const hidden: Finding[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      // The schemas pass over it without a word.
      if (isNode(key) && String(key) === '__proto__') hidden.push(finding('unknown-key', '__proto__ is not a key here', key.range?.[0]));
    },
  });
  const unstorable: Finding[] = [];
  visit(document, {
    Scalar: (_, { value, range }) => {
      const fault = typeof value === 'string' ? textFault(value) : undefined;
      if (fault !== undefined) unstorable.push(finding('yaml-value', `the text ${fault}`, range?.[0]));
    },
  });
  const refused = [...aliases, ...hidden, ...unstorable];
  if (refused.length > 0) return { findings: refused };
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { value: parsed.data, findings: [] };
  const findings = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => finding('unknown-key', `${key} is not a key here`, keyOffset(issue.path, key)));
    }
    const place = issue.path.join('.');
    const text = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return [finding('yaml-value', place === '' ? text : `${place}: ${text}`, offsetOf(issue.path))];
  });
  return { findings };
}

/** Finds the line of the deepest value on a way through a YAML text that exists, counted from 1. */
export function lineFinder(text: string): (path: readonly (string | number)[]) => number {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
    }
    return 1;
  };
}
