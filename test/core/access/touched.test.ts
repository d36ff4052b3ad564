import { expect } from 'chai';
import { readTouched, type TouchedSubjects } from '../../../core/access/touched.ts';
import { toId } from '../../../core/base/ids.ts';
import type { Database, Db } from '../../../core/database/database.ts';
import { withData } from '../access-plans/with-data.ts';

/** By each table whose rows say who may do what in an organization: a change of one row, and whom it is about. */
const planted: Readonly<Record<string, { set: string; about: Exclude<keyof TouchedSubjects, 'offers'>[] }>> = {
  grants: {
    set: "revoked_at = coalesce(t.revoked_at, now()), revoked_by = coalesce(t.revoked_by, 'test')",
    about: ['users', 'accounts', 'roles'],
  },
  members: { set: 'state = t.state', about: ['users'] },
  support_accesses: { set: 'state = t.state', about: ['users'] },
  service_accounts: { set: 'state = t.state', about: ['accounts'] },
  api_keys: { set: 'state = t.state', about: ['keys'] },
  mfa_requirements: { set: 'ended_at = t.ended_at', about: ['everyone'] },
};

async function holders(db: Db, table: string): Promise<{ org_id: string; at: string }[]> {
  return (await db.raw(`select distinct on (org_id) org_id, ctid::text as at from ${table} order by org_id, ctid`)).rows;
}

/** Changes one row in each organization that has one, and says what is found. */
async function touch(database: Database, table: string, isNested: boolean) {
  const { set } = planted[table]!;
  const found: TouchedSubjects[] = [];
  for (const { org_id, at } of await database.read('platform', (db) => holders(db, table))) {
    await database.rehearse('platform', async (db) => {
      const before = await readTouched(db, [org_id]);
      expect(isEmpty(before.organizations.get(toId('organization', org_id))!), `nothing yet of ${table}`).to.equal(true);
      if (isNested) await db.raw('savepoint one');
      await db.raw(`update ${table} t set ${set} where org_id = ? and ctid = ?::tid`, [org_id, at]);
      if (isNested) await db.raw('release savepoint one');
      found.push((await readTouched(db, [org_id])).organizations.get(toId('organization', org_id))!);
    });
  }
  return found;
}

const isEmpty = ({ users, accounts, keys, roles, everyone }: TouchedSubjects): boolean =>
  users.length + accounts.length + keys.length + roles.length === 0 && !everyone;
const says = (touched: TouchedSubjects, what: Exclude<keyof TouchedSubjects, 'offers'>): boolean =>
  what === 'everyone' ? touched.everyone : touched[what].length > 0;

describe('what a transaction has touched', function () {
  this.timeout(600_000);

  it('is found in every table that says who may do what, also when a savepoint wrote it, and not before it is written', async () => {
    await withData(9_100, async (database) => {
      for (const [table, { about }] of Object.entries(planted)) {
        for (const isNested of [false, true]) {
          const found = await touch(database, table, isNested);
          expect(found, `rows of ${table}`).to.not.be.empty;
          for (const one of found)
            expect(
              about.some((what) => says(one, what)),
              `${table} ${JSON.stringify(one)}`,
            ).to.equal(true);
        }
      }
    });
  });

  it('is a policy of more than one organization, when its head moves', async () => {
    await withData(9_100, async (database) => {
      const moves = (where: string) =>
        database.rehearse('platform', async (db) => {
          await db.raw(`update policy_heads set revision = revision where ${where}`);
          return (await readTouched(db, [])).movesPolicies;
        });
      expect(await moves("scope = 'platform'")).to.equal(true);
      expect(await moves("scope like 'blueprint/%'")).to.equal(true);
      expect(await moves("scope like 'org\\_%'")).to.equal(false);
    });
  });

  it('cannot have been deleted, for then no row would say so', async () => {
    await withData(9_100, async (database) => {
      const { rows } = await database.read('platform', (db) =>
        db.raw(`select t as name from unnest(?::text[]) t where has_table_privilege('tenet_app', t, 'delete')`, [Object.keys(planted)]),
      );
      expect(rows).to.deep.equal([]);
    });
  });
});
