import { expect } from 'chai';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
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

  it('wait for what they name, and not for a resource of another type with that name', async () => {
    await withChapters();
    const chapter: DesiredResource = { type: 'chapter', name: 'Intro', data: { page: 'Start' } };
    const page: DesiredResource = { type: 'page', name: 'Start', data: { sheet: 'Start' } };
    const { result, done } = await tests.applyOrganization('books', { resources: [chapter, page, { type: 'sheet', name: 'Start' }] });
    expect([result.problems, result.refusals]).to.deep.equal([[], []]);
    expect(done.slice(1)).to.deep.equal(['create the sheet Start', 'create the page Start', 'create the chapter Intro']);
  });

  /** Types each of which refers to the next one. */
  async function withChapters(): Promise<void> {
    await tests.tenet.database.write('platform', async (db) => {
      const [head] = await listHeads(db, ['blueprint/integrations']);
      const { tests: _, ...content } = await loadContent(db, head!.scope, head!.revision);
      const actions = { create: ['org' as const], update: ['org' as const], read: ['org' as const] };
      const to = (name: string) => ({ [name]: { class: 'summary' as const, type: 'reference' as const, to: [name] } });
      const added = [
        { name: 'chapter', title: 'Chapters', actions, fields: to('page') },
        { name: 'page', title: 'Pages', actions, fields: to('sheet') },
        { name: 'sheet', title: 'Sheets', actions, fields: { text: { class: 'detail' as const, type: 'string' as const } } },
      ];
      const blueprint = { ...content.blueprint!, resourceTypes: [...content.blueprint!.resourceTypes, ...added] };
      const rows = added.flatMap(({ name }) =>
        ['create', 'update'].map((act) => ['platform/controller', 'org', name, act, 'allow'] as const),
      );
      const sources = rows.map((_row, index) => ({ file: 'policy.csv', line: 1000 + index }));
      const changed = { ...content, blueprint, rows: [...content.rows, ...rows], sources: [...content.sources, ...sources] };
      const { revision } = await insertRevision(db, changed, { author: 'test', reason: 'what the test needs' });
      await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
    });
  }
});
