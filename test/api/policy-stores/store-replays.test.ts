import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { createStockStore } from '../../../core/authorization/policy-stores/stock-store.ts';
import type { StoreQuestion } from '../../../core/authorization/policy-stores/types.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { readLogged, readRevisions } from '../../../core/policy-stores/replayed-decisions.ts';
import { digestOf } from '../../../core/policy-stores/revisions.ts';
import { asOwner } from '../../helpers/as-owner.ts';
import { send } from '../../helpers/keys.ts';
import { foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Replay = components['schemas']['StoreDecisionReplay'];

/** Bob writes, Alice does not. */
const second = { ...storeFiles, policy: storeFiles.policy.replace('user:alice', 'user:bob') };

describe('replays of decisions of policy stores', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let policyStoreId: string;
  let store: string;

  const call = (method: string, path: string, body?: unknown, by: Caller = owner, headers = {}) => send(by, method, path, body, headers);
  const replay = (body: object, by: Caller = owner, of = store) => call('POST', `${of}/replay`, body, by);
  async function replayed(body: object): Promise<Replay> {
    const { status, text, body: answer } = await replay(body);
    expect(status, text).to.equal(200);
    return answer as Replay;
  }
  const ask = (subject: string, action: string, id: string, properties = {}) =>
    call('POST', `${store}/access/v1/evaluation`, {
      ...{ subject: { type: 'user', id: subject }, action: { name: action }, resource: { type: 'record', id, properties } },
      context: { hour: 9 },
    });
  const administer = (sql: string, values?: readonly unknown[]) => asOwner(tenet, sql, values);

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    owner = await signIn(tenet, 'owner@example.com');
    ({ organizationId, projectId, policyStoreId, store } = await foundStore(owner));
    await putFirstIntoForce(owner, store);
    const entity = { type: 'record', id: '1', properties: { status: 'open', isPublic: true } };
    await call('POST', `${store}/entities`, { entities: [entity] });
    for (const id of ['1', '2', '1']) await ask('alice', 'write', id, { status: 'open' });
    await ask('bob', 'write', '1');
    await ask('mallory', 'read', '1');
    await ask('carol', 'read', '1');
    await call('POST', `${store}/revisions`, { ...second, reason: 'Bob.' });
    // What is stored by now plays no part.
    await call('DELETE', `${store}/entities/record/1`);
    await tenet.decisionLog!.flush();
    await tenet.decisionLog!.stores.flush();
  });
  after(() => tenet?.stop());

  it('say nothing of what is in force, and which decisions another revision takes otherwise, as stock Casbin does', async () => {
    const same = await replayed({ to: 1 });
    expect([same.decisions, same.leftOut, same.flips]).to.deep.equal([6, 0, []]);
    expect(same.witness).to.deep.equal({ confirmed: 6, faults: 0, examples: [] });
    expect(same.coverage).to.include({ share: 1 });
    const { to, totals, flips, witness } = await replayed({ to: 2 });
    expect(to).to.deep.equal({ revision: 2, sha256: digestOf(second) });
    expect(totals).to.deep.equal({ losses: 3, gains: 1, alreadyInForce: 0, groups: 2 });
    expect(witness).to.include({ confirmed: 6, faults: 0 });
    const [gain, loss] = flips;
    expect(gain).to.deep.include({
      ...{ kind: 'GAIN', subjectType: 'user', action: 'write', resourceType: 'record', alreadyInForce: false, decisions: 1 },
      before: { decision: false, revision: 1 },
      after: { decision: true, line: 1, row: storeFiles.policy.split('\n')[0]! },
    });
    expect(loss).to.deep.include({
      ...{ kind: 'LOSS', decisions: 3, subjects: 1, resources: 2 },
      before: { decision: true, revision: 1, line: 1, row: storeFiles.policy.split('\n')[0]! },
      after: { decision: false },
    });
    expect(loss!.examples.map(({ subjectId, resourceId }) => [subjectId, resourceId])).to.deep.equal([
      ['alice', '1'],
      ['alice', '2'],
    ]);
    const { items } = (await call('GET', `${store}/decisions`)).body as components['schemas']['StoreDecisionList'];
    const stock = await createStockStore(second);
    const flipped = items.filter((item) => stock.decide(item as unknown as StoreQuestion) !== item.decision);
    expect(flipped.map(({ id }) => id)).to.include.members(loss!.examples.map(({ decisionId }) => decisionId));
    expect(flipped).to.have.length(totals.losses + totals.gains);
  });

  it('take files that nothing has stored, and say what is wrong with them', async () => {
    const { model, policy } = storeFiles;
    const { to, totals } = await replayed({ contents: { model, policy: policy.replace('p, user:mallory', 'p, user:carol') } });
    expect(to).to.have.all.keys('sha256');
    expect(totals).to.include({ losses: 1, gains: 1, groups: 2 });
    const broken = await replay({ contents: { model, policy: 'p, *, record:*, read, r.res.x.y(1), allow\n' } });
    expect([broken.status, broken.body]).to.deep.include(400);
    expect((broken.body as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal('#/contents/policy');
    for (const [body, pointer] of [
      [{}, '#/to'],
      [{ to: 1, contents: { model, policy } }, '#/to'],
      [{ to: 9 }, '#/to'],
      [{ to: 1, since: '2026-11-27T00:00:00Z', until: '2026-11-26T00:00:00Z' }, '#/since'],
    ] as const) {
      const refused = await replay(body);
      expect(refused.status, JSON.stringify(body)).to.equal(400);
      expect((refused.body as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal(pointer);
    }
    expect((await replay({ to: 1, limit: 50_001 })).status).to.equal(400);
  });

  it('take the newest within the limit and the time, and say how many are left out', async () => {
    const newest = await replayed({ to: 2, limit: 3 });
    expect([newest.decisions, newest.leftOut]).to.deep.equal([3, 3]);
    expect(newest.totals).to.include({ losses: 0, gains: 1 });
    const { items } = (await call('GET', `${store}/decisions`)).body as components['schemas']['StoreDecisionList'];
    const [, , bob] = items;
    const until = await replayed({ to: 2, until: bob!.createdAt });
    expect([until.until, until.totals.gains]).to.deep.equal([bob!.createdAt, 0]);
    expect(until.decisions).to.be.within(1, 3);
    const since = await replayed({ to: 2, since: bob!.createdAt });
    expect(since.decisions + until.decisions).to.equal(6);
  });

  it('read no more than their bounds, page by page', async () => {
    const row = { org_id: toUuid('organization', organizationId), id: toUuid('policyStore', policyStoreId) };
    const window = { since: new Date(Date.now() - 86_400_000), until: new Date(Date.now() + 1_000) };
    const scope = { organization: row.org_id };
    const read = (limit: number, bounds: object) =>
      tenet.database.read(scope, (db) => readLogged(db, row, window, limit, { bytes: 1_000_000, page: 2, leftOut: 100, ...bounds }));
    const whole = await read(10, {});
    expect([whole.pages.length, whole.decisions, whole.leftOut, whole.revisions]).to.deep.equal([3, 6, 0, [1]]);
    const ids = whole.pages.flatMap((page) => (JSON.parse(page) as [string][]).map(([id]) => id));
    expect(ids).to.deep.equal([...ids].sort().reverse());
    const [, , , , , , text] = (JSON.parse(whole.pages[0]!) as string[][])[0]!;
    const small = await read(10, { bytes: text!.length + 10, leftOut: 4 });
    expect([small.decisions, small.leftOut]).to.deep.equal([1, 4]);
    expect(await read(5, { page: 4 })).to.include({ decisions: 5, leftOut: 1 });
    const revisions = (bounds: { revisions: number; bytes: number }) =>
      tenet.database.read(scope, (db) => readRevisions(db, { ...row, head_revision: 1 }, [1, 2], bounds));
    const one = await revisions({ revisions: 1, bytes: 1_000_000 });
    expect(one.filter(({ contents }) => contents !== undefined).map(({ revision }) => revision)).to.deep.equal([1]);
    expect(await revisions({ revisions: 5, bytes: 10 })).to.have.length(2);
  });

  it('are for who may read the store and explain decisions, and of a store of this project', async () => {
    const manager = await join(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
    const denied = await replay({ to: 1 }, manager);
    expect([denied.status, (denied.body as { requiredPermission: string }).requiredPermission]).to.deep.equal([403, 'decision:explain']);
    expect((await replay({ to: 1 }, await signIn(tenet, 'stranger@example.com'))).status).to.equal(404);
    const other = await foundProject(owner, organizationId);
    expect((await replay({ to: 1 }, owner, store.replace(projectId, other))).status).to.equal(404);
    const { body } = await call('POST', `${store.slice(0, store.lastIndexOf('/'))}`, { name: 'Silent' });
    const silent = store.replace(policyStoreId, (body as { id: string }).id);
    const none = await replay({ contents: { model: storeFiles.model, policy: storeFiles.policy } }, owner, silent);
    expect((none.body as Replay).decisions).to.equal(0);
    expect((none.body as Replay).totals.groups).to.equal(0);
  });

  it('mark what is in force already, and find what the log has otherwise than its revision', async () => {
    const head = await call('GET', `${store}/head`);
    const { etag } = head.body as { etag: string };
    expect((await call('PUT', `${store}/head`, { revision: 2 }, owner, { 'if-match': etag })).status).to.equal(200);
    const { totals, flips } = await replayed({ to: 2 });
    expect([totals.alreadyInForce, flips.every(({ alreadyInForce }) => alreadyInForce)]).to.deep.equal([4, true]);
    await administer("update decision_log_stores set decision = not decision where question->'subject'->>'id' = 'carol'");
    await administer("update decision_log_stores set sha256 = $1 where question->'subject'->>'id' = 'mallory'", ['f'.repeat(64)]);
    const { witness, totals: rest } = await replayed({ to: 2 });
    expect(witness.examples.map(({ fault, detail }) => [fault, detail.split(',')[0]])).to.have.deep.members([
      ['DECISION', 'revision 1 says allowed'],
      ['REVISION', `revision 1 has the sha256 ${digestOf(storeFiles)}`],
    ]);
    expect(witness).to.include({ confirmed: 4, faults: 2 });
    expect(rest).to.deep.equal(totals);
  });
});

describe('replays of decisions of policy stores without a log', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it('say what to set', async () => {
    const owner = await signIn(tenet, 'owner@example.com');
    const { store } = await foundStore(owner);
    await putFirstIntoForce(owner, store);
    const { status, text } = await send(owner, 'POST', `${store}/replay`, { to: 1 });
    expect(status).to.equal(409);
    expect(text).to.include('TENET_DECISION_LOG_SHARE');
  });
});
