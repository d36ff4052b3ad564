import { expect } from 'chai';
import type { DesiredResource } from '../../../core/manifests/resources.ts';
import { changePolicy, join } from '../../helpers/people.ts';
import { manifestTests } from './manifests.ts';

describe('references of the resources that a manifest says', () => {
  const tests = manifestTests();
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const apply = async (...resources: DesiredResource[]) => {
    const { result, done } = await tests.applyOrganization('acme', { resources });
    return { ...result, done: changes(done) };
  };
  const connection = (secret: string): DesiredResource => ({ type: 'connection', name: 'Code', data: { platform: 'github', secret } });
  const read = (organizationId: string) =>
    tests.tenet.database.read('platform', async (db) => {
      const rows: { id: string }[] = await db('resource_references').select('from_id as id', 'field');
      return { organizationId, count: rows.length };
    });

  it('are names or ids: what is named is there once, or the entry is refused by itself', async () => {
    const first = await apply({ type: 'connection', name: 'Plain', data: { platform: 'github' } });
    const admin = await join(tests.tenet, { organizationId: first.id! }, 'admin@example.com', 'org.admin');
    const path = { organizationId: first.id!, resourceType: 'secret' };
    const secret = (name: string) =>
      admin.client.POST('/v1/organizations/{organizationId}/resources/{resourceType}', {
        params: { path },
        body: { name, data: { value: 's3cret' } },
      });
    const plain: DesiredResource = { type: 'connection', name: 'Plain', data: { platform: 'gitlab' } };
    const lost = await apply(plain, connection('Deploy'));
    expect(lost.refusals).to.deep.equal([
      { path: 'spec.resources[1].data.secret', detail: 'There is no secret with the name Deploy here, or in the organization.' },
    ]);
    expect(lost.done).to.deep.equal(['set platform of the connection Plain']);

    const { id } = (await secret('Deploy')).data!;
    expect((await apply(plain, connection('Deploy'))).done).to.deep.equal(['create the connection Code']);
    expect((await apply(plain, connection(id))).done).to.deep.equal([]);
    expect((await read(first.id!)).count).to.equal(1);
    await secret('Deploy');
    expect((await apply(plain, connection('Deploy'))).refusals[0]!.detail).to.include('more than one secret');
    const missing = await apply(plain, connection('res_01h455vb4pex5vsknk084sn02q'));
    expect(missing.refusals.map(({ path: at, detail }) => [at, detail.includes('must be the id of a secret here')])).to.deep.equal([
      ['spec.resources[1]', true],
    ]);
  });

  it('may name what the manifest lists later, which is made first and goes last', async () => {
    const rows = ['create', 'update', 'delete'].map((act) => ['platform/controller', 'org', 'assistant', act, 'allow'] as const);
    await changePolicy(tests.tenet, rows, () => true, 'blueprint/ai-spaces');
    const spaces = async (...resources: DesiredResource[]) => {
      const { result, done } = await tests.applyOrganization('spaces', { blueprint: 'ai-spaces', resources });
      return { refusals: result.refusals, done: changes(done).filter((step) => !step.includes('organization')) };
    };
    const assistant: DesiredResource = { type: 'assistant', name: 'Helper', data: { answeredBy: 'Large' } };
    const model: DesiredResource = { type: 'model', name: 'Large' };
    expect((await spaces(assistant, model)).done).to.deep.equal(['create the model Large', 'create the assistant Helper']);
    expect(await spaces(assistant, model)).to.deep.equal({ refusals: [], done: [] });
    const held = await spaces(assistant);
    expect([held.done, held.refusals.map(({ path }) => path)]).to.deep.equal([[], ['spec.resources (model Large)']]);
    expect(held.refusals[0]!.detail).to.match(/^1 resource refers to this resource/);
    expect((await spaces()).done).to.deep.equal(['delete the assistant Helper', 'delete the model Large']);
  });
});
