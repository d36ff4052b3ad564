import { expect } from 'chai';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import type { Proposal } from '../../../core/policies/review.ts';
import { createReviewer, type Reviewer } from '../../../core/policies/reviewer.ts';
import { failure } from '../../helpers/failure.ts';
import { shippedPolicies } from '../../helpers/policies.ts';

const scope = 'blueprint/integrations';

describe('the review of a policy', function () {
  this.timeout(60_000);
  let platform: PolicyContent;
  let blueprint: PolicyContent;
  let reviewer: Reviewer;

  before(async () => {
    const contents = await shippedPolicies();
    platform = contents.find((content) => content.scope === 'platform')!;
    blueprint = contents.find((content) => content.scope === scope)!;
  });
  afterEach(() => reviewer?.stop());

  const proposal = (changes: Partial<Proposal> = {}): Proposal => ({ ...blueprint, reason: 'Reviewed', ...changes });
  const withRows = (rows: Proposal['rows']): Proposal => ({ ...proposal({ rows }), sources: undefined });
  /** 792 kB of tests about roles that do not exist. */
  const hostile = (): Proposal => {
    const role = (n: number, m: number) => `integrations/org.${'manager'.repeat(8)}${n}-${m}`.slice(0, 80);
    const test = (n: number) => ({
      name: `case ${n}`,
      roles: Array.from({ length: 58 }, (_, m) => role(n, m)),
      level: 'org',
      ask: 'member:list',
      expect: 'deny',
    });
    return proposal({ tests: { ...(blueprint.tests as object), cases: Array.from({ length: 200 }, (_, n) => test(n)) } });
  };
  const errorsOf = (error: Error) => (error as unknown as { fields: { errors: { detail: string }[] } }).fields.errors;

  it('gives the content of a proposal that holds', async () => {
    reviewer = createReviewer();
    expect(await reviewer.read(proposal(), [platform])).to.deep.equal(blueprint);
    await reviewer.check(scope, [platform, blueprint]);
  });

  it('lets the event loop turn, and names at most 20 errors', async () => {
    reviewer = createReviewer();
    await reviewer.check(scope, [platform]); // The thread is there.
    let turns = 0;
    const count = setInterval(() => (turns += 1), 1);
    const body = hostile();
    expect(JSON.stringify(body.tests).length).to.be.greaterThan(700_000);
    const error = await failure(reviewer.read(body, [platform]));
    clearInterval(count);
    expect(error).to.include({ code: 'invalid-input' });
    expect(turns).to.be.greaterThan(5);
    const rows = Array.from({ length: 500 }, (_, n) => ['integrations/org.nobody', 'org', `thing-${n}`, 'list', 'allow']);
    const many = await failure(reviewer.read(withRows(rows), [platform]));
    expect(errorsOf(many)).to.have.length(20);
    expect(many.message).to.match(/20 of \d+ errors/);
  });

  it('names at most 20 errors of a document that is not what it must be, and each where it stands', async () => {
    reviewer = createReviewer();
    const tests = { cases: Array.from({ length: 200 }, () => ({ 'a/b': 1 })) };
    const errors = errorsOf(await failure(reviewer.read(proposal({ tests }), [platform])));
    expect(errors).to.have.length(20);
    expect(errors[0])
      .to.have.property('pointer')
      .that.matches(/^#\/tests\/cases\/0/);
  });

  it('has room until as many wait as may, and says so before anything is collected for it', async () => {
    reviewer = createReviewer();
    const reviews: Promise<void>[] = [];
    for (let count = 0; count < 3; count += 1) {
      reviewer.demandRoom();
      reviews.push(reviewer.check(scope, [platform, blueprint]));
    }
    expect(() => reviewer.demandRoom())
      .to.throw()
      .with.property('code', 'unavailable');
    await Promise.all(reviews);
    reviewer.demandRoom();
  });

  it('that takes too long is ended, and the next one is done', async () => {
    reviewer = createReviewer({ milliseconds: 1, megabytes: 128, waiting: 2 });
    const error = await failure(reviewer.read(hostile(), [platform]));
    expect(error).to.include({ code: 'invalid-input' });
    expect(error.message).to.match(/takes longer than 0\.001 s/);
    await reviewer.stop();
    reviewer = createReviewer();
    await reviewer.check(scope, [platform, blueprint]);
  });

  it('that takes too much memory is ended, and the next one is done', async () => {
    reviewer = createReviewer({ milliseconds: 30_000, megabytes: 24, waiting: 2 });
    const rows = () =>
      Array.from({ length: 5_000 }, (_, n) => ['integrations/org.member', 'org', `thing-${n}`.padEnd(100, 'x'), 'list', 'allow']);
    const others = Array.from({ length: 40 }, (_, n) => ({ ...blueprint, scope: `blueprint/copy-${n}`, rows: rows() as never }));
    const error = await failure(reviewer.read(proposal(), [platform, ...others]));
    expect(error.message).to.match(/takes more than 24 MB/);
    await reviewer.check(scope, [platform]);
  });

  it('that nests too deep to be copied is refused', async () => {
    reviewer = createReviewer();
    let tests: unknown = {};
    for (let depth = 0; depth < 200_000; depth += 1) tests = [tests];
    const error = await failure(reviewer.read(proposal({ tests }), [platform]));
    expect(error).to.include({ code: 'invalid-input', message: 'The policy is nested too deep.' });
    await reviewer.check(scope, [platform]);
  });

  it('waits for those before it, and is refused when too many wait', async () => {
    reviewer = createReviewer();
    const asked = Array.from({ length: 6 }, () =>
      reviewer.check(scope, [platform, blueprint]).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      ),
    );
    expect((await Promise.all(asked)).sort()).to.deep.equal(['done', 'done', 'done', 'unavailable', 'unavailable', 'unavailable']);
  });

  it('ends with its owner, who is told of what was not done', async () => {
    reviewer = createReviewer();
    const asked = [0, 1].map(() => failure(reviewer.check(scope, [platform, blueprint])));
    await reviewer.stop();
    for (const error of await Promise.all(asked)) expect(error).to.have.property('code');
  });
});
