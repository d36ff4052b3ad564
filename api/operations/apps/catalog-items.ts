import * as core from '../../../core/apps/catalog.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';

type Operations = 'listCatalogItems' | 'createCatalogItem' | 'getCatalogItem' | 'updateCatalogItem';

/** Tag CatalogItems. */
export function catalogItems(): Pick<Handlers, Operations> {
  return {
    async listCatalogItems({ db, actor, query }) {
      return { status: 200, body: writable(await core.listCatalogItems(db, actor, query)) };
    },

    async createCatalogItem({ db, actor, body }) {
      const item = writable(await core.createCatalogItem(db, actor, body));
      return { status: 201, body: item, headers: { location: `/v1/catalog-items/${item.id}`, etag: item.etag } };
    },

    getCatalogItem: async ({ db, actor, params }) => withEtag(writable(await core.getCatalogItem(db, actor, params))),

    async updateCatalogItem({ db, actor, params, body, preconditions }) {
      return withEtag(writable(await core.updateCatalogItem(db, actor, { ...body, ...params, preconditions })));
    },
  };
}
