import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { plan } from '../../cli/policy-plan.ts';
import { propose } from '../../cli/policy-propose.ts';
import { activate } from '../../cli/policy-rollout.ts';
import { listHeads, listRevisions, moveHead } from '../../core/authorization/store/revisions.ts';
import { listOpenRollouts } from '../../core/authorization/store/rollouts.ts';
import { cancelRollout } from '../../core/policies/rollouts.ts';
import { commandsOn } from '../helpers/environment.ts';
import { failure } from '../helpers/failure.ts';
import { givePlatformRoles } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('tenet policy propose', () => {
  let takeBack: () => void;
  let tenet: TestTenet;
  let folder: string;

  before(async () => {
    tenet = await startTenet();
    takeBack = commandsOn(tenet);
    folder = mkdtempSync(join(tmpdir(), 'tenet-propose-'));
    cpSync('policies', folder, { recursive: true });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    takeBack?.();
    await tenet?.stop();
  });

  const lines = async (): Promise<string[]> => {
    const said: string[] = [];
    await propose(folder, { reason: 'Reviewed', output: 'table' }, (line) => said.push(line));
    return said;
  };

  it('stores what the files say otherwise, once, and puts nothing into force', async () => {
    expect(await lines()).to.include('blueprint.teams: unchanged at revision 1');
    const file = join(folder, 'blueprints/teams/blueprint.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^title: .*$/m, 'title: Said anew'));
    for (let round = 0; round < 2; round++) {
      const said = await lines();
      expect(said.filter((line) => !line.includes('unchanged'))).to.have.length(1);
      expect(said.find((line) => line.startsWith('blueprint.teams'))).to.match(
        /revision 2 is stored; .*activate blueprint\.teams@2 --stage shadow/,
      );
    }
    const { heads, revisions } = await tenet.database.read('platform', async (db) => ({
      heads: await listHeads(db, ['blueprint/teams']),
      revisions: await listRevisions(db, 'blueprint/teams', { limit: 9 }),
    }));
    expect(heads[0]!.revision).to.equal(1);
    expect(revisions.map(({ revision, reason }) => [revision, reason])[0]).to.deep.equal([2, 'Reviewed']);
    expect(revisions).to.have.length(2);
  });

  it('begins a rollout with the plan of a file, which is stored; 20 for one of something else, 21 for a stale one', async () => {
    const file = join(folder, 'plan.json');
    const planned: string[] = [];
    const quiet = { against: 'live', failOn: [], renameRole: [], dropRole: [], output: 'json' } as const;
    await plan(folder, quiet, (line) => planned.push(line));
    writeFileSync(file, planned.join('\n'));
    const begin = (revision: string, stage: 'SHADOW' | 'ALL' = 'SHADOW') =>
      activate(revision, { stage: { stage }, plan: file, reason: 'Tried', renameRole: [], dropRole: [], output: 'table' }, () => undefined);
    expect(await begin('blueprint.teams@1')).to.equal(20);
    expect(await begin('platform@1')).to.equal(20);
    expect((await failure(begin('blueprint.teams@2', 'ALL'))).message).to.include('policy apply --plan');
    expect(await begin('blueprint.teams@2')).to.equal(0);
    const [open] = await tenet.database.read('platform', listOpenRollouts);
    const policyAdmin = await tenet.as('policy-admin@example.com');
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    const { data: stored } = await policyAdmin.client.GET('/v1/access-plans/{accessPlanId}', {
      params: { path: { accessPlanId: open!.planId! } },
    });
    expect(stored!.state).to.equal('READY');
    expect(stored!.plan!.digest).to.equal(JSON.parse(planned.join('\n')).digest);
    await tenet.database.write('platform', async (db) => {
      await cancelRollout(db, { name: 'test', requestId: 'test', effects: { events: [], mails: [], policies: [] } }, open!, 'Enough');
      await moveHead(db, 'blueprint/teams', { revision: 2, how: 'APPLY', by: 'test', reason: 'Meanwhile' });
      await moveHead(db, 'blueprint/teams', { revision: 1, how: 'APPLY', by: 'test', reason: 'And back' });
    });
    // The plan that is stored still holds, and is the same one.
    expect(await begin('blueprint.teams@2')).to.equal(0);
    const [again] = await tenet.database.read('platform', listOpenRollouts);
    expect(again!.planId).to.equal(open!.planId);
    const moved = JSON.parse(planned.join('\n'));
    moved.targets[0].from.revision = 2;
    writeFileSync(file, JSON.stringify(moved));
    expect(await begin('blueprint.teams@2')).to.equal(21);
  });
});
