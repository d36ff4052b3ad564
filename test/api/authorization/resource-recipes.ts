import { type KeptType, keptType, type ResourceField } from '../../../core/authorization/policy/resource-types.ts';
import { nothing, type Recipe } from './recipe.ts';
import type { World } from './world.ts';

type Level = 'org' | 'project';

/** The types of which a kind of organization keeps resources at a level, and that can be asked about there for each of the actions. */
function typesOf({ blueprint }: World, level: Level, ...actions: string[]): KeptType[] {
  return blueprint.resourceTypes
    .flatMap(({ name }) => keptType(blueprint, name, level) ?? [])
    .filter((type) => actions.every((action) => type.actions[action]?.includes(level)));
}

/** Which of its types are asked about; in a kind with fewer, fewer. */
const chosen: Readonly<Record<string, (types: readonly KeptType[]) => KeptType | undefined>> = {
  'of the first type': (types) => types[0],
  'of the second type': (types) => types[1],
  'of the last type': (types) => types[2] && types.at(-1),
};

const values: Record<ResourceField['type'], unknown> = {
  string: 'text',
  url: 'https://acme.example',
  integer: 1,
  number: 1.5,
  boolean: true,
  enum: undefined,
  array: [],
  object: {},
  reference: undefined,
};

/** Something for each field that a type wants. */
function dataFor({ fields }: KeptType): Record<string, unknown> {
  const wanted = Object.entries(fields).filter(([, { required }]) => required);
  return Object.fromEntries(wanted.map(([name, { type, values: choices }]) => [name, choices?.[0] ?? values[type]]));
}

function recipesOf(title: string, pick: (types: readonly KeptType[]) => KeptType | undefined, level: Level): Recipe[] {
  const where = level === 'org' ? '' : 'Project';
  const typeIn = (world: World) => pick(typesOf(world, level, 'list', 'create', 'read', 'update', 'delete'));
  const common = { title, resourceType: (world: World) => typeIn(world)?.name };
  const onOne = (operationId: string, body?: unknown): Recipe => ({
    ...common,
    operationId,
    ask: async ({ world, site, projectId }) => {
      const { name } = typeIn(world)!;
      const resourceId = await world.makeResource(site, name, level === 'org' ? undefined : projectId, dataFor(typeIn(world)!));
      return { params: { resourceType: name, resourceId }, ...(body !== undefined && { body }) };
    },
  });
  return [
    { ...common, operationId: `list${where}Resources`, ask: async ({ world }) => ({ params: { resourceType: typeIn(world)!.name } }) },
    {
      ...common,
      operationId: `create${where}Resource`,
      ask: async ({ world }) => ({
        params: { resourceType: typeIn(world)!.name },
        body: { name: 'Throwaway', data: dataFor(typeIn(world)!) },
      }),
    },
    onOne(`get${where}Resource`),
    onOne(`update${where}Resource`, { name: 'Renamed' }),
    onOne(`delete${where}Resource`),
  ];
}

function revealing(level: Level): Recipe {
  const typeIn = (world: World) => typesOf(world, level, 'reveal')[0];
  return {
    operationId: level === 'org' ? 'revealResource' : 'revealProjectResource',
    resourceType: (world) => typeIn(world)?.name,
    ask: async ({ world, site, projectId }) => {
      const { name } = typeIn(world)!;
      const resourceId = await world.makeResource(site, name, level === 'org' ? undefined : projectId, {});
      return { params: { resourceType: name, resourceId } };
    },
  };
}

/** What organizations hold, of several of the types of each kind. */
export const resourceRecipes: readonly Recipe[] = [
  { operationId: 'listResourceTypes', ask: nothing },
  { operationId: 'listResourceGroups', ask: nothing },
  {
    operationId: 'getResourceType',
    // Not asked for, but a kind without types has none to show.
    excludes: (_, world) => typesOf(world, 'org').length === 0,
    ask: async ({ world }) => ({ params: { resourceType: typesOf(world, 'org')[0]!.name } }),
  },
  ...(['org', 'project'] as const).map(revealing),
  ...Object.entries(chosen).flatMap(([title, pick]) => (['org', 'project'] as const).flatMap((level) => recipesOf(title, pick, level))),
];
