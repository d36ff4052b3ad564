import { expect } from 'chai';
import { type Condition, conditionsMatch, ready, resolveConditions, retrying, stalled } from '../../../controllers/resources/conditions.ts';

const earlier = new Date('2026-01-01T10:00:00.123Z');
const later = new Date('2026-01-02T10:00:00Z');

describe('conditions', () => {
  it('keep the time of their last transition while their status stays, whatever reason and message do', () => {
    const first = resolveConditions(ready('one'), [], 1, earlier);
    const second = resolveConditions(ready('two', 'Other'), first, 2, later);
    expect(second.map(({ lastTransitionTime }) => lastTransitionTime)).to.deep.equal(['2026-01-01T10:00:00Z', '2026-01-01T10:00:00Z']);
    expect(second.every(({ observedGeneration }) => observedGeneration === 2)).to.equal(true);
    const third = resolveConditions(retrying('Down', 'three'), second, 2, later);
    expect(third.find(({ type }) => type === 'Ready')!.lastTransitionTime).to.equal('2026-01-02T10:00:00Z');
  });

  it('say Stalled when nobody but a person can help, and Reconciling when it is tried again', () => {
    const types = (conditions: readonly { type: string; status: string }[]) => conditions.map(({ type, status }) => `${type}=${status}`);
    expect(types(stalled('Taken', ''))).to.deep.equal(['Synced=False', 'Ready=False', 'Stalled=True']);
    expect(types(retrying('Down', ''))).to.deep.equal(['Synced=False', 'Ready=False', 'Reconciling=True']);
    expect(types(ready(''))).to.deep.equal(['Synced=True', 'Ready=True']);
  });

  it('need no write when they are as wanted, and one when a condition of ours has to go', () => {
    const wanted = resolveConditions(ready('fine'), [], 1, earlier);
    const foreign: Condition = { type: 'Backup', status: 'True', reason: 'Done', message: '', lastTransitionTime: '2026-01-01T10:00:00Z' };
    expect(conditionsMatch(wanted, [foreign, ...wanted])).to.equal(true);
    expect(conditionsMatch(wanted, [...wanted, { ...foreign, type: 'Stalled' }])).to.equal(false);
    expect(conditionsMatch(wanted, [wanted[0]!])).to.equal(false);
    expect(conditionsMatch(resolveConditions(ready('fine'), wanted, 2, later), wanted)).to.equal(false);
  });
});
