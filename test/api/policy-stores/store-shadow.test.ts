import { expect } from 'chai';
import pg from 'pg';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('The shadow of policy stores', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let owner: Person;
  let stores: string;
  const logged: string[] = [];

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await send(owner, method, path, body, headers);
    expect(answer.status, answer.text).to.be.within(200, 299);
    return answer.body as Record<string, unknown>;
  };
  const counts = async () => {
    const { values } = await tenet.metrics.shadowedStores.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.agreed, value]));
  };
  const alarms = () => logged.filter((line) => line.includes('stock Casbin decides differently in a policy store'));
  /** The path of a store with a policy in force. */
  const make = async (name: string, policy: string) => {
    const path = `${stores}/${(await call('POST', stores, { name }))['id']}`;
    await call('POST', `${path}/revisions`, { ...storeFiles, policy, reason: 'First.' });
    await call('PUT', `${path}/head`, { revision: 1 }, { 'if-match': '"1"' });
    return path;
  };
  const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'record', id: '1' } };

  before(async () => {
    tenet = await startTenet({}, { log: createLog('warn', { write: (line: string) => void logged.push(line) }) });
    owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    const projectId = await foundProject(owner, organizationId);
    stores = `/v1/organizations/${organizationId}/projects/${projectId}/policy-stores`;
  });
  after(() => tenet?.stop());

  it('agrees with questions, batches and searches, however they are asked', async () => {
    const path = await make('Alike', storeFiles.policy);
    await call('POST', `${path}/entities`, { entities: [{ type: 'record', id: '1', properties: { isPublic: true } }] });
    for (const consistency of ['fully_consistent', 'minimize_latency']) {
      const headers = { 'tenet-consistency': consistency };
      await call('POST', `${path}/access/v1/evaluation`, question, headers);
      await call('POST', `${path}/access/v1/evaluations`, { ...question, evaluations: [{}, { action: { name: 'write' } }] }, headers);
    }
    await call('POST', `${path}/access/v1/search/resource`, { ...question, resource: { type: 'record' } });
    await eventually(async () => expect(await counts()).to.deep.equal({ true: 7 }), 50_000);
    expect(alarms()).to.deep.equal([]);
  });

  it('raises the alarm where the rows are no longer those that decide', async () => {
    const path = await make('Otherwise', 'p, *, record:*, read, true, allow\n');
    // Nothing is found and nothing decided, but the policy is ready afterwards.
    await call('POST', `${path}/access/v1/search/resource`, { ...question, resource: { type: 'record' } });
    const client = new pg.Client(tenet.databaseUrl);
    await client.connect();
    const { rowCount } = await client.query(
      "update policy_store_revisions set policy = 'p, *, record:*, write, true, allow' where policy like 'p, *, record:*, read%'",
    );
    await client.end();
    expect(rowCount).to.equal(1);
    expect((await call('POST', `${path}/access/v1/evaluation`, question))['decision']).to.equal(true);
    await eventually(async () => expect((await counts())['false']).to.equal(1), 50_000);
    const [alarm = ''] = alarms();
    expect(JSON.parse(alarm)).to.include({ policyStoreId: path.split('/').at(-1), revision: 1, stock: false });
    expect(alarm).to.not.include('alice');
  });
});
