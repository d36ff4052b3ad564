import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { compileStore } from '../../../core/authorization/policy-stores/store.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { createMetrics } from '../../../core/base/metrics.ts';
import { createStoreDecisionLog } from '../../../core/policy-stores/decision-log.ts';
import { listStoreDecisions } from '../../../core/policy-stores/logged-decisions.ts';
import type { TakenStoreDecision } from '../../../core/policy-stores/store-shadow.ts';
import { makeKey, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Listed = components['schemas']['StoreDecisionList'];

describe('the decision log of policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let store: string;
  let policyStoreId: string;

  const call = (method: string, path: string, body?: unknown, headers = {}, by: Caller = owner) => send(by, method, path, body, headers);
  const write = { subject: { type: 'user', id: 'alice' }, action: { name: 'write' } };
  const record = (id: string, properties?: object) => ({ type: 'record', id, ...(properties && { properties }) });
  const fast = { 'tenet-consistency': 'minimize_latency' };
  async function listed(by: Caller = owner, query = ''): Promise<Listed> {
    await tenet.decisionLog!.stores.flush();
    const { status, text, body } = await call('GET', `${store}/decisions${query}`, undefined, {}, by);
    expect(status, text).to.equal(200);
    return body as Listed;
  }

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    owner = await signIn(tenet, 'owner@example.com');
    ({ organizationId, projectId, policyStoreId, store } = await foundStore(owner));
    await call('POST', `${store}/access/v1/evaluation`, { ...write, resource: record('1') });
    await putFirstIntoForce(owner, store);
    await call('POST', `${store}/entities`, { entities: [record('1', { status: 'open' }), record('2', { status: 'archived' })] });
  });
  after(() => tenet?.stop());

  it('has each question of a caller with all that decided it, and no search, explanation or question without a policy', async () => {
    await call('POST', `${store}/access/v1/evaluation`, {
      ...write,
      resource: record('1', { status: 'closed', seen: 'a\u2028b' }),
      context: { hour: 9 },
    });
    await call(
      'POST',
      `${store}/access/v1/evaluations`,
      { ...write, evaluations: [{ resource: record('1') }, {}, { resource: record('2') }] },
      fast,
    );
    await call('POST', `${store}/access/v1/search/resource`, { ...write, resource: { type: 'record' } });
    await call('POST', `${store}/explain`, { ...write, resource: record('2') });
    const { items } = await listed();
    expect(items.map(({ decision, line, resource, consistency }) => [decision, line, resource.id, consistency])).to.have.deep.members([
      [false, undefined, '2', 'MINIMIZE_LATENCY'],
      [true, 1, '1', 'MINIMIZE_LATENCY'],
      [true, 1, '1', 'FULLY_CONSISTENT'],
    ]);
    const first = items.find(({ consistency }) => consistency === 'FULLY_CONSISTENT')!;
    expect(first).to.deep.include({
      ...{ revision: 1, caller: owner.id, context: { hour: 9 }, action: { name: 'write', properties: {} } },
      resource: record('1', { status: 'open', seen: 'a\u2028b' }),
    });
    expect(first.sha256).to.match(/^[0-9a-f]{64}$/);
    const compiled = compileStore(storeFiles);
    for (const { decision, subject, action, resource, context } of items)
      expect(compiled.decide({ subject, action, resource, context } as never).decision).to.equal(decision);
  });

  it('names the key that asked behind its owner, in pages, newest first', async () => {
    const key = await makeKey(owner, { organizationId, projectId }, { policyStoreId });
    const body = { ...write, resource: record('1') };
    for (const headers of [{}, fast])
      expect((await call('POST', '/access/v1/evaluation', body, headers, withKey(tenet, key))).status).to.equal(200);
    const page = await listed(owner, '?pageSize=1');
    expect(page.items[0]!.caller).to.match(new RegExp(`^${owner.id}/key_`));
    const next = await listed(owner, `?pageSize=1&pageToken=${page.nextPageToken}`);
    expect(next.items[0]!.id < page.items[0]!.id).to.equal(true);
  });

  it('is for who may explain decisions of the organization, and of this store alone', async () => {
    const manager = await join(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
    expect((await call('GET', `${store}/decisions`, undefined, {}, manager)).status).to.equal(403);
    expect((await call('GET', `${store}/decisions`, undefined, {}, await signIn(tenet, 'stranger@example.com'))).status).to.equal(404);
    const elsewhere = store.replace(projectId, await foundProject(owner, organizationId));
    expect((await call('GET', `${elsewhere}/decisions`)).status).to.equal(404);
    const auditor = { may: async () => ({ allowed: false }), principal: { subject: { id: 'user_other' } } } as never;
    const scope = { organization: toUuid('organization', organizationId) };
    const seen = await tenet.database.read(scope, (db) => listStoreDecisions(db, auditor, { organizationId, projectId, policyStoreId }));
    expect(seen.items[0]).to.include.keys('decision', 'sha256').and.not.have.any.keys('context', 'caller', 'requestId');
    expect([seen.items[0]!.subject, seen.items[0]!.resource]).to.deep.equal([write.subject, record('1')]);
  });

  it('gives each organization its room alone, loses and counts what is beyond, and writes on after a failure', async () => {
    const metrics = createMetrics(() => ({ total: 0, idle: 0, waiting: 0 }));
    const warnings: string[] = [];
    const log = { warn: (_: unknown, text: string) => void warnings.push(text) };
    let isDown = true;
    const { database } = tenet;
    const writeOrFail: typeof database.write = (scope, work) => (isDown ? Promise.reject(new Error('down')) : database.write(scope, work));
    const failing = { ...database, write: writeOrFail };
    const options = { database: failing as never, share: 1, days: 14, log: log as never, metrics };
    const own = createStoreDecisionLog(options, { all: 4_000, ofOne: 2_000, entry: 500 });
    const taken = (id: string, organization = organizationId): TakenStoreDecision => ({
      key: { organizationId: organization, projectId, policyStoreId },
      inForce: { revision: 1, sha256: 'f'.repeat(64) },
      question: {
        subject: { type: 'user', id, properties: {} },
        action: { name: 'x', properties: {} },
        resource: { type: 'r', id: '1', properties: {} },
        context: { zero: '\u0000' },
      },
      decided: { decision: true, rules: [1] },
      by: { subject: { type: 'user', id: owner.id, uuid: '' } as never, requestId: 'req_01h455vb4pex5vsknk084sn02q', mayBeCached: false },
    });
    for (let index = 0; index < 10; index += 1) own.note(taken(`flood${index}`));
    own.note({ ...taken('search'), by: undefined });
    await own.flush();
    expect(warnings).to.include('the decision log of policy stores could not be written');
    const other = await foundOrganization(owner);
    own.note(taken('other', other));
    isDown = false;
    await own.stop();
    const { items } = await listed();
    const kept = items.map(({ subject }) => subject.id).filter((id) => id.startsWith('flood'));
    expect(kept).to.have.members(['flood0', 'flood1', 'flood2']);
    expect(items.find(({ subject }) => subject.id === 'flood0')!.context).to.deep.equal({ zero: '\u0000' });
    expect(await metrics.registry.getSingleMetricAsString('tenet_store_decision_log_entries_total')).to.match(/outcome="lost"\} 7/);
    expect(warnings).to.include('decisions of a policy store are missing in the decision log');
  });
});
