import { readFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { parse } from 'yaml';

/** docs/rooms.yaml: which folder may import which, and which library has which door. */
export interface House {
  readonly rooms: readonly { readonly folder: string; readonly holds: string; readonly areas?: readonly string[] }[];
  readonly apart: readonly { readonly rooms: readonly string[]; readonly because: string }[];
  readonly doors: readonly { readonly library: string; readonly in: readonly string[]; readonly because: string }[];
}

/** Files to which the same rules apply, as a pattern of the linter. */
interface Place {
  readonly includes: string;
  /** The folder of these files, from which relative imports start. */
  readonly folder: string;
  /** The folder of the room that they belong to. */
  readonly room: string;
  /** The one file that this is about, if it is one. */
  readonly file?: string;
}

export async function readHouse(root: URL): Promise<House> {
  return parse(await readFile(new URL('docs/rooms.yaml', root), 'utf8')) as House;
}

/** biome.rooms.json: for every folder, the imports that the linter refuses, each with the reason. */
export async function linterRules(root: URL): Promise<string> {
  const house = await readHouse(root);
  const overrides = placesOf(house).map((place) => ({
    includes: [place.includes],
    linter: {
      rules: {
        style: {
          noRestrictedImports: { level: 'error', options: { paths: closedLibraries(house, place), patterns: closedFolders(house, place) } },
        },
      },
    },
  }));
  return `${JSON.stringify({ overrides }, undefined, 2)}\n`;
}

/** Rooms first and files with a door of their own behind them: of two rules that fit a file, the linter takes the later one. */
function placesOf({ rooms, doors }: House): Place[] {
  const folders = rooms.flatMap(({ folder, areas = [] }): Place[] => [
    { includes: `${folder}/*`, folder, room: folder },
    ...areas.map((area) => ({ includes: `${folder}/${area}/*`, folder: `${folder}/${area}`, room: folder })),
  ]);
  const files = [...new Set(doors.flatMap((door) => door.in).filter((path) => path.endsWith('.ts')))];
  return [...folders, ...files.map((file): Place => ({ includes: file, folder: dirname(file), room: dirname(file), file }))];
}

function closedLibraries({ doors }: House, { folder, file }: Place): Record<string, string> {
  const closed = doors.filter((door) => !door.in.some((path) => path === file || isWithin(folder, path)));
  return Object.fromEntries(
    closed.map((door) => [door.library, `Only ${door.in.join(' and ')} may use ${door.library}: ${door.because}.`]),
  );
}

function closedFolders(house: House, { folder, room }: Place): { group: string[]; message: string }[] {
  const index = house.rooms.findIndex((each) => each.folder === room);
  const { areas = [] } = house.rooms[index]!;
  const below = house.rooms.slice(index + 1).filter((each) => !isWithin(each.folder, room));
  const areasBeside = folder === room ? [] : areas.map((area) => `${room}/${area}`).filter((area) => area !== folder);
  const apart = house.apart.filter(({ rooms }) => rooms.some((each) => isWithin(folder, each)));
  return [
    ...apart.map(({ rooms, because }) => ({
      group: rooms.filter((each) => !isWithin(folder, each)).map((each) => `${relative(folder, each)}/**`),
      message: because,
    })),
    ...(folder === room
      ? []
      : [
          {
            group: ['./*', ...areasBeside.map((area) => `${relative(folder, area)}/**`)],
            message: 'Operations never import each other; what two of them need belongs into core or beside them in api.',
          },
        ]),
    {
      // Of a room that this one lies in, only its own files.
      group: below.map((each) => `${relative(folder, each.folder)}/${isWithin(folder, each.folder) ? '*.ts' : '**'}`),
      message: `${room} imports only folders above it in docs/rooms.yaml. Where two need each other, the shared type goes up.`,
    },
  ].filter(({ group }) => group.length > 0);
}

function isWithin(folder: string, room: string): boolean {
  return folder === room || folder.startsWith(`${room}/`);
}

function relative(from: string, to: string): string {
  const path = posix.relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}

const begin = '<!-- made from docs/rooms.yaml by npm run generate -->';
const end = '<!-- end -->';

/** ARCHITECTURE.md with its picture of the rooms made anew. */
export async function architecturePage(root: URL): Promise<string> {
  const page = await readFile(new URL('ARCHITECTURE.md', root), 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`ARCHITECTURE.md needs the lines ${begin} and ${end}.`);
  return `${before}${begin}\n${picture(await readHouse(root))}\n${end}${after}`;
}

/** A Mermaid diagram: one box for each top-level room with its folders, each below those that it may use. */
function picture({ rooms }: House): string {
  const tops = [...new Set(rooms.map(({ folder }) => folder.split('/')[0]!))];
  const boxes = tops.map((top) => {
    const folders = rooms.filter(({ folder }) => isWithin(folder, top));
    const nodes = folders.map(({ folder, holds }) => `    ${idOf(folder)}["<b>${nameIn(top, folder)}</b><br/>${holds}"]`);
    const order = folders.length > 1 ? [`    ${folders.map(({ folder }) => idOf(folder)).join(' ~~~ ')}`] : [];
    return [`  subgraph ${top.replaceAll('-', '_')} ["${top}"]`, '    direction TB', ...nodes, ...order, '  end'].join('\n');
  });
  const arrows = [
    '  cli --> api & controllers',
    '  api --> core',
    '  controllers --> core',
    '  embedded_postgres --> core',
    '  api --> embedded_postgres',
  ];
  return ['```mermaid', 'flowchart TB', ...boxes, ...arrows, '```'].join('\n');
}

function nameIn(top: string, folder: string): string {
  return folder === top ? `${top}/` : folder.slice(top.length + 1);
}

function idOf(folder: string): string {
  return `_${folder.replaceAll(/[/-]/g, '_')}`;
}
