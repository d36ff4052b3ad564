import { createHash } from 'node:crypto';
import { createCompiledPolicies } from '../authorization/engine/compiled-policies.ts';
import { createEngine } from '../authorization/engine/engine.ts';
import { digest as digestOf, type PolicyContent } from '../authorization/policy/content.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import type { Separated } from '../authorization/policy/separation.ts';
import { changeIn, changeOf, type Effect, type Engines } from '../authorization/review/policy-change.ts';
import { type Pair, permissionsOfBoth } from '../authorization/review/verdicts.ts';
import { canonical } from '../base/canonical.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { RoleMapping } from '../policies/role-mapping.ts';
import { contentsInForce, type InForce, ownContents } from './contents.ts';
import { groupsOf } from './groups.ts';
import { type PendingInvitations, pendingInvitations } from './invitations.ts';
import { type LossUses, noUses, readLossUses } from './last-use.ts';
import { givingTop, type Locked, type Losing, lockoutPairs, lockoutRails, lostBy, withoutHolder } from './lockout.ts';
import { type Mapped, mappingRails, newNames, takeMappings, withNewTiers, withOldNames } from './mapped-roles.ts';
import { inOrder } from './order.ts';
import { type ChangedOrganization, nextOrganizations, type OrganizationFacts } from './organizations.ts';
import { planPlatform } from './platform.ts';
import { platformRails, type Rail, strandedRails } from './rails.ts';
import { namesOf, roleBits } from './role-bits.ts';
import { type OrganizationPlan, type PlanRow, planOf } from './rows.ts';
import { chosenPairs, platformSamples, projectsOf, questionSets, questionsEach, sortedByChance } from './sampling.ts';
import { type Breach, breachesIn, type Gaining, gainedOf, separatedIn, separationRails } from './separation.ts';
import { inStrandedOrder, type Stranded, strandedByRoles } from './stranded.ts';
import { createStranding } from './stranding.ts';
import { controllerSample, createWitness, type Difference, pickSamples, type Sample } from './witness.ts';

/** A scope whose policy changes. */
export interface Target {
  readonly scope: string;
  /** What is in force; nothing for a scope that is new. */
  readonly from?: { readonly revision: number; readonly sha256: string };
  readonly to: { readonly sha256: string };
}

/** What a change of policy does to those who hold something, at one moment. */
export interface AccessPlan {
  readonly targets: readonly Target[];
  readonly dataAt: Date;
  /** In order, without one that no subject meets. */
  readonly effects: readonly Effect[];
  /** In the order of organizations, effects and places. */
  readonly rows: readonly PlanRow[];
  readonly rails: readonly Rail[];
  /** Invitations whose roles will not be what they were when they are accepted. */
  readonly invitations: readonly PendingInvitations[];
  /** What is of no use after the change, and stays. */
  readonly stranded: readonly Stranded[];
  /** What was said of roles that the contents lack, and the new names of roles as rows have them. */
  readonly mapping?: RoleMapping;
  readonly newNames: ReadonlyMap<string, string>;
  /** When losses were last used; no part of the digest. */
  readonly uses: LossUses;
  /** Organizations that were looked at. */
  readonly organizations: number;
  readonly verification: { readonly decided: number; readonly changed: number; readonly differences: readonly Difference[] };
  /** Of everything above but the moment and the verification. */
  readonly digest: string;
}

/** How a plan is made. */
export interface PlanOptions {
  /** How many questions are decided again; `everything` asks all of them, for tests. */
  readonly samples?: number | 'everything';
  /** Ids of subjects that are kept at most; beyond that there are none. */
  readonly keepSubjects?: number;
  /** For tests: what the organizations are taken for. */
  readonly facts?: (facts: OrganizationFacts) => OrganizationFacts;
  readonly seed?: number;
  /** The only organizations that are looked at, by uuid; the platform is looked at in any case. */
  readonly only?: readonly string[];
  /** Organizations that are looked at together: what is in memory at one time is theirs. */
  readonly batch?: number;
  /** What decides in the place of what is in force of the same scopes. */
  readonly instead?: readonly PolicyContent[] | undefined;
  /** What becomes of roles that the contents lack. */
  readonly mapping?: RoleMapping | undefined;
  /** Whether it is looked up when losses were last used; it is unless this says no. */
  readonly withUses?: boolean;
  /** Whether it is looked up what is of no use afterwards; it is unless this says no. */
  readonly withStranded?: boolean;
}

/** Subjects whose ids are kept with a plan, at most (docs/limits.md). */
const mostSubjects = 1_000_000;
/** Questions that are decided again. */
const usualSamples = 1_000;

/**
 * Compares what is in force with these contents, each in the place of what its scope has, for everyone who holds something. `db` is a transaction
 * that sees one moment (observe). Throws PolicyError where the contents do not hold together.
 */
export async function makePlan(db: Db, contents: readonly PolicyContent[], options: PlanOptions = {}): Promise<AccessPlan> {
  const [{ now, count }] = (await prepared<{ now: Date; count: number }>(
    db,
    'plan-moment',
    "select now() as now, (select count(*)::int from organizations where state <> 'DELETED') as count",
    [],
  )) as [{ now: Date; count: number }];
  const inForce = (await contentsInForce(db)).map((one): InForce => {
    const content = options.instead?.find(({ scope }) => scope === one.content.scope);
    return content ? { ...one, content, sha256: digestOf(content) } : one;
  });
  const targets = targetsOf(inForce, contents);
  const run = createRun(db, { inForce, contents, targets, total: count, ...options });
  await run.platform();
  for (const { content } of inForce) if (content.blueprint) await run.kind(content.blueprint.name);
  await run.stranded();
  const plan = run.finish();
  return { targets, dataAt: now, ...plan, uses: options.withUses === false ? noUses : await readLossUses(db, plan.rows) };
}

/** The same plan decides the same questions again. */
function seedOf(targets: readonly Target[]): number {
  return createHash('sha256').update(canonical(targets)).digest().readUInt32BE() >>> 1;
}

function targetsOf(inForce: readonly InForce[], contents: readonly PolicyContent[]): Target[] {
  return contents.flatMap((content): Target[] => {
    const present = inForce.find((one) => one.content.scope === content.scope);
    const to = { sha256: digestOf(content) };
    if (present?.sha256 === to.sha256) return [];
    return [{ scope: content.scope, ...(present && { from: { revision: present.revision, sha256: present.sha256 } }), to }];
  });
}

interface Input extends PlanOptions {
  readonly inForce: readonly InForce[];
  readonly contents: readonly PolicyContent[];
  readonly targets: readonly Target[];
  readonly total: number;
}

/** Where some are decided again, so is Tenet itself. */
function withController(samples: readonly Sample[] = []): readonly Sample[] {
  return samples.length === 0 ? [] : [...samples, controllerSample];
}

function createRun(
  db: Db,
  {
    inForce,
    contents,
    targets,
    total,
    samples = usualSamples,
    keepSubjects = mostSubjects,
    facts: taken = (facts) => facts,
    seed = seedOf(targets),
    only,
    batch: batchSize = 200,
    mapping,
    withStranded = true,
  }: Input,
) {
  const parts = createCompiledPolicies();
  const witness = createWitness();
  const before = new Map(inForce.map(({ content }) => [content.scope, content]));
  const after = new Map(before);
  const mapped = takeMappings(
    targets.map(({ scope }) => ({ before: before.get(scope), after: contents.find((content) => content.scope === scope)! })),
    mapping,
  );
  for (const one of mapped) after.set(one.after.scope, withOldNames(one));
  const mappingOf = (blueprint: string): Mapped | undefined => mapped.find((one) => one.after.scope === blueprintScope(blueprint));
  const rows: PlanRow[] = [];
  const rails: Rail[] = [];
  const invitations: PendingInvitations[] = [];
  const stranding = createStranding(db, (blueprint) => mappingOf(blueprint)?.mapping?.rename ?? {});
  const strandedRoles: Stranded[] = [];
  let looked = 0;
  let kept = 0;

  const layersOf = (side: ReadonlyMap<string, PolicyContent>, blueprint?: string, own?: PolicyContent): PolicyContent[] =>
    [side.get('platform'), blueprint === undefined ? undefined : side.get(blueprintScope(blueprint)), own].filter(
      (one) => one !== undefined,
    );
  const enginesOf = (blueprint?: string, own?: PolicyContent): Engines => ({
    before: createEngine(layersOf(before, blueprint, own), parts),
    after: createEngine(layersOf(after, blueprint, own && withNewTiers(own, mappingOf(blueprint!) ?? {})), parts),
  });

  function keep(added: readonly PlanRow[]): void {
    rows.push(...added);
    for (const { subjects } of added) kept += subjects?.size ?? 0;
    if (kept > keepSubjects) for (const row of rows) delete row.subjects;
  }

  async function platform(): Promise<void> {
    const engines = enginesOf();
    const change = changeOf(engines);
    if (targets.length > 0) rails.push(...(await platformRails(db, engines)));
    const people = await platformSamples(db, { samples, seed });
    const plan = await planPlatform(db, change, { sampled: people.map(({ uuid }) => uuid), withSubjects: kept <= keepSubjects });
    keep(plan.rows);
    const pairs = permissionsOfBoth(engines.before, engines.after, 'platform');
    for (const sample of [...people, controllerSample]) {
      const about = { planned: plan.effectFor(sample.uuid), pairs, before: layersOf(before), after: layersOf(after) };
      await witness.compare(db, sample, {}, about);
    }
  }

  /** Every organization of a kind. */
  async function kind(blueprint: string): Promise<void> {
    // Policies are asked about everything they know, which is not worth it for a kind without organizations.
    const [first] = await nextOrganizations(db, blueprint, { only, limit: 1 });
    if (!first) return;
    const engines = enginesOf(blueprint);
    const base = changeOf(engines);
    const levels = ['org', 'project'] as const;
    if (levels.every((level) => base.pairs(level).length === 0 && base.unshared(level).length === 0)) return;
    const { topRole } = engines.after.blueprint!;
    const pairs = [givingTop(topRole), ...lockoutPairs(engines, 'org')];
    const separated = separatedIn(engines, levels);
    const locked: Locked[] = [];
    const breaches: Breach[] = [];
    for (let last: string | undefined; ; ) {
      const batch = (await nextOrganizations(db, blueprint, { after: last, only, limit: batchSize })).map(taken);
      if (batch.length === 0) break;
      last = batch.at(-1)!.uuid;
      looked += batch.length;
      const own = await ownContents(
        db,
        batch.map(({ id }) => id),
      );
      const changed = batch.map((facts): ChangedOrganization => {
        const rowsOfOwn = own.get(facts.id);
        const change = rowsOfOwn ? changeIn(base, facts.id, rowsOfOwn, () => enginesOf(blueprint, rowsOfOwn)) : base;
        return { facts, change };
      });
      const first = rows.length;
      const batchPlan = await planBatch(changed, { engines, own, pairs, separated });
      locked.push(...batchPlan.locked);
      breaches.push(...batchPlan.breaches);
      if (withStranded)
        await stranding.look(batch, rows.slice(first), (facts) => (own.has(facts.id) ? enginesOf(blueprint, own.get(facts.id)) : engines));
      if (batch.length < batchSize) break;
    }
    rails.push(...lockoutRails(topRole, locked), ...separationRails(breaches));
    invitations.push(...(await pendingInvitations(db, blueprint, namesOf(base).touched)));
  }

  async function stranded(): Promise<void> {
    rails.push(...(await strandedRails(db, mapped)));
    for (const one of mapped) {
      rails.push(...(await mappingRails(db, one)));
      if (withStranded) strandedRoles.push(...(await strandedByRoles(db, one)));
    }
  }

  /** Returns what of `pairs` no person of an organization may do any more, and who would come to have both of what is `separated`. */
  async function planBatch(
    changed: readonly ChangedOrganization[],
    {
      engines,
      own,
      pairs,
      separated,
    }: { engines: Engines; own: ReadonlyMap<string, PolicyContent>; pairs: readonly Pair[]; separated: readonly Separated[] },
  ): Promise<{ locked: Locked[]; breaches: Breach[] }> {
    const named = changed.map(({ facts, change }) => ({ facts, ...namesOf(change) }));
    const bits = roleBits(named);
    const sampled = await samplesIn(
      changed,
      bits.roles.flatMap(({ role, isAffected }) => (isAffected ? role : [])),
    );
    const groups = await groupsOf(db, {
      organizations: changed.map(({ facts }) => facts),
      bits,
      relevant: new Set(named.flatMap(({ relevant }) => [...relevant])),
      touched: new Set(named.flatMap(({ touched }) => [...touched])),
      sampled: [...sampled.values()].flat().map(({ uuid }) => uuid),
      withSubjects: kept <= keepSubjects,
    });
    const byOrganization = groupedBy(groups, ({ organization }) => organization);
    const losing: Losing[] = [];
    const gaining: Gaining[] = [];
    for (const one of changed) {
      const plan = planOf(one, byOrganization.get(one.facts.uuid) ?? []);
      keep(plan.rows);
      const lost = lostBy(plan.rows, pairs);
      const rowsOfOwn = own.get(one.facts.id);
      gaining.push({
        facts: one.facts,
        engines: () => (rowsOfOwn ? enginesOf(one.facts.blueprint, rowsOfOwn) : engines),
        pairs: gainedOf(plan.rows, separated),
      });
      if (lost.length > 0)
        losing.push({
          ...one,
          lost,
          after: rowsOfOwn ? createEngine(layersOf(after, one.facts.blueprint, rowsOfOwn), parts) : engines.after,
        });
      for (const sample of withController(sampled.get(one.facts.uuid))) await verify(one, plan, sample, { engines, own: rowsOfOwn });
    }
    return { locked: await withoutHolder(db, losing), breaches: await breachesIn(db, gaining) };
  }

  /** A part of what is decided again that goes with the part of all organizations. */
  async function samplesIn(changed: readonly ChangedOrganization[], roles: readonly string[]): Promise<Map<string, Sample[]>> {
    const all = changed.map(({ facts }) => facts.uuid);
    if (samples === 'everything') return pickSamples(db, all, { seed, most: null, roles });
    // An organization gives some subjects, and a subject some questions.
    const wanted = Math.ceil((samples / questionsEach / 1.6) * (all.length / Math.max(1, total)));
    const chosen = sortedByChance(all, seed).slice(0, wanted);
    return pickSamples(db, chosen, { seed, most: 1, roles });
  }

  async function verify(
    { facts }: ChangedOrganization,
    plan: OrganizationPlan,
    { subject, uuid }: Sample,
    { engines, own }: { engines: Engines; own: PolicyContent | undefined },
  ): Promise<void> {
    const places =
      samples === 'everything'
        ? [null, ...(await projectsOf(db, facts.uuid))]
        : [null, ...sortedByChance(facts.projects, seed).slice(0, 1)];
    for (const project of places) {
      const planned = plan.effectFor(subject.type, uuid, project);
      const all = permissionsOfBoth(engines.before, engines.after, project === null ? 'org' : 'project');
      const pairs =
        samples === 'everything' ? all : chosenPairs(all, planned, `${seed} ${Number.parseInt(uuid.at(-1)!, 16) % questionSets}`);
      const place = { organizationId: facts.id, ...(project !== null && { projectId: toId('project', project) }) };
      await witness.compare(db, { subject, uuid }, place, {
        planned,
        pairs,
        before: layersOf(before, facts.blueprint, own),
        after: layersOf(after, facts.blueprint, own),
      });
    }
  }

  return {
    platform,
    kind,
    stranded,
    finish(): Omit<AccessPlan, 'targets' | 'dataAt' | 'uses'> {
      const { effects, sorted } = inOrder(rows);
      const numbers = new Map(effects.map((effect, number) => [effect, number]));
      const lines = sorted.map(({ effect, organizationId, place, projectId, subjectType, via, count, fold }) =>
        [numbers.get(effect), organizationId, place, projectId, subjectType, via.join(' '), count, fold].join('|'),
      );
      const hash = createHash('sha256').update(canonical([targets, effects, ...(mapping ? [mapping] : [])]));
      for (const line of lines) hash.update(`\n${line}`);
      return {
        effects,
        rows: sorted,
        ...(mapping && { mapping }),
        newNames: newNames(mapped),
        rails,
        invitations,
        stranded: inStrandedOrder([...strandedRoles, ...stranding.found()]),
        organizations: looked,
        verification: { decided: witness.decided, changed: witness.changed, differences: witness.differences },
        digest: hash.digest('hex'),
      };
    },
  };
}
