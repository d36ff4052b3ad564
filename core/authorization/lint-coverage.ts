import { levels } from './domain.ts';
import type { Finding } from './findings.ts';
import type { LintedContent } from './lint.ts';
import type { PolicyContent, Row, RowSource } from './policy.ts';
import { roleObject } from './vocabulary.ts';

interface Placed {
  readonly row: Row;
  readonly source: RowSource;
}

/** Rows against each other: what is written twice, can never be seen, or takes away what nobody has; and pairs that nobody is allowed. */
export function lintCoverage(linted: readonly LintedContent[]): Finding[] {
  const all = linted.flatMap(({ content }) => placed(content.rows, content.sources));
  const findings = linted.flatMap(({ content }) => {
    const own = placed(content.rows, content.sources);
    return own.flatMap((one, position) => lintRow(one, own.slice(0, position), own, all));
  });
  return [...findings, ...orphans(linted, all)];
}

function placed(rows: readonly Row[], sources: readonly RowSource[]): Placed[] {
  return rows.map((row, position) => ({ row, source: sources[position]! }));
}

function lintRow({ row, source }: Placed, earlier: readonly Placed[], own: readonly Placed[], all: readonly Placed[]): Finding[] {
  const at = ({ source: other }: Placed) => `${other.file}:${other.line}`;
  const [sub, , , , eft] = row;
  const same = own.filter((other) => other.row[0] === sub && other.row !== row);
  const twin = earlier.find((other) => other.row.slice(0, 4).join(' ') === row.slice(0, 4).join(' ') && other.row[4] === eft);
  if (twin) return [{ rule: 'duplicate-rule', level: 'error', message: `${row.join(', ')} stands already at ${at(twin)}`, ...source }];
  if (eft === 'allow') {
    const deny = same.find((other) => other.row[4] === 'deny' && covers(other.row, row));
    if (deny) return [{ rule: 'dead-allow', level: 'error', message: `the deny at ${at(deny)} always wins over this`, ...source }];
    const wider = same.find((other) => other.row[4] === 'allow' && covers(other.row, row) && !covers(row, other.row));
    if (wider) return [{ rule: 'shadowed-allow', level: 'warning', message: `${at(wider)} allows this already`, ...source }];
    return [];
  }
  // Several roles are held together, so an allow of any of them is what a deny may be there for.
  if (!all.some((other) => other.row[4] === 'allow' && meet(other.row, row))) {
    return [{ rule: 'redundant-deny', level: 'warning', message: 'this denies what nothing allows', ...source }];
  }
  return [];
}

function covers(wide: Row, narrow: Row): boolean {
  return [1, 2, 3].every((field) => wide[field] === '*' || wide[field] === narrow[field]);
}

function meet(a: Row, b: Row): boolean {
  return [1, 2, 3].every(
    (field) => a[field] === '*' || b[field] === '*' || a[field] === b[field] || (field === 1 && domainsMeet(a[1], b[1])),
  );
}

/** A concrete domain lies within a level and within its organization. */
function domainsMeet(a: string, b: string): boolean {
  const level = (dom: string) => (dom.includes('/') ? 'project' : dom.startsWith('org_') ? 'org' : dom);
  const reaches = (wide: string, narrow: string) =>
    wide === level(narrow) || narrow.startsWith(`${wide}/`) || (wide.startsWith('org_') && narrow === 'project');
  return reaches(a, b) || reaches(b, a);
}

function orphans(linted: readonly LintedContent[], all: readonly Placed[]): Finding[] {
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const { content, engine } of linted) {
    for (const level of levels) {
      for (const { resource, action } of engine.permissions(level)) {
        const permission = `${resource}:${action}`;
        // What the platform names is granted by blueprints, and each of them need not grant all of it.
        if (known.has(permission) || content.scope.startsWith('org_')) continue;
        known.add(permission);
        if (all.some(({ row }) => row[4] === 'allow' && (row[2] === '*' || row[2] === resource) && (row[3] === '*' || row[3] === action)))
          continue;
        const message = `${permission} is granted to nobody`;
        findings.push({ rule: 'orphan-permission', level: 'warning', message, ...placeOf(content, resource, action) });
      }
    }
  }
  return findings;
}

function placeOf({ blueprint }: PolicyContent, resource: string, action: string): Pick<Finding, 'file' | 'path'> {
  if (blueprint === undefined) return { file: 'permissions.yaml', path: ['resources', resource, 'actions', action] };
  const file = `blueprints/${blueprint.name}/blueprint.yaml`;
  const role = blueprint.roles.findIndex(({ id }) => roleObject(id) === resource);
  if (role >= 0) return { file, path: ['roles', role] };
  return { file, path: ['resourceTypes', blueprint.resourceTypes.findIndex(({ name }) => name === resource), 'actions', action] };
}
