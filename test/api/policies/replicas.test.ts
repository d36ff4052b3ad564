import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { allowAlso, foundOrganization, givePlatformRoles, join, type Person } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { uuid } from '../../helpers/rows.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { runTenet } from '../../helpers/tenet-process.ts';

const scope = 'blueprint.integrations';

describe('three replicas and the revisions that they decide by', function () {
  this.timeout(120_000);
  const tenets: TestTenet[] = [];
  const directory = mkdtempSync(pathOf(tmpdir(), 'tenet-replicas-'));
  let policyAdmin: Caller;
  let organizationId: string;
  let manager: Person;

  before(async () => {
    const first = await startTenet();
    tenets.push(first);
    const same = { DATABASE_URL: first.databaseUrl, TENET_DATA_DIR: first.dataDir };
    tenets.push(await startTenet(same), await startTenet(same));
    await givePlatformRoles(first, 'policy-admin@example.com', 'platform/policy-admin');
    policyAdmin = await first.as('policy-admin@example.com');
    organizationId = await foundOrganization(await first.as('owner@example.com'));
    manager = await join(first, { organizationId }, 'manager@example.com', 'org.manager');
  });

  after(async () => {
    for (const tenet of tenets.reverse()) await tenet.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function replicas(of = scope) {
    const { data, response } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', { params: { path: { scope: of } } });
    expect(response.status).to.equal(200);
    return data!.items;
  }
  const areCurrent = () =>
    eventually(async () => expect((await replicas()).map(({ isCurrent }) => isCurrent)).to.deep.equal([true, true, true]));
  const activate = async (revision: number) => {
    const path = '/v1/policies/{scope}/head';
    const { data } = await policyAdmin.client.GET(path, { params: { path: { scope } } });
    const { response } = await policyAdmin.client.PUT(path, {
      params: { path: { scope }, header: { 'If-Match': data!.etag } },
      body: { revision, reason: 'A test.' },
    });
    expect(response.status).to.equal(200);
  };
  const onDatabase = (...args: string[]) =>
    runTenet(args, { DATABASE_URL: tenets[0]!.databaseUrl, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` });
  /** A replica that no process is behind, last seen so many seconds ago. */
  const insertReplica = (id: string, seen: number) =>
    tenets[0]!.database.write('platform', (db) =>
      db.raw(
        `insert into replicas (id, name, started_at, seen_at, serves)
         values (?, 'stalled', now() - interval '1 h', now() - ? * interval '1 s', '{"${scope}": 1}')`,
        [id, seen],
      ),
    );
  const removeReplica = (id: string) => tenets[0]!.database.write('platform', (db) => db('replicas').where({ id }).delete());

  it('all of them are listed, and report a revision that comes into force', async () => {
    await allowAlso(tenets[0]!, ['integrations/org.manager', '*', 'connection', 'delete', 'allow']);
    await eventually(async () => {
      expect((await replicas()).map(({ revision, isCurrent }) => [revision, isCurrent])).to.deep.equal([1, 2, 3].map(() => [2, true]));
    });
    expect((await replicas('platform')).map(({ revision }) => revision)).to.deep.equal([1, 1, 1]);
    const { data: page } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', {
      params: { path: { scope }, query: { pageSize: 2 } },
    });
    expect(page!.items).to.have.length(2);
    const { data: rest } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', {
      params: { path: { scope }, query: { pageToken: page!.nextPageToken! } },
    });
    expect(new Set([...page!.items, ...rest!.items].map(({ id }) => id)).size).to.equal(3);
    const { response } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', { params: { path: { scope: organizationId } } });
    expect(response.status).to.equal(404);
  });

  it('one that decides by an earlier revision is counted and named until it reports no more', async () => {
    const [stalled, dead] = [uuid('replica'), uuid('replica')];
    await insertReplica(stalled, 0);
    await insertReplica(dead, 16);
    expect((await replicas()).filter(({ isCurrent }) => !isCurrent).map(({ name, revision }) => [name, revision])).to.deep.equal([
      ['stalled', 1],
    ]);
    const status = await onDatabase('policy', 'status');
    expect(status.code, status.stderr).to.equal(3);
    expect(status.stdout)
      .to.match(/^blueprint\.integrations +2 .* 3\/4$/m)
      .and.match(/^the replica stalled \(rpl_\w+\) decides .*integrations by revision 1 and not by 2/m);
    // A report deletes what is dead.
    await eventually(async () => {
      const left = await tenets[0]!.database.read('platform', (db) => db('replicas').where({ id: dead }));
      expect(left).to.deep.equal([]);
    });
    await removeReplica(stalled);
    expect((await onDatabase('policy', 'status')).code).to.equal(0);
  });

  it('one that stops is off the list at once', async () => {
    const fourth = await startTenet({ DATABASE_URL: tenets[0]!.databaseUrl, TENET_DATA_DIR: tenets[0]!.dataDir });
    await eventually(async () => expect(await replicas()).to.have.length(4));
    await fourth.stop();
    expect(await replicas()).to.have.length(3);
  });

  it('tenet policy apply --wait ends when all decide by it, and names the one that does not', async () => {
    cpSync('policies', directory, { recursive: true });
    const file = pathOf(directory, 'blueprints/integrations/policy.csv');
    const apply = (wait: string) => onDatabase('policy', 'apply', directory, '--reason', 'A test.', '--wait', wait);
    const done = await apply('1m');
    expect(done.code, done.stderr).to.equal(0);
    await areCurrent();
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^/, '# Another comment moves the lines of every row.\n'));
    const stalled = uuid('replica');
    await insertReplica(stalled, 0);
    const late = await apply('1s');
    expect(late.code).to.equal(3);
    expect(late.stderr).to.match(/tenet: the replica stalled \(rpl_\w+\) decides about .*blueprint\.integrations by revision 1 and not by/);
    await removeReplica(stalled);
    expect((await apply('tomorrow')).code).to.equal(2);
  });

  it('under load a rollback is answered for by all of them, and no answer is wrong (soak)', async function () {
    this.timeout(600_000);
    await allowAlso(tenets[0]!, ['integrations/org.manager', '*', 'connection', 'delete', 'allow']);
    await areCurrent();
    const newer = (await replicas())[0]!.revision!;
    const wrong: string[] = [];
    let asked = 0;
    let isDone = false;
    async function ask(tenet: TestTenet, consistency: string, type: string, name: string): Promise<boolean> {
      const response = await fetch(`${tenet.url}/access/v1/evaluation`, {
        method: 'POST',
        headers: { authorization: `Bearer ${manager.token}`, 'content-type': 'application/json', 'tenet-consistency': consistency },
        body: JSON.stringify({
          subject: { type: 'user', id: manager.id },
          action: { name },
          resource: { type, id: '*', properties: { organizationId } },
        }),
      });
      asked += 1;
      if (response.status !== 200) wrong.push(`${type}:${name} ${response.status}`);
      return ((await response.json()) as { decision?: boolean }).decision === true;
    }
    // All revisions let a manager create connections, and none lets one invite.
    async function hammer(tenet: TestTenet, consistency: string): Promise<void> {
      while (!isDone) {
        if (!(await ask(tenet, consistency, 'connection', 'create'))) wrong.push('connection:create');
        if (await ask(tenet, consistency, 'invitation', 'create')) wrong.push('invitation:create');
      }
    }
    const hammers = tenets.flatMap((tenet) => ['fully_consistent', 'minimize_latency'].map((consistency) => hammer(tenet, consistency)));
    try {
      for (const round of rounds(2, 200)) {
        const revision = round % 2 === 0 ? 1 : newer;
        await activate(revision);
        for (const tenet of tenets)
          expect(await ask(tenet, 'fully_consistent', 'connection', 'delete'), `round ${round}`).to.equal(revision === newer);
        await areCurrent();
        // From now on no replica answers by the earlier one, whatever it keeps in memory.
        for (const tenet of tenets)
          expect(await ask(tenet, 'minimize_latency', 'connection', 'delete'), `round ${round}`).to.equal(revision === newer);
      }
    } finally {
      isDone = true;
      await Promise.all(hammers);
    }
    expect(wrong.slice(0, 5)).to.deep.equal([]);
    console.log(`      ${asked} questions to three replicas, 0 wrong answers`);
  });
});
