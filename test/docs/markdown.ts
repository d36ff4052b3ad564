/** A fenced block of a Markdown page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
}

/** A shell block, and the output that the page shows right behind it. */
export interface Step {
  readonly command: Block;
  readonly output?: Block;
}

/** All fenced blocks of a page, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence && open) {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    } else if (fence) open = { language: fence[1]!, line: index + 2, lines: [] };
    else open?.lines.push(line);
  }
  return blocks;
}

/** The `sh` blocks with the `text` or `json` block that follows each. */
export function stepsOf(markdown: string): Step[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((command, index) => {
    if (command.language !== 'sh') return [];
    const next = blocks[index + 1];
    return [{ command, ...(next && next.language !== 'sh' ? { output: next } : {}) }];
  });
}

/** Whether `actual` is what a page shows, where `…` stands for whatever differs from run to run. */
export function shows(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string') return typeof actual === 'string' && patternOf(expected).test(actual);
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((item, index) => shows(item, actual[index]));
  }
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  const wanted = expected as Record<string, unknown>;
  const present = actual as Record<string, unknown>;
  const names = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  return [...names].every((name) => Object.hasOwn(wanted, name) && shows(wanted[name], present[name]));
}

function patternOf(expected: string): RegExp {
  const escaped = expected.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('[^\\n]+?')}$`);
}
