import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import type { Condition } from '../../../controllers/resources/conditions.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { TestTenet } from '../../helpers/tenet.ts';
import { directoryTests, inDefault, organization, project } from './directory.ts';

describe('a directory of manifests', function () {
  this.timeout(30_000);
  let home: string;
  let directory: string;
  let tenet: TestTenet;
  const tests = directoryTests();
  const { start, stop, write, reported, condition, isReady, rows, stateOf, problems, messages } = tests;

  beforeEach(() => {
    ({ home, directory, tenet } = tests);
  });

  it('is brought into the database, and each file that changes again; the status is told in files of their own', async () => {
    write('all.yaml', organization('first', inDefault), project('web', 'first'));
    await start();
    await isReady('Organization.first', 1);
    const { status } = await isReady('Project.default.web', 1);
    expect(status.id).to.match(/^prj_/);
    write('all.yaml', organization('first', inDefault), project('web', 'first', { displayName: 'Web' }));
    await isReady('Project.default.web', 2);
    expect(await stateOf('projects', 'Web')).to.include({ state: 'ACTIVE', managed: true });
    expect(reported('Organization.first').metadata.generation).to.equal(1);
    expect(readdirSync(join(home, 'status')).sort()).to.deep.equal(['Organization.first.yaml', 'Project.default.web.yaml']);
    expect(await rows('select from fences where source = $1', `directory:${realpathSync(directory)}`)).to.have.length(1);
    mkdirSync(join(directory, 'more'));
    writeFileSync(join(directory, 'more', 'third.json'), JSON.stringify(organization('third')));
    await isReady('Organization.third', 1);
  });

  it('is the same after a restart: no generation, no audit event and no status is new', async () => {
    write('org.yaml', organization('calm'));
    const controllers = await start();
    const before = await isReady('Organization.calm', 1);
    await stop(controllers);
    const count = async () => (await rows('select count(*)::int as n from audit_events'))[0]!['n'];
    const events = await count();
    const again = await start();
    await eventually(() => expect(messages('this process leads')).to.have.length(2));
    write('org.yaml', organization('calm', {}, { annotations: { 'tenet.dev/reconcile-at': 'now' } }));
    write('other.yaml', organization('calm-two'));
    await isReady('Organization.calm-two');
    expect(reported('Organization.calm')).to.deep.equal(before);
    expect(
      await rows("select from audit_events where actor_name like 'manifest:Organization/calm@%' offset 1").catch(() => []),
    ).to.deep.equal([]);
    expect(Number(await count()) - Number(events)).to.equal(1);
    await stop(again);
  });

  it('a file that fails keeps what it held, and says file and line; the next good one counts', async () => {
    write('org.yaml', organization('kept'));
    write('two.yaml', organization('kept-two'));
    const controllers = await start({ prune: true });
    await isReady('Organization.kept', 1);
    await isReady('Organization.kept-two', 1);
    write('org.yaml', 'apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata:\n  name: kept\nspec:\n  displayname: Kept\n');
    await eventually(() => expect(problems()).to.include('org.yaml:6: Organization kept: unknown field "spec.displayname"'));
    // Also when the process that has seen it good is gone, and though files leave meanwhile.
    await stop(controllers);
    rmSync(join(directory, 'two.yaml'));
    write('broken.yaml', 'a: [\n');
    await start({ prune: true });
    write('fourth.yaml', organization('kept-four'));
    await isReady('Organization.kept-four', 1);
    expect(problems().find((problem) => problem.startsWith('broken.yaml:'))).to.match(/^broken\.yaml:\d: /);
    expect(await stateOf('organizations', 'kept')).to.include({ state: 'ACTIVE', managed: true });
    expect(await stateOf('organizations', 'kept-two')).to.include({ state: 'ACTIVE', managed: true });
    rmSync(join(directory, 'broken.yaml'));
    write('org.yaml', organization('kept', { displayName: 'Kept' }));
    await isReady('Organization.kept', 2);
  });

  it('a refused file has a status file of its own until it is good or gone, also over a restart; readiness counts it', async () => {
    const told = (file: string) => join(home, 'status', `refused.${file}.yaml`);
    const refused = (): string[] => readdirSync(join(home, 'status')).filter((name) => name.startsWith('refused.'));
    write('org.yaml', organization('told'));
    mkdirSync(join(directory, 'team'));
    writeFileSync(join(directory, 'team', 'broken.yaml'), 'a: [\n');
    const controllers = await start();
    await isReady('Organization.told', 1);
    await eventually(() => expect(refused()).to.deep.equal(['refused.team%2Fbroken.yaml.yaml']));
    await eventually(() =>
      expect(controllers.check()).to.deep.equal({
        name: 'manifests',
        state: 'DEGRADED',
        detail: 'A manifest file is refused; what was there before stays. The status directory and the log say why.',
      }),
    );
    write('org.yaml', organization('told', { displayname: 'Told' }));
    await eventually(() => {
      const { file, status } = parse(readFileSync(told('org.yaml'), 'utf8'));
      expect(file).to.equal('org.yaml');
      expect(status.problems).to.deep.equal(['org.yaml:7: Organization told: unknown field "spec.displayname"']);
      expect(status.conditions.map(({ type, status, reason }: Condition) => `${type} ${status} ${reason}`)).to.deep.equal([
        'Ready False FileRefused',
        'Stalled True FileRefused',
      ]);
    });
    expect(statSync(told('org.yaml')).mode & 0o777).to.equal(0o600);
    await eventually(() => expect(controllers.check().detail).to.match(/^2 manifest files are refused/));
    await stop(controllers);
    rmSync(join(directory, 'team'), { recursive: true });
    const before = readFileSync(told('org.yaml'), 'utf8');
    const again = await start();
    await eventually(() => expect(refused()).to.deep.equal(['refused.org.yaml.yaml']));
    expect(readFileSync(told('org.yaml'), 'utf8')).to.equal(before);
    write('org.yaml', organization('told', { displayName: 'Told' }));
    await isReady('Organization.told', 2);
    await eventually(() => expect(refused()).to.deep.equal([]));
    expect(again.check()).to.deep.equal({ name: 'manifests', state: 'OK' });
  });

  it('a name of any length and with any character has its status file', async () => {
    const long = `${'ä'.repeat(100)}.yaml`;
    write(long, 'a: [\n');
    write('back\\slash ?.yaml', 'a: [\n');
    await start();
    await eventually(() => {
      const files = readdirSync(join(home, 'status')).map((name) => parse(readFileSync(join(home, 'status', name), 'utf8')).file);
      expect(files.sort()).to.deep.equal(['back\\slash ?.yaml', long]);
    });
  });

  it('two files with the same object are both refused, and both are named', async () => {
    write('a.yaml', organization('twin', { displayName: 'A' }));
    write('b.yaml', '# another one\n', organization('twin', { displayName: 'B' }));
    write('c.yaml', organization('single'));
    await start();
    await isReady('Organization.single');
    expect(problems()).to.include('a.yaml:1: Organization twin: it is also in b.yaml:3; none of them counts until one is left');
    expect(problems()).to.include('b.yaml:3: Organization twin: it is also in a.yaml:1; none of them counts until one is left');
    expect(existsSync(join(home, 'status', 'Organization.twin.yaml'))).to.equal(false);
    rmSync(join(directory, 'b.yaml'));
    await isReady('Organization.twin', 1);
    expect(await stateOf('organizations', 'A')).to.include({ state: 'ACTIVE' });
  });

  it('a directory that is replaced by another one is followed', async () => {
    write('org.yaml', organization('replaced'));
    await start();
    await isReady('Organization.replaced', 1);
    mkdirSync(`${directory}-next`);
    writeFileSync(join(`${directory}-next`, 'org.yaml'), stringify(organization('replaced', { displayName: 'Two' })));
    renameSync(directory, `${directory}-before`);
    renameSync(`${directory}-next`, directory);
    await isReady('Organization.replaced', 2);
    write('org.yaml', organization('replaced', { displayName: 'Three' }));
    await isReady('Organization.replaced', 3);
  });

  it('the links of a mounted ConfigMap are followed when they are swapped', async () => {
    const version = (name: string, displayName: string): void => {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'org.yaml'), stringify(organization('mapped', { displayName })));
      symlinkSync(name, join(directory, '..next'));
      renameSync(join(directory, '..next'), join(directory, '..data'));
    };
    version('..1', 'One');
    symlinkSync(join('..data', 'org.yaml'), join(directory, 'org.yaml'));
    await start();
    await isReady('Organization.mapped', 1);
    version('..2', 'Two');
    await isReady('Organization.mapped', 2);
    expect(await stateOf('organizations', 'Two')).to.include({ state: 'ACTIVE' });
  });

  it('a change that nobody tells of is found by looking again', async () => {
    // The folder of a link's target is not watched, as on a network file system.
    writeFileSync(join(home, 'far.yaml'), stringify(organization('far')));
    symlinkSync(join(home, 'far.yaml'), join(directory, 'org.yaml'));
    await start({ times: { rescanMs: 200 } });
    await isReady('Organization.far', 1);
    writeFileSync(join(home, 'far.yaml'), stringify(organization('far', { displayName: 'Far' })));
    await isReady('Organization.far', 2);
  });

  it('what may not change is compared with the last good version, also after a restart', async () => {
    write('org.yaml', organization('fixed', { slug: 'fixed-slug' }));
    const controllers = await start();
    await isReady('Organization.fixed', 1);
    await stop(controllers);
    write('org.yaml', organization('fixed', { slug: 'other-slug' }));
    await start();
    await eventually(() => expect(problems()).to.include('org.yaml:7: Organization fixed: spec.slug: Invalid value: slug is immutable'));
    expect(await rows("select from organizations where slug = 'fixed-slug'")).to.have.length(1);
  });

  it('of two replicas one works; the other takes over when its lock is gone, and when it stops', async () => {
    write('org.yaml', organization('shared'));
    const first = await start({ replica: 'one' });
    await isReady('Organization.shared', 1, 'one');
    const second = await start({ replica: 'two' });
    write('org.yaml', organization('shared', { displayName: 'Two' }));
    await isReady('Organization.shared', 2, 'one');
    expect(existsSync(join(home, 'two'))).to.equal(false);
    expect(messages('this process leads')).to.have.length(1);
    expect(first.check()).to.deep.equal({ name: 'manifests', state: 'OK' });
    await eventually(() =>
      expect(second.check()).to.deep.equal({
        name: 'manifests',
        state: 'OK',
        detail: 'Another process holds the lock of the manifest directory and works; this one waits.',
      }),
    );
    await stop(first);
    await isReady('Organization.shared', 2, 'two');
    await rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenet-lock' and datname = current_database()",
    );
    await eventually(() => expect(messages('leadership is lost')).to.have.length(1));
    write('org.yaml', organization('shared', { displayName: 'Three' }));
    await isReady('Organization.shared', 3, 'two');
    await stop(second);
  });

  it('a manifest that another directory manages is told in its status, until that one is at rest', async () => {
    write('org.yaml', organization('wanted', { displayName: 'Here' }));
    const here = await start();
    await isReady('Organization.wanted', 1);
    const other = join(home, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'org.yaml'), stringify(organization('wanted', { displayName: 'There' })));
    await start({ directory: other, replica: 'there', times: { rescanMs: 200 } });
    await eventually(() =>
      expect(condition('Organization.wanted', 'Stalled', 'there')).to.include({ status: 'True', reason: 'ManagedElsewhere' }),
    );
    expect(condition('Organization.wanted', 'Ready', 'there')!.message).to.include(realpathSync(directory));
    expect(await stateOf('organizations', 'There')).to.equal(undefined);
    await stop(here);
    await isReady('Organization.wanted', 2, 'there');
    expect(await stateOf('organizations', 'There')).to.include({ state: 'ACTIVE', managed: true });
  });

  it('an organization that the API made is not taken over, and the condition says how it would be', async () => {
    const ada = await tenet.as('ada@directory.example');
    const { data } = await ada.client.POST('/v1/organizations', { body: { name: 'Taken', slug: 'taken' } as never });
    write('org.yaml', organization('taken'));
    await start();
    await eventually(() => expect(condition('Organization.taken', 'Stalled')).to.include({ status: 'True', reason: 'AlreadyExists' }));
    expect(condition('Organization.taken', 'Ready')!.message).to.include('tenet.dev/adopt');
    write('org.yaml', organization('taken', {}, { annotations: { 'tenet.dev/adopt': data!.id } }));
    await eventually(() => expect(condition('Organization.taken', 'Stalled')).to.include({ status: 'True', reason: 'NotHandedOver' }));
    const { response } = await ada.client.PUT('/v1/organizations/{organizationId}/hand-over', {
      params: { path: { organizationId: data!.id } },
      body: { mode: 'ADOPT', cluster: `directory:${realpathSync(tests.directory)}`, name: 'taken' },
    });
    expect(response.status).to.equal(200);
    write('org.yaml', organization('taken', {}, { annotations: { 'tenet.dev/adopt': data!.id, 'tenet.dev/reconcile-at': 'now' } }));
    expect((await isReady('Organization.taken')).status.id).to.equal(data!.id);
  });
});
