import { expect } from 'chai';
import pg from 'pg';
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

  it('is of the kind that calls itself the default', async () => {
    const { status, body } = await create({});
    expect([status, body['blueprint']]).to.deep.equal([201, 'integrations']);
  });

  it('is of the kind that the configuration names, and is refused where that is not in force', async () => {
    expect((await create({ TENET_DEFAULT_BLUEPRINT: 'teams' })).body['blueprint']).to.equal('teams');
    const { status, body } = await create({ TENET_DEFAULT_BLUEPRINT: 'museum' });
    expect(status).to.equal(400);
    expect(body['errors']).to.have.nested.property('[0].pointer', '#/blueprint');
  });

  it('is refused with the choice where no kind calls itself the default, and is of the only one where there is one', async () => {
    // As in installations whose policy files say nothing of a default, and have one kind alone.
    const withdraw = async (where: string) => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(`delete from tenet.policy_heads where scope like 'blueprint/%' and ${where}`);
      await client.end();
    };
    await withdraw("scope = 'blueprint/integrations'");
    const { status, body } = await create({});
    expect(status).to.equal(400);
    expect(body['errors']).to.deep.equal([{ pointer: '#/blueprint', detail: 'must be one of ai-spaces, api-hub, app-workspace, teams' }]);
    await withdraw("scope <> 'blueprint/teams'");
    expect((await create({})).body['blueprint']).to.equal('teams');
  });
});
