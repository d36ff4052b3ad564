import { expect } from 'chai';
import { makePlan } from '../../../core/access-plans/plan.ts';
import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { createCompiledPolicies } from '../../../core/authorization/engine/compiled-policies.ts';
import { createEngine } from '../../../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { lintPolicies } from '../../../core/authorization/review/lint.ts';
import { toId } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../../core/policies/policies.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { uuid } from '../../helpers/rows.ts';
import { policyDirectory } from '../authorization/contents.ts';

const kind = 'blueprint/integrations';
const both = ['connection:create', 'secret:reveal'] as const;

describe('separation of duties in an access plan', () => {
  const org_id = uuid('organization');
  const project_id = uuid('project');
  const people = { admin: uuid('user'), manager: uuid('user'), member: uuid('user'), elsewhere: uuid('user') };
  let database: Database;
  let contents: readonly PolicyContent[];
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (url) => void (await migrate(url)));
    const copy = await createDatabase('schema');
    drop = copy.drop;
    database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    await applyInitialPolicies(database, policyDirectory);
    contents = await readPolicies(policyDirectory);
    await database.write('platform', async (db) => {
      await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
      await db('projects').insert({ org_id, id: project_id, slug: 'one', name: 'One' });
      for (const [name, user_id] of Object.entries(people)) {
        await db('users').insert({ id: user_id, issuer: 'https://idp.example', subject: name });
        await db('members').insert({ org_id, user_id });
        const role = name === 'elsewhere' ? 'org.member' : `org.${name}`;
        await db('grants').insert({ org_id, id: uuid('grant'), user_id, role, source: 'DIRECT', granted_by: 'test' });
      }
      const own = { org_id, id: uuid('grant'), user_id: people.elsewhere, project_id, role: 'project.admin' };
      await db('grants').insert({ ...own, source: 'DIRECT', granted_by: 'test' });
    });
    const owner = openDatabase(copy.url, { size: 1, onError: () => undefined, role: 'owner' });
    await owner.write('platform', (db) =>
      db('platform_grants').insert({ user_id: people.admin, role: 'platform/policy-admin', granted_by: 'test' }),
    );
    await owner.close();
  });
  after(async () => {
    await database.close();
    await drop();
  });

  const withRows = (content: PolicyContent, rows: readonly string[]): PolicyContent => ({
    ...content,
    rows: [...content.rows, ...rows.map((row) => row.split(' ') as unknown as PolicyContent['rows'][number])],
    sources: [...content.sources, ...rows.map((_, index) => ({ file: 'policy.csv', line: index + 1 }))],
  });
  const changed = (scope: string, change: (content: PolicyContent) => PolicyContent): PolicyContent[] =>
    contents.map((content) => (content.scope === scope ? change(content) : content));

  /** The kind with these rows, which keeps the two permissions apart. */
  const kept = (rows: readonly string[], rail: 'warn' | 'block' = 'block', permissions = both): PolicyContent[] =>
    changed(kind, (content) => ({
      ...withRows(content, rows),
      blueprint: { ...content.blueprint!, separation: [{ permissions: [...permissions], because: 'Two people do it.', rail }] },
    }));

  async function railsOf(after: readonly PolicyContent[]) {
    const plan = await database.observe('platform', (db) => makePlan(db, after));
    expect(plan.verification.differences).to.deep.equal([]);
    return plan.rails.filter(({ id }) => id === 'separation-of-duties');
  }

  /** One by one, with a snapshot of each place: how many people have both after and not before. */
  async function bruteForce(after: readonly PolicyContent[], permissions: readonly string[]): Promise<number> {
    const engines = [contents, after].map((all) =>
      createEngine(
        all.filter(({ scope }) => scope === 'platform' || scope === kind),
        createCompiledPolicies(),
      ),
    );
    const organizationId = toId('organization', org_id);
    let count = 0;
    for (const user of Object.values(people)) {
      const places = [{ organizationId }, { organizationId, projectId: toId('project', project_id) }];
      const news = await Promise.all(
        places.map(async (place) => {
          const domain = domainOf(place);
          const { roles } = await database.read('platform', (db) =>
            takeSnapshot(db, { type: 'user', uuid: user, id: toId('user', user) } as never, domain, place),
          );
          const [old, now] = engines.map((engine) =>
            permissions.every((permission) => {
              const [resource, action] = permission.split(':') as [string, string];
              return engine.decide({ roles: engine.roleSet(roles), domain, resource, action }).allowed;
            }),
          );
          return now && !old;
        }),
      );
      if (news.some(Boolean)) count += 1;
    }
    return count;
  }

  it('counts who comes to have both in an organization or a project of it, as asking each of them one by one does', async () => {
    const pairs = [both, ['member:list', 'connection:delete']] as const;
    let found = 0;
    for (const permissions of pairs) {
      for (const role of ['org.member', 'org.manager', 'project.admin']) {
        for (const given of [[permissions[0]], [permissions[1]], permissions]) {
          const rows = given.map((permission) => `integrations/${role} * ${permission.replace(':', ' ')} allow`);
          const after = kept(rows, 'block', permissions as never);
          const expected = await bruteForce(after, permissions);
          const [rail] = await railsOf(after);
          const counted = Number(/^(\d+) (?:person|people) would/.exec(rail?.detail ?? '0 people would')?.[1]);
          expect(counted, `${role} ${given.join()} of ${permissions.join()}`).to.equal(expected);
          found += expected;
        }
      }
    }
    expect(found).to.be.above(3);
  });

  it('blocks or warns as the pair says, with its names, the organization and the reason', async () => {
    const rows = both.map((permission) => `integrations/org.member org ${permission.replace(':', ' ')} allow`);
    const [blocked] = await railsOf(kept(rows));
    expect(blocked).to.include({ status: 'BLOCK' });
    expect(blocked!.detail).to.include(both.join(' and ')).and.include(toId('organization', org_id)).and.include('Two people do it.');
    expect((await railsOf(kept(rows, 'warn')))[0]).to.include({ status: 'WARN' });
    expect(await railsOf(kept([]))).to.deep.equal([]);
  });

  it('looks at the platform with the shipped pairs, also where the change takes them away', async () => {
    const row = 'platform/policy-admin platform support request allow';
    const [rail] = await railsOf(changed('platform', (content) => withRows(content, [row])));
    expect(rail).to.deep.equal({
      id: 'separation-of-duties',
      status: 'WARN',
      detail:
        '1 person would come to have both policy:activate and support:request on the platform, and not now. Who decides what is allowed and who is let into organizations are two people.',
    });
    const { separation: _, ...vocabulary } = contents[0]!.vocabulary!;
    expect(await railsOf(changed('platform', (content) => ({ ...withRows(content, [row]), vocabulary })))).to.deep.equal([rail]);
  });

  it('lint names what is no permission, what is never asked in one place, and a role that has both', () => {
    const messages = (after: readonly PolicyContent[]) =>
      lintPolicies(after).flatMap(({ rule, level, message }) => (rule === 'separation' ? [`${level}: ${message}`] : []));
    expect(messages(contents)).to.deep.equal([]);
    expect(messages(kept([], 'block', ['connection:creat', 'secret:reveal'] as never))).to.deep.equal([
      'error: connection:creat is no permission, so nothing is kept apart by it',
    ]);
    expect(messages(kept([], 'block', ['policy:activate', 'project:update'] as never))[0]).to.include('never asked in the same place');
    expect(messages(kept([], 'warn', ['member:list', 'member:read'] as never)).join()).to.include(
      'warning: integrations/org.admin has both member:list and member:read',
    );
  });
});
