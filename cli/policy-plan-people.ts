import type { Unnamed } from '../core/access/names.ts';
import type { PlanDocument, ShownChange, ShownEffect, ShownRow } from '../core/access-plans/document.ts';
import { counted } from '../core/base/counted.ts';
import { groupedBy } from '../core/base/grouped.ts';
import { isId } from '../core/base/ids.ts';
import { type Naming, unnamedIn } from './names.ts';
import { table } from './output.ts';
import { changesInOrder, kindOf } from './policy-plan-changes.ts';
import { cellOf } from './reports/markdown-cell.ts';

/** How many rows of a plan people are shown, of one effect where there are others, how many subjects of each, and how many permissions on a line (docs/limits.md); -o json has all. */
const most = { rows: 20, rowsOfEffect: 5, subjects: 5, permissions: 8 };
/** Organizations that an annotation names. */
const annotated = 3;
/** Examples of what is stranded for the same reason. */
export const strandedShown = 3;

/** What a number of subjects of a type are called. */
export const nouns = [
  ['USER', 'person', 'people'],
  ['SERVICE_ACCOUNT', 'service account'],
  ['API_KEY', 'API key'],
  ['CONTROLLER', 'controller'],
] as const;

/** A row of a plan, with what happens to its subjects. */
interface Met {
  readonly row: ShownRow;
  readonly effect: ShownEffect;
}

/** The rows that people are shown: of each effect some, of these those with most subjects, and where that leaves room more of the first effects. */
function metFirst(document: PlanDocument): Met[] {
  const byEffect = groupedBy(document.rows, ({ effect }) => effect);
  const effects = [...new Set(changesInOrder(document).map(({ effect }) => effect))];
  const rowsOf = new Map(effects.map((effect) => [effect, [...(byEffect.get(effect.effect) ?? [])].sort((a, b) => b.count - a.count)]));
  const counts = new Map<ShownEffect, number>();
  let left = most.rows;
  for (const room of [most.rowsOfEffect, most.rows])
    for (const effect of effects) {
      const known = counts.get(effect) ?? 0;
      const count = Math.min(rowsOf.get(effect)!.length - known, room, left);
      counts.set(effect, known + count);
      left -= count;
    }
  return effects.flatMap((effect) =>
    rowsOf
      .get(effect)!
      .slice(0, counts.get(effect))
      .map((row) => ({ row, effect })),
  );
}

/** What a report for people has by ids, as many as it shows. */
export function unnamedOf(document: PlanDocument): Unnamed[] {
  const rows = metFirst(document).flatMap(({ row: { organizationId, projectId, subjects = [] } }) =>
    [organizationId, projectId, ...subjects.slice(0, most.subjects).map(({ id }) => id)].flatMap((id) =>
      id === undefined ? [] : { id, organizationId },
    ),
  );
  const byEffect = groupedBy(document.rows, ({ effect }) => effect);
  const effects = document.effects.flatMap(({ effect, roles }) => {
    const organizations = organizationsOf(byEffect.get(effect) ?? []);
    return [...unnamedIn(roles.join(' '), organizations[0]), ...organizations.slice(0, annotated).map((id) => ({ id }))];
  });
  const stranded = document.stranded.flatMap(({ examples }) =>
    examples.slice(0, strandedShown).flatMap(({ id, organizationId }) => unnamedIn(`${id} ${organizationId ?? ''}`, organizationId)),
  );
  return [...rows, ...effects, ...stranded, ...document.rails.flatMap(({ detail }) => unnamedIn(detail))];
}

const organizationsOf = (rows: readonly ShownRow[]): string[] => [...new Set(rows.flatMap(({ organizationId }) => organizationId ?? []))];

/** The roles and scopes of an effect. A role that an organization has defined is in effects of that organization alone. */
export function heldBy({ rows }: PlanDocument, { effect, roles, scopes = [] }: ShownEffect, naming: Naming): string {
  const organizationId = roles.some((role) => isId('role', role)) ? rows.find((row) => row.effect === effect)?.organizationId : undefined;
  return naming.held([...roles, ...scopes], organizationId);
}

/** The organizations of the rows of an effect, as an annotation has them: ` (acme, beta and 2 more)`. */
export function organizationNames(rows: readonly ShownRow[], naming: Naming): string {
  const all = organizationsOf(rows);
  if (all.length === 0) return '';
  const shown = all.slice(0, annotated).map((id) => naming.place(id));
  return ` (${shown.join(', ')}${all.length > annotated ? ` and ${counted(all.length - annotated)} more` : ''})`;
}

/** Whom a plan meets and where, for a terminal: each subject with its id, by which other commands take it. */
export function metInTable(document: PlanDocument, naming: Naming): string[] {
  const shown = metFirst(document);
  const lines = shown.flatMap(({ row, effect }) => {
    const where = whereOf(row, naming);
    const subjects = row.subjects?.slice(0, most.subjects).map(({ id }) => [naming.subject(id, row.organizationId) ?? '', id] as const);
    const more = (row.subjects?.length ?? 0) - most.subjects;
    return kindsOf(effect).flatMap(([kind, permissions]) => [
      ...(subjects ?? [[numberOf(row), '']]).map(([who = '', id = '']) => [
        kind,
        who,
        where,
        heldBy(document, effect, naming),
        permissions,
        id,
      ]),
      ...(more > 0 ? [[kind, `and ${countedAs(row, more)} more`, where, heldBy(document, effect, naming), permissions, '']] : []),
    ]);
  });
  return [...table(['CHANGE', 'WHO', 'WHERE', 'WHO HOLDS', 'PERMISSIONS', 'ID'], lines), ...restOf(document, shown)];
}

/** The same for a pull request, where people are a number unless they are to be named. */
export function metInMarkdown(document: PlanDocument, naming: Naming, withPeople: boolean): string[] {
  const shown = metFirst(document);
  const lines = shown.flatMap(({ row, effect }) => {
    const cells = [whoOf(row, naming, withPeople), whereOf(row, naming), heldBy(document, effect, naming)];
    return kindsOf(effect).map(([kind, permissions]) => [kind, ...cells, permissions].map(cellOf));
  });
  return [
    '| change | who | where | who holds | permissions |',
    '|---|---|---|---|---|',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    ...restOf(document, shown).flatMap((line) => ['', line]),
  ];
}

/** People by their names or as a number; service accounts, which are no people, by theirs. */
function whoOf(row: ShownRow, naming: Naming, withPeople: boolean): string {
  const { subjects = [], subjectType, organizationId } = row;
  const names = subjects.slice(0, most.subjects).map(({ id }) => naming.subject(id, organizationId) ?? (withPeople ? id : undefined));
  if (subjectType === 'CONTROLLER' || names.length === 0 || names.includes(undefined)) return numberOf(row);
  const more = subjects.length - most.subjects;
  return `${names.join(', ')}${more > 0 ? ` and ${countedAs(row, more)} more` : ''}`;
}

function whereOf({ place, organizationId, projectId }: ShownRow, naming: Naming): string {
  if (organizationId === undefined) return 'platform';
  const name = naming.place(organizationId, projectId);
  return place === 'OTHER_PROJECTS' ? `${name}, other projects` : name;
}

/** How many a row is about; where they are too many to be listed, a person in two projects counts twice. */
const numberOf = (row: ShownRow): string => countedAs(row, row.subjects?.length ?? row.count);

function countedAs({ subjectType }: ShownRow, count: number): string {
  const [, one, more] = nouns.find(([type]) => type === subjectType)!;
  return counted(count, one, more);
}

/** How many subjects these rows are about, each once wherever it is met. */
export interface SubjectCount {
  readonly count: number;
  /** The plan names no subjects, so that one in two places is counted twice. */
  readonly isAtMost: boolean;
}

/** Counts the subjects of the rows of an effect. */
export function subjectsOf(rows: readonly ShownRow[]): SubjectCount {
  const known = new Set<string>();
  let unnamed = 0;
  for (const { subjects, subjectType, count } of rows) {
    if (subjects) for (const { id } of subjects) known.add(id);
    else if (subjectType === 'CONTROLLER') known.add(subjectType);
    else unnamed += count;
  }
  return { count: known.size + unnamed, isAtMost: unnamed > 0 };
}

/** A count of subjects as a report has it. */
export const countOf = ({ count, isAtMost }: SubjectCount): string => `${isAtMost ? 'at most ' : ''}${counted(count)}`;

/** The permissions of an effect by what becomes of them. */
function kindsOf({ changes }: ShownEffect): [kind: string, permissions: string][] {
  return [...groupedBy(changes, kindOf)].map(([kind, all]) => [kind, permissionsOf(all)]);
}

function permissionsOf(changes: readonly ShownChange[]): string {
  const names = changes.slice(0, most.permissions).map(({ permission }) => permission);
  return changes.length > most.permissions ? `${names.join(' ')} and ${changes.length - most.permissions} more` : names.join(' ');
}

function restOf({ rows }: PlanDocument, shown: readonly Met[]): string[] {
  const more = rows.length - shown.length;
  return more === 0 ? [] : [`and ${counted(more, 'row')} more, which -o json has.`];
}
