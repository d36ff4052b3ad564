import { removeOperator } from '../../../core/access/operator-removal.ts';
import { listAccounts } from '../../../core/people/accounts.ts';
import { addOperator } from '../../../core/people/operators.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'listOperators' | 'addOperator' | 'removeOperator';

/** Tag Operators. */
export function operators(): Pick<Handlers, Operations> {
  return {
    async listOperators({ db, actor, query: { role, ...page } }) {
      return { status: 200, body: await listAccounts(db, actor, { ...page, holding: { role } }) };
    },

    async addOperator({ db, actor, body }) {
      const account = await addOperator(db, actor, body);
      return { status: 201, body: account, headers: { location: `/v1/users/${account.id}`, etag: account.etag } };
    },

    async removeOperator({ db, actor, params, body }) {
      await removeOperator(db, actor, { ...body, ...params });
      return { status: 204 };
    },
  };
}
