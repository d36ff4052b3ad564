import { diffPolicies, type SayChange, type ScopeDiff } from '../core/authorization/review/diff.ts';
import { UsageError } from './options.ts';
import type { Out } from './output.ts';
import { readPolicy } from './policy-sources.ts';
import type { ReportForm } from './reports/forms.ts';
import { foundOrPassed, type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

/** Compares two policies by what they mean. Exit code: 0 they mean the same, 10 they differ. */
export async function diff(from: string, to: string, folder: string, out: Out, form: ReportForm = 'table'): Promise<number> {
  const [one, other] = [from, to].map((name) => /^([^@]+)@\d+$/.exec(name)?.[1]);
  if (one !== undefined && other !== undefined && one !== other)
    throw new UsageError(`${from} and ${to} are revisions of two scopes, which have nothing to compare: name two of one scope.`);
  const [before, after] = [await readPolicy(from, folder), await readPolicy(to, folder)];
  const names = { from, to };
  const scopes = diffPolicies(before, after);
  const changed = scopes.filter(
    ({ relation, definition, only }) => relation !== 'equivalent' || definition.length > 0 || only !== undefined,
  );
  const summary =
    changed.length === 0
      ? `${from} and ${to} mean the same.`
      : `${to} against ${from}: ${changed.map(({ scope, relation }) => `${scope} ${relation}`).join(', ')}`;
  writeReport(form, out, {
    title: 'tenet policy diff',
    version: version(),
    summary,
    statements: scopes.flatMap((each) =>
      changed.includes(each) ? statementsOf(each, names) : foundOrPassed([], each.scope, 'means the same'),
    ),
    value: { before: from, after: to, scopes },
    lines: [...changed.flatMap((each) => linesOf(each, names)), summary],
  });
  return changed.length === 0 ? 0 : 10;
}

/** The names of the two policies, as the caller gave them. */
interface Names {
  readonly from: string;
  readonly to: string;
}

function statementsOf({ scope, roles, definition }: ScopeDiff, names: Names): Statement[] {
  return [
    ...roles.flatMap(({ role, relation, changes }) =>
      changes.map((change): Statement => {
        // Of a row that is gone the file has no line any more.
        const gone = change.before.source && { file: change.before.source.file, line: 1 };
        const { file, line } = change.after.source ?? gone ?? {};
        return {
          suite: scope,
          name: `${role} (${relation}) ${said(change)}`,
          outcome: 'warning',
          rule: change.kind,
          message: `${role} ${said(change)}: ${placesOf(change, names)}`,
          ...(file !== undefined && { file, line: line! }),
        };
      }),
    ),
    ...definition.map(
      (part): Statement => ({ suite: scope, name: `${part} of ${scope} says something else`, outcome: 'warning', rule: 'definition' }),
    ),
  ];
}

function linesOf({ scope, only, roles, definition }: ScopeDiff, names: Names): string[] {
  return [
    ...(only === undefined ? [] : [`${scope}: is there only ${only}`]),
    ...definition.map((part) => `${scope}: ${part} says something else`),
    ...roles.flatMap(({ role, relation, changes }) => [
      `${scope}: ${role}: ${relation}`,
      ...changes.map((change) => `  ${said(change)}, ${placesOf(change, names)}`),
    ]),
  ];
}

const said = ({ kind, permission, level }: SayChange): string => `${kind === 'gain' ? 'gains' : 'loses'} ${permission} at ${level} level`;

/** Two revisions of the same files look alike, so each says which it is; a directory is in the name of the file. */
function placesOf({ before, after }: SayChange, { from, to }: Names): string {
  const place = ({ says, source }: SayChange['before'], name: string) =>
    source ? `${says} by ${source.file}:${source.line}${/^git:|^live$|@/.test(name) ? ` of ${name}` : ''}` : `${says}`;
  return `before ${place(before, from)}, after ${place(after, to)}`;
}
