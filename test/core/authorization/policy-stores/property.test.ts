import { expect } from 'chai';
import fc from 'fast-check';
import { printCondition } from '../../../../core/authorization/policy-stores/condition.ts';
import { compileCondition } from '../../../../core/authorization/policy-stores/condition-evaluate.ts';
import { parseCondition } from '../../../../core/authorization/policy-stores/condition-parse.ts';
import { matches } from '../../../../core/authorization/policy-stores/filter.ts';
import { createStockStore } from '../../../../core/authorization/policy-stores/stock-store.ts';
import { checkStoreContents, compileStore } from '../../../../core/authorization/policy-stores/store.ts';
import type { StoreEntity, StoreFilter } from '../../../../core/authorization/policy-stores/types.ts';
import { atOnce } from '../../../../core/base/steps.ts';
import { runs } from '../../../helpers/rounds.ts';
import { condition, question, store } from './random-stores.ts';
import { slowCondition } from './slow-condition.ts';

/** Random texts may mean the same row twice, or compare two constants: such stores are refused, and not of interest here. */
function isAccepted(contents: { model: string; policy: string; tests: string }): boolean {
  return checkStoreContents(contents).every(({ level }) => level !== 'error');
}

describe('A compiled policy store', () => {
  it('decides as stock Casbin does with conditions read by a second evaluator, on 20,000 questions at least (soak)', async function () {
    this.timeout(900_000);
    const counts = { stores: 0, asked: 0, allowed: 0 };
    const agrees = fc.asyncProperty(store, fc.array(question, { minLength: 60, maxLength: 60, size: 'max' }), async (texts, questions) => {
      const contents = { ...texts, tests: '' };
      if (!isAccepted(contents)) return;
      counts.stores += 1;
      const compiled = compileStore(contents);
      const stock = await createStockStore(contents, slowCondition);
      for (const asked of questions) {
        const decided = compiled.decide(asked);
        const { decision } = decided;
        expect(atOnce(compiled.decideSteps(asked))).to.deep.equal(decided);
        expect(compiled.decideAtOnce(asked)).to.deep.equal(decided);
        counts.asked += 1;
        if (decision) counts.allowed += 1;
        expect(decision, `${contents.model}\n${contents.policy}\n${JSON.stringify(asked)}`).to.equal(stock.decide(asked));
      }
    });
    // A soak ends by the clock, which on a slow machine may be before so many are asked.
    do await fc.assert(agrees, runs(500, 5_000));
    while (counts.asked <= 20_000);
    expect(counts.asked).to.be.greaterThan(20_000);
    expect(counts.allowed).to.be.greaterThan(counts.asked / 100);
    expect(counts.allowed).to.be.lessThan(counts.asked);
  });

  it('has filters that find the entities which it decides for (soak)', function () {
    this.timeout(900_000);
    const counts = { all: 0, none: 0, where: 0, enumerate: 0 };
    const agrees = (filter: StoreFilter, entity: StoreEntity, decision: boolean, of: string) => {
      if (filter.kind === 'enumerate') return;
      const found = filter.kind === 'where' ? matches(filter.where, entity) : filter.kind === 'all';
      expect(found, `${of}\n${JSON.stringify(filter)}`).to.equal(decision);
    };
    fc.assert(
      fc.property(store, fc.array(question, { minLength: 30, maxLength: 30, size: 'max' }), (texts, questions) => {
        const contents = { ...texts, tests: '' };
        if (!isAccepted(contents)) return;
        const compiled = compileStore(contents);
        const { subject, action, resource, context } = questions[0]!;
        const forResources = compiled.resourceFilter(subject, action, context, resource.type);
        const forSubjects = compiled.subjectFilter(resource, action, context, subject.type);
        for (const { kind } of [forResources, forSubjects]) counts[kind] += 1;
        for (const { subject: other, resource: thing } of questions) {
          const resourceLike = { ...thing, type: resource.type };
          const subjectLike = { ...other, type: subject.type };
          const about = (asked: object) => `${contents.model}\n${contents.policy}\n${JSON.stringify(asked)}`;
          const first = { subject, action, resource: resourceLike, context };
          agrees(forResources, resourceLike, compiled.decide(first).decision, about(first));
          const second = { subject: subjectLike, action, resource, context };
          agrees(forSubjects, subjectLike, compiled.decide(second).decision, about(second));
        }
      }),
      runs(500, 20_000),
    );
    // Each kind of answer comes, and most can be said.
    expect(counts.all).to.be.greaterThan(0);
    expect(counts.none).to.be.greaterThan(0);
    expect(counts.where).to.be.greaterThan(0);
    expect(counts.enumerate).to.be.lessThan(counts.where + counts.all + counts.none);
  });

  it('reads a condition as the second evaluator does, and the printed condition as the same (soak)', function () {
    this.timeout(900_000);
    fc.assert(
      fc.property(condition, fc.array(question, { minLength: 10, maxLength: 10, size: 'max' }), (text, questions) => {
        const read = parseCondition(text);
        const printed = printCondition(read);
        expect(printCondition(parseCondition(printed))).to.equal(printed);
        const test = compileCondition(read);
        const again = compileCondition(parseCondition(printed));
        for (const asked of questions) {
          const expected = slowCondition(text, asked);
          expect(test(asked), `${text}\n${JSON.stringify(asked)}`).to.equal(expected);
          expect(again(asked), printed).to.equal(expected);
        }
      }),
      runs(500, 50_000),
    );
  });
});
