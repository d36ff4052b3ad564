import type { SettingDefinition } from '../../../core/authorization/policy/settings.ts';
import { type Ask, nothing, type Recipe } from './recipe.ts';
import type { World } from './world.ts';

type Where = '' | 'Project' | 'My';

/** A setting of the kind of organization that is read and changed there. */
const settingAt =
  (where: Where, also: (setting: SettingDefinition) => boolean = () => true) =>
  ({ blueprint: { settings = [] } }: World): string | undefined => {
    const isThere = ({ scope, overridableAt }: SettingDefinition) => {
      if (where === 'My') return scope === 'member';
      return where === '' ? scope === 'org' : scope === 'project' || overridableAt === 'project';
    };
    return settings.find((setting) => isThere(setting) && also(setting))?.key;
  };

const objectOf =
  (settingOf: (world: World) => string | undefined) =>
  (world: World): string | undefined => {
    const key = settingOf(world);
    return key === undefined ? undefined : `setting:${key}`;
  };

const values: Readonly<Record<SettingDefinition['type'], (setting: SettingDefinition) => unknown>> = {
  boolean: () => true,
  integer: ({ min }) => min ?? 1,
  string: () => 'text',
  enum: ({ values }) => values![0],
  duration: ({ min }) => min ?? 'PT1H',
  resource: ({ resourceType }) => `${resourceType}_01h455vb4pex5vsknk084sn02q`,
};

function recipesAt(where: Where): Recipe[] {
  const settingOf = settingAt(where);
  const resourceType = objectOf(settingOf);
  const params = ({ world }: { world: World }): Ask => ({ params: { settingKey: settingOf(world)! } });
  const headers = { 'if-match': '*' };
  return [
    { operationId: `list${where}Settings`, ask: nothing },
    { operationId: `get${where}Setting`, resourceType, ask: async (cell) => params(cell) },
    {
      operationId: `replace${where}Setting`,
      resourceType,
      ask: async (cell) => {
        const setting = cell.world.blueprint.settings!.find(({ key }) => key === settingOf(cell.world))!;
        return { ...params(cell), headers, body: { value: values[setting.type](setting) } };
      },
    },
    { operationId: `clear${where}Setting`, resourceType, ask: async (cell) => ({ ...params(cell), headers }) },
  ];
}

const copied = settingAt('', ({ mode }) => mode === 'snapshot');

/** Settings of organizations, of projects, and of members. */
export const settingRecipes: readonly Recipe[] = [
  ...recipesAt(''),
  ...recipesAt('Project'),
  ...recipesAt('My'),
  {
    operationId: 'applySettingToExisting',
    resourceType: objectOf(copied),
    // The value is the default, which a kind that copies may have; projects of the site have it already.
    ask: async ({ world }) => ({ params: { settingKey: copied(world)! }, body: {} }),
  },
];
