import { expect } from 'chai';
import type { StoreExplanation } from '../../../core/policy-stores/explanations.ts';
import { send } from '../../helpers/keys.ts';
import { foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { dearFiles, foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('explanations of decisions of policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let store: string;

  const call = (method: string, path: string, body?: unknown, headers = {}, by = owner) => send(by, method, path, body, headers);
  const question = (id: string, more: object = {}) => ({
    ...{ subject: { type: 'user', id: 'alice' }, action: { name: 'write' }, resource: { type: 'record', id } },
    ...more,
  });
  const explain = async (body: object, by = owner, at = store) => {
    const answer = await call('POST', `${at}/explain`, body, {}, by);
    return { status: answer.status, text: answer.text, body: answer.body as StoreExplanation };
  };

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    ({ organizationId, projectId, store } = await foundStore(owner));
  });
  after(() => tenet?.stop());

  it('say that nothing is in force, then which row decides by what the store keeps, and what came nearest', async () => {
    expect((await explain(question('1'))).body).to.include({ decision: false, reason: 'NO_POLICY' });
    await putFirstIntoForce(owner, store);
    const entities = [
      { type: 'record', id: '1', properties: { status: 'open' } },
      { type: 'record', id: '2', properties: { status: 'archived' } },
    ];
    await call('POST', `${store}/entities`, { entities });
    const allowed = await explain(question('1'));
    expect(allowed.body, allowed.text).to.include({ decision: true, reason: 'RULE', revision: 1 });
    expect(allowed.body.rule).to.deep.include({ line: 1, subject: 'role:writer', effect: 'ALLOW' });
    expect(allowed.body.roles).to.deep.equal([{ role: 'role:writer', through: [{ line: 4, member: 'user:alice', role: 'role:writer' }] }]);
    const denied = await explain(question('2', { resource: { type: 'record', id: '2', properties: { status: 'open' } } }));
    expect(denied.body).to.include({ decision: false, reason: 'NO_MATCH', omittedNearMisses: 0 });
    expect(denied.body.nearMisses[0]?.unmet[0]?.values).to.deep.equal([{ name: 'r.res.status', value: '"archived"' }]);
  });

  it('are made by another revision where one is named, and change nothing', async () => {
    await call('POST', `${store}/revisions`, { ...storeFiles, policy: 'p, *, record:*, *, true, allow\n', reason: 'Open.' });
    expect((await explain(question('2', { revision: 2 }))).body).to.include({ decision: true, revision: 2 });
    expect((await explain(question('2'))).body).to.include({ decision: false, revision: 1 });
    const missing = await explain(question('2', { revision: 9 }));
    expect([missing.status, missing.text]).to.satisfy(([status, text]: [number, string]) => status === 400 && text.includes('#/revision'));
  });

  it('are for who may read the store and ask it, and refuse what a question may not bring', async () => {
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.member');
    expect((await explain(question('1'), member)).status).to.equal(403);
    const manager = await join(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
    expect((await explain(question('1'), manager)).status).to.equal(200);
    expect((await explain(question('1'), await signIn(tenet, 'stranger@example.com'))).status).to.equal(404);
    const elsewhere = store.replace(projectId, await foundProject(owner, organizationId));
    expect((await explain(question('1'), owner, elsewhere)).status).to.equal(404);
    const tooMuch = { context: { list: Array.from({ length: 501 }, () => 1) } };
    for (const body of [{}, question('1', { other: 1 }), question('1', tooMuch)]) expect((await explain(body)).status).to.equal(400);
    const strange = await explain(question('x\u2028y', { subject: { type: 'role', id: 'writer' }, action: { name: '__proto__' } }));
    expect([strange.status, strange.body.decision]).to.deep.equal([200, false]);
  });

  it('of one organization wait for each other, and a dear store is answered whole', async () => {
    await call('POST', `${store}/revisions`, { ...dearFiles, reason: 'Dear.' });
    const body = { ...question('1'), action: { name: 'read' }, resource: { type: 'doc', id: '1' }, revision: 3 };
    const answers = await Promise.all([explain(body), explain(body)]);
    for (const { status, text, body: told } of answers) {
      expect(status, text).to.equal(200);
      expect([told.decision, told.nearMisses.length, told.omittedNearMisses]).to.deep.equal([false, 20, 4_881]);
    }
  });
});
