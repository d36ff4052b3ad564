import { type SubjectIds, type Touched, type TouchedSubjects, withHolders } from '../access/touched.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant, livingKey } from '../authorization/decisions/held-roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { type CompiledPolicies, createCompiledPolicies } from '../authorization/engine/compiled-policies.ts';
import { createEngine, type Engine } from '../authorization/engine/engine.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { type AccessChange, type Compared, createReport } from './change-report.ts';
import { ownContents } from './contents.ts';
import type { View } from './difference.ts';
import { type Group, groupsOf } from './groups.ts';
import { type OfferedAccess, readOffered } from './offered.ts';
import { type OrganizationFacts, organizationOf } from './organizations.ts';
import { roleBits } from './role-bits.ts';
import { groupsOfSubjects } from './subject-groups.ts';
import { controllerSample } from './witness.ts';

/** Subjects who are looked at one by one; where a change touches more, all in the organization are read at once. */
const mostSubjects = 500;
/** People, accounts and keys of an organization of whom all are compared, and their grants; where there are more, those whose own rows change (docs/limits.md). */
const mostCompared = { subjects: 20_000, grants: 100_000 };
/** Organizations that are looked at (docs/limits.md). */
const mostOrganizations = 10;

/** An organization as it is in a transaction, without those who hold something in it. */
interface Side {
  readonly facts: OrganizationFacts;
  readonly engine: Engine;
  /** Rows of its own. */
  readonly own: PolicyContent | undefined;
}

/** Compares organizations before a change with what they are after it. */
export interface AccessWatch {
  /** The change is made: what the organization is now goes with the statements that are sent next. */
  readAfter(): void;
  /**
   * Undoes all that was done since the watch began, and says what organizations were with it and are without, for those whom it has touched there. What
   * `alongside` asks is sent with the statements that read what was before.
   */
  undo(touched: Touched, alongside?: () => void): Promise<{ compared: Compared[]; offered: OfferedAccess[]; isPartial: boolean }>;
}

const savepoint = 'access_watch';
const parts: CompiledPolicies = createCompiledPolicies();

/**
 * Begins to watch, within a transaction that will be undone and that holds the lock of the organization. Which subjects a change touches is read from
 * the rows that it has written, so that no operation has a word of its own for it; what they held before is read when the change is undone.
 */
export async function watchAccess(db: Db, policies: LivePolicies, organizationId: string | undefined): Promise<AccessWatch> {
  // What does not need the answer of a statement is sent with it: turns to the database are most of what a plan costs.
  const [first] = await Promise.all([
    organizationId === undefined ? undefined : readSide(db, policies, organizationId),
    prepared(db, 'access-watch', `savepoint ${savepoint}`, []),
  ]);

  let read: Promise<Side | undefined> | undefined;

  /** The organization after the change, and all who may have gained or lost something there. */
  async function lookAfter(id: string, touched: TouchedSubjects) {
    const organization = toUuid('organization', id);
    const after = await (id === organizationId && read ? read : readSide(db, policies, id));
    const before = id === organizationId ? first : undefined;
    const roles = withThrough([...touched.roles, ...changedRoles(before?.own, after?.own)], [before, after]);
    const some =
      needsAll(before, after) || touched.everyone ? undefined : await withHolders(db, organization, touched, roles, mostSubjects);
    const isTooMuch = !some && (await isTooLarge(db, organization));
    const chosen = isTooMuch ? firstOf(touched) : some;
    const owners = [before?.facts.owner, after?.facts.owner].filter((owner) => typeof owner === 'string');
    const subjects = chosen && { ...chosen, users: [...new Set([...chosen.users, ...owners])] };
    const [offered, view] = await Promise.all([after ? readOffered(db, after, touched.offers) : [], after && viewOf(db, after, subjects)]);
    return { id, isTooMuch, subjects, offered, after: view };
  }

  return {
    readAfter() {
      if (organizationId === undefined) return;
      read = readSide(db, policies, organizationId);
      // It is waited for later, or not at all where the change fails.
      read.catch(() => undefined);
    },
    async undo({ organizations, movesPolicies }, alongside = () => undefined) {
      const looked: Awaited<ReturnType<typeof lookAfter>>[] = [];
      // There are access plans for what a policy does to all organizations of a kind.
      const some = movesPolicies ? [] : [...organizations].slice(0, mostOrganizations);
      for (const [id, touched] of some) looked.push(await lookAfter(id, touched));
      const undone = prepared(db, 'access-undo', `rollback to savepoint ${savepoint}`, []);
      const compared: Compared[] = [];
      const compare = async (): Promise<void> => {
        for (const one of looked) {
          // What the organization was is locked since, and what holds there of everyone with it.
          const side = one.id === organizationId ? first : await readSide(db, policies, one.id);
          const before = side && (await viewOf(db, side, one.subjects));
          if (before || one.after) compared.push({ organizationId: one.id, before, after: one.after });
        }
      };
      const comparing = compare();
      alongside();
      await Promise.all([undone, comparing]);
      const offered = looked.flatMap((one) => one.offered);
      return {
        compared,
        offered,
        isPartial: looked.length < organizations.size || movesPolicies || looked.some(({ isTooMuch }) => isTooMuch),
      };
    },
  };
}

/** What the change of an actor does to what subjects may do, as far as the actor may know. The change is undone. */
export async function readAccessChange(
  watch: AccessWatch,
  touched: Touched,
  { db, policies, actor }: { db: Db; policies: LivePolicies; actor: Actor },
): Promise<AccessChange> {
  // What is discreet is about organizations of which the caller may learn nothing.
  const known = new Set(actor.effects.events.flatMap(({ organizationId, isDiscreet }) => (isDiscreet ? [] : (organizationId ?? []))));
  const organizations = new Map([...touched.organizations].filter(([id]) => known.has(id)));
  const report = createReport(db, { policies, principal: actor.principal, requestId: actor.requestId });
  const [first] = organizations.keys();
  const { compared, offered, isPartial } = await watch.undo({ ...touched, organizations }, () => report.begin(first));
  for (const one of compared) {
    await report.add(one);
    if (one.before) await report.offer(offered.filter(({ organizationId }) => organizationId === one.organizationId));
  }
  // Who may do what in a store is for a plan of the store: it is no permission in Tenet.
  const movesStore = actor.effects.events.some(({ event }) => (JSON.parse(event) as { action: string }).action === 'policy-store.activate');
  return report.finish({ isPartial: isPartial || movesStore });
}

/** As readAccessChange, of one organization, for the command line, which has the database and sees everything. The change is undone. */
export async function readWholeAccessChange(watch: AccessWatch, touched: Touched, db: Db, policies: LivePolicies): Promise<AccessChange> {
  const { compared, offered, isPartial } = await watch.undo(touched);
  const principal = { subject: controllerSample.subject, issuedAt: Number.POSITIVE_INFINITY };
  const report = createReport(db, { policies, principal, requestId: 'cli', isToldAll: true });
  for (const one of compared) await report.add(one);
  await report.offer(offered);
  return report.finish({ isPartial });
}

const sizeSql = `
select (select count(*) from (select from members where org_id = $1 limit $2) m)::int
  + (select count(*) from (select from service_accounts a where a.org_id = $1 and a.state = 'ACTIVE' limit $2) a)::int
  + (select count(*) from (select from api_keys k where k.org_id = $1 and ${livingKey} limit $2) k)::int
  + (select count(*) from (select distinct g.user_id from grants g where g.org_id = $1 and g.user_id is not null and ${livingGrant}
      and not exists (select from members m where m.org_id = g.org_id and m.user_id = g.user_id) limit $2) g)::int as subjects,
  (select count(*) from (select from grants g where g.org_id = $1 and ${livingGrant} limit $3) g)::int as grants`;

/** Whether more subjects hold something in an organization, or hold more, than is read at one time. */
export async function isTooLarge(db: Db, organization: string, most: typeof mostCompared = mostCompared): Promise<boolean> {
  const values = [organization, most.subjects + 1, most.grants + 1];
  const [row] = await prepared<{ subjects: number; grants: number }>(db, 'change-size', sizeSql, values);
  return row!.subjects > most.subjects || row!.grants > most.grants;
}

function firstOf({ users, accounts, keys }: TouchedSubjects): SubjectIds {
  return { users: users.slice(0, mostSubjects), accounts: accounts.slice(0, mostSubjects), keys: keys.slice(0, mostSubjects) };
}

/** Nothing where the organization does not exist. */
async function readSide(db: Db, policies: LivePolicies, organizationId: string): Promise<Side | undefined> {
  const [{ exists, revisions }, own, facts] = await Promise.all([
    takeSnapshot(db, controllerSample.subject, domainOf({ organizationId }), { organizationId }),
    ownContents(db, [organizationId]),
    organizationOf(db, toUuid('organization', organizationId)),
  ]);
  if (!exists) return undefined;
  const content = own.get(organizationId);
  return facts && { facts, engine: await engineOf(policies, revisions, content), own: content };
}

/** What an organization has of its own may be written and not committed, so it is read here and not by its number. */
async function engineOf(policies: LivePolicies, revisions: readonly string[], own: PolicyContent | undefined): Promise<Engine> {
  const base = revisions.slice(0, 2);
  if (!own) return (await policies.get(base)).engine;
  return createEngine([...(await policies.contents(base)), own], parts);
}

/** Whether the change is about all in the organization, and not only about those whose rows were written. */
function needsAll(before: Side | undefined, after: Side | undefined): boolean {
  if (!before || !after) return true;
  const said = [before, after].map(({ facts: { states, projects, letsExternalsIn, requiresMfa, switchedOff } }) =>
    JSON.stringify([states, projects, letsExternalsIn, requiresMfa, switchedOff]),
  );
  return said[0] !== said[1];
}

/** The roles of an organization that are other ones than before. */
function changedRoles(before: PolicyContent | undefined, after: PolicyContent | undefined): string[] {
  const rowsOf = (content: PolicyContent | undefined, role: string): string =>
    JSON.stringify(content?.rows.filter(([subject]) => subject === role) ?? []);
  const roles = new Set([before, after].flatMap((content) => content?.rows.map(([subject]) => subject) ?? []));
  return [...roles].filter((role) => rowsOf(before, role) !== rowsOf(after, role));
}

/** These roles, and those whose holders have one of them by a grant to the role. */
function withThrough(roles: readonly string[], sides: readonly (Side | undefined)[]): string[] {
  const given = sides.flatMap((side) => [...(side?.facts.roleGrants ?? [])]);
  const through = given.flatMap(([role, grants]) => (grants.some((grant) => roles.includes(grant.role)) ? role : []));
  return [...new Set([...roles, ...through])];
}

async function viewOf(db: Db, { facts, engine }: Side, subjects: SubjectIds | undefined): Promise<View> {
  const groups = subjects ? await groupsOfSubjects(db, facts, subjects) : await groupsOfAll(db, facts, engine);
  return { facts, engine, groups };
}

/** All who hold something in an organization. */
async function groupsOfAll(db: Db, facts: OrganizationFacts, engine: Engine): Promise<Group[]> {
  const names = new Set(['member/self', ...engine.rows().map(([subject]) => subject)]);
  return groupsOf(db, {
    organizations: [facts],
    bits: roleBits([{ facts, touched: names, relevant: names }]),
    relevant: names,
    touched: names,
    sampled: [],
    withSubjects: true,
  });
}
