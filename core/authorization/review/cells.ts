import type { Engine } from '../engine/engine.ts';
import type { Row } from '../policy/content.ts';
import { isConcreteDomain, type Level, levels } from '../policy/domain.ts';
import type { Pair } from './verdicts.ts';

/** One question as far as rows can tell questions apart: a permission at a level, and in a project that some row names. */
export interface Cell extends Pair {
  readonly level: Level;
  /** Only of a project that some row names: `org_x/prj_y`. */
  readonly domain?: string;
}

/** All cells of a vocabulary, by number, and which of them a row is about. */
export interface Cells {
  readonly list: readonly Cell[];
  /** The numbers of the cells that a row matches for who holds its subject, in order. */
  of(row: Row): readonly number[];
}

/** The cells of everything that can be asked in some of these vocabularies. */
export function createCells(vocabularies: readonly Pick<Engine, 'permissions'>[], rows: readonly Row[] = []): Cells {
  const projects = [...new Set(rows.map(([, dom]) => dom).filter((dom) => isConcreteDomain(dom) && dom.includes('/')))];
  const everyCell = vocabularies.flatMap((vocabulary) =>
    levels.flatMap((level) =>
      vocabulary.permissions(level).flatMap(({ resource, action }): Cell[] => {
        const cell = { resource, action, level };
        return level === 'project' ? [cell, ...projects.map((domain) => ({ ...cell, domain }))] : [cell];
      }),
    ),
  );
  const byKey = new Map(everyCell.map((cell) => [`${cell.resource} ${cell.action} ${cell.level} ${cell.domain ?? ''}`, cell]));
  const list = [...byKey.values()];
  const byObject = new Map<string, number[]>();
  for (const [index, { resource }] of list.entries()) byObject.set(resource, [...(byObject.get(resource) ?? []), index]);
  const every = list.map((_cell, index) => index);
  // Roles share most of what they are about.
  const known = new Map<string, readonly number[]>();
  return {
    list,
    of([, dom, obj, act]) {
      const key = `${dom} ${obj} ${act}`;
      let cells = known.get(key);
      if (cells === undefined) {
        const candidates = obj === '*' ? every : (byObject.get(obj) ?? []);
        cells = candidates.filter((index) => isAbout(dom, act, list[index]!));
        known.set(key, cells);
      }
      return cells;
    },
  };
}

/** As the matcher of the model has it. Rows that name an organization are read in it alone. */
function isAbout(dom: string, act: string, { action, level, domain }: Cell): boolean {
  if (act !== '*' && act !== action) return false;
  if (dom === '*' || dom === level || (domain !== undefined && dom === domain)) return true;
  return level !== 'platform' && !dom.includes('/') && isConcreteDomain(dom);
}

/** What each role, state or scope says about each cell: it takes away (-1), says nothing (0) or allows (1). A deny of its own wins over its allows. */
export function stancesOf(cells: Cells, rows: readonly Row[]): Map<string, Int8Array> {
  const stances = new Map<string, Int8Array>();
  for (const row of rows) {
    const own = stances.get(row[0]) ?? new Int8Array(cells.list.length);
    stances.set(row[0], own);
    for (const cell of cells.of(row)) {
      if (row[4] === 'deny') own[cell] = -1;
      else if (own[cell] === 0) own[cell] = 1;
    }
  }
  return stances;
}
