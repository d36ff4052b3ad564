import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { sendSnapshot } from '../../../core/policy-snapshots/sending.ts';
import { pseudonyms, withDirectory, withLoaded } from '../../core/policy-snapshots/as-snapshot.ts';
import { failure } from '../../helpers/failure.ts';
import { givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const lock = "select pg_advisory_xact_lock(hashtext('tenet.policy-snapshot'))";

describe('snapshot of who holds what', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let auditor: Caller;
  let ada: Caller;

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    policyAdmin = await tenet.as('policy-admin@example.com');
    auditor = await tenet.as('auditor@example.com');
    ada = await tenet.as('ada@example.com');
    await ada.client.POST('/v1/organizations', { body: { name: 'Acme', slug: 'acme', blueprint: 'integrations' } as never });
  });

  after(() => tenet?.stop());

  const download = (caller: Caller) => caller.client.GET('/v1/policies/snapshot', { parseAs: 'arrayBuffer' });
  const bytesOf = async (caller: Caller): Promise<Buffer> => {
    const { data, response } = await download(caller);
    expect(response.status).to.equal(200);
    return Buffer.from(data as unknown as ArrayBuffer);
  };

  it('is sent to who may plan, and loads elsewhere', async () => {
    const bytes = await bytesOf(policyAdmin);
    expect(gunzipSync(bytes).toString()).not.to.match(/acme|ada@/i);
    await withDirectory(async (directory) => {
      const file = join(directory, 'access.snapshot.gz');
      writeFileSync(file, bytes);
      await withLoaded(file, async (database) => {
        const counts = await database.read('platform', (db) => db('organizations').count('* as count'));
        expect(counts).to.deep.equal([{ count: '1' }]);
      });
    });
  });

  it('has the same pseudonyms each time', async () => {
    const lines = async () =>
      gunzipSync(await bytesOf(policyAdmin))
        .toString()
        .split('\n')
        .slice(1, -2);
    expect(await lines()).to.deep.equal(await lines());
  });

  it('is not sent to who may only read policies, nor to members', async () => {
    for (const caller of [auditor, ada]) expect((await download(caller)).response.status).to.equal(403);
  });

  it('is recorded, with how many rows it has and of which key the pseudonyms are', async () => {
    const text = gunzipSync(await bytesOf(policyAdmin)).toString();
    const { pseudonyms } = JSON.parse(text.slice(0, text.indexOf('\n'))) as { pseudonyms: string };
    const rows = text.trimEnd().split('\n').length - 2;
    const events = await tenet.database.read('platform', (db) =>
      db('audit_events').where({ action: 'policy.snapshot' }).orderBy('seq', 'desc').first('actor', 'event'),
    );
    expect(events.actor).to.match(/^user_/);
    expect(JSON.parse(events.event).after).to.deep.equal({ rows, pseudonyms });
  });

  it('is sent to one at a time', async () => {
    await tenet.database.write('platform', async (db) => {
      await db.raw(lock);
      const { response, error } = await download(policyAdmin);
      expect(response.status).to.equal(503);
      expect(error).to.deep.include({ detail: 'Another snapshot is being sent. Try again when it has ended.' });
    });
    expect((await download(policyAdmin)).response.status).to.equal(200);
  });

  it('ends when it is not read in time, and lets the next one begin', async () => {
    const reading = sendSnapshot(tenet.database, pseudonyms, 1);
    const { message } = await failure(async () => {
      for await (const chunk of reading) expect(chunk.length).to.be.above(0);
    });
    expect(message).to.match(/not read in time/);
    expect((await download(policyAdmin)).response.status).to.equal(200);
  });

  it('is sent so often in a day', async () => {
    await tenet.database.write('platform', (db) => db.raw("update budgets set used = 50 where kind = 'policy-snapshots'"));
    const { response, error } = await download(policyAdmin);
    expect(response.status).to.equal(429);
    expect(error).to.deep.include({ limit: 50 });
  });
});
