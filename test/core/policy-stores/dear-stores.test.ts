import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { comparisonsOfStep } from '../../../core/authorization/policy-stores/compile.ts';
import { compileStore } from '../../../core/authorization/policy-stores/store.ts';
import type { StoreQuestion } from '../../../core/authorization/policy-stores/types.ts';
import { Unavailable } from '../../../core/base/errors.ts';
import { newId } from '../../../core/base/ids.ts';
import { atOnce, type Steps } from '../../../core/base/steps.ts';
import { createCompiledStores } from '../../../core/policy-stores/compiled-stores.ts';
import { openedWith } from '../../../core/policy-stores/open-store.ts';
import { answersOf, decide } from '../../../core/policy-stores/questions.ts';
import { dearComparisons, dearFiles, storeFiles } from '../../helpers/policy-stores.ts';

/** How often others are let in. */
function stepsOf(steps: Steps<unknown>): number {
  let count = 0;
  while (!steps.next().done) count += 1;
  return count;
}

describe('A policy store whose questions are dear', () => {
  const dear = compileStore(dearFiles);
  const cheap = compileStore(storeFiles);
  const subject = { type: 'user', id: 'eve', properties: {} };
  const action = { name: 'read', properties: {} };
  const about = (id: string, properties: object): StoreQuestion => ({
    ...{ subject, action, context: {} },
    resource: { type: 'doc', id, properties: { ...properties } },
  });
  const denied = about('1', { owner: 'nobody', first: 1, second: 2 });

  /** Stores of organizations that compute in one process. */
  function opener() {
    const compiled = createCompiledStores();
    const policies = { dear, cheap };
    return (organizationId: string, name: keyof typeof policies) => {
      const key = { organizationId, projectId: newId('project'), policyStoreId: newId('policyStore') };
      const kept = { inForce: { revision: 1, sha256: name }, entities: new Map() };
      return openedWith({ key, kept, stores: new Map([[name, policies[name]]]), compiled });
    };
  }
  const batch = (count: number) => ({ questions: Array.from({ length: count }, () => denied), semantic: 'execute_all' as const });

  it('decides in steps of so many comparisons, as it does at once', () => {
    expect(dear.decideAtOnce(denied)).to.equal(undefined);
    expect(cheap.decideAtOnce(denied)).to.deep.equal(cheap.decide(denied));
    expect(dear.decideAtOnce(about('2', { first: 1, second: 1 }))).to.deep.equal({ decision: true, rules: [1] });
    expect(stepsOf(dear.decideSteps(denied))).to.be.within(dearComparisons / comparisonsOfStep - 2, dearComparisons / comparisonsOfStep);
    for (const question of [denied, about('2', { first: 1, second: 1 }), about('3', { owner: 'u4899', level: 0 }), about('4', {})]) {
      expect(atOnce(dear.decideSteps(question))).to.deep.equal(dear.decide(question));
    }
    expect(dear.decide(about('3', { owner: 'u4899', level: 0 })).rules).to.deep.equal([4_901]);
    expect(stepsOf(cheap.decideSteps(denied))).to.equal(0);
  });

  it('makes its filters in steps of fifty rows', () => {
    expect(stepsOf(dear.resourceFilterSteps(subject, action, {}, 'doc'))).to.equal(99);
    expect(dear.resourceFilter(subject, action, {}, 'doc').kind).to.equal('enumerate');
  });

  it('lets the event loop go on between, and a store of another organization is answered at once', async () => {
    const open = opener();
    const answers = answersOf(open('large', 'dear'), batch(50));
    expect(answers).to.be.a('promise');
    let isDone = false;
    void Promise.resolve(answers).then(() => {
      isDone = true;
    });
    let turns = 0;
    for (; !isDone; turns += 1) {
      expect(answersOf(open('small', 'cheap'), batch(3))).to.have.length(3);
      expect(decide(open('small', 'cheap'), denied)).to.have.property('decision', false);
      await setImmediate();
    }
    expect(turns).to.be.greaterThan(3);
    const reason = { decision: false, context: { reason: 'NO_MATCH', revision: 1 } };
    expect(await answers).to.deep.equal(Array.from({ length: 50 }, () => reason));
  });

  it('has so many questions wait, and refuses more, while one of another organization finds its turn', async () => {
    const open = opener();
    const waiting = Array.from({ length: 16 }, () => answersOf(open('large', 'dear'), batch(20)));
    expect(() => answersOf(open('large', 'dear'), batch(20))).to.throw(Unavailable, /Too many questions/);
    // What is small is answered all the same.
    expect(decide(open('large', 'cheap'), denied)).to.have.property('decision', false);
    const order: string[] = [];
    const all = waiting.map((answers) => Promise.resolve(answers).then(() => order.push('large')));
    const other = Promise.resolve(answersOf(open('other', 'dear'), batch(20))).then(() => order.push('other'));
    await other;
    expect(order).to.deep.equal(['other']);
    await Promise.all(all);
  });
});
