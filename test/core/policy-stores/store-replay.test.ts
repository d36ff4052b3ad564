import { expect } from 'chai';
import fc from 'fast-check';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { createStockStore } from '../../../core/authorization/policy-stores/stock-store.ts';
import { compileStore } from '../../../core/authorization/policy-stores/store.ts';
import type { StoreContents, StoreQuestion } from '../../../core/authorization/policy-stores/types.ts';
import { newUuidOf, toId } from '../../../core/base/ids.ts';
import type { LoggedTuple } from '../../../core/policy-stores/replayed-decisions.ts';
import { digestOf } from '../../../core/policy-stores/revisions.ts';
import { replayStore, type StoreReplay, type StoreReplayTask } from '../../../core/policy-stores/store-replay.ts';
import { rounds } from '../../helpers/generators.ts';
import { question, store } from '../authorization/policy-stores/random-stores.ts';

const contentsOf = (policy: string, model = storeModel): StoreContents => ({ model, policy, tests: '' });
const isCompiled = (contents: StoreContents): boolean => {
  try {
    return compileStore(contents) !== undefined;
  } catch {
    return false;
  }
};
const begin = Date.UTC(2026, 10, 27);

/** The log of a store whose revisions, from 1, decide one question after the other, as one page with the newest first. */
function logOf(revisions: readonly StoreContents[], questions: readonly StoreQuestion[]): LoggedTuple[] {
  const stores = revisions.map(compileStore);
  return questions
    .map((asked, index): LoggedTuple => {
      const number = index % revisions.length;
      const { decision, rules } = stores[number]!.decide(asked);
      const at = begin + index;
      return [newUuidOf(at), at, number + 1, digestOf(revisions[number]!), decision, rules[0] ?? null, JSON.stringify(asked)];
    })
    .reverse();
}

const taskOf = (revisions: readonly StoreContents[], log: readonly LoggedTuple[], candidate: StoreContents): StoreReplayTask => ({
  ...{ candidate, inForce: revisions.length },
  revisions: revisions.map((contents, index) => ({ revision: index + 1, sha256: digestOf(contents), contents })),
  pages: [JSON.stringify(log.slice(0, 7)), JSON.stringify(log.slice(7))],
});

/** What stock Casbin finds, one decision after the other: how many of each kind by type, action and revision. */
async function bruteForce(log: readonly LoggedTuple[], candidate: StoreContents, inForce: StoreContents): Promise<Map<string, number>> {
  const [stock, now] = [await createStockStore(candidate), await createStockStore(inForce)];
  const found = new Map<string, number>();
  for (const [, , revision, , decision, line, text] of log) {
    const asked = JSON.parse(text) as StoreQuestion;
    const after = stock.decide(asked);
    if (after === decision) continue;
    const { subject, action, resource } = asked;
    const key = JSON.stringify([subject.type, action.name, resource.type, after, revision, line, now.decide(asked) === after]);
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

/** The same of a replay. */
function foundBy({ flips }: StoreReplay): Map<string, number> {
  const found = new Map<string, number>();
  for (const { subjectType, action, resourceType, before, after, alreadyInForce, decisions, kind } of flips) {
    expect(kind).to.equal(after.decision ? 'GAIN' : 'LOSS');
    const key = JSON.stringify([subjectType, action, resourceType, after.decision, before.revision, before.line ?? null, alreadyInForce]);
    found.set(key, (found.get(key) ?? 0) + decisions);
  }
  return found;
}

const asked = (id: string, resource: string, properties = {}): StoreQuestion => ({
  subject: { type: 'user', id, properties: {} },
  action: { name: 'read', properties: {} },
  resource: { type: 'doc', id: resource, properties },
  context: {},
});
const open = contentsOf('p, *, doc:*, read, r.res.open == true, allow\n');
const shut = contentsOf('p, user:ann, doc:*, read, true, allow\n');

describe('the replay of decisions of a policy store', function () {
  this.timeout(120_000);

  it('finds what stock Casbin says of every decision, and planted faults among them', async () => {
    const counts = { flips: 0, already: 0, faults: 0 };
    const replays = fc.asyncProperty(
      store,
      fc.nat(),
      fc.array(question, { minLength: 12, maxLength: 24 }),
      fc.nat(),
      async ({ model, policy }, seed, questions, planted) => {
        const lines = policy.split('\n');
        const without = (number: number) => lines.filter((_, index) => index !== number % lines.length);
        // In the candidate rows are about everyone, and in half of what is in force.
        const wider = (rows: readonly string[]) => [...new Set(rows.map((line) => line.replace(/^p, [^,]+,/, 'p, *,')))];
        const now = seed % 2 === 0 ? without(seed) : wider(without(seed));
        const all = [lines, now, wider(without(seed + 1))].map((rows) => contentsOf(rows.join('\n'), model));
        if (!all.every(isCompiled)) return;
        const [first, second, candidate] = all as [StoreContents, StoreContents, StoreContents];
        const log = logOf([first, second], [...questions, ...questions.slice(0, 6)]);
        const replayed = await replayStore(taskOf([first, second], log, candidate));
        const expected = await bruteForce(log, candidate, second);
        expect(foundBy(replayed), `${model}\n${policy}`).to.deep.equal(expected);
        expect(replayed.witness).to.deep.equal({ confirmed: log.length, faults: 0, examples: [] });
        expect(replayed.decisions).to.equal(log.length);
        const sum = [...expected.values()].reduce((total, number) => total + number, 0);
        expect(replayed.totals.losses + replayed.totals.gains).to.equal(sum);
        counts.flips += sum;
        counts.already += replayed.totals.alreadyInForce;

        const [tampered, moved] = [planted % log.length, (planted + 5) % log.length];
        const changed = log.map((one, index): LoggedTuple => {
          const [id, at, revision, sha256, decision, line, text] = one;
          if (index === tampered) return [id, at, revision, sha256, !decision, line, text];
          return index === moved ? [id, at, revision, 'f'.repeat(64), decision, line, text] : one;
        });
        const faulty = await replayStore(taskOf([first, second], changed, candidate));
        expect(faulty.witness.examples.map(({ decisionId, fault }) => [decisionId, fault])).to.have.deep.members([
          [toId('decision', log[tampered]![0]), 'DECISION'],
          [toId('decision', log[moved]![0]), 'REVISION'],
        ]);
        expect(faulty.witness).to.include({ confirmed: log.length - 2, faults: 2 });
        const others = log.filter((_, index) => index !== tampered && index !== moved);
        expect(foundBy(faulty)).to.deep.equal(await bruteForce(others, candidate, second));
        counts.faults += 1;
      },
    );
    await fc.assert(replays, rounds(30));
    for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.greaterThan(10);
  });

  it('puts together what the same rows decide, the newest first, with examples of distinct subjects and resources', async () => {
    const questions = [asked('ann', '1', { open: true }), asked('bo', '1', { open: true }), asked('bo', '2', { open: true })];
    const log = logOf([open], [...questions, ...questions, asked('bo', '3')]);
    const { flips, totals, witness } = await replayStore({ ...taskOf([open], log, shut), inForce: 1 });
    expect(totals).to.deep.equal({ losses: 4, gains: 0, alreadyInForce: 0, groups: 1 });
    expect(witness.confirmed).to.equal(7);
    const [flip] = flips;
    expect(flip).to.deep.include({
      ...{ kind: 'LOSS', subjectType: 'user', action: 'read', resourceType: 'doc', alreadyInForce: false },
      before: { decision: true, revision: 1, line: 1, row: 'p, *, doc:*, read, r.res.open == true, allow' },
      after: { decision: false },
      ...{ decisions: 4, subjects: 1, resources: 2, lastUsedAt: new Date(begin + 5).toISOString() },
    });
    expect(flip!.examples.map(({ subjectId, resourceId }) => `${subjectId} ${resourceId}`)).to.deep.equal(['bo 2', 'bo 1']);
    expect(flip!.examples[0]).to.include({ decisionId: toId('decision', log[1]![0]), at: flip!.lastUsedAt });
  });

  it('takes what it can of a log that lacks files, or has what is no question, and says how far stock Casbin went', async () => {
    const log = logOf([open, shut], [asked('ann', '1', { open: true }), asked('bo', '1'), asked('bo', '2', { open: true })]);
    const task = taskOf([open, shut], log, shut);
    const { contents: _, ...bare } = task.revisions[0]!;
    const unread = await replayStore({ ...task, revisions: [bare, task.revisions[1]!] });
    expect(unread.witness).to.deep.equal({ confirmed: 1, faults: 0, examples: [] });
    expect(unread.flips.map(({ before, alreadyInForce }) => ({ ...before, alreadyInForce }))).to.deep.equal([
      { decision: true, revision: 1, line: 1, alreadyInForce: true },
    ]);
    const gone = await replayStore({ ...task, revisions: [task.revisions[1]!] });
    expect(gone.witness.examples.map(({ detail }) => detail)).to.deep.equal(['revision 1 is not stored', 'revision 1 is not stored']);
    const wrong = ['{', '[]', '{"subject":{"type":"user","id":"bo"}}'].map((text, index): LoggedTuple => {
      const [, at, revision, sha256, decision, line] = log[0]!;
      return [newUuidOf(at + index), at, revision, sha256, decision, line, text];
    });
    const strange = await replayStore({ ...task, pages: [JSON.stringify(wrong)] });
    expect(strange.witness.examples.map(({ fault }) => fault)).to.deep.equal(['DECISION', 'DECISION', 'DECISION']);
    const short = await replayStore(task, { work: 11 });
    expect(short.witness.confirmed).to.equal(1);
    expect(short.totals).to.deep.equal((await replayStore(task)).totals);
  });
});
