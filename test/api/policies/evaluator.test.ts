import { expect } from 'chai';
import { createEvaluator } from '../../../api/evaluation.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { Unavailable } from '../../../core/base/errors.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';

describe('the evaluator', () => {
  // A rejection that nobody waits for ends the process.
  it('answers with the failure when the policy cannot be had for role sets in memory, and nothing fails beside it', async () => {
    const id = newId('user');
    const subject = { type: 'user' as const, id, uuid: toUuid('user', id) };
    const snapshot = { subject, domain: domainOf({}), roles: ['platform/user'], revisions: ['platform@1'], exists: true };
    const evaluator = createEvaluator({
      database: {} as never,
      policies: { find: () => undefined, get: () => Promise.reject(new Unavailable('no policy')) } as never,
      cache: { get: () => snapshot } as never,
      healthy: () => true,
    });
    const unheard: unknown[] = [];
    const listeners = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (error) => unheard.push(error));
    try {
      const question = { subject, action: { name: 'list' }, resource: { type: 'organization', id: '*' } };
      const failure = await Promise.resolve(evaluator.evaluate({ subject, issuedAt: 1 }, question as never, 'minimize_latency')).catch(
        (error) => error,
      );
      expect(failure).to.be.instanceOf(Unavailable);
      await new Promise((resolve) => setImmediate(resolve));
      expect(unheard).to.deep.equal([]);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener as never);
    }
  });
});
