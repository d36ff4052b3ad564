import { isSensitiveGain, type PlanDocument, type ShownChange, type ShownEffect } from '../core/access-plans/document.ts';
import { counted } from '../core/base/counted.ts';
import { groupedBy } from '../core/base/grouped.ts';
import { type Naming, unnamed } from './names.ts';
import { countOf, heldBy, organizationNames, type SubjectCount, subjectsOf } from './policy-plan-people.ts';
import { placeOfRow, type Statement } from './reports/report.ts';

/**
 * What a plan finds, for annotations and other programs: its changes at the rows that make them, in `directory`, and the rails that warn or block. With `naming`, for
 * people, it names organizations and roles.
 */
export function statementsOf(document: PlanDocument, directory: string, naming?: Naming): Statement[] {
  const { effects, rails, rows } = document;
  const byEffect = groupedBy(rows, ({ effect }) => effect);
  return [
    ...effects.flatMap((effect) => {
      const met = byEffect.get(effect.effect) ?? [];
      const names = naming ? organizationNames(met, naming) : '';
      const held = heldBy(document, effect, naming ?? unnamed);
      return effect.changes.map((change) => changeOf({ ...effect, met: subjectsOf(met), held, names }, change, directory));
    }),
    ...rails.flatMap(({ id, status, detail }): Statement[] =>
      status === 'OK'
        ? []
        : [
            {
              suite: 'rails',
              name: id,
              outcome: status === 'BLOCK' ? 'error' : 'warning',
              rule: 'rail',
              message: naming?.text(detail) ?? detail,
            },
          ],
    ),
  ];
}

/** An effect with how many subjects it meets, and the names of its roles and of some of its organizations. */
type Named = ShownEffect & { readonly met: SubjectCount; readonly held: string; readonly names: string };

function changeOf({ level, held, names, met, organizations }: Named, change: ShownChange, directory: string): Statement {
  const source = change.after.rule ?? change.before.rule;
  const isGone = source !== undefined && !change.after.rule;
  const who = `${countOf(met)} ${met.count === 1 ? 'subject' : 'subjects'} with ${held}`;
  const where = organizations === 0 ? '' : ` in ${counted(organizations, 'organization')}${names}`;
  const does = `${change.kind === 'GAIN' ? 'gain' : 'lose'}${met.count === 1 ? 's' : ''}`;
  const flag = `${isSensitiveGain(change) ? ' (sensitive)' : ''}${change.switchedOff ? ' (switched off)' : ''}`;
  return {
    suite: source?.scope ?? level.toLowerCase(),
    name: `${who} ${does} ${change.permission}${flag}`,
    outcome: 'warning',
    rule: change.kind === 'GAIN' ? 'gain' : 'loss',
    message: `${who} ${does} ${change.permission}${flag} at ${level.toLowerCase()} level${where}${isGone ? `; the row, line ${source!.line} as it was, is gone` : ''}`,
    ...placeOfRow(directory, change.before.rule, change.after.rule),
  };
}
