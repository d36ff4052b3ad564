import { eraseMe } from '../../../core/access/erasure.ts';
import { listMyOrganizations } from '../../../core/access/my-organizations.ts';
import { identityHashes } from '../../../core/people/erased-identities.ts';
import { signOutUser } from '../../../core/people/sessions.ts';
import * as core from '../../../core/people/users.ts';
import type { Handlers } from '../../contract/handler.ts';
import { signedOut, withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations = 'getMe' | 'signOutEverywhere' | 'updateMe' | 'listMyOrganizations' | 'eraseMe';

/** Tag Me. */
export function me({ keyring }: Pick<Services, 'keyring'>): Pick<Handlers, Operations> {
  return {
    async getMe({ db, actor }) {
      return withEtag(await core.getMe(db, actor));
    },

    async updateMe({ db, actor, body, preconditions }) {
      return withEtag(await core.updateMe(db, actor, { ...body, preconditions }));
    },

    async signOutEverywhere({ db, actor }) {
      return signedOut(await signOutUser(db, actor, { userId: actor.principal.subject.id }));
    },

    async eraseMe({ db, actor, preconditions }) {
      const { wait } = await eraseMe(db, actor, { preconditions, hashesOf: (identity) => identityHashes(keyring, identity) });
      return { status: 204, heldFor: wait };
    },

    async listMyOrganizations({ db, actor, query }) {
      return { status: 200, body: await listMyOrganizations(db, actor, query) };
    },
  };
}
