import { join } from 'node:path';
import { isSensitiveGain, type PlanDocument, type ShownChange, type ShownEffect } from '../core/access-plans/document.ts';
import { counted } from './counted.ts';
import type { Statement } from './reports/report.ts';

/** What a plan finds, for annotations and other programs: its changes at the rows that make them, in `directory`, and the rails that warn or block. */
export function statementsOf({ effects, rails }: PlanDocument, directory: string): Statement[] {
  return [
    ...effects.flatMap((effect) => effect.changes.map((change) => changeOf(effect, change, directory))),
    ...rails.flatMap(({ id, status, detail }): Statement[] =>
      status === 'OK'
        ? []
        : [{ suite: 'rails', name: id, outcome: status === 'BLOCK' ? 'error' : 'warning', rule: 'rail', message: detail }],
    ),
  ];
}

function changeOf(effect: ShownEffect, change: ShownChange, directory: string): Statement {
  const { level, roles, scopes = [], subjects, organizations } = effect;
  const source = change.after.rule ?? change.before.rule;
  const who = `${counted(subjects, 'subject')} with ${[...roles, ...scopes].join(' + ')}`;
  const where = organizations === 0 ? '' : ` in ${counted(organizations, 'organization')}`;
  const does = `${change.kind === 'GAIN' ? 'gain' : 'lose'}${subjects === 1 ? 's' : ''}`;
  const flag = `${isSensitiveGain(change) ? ' (sensitive)' : ''}${change.switchedOff ? ' (switched off)' : ''}`;
  return {
    suite: source?.scope ?? level.toLowerCase(),
    name: `${who} ${does} ${change.permission}${flag}`,
    outcome: 'warning',
    rule: change.kind === 'GAIN' ? 'gain' : 'loss',
    message: `${who} ${does} ${change.permission}${flag} at ${level.toLowerCase()} level${where}${change.after.rule || !source ? '' : '; the row is gone'}`,
    ...(source && { file: join(directory, source.file), line: source.line }),
  };
}
