import * as core from '../../../core/authorization/decisions/capabilities.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'getCapabilities' | 'getProjectCapabilities';

/** Tag Capabilities. */
export function capabilities(): Pick<Handlers, Operations> {
  return {
    async getCapabilities({ actor, params }) {
      return { status: 200, body: await core.getCapabilities(actor, params) };
    },

    async getProjectCapabilities({ actor, params }) {
      return { status: 200, body: await core.getCapabilities(actor, params) };
    },
  };
}
