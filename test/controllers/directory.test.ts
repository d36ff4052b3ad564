import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import type { Condition } from '../../controllers/conditions.ts';
import { type Controllers, type DirectoryOptions, startDirectoryControllers } from '../../controllers/main.ts';
import { eventually } from '../helpers/eventually.ts';
import { failure } from '../helpers/failure.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { memoryLog } from '../helpers/widgets.ts';

interface Reported {
  readonly metadata: { readonly generation: number; readonly uid: string };
  readonly status: { readonly id?: string; readonly observedGeneration: number; readonly conditions: readonly Condition[] };
}

const inDefault = {
  allowedProjects: { namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } } },
};
const organization = (name: string, spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'tenet.dev/v1alpha1',
  kind: 'Organization',
  metadata: { name, ...metadata },
  spec: { displayName: name, ...spec },
});
const project = (name: string, organizationName: string, spec: object = {}): object => ({
  apiVersion: 'tenet.dev/v1alpha1',
  kind: 'Project',
  metadata: { name },
  spec: { displayName: name, organizationRef: { name: organizationName }, ...spec },
});

describe('a directory of manifests', function () {
  this.timeout(30_000);
  let tenet: TestTenet;
  let client: pg.Client;
  let home: string;
  let directory: string;
  let running: Controllers[];
  let log: ReturnType<typeof memoryLog>;

  before(async () => {
    tenet = await startTenet();
    client = new pg.Client({ connectionString: tenet.databaseUrl });
    await client.connect();
    await client.query('set search_path = tenet');
  });
  after(async () => {
    await client?.end();
    await tenet?.stop();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tenet-directory-'));
    directory = join(home, 'manifests');
    mkdirSync(directory);
    running = [];
    log = memoryLog();
  });
  afterEach(async () => {
    for (const controllers of running) await controllers.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function start(options: Partial<DirectoryOptions> & { replica?: string } = {}): Promise<Controllers> {
    const { database, databaseUrl, policies, keyring } = tenet;
    const { replica = 'status', ...rest } = options;
    const controllers = await startDirectoryControllers({
      ...{ database, databaseUrl, policies, keyring, log, registry: new Registry(), say: () => undefined, prune: false },
      directory,
      statusDirectory: join(home, replica),
      ...rest,
      // So rarely that what is seen has been watched, unless a test says otherwise.
      times: { debounceMs: 50, rescanMs: 600_000, graceMs: 300, retryMs: 200, ...rest.times },
    });
    running.push(controllers);
    return controllers;
  }
  async function stop(controllers: Controllers): Promise<void> {
    running = running.filter((other) => other !== controllers);
    await controllers.stop();
  }

  const write = (file: string, ...manifests: (object | string)[]): void => {
    const text = manifests.map((manifest) => (typeof manifest === 'string' ? manifest : stringify(manifest))).join('---\n');
    writeFileSync(join(directory, `.${file}`), text);
    renameSync(join(directory, `.${file}`), join(directory, file));
  };
  const reported = (name: string, replica = 'status'): Reported => parse(readFileSync(join(home, replica, `${name}.yaml`), 'utf8'));
  const condition = (name: string, type: string, replica?: string) =>
    reported(name, replica).status.conditions.find((one) => one.type === type);
  const isReady = (name: string, generation?: number, replica?: string): Promise<Reported> =>
    eventually(() => {
      expect(condition(name, 'Ready', replica)).to.include({ status: 'True' });
      const { status } = reported(name, replica);
      if (generation !== undefined) expect(status.observedGeneration).to.equal(generation);
      return reported(name, replica);
    });
  const rows = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => (await client.query(text, values)).rows;
  const stateOf = async (table: 'organizations' | 'projects', name: string): Promise<unknown> =>
    (await rows(`select state, managed_by is not null as managed, name from ${table} where name = $1`, name))[0];
  const problems = (): string[] =>
    log.lines.flatMap(({ fields }) => ((fields as { problem?: string }).problem ? [(fields as { problem: string }).problem] : []));
  const messages = (message: string) => log.lines.filter((line) => line.message === message);

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

  it('a file that is empty for a moment is no deletion', async () => {
    write('org.yaml', organization('moment'));
    write('other.yaml', organization('moment-two'));
    await start({ prune: true });
    await isReady('Organization.moment', 1);
    write('org.yaml', '');
    await eventually(() => expect(problems()).to.include('org.yaml:1: the file holds no manifest; remove it, if that is meant'));
    write('other.yaml', organization('moment-two', { displayName: 'Two' }));
    await isReady('Organization.moment-two', 2);
    expect(await stateOf('organizations', 'moment')).to.include({ state: 'ACTIVE', managed: true });
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

  it('what leaves is told once and left alone; what comes back goes on', async () => {
    write('a.yaml', organization('leaver', { deletionPolicy: 'Delete' }));
    write('b.yaml', organization('stayer'));
    const controllers = await start();
    await isReady('Organization.leaver', 1);
    rmSync(join(directory, 'a.yaml'));
    const said = 'a manifest has left the directory; what it declared stays as it is';
    await eventually(() => expect(messages(said)).to.have.length(1));
    expect(messages(said)[0]!.fields).to.include({ manifest: 'Organization leaver', file: 'a.yaml' });
    expect(await stateOf('organizations', 'leaver')).to.include({ state: 'ACTIVE', managed: true });
    await stop(controllers);
    await start();
    write('b.yaml', organization('stayer', { displayName: 'Stayer' }));
    await isReady('Organization.stayer', 2);
    expect(messages(said)).to.have.length(1);
    write('moved.yaml', organization('leaver', { deletionPolicy: 'Delete', displayName: 'Leaver' }));
    await isReady('Organization.leaver', 2);
  });

  it('with prune, the deletionPolicy of the last good version is carried out, projects before their organization', async () => {
    write('keep.yaml', organization('pruner'));
    write(
      'gone.yaml',
      organization('pruned', { ...inDefault, deletionPolicy: 'Archive' }),
      project('pruned-web', 'pruned', { deletionPolicy: 'Delete' }),
    );
    write('retained.yaml', organization('retained'));
    await start({ prune: true });
    await isReady('Project.default.pruned-web');
    await isReady('Organization.retained');
    rmSync(join(directory, 'gone.yaml'));
    rmSync(join(directory, 'retained.yaml'));
    await eventually(async () => {
      expect(await stateOf('organizations', 'pruned')).to.include({ state: 'SUSPENDED', managed: false });
      expect(await stateOf('projects', 'pruned-web')).to.include({ state: 'DELETED', managed: false });
      expect(await stateOf('organizations', 'retained')).to.include({ state: 'ACTIVE', managed: false });
      expect(readdirSync(join(home, 'status'))).to.deep.equal(['Organization.pruner.yaml']);
    }, 20_000);
    expect(await rows("select from manifests where name in ('pruned', 'pruned-web', 'retained')")).to.deep.equal([]);
  });

  it('with prune, a file that is only moved deletes nothing', async () => {
    write('a.yaml', organization('mover', { deletionPolicy: 'Delete' }));
    write('b.yaml', organization('watcher'));
    await start({ prune: true, times: { graceMs: 1_000 } });
    await isReady('Organization.mover', 1);
    const { uid } = reported('Organization.mover').metadata;
    rmSync(join(directory, 'a.yaml'));
    await eventually(async () => expect(await rows('select from manifests where uid = $1 and left_at is not null', uid)).to.have.length(1));
    write('c.yaml', organization('mover', { deletionPolicy: 'Delete', displayName: 'Moved' }));
    await isReady('Organization.mover', 2);
    expect(await stateOf('organizations', 'Moved')).to.include({ state: 'ACTIVE', managed: true });
  });

  it('with prune, nothing is deleted when more than five and a fifth would go', async () => {
    write('keep.yaml', organization('crowd'));
    for (let n = 0; n < 6; n++) write(`o${n}.yaml`, organization(`crowd-${n}`, { deletionPolicy: 'Delete' }));
    await start({ prune: true, times: { rescanMs: 300 } });
    for (let n = 0; n < 6; n++) await isReady(`Organization.crowd-${n}`);
    const controllers = running[0]!;
    await stop(controllers);
    for (let n = 0; n < 6; n++) rmSync(join(directory, `o${n}.yaml`));
    await start({ prune: true, times: { rescanMs: 300 } });
    await eventually(() =>
      expect(problems().join()).to.include('6 of 7 manifests have left the directory, and at most 5 are deleted at a time, so none is.'),
    );
    await eventually(() => expect(running.at(-1)!.check().detail).to.match(/^More manifests have left the directory/));
    for (let n = 0; n < 6; n++) expect(await stateOf('organizations', `crowd-${n}`)).to.include({ state: 'ACTIVE', managed: true });
    write('o0.yaml', organization('crowd-0', { deletionPolicy: 'Delete' }));
    await eventually(async () => expect(await stateOf('organizations', 'crowd-5')).to.include({ state: 'DELETED' }), 20_000);
    expect(await stateOf('organizations', 'crowd-0')).to.include({ state: 'ACTIVE', managed: true });
  });

  it('a missing or empty directory is an error, at the start and later, and never a deletion', async () => {
    expect((await failure(start())).message).to.match(/holds no \.yaml, \.yml or \.json file/);
    expect((await failure(start({ directory: join(home, 'nowhere') }))).message).to.match(/nowhere cannot be read: it does not exist/);
    write('notes.txt', 'no manifest');
    write('org.yaml', organization('mounted', { deletionPolicy: 'Delete' }));
    expect((await failure(start({ statusDirectory: join(directory, 'status') }))).message).to.match(/inside the manifest directory/);
    await start({ prune: true, times: { rescanMs: 200 } });
    await isReady('Organization.mounted', 1);
    renameSync(directory, `${directory}-away`);
    await eventually(() => expect(problems().join()).to.match(/manifests cannot be read: it does not exist/));
    expect(running.at(-1)!.check().state).to.equal('DEGRADED');
    expect(running.at(-1)!.check().detail).to.match(/^The manifest directory cannot be read or is empty;/);
    mkdirSync(directory);
    await eventually(() => expect(problems().join()).to.match(/holds no \.yaml/));
    expect(await stateOf('organizations', 'mounted')).to.include({ state: 'ACTIVE', managed: true });
    write('org.yaml', organization('mounted', { displayName: 'Mounted' }));
    await isReady('Organization.mounted', 2);
    await eventually(() => expect(running.at(-1)!.check()).to.deep.equal({ name: 'manifests', state: 'OK' }));
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
    expect((await isReady('Organization.taken')).status.id).to.equal(data!.id);
  });
});
