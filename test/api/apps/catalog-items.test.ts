import { expect } from 'chai';
import { notes, publish, signInPublisher } from '../../helpers/apps.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the catalogue of applications', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let publisher: Caller;
  let ada: Caller;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    publisher = await signInPublisher(tenet);
    ada = await tenet.as('ada@example.com');
  });

  after(() => tenet.stop());

  const list = async (caller: Caller, query: object = {}) =>
    (await caller.client.GET('/v1/catalog-items', { params: { query } })).data!.items.map(({ name }) => name);

  it('S003-26 is shown as cards, by category and by a text in the name or the description', async () => {
    await publish(publisher, { name: 'Chat', category: 'Communication', description: 'Talk to each other.' });
    await publish(publisher, { name: 'Board', description: 'Cards in 100% of columns.' });
    await publish(publisher);
    expect(await list(ada)).to.have.members(['Chat', 'Board', 'Notes']);
    expect(await list(ada, { category: 'Communication' })).to.deep.equal(['Chat']);
    expect(await list(ada, { q: 'nOTe' })).to.deep.equal(['Notes']);
    expect(await list(ada, { q: 'EACH OTHER' })).to.deep.equal(['Chat']);
    expect(await list(ada, { q: '100%' }), 'a text, and no pattern').to.deep.equal(['Board']);
    expect(await list(ada, { q: '_' })).to.deep.equal([]);
  });

  it('S003-27 and S003-28: has prices by month, by year, once and for life, each once, and a trial that may be absent', async () => {
    const kinds = ['MONTHLY', 'ANNUAL', 'ONE_TIME', 'LIFETIME'] as const;
    const prices = kinds.map((kind) => ({ kind, amount: 100, currency: 'EUR' }));
    const itemId = await publish(publisher, { prices, trialDays: undefined });
    const { data } = await ada.client.GET('/v1/catalog-items/{itemId}', { params: { path: { itemId } } });
    expect(data!.prices.map(({ kind }) => kind)).to.deep.equal(kinds);
    expect(data).not.to.have.any.keys('trialDays', 'program');
    const twice = await publisher.client.POST('/v1/catalog-items', { body: { ...notes, prices: [prices[0]!, prices[0]!] } });
    expect(twice.error).to.deep.include({ code: 'invalid-input', errors: [{ pointer: '#/prices/1/kind', detail: 'must be there once' }] });
  });

  it('is written by operators alone, who are shown what runs; what is withdrawn is theirs to see', async () => {
    const itemId = await publish(publisher);
    const path = { itemId };
    const owner = await tenet.as('owner@example.com');
    await foundOrganization(owner, 'Acme', 'app-workspace');
    expect((await owner.client.POST('/v1/catalog-items', { body: notes })).response.status).to.equal(403);
    const change = { params: { path }, body: { state: 'WITHDRAWN' as const } };
    expect((await owner.client.PATCH('/v1/catalog-items/{itemId}', change)).response.status).to.equal(403);
    const { data: seen } = await publisher.client.GET('/v1/catalog-items/{itemId}', { params: { path } });
    expect(seen!.program).to.deep.equal(notes.program);
    const stale = await publisher.client.PATCH('/v1/catalog-items/{itemId}', {
      ...change,
      params: { path, header: { 'If-Match': '"7"' } },
    });
    expect(stale.response.status).to.equal(412);
    expect((await publisher.client.PATCH('/v1/catalog-items/{itemId}', change)).data).to.include({ state: 'WITHDRAWN', etag: '"2"' });
    expect((await owner.client.GET('/v1/catalog-items/{itemId}', { params: { path } })).response.status).to.equal(404);
    expect((await owner.client.GET('/v1/catalog-items', { params: { query: { state: 'WITHDRAWN' } } })).response.status).to.equal(403);
    expect(await list(publisher, { state: 'WITHDRAWN' })).to.deep.equal(['Notes']);
  });

  it('refuses what cannot be installed or run: a category of no kind, a command that is no path, an image that is no name', async () => {
    const faults = async (change: object) => {
      const { error } = await publisher.client.POST('/v1/catalog-items', { body: { ...notes, ...change } });
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    };
    expect(await faults({ category: 'Nope', program: { command: 'node', port: 8080 } })).to.deep.equal(['#/program/command', '#/category']);
    expect(await faults({ program: { image: 'registry.example//notes', port: 8080 } })).to.deep.equal(['#/program/image']);
    const itemId = await publish(publisher, {
      program: { image: 'registry.example:5000/notes:1@sha256:'.concat('0'.repeat(64)), command: 'node', port: 8080 },
    });
    const changed = await publisher.client.PATCH('/v1/catalog-items/{itemId}', {
      params: { path: { itemId } },
      body: { category: 'Nope' },
    });
    expect(changed.response.status).to.equal(400);
  });

  it('refuses variables by which a tenant would choose what runs, defaults of secrets, and applications that run nowhere', async () => {
    const body = {
      ...notes,
      environment: [{ name: 'LD_PRELOAD' }, { name: 'NODE_OPTIONS' }, { name: 'PORT' }, { name: 'TOKEN', secret: true, default: 'x' }],
      program: { port: 8080 },
    };
    const { error } = await publisher.client.POST('/v1/catalog-items', { body });
    const pointers = (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).to.deep.equal([
      '#/environment/0/name',
      '#/environment/1/name',
      '#/environment/2/name',
      '#/environment/3/default',
      '#/program',
    ]);
  });
});
