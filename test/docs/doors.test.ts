import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type House, readHouse } from '../../cli/rooms.ts';
import { root } from './checkout.ts';
import { filesOf } from './files.ts';

/** One import in one file. */
interface Import {
  readonly file: string;
  readonly module: string;
}

/** The files, of these with one import each, that the linter's configuration of this checkout refuses. */
function refusedOf(imports: readonly Import[]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-doors-'));
  try {
    for (const name of ['biome.json', 'biome.rooms.json', '.gitignore']) copyFileSync(join(root, name), join(folder, name));
    for (const { file, module } of imports) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import '${module}';\n`);
    }
    const biome = join(root, 'node_modules/.bin/biome');
    const { stdout } = spawnSync(biome, ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string | { file: string } } }[] };
    return new Set(diagnostics.map(({ location: { path } }) => (typeof path === 'string' ? path : path.file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From a file of each folder to a file of each other one. */
function pairsOf({ rooms }: House, wanted: (from: number, to: number) => boolean): Import[] {
  return rooms.flatMap((from, index) =>
    rooms
      .filter((_to, other) => other !== index && wanted(index, other))
      .map((to) => ({
        file: `${from.folder}/to-${to.folder.replaceAll('/', '-')}.ts`,
        module: posix.join(posix.relative(from.folder, to.folder), 'x.ts').replace(/^(?!\.)/, './'),
      })),
  );
}

const within = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`);

describe('Imports', () => {
  let house: House;

  before(async () => {
    house = await readHouse(pathToFileURL(`${root}/`));
  });

  it('never go to a folder below', () => {
    const down = pairsOf(house, (from, to) => to > from);
    const refused = refusedOf(down);
    expect(down.map(({ file }) => file).filter((file) => !refused.has(file))).to.deep.equal([]);
  });

  it('may go to a folder above, but for rooms that are kept apart', () => {
    const up = pairsOf(house, (from, to) => to < from);
    const apart = ({ file, module }: Import) =>
      house.apart.some(
        ({ rooms }) =>
          rooms.some((room) => within(file, room)) &&
          rooms.some((room) => !within(file, room) && within(posix.join(dirname(file), module), room)),
      );
    expect([...refusedOf(up)].sort()).to.deep.equal(
      up
        .filter(apart)
        .map(({ file }) => file)
        .sort(),
    );
  });

  it('of a library with a door go through it', () => {
    const all = house.doors.flatMap(({ library, in: doors }) => [
      ...doors.map((door) => ({ file: door.endsWith('.ts') ? door : `${door}/door.ts`, module: library, admitted: true })),
      ...house.rooms.map(({ folder }) => ({
        file: `${folder}/x.ts`,
        module: library,
        admitted: doors.some((door) => within(folder, door)),
      })),
    ]);
    for (const { library } of house.doors) {
      const ofLibrary = all.filter(({ module }) => module === library);
      const refused = [...refusedOf(ofLibrary)].sort();
      const wanted = [...new Set(ofLibrary.filter(({ admitted }) => !admitted).map(({ file }) => file))].sort();
      expect(refused, library).to.deep.equal(wanted);
    }
  });

  it('of operations never go to another operation, but to what they share', () => {
    const between = [
      { file: 'api/operations/access/a.ts', module: './members.ts' },
      { file: 'api/operations/access/b.ts', module: '../people/me.ts' },
      { file: 'api/operations/access/c.ts', module: '../services.ts' },
      { file: 'api/operations/index.ts', module: './access/members.ts' },
    ];
    expect([...refusedOf(between)].sort()).to.deep.equal(['api/operations/access/a.ts', 'api/operations/access/b.ts']);
  });

  it('are ruled in every folder that holds code', () => {
    const folders = new Set(filesOf(/^(api|cli|controllers|core|embedded-postgres)\/.*\.ts$/).map((file) => dirname(file)));
    const known = house.rooms.flatMap(({ folder, areas = [] }) => [folder, ...areas.map((area) => `${folder}/${area}`)]);
    expect([...folders].filter((folder) => !known.includes(folder))).to.deep.equal([]);
  });
});
