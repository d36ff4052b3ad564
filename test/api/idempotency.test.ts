import { expect } from 'chai';
import pg from 'pg';
import { verifyChain } from '../../core/audit/verify.ts';
import { toUuid } from '../../core/base/ids.ts';
import { auditTrail, foundOrganization, join } from '../helpers/people.ts';
import { rounds } from '../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

interface Named {
  id: string;
  name: string;
}

describe('Idempotency-Key', () => {
  let tenet: TestTenet;
  let alice: Caller;
  let organizationId: string;
  let count = 0;

  before(async () => {
    tenet = await startTenet({ TENET_DATABASE_POOL: '20' });
    alice = await tenet.as('alice@example.com');
    organizationId = await foundOrganization(alice);
  });

  after(() => tenet.stop());

  const freshKey = () => `key-${++count}`;
  const send = (caller: Caller, path: string, key: string, body: unknown, method = 'POST') =>
    caller.raw(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'idempotency-key': key } });
  const projects = () => `/v1/organizations/${organizationId}/projects`;
  const named = async (name: string): Promise<Named[]> => {
    const { data } = await alice.client.GET('/v1/organizations/{organizationId}/projects', {
      params: { path: { organizationId }, query: { pageSize: 200 } },
    });
    return data!.items.filter((project) => project.name === name);
  };
  const code = async (response: Response) => ((await response.json()) as { code: string }).code;

  it('gives a repeated request the first answer, and does nothing again', async () => {
    const key = freshKey();
    const first = await send(alice, projects(), key, { name: 'Repeated' });
    const again = await send(alice, projects(), key, { name: 'Repeated' });
    expect([first.status, again.status]).to.deep.equal([201, 201]);
    expect(first.headers.get('idempotent-replayed')).to.equal(null);
    expect(again.headers.get('idempotent-replayed')).to.equal('true');
    for (const name of ['etag', 'location']) expect(again.headers.get(name), name).to.equal(first.headers.get(name));
    expect(await again.text()).to.equal(await first.text());
    expect(await named('Repeated')).to.have.length(1);
    const events = (await auditTrail(alice, organizationId, 'project.create')).filter(({ target }) => target !== undefined);
    expect(events).to.have.length(1);
  });

  it('does not mind in which order the members of the body are, or how they are written', async () => {
    const key = freshKey();
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const first = await alice.raw(projects(), { method: 'POST', body: '{"name":"Order","slug":"order"}', headers });
    const again = await alice.raw(projects(), { method: 'POST', body: '{ "slug": "order",\n "name": "\\u004frder" }', headers });
    expect([first.status, again.status]).to.deep.equal([201, 201]);
    expect(again.headers.get('idempotent-replayed')).to.equal('true');
  });

  it('of another body, or of another path, is refused', async () => {
    const key = freshKey();
    await send(alice, projects(), key, { name: 'One' });
    const response = await send(alice, projects(), key, { name: 'Two' });
    expect(response.status).to.equal(422);
    expect(await code(response)).to.equal('idempotency-key-reused');
    const other = await foundOrganization(alice, 'Other');
    expect((await send(alice, `/v1/organizations/${other}/projects`, key, { name: 'One' })).status).to.equal(422);
    expect(await named('Two')).to.deep.equal([]);
  });

  it('belongs to its operation: the same one elsewhere is another', async () => {
    const key = freshKey();
    expect((await send(alice, projects(), key, { name: 'Here' })).status).to.equal(201);
    expect((await send(alice, '/v1/organizations', key, { name: 'Here' })).status).to.equal(201);
  });

  it('belongs to its principal: nobody reads the answer of another', async () => {
    const key = freshKey();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.admin');
    const first = (await (await send(alice, projects(), key, { name: 'Mine' })).json()) as Named;
    const response = await send(bob, projects(), key, { name: 'Mine' });
    expect(response.status).to.equal(201);
    expect(response.headers.get('idempotent-replayed')).to.equal(null);
    expect(((await response.json()) as Named).id).not.to.equal(first.id);
  });

  it('opens nothing to whoever lost the permission since', async () => {
    const key = freshKey();
    const carol = await join(tenet, { organizationId }, 'carol@example.com', 'org.admin');
    expect((await send(carol, projects(), key, { name: 'Before' })).status).to.equal(201);
    const path = { organizationId, userId: carol.id };
    const { data, response } = await alice.client.GET('/v1/organizations/{organizationId}/members/{userId}', { params: { path } });
    expect(data).to.be.an('object');
    const removed = await alice.raw(`/v1/organizations/${organizationId}/members/${carol.id}/remove`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'if-match': response.headers.get('etag')! },
    });
    expect(removed.status).to.equal(204);
    expect((await send(carol, projects(), key, { name: 'Before' })).status).to.equal(404);
  });

  it('of a request that failed can be used again: nothing was stored', async () => {
    const key = freshKey();
    await send(alice, projects(), freshKey(), { name: 'Taken', slug: 'taken' });
    expect((await send(alice, projects(), key, { name: 'Late', slug: 'taken' })).status).to.equal(409);
    expect((await send(alice, projects(), key, { name: '' })).status).to.equal(400);
    expect((await send(tenet.anonymous(), projects(), key, { name: 'Late' })).status).to.equal(401);
    const stored = await tenet.database.read('platform', (db) => db('idempotency_keys').where({ key }));
    expect(stored).to.deep.equal([]);
    expect((await send(alice, projects(), key, { name: 'Late', slug: 'late' })).status).to.equal(201);
  });

  it('that is older than a day is forgotten', async () => {
    const key = freshKey();
    await send(alice, '/v1/organizations', key, { name: 'Old' });
    const client = new pg.Client({ connectionString: tenet.databaseUrl });
    await client.connect();
    await client.query("update tenet.idempotency_keys set created_at = now() - interval '25 hours' where key = $1", [key]);
    await client.end();
    const again = await send(alice, '/v1/organizations', key, { name: 'New' });
    expect(again.status).to.equal(201);
    expect(again.headers.get('idempotent-replayed')).to.equal(null);
  });

  for (const bad of ['', 'x'.repeat(256), 'a b']) {
    it(`that is ${bad.length > 20 ? `${bad.length} characters long` : JSON.stringify(bad)} never fails the server`, async () => {
      expect((await send(alice, projects(), bad, { name: 'Key' })).status).to.be.oneOf([201, 400]);
    });
  }

  for (const [title, path, lookUp] of [
    ['in an organization', () => projects(), (name: string) => named(name)],
    ['on the platform', () => '/v1/organizations', undefined],
  ] as const) {
    it(`sent fifty times at once ${title} has one effect, and every other answer is that one or 409 (soak)`, async () => {
      for (const round of rounds(2, 100)) await once(`Fifty ${title} ${round}`);
    }).timeout(600_000);

    async function once(name: string): Promise<void> {
      const key = freshKey();
      const responses = await Promise.all(Array.from({ length: 50 }, () => send(alice, path(), key, { name })));
      const created = responses.filter(({ status }) => status === 201);
      expect(created.filter(({ headers }) => headers.get('idempotent-replayed') === null)).to.have.length(1);
      const ids = new Set(await Promise.all(created.map(async (response) => ((await response.json()) as Named).id)));
      expect(ids.size).to.equal(1);
      for (const response of responses.filter(({ status }) => status !== 201)) {
        expect(response.status).to.equal(409);
        expect(await code(response)).to.equal('request-in-progress');
      }
      const slug = (db: Parameters<Parameters<TestTenet['database']['read']>[1]>[0]) => db('organizations').where({ name });
      expect(lookUp ? await lookUp(name) : await tenet.database.read('platform', slug)).to.have.length(1);
    }
  }

  it('leaves the audit chain whole', async () => {
    const uuid = toUuid('organization', organizationId);
    expect((await tenet.database.read({ organization: uuid }, (db) => verifyChain(db, uuid))).broken).to.equal(undefined);
  });
});
