import { getSummary } from '../../../core/summary/summary.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';

/** Tag Summary. */
export function summary(): Pick<Handlers, 'getSummary'> {
  return {
    async getSummary({ db, actor, params }) {
      return withEtag(writable(await getSummary(db, actor, params)));
    },
  };
}
