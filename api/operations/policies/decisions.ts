import { decide } from '../../../core/authorization/decisions/decide.ts';
import { evaluate, fromDatabase, inquiryOf, readIn } from '../../../core/authorization/decisions/evaluation.ts';
import { explain, explainKept, snapshotOf } from '../../../core/authorization/decisions/explanations.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'evaluate' | 'getAuthzenConfiguration' | 'explainDecision' | 'getDecision';

/** Tag Decisions. */
export function decisions(services: Services): Pick<Handlers, Operations> {
  return {
    // Where the fast route does not match, as with a query string. The request has its connection; waiting for a second one
    // while it holds the first would let a few such requests lock everybody out.
    async evaluate({ db, actor, principal, body }) {
      const inquiry = inquiryOf(principal, body as never);
      const { answer } = evaluate(inquiry, await fromDatabase(services.policies, readIn(db), inquiry), actor.denials);
      return { status: 200, body: answer };
    },

    async getAuthzenConfiguration() {
      const url = services.publicUrl();
      return { status: 200, body: { policy_decision_point: url, access_evaluation_endpoint: `${url}/access/v1/evaluation` } };
    },

    async explainDecision({ db, actor, params, body }) {
      const place = { organizationId: params.organizationId, projectId: body.projectId };
      const { subject = actor.principal.subject.id } = body;
      // The caller as they signed in; of others there is no token.
      const snapshot = subject === actor.principal.subject.id ? await actor.snapshot(place) : await snapshotOf(db, subject, place);
      // The organization exists, or nobody would be allowed to ask.
      if (!snapshot.exists)
        throw new InvalidInput('There is no such active project in this organization.', [
          { pointer: '#/projectId', detail: 'is no active project of this organization' },
        ]);
      const decision = await decide(services.policies, snapshot, body.resource, body.action);
      return { status: 200, body: (await explain(db, decision, await actor.engine(place))) as never };
    },

    async getDecision({ db, actor, params }) {
      return { status: 200, body: (await explainKept(db, actor, params)) as never };
    },
  };
}
