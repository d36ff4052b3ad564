import { expect } from 'chai';
import pg from 'pg';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('reads of one tenant that take long', () => {
  let tenet: TestTenet;
  let holder: pg.Client;
  let [alice, bob]: Caller[] = [];
  let path: string;

  before(async () => {
    tenet = await startTenet({ TENET_DATABASE_POOL: '4' });
    alice = await signIn(tenet, 'alice@example.com');
    bob = await signIn(tenet, 'bob@example.com');
    path = `/v1/organizations/${await foundOrganization(alice)}/audit-events`;
    await foundOrganization(bob);
    holder = new pg.Client(tenet.databaseUrl);
    await holder.connect();
  });
  after(async () => {
    await holder.end();
    await tenet.stop();
  });

  // Who reads the table waits until the transaction ends: that is a long read for as long as the test wants it.
  beforeEach(() => holder.query('begin; lock table tenet.audit_events in access exclusive mode'));
  afterEach(() => holder.query('rollback'));
  const held = async (): Promise<number> => {
    const { rows } = await holder.query('select count(*)::int as n from pg_locks where not granted');
    return rows[0].n;
  };

  it('leave the others all they need: they are answered, and readiness is OK', async () => {
    const reads = Array.from({ length: 24 }, () => alice!.raw(path));
    await eventually(async () => expect(await held()).to.equal(1));
    for (const url of ['/v1/organizations', '/v1/me', '/readyz', '/v1/organizations']) expect((await bob!.raw(url)).status).to.equal(200);
    expect(tenet.database.stats()).to.include({ waiting: 0 });
    await holder.query('rollback');
    expect(new Set((await Promise.all(reads)).map(({ status }) => status))).to.deep.equal(new Set([200]));
  });

  it('are refused with Retry-After beyond those that may wait, and a client that hangs up leaves its place', async () => {
    const leaver = new AbortController();
    const reads = [alice!.raw(path)];
    await eventually(async () => expect(await held()).to.equal(1));
    const left = alice!.raw(path, { signal: leaver.signal }).catch((error: Error) => error.name);
    reads.push(...Array.from({ length: 70 }, () => alice!.raw(path)));
    const refused = await Promise.any(reads);
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '5']);
    expect(await refused.json()).to.include({ detail: 'Too many of your requests wait for the database already. Try again in a moment.' });
    leaver.abort();
    expect(await left).to.equal('AbortError');
    await holder.query('rollback');
    const statuses = (await Promise.all(reads)).map(({ status }) => status);
    expect([...new Set(statuses)].sort()).to.deep.equal([200, 503]);
    expect((await alice!.raw(path)).status).to.equal(200);
  });
});
