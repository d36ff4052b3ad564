import { TenetError } from '../../../core/base/errors.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

/** Tag Health. */
export function health(services: Services): Pick<Handlers, 'livez' | 'readyz'> {
  return {
    async livez() {
      return { status: 200, body: { state: 'OK' } };
    },

    async readyz() {
      const checks = await services.checks();
      const failing = checks.filter(({ state }) => state === 'FAILING');
      if (failing.length > 0) throw new TenetError('unavailable', `Not ready: ${failing.map(({ name }) => name).join(', ')}.`, { checks });
      const state = checks.some((check) => check.state === 'DEGRADED') ? 'DEGRADED' : 'OK';
      return { status: 200, body: { state, checks } };
    },
  };
}
