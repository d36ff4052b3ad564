import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { foundOrganization, givePlatformRoles, join as joinAs } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { type Operator, operatorOn } from './operator.ts';
import {
  hasStages,
  installPolicies,
  moved,
  policyFile,
  policyNamespace,
  policyRevision,
  teamsFiles,
  withoutUsage,
} from './policy-revision.ts';

const scope = 'blueprint.teams';
const planned = { Linted: { status: 'True' }, Tested: { status: 'True' }, Planned: { status: 'True' } } as const;
const active = { ...planned, Active: { status: 'True' }, Ready: { status: 'True' } } as const;

describe('a PolicyRevision manifest', function () {
  this.timeout(180_000);
  let kube: Kube;
  let operator: Operator;
  let admin: Caller;
  let organizationId: string;

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installPolicies(kube);
    operator = await operatorOn(kube, { environment: { TENET_POLICY_NAMESPACE: policyNamespace } });
    await givePlatformRoles(operator.tenet, 'policy-admin@example.com', 'platform/policy-admin');
    admin = await operator.tenet.as('policy-admin@example.com');
    organizationId = await foundOrganization(await operator.tenet.as('ada@teams.example'), 'Teams', 'teams');
    await operator.start();
  });
  afterEach(async () => {
    await kube?.kubectl('delete', 'polrev', '--all', '-A');
  });
  after(async function () {
    this.timeout(60_000);
    await operator?.end();
  });

  const path = { scope };
  const head = async () => (await admin.client.GET('/v1/policies/{scope}/head', { params: { path } })).data!;
  const history = async () => (await admin.client.GET('/v1/policies/{scope}/history', { params: { path } })).data!.items;
  const revisions = async () => (await operator.sql('select from policy_revisions')).length;
  const annotate = (name: string, value: string) =>
    kube.kubectl('annotate', 'polrev', name, '-n', policyNamespace, '--overwrite', `tenet.dev/reconcile-at=${value}`);
  /** A pass over the manifest that began after this call has ended. */
  const passed = async (name: string) => {
    const before = await operator.passes();
    await annotate(name, String(before));
    await eventually(async () => expect(await operator.passes()).to.be.greaterThan(before), 30_000);
  };

  /** The open rollout is as if enough decisions had been compared. */
  const compared = () =>
    operator.sql(
      "update policy_rollout_counts set compared = compared + 5000 where rollout_id in (select id from policy_rollouts where stage in ('SHADOW', 'CANARY'))",
    );
  const rollouts = async () => (await admin.client.GET('/v1/policies/{scope}/rollouts', { params: { path } })).data!.items;
  const cancel = async (rolloutId: string) => {
    const params = { path: { ...path, rolloutId } };
    const { response, error } = await admin.client.POST('/v1/policies/{scope}/rollouts/{rolloutId}/cancel', {
      params,
      body: { reason: 'Not now' },
    });
    expect(response.status, JSON.stringify(error)).to.equal(200);
  };
  const approval = { Active: { status: 'False', reason: 'ApprovalRequired' }, Stalled: { reason: 'ApprovalRequired' } } as const;

  it('is linted, tested, planned and put into force, as the manifest and its generation', async () => {
    await kube.apply(policyRevision('teams', { files: moved(1), gitCommit: '675c1207a1b2' }));
    const { status } = await hasStages(operator, 'teams', active);
    const [newest] = await history();
    expect(newest).to.include({
      how: 'PLAN',
      gitCommit: '675c1207a1b2',
      activatedBy: `manifest:PolicyRevision/${policyNamespace}/teams@1`,
    });
    const { revision } = await head();
    expect(status!.revision).to.equal(`${scope}@${revision}`);
    expect(status!.plan).to.include({ gains: 0, losses: 0 });
    await eventually(async () =>
      expect((await operator.events('teams')).join()).to.contain(`Activated: put into force revision ${revision} of ${scope}`),
    );
    const audit = await operator.sql<{ action: string }>(
      "select action from audit_events where actor like 'manifest:PolicyRevision%' order by seq",
    );
    expect(audit.map(({ action }) => action)).to.deep.equal([
      'policy.propose',
      'access-plan.create',
      'policy.activate',
      'access-plan.apply',
    ]);
    const [titles, row] = (await kube.kubectl('get', 'polrev', 'teams', '-n', policyNamespace))
      .split('\n')
      .map((line) => line.split(/\s{2,}/));
    expect(titles).to.include.members(['NAME', 'REVISION', 'LINTED', 'TESTED', 'PLANNED', 'ACTIVE', 'REASON']);
    expect(row).to.include.members(['teams', `${scope}@${revision}`, 'True', 'Active']);
    await kube.kubectl('wait', 'polrev/teams', '-n', policyNamespace, '--for=condition=Active', '--timeout=5s');
  });

  it('says an error of lint with file and line, and stores nothing', async () => {
    const before = await revisions();
    const text = policyFile('blueprints/teams/policy.csv');
    const line = text.split('\n').length;
    const files = teamsFiles({ 'policy.csv': () => `${text}p, teams/org.admin, org, usage, raed, allow\n` });
    await kube.apply(policyRevision('misspelt', { files }));
    const { conditions } = await hasStages(operator, 'misspelt', {
      Linted: { status: 'False', reason: 'LintFailed' },
      Tested: { status: 'Unknown' },
      Planned: { status: 'Unknown' },
      Active: { status: 'False' },
      Stalled: { status: 'True', reason: 'LintFailed' },
    });
    expect(conditions['Linted']!.message).to.contain(`blueprints/teams/policy.csv:${line}: `).and.to.contain('raed');
    expect(await revisions()).to.equal(before);
  });

  it('says a test that fails with the line of tests.yaml', async () => {
    const files = teamsFiles({ 'policy.csv': (text) => text.replace('p, teams/org.admin, org, usage, read, allow\n', '') });
    await kube.apply(policyRevision('untested', { files }));
    const { conditions } = await hasStages(operator, 'untested', {
      Linted: { status: 'True' },
      Tested: { status: 'False', reason: 'TestsFailed' },
      Active: { status: 'False' },
    });
    expect(conditions['Tested']!.message).to.match(/blueprints\/teams\/tests\.yaml:\d+: blueprint\.teams: .*usage:read/);
  });

  it('with losses that must be approved waits until the digest of the plan is', async () => {
    const { revision: before } = await head();
    const spec = { files: withoutUsage(), planFailOn: ['Loss'] };
    await kube.apply(policyRevision('losing', spec));
    const { status, conditions } = await hasStages(operator, 'losing', { ...planned, ...approval });
    const { digest, id, losses } = status!.plan!;
    expect(losses).to.be.greaterThan(0);
    expect(conditions['Active']!.message).to.contain(digest);
    const { data } = await admin.client.GET('/v1/access-plans/{accessPlanId}', { params: { path: { accessPlanId: id } } });
    expect(data!.plan!.digest).to.equal(digest);
    expect((await head()).revision).to.equal(before);

    await kube.apply(policyRevision('losing', { ...spec, approvedPlan: '0'.repeat(64) }));
    await hasStages(operator, 'losing', { ...planned, ...approval });
    await kube.apply(policyRevision('losing', { ...spec, approvedPlan: digest }));
    await hasStages(operator, 'losing', active);
    expect((await history())[0]).to.include({ how: 'PLAN', previousRevision: before });
  });

  it('that others replace says Superseded, and comes back only with a change of its own', async () => {
    await kube.apply(policyRevision('fought', { files: moved(2) }));
    await hasStages(operator, 'fought', active);
    const { revision, etag } = await head();
    const undone = await admin.client.POST('/v1/policies/{scope}/rollback', {
      params: { path, header: { 'If-Match': etag } },
      body: { reason: 'Back at night' },
    });
    expect(undone.response.status).to.equal(200);
    await annotate('fought', 'rollback');
    const { conditions } = await hasStages(operator, 'fought', {
      Active: { status: 'False', reason: 'Superseded' },
      Ready: { status: 'False' },
    });
    expect(conditions['Active']!.message)
      .to.contain('"Back at night"')
      .and.to.contain(await admin.userId());
    await passed('fought');
    expect((await head()).revision).not.to.equal(revision);

    await kube.apply(policyRevision('fought', { files: moved(2), reason: 'It was right' }));
    await hasStages(operator, 'fought', active);
    expect((await history())[0]).to.include({ revision, reason: 'It was right' });
  });

  it('of which only a plan is wanted is proposed, and not put into force', async () => {
    const { revision } = await head();
    await kube.apply(policyRevision('proposed', { files: moved(3), activate: 'Never' }));
    const { status } = await hasStages(operator, 'proposed', {
      ...planned,
      Active: { status: 'False', reason: 'Proposed' },
      Ready: { status: 'True' },
    });
    expect(status!.revisions![0]!.revision).to.be.greaterThan(revision);
    expect((await head()).revision).to.equal(revision);
  });

  it('comes into force in stages, each by a commit, once the gates of its rollout are met', async () => {
    const { revision } = await head();
    const staged = (spec: object) => kube.apply(policyRevision('staged', { files: moved(11), ...spec }));
    await staged({ stage: 'Shadow' });
    const shadow = { Active: { status: 'False', reason: 'Shadow' }, Ready: { status: 'True' } } as const;
    const { status } = await hasStages(operator, 'staged', { ...planned, ...shadow });
    expect((await head()).revision).to.equal(revision);
    await staged({ stage: 'Canary', canary: { share: 100 } });
    const waiting = { Active: { status: 'False', reason: 'GatesNotMet' }, Reconciling: { status: 'True' } } as const;
    const { conditions } = await hasStages(operator, 'staged', waiting);
    expect(conditions['Active']!.message).to.contain('at least 1000 compared decisions');
    await operator.sql(
      `insert into policy_rollout_counts (rollout_id, compared) select id, 1000 from policy_rollouts where stage = 'SHADOW'
       on conflict (rollout_id) do update set compared = 1000`,
    );
    await annotate('staged', 'compared');
    await hasStages(operator, 'staged', { Active: { status: 'False', reason: 'Canary' }, Ready: { status: 'True' } });
    await staged({ stage: 'All' });
    await operator.sql(
      "update policy_rollout_counts set compared = compared + 5000 where rollout_id in (select id from policy_rollouts where stage = 'CANARY')",
    );
    await annotate('staged', 'again');
    await hasStages(operator, 'staged', { Active: { status: 'True' }, Ready: { status: 'True' } });
    const [newest] = await history();
    expect(newest).to.include({ how: 'ROLLOUT', revision: status!.revisions![0]!.revision });
    expect(newest!.activatedBy).to.equal(`manifest:PolicyRevision/${policyNamespace}/staged@3`);
  });

  it('whose rollout others have cancelled is not begun again before it changes', async () => {
    await kube.apply(policyRevision('cancelled', { files: moved(12), stage: 'Shadow' }));
    await hasStages(operator, 'cancelled', { Active: { status: 'False', reason: 'Shadow' } });
    const [rollout] = await rollouts();
    await cancel(rollout!.id);
    await annotate('cancelled', 'now');
    await hasStages(operator, 'cancelled', { Active: { status: 'False', reason: 'Superseded' }, Stalled: { status: 'True' } });
    await passed('cancelled');
    expect((await rollouts())[0]!.id).to.equal(rollout!.id);
  });

  it('leaves a rollout alone that others have begun of its revision, says whose it is, and waits for its approval all the same', async () => {
    const { revision: before } = await head();
    const spec = { files: withoutUsage(), planFailOn: ['Loss'] };
    await kube.apply(policyRevision('bypassed', spec));
    const { status } = await hasStages(operator, 'bypassed', approval);
    const { revision } = status!.revisions![0]!;
    const begun = await admin.client.POST('/v1/policies/{scope}/rollouts', {
      params: { path },
      body: { revision, reason: 'A look at it' },
    });
    expect(begun.response.status, JSON.stringify(begun.error)).to.equal(201);
    await compared();
    await passed('bypassed');
    await hasStages(operator, 'bypassed', approval);
    expect((await head()).revision).to.equal(before);

    await kube.apply(policyRevision('bypassed', { ...spec, approvedPlan: status!.plan!.digest }));
    const { conditions } = await hasStages(operator, 'bypassed', { Active: { status: 'False', reason: 'ActivationRefused' } });
    const { id } = begun.data!;
    expect(conditions['Active']!.message)
      .to.contain(`The rollout ${id} of ${scope} is open. ${await admin.userId()} began it`)
      .and.to.contain(`/v1/policies/${scope}/rollouts/${id}/cancel`);
    expect((await head()).revision).to.equal(before);
    await cancel(id);
    await annotate('bypassed', 'cancelled');
    await hasStages(operator, 'bypassed', active);
    expect((await history())[0]).to.include({ how: 'PLAN', revision });
  });

  it('whose stage a commit changes asks for what this commit wants approved, and ends with its rollout', async () => {
    const { revision: before } = await head();
    // Administrators get back what they lost.
    await kube.apply(policyRevision('widened', { files: moved(13), stage: 'Shadow' }));
    await hasStages(operator, 'widened', { Active: { status: 'False', reason: 'Shadow' } });
    await compared();
    await kube.apply(policyRevision('widened', { files: moved(13), planFailOn: ['Gain'] }));
    const { status } = await hasStages(operator, 'widened', approval);
    expect(status!.plan!.gains).to.be.greaterThan(0);
    await passed('widened');
    await hasStages(operator, 'widened', approval);
    expect((await head()).revision).to.equal(before);

    await cancel((await rollouts())[0]!.id);
    await annotate('widened', 'cancelled');
    await hasStages(operator, 'widened', { Active: { status: 'False', reason: 'Superseded' } });
    await passed('widened');
    expect((await head()).revision).to.equal(before);
  });

  it('is planned anew, and wants that plan approved, where members came since: before its rollout begins, and before that goes on', async () => {
    const { revision: before } = await head();
    const staged = (spec: object) => kube.apply(policyRevision('stale', { files: moved(14), planFailOn: ['Gain'], ...spec }));
    await staged({ stage: 'Shadow' });
    const first = (await hasStages(operator, 'stale', approval)).status!.plan!.digest;
    await joinAs(operator.tenet, { organizationId }, 'bob@teams.example', 'org.admin');
    await staged({ stage: 'Shadow', approvedPlan: first });
    const second = await eventually(async () => {
      const { status, conditions } = await hasStages(operator, 'stale', approval);
      expect(conditions['Active']!.message).to.contain('Another plan was approved before');
      return status!.plan!.digest;
    }, 60_000);
    expect(second).not.to.equal(first);
    expect((await rollouts()).filter(({ stage }) => stage === 'SHADOW')).to.deep.equal([]);

    await staged({ stage: 'Shadow', approvedPlan: second });
    await hasStages(operator, 'stale', { Active: { status: 'False', reason: 'Shadow' } });
    await staged({ approvedPlan: second });
    await hasStages(operator, 'stale', { Active: { status: 'False', reason: 'GatesNotMet' } });
    await joinAs(operator.tenet, { organizationId }, 'eve@teams.example', 'org.admin');
    await compared();
    await annotate('stale', 'compared');
    const third = (await hasStages(operator, 'stale', approval)).status!.plan!.digest;
    expect(third).not.to.equal(second);
    expect((await head()).revision).to.equal(before);
    await staged({ approvedPlan: third });
    await hasStages(operator, 'stale', active);
    expect((await history())[0]).to.include({ how: 'ROLLOUT', previousRevision: before });
  });

  it('counts in one namespace, and says so in others', async () => {
    const before = await revisions();
    await kube.apply(policyRevision('elsewhere', { files: moved(4) }, 'default'));
    const { conditions } = await hasStages(
      operator,
      'elsewhere',
      { Active: { status: 'False', reason: 'NamespaceNotAllowed' }, Stalled: { status: 'True' } },
      { namespace: 'default' },
    );
    expect(conditions['Active']!.message).to.contain(policyNamespace);
    expect(await revisions()).to.equal(before);
  });

  it('owns its scopes before one that is younger, which gets them when it goes; and what goes changes nothing', async () => {
    await kube.apply(policyRevision('a-older', { files: moved(5) }));
    await hasStages(operator, 'a-older', active);
    const { revision } = await head();
    await kube.apply(policyRevision('a-younger', { files: moved(6) }));
    const { conditions } = await hasStages(operator, 'a-younger', { Active: { status: 'False', reason: 'Conflict' } });
    expect(conditions['Active']!.message).to.contain(`${policyNamespace}/a-older`);
    await kube.kubectl('delete', 'polrev', 'a-older', '-n', policyNamespace);
    expect((await head()).revision).to.equal(revision);
    await annotate('a-younger', 'now');
    await hasStages(operator, 'a-younger', active);
  });

  it('takes files of ConfigMaps, as examples/policy-revisions has them, and follows a ConfigMap that changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenet-policies-'));
    cpSync('examples/policy-revisions', folder, { recursive: true });
    cpSync('policies', join(folder, 'policies'), { recursive: true });
    const file = join(folder, 'policies/blueprints/teams/policy.csv');
    writeFileSync(file, `${'#\n'.repeat(7)}${readFileSync(file, 'utf8')}`);
    await kube.kubectl('apply', '--server-side', '-k', folder);
    rmSync(folder, { recursive: true });
    const { metadata, spec, status } = await hasStages(operator, 'teams', active);
    const { name } = spec!.filesFrom![0]!.configMapRef;
    expect(name).to.match(/^policy-teams-/);
    const data = { 'policy.csv': moved(8)['blueprints/teams/policy.csv'] };
    await kube.kubectl('patch', 'configmap', name, '-n', policyNamespace, '--type=merge', '-p', JSON.stringify({ data }));
    await annotate('teams', 'files');
    await eventually(async () => {
      const after = await hasStages(operator, 'teams', active);
      expect(after.status!.sha256).not.to.equal(status!.sha256);
    }, 60_000);
    // The pause before the next plan grows with the files too: they change without a new generation.
    const [{ plans }] = (await operator.sql<{ plans: number }>('select plans from policy_manifests where uid = $1', [metadata.uid])) as [
      { plans: number },
    ];
    expect(plans).to.equal(2);
    await kube.kubectl('delete', 'configmap', name, '-n', policyNamespace);
    await annotate('teams', 'gone');
    await hasStages(operator, 'teams', { Active: { status: 'False', reason: 'ConfigMapNotFound' }, Reconciling: { status: 'True' } });
  });

  it('that is too large, or names other files, is refused in one sentence', async () => {
    const text = `# ${'x'.repeat(600 * 1024)}`;
    for (const name of ['huge-1', 'huge-2']) {
      const metadata = { name, namespace: policyNamespace };
      const data = { [name === 'huge-1' ? 'policy.csv' : 'tests.yaml']: text };
      await kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    }
    const filesFrom = ['huge-1', 'huge-2'].map((name) => ({ configMapRef: { name }, folder: 'blueprints/teams' }));
    await kube.apply(policyRevision('huge', { filesFrom }));
    const huge = await hasStages(operator, 'huge', { Linted: { status: 'Unknown', reason: 'InvalidSpec' }, Stalled: { status: 'True' } });
    expect(huge.conditions['Stalled']!.message).to.contain('spec.filesFrom.1: is too much: all files together have at most 1048576 bytes');
    await kube.kubectl('delete', 'configmap', 'huge-1', 'huge-2', '-n', policyNamespace);
    await kube.apply(policyRevision('others', { files: { ...teamsFiles(), 'platform/policy.csv': '' } }));
    // The older one has the scope.
    await kube.kubectl('delete', 'polrev', 'huge', '-n', policyNamespace);
    await annotate('others', 'now');
    const others = await hasStages(operator, 'others', { Active: { status: 'False', reason: 'InvalidSpec' } });
    expect(others.conditions['Active']!.message).to.contain('platform/policy.csv, a file of platform, which is not in spec.scopes');
  });

  it('of the platform and a kind of organization together comes into force as one', async () => {
    const vocabulary = policyFile('permissions.yaml', (text) =>
      text.replace('  policy:\n    title: Policy revisions\n', '  gadget:\n    title: Gadgets\n    actions:\n      turn: [org]\n$&'),
    );
    const files = {
      'permissions.yaml': vocabulary,
      'platform/policy.csv': policyFile(
        'platform/policy.csv',
        (text) => `${text}p, state/suspended, *, gadget, turn, deny\np, state/mfa-missing, *, gadget, turn, deny\n`,
      ),
      'platform/tests.yaml': policyFile('platform/tests.yaml'),
      ...teamsFiles({
        'policy.csv': (text) => `${text}p, teams/org.admin, org, gadget, turn, allow\n`,
        'tests.yaml': (text) => text.replace('      org.admin:\n', '      org.admin:\n        gadget: [turn]\n'),
      }),
    };
    await kube.apply(policyRevision('both', { scopes: ['platform', scope], files }));
    const { status } = await hasStages(operator, 'both', active, { within: 120_000 });
    expect(status!.revisions!.map((one) => one.scope)).to.have.members(['platform', scope]);
    expect(status!.plan!.gains).to.be.greaterThan(0);
  });

  it('is done once, whatever happens to its status and its controller; and at rest nothing is written', async () => {
    await kube.apply(policyRevision('once', { files: moved(9) }));
    await hasStages(operator, 'once', active);
    const entries = (await history()).length;
    await operator.stop();
    // As if the controller had ended between the commit and the status.
    const nothing = JSON.stringify({ status: { conditions: [], plan: null, revisions: null, sha256: null } });
    await kube.kubectl('patch', 'polrev', 'once', '-n', policyNamespace, '--subresource=status', '--type=merge', '-p', nothing);
    await operator.start();
    await hasStages(operator, 'once', active);
    expect(await history()).to.have.length(entries);
    await passed('once');
    const before = await operator.writes();
    const { resourceVersion } = JSON.parse(await kube.kubectl('get', 'polrev', 'once', '-n', policyNamespace, '-o', 'json')).metadata;
    const passes = await operator.passes();
    await eventually(async () => expect(await operator.passes()).to.be.greaterThan(passes), 30_000);
    expect(await operator.writes()).to.equal(before);
    const after = JSON.parse(await kube.kubectl('get', 'polrev', 'once', '-n', policyNamespace, '-o', 'json')).metadata;
    expect(after.resourceVersion).to.equal(resourceVersion);
  });

  it('is refused by the API server where its shape is wrong, and a dry run changes nothing', async () => {
    const refusal = (spec: object) => kube.refusal(policyRevision('shape', spec));
    expect(await refusal({})).to.contain('files or filesFrom must say what the scopes shall say');
    expect(await refusal({ files: {}, scopes: ['org_1'] })).to.contain('spec.scopes[0]');
    expect(await refusal({ files: {}, scopes: [] })).to.contain('spec.scopes');
    expect(await refusal({ files: {}, reason: ' ' })).to.contain('spec.reason');
    expect(await refusal({ files: {}, approvedPlan: 'yes' })).to.contain('spec.approvedPlan');
    expect(await refusal({ files: {}, stages: 'Shadow' })).to.contain('unknown field "spec.stages"');
    expect(await refusal({ files: {}, stage: 'Canary' })).to.contain('canary says where the stage Canary decides');
    expect(await refusal({ files: {}, stage: 'Shadow', scopes: ['platform', scope] })).to.contain('a stage other than All is of one scope');
    const dry = await kube.applyAs('test', JSON.stringify(policyRevision('dry', { files: moved(10) })), '--dry-run=server');
    expect(dry).to.contain('serverside-applied (server dry run)');
    expect(await kube.kubectl('get', 'polrev', '-n', policyNamespace, '-o', 'name')).to.equal('');
  });
});
