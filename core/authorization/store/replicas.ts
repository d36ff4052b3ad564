import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { newId, toId, toUuid } from '../../base/ids.ts';
import type { Database, Db } from '../../database/database.ts';
import { scopeName } from '../policy/scopes.ts';
import type { LivePolicies, Served, ServedCandidate } from './live-policies.ts';
import type { Head } from './revisions.ts';

/** A server on this database, as it last reported. */
export interface Replica {
  readonly id: string;
  /** The name of its machine. */
  readonly name: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** By scope, the revision that decides there; a scope that it cannot decide about is missing. */
  readonly serves: Readonly<Record<string, number>>;
  /** By scope, the candidate of an open rollout that it is ready to decide by, and the version of the head that it has seen. */
  readonly candidates: Readonly<Record<string, ServedCandidate>>;
  /** The names of the root keys that it holds. */
  readonly kids: readonly string[];
  /** The names of its keys of policies: it decides by no revision that none of them has signed. None: it demands no signature. */
  readonly policyKids: readonly string[];
}

/** A revision that replicas are to decide by. */
export interface Target {
  readonly scope: string;
  readonly revision: number;
  /** The candidate that they are to be ready for, as the head has it since this version. Null: none. Absent: whatever it is. */
  readonly candidate?: ServedCandidate | null;
}

/** What replicas are to decide by where this is the head. */
export function targetOf({ scope, revision, version, rollout }: Head): Target {
  return { scope: scopeName(scope), revision, candidate: rollout ? { revision: rollout.candidate, version } : null };
}

/** Milliseconds between reports, and for which a replica counts that reports no more. */
const every = 5_000;
const life = 15_000;

interface ReplicaRow {
  id: string;
  name: string;
  started_at: Date;
  seen_at: Date;
  serves: Record<string, number>;
  candidates: Record<string, ServedCandidate>;
  kids: string[];
  policy_kids: string[];
}

const reportSql = `
with gone as (delete from replicas where seen_at < now() - :life * interval '1 ms' and id <> :id)
insert into replicas (id, name, started_at, seen_at, serves, candidates, kids, policy_kids)
values (:id, :name, :startedAt, now(), :serves, :candidates, :kids, :policyKids)
on conflict (id) do update set seen_at = now(), serves = :serves, candidates = :candidates`;

/** The servers that report, the oldest first. */
export async function listReplicas(db: Db): Promise<Replica[]> {
  const rows: ReplicaRow[] = await db('replicas').whereRaw("seen_at >= now() - ? * interval '1 ms'", [life]).orderBy('id');
  return rows.map(({ id, name, started_at, seen_at, serves, candidates, kids, policy_kids }) => ({
    id: toId('replica', id),
    name,
    startedAt: started_at,
    seenAt: seen_at,
    serves,
    candidates,
    kids,
    policyKids: policy_kids,
  }));
}

/** The replicas that do not decide by every one of these revisions. */
export function laggardsOf(replicas: readonly Replica[], targets: readonly Target[]): Replica[] {
  return replicas.filter((replica) => targets.some((target) => isBehind(replica, target)));
}

/** Whether a replica does not decide by this revision, or has not heard of the stage of its rollout. */
export function isBehind({ serves, candidates }: Replica, { scope, revision, candidate }: Target): boolean {
  if (serves[scope] !== revision) return true;
  if (candidate === undefined) return false;
  const ready = candidates[scope];
  return ready?.revision !== candidate?.revision || Number(ready?.version ?? 0) < Number(candidate?.version ?? 0);
}

/** What became of the replicas that were waited for. */
export interface Awaited {
  /** Those that do not decide by it when the time is over. */
  readonly late: readonly Replica[];
  /** Those that were there and have stopped reporting without going off the list, as at a crash: what they decide by is not known. */
  readonly silent: readonly Replica[];
}

/** Waits until every replica decides by these revisions, or the time is over. */
export async function awaitReplicas(database: Database, targets: readonly Target[], milliseconds: number): Promise<Awaited> {
  const end = performance.now() + milliseconds;
  let before: readonly Replica[] = [];
  const silent: Replica[] = [];
  for (;;) {
    const { now, present } = await database.read('platform', async (db) => {
      const { rows }: { rows: { now: Date }[] } = await db.raw('select clock_timestamp() as now');
      return { now: rows[0]!.now, present: await listReplicas(db) };
    });
    silent.push(...silentOf(before, present, now));
    before = present;
    const late = laggardsOf(present, targets);
    const left = end - performance.now();
    if (late.length === 0 || left <= 0) return { late, silent };
    await pause(Math.min(100, left));
  }
}

/** Of those that were on the list a moment ago, those that are not and whose last report is old: a server that stops goes off it at once. */
function silentOf(before: readonly Replica[], present: readonly Replica[], now: Date): Replica[] {
  const isThere = new Set(present.map(({ id }) => id));
  return before.filter(({ id, seenAt }) => !isThere.has(id) && now.getTime() - seenAt.getTime() > life - every);
}

/** Reports what this process decides by. */
export interface ReplicaReports {
  /** A policy has changed, or may have: what decides now is reported at once. */
  changed(): void;
  /** Takes the replica off the list. */
  stop(): Promise<void>;
}

/**
 * Reports when a policy changes and every five seconds. Before another revision is reported, `forget` drops what was read under the earlier one:
 * what is reported is what decides every request that begins from then on.
 */
export function startReplicaReports(options: {
  readonly database: Database;
  readonly policies: Pick<LivePolicies, 'served'>;
  readonly kids: readonly string[];
  readonly policyKids: readonly string[];
  readonly forget: () => void;
  readonly onError: (error: unknown) => void;
}): ReplicaReports {
  const { database, policies, kids, policyKids, forget, onError } = options;
  const id = toUuid('replica', newId('replica'));
  const self = {
    id,
    name: hostname().slice(0, 255) || 'localhost',
    startedAt: new Date(),
    life,
    kids: [...kids],
    policyKids: [...policyKids],
  };
  let running: Promise<void> | undefined;
  let isDue = false;
  let isStopped = false;
  let reported = '';

  const write = ({ serves, candidates }: Served) =>
    database.write('platform', (db) =>
      db.raw(reportSql, { ...self, serves: JSON.stringify(serves), candidates: JSON.stringify(candidates) }),
    );

  async function report(): Promise<void> {
    const served = await policies.served();
    const present = JSON.stringify(served);
    if (present !== reported) forget();
    await write(served);
    reported = present;
  }

  async function run(): Promise<void> {
    while (isDue && !isStopped) {
      isDue = false;
      await report().catch(onError);
    }
    running = undefined;
  }

  function changed(): void {
    isDue = true;
    running ??= run();
  }

  // A start does not build the engines of all kinds of organization: until the first report it is on the list with none.
  running = write({ serves: {}, candidates: {} }).then(undefined, onError).then(run);
  const timer = setInterval(changed, every);
  timer.unref();
  return {
    changed,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
      await database.write('platform', (db) => db('replicas').where({ id }).delete()).catch(onError);
    },
  };
}
