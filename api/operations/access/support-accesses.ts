import * as rows from '../../../core/access/support-access-rows.ts';
import * as core from '../../../core/access/support-accesses.ts';
import { NoOperator, offerSupportAccess } from '../../../core/access/support-offers.ts';
import { WrongTries } from '../../../core/access/wrong-tries.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations =
  | 'requestSupportAccess'
  | 'listSupportAccesses'
  | 'getSupportAccess'
  | 'endSupportAccess'
  | 'listOrganizationSupportAccesses'
  | 'offerSupportAccess'
  | 'getOrganizationSupportAccess'
  | 'approveSupportAccess'
  | 'denySupportAccess'
  | 'endOrganizationSupportAccess';

/** Tag SupportAccesses. */
export function supportAccesses(): Pick<Handlers, Operations> {
  const wrongOperators = new WrongTries({
    most: 10,
    seconds: 3_600,
    refusal: 'You have named too many who are no operators. Ask the operator for the id of their account.',
    isWrong: (error) => error instanceof NoOperator,
  });

  return {
    async requestSupportAccess({ db, actor, body }) {
      const access = await core.requestSupportAccess(db, actor, body);
      return { status: 201, body: access, headers: { location: `/v1/support-accesses/${access.id}`, etag: access.etag } };
    },
    listSupportAccesses: async ({ db, actor, query }) => ({ status: 200, body: await rows.listSupportAccesses(db, actor, query) }),
    getSupportAccess: async ({ db, actor, params }) => withEtag(await rows.getSupportAccess(db, actor, params)),
    endSupportAccess: async ({ db, actor, params }) => withEtag(await core.endSupportAccess(db, actor, params)),

    listOrganizationSupportAccesses: async ({ db, actor, params, query }) => ({
      status: 200,
      body: await rows.listSupportAccesses(db, actor, { ...query, ...params }),
    }),
    async offerSupportAccess({ db, actor, params, body }) {
      const offer = () => offerSupportAccess(db, actor, { ...params, ...body });
      const access = await wrongOperators.guard(actor.principal.subject.id, offer);
      const location = `/v1/organizations/${access.organizationId}/support-accesses/${access.id}`;
      return { status: 201, body: access, headers: { location, etag: access.etag } };
    },
    getOrganizationSupportAccess: async ({ db, actor, params }) => withEtag(await rows.getSupportAccess(db, actor, params)),
    approveSupportAccess: async ({ db, actor, params }) => withEtag(await core.approveSupportAccess(db, actor, params)),
    denySupportAccess: async ({ db, actor, params }) => withEtag(await core.denySupportAccess(db, actor, params)),
    endOrganizationSupportAccess: async ({ db, actor, params }) => withEtag(await core.endSupportAccess(db, actor, params)),
  };
}
