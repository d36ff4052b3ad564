import { NotFound } from '../../base/errors.ts';
import { toId, toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import type { Engine } from '../engine/engine.ts';
import { domainOf } from '../policy/domain.ts';
import { scopeName } from '../policy/scopes.ts';
import { ownerRole, storedRole } from '../policy/vocabulary.ts';
import { splitRevision } from '../store/live-policies.ts';
import { getRevision } from '../store/revisions.ts';
import type { Actor, Place } from './actor.ts';
import type { Decision, DecisionRecord, RecordedVerdict } from './decide.ts';
import { type DenyingRestriction, readDenying, readerOf, toldTo } from './denying-restrictions.ts';
import { holderColumns, livingGrant } from './held-roles.ts';
import { knownTo } from './listing.ts';
import { rolesThatWouldAllow } from './nearest.ts';
import { findDecision, type KeptDecision } from './records.ts';
import { denyingState, shownState } from './refusal.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { authorityOf, subjectNamed } from './subjects.ts';

/** A decision and everything that led to it. */
export interface Explanation {
  readonly decisionId: string;
  readonly decision: boolean;
  readonly reason: string;
  readonly subject: string;
  readonly organizationId: string;
  readonly projectId?: string;
  readonly resource: string;
  readonly action: string;
  /** The one resource that it was asked about. */
  readonly resourceId?: string;
  readonly rule?: DecidingRule;
  /** The restrictions by which it is denied. */
  readonly restrictions?: readonly DenyingRestriction[];
  /** The state that denied. */
  readonly state?: { readonly name: string; readonly title: string; readonly problem: string };
  /** Whose authority a key has; not for callers who may not list who that is. */
  readonly owner?: string;
  /** The scopes of a key, where it has any, and the two questions that both must allow: about its owner and about them. */
  readonly scopes?: readonly string[];
  readonly questions?: {
    readonly about: 'OWNER' | 'SCOPES';
    readonly decision: boolean;
    readonly reason: string;
    readonly rule?: DecidingRule;
  }[];
  readonly roles: HeldRole[];
  readonly revisions: { readonly scope: string; readonly revision: number; readonly sha256: string }[];
  readonly nearestRoles: string[];
  /** Of a decision of the log: the request, and the consistency that a question was asked with. */
  readonly requestId?: string;
  readonly consistency?: 'FULLY_CONSISTENT' | 'MINIMIZE_LATENCY';
  readonly createdAt: string;
}

/** The explanation of a decision that was kept: its subject, and what leads to it, is not for callers who may not list them. */
export type KeptExplanation = Omit<Explanation, 'subject'> & Partial<Pick<Explanation, 'subject'>>;

/** The policy row that decided. */
export interface DecidingRule {
  readonly scope: string;
  readonly file?: string;
  readonly line?: number;
  readonly row: string[];
}

/** A role that counted, and where it came from. */
export interface HeldRole {
  readonly role: string;
  readonly source: 'GRANT' | 'ROLE_GRANT' | 'MEMBERSHIP' | 'OWNERSHIP' | 'PLATFORM' | 'STATE' | 'SUPPORT';
  readonly grantId?: string;
  readonly via?: string;
}

/** The snapshot of a user, a service account or a key as a subject of questions, by id. One that does not exist holds no role. */
export function snapshotOf(db: Db, id: string, place: Place): Promise<Snapshot> {
  return takeSnapshot(db, subjectNamed(id), domainOf(place), place);
}

/** Explains a decision that was taken just now. */
export async function explain(db: Db, decision: Decision, engine: Engine): Promise<Explanation> {
  return explainRecord(db, { id: decision.id, record: decision.record() }, engine);
}

/** Explains a decision of an organization that was kept: verdict, rule and roles as they were, the nearest roles as the policy is now. Throws NotFound. */
export async function explainKept(db: Db, actor: Actor, input: { organizationId: string; decisionId: string }): Promise<KeptExplanation> {
  const kept = await findDecision(db, input.organizationId, input.decisionId);
  const explained = await explainRecord(
    db,
    { id: input.decisionId, ...kept },
    await actor.engine({ organizationId: input.organizationId }),
  );
  const { subject, ...told } = await withoutUnknown(actor, { ...explained, ...circumstancesOf(kept) });
  const isOwn = explained.owner === actor.principal.subject.id;
  if (isOwn || (await isKnownTo(actor, subject, told))) return { subject, ...told };
  const { requestId, ...rest } = told;
  // A grant and a request are listed with their subject elsewhere.
  return { ...rest, roles: rest.roles.map(({ role, source }) => ({ role, source })) };
}

/** Whether the actor may know of the subject of a decision. Controllers are no secret. */
async function isKnownTo(actor: Actor, name: string, place: Place): Promise<boolean> {
  const subject = subjectNamed(name);
  return subject.type === 'controller' || (await knownTo(actor, subject.type, place))(subject);
}

/** The explanation, without the owner of the key where the actor may not list them, and with what the actor may know of restrictions. */
export async function withoutUnknown(actor: Actor, { owner, restrictions, ...explained }: Explanation): Promise<Explanation> {
  const told = restrictions && toldTo(await readerOf(actor, explained.organizationId), restrictions);
  const rest = { ...explained, ...(told && { restrictions: told }) };
  if (owner === undefined) return rest;
  const type = owner.startsWith('user_') ? 'user' : 'service-account';
  const isKnown = (await knownTo(actor, type, rest))({ id: owner });
  return isKnown ? { ...rest, owner } : rest;
}

function circumstancesOf({ logged }: KeptDecision): Partial<Explanation> {
  if (!logged) return {};
  const { request, isQuestion, mayBeCached } = logged;
  const consistency = mayBeCached ? 'MINIMIZE_LATENCY' : 'FULLY_CONSISTENT';
  return { requestId: toId('request', request), ...(isQuestion && { consistency }) };
}

/** Without `at` it is a decision of this moment. */
async function explainRecord(db: Db, kept: { id: string; at?: Date; record: DecisionRecord }, engine: Engine): Promise<Explanation> {
  const { subject, domain: dom, resource, action, allowed, reason, roles, revisions, owner, scopes, questions } = kept.record;
  const { resourceId, restrictions } = kept.record;
  const [organizationId, projectId] = dom.split('/');
  if (!organizationId?.startsWith('org_')) throw new NotFound();
  const domain = domainOf({ organizationId, projectId });
  const state = denyingState(engine, kept.record.row);
  const nearest = rolesThatWouldAllow(engine, { roles: engine.roleSet(roles), domain, resource, action });
  return {
    decisionId: kept.id,
    decision: allowed,
    reason: reasonOf(reason),
    subject,
    organizationId,
    ...(projectId === undefined ? {} : { projectId }),
    resource,
    action,
    ...(resourceId !== undefined && { resourceId }),
    ...decidingRule(kept.record),
    ...(state && { state: shownState(state) }),
    ...(restrictions && { restrictions: await readDenying(db, organizationId, restrictions) }),
    ...(owner !== undefined && { owner }),
    ...(scopes && questions && { scopes: scopes.map(storedRole), questions: questions.map(toQuestion) }),
    roles: await originsOf(db, { subject: owner ?? subject, organizationId, projectId, at: kept.at }, roles),
    revisions: await Promise.all(revisions.map((name) => reference(db, name))),
    nearestRoles: nearest.map(storedRole),
    createdAt: (kept.at ?? new Date()).toISOString(),
  };
}

/** `NO_MATCH`. */
export function reasonOf(reason: string): string {
  return reason.replace('-', '_').toUpperCase();
}

/** The rule of a verdict, where a row decided. */
export function decidingRule({ row, source }: Pick<RecordedVerdict, 'row' | 'source'>): { rule?: DecidingRule } {
  return row && source ? { rule: { scope: scopeName(source.scope), file: source.file, line: source.line, row: [...row] } } : {};
}

function toQuestion(verdict: RecordedVerdict, index: number): NonNullable<Explanation['questions']>[number] {
  const about = index === 0 ? 'OWNER' : 'SCOPES';
  return { about, decision: verdict.allowed, reason: reasonOf(verdict.reason), ...decidingRule(verdict) };
}

async function reference(db: Db, name: string): Promise<{ scope: string; revision: number; sha256: string }> {
  const { scope, revision } = splitRevision(name);
  const { sha256 } = await getRevision(db, scope, revision);
  return { scope: scopeName(scope), revision, sha256 };
}

interface GrantRow {
  id: string;
  role: string;
  user_id: string | null;
  service_account_id: string | null;
  subject_role: string | null;
}

/** Where each role came from: the grant that stood for it at that moment, of the user or of another role they held. */
async function originsOf(
  db: Db,
  who: { subject: string; organizationId: string; projectId: string | undefined; at: Date | undefined },
  roles: readonly string[],
): Promise<HeldRole[]> {
  const organization = toUuid('organization', who.organizationId);
  const project = who.projectId === undefined ? null : toUuid('project', who.projectId);
  const holder = authorityOf(subjectNamed(who.subject));
  const query = db('grants as g')
    .select('id', 'role', 'user_id', 'service_account_id', 'subject_role')
    .where({ org_id: organization })
    .where((place) => place.whereNull('project_id').orWhere({ project_id: project }))
    .where((subject) => (holder ? subject.where({ [holderColumns[holder.type]]: holder.uuid }) : subject).orWhereNotNull('subject_role'))
    .orderBy('id');
  if (who.at === undefined) query.whereRaw(livingGrant);
  else {
    // The moment was cut to milliseconds on its way here.
    query.whereRaw(
      `created_at < :at::timestamptz + interval '1 millisecond' and (revoked_at is null or revoked_at > :at) and (until is null or until > :at) and (from_at is null or from_at <= :at)`,
      { at: who.at },
    );
  }
  const grants: GrantRow[] = await query;
  const support: string[] = await db('support_accesses')
    .where({ org_id: organization, operator_id: holder?.uuid ?? null })
    .distinct('role')
    .pluck('role');
  return roles.map((name) =>
    isOfSupport(name, support) ? { role: name, source: 'SUPPORT' } : originOf(name, grants, new Set(roles.map(storedRole))),
  );
}

/** No grant gives a role that support holds. */
function isOfSupport(name: string, roles: readonly string[]): boolean {
  return !/^(state|platform|member)\//.test(name) && roles.includes(storedRole(name));
}

function originOf(name: string, grants: readonly GrantRow[], held: ReadonlySet<string>): HeldRole {
  if (name.startsWith('state/')) return { role: name, source: 'STATE' };
  if (name.startsWith('platform/')) return { role: name, source: 'PLATFORM' };
  if (name === 'member/external') {
    const given = grants.find((grant) => grant.subject_role === null);
    return { role: name, source: 'GRANT', ...(given && { grantId: toId('grant', given.id) }) };
  }
  if (name.startsWith('member/')) return { role: name, source: 'MEMBERSHIP' };
  const id = storedRole(name);
  if (id === ownerRole) return { role: name, source: 'OWNERSHIP' };
  const direct = grants.find((grant) => grant.role === id && grant.subject_role === null);
  if (direct) return { role: name, source: 'GRANT', grantId: toId('grant', direct.id) };
  const through = grants.find((grant) => grant.role === id && grant.subject_role !== null && held.has(grant.subject_role));
  return { role: name, source: 'ROLE_GRANT', ...(through ? { grantId: toId('grant', through.id), via: through.subject_role! } : {}) };
}
