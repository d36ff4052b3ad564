import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { canaryPlace } from '../../../core/policy-stores/canary.ts';
import { send } from '../../helpers/keys.ts';
import { auditTrail, type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Rollout = components['schemas']['PolicyStoreRollout'];
type Json = Record<string, unknown>;

/** All users export records; before none did. And writers do not write any more. */
const wider = `${storeFiles.policy.replace('p, role:writer, record:*, write, ', 'p, role:writer, record:*, rewrite, ')}p, *, record:*, export, true, allow
`;

/** Ids of users whose place is from one to below another. */
function usersIn(from: number, below: number, count = 1): string[] {
  const found: string[] = [];
  for (let number = 0; found.length < count; number++) {
    const place = canaryPlace({ type: 'user', id: `u${number}` });
    if (place >= from && place < below) found.push(`u${number}`);
  }
  return found;
}

describe('rollouts of a policy store', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let store: string;
  let policyStoreId: string;

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { status, body: answer, text } = await send(owner, method, path, body, headers);
    return { status, body: answer as Json, text };
  };

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  beforeEach(async () => {
    ({ organizationId, store, policyStoreId } = await foundStore(owner));
    await putFirstIntoForce(owner, store);
    const proposed = await call('POST', `${store}/revisions`, { ...storeFiles, policy: wider, reason: 'Exports' });
    expect(proposed.status, proposed.text).to.equal(201);
  });
  after(() => tenet?.stop());

  const headOf = async (of = store) => (await call('GET', `${of}/head`)).body;
  const seen = async (of = store) => ({ 'if-match': String((await headOf(of))['etag']) });
  async function begin(body: object = {}): Promise<Rollout> {
    const {
      status,
      text,
      body: rollout,
    } = await call('POST', `${store}/rollouts`, { revision: 2, reason: 'Exports', ...body }, await seen());
    expect(status, text).to.equal(201);
    return rollout as unknown as Rollout;
  }
  const get = async ({ id }: { id: string }) => (await call('GET', `${store}/rollouts/${id}`)).body as unknown as Rollout;
  const promote = async ({ id }: { id: string }, body: object) =>
    call('POST', `${store}/rollouts/${id}/promote`, { reason: 'On', ...body }, { 'if-match': (await get({ id })).etag });
  const cancel = ({ id }: { id: string }) => call('POST', `${store}/rollouts/${id}/cancel`, { reason: 'Enough' });
  const question = (id: string, action: string) => ({
    ...{ subject: { type: 'user', id }, action: { name: action }, resource: { type: 'record', id: '1', properties: { status: 'open' } } },
    options: { include_context: true },
  });
  async function ask(id: string, action = 'export', headers: Record<string, string> = {}) {
    const { status, text, body } = await call('POST', `${store}/access/v1/evaluation`, question(id, action), headers);
    expect(status, text).to.equal(200);
    const { decision, context } = body as { decision: boolean; context: { revision: number } };
    return [decision, context.revision];
  }
  const flush = () => tenet.storeComparison.flush();

  it('a shadow decides nothing; what it would decide otherwise is found, and its gates refuse promotion until they are met', async () => {
    const shadow = await begin({ gates: { decisions: 4 } });
    expect(shadow).to.include({ stage: 'SHADOW', revision: 2, baseRevision: 1, policyStoreId });
    expect(await headOf()).to.include({ revision: 1, rolloutId: shadow.id, candidateRevision: 2 });
    expect(await ask('u1')).to.deep.equal([false, 1]);
    expect(await ask('u2')).to.deep.equal([false, 1]);
    expect(await ask('alice', 'write')).to.deep.equal([true, 1]);
    await flush();
    const few = await promote(shadow, { stage: 'ALL' });
    expect([few.status, few.body['detail']]).to.deep.equal([
      409,
      'The rollout does not meet its gates: 3 decisions were compared, and its gate asks for 4; 3 compared decisions differ where that is not planned, and its gate allows 0. Wait, cancel it, or promote it with force (on the command line --force).',
    ]);
    await ask('u1', 'read');
    await flush();
    const { figures, findings } = await get(shadow);
    expect(figures).to.deep.equal({ compared: 4, dropped: 0, planned: 0, unplanned: 3 });
    expect(findings!.map(({ firstAt: _, lastAt: _last, ...finding }) => finding)).to.deep.equal([
      {
        ...{ effect: 'DENY_TO_ALLOW', subjectType: 'user', action: 'export', resourceType: 'record' },
        ...{ afterLine: 5, count: 2, planned: false },
      },
      {
        ...{ effect: 'ALLOW_TO_DENY', subjectType: 'user', action: 'write', resourceType: 'record' },
        ...{ beforeLine: 1, count: 1, planned: false },
      },
    ]);
    const forced = await promote(shadow, { stage: 'ALL', force: true });
    expect([forced.status, forced.body['stage']]).to.deep.equal([200, 'DONE']);
    expect(await headOf())
      .to.include({ revision: 2 })
      .and.not.have.any.keys('rolloutId', 'candidateRevision');
    expect(await ask('u1')).to.deep.equal([true, 2]);
    const [entry] = (await call('GET', `${store}/history`)).body['items'] as Json[];
    expect(entry).to.include({ revision: 2, previousRevision: 1, how: 'ROLLOUT', reason: 'On' });
    const back = await call('POST', `${store}/rollback`, { reason: 'Back' }, { 'if-match': String((await headOf())['etag']) });
    expect([back.status, back.body['revision']]).to.deep.equal([200, 1]);
    const trail = (await auditTrail(owner, organizationId)).filter(({ action }) => action.startsWith('policy-store-rollout.'));
    expect(trail.map(({ action }) => action)).to.have.members(['policy-store-rollout.create', 'policy-store-rollout.promote']);
  });

  it('what is planned is no difference that a gate counts', async () => {
    const planned = [
      { effect: 'DENY_TO_ALLOW', subjectType: 'user', action: 'export', resourceType: 'record' },
      { effect: 'ALLOW_TO_DENY', subjectType: 'user', action: 'write', resourceType: 'record' },
    ];
    const shadow = await begin({ gates: { decisions: 2 }, planned });
    expect(shadow.planned).to.deep.equal(planned);
    await ask('u1');
    await ask('alice', 'write');
    await flush();
    expect((await get(shadow)).figures).to.deep.equal({ compared: 2, dropped: 0, planned: 2, unplanned: 0 });
    expect((await promote(shadow, { stage: 'ALL' })).status).to.equal(200);
  });

  for (const [consistency, headers] of [
    ['fully consistent', {}],
    ['from memory', { 'tenet-consistency': 'minimize_latency' }],
  ] as const)
    it(`a canary decides for the subjects of its share alone, and a greater one for those too, ${consistency}`, async () => {
      await ask('u1', 'export', headers);
      const gates = { decisions: 0, unplanned: 1_000 };
      const rollout = await begin({ canary: { share: 2_000 }, gates });
      const ids = [usersIn(0, 2_000)[0]!, usersIn(2_000, 6_000)[0]!, usersIn(6_000, 10_000)[0]!];
      const [inSmall] = ids;
      const answers = () => Promise.all(ids.map(async (id) => (await ask(id, 'export', headers))[1]));
      expect(await answers()).to.deep.equal([2, 1, 1]);
      expect((await promote(rollout, { stage: 'CANARY', canary: { share: 6_000 } })).status).to.equal(200);
      expect(await answers()).to.deep.equal([2, 2, 1]);
      const batch = await call(
        'POST',
        `${store}/access/v1/evaluations`,
        { ...question('', 'export'), evaluations: ids.map((id) => ({ subject: { type: 'user', id } })) },
        headers,
      );
      expect((batch.body['evaluations'] as { decision: boolean }[]).map(({ decision }) => decision)).to.deep.equal([true, true, false]);
      const { options: _, ...asked } = question(inSmall!, 'export');
      const explained = await call('POST', `${store}/explain`, asked);
      expect(explained.body).to.include({ decision: true, revision: 2 });
      expect((await cancel(rollout)).status).to.equal(200);
      expect(await answers()).to.deep.equal([1, 1, 1]);
    });

  it('searches in a canary find what evaluation allows, for subjects, resources and actions', async () => {
    await begin({ canary: { share: 5_000 }, gates: { unplanned: 10_000 } });
    const ids = [...usersIn(0, 5_000, 8), ...usersIn(5_000, 10_000, 8), 'alice'];
    const entities = [
      ...ids.map((id) => ({ type: 'user', id })),
      ...['1', '2'].map((id) => ({ type: 'record', id, properties: { status: 'open' } })),
    ];
    expect((await call('POST', `${store}/entities`, { entities })).status).to.equal(200);
    for (const action of ['export', 'write', 'rewrite', 'read']) {
      const allowed: string[] = [];
      for (const id of ids) if ((await ask(id, action))[0]) allowed.push(id);
      const asked = { action: { name: action }, resource: { type: 'record', id: '1' } };
      const found = await call('POST', `${store}/access/v1/search/subject`, { ...asked, subject: { type: 'user' } });
      expect(
        (found.body['results'] as { id: string }[]).map(({ id }) => id),
        action,
      ).to.have.members(allowed);
      for (const id of [...ids.slice(0, 2), ...ids.slice(8, 10), 'alice']) {
        const subject = { type: 'user', id };
        const resources = await call('POST', `${store}/access/v1/search/resource`, { ...asked, subject, resource: { type: 'record' } });
        expect(resources.body['results'], `${id} ${action}`).to.have.length(allowed.includes(id) ? 2 : 0);
        const actions = await call('POST', `${store}/access/v1/search/action`, { subject, resource: { type: 'record', id: '1' } });
        expect(
          (actions.body['results'] as { name: string }[]).some(({ name }) => name === action),
          `${id} ${action} ${actions.text}`,
        ).to.equal(allowed.includes(id));
      }
    }
  });

  it('a canary ends by itself when decisions of several subjects differ, and not for one that asks in a loop', async () => {
    const [first, second] = ['u1', 'u2'];
    const rollout = await begin({ canary: { share: 10_000 }, gates: { unplanned: 2 } });
    for (let times = 0; times < 5; times++) await ask(first);
    await flush();
    expect(await get(rollout)).to.include({ stage: 'CANARY' });
    await ask(second);
    await flush();
    const ended = await get(rollout);
    expect([ended.stage, ended.movedBy, ended.movedReason]).to.deep.equal([
      'ROLLED_BACK',
      'tenet',
      '6 decisions differ where that is not planned, and the gate allows 2: export on record is allowed and was denied for user (now by line 5)',
    ]);
    expect(await ask(first)).to.deep.equal([false, 1]);
    expect(await headOf())
      .to.include({ revision: 1 })
      .and.not.have.any.keys('rolloutId', 'candidateRevision');
    const { body } = await call('GET', `${store}/rollouts`);
    expect((body['items'] as Rollout[]).map(({ stage }) => stage)).to.deep.equal(['ROLLED_BACK']);
    expect((await auditTrail(owner, organizationId)).map(({ action }) => action)).to.include('policy-store-rollout.roll-back');
  });

  it('a canary ends whatever the application names: its actions are cut and printable in the sentence', async () => {
    const any = await call('POST', `${store}/revisions`, {
      ...storeFiles,
      policy: `${storeFiles.policy}p, *, record:*, *, true, allow\n`,
      reason: 'All',
    });
    expect(any.status, any.text).to.equal(201);
    const rollout = await begin({ revision: 3, canary: { share: 10_000 } });
    const action = `a${'\u{1f600}'.repeat(256)}`;
    for (const id of ['u1', 'u2', 'u1']) expect(await ask(id, action)).to.deep.equal([true, 3]);
    await ask('u2', 'b\u0001\u202ec');
    await flush();
    const ended = await get(rollout);
    expect([ended.stage, ended.movedReason]).to.deep.equal([
      'ROLLED_BACK',
      `4 decisions differ where that is not planned, and the gate allows 0: a${'\u{1f600}'.repeat(59)} on record is allowed and was denied for user (now by line 5)`,
    ]);
    expect(ended.findings!.map((finding) => [...finding.action].length)).to.have.members([256, 4]);
  });

  it('one subject that asks in a loop takes no room of others', async () => {
    const shadow = await begin();
    const many = { ...question('u1', 'export'), evaluations: Array.from({ length: 100 }, () => ({})) };
    expect((await call('POST', `${store}/access/v1/evaluations`, many)).status).to.equal(200);
    await Promise.all([ask('u2', 'write'), ask('alice', 'write')]);
    await flush();
    const { figures, findings } = await get(shadow);
    expect(figures.compared + figures.dropped).to.equal(102);
    expect(figures.dropped).to.be.within(1, 90);
    expect(findings!.find(({ effect }) => effect === 'ALLOW_TO_DENY')).to.include({ action: 'write', count: 1 });
  });

  it('a rollback ends a shadow and goes back besides', async () => {
    expect((await call('PUT', `${store}/head`, { revision: 2 }, await seen())).status).to.equal(200);
    const shadow = await begin({ revision: 1 });
    const back = await call('POST', `${store}/rollback`, { reason: 'Back' }, await seen());
    expect([back.status, back.body['revision'], back.body['rolloutId']]).to.deep.equal([200, 1, undefined]);
    expect(await get(shadow)).to.include({ stage: 'CANCELLED' });
  });

  it('keys that have not signed the candidate end its rollout', async () => {
    const rollout = await begin({ canary: { share: 10_000 } });
    expect(await ask('u1')).to.deep.equal([true, 2]);
    const { kty, crv, x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const changed = await call('PATCH', store, { signingKeys: [{ kty, crv, x, kid: 'ci' }] });
    expect(changed.status, changed.text).to.equal(200);
    expect(changed.body['etag']).to.equal((await call('GET', store)).body['etag']);
    expect(await get(rollout)).to.include({
      stage: 'CANCELLED',
      movedReason: 'No signing key of the policy store has signed its candidate any more.',
    });
    expect(await ask('u1')).to.deep.equal([false, 1]);
    const again = await call('POST', `${store}/rollouts`, { revision: 2, reason: 'Again' }, await seen());
    expect([again.status, again.body['detail']]).to.satisfy(
      ([status, detail]: [number, string]) => status === 409 && /^No signing key/.test(detail),
    );
  });

  it('keeps the newest of many rollouts', async () => {
    const [org_id, store_id] = [toUuid('organization', organizationId), toUuid('policyStore', policyStoreId)];
    const first = await begin();
    await cancel(first);
    await tenet.database.write('platform', async (db) => {
      const row = await db('policy_store_rollouts').where({ org_id, store_id }).first();
      const rows = Array.from({ length: 60 }, () => ({ ...row, id: toUuid('rollout', newId('rollout')), planned: '[]' }));
      await db('policy_store_rollouts').insert(rows);
    });
    const last = await begin();
    const { body } = await call('GET', `${store}/rollouts?pageSize=200`);
    const ids = (body['items'] as Rollout[]).map(({ id }) => id);
    expect(ids).to.have.length(50).and.include(last.id).and.not.include(first.id);
  });

  it('two replicas decide by one canary, count together what they compare, and one of them ends it', async () => {
    const other = await startTenet({ DATABASE_URL: tenet.databaseUrl, TENET_DATA_DIR: tenet.dataDir });
    try {
      const rollout = await begin({ canary: { share: 5_000 }, gates: { unplanned: 3 } });
      const [first, second] = usersIn(0, 5_000, 2);
      const [outside] = usersIn(5_000, 10_000);
      const atOther = async (id: string) => {
        const caller = other.bearing(owner.token);
        const { body } = await send(caller, 'POST', `${store}/access/v1/evaluation`, question(id, 'export'), {});
        return (body as { context: { revision: number } }).context.revision;
      };
      expect([await atOther(first!), await atOther(outside!), (await ask(first!))[1], (await ask(outside!))[1]]).to.deep.equal([
        2, 1, 2, 1,
      ]);
      await Promise.all([flush(), other.storeComparison.flush()]);
      expect((await get(rollout)).figures).to.include({ compared: 2, unplanned: 2 });
      await Promise.all([atOther(second!), ask(second!)]);
      await Promise.all([flush(), other.storeComparison.flush()]);
      expect(await get(rollout)).to.include({ stage: 'ROLLED_BACK' });
      expect([await atOther(first!), (await ask(first!))[1]]).to.deep.equal([1, 1]);
      const ends = (await auditTrail(owner, organizationId)).filter(({ action }) => action === 'policy-store-rollout.roll-back');
      expect(ends).to.have.length(1);
    } finally {
      await other.stop();
    }
  });

  it('what a stage has found says nothing about the next one', async () => {
    const rollout = await begin({ gates: { decisions: 0, unplanned: 5 } });
    await ask('u1');
    await flush();
    expect((await get(rollout)).figures).to.include({ compared: 1, unplanned: 1 });
    const moved = await promote(rollout, { stage: 'CANARY', canary: { share: 10_000 } });
    expect([moved.status, moved.body['figures'], moved.body['findings']]).to.deep.equal([
      200,
      { compared: 0, dropped: 0, planned: 0, unplanned: 0 },
      [],
    ]);
    await ask('u1');
    await flush();
    const [finding] = (await get(rollout)).findings!;
    expect(finding).to.include({ effect: 'DENY_TO_ALLOW', action: 'export', afterLine: 5, count: 1 });
  });

  it('nothing else comes into force meanwhile, and a rollback cancels', async () => {
    const rollout = await begin({ canary: { share: 10_000 } });
    const { etag } = (await headOf()) as { etag: string };
    const put = await call('PUT', `${store}/head`, { revision: 2 }, { 'if-match': etag });
    expect([put.status, put.body['detail']]).to.deep.equal([
      409,
      `The rollout ${rollout.id} of the policy store is open: promote it, or cancel it (POST .../rollouts/${rollout.id}/cancel, or npx tenet policy-store rollout cancel).`,
    ]);
    expect((await call('POST', `${store}/rollouts`, { revision: 2, reason: 'Twice' }, { 'if-match': etag })).status).to.equal(409);
    expect((await call('POST', `${store}/rollback`, { reason: 'Back', revision: 2 }, { 'if-match': etag })).status).to.equal(409);
    expect(await ask('u1')).to.deep.equal([true, 2]);
    const back = await call('POST', `${store}/rollback`, { reason: 'Back' }, { 'if-match': etag });
    expect([back.status, back.body['revision'], back.body['rolloutId']]).to.deep.equal([200, 1, undefined]);
    expect(await get(rollout)).to.include({ stage: 'CANCELLED', movedReason: 'Back' });
    expect(await ask('u1')).to.deep.equal([false, 1]);
    expect((await cancel(rollout)).status).to.equal(409);
    expect((await promote(rollout, { stage: 'ALL' })).status).to.equal(409);
    expect((await call('GET', `${store}/history`)).body['items']).to.have.length(1);
  });

  it('refuses what does not hold together, and says what is wrong', async () => {
    const refused = async (body: object, path = 'rollouts', headers = {}) => {
      const { status, body: answer } = await call('POST', `${store}/${path}`, { reason: 'No', ...body }, { ...(await seen()), ...headers });
      return [status, ((answer['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer)];
    };
    expect(await refused({ revision: 1 })).to.deep.equal([400, ['#/revision']]);
    expect(await refused({ revision: 3 })).to.deep.equal([400, ['#/revision']]);
    expect(await refused({ revision: 2, canary: { share: 0 } })).to.deep.equal([400, ['#/canary/share']]);
    const difference = { effect: 'DENY_TO_ALLOW', subjectType: 'user', action: 'a\u0000b', resourceType: 'record' };
    expect(await refused({ revision: 2, planned: [difference] })).to.deep.equal([400, ['#/planned/0/action']]);
    const rollout = await begin({ canary: { share: 500 }, gates: { decisions: 0, unplanned: 9 } });
    const path = `rollouts/${rollout.id}/promote`;
    const at = { 'if-match': rollout.etag };
    expect(await refused({ stage: 'CANARY' }, path, at)).to.deep.equal([400, ['#/canary']]);
    expect(await refused({ stage: 'ALL', canary: { share: 900 } }, path, at)).to.deep.equal([400, ['#/canary']]);
    expect(await refused({ stage: 'CANARY', canary: { share: 500 } }, path, at)).to.deep.equal([400, ['#/canary/share']]);
    expect(await refused({ stage: 'ALL' }, path, { 'if-match': '"7"' })).to.deep.equal([412, []]);
    expect((await call('POST', `${store}/${path}`, { reason: 'No', stage: 'ALL' })).status).to.equal(428);
    expect((await call('POST', `${store}/rollouts`, { reason: 'No', revision: 2 })).status).to.equal(428);
    expect(await refused({ revision: 2 }, 'rollouts', { 'if-match': '"99"' })).to.deep.equal([412, []]);
    expect(await refused({}, `rollouts/${rollout.id}/cancel`, { 'if-match': '"9"' })).to.deep.equal([412, []]);
    expect(await refused({}, `rollouts/${rollout.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}/cancel`)).to.deep.equal([404, []]);
  });

  it('a store without a policy has no rollout, and one that is deleted takes its rollouts with it', async () => {
    const stores = store.slice(0, store.lastIndexOf('/'));
    const { body: empty } = await call('POST', stores, { name: 'Empty' });
    await call('POST', `${stores}/${empty['id']}/revisions`, { ...storeFiles, reason: 'First' });
    const { status, body } = await call(
      'POST',
      `${stores}/${empty['id']}/rollouts`,
      { revision: 1, reason: 'First' },
      await seen(`${stores}/${empty['id']}`),
    );
    expect([status, body['detail']]).to.deep.equal([
      409,
      'No revision of the policy store is in force: put its first one into force at once.',
    ]);
    await begin({ canary: { share: 5_000 } });
    await ask('u1');
    await flush();
    expect((await call('DELETE', store)).status).to.equal(204);
    const store_id = toUuid('policyStore', policyStoreId);
    for (const table of ['policy_store_rollouts', 'policy_store_rollout_counts', 'policy_store_rollout_findings'])
      expect(await tenet.database.read('platform', (db) => db(table).where({ store_id })), table).to.deep.equal([]);
  });
});
