import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { dayOf } from '../authorization/decision-log/batch.ts';
import { nameOf } from '../authorization/decisions/subjects.ts';
import { newUuidOf, toUuid } from '../base/ids.ts';
import { type Database, prepared } from '../database/database.ts';
import type { TakenStoreDecision } from './store-shadow.ts';

/** A decision that waits to be written. */
export interface LoggedEntry {
  readonly taken: TakenStoreDecision;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly size: number;
}

// What a store that is gone has decided is gone with it.
const writeSql = `
insert into decision_log_stores (org_id, project_id, store_id, id, day, at, revision, sha256, caller, request, may_be_cached, decision, line, question)
select s.org_id, s.project_id, s.id, e.id, e.day, to_timestamp(e.at / 1000.0), e.revision, e.sha256, e.caller, e.request, e.may_be_cached, e.decision,
  e.line, e.question::json
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::float8[], $6::int[], $7::text[], $8::text[], $9::uuid[], $10::boolean[], $11::boolean[],
  $12::int[], $13::text[])
  as e (org_id, store_id, id, day, at, revision, sha256, caller, request, may_be_cached, decision, line, question)
join policy_stores s on s.org_id = e.org_id and s.id = e.store_id
on conflict do nothing`;

type Row = readonly unknown[];

/** How many characters are written out as JSON before others have their turn. */
const slice = 65_536;

/** The rows of entries that were tried, so that the second time has the same ids. */
const made = new WeakMap<LoggedEntry, Row>();

/** Writes entries; what is there already stays. */
export async function writeEntries(database: Database, entries: readonly LoggedEntry[]): Promise<void> {
  let done = 0;
  const rows: Row[] = [];
  for (const entry of entries) {
    done += entry.size;
    if (done > slice) {
      done = 0;
      await turnOfEventLoop();
    }
    rows.push(rowOf(entry));
  }
  const columns = Array.from({ length: 13 }, (_, index) => rows.map((row) => row[index]));
  await database.write('platform', (db) => prepared(db, 'decision-log-stores', writeSql, columns));
}

function rowOf(entry: LoggedEntry): Row {
  const known = made.get(entry);
  if (known) return known;
  const { taken, at } = entry;
  const { key, inForce, question, decided } = taken;
  const { subject, supportAccessId, requestId, mayBeCached } = taken.by!;
  const row = [
    ...[toUuid('organization', key.organizationId), toUuid('policyStore', key.policyStoreId), newUuidOf(at), dayOf(at), at],
    ...[inForce.revision, inForce.sha256, nameOf(subject, supportAccessId), toUuid('request', requestId), mayBeCached],
    ...[decided.decision, decided.rules[0] ?? null, JSON.stringify(question)],
  ];
  made.set(entry, row);
  return row;
}
