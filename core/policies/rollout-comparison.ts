import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { allows, type Decision } from '../authorization/decisions/decide.ts';
import { storedScope } from '../authorization/policy/scopes.ts';
import type { LivePolicies, PolicyInForce } from '../authorization/store/live-policies.ts';
import { addCompared, type Difference, type Finding, listFindings } from '../authorization/store/rollout-findings.ts';
import { differingOrganizations, figuresOf, listOpenRollouts, type Rollout } from '../authorization/store/rollouts.ts';
import { counted } from '../base/counted.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Database, Db } from '../database/database.ts';
import { type IsPlanned, plannedDifferences } from './planned-differences.ts';
import { rollBackRollout } from './rollout-ends.ts';

/**
 * Takes live decisions again by the other side of each open rollout: in SHADOW by the candidate, in the organizations of a CANARY by the revision in
 * force. Off the way of requests: `observe` waits for nothing.
 */
export interface RolloutComparison {
  observe(decision: Decision): void;
  /** A rollout has begun, moved or ended, or may have. */
  changed(): void;
  /** Compares and writes what waits. */
  flush(): Promise<void>;
  /** The same for the last time. */
  stop(): Promise<void>;
}

/** Decisions that may wait, cases that may wait to be written, decisions after which others have their turn, and organizations that tell that it is not one alone (docs/limits.md). */
const most = { waiting: 2_000, findings: 2_000, turn: 200, organizations: 2 };
/** Milliseconds between two writes. */
const pause = 1_000;

/** A rollout while it is open, with what was compared since it was last written. */
interface Open {
  readonly rollout: Rollout;
  /** `scope@revision`: what decides, and what it is compared with. */
  readonly live: string;
  readonly other: string;
  readonly isPlanned: IsPlanned;
  /** The other side of lists of revisions, which snapshots have in common. */
  readonly others: WeakMap<readonly string[], readonly string[]>;
  /** Whether a policy is one of the other side. */
  readonly isOther: WeakMap<PolicyInForce, boolean>;
  compared: number;
  dropped: number;
  findings: Map<string, Finding>;
  /** Of compared decisions that differ where the plan does not say so: those for whose case there was no room, and where two of them were taken. */
  unkept: number;
  organizations: Set<string>;
}

export function createRolloutComparison(options: {
  readonly database: Database;
  readonly policies: Pick<LivePolicies, 'find' | 'get'>;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics, 'comparedDecisions'>;
}): RolloutComparison {
  const { database, policies, log, metrics } = options;
  let open: readonly Open[] = [];
  /** What there is something to write of; it may have ended meanwhile. */
  let touched = new Set<Open>();
  const waiting: { readonly decision: Decision; readonly one: Open }[] = [];
  let comparing: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let isDue = false;
  let timer: NodeJS.Timeout | undefined;
  const failed = (error: unknown) => log.warn({ error }, 'decisions of a rollout could not be compared');

  async function read(): Promise<void> {
    while (isDue) {
      isDue = false;
      const before = open;
      open = await database.read('platform', async (db) => {
        const rollouts = await listOpenRollouts(db);
        return Promise.all(rollouts.map((rollout) => before.find((one) => isSame(one.rollout, rollout)) ?? begin(db, rollout)));
      });
    }
  }

  function changed(): void {
    isDue = true;
    reading ??= read()
      .catch((error: unknown) => {
        failed(error);
        isDue = true;
        arm();
      })
      .finally(() => {
        reading = undefined;
      });
  }

  function compare(decision: Decision, one: Open, policy: PolicyInForce | undefined): void {
    touched.add(one);
    const isCompared = policy !== undefined && isOther(policy, one) && (isSaid(decision, policy) || addFinding(decision, one));
    if (isCompared) one.compared += 1;
    else one.dropped += 1;
  }

  async function compareAll(): Promise<void> {
    while (waiting.length > 0) {
      await turn();
      for (const { decision, one } of waiting.splice(0, most.turn)) {
        const names = otherNames(decision, one);
        // Undefined as long as nothing has asked for it: it is built for this.
        compare(decision, one, policies.find(names) ?? (await policies.get(names).catch(() => undefined)));
      }
    }
  }

  function drain(): Promise<void> {
    comparing ??= compareAll().finally(() => {
      comparing = undefined;
    });
    return comparing;
  }

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const some = touched;
    touched = new Set();
    for (const one of some) {
      const { rollout, compared, dropped, unkept } = one;
      const findings = [...one.findings.values()];
      const organizations = [...one.organizations];
      Object.assign(one, nothingYet());
      metrics.comparedDecisions.inc({ outcome: 'compared' }, compared);
      metrics.comparedDecisions.inc({ outcome: 'dropped' }, dropped);
      try {
        await database.write('platform', (db) => addCompared(db, rollout, { compared, dropped, findings, unkept, organizations }));
        if (rollout.stage === 'CANARY') await rollBackBeyondGate(rollout, findings);
      } catch (error) {
        failed(error);
      }
    }
    if (isDue) arm();
  }

  /** Once among all replicas: the one that ends it says so. */
  async function rollBackBeyondGate(rollout: Rollout, findings: readonly Finding[]): Promise<void> {
    const ended = await database.write('platform', async (db) => {
      const { unplanned } = (await figuresOf(db, [rollout.id])).get(rollout.id)!;
      if (unplanned <= rollout.gates.unplanned || !isOfSeveral(rollout, await differingOrganizations(db, rollout.id))) return undefined;
      const [example] = [...findings, ...(await listFindings(db, rollout.id, 1))].filter(({ planned }) => !planned);
      return rollBackRollout(db, rollout, reasonOf(rollout, unplanned, example));
    });
    if (ended) log.warn({ rollout: ended.id, reason: ended.movedReason }, 'a rollout was rolled back');
  }

  function arm(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (isDue) changed();
      void drain().then(write).catch(failed);
    }, pause).unref();
  }

  changed();

  return {
    observe(decision) {
      if (open.length === 0) return;
      for (const one of open) {
        if (!decision.snapshot.revisions.includes(one.live)) continue;
        arm();
        // Where what decides there does not hold, an earlier policy or that in force has decided: that says nothing about the candidate.
        const isOwn = policies.find(decision.snapshot.revisions) !== undefined;
        if (isOwn && waiting.length < most.waiting) waiting.push({ decision, one });
        else {
          one.dropped += 1;
          touched.add(one);
        }
      }
      if (waiting.length > 0) drain().catch(failed);
    },
    changed,
    async flush() {
      await reading;
      await drain();
      await write();
    },
    async stop() {
      await reading;
      await drain();
      await write();
      open = [];
      clearTimeout(timer);
    },
  };
}

const isSame = (one: Rollout, other: Rollout): boolean => one.id === other.id && one.version === other.version;

async function begin(db: Db, rollout: Rollout): Promise<Open> {
  const { scope, base, candidate, stage } = rollout;
  const [inForce, wanted] = [`${scope}@${base}`, `${scope}@${candidate}`];
  const sides = stage === 'CANARY' ? { live: wanted, other: inForce } : { live: inForce, other: wanted };
  const isPlanned = await plannedDifferences(db, rollout);
  return { rollout, ...sides, isPlanned, others: new WeakMap(), isOther: new WeakMap(), ...nothingYet() };
}

function nothingYet(): Pick<Open, 'compared' | 'dropped' | 'findings' | 'unkept' | 'organizations'> {
  return { compared: 0, dropped: 0, findings: new Map(), unkept: 0, organizations: new Set() };
}

/** One organization that asks in a loop shall not end a canary for all, unless the canary names it. */
function isOfSeveral({ canary }: Rollout, organizations: readonly string[]): boolean {
  return organizations.length >= most.organizations || organizations.some((id) => canary.organizations.includes(id));
}

/** The revisions of a decision with the other side in the place of the one that decided. */
function otherNames({ snapshot: { revisions } }: Decision, { live, other, others }: Open): readonly string[] {
  let names = others.get(revisions);
  if (names === undefined) {
    names = Object.freeze(revisions.map((name) => (name === live ? other : name)));
    others.set(revisions, names);
  }
  return names;
}

/** False where the other side does not hold: an earlier revision decides in its place. */
function isOther(policy: PolicyInForce, { other, isOther: known }: Open): boolean {
  let found = known.get(policy);
  if (found === undefined) {
    found = policy.revisions.some(({ scope, revision }) => `${storedScope(scope)}@${revision}` === other);
    known.set(policy, found);
  }
  return found;
}

/** Whether a policy says the same. */
function isSaid({ snapshot, resource, action, allowed }: Decision, { engine }: PolicyInForce): boolean {
  return allows(engine, snapshot, resource, action) === allowed;
}

/** False where there is no room for another case, and the plan says so; one that it does not say counts all the same. */
function addFinding(decision: Decision, one: Open): boolean {
  const { rollout, findings, isPlanned } = one;
  const { snapshot, resource, action } = decision;
  const { domain } = snapshot;
  const wasAllowed = rollout.stage === 'CANARY' ? !decision.allowed : decision.allowed;
  const difference: Omit<Difference, 'digest'> = {
    effect: wasAllowed ? 'ALLOW_TO_DENY' : 'DENY_TO_ALLOW',
    ...{ resource, action, level: domain.level },
    roles: [...snapshot.roles].sort(),
    scopes: [...(snapshot.scopes ?? [])].sort(),
  };
  const digest = createHash('sha256')
    .update(JSON.stringify(Object.values(difference)))
    .digest('hex');
  const known = findings.get(digest);
  const planned = known?.planned ?? isPlanned(difference);
  if (!planned && domain.level !== 'platform' && one.organizations.size < most.organizations) one.organizations.add(domain.org);
  if (known === undefined && findings.size >= most.findings) {
    if (!planned) one.unkept += 1;
    return !planned;
  }
  const example = { decisionId: decision.id, ...(domain.level !== 'platform' && { organizationId: domain.org }) };
  findings.set(digest, known ? { ...known, count: known.count + 1 } : { ...difference, digest, count: 1, planned, ...example });
  return true;
}

function reasonOf({ gates }: Rollout, unplanned: number, example: Omit<Finding, 'digest'> | undefined): string {
  const sentence = `${counted(unplanned, 'decision differs', 'decisions differ')} where the plan does not say so, and the gate allows ${gates.unplanned}`;
  if (!example) return sentence;
  const { effect, resource, action, roles, decisionId } = example;
  const change = effect === 'ALLOW_TO_DENY' ? 'is denied and was allowed' : 'is allowed and was denied';
  const who = roles.slice(0, 5).join(' + ');
  return `${sentence}: ${resource}:${action} ${change} for ${who} (${decisionId})`;
}
