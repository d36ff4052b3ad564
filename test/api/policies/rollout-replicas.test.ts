import { expect } from 'chai';

import { insertRevision, loadContent } from '../../../core/authorization/store/revisions.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { query } from '../../helpers/embedded-postgres.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, givePlatformRoles, join, type Person } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { uuid } from '../../helpers/rows.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { runTenet } from '../../helpers/tenet-process.ts';

const scope = 'blueprint.integrations';
const stored = 'blueprint/integrations';

describe('a rollout on three replicas', function () {
  this.timeout(120_000);
  const tenets: TestTenet[] = [];
  let policyAdmin: Caller;
  let candidate: number;
  const places: { organizationId: string; place: number; manager: Person }[] = [];
  const path = { scope };

  before(async () => {
    const first = await startTenet();
    tenets.push(first);
    const same = { DATABASE_URL: first.databaseUrl, TENET_DATA_DIR: first.dataDir };
    tenets.push(await startTenet(same), await startTenet(same));
    await givePlatformRoles(first, 'policy-admin@example.com', 'platform/policy-admin');
    policyAdmin = await first.as('policy-admin@example.com');
    const owner = await first.as('owner@example.com');
    for (const name of ['one', 'two', 'three', 'four']) {
      const organizationId = await foundOrganization(owner, name);
      const manager = await join(first, { organizationId }, `${name}@example.com`, 'org.manager');
      const [row] = await query(first.databaseUrl, `select tenet.canary_place('${toUuid('organization', organizationId)}') as place`);
      places.push({ organizationId, manager, place: Number(row!['place']) });
    }
    places.sort((one, other) => one.place - other.place);
    candidate = await first.database.write('platform', async (db) => {
      const { tests: _, ...content } = await loadContent(db, stored, 1);
      const rows = [...content.rows, ['integrations/org.manager', '*', 'connection', 'delete', 'allow'] as const];
      const sources = [...content.sources, { file: 'policy.csv', line: 1_000 }];
      return (await insertRevision(db, { ...content, rows, sources }, { author: 'test', reason: 'A test' })).revision;
    });
  });
  after(async () => {
    for (const tenet of tenets.reverse()) await tenet.stop();
  });

  async function post<T>(action: string, body: object, headers: Record<string, string> = {}): Promise<T> {
    const response = await policyAdmin.raw(`/v1/policies/${scope}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ reason: 'A test', ...body }),
    });
    expect(response.ok, `${action}: ${response.status} ${response.ok ? '' : await response.clone().text()}`).to.equal(true);
    return response.json() as Promise<T>;
  }
  const replicas = async () => (await policyAdmin.client.GET('/v1/policies/{scope}/replicas', { params: { path } })).data!.items;
  const areCurrent = () =>
    eventually(async () => expect((await replicas()).map(({ isCurrent }) => isCurrent)).to.deep.equal([true, true, true]), 60_000);
  const onDatabase = (...args: string[]) =>
    runTenet(args, { DATABASE_URL: tenets[0]!.databaseUrl, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` });

  it('organizations see one revision each, and the other once in order; every answer is that of its stage (soak)', async function () {
    this.timeout(600_000);
    const wrong: string[] = [];
    let asked = 0;
    let isDone = false;
    // For each stage, in order, below which place the candidate decides. Answers belong to a stage that was present while they were asked for.
    const below = [0];
    let acknowledged = 0;
    async function hammer(
      { organizationId, manager, place }: (typeof places)[number],
      consistency: string,
      few: TestTenet[],
    ): Promise<void> {
      const body = JSON.stringify({
        subject: { type: 'user', id: manager.id },
        action: { name: 'delete' },
        resource: { type: 'connection', id: '*', properties: { organizationId } },
      });
      const headers = { authorization: `Bearer ${manager.token}`, 'content-type': 'application/json', 'tenet-consistency': consistency };
      let last: { answer: boolean; stage: number } | undefined;
      while (!isDone) {
        const tenet = few[asked % few.length]!;
        const from = acknowledged;
        const response = await fetch(`${tenet.url}/access/v1/evaluation`, { method: 'POST', headers, body });
        const answer = ((await response.json()) as { decision?: boolean }).decision === true;
        const until = below.length;
        asked += 1;
        const said = `${organizationId} at ${place} ${consistency} stages ${below.slice(from, until)}: ${answer}`;
        if (response.status !== 200) wrong.push(`${response.status} ${said}`);
        const isFresh = consistency === 'fully_consistent';
        if (isFresh && !below.slice(from, until).some((share) => place < share === answer)) wrong.push(said);
        // Back from the candidate is an end of a rollout alone, and the present one has not ended.
        const wasInOne = last !== undefined && !below.slice(last.stage, until).includes(0);
        if (wasInOne && last!.answer && !answer) wrong.push(`back and forth: ${said}`);
        last = { answer, stage: from };
      }
    }
    async function stage(share: number, change: () => Promise<unknown>): Promise<void> {
      below.push(share);
      await change();
      acknowledged = below.length - 1;
    }
    // With full consistency one client asks all replicas in turn; else each replica has a client.
    const hammers = places.flatMap((each) => [
      hammer(each, 'fully_consistent', tenets),
      ...tenets.slice(0, 2).map((tenet) => hammer(each, 'minimize_latency', [tenet])),
    ]);
    const shares = [places[1]!.place + 1, places[2]!.place + 1];
    try {
      for (const round of rounds(1, 20)) {
        let rollout: { id: string; etag: string };
        const gates = { decisions: 0, unplanned: 2_000_000_000 };
        await stage(0, async () => {
          rollout = await post('rollouts', { revision: candidate, gates });
        });
        const promote = async (body: object) => {
          rollout = await post(`rollouts/${rollout.id}/promote`, body, { 'if-match': rollout.etag });
        };
        for (const share of shares) await stage(share, () => promote({ stage: 'CANARY', canary: { share } }));
        await areCurrent();
        if (round % 2 === 0) {
          await stage(10_000, () => promote({ stage: 'ALL' }));
        }
        const { data: head } = await policyAdmin.client.GET('/v1/policies/{scope}/head', { params: { path } });
        await stage(0, () => post('rollback', {}, { 'if-match': head!.etag }));
        await areCurrent();
      }
    } finally {
      isDone = true;
      await Promise.all(hammers);
    }
    expect(wrong.slice(0, 5)).to.deep.equal([]);
    console.log(`      ${asked} questions to three replicas over ${below.length - 1} stages, 0 wrong answers`);
  });

  it('replicas report the candidate that they are ready for, and --wait names one that is not', async () => {
    const activate = (stage: string, wait = '1m') =>
      onDatabase(
        'policy',
        'activate',
        `${scope}@${candidate}`,
        '--stage',
        stage,
        '--gate',
        'decisions=0,unplanned=1000000',
        '--reason',
        'A test',
        '--wait',
        wait,
      );
    const shadow = await activate('shadow');
    expect(shadow.code, shadow.stderr).to.equal(0);
    expect(shadow.stdout).to.match(/blueprint\.integrations: rollout roll_\w+ of revision \d+: shadow\n/);
    expect((await replicas()).map(({ candidateRevision }) => candidateRevision)).to.deep.equal([candidate, candidate, candidate]);
    const id = uuid('replica');
    await tenets[0]!.database.write('platform', (db) =>
      db.raw(
        `insert into replicas (id, name, started_at, seen_at, serves)
         values (?, 'stalled', now() - interval '1 h', now(), '{"${scope}": 1}')`,
        [id],
      ),
    );
    const late = await activate(`canary:5%,orgs=${places[0]!.organizationId}`, '1s');
    expect(late.code, late.stderr).to.equal(3);
    expect(late.stdout).to.match(/: canary 5 % 1 named\n/);
    expect(late.stderr).to.match(
      new RegExp(`tenet: the replica stalled \\(rpl_\\w+\\) decides about ${scope} without the candidate ${candidate}`),
    );
    await tenets[0]!.database.write('platform', (db) => db('replicas').where({ id }).delete());
    await tenets[0]!.database.write('platform', (db) =>
      db.raw(
        `insert into policy_rollout_findings (rollout_id, digest, effect, resource, action, level, roles, planned, count)
         select id, repeat('f', 64), 'DENY_TO_ALLOW', 'connection', 'delete', 'org', '{integrations/org.manager}', false, 2
         from policy_rollouts where stage = 'CANARY'`,
      ),
    );
    const refusal = await onDatabase('policy', 'activate', `${scope}@1`, '--stage', 'shadow', '--plan', 'apl_1', '--reason', 'A test');
    const said = 'tenet: --plan must be the id of an access plan, apl_ and 26 characters, or a file; it is "apl_1".\n';
    expect([refusal.code, refusal.stderr]).to.deep.equal([2, said]);
    const smaller = await onDatabase('policy', 'rollout', 'promote', scope, '--stage', 'canary:1%', '--reason', 'A test');
    expect(smaller.code, smaller.stderr).to.equal(1);
    expect(smaller.stderr).to.match(/^tenet: A canary only grows: .+\n {2}canary must have all organizations of the present one/);
    const status = await onDatabase('policy', 'rollout', 'status');
    expect(status.stdout).to.match(
      /^blueprint\.integrations +roll_\w+ +\d+ +canary 5 % 1 named \([\w-]+\) +\d+ of 0 +\d+ +\d+ +system:cli/m,
    );
    expect(status.stdout).to.include(
      '\nblueprint.integrations: not in the plan: connection:delete (org) for integrations/org.manager: denied -> allowed, 2 decisions\n',
    );
    const cancelled = await onDatabase('policy', 'rollout', 'cancel', scope, '--reason', 'A test', '--wait', '1m');
    expect(cancelled.code, cancelled.stderr).to.equal(0);
    expect(cancelled.stdout).to.match(/: cancelled\nblueprint\.integrations: revision \d+ is in force\n/);
    expect((await onDatabase('policy', 'rollout', 'cancel', scope, '--reason', 'A test')).stderr).to.include('has no open rollout');
    const history = await onDatabase('policy', 'history', scope, '--limit', '3');
    expect(history.stdout)
      .to.match(/rollout cancelled of \d+/)
      .and.match(/rollout canary of \d+/)
      .and.match(/rollout shadow of \d+/);
  });
});
