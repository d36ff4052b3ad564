import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { createKnown } from '../authorization/decisions/listing.ts';
import { subjectNamed } from '../authorization/decisions/subjects.ts';
import type { StoreAction, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { toId } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { findStore, type StoreKey } from './stores.ts';

/** A decision of a store as it was taken: all that it depended on besides the files of its revision. */
export interface LoggedStoreDecision extends LoggedQuestion {
  readonly id: string;
  readonly decision: boolean;
  readonly revision: number;
  readonly sha256: string;
  /** Of policy.csv; absent where no row decided. */
  readonly line?: number;
  readonly consistency: 'FULLY_CONSISTENT' | 'MINIMIZE_LATENCY';
  /** Who asked, by which request; not for callers who may not list who that is. */
  readonly caller?: string;
  readonly requestId?: string;
  readonly createdAt: string;
}

type LoggedEntity = Pick<StoreEntity, 'type' | 'id'> & Partial<StoreEntity>;

interface LoggedQuestion extends Partial<Pick<StoreQuestion, 'context'>> {
  readonly subject: LoggedEntity;
  readonly action: Pick<StoreAction, 'name'> & Partial<StoreAction>;
  readonly resource: LoggedEntity;
}

interface Row {
  id: string;
  at: Date;
  revision: number;
  sha256: string;
  caller: string;
  request: string;
  may_be_cached: boolean;
  decision: boolean;
  line: number | null;
  question: StoreQuestion;
}

/** The decisions of a store that the log has, newest first. Who may not read the store sees no properties and no context. Throws NotFound. */
export async function listStoreDecisions(db: Db, actor: Actor, input: StoreKey & PageQuery): Promise<Page<LoggedStoreDecision>> {
  const { organizationId, projectId } = input;
  const place = { organizationId, projectId };
  const list = `decisions of ${input.policyStoreId}`;
  const page = readPage(input, list, uuidKey);
  const { org_id, id } = await findStore(db, input);
  const query = db('decision_log_stores')
    .where({ org_id, store_id: id })
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '<', page.after);
  const rows: Row[] = await query;
  const known = await knownCallers(actor, place, rows);
  const isShown = (await actor.may('policy-store', 'read', place)).allowed;
  return toPage(
    rows,
    page,
    list,
    (row) => row.id,
    (row) => toDecision(row, known, isShown),
  );
}

/** The names of callers that the actor may know. */
async function knownCallers(actor: Actor, place: Place, rows: readonly Row[]): Promise<Set<string>> {
  const isKnown = createKnown(actor);
  const known = new Set<string>();
  for (const { caller } of rows) if (!known.has(caller) && (await isKnown(subjectNamed(caller), place))) known.add(caller);
  return known;
}

function toDecision(row: Row, known: ReadonlySet<string>, isShown: boolean): LoggedStoreDecision {
  return {
    id: toId('decision', row.id),
    decision: row.decision,
    ...(isShown ? row.question : withoutProperties(row.question)),
    ...{ revision: row.revision, sha256: row.sha256 },
    ...(row.line !== null && { line: row.line }),
    consistency: row.may_be_cached ? 'MINIMIZE_LATENCY' : 'FULLY_CONSISTENT',
    ...(known.has(row.caller) && { caller: row.caller, requestId: toId('request', row.request) }),
    createdAt: row.at.toISOString(),
  };
}

function withoutProperties({ subject, action, resource }: StoreQuestion): LoggedQuestion {
  const named = ({ type, id }: StoreEntity): LoggedEntity => ({ type, id });
  return { subject: named(subject), action: { name: action.name }, resource: named(resource) };
}
