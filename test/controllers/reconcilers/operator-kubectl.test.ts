import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { installTenet, type Operator, openToAll, operatorOn, organization, project } from './operator.ts';

describe('what people see with kubectl', () => {
  let kube: Kube;
  let operator: Operator;

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installTenet(kube);
    operator = await operatorOn(kube);
    await operator.start();
    for (const who of ['ada', 'grace']) await (await operator.tenet.as(`${who}@seen.example`)).userId();
    const members = [{ email: 'ada@seen.example', roles: ['org.admin'] }];
    await kube.apply(
      organization('seen', { displayName: 'Seen', ...openToAll, members }),
      project('page', 'seen', { displayName: 'Page' }),
    );
    await operator.isReady('organizations/seen');
    await operator.isReady('projects/default/page');
  });
  after(async function () {
    this.timeout(60_000);
    await operator?.end();
  });

  it('kubectl wait and get -o wide tell name, readiness, id and one sentence', async () => {
    await kube.kubectl('wait', 'org/seen', '--for=condition=Ready', '--timeout=5s');
    const { id } = (await operator.read('organizations/seen')).status!;
    const [head, row] = (await kube.kubectl('get', 'org', 'seen', '-o', 'wide')).split('\n');
    expect(head!.split(/\s{2,}/)).to.include.members(['NAME', 'DISPLAY NAME', 'READY', 'REASON', 'MEMBERS', 'ID', 'MESSAGE']);
    expect(row!.split(/\s{2,}/)).to.include.members(['seen', 'Seen', 'True', 'Reconciled', id!, 'The organization seen is as declared.']);
    const tenet = await kube.kubectl('get', 'tenet', '-A');
    expect(tenet)
      .to.match(/organization.tenet.dev\/seen/)
      .and.match(/project.tenet.dev\/page/);
    const field = '--field-selector=spec.organizationRef.name=seen';
    expect(await kube.kubectl('get', 'projects.tenet.dev', '-A', field, '-o', 'name')).to.equal('project.tenet.dev/page\n');
  });

  it('kubectl describe shows conditions and what was done, explain says what a field means, diff is empty for what was applied', async () => {
    await eventually(async () => {
      const described = await kube.kubectl('describe', 'org', 'seen');
      expect(described)
        .to.match(/Created .*create the organization seen/)
        .and.match(/The organization seen is as declared\./);
    });
    expect(await kube.kubectl('explain', 'organization.spec.membersPolicy')).to.contain('only who is listed is a member');
    const manifest = await kube.kubectl('get', 'org', 'seen', '-o', 'json');
    const folder = mkdtempSync(join(tmpdir(), 'tenet-diff-'));
    writeFileSync(join(folder, 'seen.json'), manifest);
    // It fails when there is a difference.
    expect(await kube.kubectl('diff', '-f', folder)).to.equal('');
    rmSync(folder, { recursive: true });
  });

  it('two teams that apply on the server each own their members of one Organization', async () => {
    const team = (name: string, email: string) =>
      kube.applyAs(name, JSON.stringify(organization('both', { displayName: 'Both', members: [{ email, roles: ['org.admin'] }] })));
    await team('team-a', 'ada@seen.example');
    await team('team-b', 'grace@seen.example');
    const { status } = await operator.isReady('organizations/both');
    expect(await operator.roles(status!.id!)).to.deep.equal(['ada@seen.example org.admin', 'grace@seen.example org.admin']);
    await kube.applyAs('team-b', JSON.stringify(organization('both', { displayName: 'Both' })));
    await operator.has('organizations/both', 'Ready', { status: 'True' });
    expect(await operator.roles(status!.id!)).to.deep.equal(['ada@seen.example org.admin']);
  });

  it('a deny row of the policy holds for manifests too, and the condition names the permission', async () => {
    await operator.tenet.database.write('platform', async (db) => {
      // The tests of both contents say what the controller may do, so both come without them.
      for (const head of await listHeads(db)) {
        const { tests: _tests, ...content } = await loadContent(db, head.scope, head.revision);
        // An allow that a deny outweighs is a lint error, so the one takes the place of the other.
        const rows = content.rows.map(([subject, domain, object, action, effect]): (typeof content.rows)[number] => [
          subject,
          domain,
          object,
          action,
          subject === 'platform/controller' && object === 'organization' && action === 'update' ? 'deny' : effect,
        ]);
        const about = { author: 'test', reason: 'what the test needs' };
        const { revision } = await insertRevision(db, { ...content, rows }, about);
        await moveHead(db, head.scope, { revision, how: 'PROPOSAL', by: 'test' });
      }
    });
    await kube.apply(organization('denied'));
    await operator.isReady('organizations/denied');
    await kube.apply(organization('denied', { displayName: 'Renamed' }));
    await operator.has('organizations/denied', 'Stalled', { reason: 'PermissionDenied' });
    expect((await operator.condition('organizations/denied', 'Stalled'))!.message).to.contain('organization:update');
    await eventually(async () => expect((await operator.events('denied')).join()).to.contain('PermissionDenied'));
    expect(await operator.sql("select name from organizations where slug = 'denied'")).to.deep.equal([{ name: 'denied' }]);
  });
});
