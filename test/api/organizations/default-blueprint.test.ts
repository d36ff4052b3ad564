import { expect } from 'chai';
import { openDatabase } from '../../../core/database/database.ts';
import { createDatabase } from '../../helpers/postgres.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('an organization that is created without a blueprint', () => {
  let url: string;
  let drop: () => Promise<void>;

  before(async () => {
    await (await startTenet()).stop(); // Makes the template.
    ({ url, drop } = await createDatabase('tenet'));
  });
  after(() => drop());

  async function create(environment: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
    const tenet: TestTenet = await startTenet({ DATABASE_URL: url, ...environment });
    try {
      const ann = await tenet.as('ann@example.com');
      const headers = { 'content-type': 'application/json' };
      const response = await ann.raw('/v1/organizations', { method: 'POST', headers, body: JSON.stringify({ name: 'Acme' }) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    } finally {
      await tenet.stop();
    }
  }

  it('is of the only kind that is in force', async () => {
    const { status, body } = await create({});
    expect([status, body['blueprint']]).to.deep.equal([201, 'integrations']);
  });

  it('is of the kind that the configuration names, and is refused where that is not in force', async () => {
    const { status, body } = await create({ TENET_DEFAULT_BLUEPRINT: 'museum' });
    expect(status).to.equal(400);
    expect(body['errors']).to.have.nested.property('[0].pointer', '#/blueprint');
  });

  it('is refused with the choice where several kinds are in force', async () => {
    const database = openDatabase(url, { size: 1, onError: () => undefined });
    await database.write('platform', async (db) => {
      await db.raw(`insert into policy_revisions (scope, revision, model, rows, sources, documents, sha256, author, reason)
        select 'blueprint/museum', 1, model, rows, sources, documents, sha256, author, reason from policy_revisions where scope like 'blueprint/%' limit 1`);
      await db('policy_heads').insert({ scope: 'blueprint/museum', revision: 1, activated_by: 'test' });
    });
    await database.close();
    const { status, body } = await create({});
    expect(status).to.equal(400);
    expect(body['errors']).to.deep.equal([{ pointer: '#/blueprint', detail: 'must be one of integrations, museum' }]);
    expect((await create({ TENET_DEFAULT_BLUEPRINT: 'integrations' })).body['blueprint']).to.equal('integrations');
  });
});
