import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { planFiles } from '../../cli/plan.ts';
import type { OrganizationPlan } from '../../core/manifests/plan.ts';
import { organization, project } from '../controllers/directory/directory.ts';
import { cluster, manifestTests } from '../core/manifests/manifests.ts';
import { commandsOn } from '../helpers/environment.ts';
import { foundOrganization } from '../helpers/people.ts';

describe('tenet plan', function () {
  this.timeout(60_000);
  const tests = manifestTests();
  const folder = mkdtempSync(join(tmpdir(), 'tenet-plan-'));
  const [ada, bob] = ['ada@files.example', 'bob@files.example'];
  let takeBack: () => void;

  before(async () => {
    takeBack = commandsOn(tests.tenet);
    for (const email of [ada, bob]) await (await tests.tenet.as(email)).userId();
  });
  after(() => {
    takeBack?.();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (file: string, ...manifests: object[]): string => {
    const path = join(folder, file);
    writeFileSync(path, manifests.map((manifest) => stringify(manifest)).join('---\n'));
    return path;
  };

  /** What the command printed, and its exit code. */
  async function run(files: string[], options: { output?: 'json'; format?: 'markdown'; cluster?: string } = {}) {
    const lines: string[] = [];
    const errors: string[] = [];
    const { error } = console;
    console.error = (line: string) => void errors.push(line);
    try {
      const code = await planFiles({ filename: files, output: 'table', ...options }, (line) => void lines.push(line));
      return { code, text: lines.join('\n'), errors: errors.join('\n') };
    } finally {
      console.error = error;
    }
  }

  const member = (email: string, role: string) => ({ email, roles: [role] });
  const everyNamespace = { allowedProjects: { namespaces: { from: 'All' } } };
  const acme = (...members: object[]) => organization('acme', { blueprint: 'integrations', ...everyNamespace, members });
  const web = (...members: object[]) => ({ ...project('web', 'acme', { members }), metadata: { name: 'web', namespace: 'team-a' } });
  const [admin, manager] = [member(ada, 'org.admin'), member(bob, 'org.manager')];

  it('says what a take-over needs and then changes, of an organization that exists, with its ids, and nothing of what happened before', async () => {
    const owner = await tests.tenet.as(ada);
    const id = await foundOrganization(owner, 'Taken over', 'integrations');
    const spec = { blueprint: 'integrations', slug: 'taken-over', displayName: 'Taken over', members: [manager] };
    const file = write('taken.yaml', organization('taken', spec, { annotations: { 'tenet.dev/adopt': id } }));
    // No cluster is known yet, and the API takes no consent for none.
    const early = await run([file]);
    expect(early.code, early.text).to.equal(20);
    expect(early.text).to.match(
      /is refused\n {2}REFUSED org_\w+ is not handed over .*: plan again with --cluster and the uid of the namespace kube-system/,
    );
    expect(early.text).not.to.match(/none|PUT/);
    const named = await run([file], { cluster });
    expect(named.text).to.include(`PUT /v1/organizations/${id}/hand-over with {"mode":"ADOPT","cluster":"${cluster}","name":"taken"}`);

    const { response } = await owner.client.PUT('/v1/organizations/{organizationId}/hand-over', {
      params: { path: { organizationId: id } },
      body: { mode: 'ADOPT', cluster, name: 'taken' },
    });
    expect(response.status).to.equal(200);
    const planned = await run([file]);
    expect(planned.code, planned.text).to.equal(10);
    expect(planned.text.split('\n').slice(0, 3)).to.deep.equal([
      'Organization taken takes over what exists',
      `  adopt ${id}`,
      `  add ${bob}`,
    ]);
    expect(planned.text).not.to.match(/GAIN.*ada@|LOSS/);
    const [{ organizationId, manifests, access }] = JSON.parse((await run([file], { output: 'json' })).text).organizations as [
      OrganizationPlan,
    ];
    expect([organizationId, manifests[0]!.outcome, manifests[0]!.changes[0]!.target]).to.deep.equal([id, 'ADOPTS', id]);
    const actions = manifests[0]!.changes.map(({ action }) => action);
    expect(actions[0]).to.equal('organization.adopt');
    expect(actions.filter((action) => action === 'organization.create' || action === 'organization.hand-over')).to.deep.equal([]);
    expect(access!.items.map(({ subject }) => subject.id)).to.not.include(await owner.userId());
  });

  it('says what files would make, and nothing once they are applied, whatever uid the cluster gave them', async () => {
    const files = [write('acme.yaml', acme(admin, manager, member('new@files.example', 'org.member')), web(member(bob, 'project.admin')))];
    const { code, text } = await run(files);
    expect(code).to.equal(10);
    for (const line of [
      'Organization acme is made',
      '  create the organization acme',
      `  give ${bob} org.manager`,
      'Project team-a/web is made',
    ])
      expect(text.split('\n')).to.include(line);
    expect(text).to.match(/GAIN \(sensitive\) +ada@files\.example +acme +org\.admin /);
    expect(text).to.contain('1 invitation offers org.member: ');
    expect((await run(files)).text).to.equal(text);
    const members = [admin, manager, member('new@files.example', 'org.member')];
    await tests.applyOrganization('acme', { members });
    await tests.applyProject('web', 'acme', { members: [member(bob, 'project.admin')] });
    const again = await run(files);
    expect(again).to.deep.equal({ code: 0, text: 'Organization acme changes nothing\nProject team-a/web changes nothing\n', errors: '' });
  });

  it('says who loses what, for a pull request and for programs, and that nobody would be left who may give the top role', async () => {
    const less = [write('less.yaml', acme(admin, member(bob, 'org.member')), web())];
    const markdown = await run(less, { format: 'markdown' });
    expect(markdown.code).to.equal(10);
    expect(markdown.text).to.match(/\| LOSS \| bob&#64;files\.example \| acme \| org\.manager \| /);
    const { organizations } = JSON.parse((await run(less, { output: 'json' })).text) as { organizations: OrganizationPlan[] };
    const [{ manifests, access }] = organizations as [OrganizationPlan];
    expect(manifests[0]!.changes.map(({ action }) => action)).to.include.members(['grant.revoke', 'grant.create', 'invitation.revoke']);
    // What is sealed of people in the log is open here, so a plan says the same at each run.
    const revoked = manifests[0]!.changes.find(({ action }) => action === 'invitation.revoke')!;
    expect(revoked.before).to.include({ email: 'new@files.example' });
    expect(access!.items.every(({ kind }) => kind === 'LOSS')).to.equal(true);
    const none = await run([write('none.yaml', acme(manager))]);
    expect(none.code).to.equal(20);
    expect(none.text).to.match(/REFUSED|BLOCK/);
  });

  it('refuses a Project that its Organization does not admit, or whose Organization is nowhere', async () => {
    const closed = organization('closed', { blueprint: 'integrations' });
    const files = [write('closed.yaml', closed, project('site', 'closed'), project('lost', 'nowhere'))];
    const { code, text } = await run(files);
    expect(code).to.equal(20);
    expect(text).to.contain(
      'Project default/site is refused\n  REFUSED The Organization closed does not take Projects from this namespace.',
    );
    expect(text).to.contain('Project default/lost is refused\n  REFUSED Its Organization does not exist');
  });

  it('names the line of what is wrong in a file, as a directory does, and plans nothing', async () => {
    const policy = { apiVersion: 'tenet.dev/v1alpha1', kind: 'PolicyRevision', metadata: { name: 'teams' }, spec: {} };
    const file = write('bad.yaml', acme(), organization('bad', { membersPolicy: 'Exactly' }), policy);
    const { code, text, errors } = await run([file, join(folder, 'missing.yaml')]);
    expect([code, text]).to.deep.equal([1, '']);
    expect(errors)
      .to.match(/bad\.yaml:\d+: a PolicyRevision is left out/)
      .and.not.contain('no matches for kind');
    expect(errors).to.match(new RegExp(`${file}:\\d+: Organization bad: spec.membersPolicy: Unsupported value`));
    expect(errors).to.contain(`${join(folder, 'missing.yaml')}:1: the file cannot be read: it does not exist`);
  });
});
