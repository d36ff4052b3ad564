import { scopeName, storedScope } from '../../../core/authorization/policy/scopes.ts';
import { type Activation, listActivations } from '../../../core/authorization/store/activations.ts';
import type { Refusal } from '../../../core/authorization/store/live-policies.ts';
import { isBehind, listReplicas, type Replica, type Target, targetOf } from '../../../core/authorization/store/replicas.ts';
import type { Head, Revision } from '../../../core/authorization/store/revisions.ts';
import { demandScope, getRevision, listHeads, listRevisions, loadContent } from '../../../core/authorization/store/revisions.ts';
import { NotFound } from '../../../core/base/errors.ts';
import { integerKey, numberKey, readPage, toPage } from '../../../core/base/pages.ts';
import { checkPreconditions, type Preconditions } from '../../../core/base/preconditions.ts';
import { etagOf } from '../../../core/base/versions.ts';
import type { Db } from '../../../core/database/database.ts';
import { activateRevision, rollBack } from '../../../core/policies/activation.ts';
import { exportPolicy } from '../../../core/policies/bundle.ts';
import { proposeRevision } from '../../../core/policies/policies.ts';
import { listSignatures } from '../../../core/policies/signatures.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'listPolicyScopes'
  | 'listPolicyRevisions'
  | 'createPolicyRevision'
  | 'getPolicyRevision'
  | 'getPolicyBundle'
  | 'getPolicyHead'
  | 'replacePolicyHead'
  | 'rollbackPolicy'
  | 'getPolicyHistory'
  | 'listPolicyReplicas';

/** The sort key of replicas. */
const replicaKey = /^rpl_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** The sort key of scopes, which have the pattern of the contract. */
const scopeKey = /^[a-z][A-Za-z0-9_/-]{0,80}$/;

/** Tag Policies. */
export function policies({ policies: live, reviewer, config: { policyKeys: keys } }: Services): Pick<Handlers, Operations> {
  return {
    async listPolicyScopes({ db, query }) {
      const page = readPage(query, 'policy-scopes', scopeKey);
      const heads = (await listHeads(db)).filter(({ scope }) => page.after === undefined || scope > page.after);
      const refusals = await live.refusals();
      return {
        status: 200,
        body: toPage(
          heads,
          page,
          'policy-scopes',
          ({ scope }) => scope,
          (head) => toHead(head, refusals),
        ),
      };
    },

    async listPolicyRevisions({ db, params, query }) {
      const list = `policy-revisions ${params.scope}`;
      const page = readPage(query, list, integerKey);
      const before = page.after === undefined ? undefined : Number(page.after);
      const rows = await listRevisions(db, storedScope(params.scope), {
        limit: page.limit + 1,
        ...(before === undefined ? {} : { before }),
      });
      if (rows.length === 0 && page.after === undefined) throw new NotFound();
      return { status: 200, body: toPage(rows, page, list, ({ revision }) => String(revision), toSummary) };
    },

    async createPolicyRevision({ db, actor, params, body }) {
      const revision = await proposeRevision(db, actor, reviewer, { scope: storedScope(params.scope), ...body, keys });
      const location = `/v1/policies/${params.scope}/revisions/${revision.revision}`;
      return { status: 201, headers: { location }, body: await whole(db, revision) };
    },

    async getPolicyRevision({ db, params }) {
      return { status: 200, body: await whole(db, await getRevision(db, storedScope(params.scope), params.revision)) };
    },

    async getPolicyBundle({ db, actor, params }) {
      await actor.require('decision', 'explain', params);
      const { revisions, leftOut, ...bundle } = await exportPolicy(db, params.organizationId);
      return { status: 200, body: { ...bundle, revisions: [...revisions], leftOut: [...leftOut] } };
    },

    async getPolicyHead({ db, params }) {
      const [head] = await listHeads(db, [storedScope(params.scope)]);
      if (!head) throw new NotFound();
      return { status: 200, body: toHead(head, await live.refusals()), headers: { etag: etagOf(head.version) } };
    },

    async replacePolicyHead({ db, actor, params, body, preconditions }) {
      const seen = await expectedHead(db, params.scope, preconditions);
      const head = await activateRevision(db, actor, reviewer, { ...body, ...seen, keys });
      return { status: 200, body: toHead(head), headers: { etag: etagOf(head.version) } };
    },

    async rollbackPolicy({ db, actor, params, body, preconditions }) {
      const seen = await expectedHead(db, params.scope, preconditions);
      const head = await rollBack(db, actor, reviewer, { ...body, ...seen, keys });
      return { status: 200, body: toHead(head), headers: { etag: etagOf(head.version) } };
    },

    async getPolicyHistory({ db, params, query }) {
      const list = `policy-history ${params.scope}`;
      const page = readPage(query, list, numberKey);
      const rows = await listActivations(db, storedScope(params.scope), {
        limit: page.limit + 1,
        ...(page.after === undefined ? {} : { before: page.after }),
      });
      if (rows.length === 0 && page.after === undefined) await demandScope(db, storedScope(params.scope));
      return { status: 200, body: toPage(rows, page, list, ({ version }) => version, toActivation) };
    },

    async listPolicyReplicas({ db, params, query }) {
      const { scope } = params;
      if (scope.startsWith('org_')) throw new NotFound();
      const list = `policy-replicas ${scope}`;
      const page = readPage(query, list, replicaKey);
      const [head] = await listHeads(db, [storedScope(scope)]);
      if (!head) throw new NotFound();
      const replicas = (await listReplicas(db)).filter(({ id }) => page.after === undefined || id > page.after);
      return {
        status: 200,
        body: toPage(
          replicas,
          page,
          list,
          ({ id }) => id,
          (replica) => toReplica(replica, targetOf(head)),
        ),
      };
    },
  };
}

function toReplica(replica: Replica, target: Target) {
  const { id, name, startedAt, seenAt, serves, candidates, policyKids } = replica;
  const served = serves[target.scope];
  const candidate = candidates[target.scope]?.revision;
  return {
    id,
    name,
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    ...(served !== undefined && { revision: served }),
    ...(candidate !== undefined && { candidateRevision: candidate }),
    isCurrent: !isBehind(replica, target),
    demandsSignature: policyKids.length > 0,
  };
}

/** The scope as it is stored, with the version of its head that the caller has seen. Throws NotFound and VersionMismatch. */
async function expectedHead(
  db: Db,
  name: string,
  preconditions: Preconditions,
): Promise<{ readonly scope: string; readonly expected: string | null }> {
  const scope = storedScope(name);
  await demandScope(db, scope);
  const [present] = await listHeads(db, [scope]);
  checkPreconditions(preconditions, present && etagOf(present.version));
  return { scope, expected: present?.version ?? null };
}

function toActivation({ version, scope, activatedAt, rollout, ...activation }: Activation) {
  return {
    ...activation,
    ...(rollout && { rollout: { id: rollout.id, stage: rollout.stage, revision: rollout.candidate } }),
    ...{ scope: scopeName(scope), activatedAt: activatedAt.toISOString(), etag: etagOf(version) },
  };
}

function toHead(head: Head, refusals: readonly Refusal[] = []) {
  const refusal = refusals.find(({ revisions }) => revisions.at(-1) === `${head.scope}@${head.revision}`);
  return {
    scope: scopeName(head.scope),
    revision: head.revision,
    activatedBy: head.activatedBy,
    activatedAt: head.activatedAt.toISOString(),
    ...(head.reason === undefined ? {} : { reason: head.reason }),
    ...(head.rollout && { rollout: { id: head.rollout.id, revision: head.rollout.candidate, stage: head.rollout.stage } }),
    ...(refusal && { refusal: { decidedBy: refusal.isCovered ? ('LAST_GOOD' as const) : ('NOTHING' as const), detail: refusal.message } }),
    etag: etagOf(head.version),
  };
}

function toSummary({ scope, revision, sha256, author, reason, gitCommit, createdAt }: Revision) {
  return {
    scope: scopeName(scope),
    revision,
    sha256,
    author,
    reason,
    ...(gitCommit === undefined ? {} : { gitCommit }),
    createdAt: createdAt.toISOString(),
  };
}

async function whole(db: Db, revision: Revision) {
  const { model, rows, sources, vocabulary, blueprint, tests } = await loadContent(db, revision.scope, revision.revision);
  const signatures = await listSignatures(db, revision);
  return {
    ...toSummary(revision),
    ...(signatures.length > 0 && { signatures }),
    model,
    rows: rows.map((row) => [...row]),
    sources: [...sources],
    ...(vocabulary && { vocabulary }),
    ...(blueprint && { blueprint }),
    ...(tests && { tests }),
  };
}
