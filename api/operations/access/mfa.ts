import { getMfaCoverage } from '../../../core/access/mfa-coverage.ts';
import * as core from '../../../core/organizations/mfa-requirement.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'getMfaRequirement' | 'replaceMfaRequirement' | 'getMfaCoverage';

/** Tag Mfa. */
export function mfa(): Pick<Handlers, Operations> {
  return {
    getMfaRequirement: async ({ db, actor, params }) => withEtag(await core.getMfaRequirement(db, actor, params)),

    replaceMfaRequirement: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.replaceMfaRequirement(db, actor, { ...params, ...body, preconditions })),

    getMfaCoverage: async ({ db, actor, params, query }) => ({
      status: 200,
      body: await getMfaCoverage(db, actor, { ...query, ...params }),
    }),
  };
}
