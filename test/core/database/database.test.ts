import { expect } from 'chai';
import pg from 'pg';
import { Unavailable } from '../../../core/base/errors.ts';
import { breaches, type Database, type Db, openDatabase, prepared } from '../../../core/database/database.ts';
import { addPlatformRoles } from '../../../core/people/operators.ts';
import { failure } from '../../helpers/failure.ts';
import { revision, rowsOf, startFilled, uuid } from '../../helpers/rows.ts';

describe('database', () => {
  let filled: Awaited<ReturnType<typeof startFilled>>;
  let database: Database;
  const user = uuid('user');
  const [ours, theirs] = [uuid('organization'), uuid('organization')];

  before(async () => {
    filled = await startFilled(user, [ours, theirs]);
    database = filled.database;
  });

  after(() => filled.stop());

  describe('transactions', () => {
    it('commit when the work returns and roll back when it throws', async () => {
      await database.write('platform', (db) => db('users').where({ id: user }).update({ display_name: 'Alice' }));
      const error = await failure(
        database.write('platform', async (db) => {
          await db('users').where({ id: user }).update({ display_name: 'Mallory' });
          throw new Error('changed my mind');
        }),
      );
      expect(error.message).to.equal('changed my mind');
      const row = await database.read('platform', (db) => db('users').where({ id: user }).first());
      expect(row.display_name).to.equal('Alice');
    });

    it('that read cannot write', async () => {
      const error = await failure(database.read('platform', (db) => db('users').update({ display_name: 'x' })));
      expect(error.message).to.match(/read-only transaction/);
    });

    it('are repeated after a deadlock', async () => {
      const other = uuid('user');
      await database.write('platform', (db) => db('users').insert({ id: other, issuer: 'https://idp.example.com', subject: 'bob' }));
      let attempts = 0;
      const bothLocked = barrier(2);
      const lockBoth = (first: string, second: string) =>
        database.write('platform', async (db) => {
          const attempt = ++attempts;
          await db('users').where({ id: first }).forUpdate();
          if (attempt <= 2) await bothLocked();
          await db('users').where({ id: second }).update({ display_name: 'locked' });
        });
      await Promise.all([lockBoth(user, other), lockBoth(other, user)]);
      expect(attempts).to.be.at.least(3);
    });

    it('name the statement that failed, without its values', async () => {
      const error = await failure(
        database.write('platform', (db) =>
          db('users').insert({ id: uuid('user'), issuer: 'x', subject: 'canary-subject', state: 'canary-state' }),
        ),
      );
      expect(error.message)
        .to.match(/insert into "users" .*users_state_check/)
        .and.not.include('canary');
      expect(breaches(error, 'users_state_check')).to.equal(true);
      expect(breaches(error, 'users_identity')).to.equal(false);
      expect(breaches(new Error('users_state_check'), 'users_state_check')).to.equal(false);
    });

    it('take no statement after the end of a transaction', async () => {
      const failing = database.write({ organization: ours }, async (db) => {
        const late = db('users').where({ id: user }).update({ display_name: 'late' });
        setTimeout(() => late.catch(() => undefined), 50);
        await db.raw('select 1/0');
      });
      await failure(failing);
      let kept: Db | undefined;
      await database.write({ organization: ours }, async (db) => {
        kept = db;
      });
      expect((await failure((async () => kept!('users').update({ display_name: 'late' }))())).message).to.match(/revoked/);
    });

    it('survive the loss of a connection: it is Unavailable, and the next one works', async () => {
      const error = await failure(
        database.write('platform', async (db) => {
          await administer('select pg_terminate_backend($1)', [(await db.raw('select pg_backend_pid() as pid')).rows[0].pid]);
          await db.raw('select 1');
        }),
      );
      expect(error).to.be.instanceOf(Unavailable);
      expect(error.message).to.match(/^The connection to the database was lost\./);
      await database.read('platform', (db) => db.raw('select 1'));
    });

    it('leave a connection whose prepared statements are gone, and begin again on another one', async () => {
      const single = openDatabase(filled.url, { size: 1, onError: () => undefined });
      const add = (n: number) => (db: Db) => prepared<{ n: number }>(db, 'test_add', 'select $1::int + 1 as n', [n]);
      await single.write('platform', add(1));
      await single.write('platform', (db) => db.raw('deallocate all'));
      expect(await single.read('platform', add(41))).to.deep.equal([{ n: 42 }]);
      await single.read('platform', (db) => db.raw('deallocate all'));
      expect(await single.write('platform', add(41))).to.deep.equal([{ n: 42 }]);
      await single.close();
    });

    it('without a server are Unavailable', async () => {
      const nowhere = openDatabase('postgres://tenet:pw@127.0.0.1:1/tenet', { size: 2, onError: () => undefined });
      const error = await failure(nowhere.read('platform', (db) => db.raw('select 1')));
      await nowhere.close();
      expect(error).to.be.instanceOf(Unavailable);
      expect(error.message).to.equal('The database does not answer. Try again in a moment.');
    });
  });
  describe('second wall', () => {
    const tables = ['organizations', 'members', 'projects', 'roles', 'grants', 'invitations', 'decisions', 'audit_events', 'audit_heads'];
    const inOurs = { organization: ours };
    const keyOf = (table: string) => (table === 'organizations' ? 'id' : 'org_id');

    it('stands around every table with an organization in it, and around no other', async () => {
      // Each side is a subquery, read once for a statement and not once for a row.
      const inScope =
        /^\(\( SELECT (tenet\.)?whole_platform\(\) AS whole_platform\) OR \((org_id|id) = \( SELECT (tenet\.)?scope_organization\(\) AS scope_organization\)\)\)$/;
      const { rows } = await administer(`
        select c.relname as name, c.relrowsecurity as walled, c.relforcerowsecurity as forced, p.qual,
          c.relname = 'organizations' or exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id') as owned
        from pg_class c left join pg_policies p on p.schemaname = 'tenet' and p.tablename = c.relname
        where c.relnamespace = 'tenet'::regnamespace and c.relkind in ('r', 'p') order by 1`);
      for (const { name, walled, forced, owned, qual } of rows) {
        // Requests write who is an operator and what is in the catalogue, and read plans and rollouts about all organizations, in the scope of the
        // platform alone; so do rotations, and what removes programs.
        const ofPlatform = [
          'platform_grants',
          'access_plans',
          'data_key_rotations',
          'catalog_items',
          'instance_remains',
          'plans',
          'person_keys',
        ];
        const isWalled = owned || ofPlatform.includes(name) || name.startsWith('policy_rollout');
        expect([walled, forced], name).to.deep.equal([isWalled, isWalled]);
        if (owned) expect(qual, name).to.match(inScope);
      }
      expect(rows.filter(({ owned }) => owned).map(({ name }) => name)).to.include.members(tables);
    });

    it('holds for requests: their role owns nothing and cannot go around it', async () => {
      const { rows } = await database.read('platform', (db) =>
        db.raw(`select current_user, rolsuper, rolbypassrls, rolcanlogin,
          (select count(*)::int from pg_class where relowner = r.oid) as owned from pg_roles r where rolname = current_user`),
      );
      expect(rows).to.deep.equal([{ current_user: 'tenet_app', rolsuper: false, rolbypassrls: false, rolcanlogin: false, owned: 0 }]);
    });

    for (const table of tables) {
      it(`hides the ${table} of another organization`, async () => {
        const seen = await database.read(inOurs, (db) => db(table).distinct(keyOf(table)).pluck(keyOf(table)));
        expect(seen).to.deep.equal([ours]);
        const everywhere = await database.read('platform', (db) => db(table).distinct(keyOf(table)).pluck(keyOf(table)));
        expect(everywhere).to.include.members([ours, theirs]);
      });
    }

    it('lets no query through on a connection without a scope', async () => {
      const client = new pg.Client({ connectionString: filled.url, options: '-c role=tenet_app -c search_path=tenet' });
      await client.connect();
      try {
        for (const table of tables) expect((await client.query(`select from ${table}`)).rowCount, table).to.equal(0);
        const append = client.query("select append_audit_event($1, now(), 'a', 'b', 'c', 'SUCCEEDED', '{}')", [ours]);
        expect((await failure(append)).message).to.equal('out of scope');
      } finally {
        await client.end();
      }
    });

    for (const table of ['organizations', 'members', 'projects', 'roles', 'grants', 'invitations']) {
      it(`keeps updates away from the ${table} of another organization`, async () => {
        const column = table === 'grants' ? 'reason' : 'version';
        const value = table === 'grants' ? 'stolen' : 99;
        const changed = await database.write(inOurs, (db) =>
          db(table)
            .where(keyOf(table), theirs)
            .update({ [column]: value }),
        );
        expect(changed).to.equal(0);
        const moved = table === 'organizations' ? { id: theirs } : { org_id: theirs };
        const error = await failure(database.write(inOurs, (db) => db(table).where(keyOf(table), ours).update(moved)));
        expect(error.message).to.match(/violates (row-level security policy|unique constraint|foreign key constraint)/);
      });
    }

    for (const table of ['members', 'projects', 'roles', 'grants', 'invitations', 'decisions']) {
      it(`refuses to insert into the ${table} of another organization`, async () => {
        const error = await failure(database.write(inOurs, (db) => db(table).insert(rowsOf(theirs, user)[table]!())));
        expect(error.message).to.match(new RegExp(`new row violates row-level security policy for table "${table}"`));
      });
    }

    it('refuses to delete the decisions of another organization', async () => {
      expect(await database.write(inOurs, (db) => db('decisions').where({ org_id: theirs }).del())).to.equal(0);
    });

    it('is no scope that anybody can talk into being: only a uuid gets into the statement', async () => {
      for (const organization of ["' or true --", `${ours}'; drop table users; --`, '', 'platform', ours.toUpperCase()]) {
        expect(await failure(database.read({ organization }, (db) => db.raw('select 1')))).to.be.instanceOf(TypeError);
      }
      expect(database.stats().total).to.equal(database.stats().idle);
    });

    const lookups: Record<string, [table: string, where: string]> = {
      organizations_slug: ['organizations', "slug = 'acme'"],
      organizations_manifest: ['organizations', "manifest_uid = 'uid'"],
      projects_manifest: ['projects', "manifest_uid = 'uid'"],
      'invitations_(by_email|one_pending)': ['invitations', "state = 'PENDING' and folded_email = 'alice@example.com'"],
      invitations_token: ['invitations', "token_hash = 'hash'"],
    };
    for (const [index, [table, where]] of Object.entries(lookups)) {
      it(`does not stand between a look into the ${table} and the index ${index}`, async () => {
        const { rows } = await database.write('platform', async (db) => {
          await db.raw('set local enable_seqscan = off');
          return db.raw(`explain select * from ${table} where ${where}`);
        });
        const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
        expect(plan).to.match(new RegExp(`Scan (using|on) ${index}\\b[^]*Index Cond: \\(${where.split(' and ').at(-1)!.split(' ')[0]} =`));
      });
    }

    it('leaves no scope behind on a connection that is used again', async () => {
      const single = openDatabase(filled.url, { size: 1, onError: () => undefined });
      await single.read('platform', (db) => db.raw('select 1'));
      const seen = await single.read(inOurs, (db) => db('organizations').pluck('id'));
      await failure(single.write({ organization: theirs }, (db) => db.raw('select 1/0')));
      const again = await single.read(inOurs, (db) => db('organizations').pluck('id'));
      await single.close();
      expect([seen, again]).to.deep.equal([[ours], [ours]]);
    });
  });

  describe('what is never changed', () => {
    before(() =>
      database.write('platform', (db) => db('policy_revisions').insert({ ...revision([]), scope: 'blueprint/test', revision: 1 })),
    );

    for (const table of ['audit_events', 'policy_revisions']) {
      for (const verb of ['update', 'delete']) {
        const statement =
          verb === 'update'
            ? `update tenet.${table} set ${table === 'audit_events' ? 'actor' : 'author'} = 'x'`
            : `delete from tenet.${table}`;
        it(`${table}: requests have no right to ${verb}`, async () => {
          expect((await failure(database.write('platform', (db) => db.raw(statement)))).message).to.match(/permission denied for table/);
        });

        it(`${table}: not even the owner of the schema can ${verb} by mistake`, async () => {
          expect((await failure(administer(statement))).message).to.equal(`${table} is append-only`);
        });
      }
    }

    it('requests cannot truncate, alter or drop a table', async () => {
      for (const statement of ['truncate audit_events', 'alter table audit_events disable trigger all', 'drop table audit_events']) {
        const error = await failure(database.write('platform', (db) => db.raw(statement)));
        expect(error.message, statement).to.match(/permission denied|must be owner/);
      }
    });

    it('requests cannot append to the audit but through its function', async () => {
      const error = await failure(
        database.write('platform', (db) => db('audit_heads').insert({ org_id: ours, seq: 1, hash: Buffer.alloc(0) })),
      );
      expect(error.message).to.match(/permission denied for table audit_heads/);
    });
  });

  describe('the rights of requests', () => {
    it('a temporary table named audit_events does not swallow an event', async () => {
      const count = () => database.read({ organization: ours }, async (db) => Number((await db('audit_events').count().first())!['count']));
      const before = await count();
      const client = new pg.Client({ connectionString: filled.url, options: '-c role=tenet_app -c search_path=tenet' });
      await client.connect();
      try {
        // This database is a copy, and a copy gives everybody the right to make temporary tables again.
        await client.query(`set tenet.scope = '${ours}'`);
        await client.query('create temporary table audit_events (like tenet.audit_events)');
        await client.query('create temporary table audit_heads (like tenet.audit_heads)');
        await client.query('grant all on pg_temp.audit_events, pg_temp.audit_heads to public');
        await client.query("select tenet.append_audit_event($1, now(), 'a', 'b', 'c', 'SUCCEEDED', '{}')", [ours]);
        expect((await client.query('select from pg_temp.audit_events')).rowCount).to.equal(0);
      } finally {
        await client.end();
      }
      expect(await count()).to.equal(before + 1);
    });

    it('every function that runs as the owner looks at temporary tables last', async () => {
      const { rows } = await administer(`select proname, array_to_string(proconfig, ';') as settings
        from pg_proc where pronamespace = 'tenet'::regnamespace and prosecdef`);
      expect(rows.map(({ proname }) => proname)).to.include.members(['append_audit_event', 'bump_epoch', 'enqueue']);
      for (const { proname, settings } of rows) expect(settings, proname).to.match(/search_path=(tenet|pg_catalog), pg_temp$/);
    });

    it('they may call these functions, and no other role any', async () => {
      const { rows } = await administer(`select proname, has_function_privilege('tenet_app', oid, 'execute') as app,
          exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0) as everybody
        from pg_proc where pronamespace = 'tenet'::regnamespace`);
      expect(rows.filter(({ app }) => app).map(({ proname }) => proname)).to.have.members([
        'in_scope',
        'whole_platform',
        'scope_organization',
        'usage_cell',
        'limit_period',
        'limit_of',
        'limit_used',
        'metered',
        'take_usage',
        'make_usage_partitions',
        'drop_usage_partitions',
        'wake_webhook',
        'wake_forgotten_webhooks',
        'canary_place',
        'keep_decision_log',
        'policy_rows_valid',
        'fold_email',
        'is_email_address',
        'append_audit_event',
        'append_audit_events',
        'append_support_event',
        'may_own',
        'has_member',
        'purge_organization',
        'purge_organization_part',
        'purge_project',
        'enqueue',
        'enqueue_all',
        'enqueue_mails',
        'lease_key_rates',
        'mfa_due',
      ]);
      expect(rows.filter(({ everybody }) => everybody)).to.deep.equal([]);
    });

    it('they make operators outside of organizations alone, and nothing about such a grant changes', async () => {
      const grant = { user_id: user, role: 'platform/operator', granted_by: 'test' };
      const org = uuid('organization');
      const inside = await failure(database.write({ organization: org }, (db) => db('platform_grants').insert(grant)));
      expect(inside.message).to.match(/row-level security policy for table "platform_grants"/);
      const dated = await failure(database.write('platform', (db) => db('platform_grants').insert({ ...grant, created_at: new Date(0) })));
      expect(dated.message).to.match(/permission denied for table platform_grants/);
      await database.write('platform', (db) => db('platform_grants').insert(grant));
      const roles = () => database.read('platform', (db) => db('platform_grants').where({ user_id: user }).pluck('role'));
      expect(await roles()).to.deep.equal(['platform/operator']);
      const changed = await failure(database.write('platform', (db) => db('platform_grants').update({ role: 'platform/auditor' })));
      expect(changed.message).to.match(/permission denied for table platform_grants/);
      expect(await database.write({ organization: org }, (db) => db('platform_grants').where({ user_id: user }).delete())).to.equal(0);
      expect(await roles()).to.deep.equal(['platform/operator']);
      expect(await database.write('platform', (db) => db('platform_grants').where({ user_id: user }).delete())).to.equal(1);
    });

    it('the command line makes the first operator, as the owner', async () => {
      const owned = openDatabase(filled.url, { size: 1, onError: () => undefined, role: 'owner' });
      await addPlatformRoles(owned, { issuer: 'https://idp.example.com', subject: 'alice' }, ['platform/operator'], []);
      await owned.close();
      expect(await database.read('platform', (db) => db('platform_grants').where({ user_id: user }).pluck('role'))).to.deep.equal([
        'platform/operator',
      ]);
    });
  });

  describe('policy rows', () => {
    const good = ['integrations/org.admin', '*', 'member', 'read', 'allow'];
    const accepted: Record<string, unknown> = {
      'a row': [good],
      'no row at all': [],
      '* as a whole value': [['integrations/org.admin', '*', '*', '*', 'deny']],
      'a role as the object': [['integrations/org.admin', 'org', 'role:org.admin', 'assign', 'allow']],
    };
    const change = (place: number, cell: unknown) => [good.map((old, index) => (index === place ? cell : old))];
    const refused: Record<string, unknown> = {
      'an object instead of a list': { rows: [] },
      'a row that is no list': ['p, a, b, c, d, allow'],
      'a row that is an object': [{ ptype: 'p' }],
      'four values': [good.slice(0, 4)],
      'six values': [[...good, 'allow']],
      'an empty row': [[]],
      'a number': change(3, 7),
      null: change(1, null),
      'a list in a list': change(1, ['org']),
      'an empty value': change(2, ''),
      'a blank': change(2, 'member read'),
      'a comma': change(2, 'member,read'),
      'a quote': change(2, '"member"'),
      'a line break': change(2, 'member\n'),
      'a comment': change(2, '#member'),
      'a letter beyond ASCII': change(2, 'mémber'),
      '129 characters': change(2, 'm'.repeat(129)),
      '* inside a value': change(2, 'member*'),
      '** as a value': change(2, '**'),
      '* as the subject': change(0, '*'),
      '* as the effect': change(4, '*'),
      'the effect Allow': change(4, 'Allow'),
      'the effect permit': change(4, 'permit'),
      'the effect with a blank behind it': change(4, 'allow '),
      'like:': change(2, 'like:member'),
      'regex:': change(2, 'regex:.'),
      'like: as the subject': change(0, 'like:a'),
      'a good row and a bad one': [good, good.slice(1)],
    };
    const valid = async (rows: unknown): Promise<boolean> =>
      (await administer('select tenet.policy_rows_valid($1::jsonb) as valid', [JSON.stringify(rows)])).rows[0].valid;

    for (const [title, rows] of Object.entries(accepted)) it(`admit ${title}`, async () => expect(await valid(rows)).to.equal(true));
    for (const [title, rows] of Object.entries(refused)) it(`refuse ${title}`, async () => expect(await valid(rows)).to.equal(false));

    it('are checked when they are stored', async () => {
      const error = await failure(database.write('platform', (db) => db('policy_revisions').insert(revision(change(2, 'like:x')))));
      expect(breaches(error, 'policy_rows_well_formed')).to.equal(true);
      const unsourced = { ...revision([good]), sources: '[]' };
      expect(
        breaches(await failure(database.write('platform', (db) => db('policy_revisions').insert(unsourced))), 'policy_sources_match'),
      ).to.equal(true);
    });
  });

  /** As the owner of the schema. */
  async function administer(sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: filled.url, options: '-c search_path=tenet' });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  }
});

/** Resolves for everybody once `count` have come. */
function barrier(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const go of waiting) go();
    });
}
