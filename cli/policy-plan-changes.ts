import { isSensitiveGain, type PlanDocument, type ShownChange, type ShownEffect } from '../core/access-plans/document.ts';
import { byLastUse } from '../core/access-plans/last-use.ts';

/** A permission that the holders of the same gain or lose. */
export interface PlanLine {
  readonly effect: ShownEffect;
  readonly change: ShownChange;
}

/** All changes as a reviewer reads them: first gains of what is sensitive, then losses, of these first what was used last. */
export function changesInOrder({ effects }: Pick<PlanDocument, 'effects'>): PlanLine[] {
  const all = effects.flatMap((effect) => effect.changes.map((change) => ({ effect, change })));
  const sensitive = all.filter(({ change }) => isSensitiveGain(change));
  const losses = all.filter(({ change }) => change.kind === 'LOSS').sort((a, b) => byLastUse(a.change.lastUse, b.change.lastUse));
  const others = all.filter(({ change }) => change.kind === 'GAIN' && !isSensitiveGain(change));
  return [...sensitive, ...losses, ...others];
}

/** What is of interest of it: that something sensitive is gained, that a permission with the flag lockout is lost, or that it is switched off now. */
export function kindOf(change: ShownChange): string {
  const isLockout = change.kind === 'LOSS' && change.flags?.includes('LOCKOUT');
  const notes = [isSensitiveGain(change) ? 'sensitive' : [], isLockout ? 'lockout' : [], change.switchedOff ? 'switched off' : []].flat();
  return notes.length === 0 ? change.kind : `${change.kind} (${notes.join(', ')})`;
}
