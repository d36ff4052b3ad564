import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { directoryTests, inDefault, organization, project } from './directory.ts';

describe('a directory of manifests', function () {
  this.timeout(30_000);
  let home: string;
  let directory: string;
  const tests = directoryTests();
  const { start, stop, write, reported, isReady, rows, stateOf, problems, messages, running } = tests;

  beforeEach(() => {
    ({ home, directory } = tests);
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
});
