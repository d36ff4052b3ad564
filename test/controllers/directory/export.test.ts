import { execFile } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parseAllDocuments, stringify } from 'yaml';
import { blueprintScope } from '../../../core/authorization/policy/scopes.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { toId } from '../../../core/base/ids.ts';
import { exportable, exportOrganization } from '../../../core/manifests/export.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makeKey } from '../../helpers/keys.ts';
import { allowAlso, foundOrganization, foundProject, join, signIn } from '../../helpers/people.ts';
import { directoryTests } from './directory.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('tenet export', () => {
  const tests = directoryTests();
  const exported = (id: string) => tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'default' }));

  // In this kind a project is an installed application, which no person makes by hand.
  before(async () => {
    await allowAlso(
      tests.tenet,
      ['app-workspace/org.admin', 'org', 'project', 'create', 'allow'],
      ['app-workspace/org.admin', 'project', 'project', 'hand-over', 'allow'],
    );
    await tests.tenet.database.write('platform', async (db) => {
      const [head] = await listHeads(db, [blueprintScope('app-workspace')]);
      const { tests: _, blueprint, ...content } = await loadContent(db, head!.scope, head!.revision);
      const { projects } = blueprint!;
      if (projects === 'none') throw new Error('it has projects');
      const { createdBy: _by, ...byHand } = projects;
      const changed = { ...content, blueprint: { ...blueprint!, projects: byHand } };
      const { revision } = await insertRevision(db, changed, { author: 'test', reason: 'projects are made by hand' });
      await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
    });
  });

  /** Everything that manifests can say, as the database has it, without whose it is. */
  const state = async () => {
    const asked = [
      'select id, name, slug, labels, mfa, externals, language, state from organizations order by id',
      'select id, name, slug, labels, state from projects order by id',
      'select user_id, state, labels from members order by user_id',
      'select id, title, description, tier, permissions from roles order by id',
      'select id, name, description, labels, state from service_accounts order by id',
      'select id, user_id, service_account_id, subject_role, role, project_id, until, revoked_at from grants order by id',
      'select key, project_id, value, is_locked from setting_values order by project_id, key',
      'select id, project_id, type, name, data, labels from resources order by id',
      'select org_id, name, soft, hard, reason from limit_overrides order by name',
      'select id, resource_type, resource_id, project_ids, is_exception, reason, lifted_at from restrictions order by id',
      "select id, email, state, until from invitations where state = 'PENDING' order by id",
    ];
    const found: object[] = [];
    for (const sql of asked) found.push(await tests.rows(sql));
    return found;
  };

  it('writes manifests whose apply changes nothing but whose everything is, with consent and not without', async () => {
    const { tenet } = tests;
    const admin = await signIn(tenet, 'admin@export.example');
    const organizationId = await foundOrganization(admin, 'Workspace', 'app-workspace');
    const projectId = await foundProject(admin, organizationId, 'App');
    const path = { organizationId };
    const { data: role } = await admin.client.POST(`${organizationPath}/roles`, {
      params: { path },
      body: { title: 'Support Desk', description: 'Helps', tier: 'org.member', permissions: ['member:list', 'instance:read'] },
    });
    const bob = await join(tenet, path, 'bob@export.example', 'org.member');
    const bobId = await bob.userId();
    await admin.client.PATCH(`${organizationPath}/members/{userId}`, {
      params: { path: { ...path, userId: bobId } },
      body: { labels: { team: 'a' } },
    });
    await admin.client.PATCH(organizationPath, { params: { path }, body: { language: 'de', labels: { env: 'prod' } } });
    const { data: account } = await admin.client.POST(`${organizationPath}/service-accounts`, {
      params: { path },
      body: { name: 'ci', description: 'Builds', labels: { team: 'b' } },
    });
    const give = (subject: { type: 'USER' | 'SERVICE_ACCOUNT'; id: string }, given: string) =>
      admin.client.POST(`${organizationPath}/grants`, { params: { path }, body: { subject, role: given } });
    expect((await give({ type: 'SERVICE_ACCOUNT', id: account!.id }, role!.id)).response.status).to.equal(201);
    const inProject = await admin.client.POST(`${organizationPath}/projects/{projectId}/grants`, {
      params: { path: { ...path, projectId } },
      body: { subject: { type: 'USER', id: bobId }, role: 'project.user' },
    });
    expect(inProject.response.status).to.equal(201);
    const invited = await admin.client.POST(`${organizationPath}/invitations`, {
      params: { path },
      body: { invitees: [{ email: 'New@export.example', name: 'New' }], roles: ['org.member'] },
    });
    expect(invited.response.status).to.equal(201);

    const setting = { settingKey: 'idle-stop-after' };
    const written = { header: { 'If-Match': '*' } };
    const inOrganization = { params: { path: { ...path, ...setting }, ...written }, body: { value: 'P1D', isLocked: false } };
    expect((await admin.client.PUT(`${organizationPath}/settings/{settingKey}`, inOrganization)).response.status).to.equal(200);

    const { manifests, leftOut } = await exported(organizationId);
    expect(leftOut).to.deep.equal([]);
    expect(manifests[0]!.spec['settings']).to.deep.equal({ 'idle-stop-after': { value: 'P1D' } });
    const [organization, project] = manifests;
    expect(organization!.metadata.annotations).to.deep.equal({ 'tenet.dev/adopt': organizationId });
    expect(organization!.spec).to.deep.include({ language: 'de', labels: { env: 'prod' } });
    const { roles, members, serviceAccounts } = organization!.spec;
    expect(roles).to.deep.equal([
      {
        name: 'support-desk',
        title: 'Support Desk',
        description: 'Helps',
        tier: 'org.member',
        permissions: ['member:list', 'instance:read'],
      },
    ]);
    expect(members).to.deep.equal([
      { email: 'admin@export.example', roles: ['org.admin'] },
      { email: 'bob@export.example', roles: ['org.member'], labels: { team: 'a' } },
      { email: 'new@export.example', roles: ['org.member'] },
    ]);
    expect(serviceAccounts).to.deep.equal([{ name: 'ci', description: 'Builds', roles: ['support-desk'], labels: { team: 'b' } }]);
    const { members: holders } = project!.spec;
    expect(holders).to.deep.equal([{ email: 'bob@export.example', roles: ['project.user'] }]);

    const before = await state();
    const events = async () =>
      (await tests.rows('select action from audit_events where org_id is not null order by 1')).map(({ action }) => action);
    const beforeEvents = await events();
    writeFileSync(joinPath(tests.directory, 'all.yaml'), manifests.map((manifest) => stringify(manifest)).join('---\n'));
    const organizationFile = `Organization.${organization!.metadata.name}`;
    await tests.start();
    await eventually(() => expect(tests.condition(organizationFile, 'Stalled')).to.include({ reason: 'NotHandedOver' }));
    expect(await state()).to.deep.equal(before);
    for (const controllers of tests.running.splice(0)) await controllers.stop();

    const cluster = `directory:${realpathSync(tests.directory)}`;
    const consent = { mode: 'ADOPT' as const, cluster };
    const consents = [
      await admin.client.PUT(`${organizationPath}/hand-over`, {
        params: { path },
        body: { ...consent, name: organization!.metadata.name },
      }),
      await admin.client.PUT(`${organizationPath}/projects/{projectId}/hand-over`, {
        params: { path: { ...path, projectId } },
        body: { ...consent, namespace: 'default', name: project!.metadata.name },
      }),
    ];
    for (const { error } of consents) expect(error, JSON.stringify(error)).to.equal(undefined);
    await tests.start();
    await tests.isReady(organizationFile);
    await tests.isReady(`Project.default.${project!.metadata.name}`);
    expect(await state()).to.deep.equal(before);
    const caused = [...(await events())];
    for (const action of beforeEvents) caused.splice(caused.indexOf(action), 1);
    expect(new Set(caused)).to.deep.equal(
      new Set([
        'organization.hand-over',
        'project.hand-over',
        'organization.adopt',
        'project.adopt',
        'member.adopt',
        'role.adopt',
        'service-account.adopt',
      ]),
    );
    // What a manifest manages is exported under its name, and applying that is not even a note.
    const again = (await exported(organizationId)).manifests;
    expect(again[0]!.metadata).to.deep.equal({ name: organization!.metadata.name });
    expect(again.map(({ spec }) => spec)).to.deep.equal(manifests.map(({ spec }) => spec));
  });

  it('names what manifests cannot say, and leaves personal organizations out', async () => {
    const admin = await signIn(tests.tenet, 'owner@rest.example');
    const organizationId = await foundOrganization(admin, 'Rest', 'app-workspace');
    const path = { organizationId };
    for (const _ of [1, 2]) await admin.client.POST(`${organizationPath}/service-accounts`, { params: { path }, body: { name: 'twin' } });
    await makeKey(admin, { organizationId }, { type: 'STANDARD' });
    const { leftOut, manifests } = await exported(organizationId);
    expect(leftOut).to.have.length(3);
    expect(leftOut[2]).to.match(/: API keys, which no manifest has: 1$/);
    expect(leftOut[0]).to.match(/^[a-z0-9-]+: the service account svc_\w+ has a name that others have too$/);
    expect(manifests[0]!.spec).to.not.have.property('serviceAccounts');
    const all = await tests.tenet.database.read('platform', (db) => exportable(db));
    const [person] = await tests.rows('select id from organizations where personal_of is not null limit 1');
    expect(all).to.include(organizationId);
    const { id: personal } = person ?? {};
    if (personal) expect(all).to.not.include(toId('organization', String(personal)));
  });

  it('is a command, which prints the manifests and tells what it leaves out apart from them', async function () {
    this.timeout(60_000);
    const owner = await signIn(tests.tenet, 'owner@command.example');
    const organizationId = await foundOrganization(owner, 'Command', 'app-workspace');
    await foundProject(owner, organizationId, 'App');
    const tenet = (...args: string[]) =>
      promisify(execFile)('node', ['bin/tenet.js', 'export', ...args], {
        env: {
          ...process.env,
          DATABASE_URL: tests.tenet.databaseUrl,
          TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
        },
      });
    const { stdout, stderr } = await tenet(organizationId, '--namespace', 'team-a');
    expect(stderr).to.equal('');
    const printed = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(printed.map(({ kind, metadata }) => [kind, metadata.namespace])).to.deep.equal([
      ['Organization', undefined],
      ['Project', 'team-a'],
    ]);
    const failed = await tenet('nowhere').catch((error: { code: number; stderr: string }) => error);
    expect(failed).to.include({ code: 2 });
    expect(failed.stderr).to.include('There is no organization nowhere');
  });
});
