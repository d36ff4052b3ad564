import { expect } from 'chai';
import { readTouched } from '../../../core/access/touched.ts';
import { isTooLarge, watchAccess } from '../../../core/access-plans/access-change.ts';
import type { Compared } from '../../../core/access-plans/change-report.ts';
import { contentsInForce, ownContents } from '../../../core/access-plans/contents.ts';
import { type Budget, createBudget, differencesOf, type SubjectDifference } from '../../../core/access-plans/difference.ts';
import type { Group } from '../../../core/access-plans/groups.ts';
import { pickSamples } from '../../../core/access-plans/witness.ts';
import { livingGrant, livingKey } from '../../../core/authorization/decisions/held-roles.ts';
import { isAboutOne, onResource } from '../../../core/authorization/decisions/restricted.ts';
import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { createStock } from '../../../core/authorization/engine/stock.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { blueprintScope } from '../../../core/authorization/policy/scopes.ts';
import { indexPermissions, vocabularyOf } from '../../../core/authorization/policy/vocabulary.ts';
import { createLivePolicies } from '../../../core/authorization/store/live-policies.ts';
import { insertRevision, moveHead } from '../../../core/authorization/store/revisions.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import type { Database, Db } from '../../../core/database/database.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Chance, chanceOf, words } from './random-data.ts';
import { withData } from './with-data.ts';

/** So many changes of the same data; the next ones are of others. */
const each = 20;

interface Place {
  readonly id: string;
  readonly blueprint: string;
  readonly projects: readonly string[];
}

/** What may be switched off: types, and a resource of any type. */
const types = Object.keys(words.resources);
const resources = ['one'];

type Change = (db: Db, place: Place, chance: Chance) => Promise<void>;

const one = async (db: Db, sql: string, values: Record<string, unknown>): Promise<Record<string, string> | undefined> =>
  (await db.raw(sql, values as never)).rows[0];
const anyRow = (table: string, column = 'id', where = 'true') =>
  `(select ${column} from ${table} where org_id = :org and ${where} order by hashtext(${column}::text || :seed::text) limit 1)`;
const statement =
  (sql: string): Change =>
  async (db, { id }, chance) =>
    void (await db.raw(sql, { org: id, seed: chance.below(1_000_000) } as never));
const future = "now() + interval '1 day'";

function grantBy(column: string, subject: string): Change {
  return async (db, { id, projects }, chance) => {
    const project = chance.one([null, ...projects]);
    const role = chance.one(project === null ? ['org.guest', 'org.helper', 'org.owner-like'] : ['project.painter', 'project.sweeper']);
    const values = { org: id, seed: chance.below(1_000_000), grant: toUuid('grant', newId('grant')), project, role };
    await db.raw(
      `insert into grants (org_id, id, project_id, role, source, granted_by, ${column}) select :org, :grant, :project, :role, 'DIRECT', 'test', ${subject}`,
      values as never,
    );
  };
}

/** What requests write, by their rows. */
const changes: Record<string, Change> = {
  'a grant to a person': grantBy('user_id', '(select id from users order by hashtext(id::text || :seed::text) limit 1)'),
  'a grant to an account': grantBy('service_account_id', anyRow('service_accounts')),
  'a grant to a role': grantBy('subject_role', "(array['org.guest', 'org.helper', 'project.painter'])[1 + :seed::int % 3]"),
  'the end of a grant': statement(
    `update grants set revoked_at = now() where org_id = :org and id = ${anyRow('grants', 'id', 'revoked_at is null')}`,
  ),
  'another end of a grant': statement(
    `update grants set until = ${future} where org_id = :org and id = ${anyRow('grants', 'id', 'revoked_at is null')}`,
  ),
  'a member who rests': statement(
    `update members set state = 'INACTIVE' where org_id = :org and user_id = ${anyRow('members', 'user_id', "state = 'ACTIVE'")}`,
  ),
  'a member who returns': statement(
    `update members set state = 'ACTIVE' where org_id = :org and user_id = ${anyRow('members', 'user_id', "state <> 'ACTIVE'")}`,
  ),
  'a member who goes': statement(
    `with gone as (update members set state = 'REMOVED' where org_id = :org and user_id = ${anyRow('members', 'user_id', "state = 'ACTIVE'")} returning user_id)
     update grants set revoked_at = now() where org_id = :org and user_id in (select user_id from gone) and revoked_at is null`,
  ),
  'an account that goes': statement(
    `update service_accounts set state = 'DELETED' where org_id = :org and id = ${anyRow('service_accounts')}`,
  ),
  'other scopes of a key': statement(`update api_keys set scopes = '{write}' where org_id = :org and id = ${anyRow('api_keys')}`),
  'the end of a key': statement(
    `update api_keys set state = 'REVOKED', revoked_at = now() where org_id = :org and id = ${anyRow('api_keys', 'id', "state = 'ACTIVE'")}`,
  ),
  'a project that closes': statement(
    `update projects set state = 'ARCHIVED' where org_id = :org and id = ${anyRow('projects', 'id', "state = 'ACTIVE'")}`,
  ),
  'a project that opens': statement(
    `update projects set state = 'ACTIVE' where org_id = :org and id = ${anyRow('projects', 'id', "state = 'ARCHIVED'")}`,
  ),
  'another state of the organization': statement(
    "update organizations set state = case state when 'ACTIVE' then 'SUSPENDED' else 'ACTIVE' end where id = :org",
  ),
  'the end of the organization': statement(
    "update organizations set state = 'DELETED', deleted_at = now() where id = :org and :seed::int % 4 = 0",
  ),
  'another owner': statement(`update organizations set owner_id = ${anyRow('members', 'user_id', "state = 'ACTIVE'")} where id = :org`),
  'people from outside': statement(
    "update organizations set externals = case externals when 'ALLOW' then 'FORBID' else 'ALLOW' end where id = :org",
  ),
  'a second factor': statement(
    "update organizations set mfa = case mfa when 'REQUIRED' then 'OPTIONAL' else 'REQUIRED' end where id = :org",
  ),
  'an operator who is let in': statement(
    `update support_accesses set state = 'APPROVED', until = ${future} where org_id = :org and id = ${anyRow('support_accesses')}`,
  ),
  'an operator who is let out': statement(
    `update support_accesses set state = 'ENDED' where org_id = :org and id = ${anyRow('support_accesses')}`,
  ),
  'something that is switched off': async (db, { id, projects }, chance) => {
    const listed = projects.length === 0 || chance.often(40) ? null : [...new Set(chance.some(projects, 3))].sort();
    const values = {
      ...{ org: id, id: toUuid('restriction', newId('restriction')), type: chance.one(types) },
      ...{ one: chance.often(50) ? chance.one(resources) : null, projects: listed?.length ? listed : null },
      except: !!listed?.length && chance.often(40),
    };
    await db.raw(
      `insert into restrictions (org_id, id, resource_type, resource_id, project_ids, is_exception, reason, created_by)
       values (:org, :id, :type, :one, :projects::uuid[], :except, 'test', 'test')`,
      values as never,
    );
  },
  'something that is on again': statement(
    `update restrictions set lifted_at = now(), lifted_by = 'test' where org_id = :org and id = ${anyRow('restrictions', 'id', 'lifted_at is null')}`,
  ),
  'roles of its own': async (db, { id }, chance) => {
    const scope = toId('organization', id);
    const own = (await ownContents(db, [scope])).get(scope);
    if (!own) return;
    const kept = own.rows.map((row, index) => ({ row, source: own.sources[index]! })).filter(() => !chance.often(40));
    const content = { ...own, rows: kept.map(({ row }) => row), sources: kept.map(({ source }) => source) };
    const { revision } = await insertRevision(db, content, { author: 'test', reason: 'test' });
    await moveHead(db, scope, { revision, how: 'ROLES', by: 'test' });
  },
};

/** All that every subject of an organization may do in each place, one after the other, by a snapshot and stock Casbin. */
async function everything(db: Db, { id, projects }: Place, known: Map<string, boolean>, round: string): Promise<Map<string, boolean>> {
  const organizationId = toId('organization', id);
  const subjects = (await pickSamples(db, [id], { seed: 1, most: null, roles: [] })).get(id)!;
  const { rows: more } = await db.raw('select id from users');
  const people = (more as { id: string }[]).map((row) => ({
    subject: { type: 'user' as const, id: toId('user', row.id), uuid: row.id },
    uuid: row.id,
  }));
  const inForce = (await contentsInForce(db)).map(({ content }) => content);
  const own = (await ownContents(db, [organizationId])).get(organizationId);
  const answers = new Map<string, boolean>();
  for (const { subject, uuid } of [...subjects.filter(({ subject: { type } }) => type !== 'user'), ...people]) {
    for (const project of [null, ...projects]) {
      const place = { organizationId, ...(project !== null && { projectId: toId('project', project) }) };
      const domain = domainOf(place);
      const taken = await takeSnapshot(db, subject, domain, place);
      const { scopes, exists, organization } = taken;
      const contents = [
        inForce[0]!,
        inForce.find(({ scope }) => scope === blueprintScope(organization!.blueprint))!,
        ...(own ? [own] : []),
      ];
      const allowed = exists ? allowedIn(contents, known, round) : () => false;
      for (const [resource, actions] of indexPermissions(vocabularyOf(contents[0]!.vocabulary!, contents[1]!.blueprint)).by)
        for (const [action, { levels }] of actions) {
          if (!levels.includes(domain.level)) continue;
          const may = (names: readonly string[]): boolean => allowed(subject.id, names, domain, resource, action);
          for (const id of isAboutOne(action) ? ['*', ...resources] : ['*']) {
            const { roles } = onResource(taken, resource, id);
            const key = [subject.type, uuid, project ?? '-', `${resource}:${action}`, id].join(' ');
            answers.set(key, may(roles) && (scopes === undefined || may(scopes)));
          }
        }
    }
  }
  return answers;
}

type Ask = (subject: string, roles: readonly string[], domain: ReturnType<typeof domainOf>, resource: string, action: string) => boolean;

/** Two subjects of the same roles are one question. */
function allowedIn(contents: readonly PolicyContent[], known: Map<string, boolean>, round: string): Ask {
  let stock: ReturnType<typeof createStock> | undefined;
  return (subject, roles, domain, resource, action) => {
    const key = [round, domain.dom, resource, action, ...roles.toSorted()].join(' ');
    let answer = known.get(key);
    if (answer === undefined) {
      stock ??= createStock(contents);
      answer = stock.decide(subject, roles, domain, resource, action).allowed;
      known.set(key, answer);
    }
    return answer;
  };
}

/** What differs, in the words of `everything`; of one resource, where it differs of that alone. */
function byForce(before: ReadonlyMap<string, boolean>, after: ReadonlyMap<string, boolean>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  const differs = (key: string): boolean => (before.get(key) ?? false) !== (after.get(key) ?? false);
  return [...keys]
    .filter((key) => differs(key) && (key.endsWith(' *') || !differs(key.replace(/[^ ]+$/, '*'))))
    .map((key) => `${after.get(key) ? 'GAIN' : 'LOSS'} ${key}`)
    .sort();
}

async function told({ before, after }: Pick<Compared, 'before' | 'after'>, budget?: Budget): Promise<SubjectDifference[]> {
  const all = [];
  for await (const one of differencesOf(before, after, budget)) all.push(one);
  return all;
}

async function byCompared(compared: Pick<Compared, 'before' | 'after'>): Promise<string[]> {
  return (await told(compared))
    .flatMap(({ type, subject, where, differences }) => {
      const projects = where.place === 'ORGANIZATION' ? ['-'] : where.place === 'PROJECT' ? [where.project] : where.projects;
      return projects.flatMap((project) =>
        differences.map(
          ({ kind, resource, action, resourceId = '*' }) => `${kind} ${type} ${subject} ${project} ${resource}:${action} ${resourceId}`,
        ),
      );
    })
    .sort();
}

/** What could be left out of a comparison, by a fault in it. */
const omissions: Record<string, (compared: Compared) => Pick<Compared, 'before' | 'after'>> = {
  'grants to roles': ({ before, after }) => ({ before, after: after && { ...after, facts: { ...after.facts, roleGrants: new Map() } } }),
  'the owner': ({ before, after }) => ({
    before,
    after: after && { ...after, groups: after.groups.map((group) => ({ ...group, flags: group.flags & ~4 })) },
  }),
  'the states of the organization': ({ before, after }) => ({
    before,
    after: after && { ...after, facts: { ...after.facts, states: [] } },
  }),
  'what is switched off': ({ before, after }) => ({
    before: before && { ...before, facts: { ...before.facts, switchedOff: [] } },
    after: after && { ...after, facts: { ...after.facts, switchedOff: [] } },
  }),
  'roles in projects': ({ before, after }) => ({
    before,
    after: after && { ...after, groups: after.groups.filter(({ project }) => project === null) },
  }),
  keys: ({ before, after }) => ({
    before: before && { ...before, groups: before.groups.filter(({ subject }) => subject !== 'api-key') },
    after: after && { ...after, groups: after.groups.filter(({ subject }) => subject !== 'api-key') },
  }),
};

/** Makes changes by chance of one organization after the other, and compares what is said of each beforehand with what it does. */
async function tryChanges(
  database: Database,
  seed: number,
  hear: (name: string, compared: Compared | undefined, differences: readonly string[]) => Promise<void>,
  most = each,
): Promise<void> {
  const policies = createLivePolicies(database, {
    checker: { check: async () => undefined },
    onRefused: (message) => expect.fail(message),
  });
  const places: Place[] = await database.read('platform', async (db) => {
    const { rows } = await db.raw(
      `select id, blueprint, array(select p.id::text from projects p where p.org_id = o.id order by p.id) as projects from organizations o where state <> 'DELETED' order by id`,
    );
    return rows;
  });
  const known = new Map<string, boolean>();
  for (let number = 0; number < most; number++) {
    const chance = chanceOf(seed * 1_000 + number);
    const place = chance.one(places);
    const name = chance.one(Object.keys(changes));
    const scope = { organization: place.id };
    const organizationId = toId('organization', place.id);
    const make = (db: Db): Promise<void> => changes[name]!(db, place, chanceOf(seed * 1_000 + number + 500_000));
    const before = await database.write(scope, (db) => everything(db, place, known, `${seed} ${number}`));
    let compared: Compared | undefined;
    try {
      compared = await database.rehearse(scope, async (db) => {
        await one(db, 'select from organizations where id = :org for no key update', { org: place.id });
        const watch = await watchAccess(db, policies, organizationId);
        await make(db);
        await db.raw('set constraints all immediate');
        return (await watch.undo(await readTouched(db, [place.id]))).compared[0];
      });
    } catch (error) {
      // Chance has asked for what a constraint refuses.
      if (/^(23...|P0001)$/.test(String((error as { code?: string }).code))) continue;
      throw error;
    }
    await database.write(scope, make);
    const after = await database.write(scope, (db) => everything(db, place, known, `${seed} ${number + 1}`));
    await hear(name, compared, byForce(before, after));
  }
}

/** Subjects of each organization, by kind, and their grants. */
const sizesSql = `
with living as (select * from grants g where ${livingGrant})
select o.id, ((select count(*) from members where org_id = o.id)
  + (select count(*) from service_accounts where org_id = o.id and state = 'ACTIVE')
  + (select count(*) from api_keys k where org_id = o.id and ${livingKey})
  + (select count(distinct user_id) from living where org_id = o.id
      and user_id not in (select user_id from members where org_id = o.id)))::int as subjects,
  (select count(*) from living where org_id = o.id)::int as grants
from organizations o`;

/** What a key of a person holds who has a role in the organization. */
const some: Omit<Group, 'organization' | 'subjects'> = {
  subject: 'api-key',
  holder: 'user',
  project: null,
  ...{ roles: ['org.helper'], projectRoles: [], flags: 0, keyProject: null },
  ...{ count: 1, fold: 0n, sampled: [] },
};

describe('access change', function () {
  this.timeout(600_000);

  it('is the difference of all that every subject may do before and after, by a snapshot and stock Casbin, for many changes by chance (soak)', async () => {
    const made = new Map<string, number>();
    let differing = 0;
    for (const round of rounds(2, 20)) {
      await withData(9_000 + round, async (database) => {
        await tryChanges(database, round, async (name, compared, expected) => {
          const said = compared ? await byCompared(compared) : [];
          expect(said, `${name} in round ${round}`).to.deep.equal(expected);
          made.set(name, (made.get(name) ?? 0) + 1);
          differing += expected.length;
        });
      });
    }
    if (process.env['TENET_TEST_LOG']) console.log(made, { differing });
    expect(differing).to.be.above(made.size);
  });

  it('is found out when it leaves something out', async () => {
    const found = new Set<string>();
    // Chance may need some rounds to meet each of them.
    for (let round = 0; round < 30 && found.size < Object.keys(omissions).length; round++) {
      await withData(9_000 + round, async (database) => {
        await tryChanges(database, round, async (_, compared, expected) => {
          if (!compared) return;
          for (const [what, without] of Object.entries(omissions))
            if ((await byCompared(without(compared))).join('\n') !== expected.join('\n')) found.add(what);
        });
      });
    }
    expect([...found]).to.have.members(Object.keys(omissions));
  });

  it('tells as much as its budget allows, the first of what it would tell, and knows that it was not all', async () => {
    let cut = 0;
    // Chance may need some rounds to meet a change that is told in part.
    for (let round = 0; round < 10 && cut === 0; round++) {
      await withData(9_000 + round, (database) =>
        tryChanges(database, round, async (name, compared) => {
          if (!compared) return;
          const all = await told(compared);
          for (const steps of [0, 30, 300, 3_000]) {
            const budget = createBudget(steps);
            const some = await told(compared, budget);
            expect(some, name).to.deep.equal(all.slice(0, some.length));
            if (some.length === all.length) continue;
            expect(budget.isSpent, name).to.equal(true);
            cut += some.length > 0 ? 1 : 0;
          }
        }),
      );
    }
    expect(cut).to.be.above(0);
  });

  it('gives others their turn while it compares many subjects in many projects, and ends', async () => {
    let looked = 0;
    await withData(9_000, (database) =>
      tryChanges(
        database,
        0,
        async (_, compared) => {
          if (!compared?.before || !compared.after || looked > 0) return;
          looked += 1;
          const projects = Array.from({ length: 2_000 }, () => toUuid('project', newId('project')));
          // Each has a role of its own in a project, so that no two are alike.
          const groups = projects.flatMap((project): Group[] => {
            const whole: Group = { ...some, organization: compared.before!.facts.uuid, subjects: [toUuid('apiKey', newId('apiKey'))] };
            return [whole, { ...whole, project, projectRoles: ['project.painter'] }];
          });
          const before = { ...compared.before, facts: { ...compared.before.facts, projects }, groups };
          const after = { ...compared.after, facts: { ...compared.after.facts, projects: [] }, groups };
          const budget = createBudget();
          let turns = 0;
          const others = setInterval(() => {
            turns += 1;
          }, 1);
          await told({ before, after }, budget);
          clearInterval(others);
          expect(budget.isSpent).to.equal(true);
          expect(turns).to.be.above(0);
        },
        4,
      ),
    );
    expect(looked).to.equal(1);
  });

  it('counts people from outside, accounts and keys as well as members', async () => {
    await withData(9_000, (database) =>
      database.read('platform', async (db) => {
        const { rows } = await db.raw(sizesSql);
        const sizes = rows as { id: string; subjects: number; grants: number }[];
        expect(sizes.some(({ subjects }) => subjects > 4)).to.equal(true);
        for (const { id, ...size } of sizes) {
          expect(await isTooLarge(db, id, size)).to.equal(false);
          expect(await isTooLarge(db, id, { ...size, subjects: size.subjects - 1 })).to.equal(true);
          if (size.grants > 0) expect(await isTooLarge(db, id, { ...size, grants: size.grants - 1 })).to.equal(true);
        }
      }),
    );
  });
});
