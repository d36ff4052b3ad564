import { newId } from '../../../core/base/ids.ts';
import type { Ask, Asker, Recipe } from './recipe.ts';

const day = 86_400_000;

/** A meter of the kind of organization. */
const meterOf = ({ world: { blueprint } }: Asker): string => blueprint.meters![0]!.name;

const period = async (cell: Asker): Promise<Ask> => {
  const today = Math.floor(Date.now() / day) * day;
  return { query: { meter: meterOf(cell), from: new Date(today - day).toISOString(), to: new Date(today + day).toISOString() } };
};

/** What is used, and how it is asked for. */
export const usageRecipes: readonly Recipe[] = [
  {
    operationId: 'createUsageEvents',
    needsMeters: true,
    ask: async (cell) => ({ body: { events: [{ id: newId('request'), meter: meterOf(cell), at: new Date().toISOString() }] } }),
  },
  { operationId: 'queryUsage', needsMeters: true, ask: period },
  { operationId: 'queryProjectUsage', needsMeters: true, ask: period },
];
