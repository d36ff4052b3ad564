import { setImmediate } from 'node:timers/promises';
import { newModelFromString } from 'casbin';
import casbinPgAdapter from 'casbin-pg-adapter';
import { LRUCache } from 'lru-cache';
import { FailedPrecondition, InvalidInput, NotFound, Unavailable, VersionMismatch } from '../../base/errors.ts';
import { toId, toUuid } from '../../base/ids.ts';
import { etagOf } from '../../base/versions.ts';
import { type Db, prepared, queryUnder } from '../../database/database.ts';
import { digest, type PolicyContent, type Row, type RowSource } from '../policy/content.ts';
import { PolicyError } from '../policy/findings.ts';
import { blueprintScope, scopeName } from '../policy/scopes.ts';
import type { ActivationWay } from './activations.ts';

/** An immutable version of the policy of one scope, without its content. */
export interface Revision {
  readonly scope: string;
  readonly revision: number;
  readonly sha256: string;
  readonly author: string;
  readonly reason: string;
  readonly gitCommit?: string;
  readonly createdAt: Date;
}

/** Which revision of a scope is in force. `version` counts its moves and is its ETag. */
export interface Head {
  readonly scope: string;
  readonly revision: number;
  readonly version: string;
  readonly activatedBy: string;
  readonly activatedAt: Date;
  /** Why it was put into force. */
  readonly reason?: string;
  /** The open rollout of the scope. */
  readonly rollout?: { readonly id: string; readonly candidate: number; readonly stage: 'SHADOW' | 'CANARY' };
}

interface RevisionRow {
  scope: string;
  revision: number;
  sha256: string;
  author: string;
  reason: string;
  git_commit: string | null;
  created_at: Date;
}

const columns = ['scope', 'revision', 'sha256', 'author', 'reason', 'git_commit', 'created_at'];

function toRevision(row: RevisionRow): Revision {
  return {
    scope: row.scope,
    revision: row.revision,
    sha256: row.sha256,
    author: row.author,
    reason: row.reason,
    ...(row.git_commit === null ? {} : { gitCommit: row.git_commit }),
    createdAt: row.created_at,
  };
}

/** Stores a content as the next revision of its scope. The same content as the newest revision makes no new one. */
export async function insertRevision(
  db: Db,
  content: PolicyContent,
  about: { author: string; reason: string; gitCommit?: string | undefined },
): Promise<Revision & { created: boolean }> {
  await db.raw('select pg_advisory_xact_lock(hashtext(?))', [`tenet.policy.${content.scope}`]);
  const sha256 = digest(content);
  const newest: RevisionRow | undefined = await db('policy_revisions')
    .select(columns)
    .where({ scope: content.scope })
    .orderBy('revision', 'desc')
    .first();
  if (newest?.sha256 === sha256) return { ...toRevision(newest), created: false };
  const { vocabulary, blueprint, tests, customRoles } = content;
  const [row]: RevisionRow[] = await db('policy_revisions')
    .insert({
      scope: content.scope,
      revision: (newest?.revision ?? 0) + 1,
      model: content.model,
      rows: JSON.stringify(content.rows),
      sources: JSON.stringify(content.sources),
      documents: JSON.stringify({ vocabulary, blueprint, tests, customRoles }),
      sha256,
      author: about.author,
      reason: about.reason,
      git_commit: about.gitCommit ?? null,
    })
    .returning(columns);
  return { ...toRevision(row!), created: true };
}

/** Revisions of a scope, newest first, older than `before`. */
export async function listRevisions(db: Db, scope: string, page: { before?: number; limit: number }): Promise<Revision[]> {
  const query = db('policy_revisions').select(columns).where({ scope }).orderBy('revision', 'desc').limit(page.limit);
  if (page.before !== undefined) query.where('revision', '<', page.before);
  return (await query).map(toRevision);
}

/** A scope without a revision is none. Throws NotFound. */
export async function demandScope(db: Db, scope: string): Promise<void> {
  const [known] = await listRevisions(db, scope, { limit: 1 });
  if (!known) throw new NotFound();
}

/** One revision without its content. Throws NotFound. */
export async function getRevision(db: Db, scope: string, revision: number): Promise<Revision> {
  const row: RevisionRow | undefined = await db('policy_revisions').select(columns).where({ scope, revision }).first();
  if (!row) throw new NotFound();
  return toRevision(row);
}

interface HeadRow {
  scope: string;
  revision: number;
  version: string;
  activated_by: string;
  activated_at: Date;
  reason: string | null;
  rollout_id: string | null;
  candidate_revision: number | null;
  is_canary: boolean;
}

const headColumns = `scope, revision, version, activated_by, activated_at, reason, rollout_id, candidate_revision,
  canary_share > 0 or canary_organizations <> '{}' as is_canary`;

const headsSql = `select ${headColumns} from policy_heads
where $1::text[] is null or scope = any($1) order by scope`;

/** What the heads of these scopes say, by scope, as a digest: in one statement, without their content. */
export async function digestsInForce(db: Db, scopes: readonly string[]): Promise<Map<string, { revision: number; sha256: string }>> {
  const rows = await prepared<{ scope: string; revision: number; sha256: string }>(db, 'head-digests', digestsSql, [scopes]);
  return new Map(rows.map(({ scope, revision, sha256 }) => [scope, { revision, sha256 }]));
}

const digestsSql = `select h.scope, h.revision, r.sha256 from policy_heads h
join policy_revisions r on r.scope = h.scope and r.revision = h.revision where h.scope = any ($1)`;

/** The heads of all scopes that have one, or of those named. */
export async function listHeads(db: Db, scopes?: readonly string[]): Promise<Head[]> {
  return (await prepared<HeadRow>(db, 'heads', headsSql, [scopes ?? null])).map(toHead);
}

/** The revisions in force for organizations of a kind, the platform's first; where that is the only one, there is no such blueprint. */
export async function revisionsOfKind(db: Db, blueprint: string): Promise<string[]> {
  const heads = await listHeads(db, ['platform', blueprintScope(blueprint)]);
  return heads.map(({ scope, revision }) => `${scope}@${revision}`).sort((a) => (a.startsWith('platform@') ? -1 : 1));
}

const headsOfFilesSql = `select ${headColumns} from policy_heads
where scope = 'platform' or scope like 'blueprint/%' or scope = any($1) order by scope`;

/** The names of the kinds of organization that this installation has. */
export async function listKinds(db: Db): Promise<string[]> {
  return (await listHeadsOfFiles(db)).flatMap(({ scope }) => (scope.startsWith('blueprint/') ? [scope.slice('blueprint/'.length)] : []));
}

/** The heads of the scopes that policy files make, which are few, and of those named. */
export async function listHeadsOfFiles(db: Db, others: readonly string[] = []): Promise<Head[]> {
  return (await prepared<HeadRow>(db, 'heads-of-files', headsOfFilesSql, [others])).map(toHead);
}

function toHead(row: HeadRow): Head {
  return {
    scope: row.scope,
    revision: row.revision,
    version: row.version,
    activatedBy: row.activated_by,
    activatedAt: row.activated_at,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.rollout_id !== null && {
      rollout: { id: toId('rollout', row.rollout_id), candidate: row.candidate_revision!, stage: row.is_canary ? 'CANARY' : 'SHADOW' },
    }),
  };
}

/** To which revision a head moves, where it was seen, and by which rollout. */
interface Move {
  readonly revision: number;
  readonly expected?: string | null | undefined;
  readonly rollout?: string | undefined;
}

/** Throws what moveHead would. With `lock` the head stays where it is until the transaction ends. */
export async function refuseMove(db: Db, scope: string, { revision, expected, rollout }: Move, { lock = false } = {}): Promise<void> {
  const exists = await db('policy_revisions').where({ scope, revision }).first('revision');
  if (!exists) throw new InvalidInput(`${scopeName(scope)} has no revision ${revision}.`);
  const sql = `select version, rollout_id from policy_heads where scope = ?${lock ? ' for update' : ''}`;
  const [current] = (await db.raw(sql, [scope])).rows as { version: string; rollout_id: string | null }[];
  const open = current?.rollout_id ? toId('rollout', current.rollout_id) : undefined;
  if (open !== rollout) throw rollout === undefined ? openRollout(scope, open!) : noOpenRollout(rollout);
  if (expected !== undefined && (current?.version ?? null) !== expected) throw new VersionMismatch(current && etagOf(current.version));
}

/** Nothing else comes into force in a scope while a revision does in stages. */
export function openRollout(scope: string, rollout: string): FailedPrecondition {
  const name = scopeName(scope);
  return new FailedPrecondition(
    'failed-precondition',
    `The rollout ${rollout} of ${name} is open: promote it, or cancel it (POST /v1/policies/${name}/rollouts/${rollout}/cancel, or npx tenet policy rollout cancel ${name}).`,
  );
}

/** The rollout has ended meanwhile. */
export function noOpenRollout(rollout: string): FailedPrecondition {
  return new FailedPrecondition('failed-precondition', `The rollout ${rollout} has ended. To begin another one, create a rollout.`);
}

/**
 * Keeps the head of a scope where it is until the transaction ends. A function that gives or offers a role does this before the policy is read, or with
 * the `revisions` that it was read from: then either moveHead waits and finds the grant, or the grant finds the policy without the role.
 * Holders do not wait for each other. Throws Unavailable when the head is not at the revision that was read.
 */
export async function holdHead(db: Db, scope: string, revisions?: readonly string[]): Promise<void> {
  const [head] = await prepared<{ revision: number; candidate: number | null }>(db, 'hold-head', holdSql, [scope]);
  // Where a canary runs, both have the same roles: its blueprint is that in force.
  const present = [head?.revision, head?.candidate].map((revision) => `${scope}@${revision}`);
  if (revisions && head && !present.some((name) => revisions.includes(name)))
    throw new Unavailable('The policy has changed meanwhile. Nothing was changed; try again in a moment.');
}

const holdSql = `
select revision, case when canary_share > 0 or canary_organizations <> '{}' then candidate_revision end as candidate
from policy_heads where scope = $1 for key share`;

/** The statement sees the head as it was before it, so `previous_revision` is what the new one takes the place of. */
const moveHeadSql = `with moved as (
  insert into policy_heads as head (scope, revision, activated_by, reason) values (:scope, :revision, :by, :reason)
  on conflict (scope) do update
  set revision = :revision, activated_by = :by, activated_at = now(), reason = :reason, version = head.version + 1,
    rollout_id = null, candidate_revision = null, canary_share = 0, canary_organizations = '{}'
  returning version, activated_at
)
insert into policy_activations (scope, version, revision, previous_revision, how, activated_by, activated_at, reason, rollout_id, stage, candidate_revision)
select :scope, version, :revision, (select revision from policy_heads where scope = :scope), :how, :by, activated_at, :reason,
  :rollout::uuid, case when :rollout::uuid is not null then 'ALL' end, case when :rollout::uuid is not null then :revision::integer end
from moved`;

/**
 * Puts a revision into force, if the head is still at `expected` (undefined: whatever it is; null: there is none yet).
 * Throws VersionMismatch when it moved meanwhile, InvalidInput when there is no such revision, and FailedPrecondition while a rollout is open that is
 * not the `rollout` which is promoted. Each move is an entry of the scope's history.
 */
export async function moveHead(
  db: Db,
  scope: string,
  move: Move & { how: ActivationWay; by: string; reason?: string | undefined },
): Promise<Head> {
  await refuseMove(db, scope, move, { lock: true });
  const { revision, how, by, reason = null, rollout } = move;
  await db.raw(moveHeadSql, { scope, revision, how, by, reason, rollout: rollout === undefined ? null : toUuid('rollout', rollout) });
  const [head] = await listHeads(db, [scope]);
  return head!;
}

/** The text of the model in force. */
export async function loadModel(db: Db): Promise<string> {
  const [head] = await listHeads(db, ['platform']);
  const { model }: { model: string } = await db('policy_revisions').where({ scope: 'platform', revision: head!.revision }).first('model');
  return model;
}

/** The rule of the finding about a revision whose rows were changed behind Tenet's back. */
export const digestRule = 'digest';

/**
 * The content of a revision. Its rows come through the stock Casbin adapter, so that they are what stock Casbin would load. Throws NotFound,
 * and PolicyError when it is not what was stored.
 */
export async function loadContent(db: Db, scope: string, revision: number): Promise<PolicyContent> {
  const stored: StoredContent | undefined = await db('policy_revisions')
    .select('scope', 'revision', 'model', 'sources', 'documents', 'sha256')
    .where({ scope, revision })
    .first();
  if (!stored) throw new NotFound();
  return contentOf(stored, await adapterRows(db, stored.model, `${scope}@${revision}`));
}

/** A revision as it is stored, without its rows. */
export interface StoredContent {
  scope: string;
  revision: number;
  model: string;
  sources: RowSource[];
  documents: Partial<PolicyContent>;
  sha256: string;
}

/** The content of a revision with these rows. Throws PolicyError when it is not what was stored. */
export function contentOf({ scope, revision, model, sources, documents, sha256 }: StoredContent, rows: readonly Row[]): PolicyContent {
  const content: PolicyContent = { scope, model, rows, sources, ...documents };
  if (digest(content) !== sha256) {
    const message = `the policy revision ${scopeName(scope)}@${revision} is not what was stored: its digest differs`;
    throw new PolicyError([{ rule: digestRule, level: 'error', message }]);
  }
  return content;
}

/** The adapter is CommonJS whose class is its `default`; a loader that requires modules has taken that already. */
const PostgresAdapter = casbinPgAdapter.default ?? (casbinPgAdapter as unknown as typeof casbinPgAdapter.default);

/** Casbin parses each row as a line of CSV: so many of them keep the event loop for a millisecond or two. */
const slice = 100;

/** Slices that were parsed before, by their text: what decides, reviews and plans in one process reads the same revisions. */
const parsed = new LRUCache<string, readonly Row[]>({ max: 200 });

async function adapterRows(db: Db, modelText: string, name: string): Promise<Row[]> {
  let rules: unknown[] | undefined;
  let from = 0;
  let text = '';
  let known: readonly Row[] | undefined;
  const adapter = await PostgresAdapter.newAdapter({
    migrate: false,
    // The adapter says `casbin`; the search path decides that this is our view of the one revision. It gets the rows slice by slice.
    dbClient: (exec) =>
      exec({
        query: async (sql: string) => {
          rules ??= (await queryUnder(db, { search_path: 'tenet_casbin, tenet', 'tenet.revisions': name }, sql)).rows;
          const rows = rules.slice(from, from + slice);
          text = JSON.stringify([modelText, rows]);
          // Taken here: while the adapter works, other reads may push it out.
          known = parsed.get(text);
          return { rows: known ? [] : rows };
        },
      }),
  });
  const model = newModelFromString(modelText);
  const rows: Row[] = [];
  do {
    if (from > 0) await setImmediate();
    model.clearPolicy();
    await adapter.loadPolicy(model as never);
    known ??= (model.model.get('p')?.get('p')?.policy ?? []) as unknown as Row[];
    parsed.set(text, known);
    for (const row of known) rows.push([...row]);
    from += slice;
  } while (from < rules!.length);
  return rows;
}
