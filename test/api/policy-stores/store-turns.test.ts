import { expect } from 'chai';
import type { StoreContents } from '../../../core/authorization/policy-stores/types.ts';
import { checkStore } from '../../../core/policy-stores/store-check.ts';
import { createStoreChecker, type StoreChecker } from '../../../core/policy-stores/store-checker.ts';
import { answerPlan, createStorePlanner, type StorePlanner } from '../../../core/policy-stores/store-planner.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const dear = { ...storeFiles, policy: `${storeFiles.policy}# dear\n` };

/** What computes, and stands still for each dear work until the test lets one of them go on. */
function createStandstill() {
  const begun: string[] = [];
  const standing: (() => void)[] = [];
  let isOpen = false;
  return {
    begun,
    async pass(contents: StoreContents): Promise<void> {
      const isDear = contents.policy === dear.policy;
      begun.push(isDear ? 'dear' : 'other');
      if (isDear && !isOpen) await new Promise<void>((resolve) => standing.push(resolve));
    },
    next: () => standing.shift()!(),
    open() {
      isOpen = true;
      for (const release of standing.splice(0)) release();
    },
  };
}

/** `all` resolves when `count` has been called so often. */
function times(most: number): { readonly all: Promise<void>; count(): void } {
  let left = most;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    all,
    count() {
      left -= 1;
      if (left === 0) finish();
    },
  };
}

describe('dear work for policy stores', () => {
  const checks = createStandstill();
  const plans = createStandstill();
  let onJudge = (): void => undefined;
  let onPlan = (): void => undefined;
  let tenet: TestTenet;
  let alice: Person;
  let mallory: Person;
  let own: string;
  let theirs: string[];

  const succeed = async <T>(caller: Person, path: string, body: object, method = 'POST', headers = {}): Promise<T> => {
    const { status, text, body: answer } = await send(caller, method, path, body, headers);
    expect(status, `${method} ${path}: ${text}`).to.be.within(200, 201);
    return answer as T;
  };
  const etagOf = async (): Promise<Record<string, string>> => ({
    'if-match': ((await send(alice, 'GET', `${own}/head`)).body as { etag: string }).etag,
  });
  async function foundStore(caller: Person, name: string, kind?: string): Promise<string> {
    const organizationId = await foundOrganization(caller, name, kind);
    const stores = `/v1/organizations/${organizationId}/projects/${await foundProject(caller, organizationId)}/policy-stores`;
    return `${stores}/${(await succeed<{ id: string }>(caller, stores, { name: 'Store' })).id}`;
  }

  before(async () => {
    const checker = createStoreChecker(undefined, {
      run: async (contents) => {
        await checks.pass(contents);
        return checkStore(contents);
      },
      stop: async () => undefined,
    });
    const planner = createStorePlanner(undefined, {
      run: async (task) => {
        if ('reach' in task) await plans.pass(task.reach.after);
        return answerPlan(task);
      },
      stop: async () => undefined,
    });
    const storeChecker: StoreChecker = {
      ...checker,
      judge(...asked) {
        const judged = checker.judge(...asked);
        onJudge();
        return judged;
      },
    };
    const storePlanner: StorePlanner = {
      ...planner,
      plan(...asked) {
        const made = planner.plan(...asked);
        onPlan();
        return made;
      },
    };
    tenet = await startTenet({}, { stores: { storeChecker, storePlanner } });
    alice = await signIn(tenet, 'alice@example.com');
    mallory = await signIn(tenet, 'mallory@example.com');
    own = await foundStore(alice, 'Own');
    // Kinds with an owner, and without.
    const kinds = [undefined, undefined, undefined, 'ai-spaces', 'ai-spaces', 'ai-spaces'];
    theirs = await Promise.all(kinds.map((kind, index) => foundStore(mallory, `Theirs ${index}`, kind)));
    for (const revision of [1, 2]) {
      await succeed(alice, `${own}/revisions`, { ...storeFiles, policy: `${storeFiles.policy}# ${revision}\n`, reason: 'First.' });
      await succeed(alice, `${own}/head`, { revision }, 'PUT', await etagOf());
    }
  });
  after(async () => {
    checks.open();
    plans.open();
    await tenet?.stop();
  });

  /** What one person asks in six organizations, until those are refused who find no room: the statuses come when all was let go on. */
  async function ask(path: string, body: object, refused: number): Promise<Promise<number[]>[]> {
    const refusals = times(refused);
    const all = theirs.map(async (store) => {
      const { status } = await send(mallory, 'POST', `${store}/${path}`, body);
      if (status === 503) refusals.count();
      return status;
    });
    await refusals.all;
    return [Promise.all(all)];
  }

  it('of one person with many organizations keeps no rollback and no proposal of others from being checked next', async () => {
    checks.begun.splice(0);
    const [asked] = await ask('lint', dear, 3);
    const judged = times(1);
    onJudge = judged.count;
    const rollback = succeed<{ revision: number }>(alice, `${own}/rollback`, { reason: 'Back.' }, 'POST', await etagOf());
    await judged.all;
    // It waits without a connection to the database, and without the turn of its organization.
    await succeed(alice, own.split('/projects/')[0]!, { name: 'Renamed' }, 'PATCH', { 'content-type': 'application/merge-patch+json' });
    expect(checks.begun).to.deep.equal(['dear']);
    checks.next();
    expect((await rollback).revision).to.equal(1);
    const proposed = times(1);
    onJudge = proposed.count;
    const proposal = succeed<{ revision: number }>(alice, `${own}/revisions`, { ...storeFiles, reason: 'Third.' });
    await proposed.all;
    checks.next();
    expect((await proposal).revision).to.equal(3);
    checks.open();
    expect((await asked!).sort()).to.deep.equal([200, 200, 200, 503, 503, 503]);
    expect(checks.begun).to.deep.equal(['dear', 'other', 'dear', 'other', 'dear']);
  });

  it('of one person with many organizations leaves others a plan in turn', async () => {
    const [asked] = await ask('plan', { contents: dear }, 4);
    const waits = times(1);
    onPlan = waits.count;
    const plan = succeed<{ isComplete: boolean }>(alice, `${own}/plan`, { contents: storeFiles });
    await waits.all;
    plans.next();
    // One of the other person was ahead.
    plans.open();
    expect((await plan).isComplete).to.equal(true);
    expect((await asked!).sort()).to.deep.equal([200, 200, 503, 503, 503, 503]);
    expect(plans.begun).to.deep.equal(['dear', 'dear', 'other']);
  });
});
