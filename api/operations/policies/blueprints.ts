import * as core from '../../../core/policies/blueprints.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'listBlueprints' | 'getBlueprint';

/** Tag Blueprints. */
export function blueprints(): Pick<Handlers, Operations> {
  return {
    async listBlueprints({ db, actor, query }) {
      return { status: 200, body: await core.listBlueprints(db, actor, query) };
    },

    async getBlueprint({ db, actor, params }) {
      return { status: 200, body: await core.getBlueprint(db, actor, params) };
    },
  };
}
