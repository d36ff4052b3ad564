import { diffPolicies, type SayChange, type ScopeDiff } from '../core/authorization/review/diff.ts';
import type { Out } from './output.ts';
import { readPolicy } from './policy-sources.ts';
import type { ReportForm } from './reports/forms.ts';
import { foundOrPassed, type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

/** Compares two policies by what they mean. Exit code: 0 they mean the same, 10 they differ. */
export async function diff(from: string, to: string, folder: string, out: Out, form: ReportForm = 'table'): Promise<number> {
  const [before, after] = [await readPolicy(from, folder), await readPolicy(to, folder)];
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
    statements: scopes.flatMap((each) => (changed.includes(each) ? statementsOf(each) : foundOrPassed([], each.scope, 'means the same'))),
    value: { before: from, after: to, scopes },
    lines: [...changed.flatMap(linesOf), summary],
  });
  return changed.length === 0 ? 0 : 10;
}

function statementsOf({ scope, roles, definition }: ScopeDiff): Statement[] {
  return [
    ...roles.flatMap(({ role, relation, changes }) =>
      changes.map((change): Statement => {
        const { file, line } = change.after.source ?? change.before.source ?? {};
        return {
          suite: scope,
          name: `${role} (${relation}) ${said(change)}`,
          outcome: 'warning',
          rule: change.kind,
          message: placesOf(change),
          ...(file !== undefined && { file, line: line! }),
        };
      }),
    ),
    ...definition.map(
      (part): Statement => ({ suite: scope, name: `${part} of ${scope} says something else`, outcome: 'warning', rule: 'definition' }),
    ),
  ];
}

function linesOf({ scope, only, roles, definition }: ScopeDiff): string[] {
  return [
    ...(only === undefined ? [] : [`${scope}: is there only ${only}`]),
    ...definition.map((part) => `${scope}: ${part} says something else`),
    ...roles.flatMap(({ role, relation, changes }) => [
      `${scope}: ${role}: ${relation}`,
      ...changes.map((change) => `  ${said(change)}, ${placesOf(change)}`),
    ]),
  ];
}

const said = ({ kind, permission, level }: SayChange): string => `${kind === 'gain' ? 'gains' : 'loses'} ${permission} at ${level} level`;

function placesOf({ before, after }: SayChange): string {
  const place = ({ says, source }: SayChange['before']) => (source ? `${says} by ${source.file}:${source.line}` : `${says}`);
  return `before ${place(before)}, after ${place(after)}`;
}
