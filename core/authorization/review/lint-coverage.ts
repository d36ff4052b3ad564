import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { type Finding, PolicyError } from '../policy/findings.ts';
import { rules } from '../policy/rules.ts';
import { type Cells, createCells, stancesOf } from './cells.ts';
import type { LintedContent } from './lint.ts';

interface Placed {
  readonly row: Row;
  /** None for a row of another content, which is read together with these and is not looked at here. */
  readonly source?: RowSource;
  /** Its place among the rows of its content. */
  readonly position: number;
}

/** How many cells the rows of one content may be about in all, each row for itself. */
const mostCells = 50_000_000;
/** For how many findings of a content the rows are looked for that make a row needless. */
const explained = 50;

/** Rows against each other: what is written twice, has no effect, or takes away what no role has. */
export function lintCoverage(linted: readonly LintedContent[]): Finding[] {
  const platform = linted[0]?.content;
  return linted.flatMap(({ content, engine }) => {
    if (content !== platform) return lintEffects(content, createCells([engine], content.rows), [engine.rows()]);
    // Rows of the platform are read with every kind of organization, those of a kind with the platform alone.
    const engines = linted.map((one) => one.engine);
    return lintEffects(
      content,
      createCells(engines),
      engines.map((one) => one.rows()),
    );
  });
}

/**
 * Rows of one content without an effect in any of the layers that it is read in: without all of those that are found, every question is
 * answered as it is with them.
 */
function lintEffects(content: PolicyContent, cells: Cells, layers: readonly (readonly Row[])[]): Finding[] {
  const work = layers.flat().reduce((sum, row) => sum + cells.of(row).length, 0);
  if (work > mostCells) throw tooMuch();
  const { first, findings } = twinsOf(content);
  // What another content says about the same subject is there as well, and stays.
  const own = new Set(content.rows);
  const others = content.scope === 'platform' ? [] : layers[0]!.filter((row) => !own.has(row));
  const allowers = allowersOf(cells, layers);
  let left = explained;
  for (const rows of bySubject([...first, ...others.map((row) => ({ row, position: -1 }))])) {
    for (const { one, rule, covering } of needlessOf(rows, cells, allowers)) {
      const by = covering && left-- > 0 ? covering() : [];
      findings.set(one.position, { rule, level: rules[rule].level, message: messageOf(rule, by), ...one.source });
    }
  }
  return content.rows.flatMap((_row, position) => findings.get(position) ?? []);
}

/** The rows of a content, each once, and a finding for each that stands there again. */
function twinsOf(content: PolicyContent): { first: Placed[]; findings: Map<number, Finding> } {
  const first = new Map<string, Placed>();
  const findings = new Map<number, Finding>();
  for (const [position, row] of content.rows.entries()) {
    const source = content.sources[position]!;
    const twin = first.get(row.join(' '));
    if (twin === undefined) first.set(row.join(' '), { row, source, position });
    else {
      const message = `${row.join(', ')} stands already at ${at(twin)}`;
      findings.set(position, { rule: 'duplicate-rule', level: 'error', message, ...source });
    }
  }
  return { first: [...first.values()], findings };
}

function bySubject(rows: readonly Placed[]): Placed[][] {
  const groups = new Map<string, Placed[]>();
  for (const one of rows) {
    const group = groups.get(one.row[0]);
    if (group) group.push(one);
    else groups.set(one.row[0], [one]);
  }
  return [...groups.values()];
}

const at = ({ source }: Placed): string => `${source?.file}:${source?.line}`;

function messageOf(rule: Finding['rule'], by: readonly Placed[]): string {
  if (rule === 'redundant-deny') return 'this denies what nothing allows';
  const places = by.slice(0, 3).map(at);
  const rest = by.length > 3 ? ['others'] : [];
  const names = places.length === 0 ? ['other rows'] : [...places, ...rest];
  const named = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const isOne = names.length === 1 && places.length === 1;
  if (rule === 'dead-allow') return isOne ? `the deny at ${named} always wins over this` : `the denies at ${named} always win over this`;
  const verb = rule === 'shadowed-deny' ? (isOne ? 'denies' : 'deny') : isOne ? 'allows' : 'allow';
  return `${named} ${verb} this already`;
}

/** The subject that allows each cell, as far as it matters: none, one, or several (`*`). */
function allowersOf(cells: Cells, layers: readonly (readonly Row[])[]): (string | undefined)[] {
  const allowers: (string | undefined)[] = new Array(cells.list.length).fill(undefined);
  for (const [subject, stances] of layers.flatMap((rows) => [...stancesOf(cells, rows)])) {
    for (const [cell, stance] of stances.entries()) {
      if (stance === 1) allowers[cell] = [undefined, subject].includes(allowers[cell]) ? subject : '*';
    }
  }
  return allowers;
}

interface Needless {
  readonly one: Placed;
  readonly rule: 'dead-allow' | 'shadowed-allow' | 'shadowed-deny' | 'redundant-deny';
  /** The rows that make it needless. */
  readonly covering?: () => Placed[];
}

/** Of rows of one subject those without an effect, the narrow ones first, so that of two that are about the same the wide one stays. */
function needlessOf(rows: readonly Placed[], cells: Cells, allowers: readonly (string | undefined)[]): Needless[] {
  const count = { allow: new Uint16Array(cells.list.length), deny: new Uint16Array(cells.list.length) };
  const add = ({ row }: Placed, by: 1 | -1) => {
    const counted = row[4] === 'allow' ? count.allow : count.deny;
    for (const cell of cells.of(row)) counted[cell]! += by;
  };
  for (const one of rows) add(one, 1);
  const subject = rows[0]!.row[0];
  const isAllowed = allowers.map((allower, cell) => count.allow[cell]! > 0 || (allower !== undefined && allower !== subject));
  const ruleOf = ({ row }: Placed): Needless['rule'] | undefined => {
    const about = cells.of(row);
    if (row[4] === 'allow') {
      if (about.every((cell) => count.deny[cell]! > 0)) return 'dead-allow';
      return about.every((cell) => count.deny[cell]! > 0 || count.allow[cell]! > 1) ? 'shadowed-allow' : undefined;
    }
    const denied = about.filter((cell) => isAllowed[cell]);
    if (denied.length === 0) return 'redundant-deny';
    return denied.every((cell) => count.deny[cell]! > 1) ? 'shadowed-deny' : undefined;
  };
  const kept = new Set(rows);
  const coveringOf = ({ row }: Placed, effect: string) => {
    const about = new Set(cells.of(row));
    return [...kept].filter((other) => other.row[4] === effect && other.source && cells.of(other.row).some((cell) => about.has(cell)));
  };
  const needless: Needless[] = [];
  for (const one of narrowFirst(rows, cells)) {
    const rule = ruleOf(one);
    if (rule === undefined) continue;
    needless.push({
      one,
      rule,
      ...(rule !== 'redundant-deny' && { covering: () => coveringOf(one, rule === 'shadowed-allow' ? 'allow' : 'deny') }),
    });
    kept.delete(one);
    add(one, -1);
  }
  return needless;
}

/** The rows that are looked at, and are about something: those about little first, of equal ones the last first. */
function narrowFirst(rows: readonly Placed[], cells: Cells): Placed[] {
  return rows
    .map((one, index) => ({ one, index, width: cells.of(one.row).length }))
    .filter(({ one, width }) => one.source !== undefined && width > 0)
    .sort((a, b) => a.width - b.width || b.index - a.index)
    .map(({ one }) => one);
}

function tooMuch(): PolicyError {
  const message = 'the rows are about too much to be compared with each other: name actions and resource types instead of *';
  return new PolicyError([{ rule: 'too-much-work', level: 'error', message }]);
}
