import { expect } from 'chai';
import { history, rollback, show } from '../../cli/policy-history.ts';
import { activate, promote } from '../../cli/policy-rollout.ts';
import { status as rollouts } from '../../cli/policy-rollout-status.ts';
import { status } from '../../cli/policy-status.ts';
import { awaitReplicas } from '../../core/authorization/store/replicas.ts';
import { insertRevision, loadContent, moveHead } from '../../core/authorization/store/revisions.ts';
import { addCompared } from '../../core/authorization/store/rollout-findings.ts';
import { listOpenRollouts } from '../../core/authorization/store/rollouts.ts';
import { newId } from '../../core/base/ids.ts';
import { rollBackRollout } from '../../core/policies/rollout-ends.ts';
import { commandsOn } from '../helpers/environment.ts';
import { failure } from '../helpers/failure.ts';
import { foundOrganization, signIn } from '../helpers/people.ts';
import { uuid } from '../helpers/rows.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('tenet policy history and show', function () {
  this.timeout(60_000);
  let takeBack: () => void;
  let tenet: TestTenet;
  let lines: string[];
  const out = (line: string) => lines.push(line);
  const scope = 'blueprint/teams';

  before(async () => {
    tenet = await startTenet();
    takeBack = commandsOn(tenet);
    await tenet.database.write('platform', async (db) => {
      const content = await loadContent(db, scope, 1);
      const blueprint = { ...content.blueprint!, description: 'Said anew.' };
      const { revision } = await insertRevision(db, { ...content, blueprint }, { author: 'test', reason: 'Reviewed' });
      await moveHead(db, scope, { revision, how: 'APPLY', by: 'test', reason: 'Said anew' });
    });
  });
  beforeEach(() => {
    lines = [];
  });
  after(async () => {
    takeBack?.();
    await tenet?.stop();
  });

  it('lists what was in force in one scope, newest first', async () => {
    await history('blueprint.teams', { limit: 20, output: 'table' }, out);
    expect(lines).to.have.length(3);
    expect(lines[0]).to.match(/^SCOPE +REVISION +BEFORE +HOW +BY +AT +REASON$/);
    expect(lines[1]).to.match(/^blueprint\.teams +2 +1 +apply +test +\S+Z +Said anew$/);
    expect(lines[2]).to.match(/^blueprint\.teams +1 +- +first-start +system:start +\S+Z +First policy/);
  });

  it('lists every scope that policy files make, as many entries as are wanted, also for programs', async () => {
    await history(undefined, { limit: 3, output: 'json' }, out);
    const entries = JSON.parse(lines.join('\n')) as { scope: string; revision: number }[];
    expect(entries).to.have.length(3);
    expect(entries[0]).to.include({ scope: 'blueprint.teams', revision: 2, previousRevision: 1, how: 'APPLY' });
  });

  it('prints the revision in force, or one by its number, with the file and line of each row', async () => {
    await show('blueprint.teams', { output: 'table' }, out);
    expect(lines[0]).to.equal('blueprint.teams@2, in force');
    expect(lines.join('\n')).to.match(/^teams\/.* allow +\S*blueprints\/teams\/policy\.csv:\d+$/m);
    lines = [];
    await show('blueprint.teams@1', { output: 'yaml' }, out);
    expect(lines.join('\n')).to.contain('scope: blueprint.teams\n').and.contain('inForce: false');
  });

  it('rolls back to what was in force before, and forth to a revision by its number', async () => {
    const options = { reason: 'Said wrong', renameRole: [], dropRole: [], output: 'table' } as const;
    await rollback('blueprint.teams', options, out);
    await rollback('blueprint.teams@2', { ...options, output: 'json' }, out);
    expect(lines[0]).to.match(/^blueprint\.teams: revision 1 is in force, in place of revision 2 of test, \S+Z \("Said anew"\)$/);
    const { replaced, ...back } = JSON.parse(lines[1]!);
    expect(back).to.deep.equal({ scope: 'blueprint.teams', revision: 2, previousRevision: 1 });
    expect(replaced).to.include({ revision: 1, reason: 'Said wrong' });
    expect(replaced.by).to.match(/^system:cli\//);
    lines = [];
    await history('blueprint.teams', { limit: 2, output: 'table' }, out);
    expect(lines[1]).to.match(/^blueprint\.teams +2 +1 +rollback +system:cli\/\S+ +\S+Z +Said wrong$/);
    const refused = await failure(rollback('platform', options, out));
    expect(refused.message).to.equal('The history of platform has nothing before revision 1.');
  });

  it('says what is not stored, and what there is', async () => {
    for (const [name, message] of [
      ['blueprint.teams@9', 'blueprint.teams@9 is not stored: the newest revision of blueprint.teams is 2.'],
      ['blueprint.never', /^There is no scope blueprint\.never; there are blueprint\.ai-spaces, .*platform\.$/],
      ['teams', 'teams is no policy scope: name platform, blueprint.<kind> or the id of an organization.'],
      ['blueprint.teams@x', /is no revision: name one of a scope/],
    ] as const) {
      const { name: kind, message: said } = await failure(show(name, { output: 'table' }, out));
      expect(kind, name).to.equal('UsageError');
      expect(said).to.match(typeof message === 'string' ? new RegExp(`^${message.replaceAll('.', '\\.')}$`) : message);
    }
  });

  it('names who put something into force, and the organizations of a canary and of what differs in it; programs get ids', async () => {
    const ada = await signIn(tenet, 'ada@example.com');
    const organizationId = await foundOrganization(ada, 'Acme', 'teams');
    const candidate = await tenet.database.write('platform', async (db) => {
      await moveHead(db, scope, { revision: 1, how: 'APPLY', by: ada.id, reason: 'Read' });
      const content = await loadContent(db, scope, 1);
      const tests = { ...content.tests!, cases: content.tests!.cases!.slice(1) };
      return (await insertRevision(db, { ...content, tests }, { author: ada.id, reason: 'Reviewed' })).revision;
    });
    const who = `ada@example\\.com \\(${ada.id}\\)`;
    await history('blueprint.teams', { limit: 1, output: 'table' }, out);
    expect(lines[1]).to.match(new RegExp(`^blueprint\\.teams +1 +2 +apply +${who} +\\S+Z +Read$`));
    await show(`blueprint.teams@${candidate}`, { output: 'table' }, out);
    expect(lines.join('\n')).to.match(new RegExp(`^by ${who}, `, 'm'));
    lines = [];
    await history('blueprint.teams', { limit: 1, output: 'json' }, out);
    expect(JSON.parse(lines[0]!)[0]).to.include({ activatedBy: ada.id });
    lines = [];
    await status(out, 'table');
    expect(lines.join('\n')).to.match(new RegExp(`^blueprint\\.teams +1 +\\S+Z +${who} `, 'm'));

    const stage = { stage: 'CANARY', organizations: [organizationId] } as const;
    await activate(`blueprint.teams@${candidate}`, { stage, reason: 'Tried', renameRole: [], dropRole: [], output: 'table' }, out);
    const [rollout] = await tenet.database.read('platform', (db) => listOpenRollouts(db));
    const differs = { digest: 'a'.repeat(64), effect: 'DENY_TO_ALLOW', resource: 'member', action: 'list', level: 'org' } as const;
    const finding = {
      ...differs,
      roles: ['teams/org.member'],
      scopes: [],
      count: 1,
      planned: false,
      decisionId: newId('decision'),
      organizationId,
    };
    const compared = { compared: 1, dropped: 0, findings: [finding], unkept: 0, organizations: [organizationId] };
    await tenet.database.write('platform', (db) => addCompared(db, rollout!, compared));
    lines = [];
    await rollouts('blueprint.teams', { output: 'table' }, out);
    expect(lines[1]).to.match(new RegExp(` ${candidate} +canary 1 named \\(acme\\) `));
    expect(lines.at(-1)).to.equal(
      `blueprint.teams: not in the plan: member:list (org) for teams/org.member: denied -> allowed, 1 decision, such as ${finding.decisionId} in acme`,
    );

    await tenet.database.write('platform', (db) => rollBackRollout(db, rollout!, 'member:list differs in 1 decision'));
    lines = [];
    await rollouts(undefined, { output: 'table' }, out);
    expect(lines[0]).to.equal('No rollout is open.');
    expect(lines[1]).to.match(
      new RegExp(
        `^blueprint\\.teams: the last rollout, ${rollout!.id} of revision ${candidate}, rolled back by itself at \\S+Z: member:list differs in`,
      ),
    );
    const none = await failure(
      promote('blueprint.teams', { stage: { stage: 'ALL' }, reason: 'On', renameRole: [], dropRole: [], output: 'table' }, out),
    );
    expect(none.message).to.match(
      /^blueprint\.teams has no open rollout\. .*rolled back by itself at .*\. To begin one: npx tenet policy activate/,
    );
  });

  it('waiting for the replicas tells of one that has fallen silent meanwhile, and not of one that has stopped', async () => {
    const [silent, stopped] = [uuid('replica'), uuid('replica')];
    const report = (id: string, name: string, seconds: number) =>
      tenet.database.write('platform', (db) =>
        db('replicas').insert({
          ...{ id, name, started_at: new Date(), seen_at: db.raw(`now() - ${seconds} * interval '1 s'`) },
          ...{ serves: '{}', candidates: '{}', kids: [] },
        }),
      );
    // A report counts for 15 seconds.
    await report(silent, 'silent', 9);
    await report(stopped, 'stopped', 1);
    const targets = [{ scope: 'platform', revision: 1 }];
    const waiting = awaitReplicas(tenet.database, targets, 30_000);
    await tenet.database.write('platform', (db) => db('replicas').where({ id: stopped }).delete());
    const ended = await waiting;
    expect(ended.late).to.deep.equal([]);
    expect(ended.silent.map(({ name }) => name)).to.deep.equal(['silent']);
  });
});
