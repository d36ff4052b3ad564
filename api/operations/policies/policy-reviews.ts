import { storedScope } from '../../../core/authorization/policy/scopes.ts';
import type { RoleDiff, Say, ScopeDiff } from '../../../core/authorization/review/diff.ts';
import { diffRevisions, lookAtDraft } from '../../../core/policies/policies.ts';
import { candidateOf, windowOf } from '../../../core/policies/replay-candidates.ts';
import { replayDocument } from '../../../core/policies/replay-document.ts';
import type { Handlers } from '../../contract/handler.ts';
import { lintReply } from '../lint-reply.ts';
import { writable } from '../replies.ts';
import type { Services } from '../services.ts';

/** How many failures an answer has, and how many changes. */
const shown = { failures: 200, changes: 1_000 };

/** Cases that are replayed where the caller does not say how many, as the contract has it. */
const usualCases = 5_000;

/** Tag PolicyReviews. */
export function policyReviews({
  reviewer,
  replayer,
}: Services): Pick<Handlers, 'lintPolicy' | 'testPolicy' | 'diffPolicy' | 'replayDecisions'> {
  return {
    async lintPolicy({ db, params, body }) {
      const { findings } = await lookAtDraft(db, reviewer, 'lint', { scope: storedScope(params.scope), ...body });
      return lintReply(findings);
    },

    async testPolicy({ db, params, body }) {
      const { results } = await lookAtDraft(db, reviewer, 'test', { scope: storedScope(params.scope), ...body });
      const failures = results.filter(({ passed }) => !passed);
      return {
        status: 200,
        body: {
          passed: results.length - failures.length,
          failed: failures.length,
          failures: failures.slice(0, shown.failures).map(({ name, message = '', file, pointer }) => ({
            name,
            message,
            file,
            ...(pointer !== undefined && { pointer }),
          })),
        },
      };
    },

    async diffPolicy({ db, params, body }) {
      const { from, scopes } = await diffRevisions(db, reviewer, { scope: storedScope(params.scope), ...body });
      const total = scopes.flatMap(({ roles }) => roles.flatMap(({ changes }) => changes)).length;
      let left = shown.changes;
      const toScope = ({ scope, relation, roles, definition }: ScopeDiff) => ({
        scope,
        relation: words.relation[relation],
        roles: roles.map(toRole),
        definition: [...definition],
      });
      const toRole = ({ role, relation, changes }: RoleDiff) => {
        const some = changes.slice(0, left);
        left -= some.length;
        return {
          role,
          relation: words.relation[relation],
          changes: some.map(({ permission, level, kind, before, after }) => ({
            permission,
            level: words.level[level],
            kind: words.kind[kind],
            before: toSay(before),
            after: toSay(after),
          })),
        };
      };
      return { status: 200, body: { from, to: body.to, total, scopes: scopes.map(toScope) } };
    },

    async replayDecisions({ db, params, body: { revision, content, since, until, limit = usualCases } }) {
      const time = windowOf({ since, until });
      replayer.demandRoom();
      const candidate = await candidateOf(db, reviewer, { scope: storedScope(params.scope), revision, content });
      const replayed = await replayer.replay({ candidates: [candidate], ...time, limit });
      const [{ sha256 } = { sha256: '' }] = replayed.candidates;
      const asked = { scope: params.scope, ...(revision !== undefined && { revision }), sha256 };
      return { status: 200, body: writable({ ...asked, ...replayDocument(replayed) }) };
    },
  };
}

/** The words of a comparison as the contract has them. */
const words = {
  relation: { equivalent: 'EQUIVALENT', more: 'MORE', less: 'LESS', incomparable: 'INCOMPARABLE' },
  level: { platform: 'PLATFORM', org: 'ORG', project: 'PROJECT' },
  kind: { gain: 'GAIN', loss: 'LOSS' },
  says: { allow: 'ALLOW', deny: 'DENY', nothing: 'NOTHING' },
} as const;

function toSay({ says, row, source }: Say) {
  return { says: words.says[says], ...(row && { row: [...row] }), ...(source && { source }) };
}
