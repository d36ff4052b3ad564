import { readAssets } from '../../../api/docs/assets.ts';
import { newId } from '../../../core/base/ids.ts';
import { nothing, type Recipe } from './recipe.ts';

/** What everybody may ask, also without a token. */
export const publicRecipes: readonly Recipe[] = [
  { operationId: 'getAuthzenConfiguration', ask: nothing },
  { operationId: 'getSigningKeys', ask: nothing },
  { operationId: 'getOrganizationAuthzenConfiguration', ask: nothing },
  { operationId: 'getStoreAuthzenConfiguration', ask: async () => ({ params: { policyStoreId: newId('policyStore') } }) },
  { operationId: 'reportLeakedCredential', ask: async () => ({ body: { credential: 'tnts_none' } }) },
  {
    operationId: 'downloadExportByLink',
    ask: async ({ world, site }) => ({ params: { downloadToken: await world.makeExportLink(site) } }),
  },
  { operationId: 'livez', ask: nothing },
  { operationId: 'readyz', ask: nothing },
  { operationId: 'getRoot', ask: nothing },
  { operationId: 'getOpenapiYaml', ask: nothing },
  { operationId: 'getOpenapiJson', ask: nothing },
  { operationId: 'getDocs', ask: nothing },
  { operationId: 'getPlainDocs', ask: nothing },
  { operationId: 'getDocsAsset', ask: async () => ({ params: { asset: (await readAssets()).names.style } }) },
  { operationId: 'getWebhookSchema', ask: nothing },
  { operationId: 'getProblem', ask: async () => ({ params: { slug: 'not-found' } }) },
];
