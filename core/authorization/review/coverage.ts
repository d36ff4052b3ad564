import type { Engine } from '../engine/engine.ts';
import { projectRoles } from '../policy/blueprint.ts';
import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { levels } from '../policy/domain.ts';
import { scopeName } from '../policy/scopes.ts';
import { pairName } from './verdicts.ts';

/** What the tests of policies have looked at in one scope. */
export interface ScopeCoverage {
  readonly scope: string;
  /** Rows that decided some question, of all. */
  readonly rows: Share;
  /** Answers that some test expects, of all: what each role that the rows speak of is allowed and denied, held alone. */
  readonly cells: Share;
  readonly untestedRows: readonly { readonly row: Row; readonly source: RowSource }[];
  /** `role permission at level`. */
  readonly untestedCells: readonly string[];
}

interface Share {
  readonly tested: number;
  readonly all: number;
}

/** Notes what is asked of the engines that it watches. */
export interface Coverage {
  watch(engine: Engine): Engine;
  /** Of each content; `engineOf` is what its tests ask. */
  of(contents: readonly PolicyContent[], engineOf: (content: PolicyContent) => Engine): ScopeCoverage[];
  /** Every row of these contents by its place, with how many questions it decided. */
  lines(contents: readonly PolicyContent[]): CoveredLine[];
}

/** A row of policy.csv and how often it decided. */
export interface CoveredLine extends RowSource {
  readonly count: number;
}

export function createCoverage(): Coverage {
  const decided = new Map<Row, number>();
  const asked = new Set<string>();
  return {
    watch: (engine) => ({
      ...engine,
      decide(question) {
        const verdict = engine.decide(question);
        if (verdict.row) decided.set(verdict.row, (decided.get(verdict.row) ?? 0) + 1);
        const [name, ...others] = question.roles.names;
        if (name !== undefined && others.length === 0) asked.add(cellOf(name, question.domain.level, question));
        return verdict;
      },
    }),
    of: (contents, engineOf) =>
      contents.map((content) => {
        const cells = cellsOf(content, engineOf(content));
        const untestedCells = cells.filter((cell) => !asked.has(cell));
        const untestedRows = content.rows.flatMap((row, index) => (decided.has(row) ? [] : [{ row, source: content.sources[index]! }]));
        return {
          scope: scopeName(content.scope),
          rows: { tested: content.rows.length - untestedRows.length, all: content.rows.length },
          cells: { tested: cells.length - untestedCells.length, all: cells.length },
          untestedRows,
          untestedCells,
        };
      }),
    lines: (contents) =>
      contents.flatMap(({ rows, sources }) => rows.map((row, index) => ({ ...sources[index]!, count: decided.get(row) ?? 0 }))),
  };
}

const cellOf = (role: string, level: string, pair: { resource: string; action: string }): string =>
  `${role} ${pairName(pair)} at ${level} level`;

/** Every answer of the roles that the rows allow something, at the levels at which they are held and allowed something. */
function cellsOf({ rows, blueprint }: PolicyContent, engine: Engine): string[] {
  const subjects = [...new Set(rows.filter(([, , , , effect]) => effect === 'allow').map(([subject]) => subject))];
  const inProjects = projectRoles(blueprint);
  return subjects.flatMap((subject) =>
    levels.flatMap((level) => {
      const isHeld = level === 'project' || (!inProjects.has(subject) && (level === 'org' || blueprint === undefined));
      const reaches = rows.some(([sub, dom, , , effect]) => sub === subject && effect === 'allow' && (dom === '*' || dom === level));
      return isHeld && reaches ? engine.permissions(level).map((pair) => cellOf(subject, level, pair)) : [];
    }),
  );
}

/** In percent, rounded down, so that 100 means all. */
export function percentOf({ tested, all }: Share): number {
  return all === 0 ? 100 : Math.floor((100 * tested) / all);
}
