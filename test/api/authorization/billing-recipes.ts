import type { Ask, Asker, Recipe } from './recipe.ts';
import { nothing } from './recipe.ts';

/** Plans and limits for every operation that takes one, in an organization of its own where operators set them. */
const elsewhere = async ({ world }: Asker): Promise<{ organizationId: string }> => ({
  organizationId: (await world.makeSite([])).organizationId,
});
const plan = async ({ world }: Asker): Promise<Ask> => ({ params: { planName: await world.makePlan() } });
const published = { title: 'Throwaway' };
const limited = async (cell: Asker): Promise<Ask> => {
  const place = await elsewhere(cell);
  return { params: { ...place, limitName: await cell.world.makeLimit(place.organizationId) } };
};

/** Recipes of the area billing. */
export const billingRecipes: readonly Recipe[] = [
  { operationId: 'listPlans', ask: nothing },
  { operationId: 'getPlan', ask: plan },
  { operationId: 'replacePlan', ask: async (cell) => ({ ...(await plan(cell)), body: published }) },
  { operationId: 'deletePlan', ask: plan },
  { operationId: 'getSubscription', ask: nothing },
  {
    operationId: 'changeSubscription',
    ask: async (cell) => ({
      params: { organizationId: (await cell.anotherSite()).organizationId },
      body: { plan: await cell.world.makePlan() },
    }),
  },
  { operationId: 'getAssignedPlan', ask: async (cell) => ({ params: await elsewhere(cell) }) },
  { operationId: 'assignPlan', ask: async (cell) => ({ params: await elsewhere(cell), body: { plan: await cell.world.makePlan() } }) },
  { operationId: 'removePlan', ask: async (cell) => ({ params: await elsewhere(cell) }) },
  { operationId: 'listLimits', ask: nothing },
  { operationId: 'replaceLimit', ask: async (cell) => ({ ...(await limited(cell)), body: { hard: 1_000_000 } }) },
  { operationId: 'resetLimit', ask: limited },
];
