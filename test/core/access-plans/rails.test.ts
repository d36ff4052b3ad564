import { expect } from 'chai';
import { documentOf } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import type { Rail } from '../../../core/access-plans/rails.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { toId } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../../core/policies/policies.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { uuid } from '../../helpers/rows.ts';
import { policyDirectory } from '../authorization/contents.ts';

const kind = 'blueprint/integrations';

describe('rails of an access plan', () => {
  const [org_id, user_id] = [uuid('organization'), uuid('user')];
  let database: Database;
  let contents: readonly PolicyContent[];
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (url) => void (await migrate(url)));
    const copy = await createDatabase('schema');
    database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    await applyInitialPolicies(database, policyDirectory);
    contents = await readPolicies(policyDirectory);
    await database.write('platform', async (db) => {
      await db('users').insert({ id: user_id, issuer: 'https://idp.example', subject: 'alice' });
      await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
      await db('members').insert({ org_id, user_id });
      await db('grants').insert({ org_id, id: uuid('grant'), user_id, role: 'org.admin', source: 'DIRECT', granted_by: 'test' });
    });
    // Requests give no role of the platform to the first operator: the owner of the database does.
    const owner = openDatabase(copy.url, { size: 1, onError: () => undefined, role: 'owner' });
    await owner.write('platform', (db) => db('platform_grants').insert({ user_id, role: 'platform/policy-admin', granted_by: 'test' }));
    await owner.close();
    drop = copy.drop;
  });

  after(async () => {
    await database.close();
    await drop();
  });

  /** The contents with one scope changed. */
  function changed(scope: string, change: (content: PolicyContent) => PolicyContent): PolicyContent[] {
    return contents.map((content) => (content.scope === scope ? change(content) : content));
  }

  function without(content: PolicyContent, pattern: RegExp): PolicyContent {
    const kept = content.rows.flatMap((row, index) => (pattern.test(row.join(' ')) ? [] : [{ row, source: content.sources[index]! }]));
    return { ...content, rows: kept.map(({ row }) => row), sources: kept.map(({ source }) => source) };
  }

  function withRow(content: PolicyContent, row: PolicyContent['rows'][number]): PolicyContent {
    return { ...content, rows: [...content.rows, row], sources: [...content.sources, { file: 'policy.csv', line: 1 }] };
  }

  async function railsOf(after: readonly PolicyContent[]): Promise<readonly Rail[]> {
    const plan = await database.observe('platform', (db) => makePlan(db, after));
    expect(plan.verification.differences).to.deep.equal([]);
    return documentOf(plan).rails;
  }

  it('a meter in another currency than its usage blocks', async () => {
    const rails = await railsOf(
      changed('blueprint/ai-spaces', (content) => {
        const meters = content.blueprint!.meters!.map((meter) => ({ ...meter, currency: 'EUR' }));
        return { ...content, blueprint: { ...content.blueprint!, meters } };
      }),
    );
    const [rail] = rails.filter(({ id }) => id === 'counted-usage');
    expect(rail).to.include({ status: 'BLOCK' });
    expect(rail!.detail).to.include('the currency of tokens is USD and would be EUR');
  });

  it('a change that leaves everyone who decides about policies is let through', async () => {
    const rails = await railsOf(changed('platform', (content) => without(content, /^platform\/user platform blueprint read/)));
    expect(rails).to.deep.equal([
      { id: 'undo', status: 'OK', detail: '1 active person may propose and activate policies, and 1 may now.' },
    ]);
  });

  it('a change after which no person could take it back is blocked', async () => {
    const rails = await railsOf(changed('platform', (content) => without(content, /policy-admin platform policy activate/)));
    expect(rails).to.have.lengthOf(1);
    expect(rails[0]).to.include({ id: 'undo', status: 'BLOCK' });
  });

  it('a change after which no person of an organization could give its top role is blocked, and names the organization', async () => {
    const rails = await railsOf(changed(kind, (content) => without(content, /^integrations\/\S+ \S+ role:org.admin assign/)));
    expect(rails.find(({ id }) => id === 'last-giver')).to.deep.equal({
      id: 'last-giver',
      status: 'BLOCK',
      detail: `No person could give org.admin, the top role, any more in ${toId('organization', org_id)}.`,
    });
  });

  it('a change that takes the same from a role whose holders are not the last ones is let through', async () => {
    const rails = await railsOf(changed(kind, (content) => without(content, /^integrations\/org.owner \S+ role:org.admin assign/)));
    expect(rails.filter(({ status }) => status === 'BLOCK')).to.deep.equal([]);
  });

  it('a change after which no person of an organization has what is under lockout is blocked, and names permission and organization', async () => {
    const rails = await railsOf(changed(kind, (content) => without(content, /^integrations\/org\.\S+ \S+ member remove allow/)));
    expect(rails.filter(({ status }) => status === 'BLOCK')).to.deep.equal([
      { id: 'lockout', status: 'BLOCK', detail: `No person would have member:remove any more in ${toId('organization', org_id)}.` },
    ]);
  });

  it('it is not where another person of the organization has it', async () => {
    const change = changed(kind, (content) =>
      withRow(without(content, /^integrations\/org\.admin \S+ member remove allow/), [
        'integrations/org.manager',
        'org',
        'member',
        'remove',
        'allow',
      ]),
    );
    expect((await railsOf(change)).map(({ id }) => id)).to.deep.equal(['undo', 'lockout']);
    const other = uuid('user');
    await database.write('platform', async (db) => {
      await db('users').insert({ id: other, issuer: 'https://idp.example', subject: 'bob' });
      await db('members').insert({ org_id, user_id: other });
      await db('grants').insert({ org_id, id: uuid('grant'), user_id: other, role: 'org.manager', source: 'DIRECT', granted_by: 'test' });
    });
    expect((await railsOf(change)).map(({ id }) => id)).to.deep.equal(['undo']);
    await database.write('platform', (db) => db('members').where({ user_id: other }).update({ state: 'INACTIVE' }));
    expect((await railsOf(change)).map(({ id }) => id)).to.deep.equal(['undo', 'lockout']);
  });

  it('a change that takes the flag away with what it is about is blocked as without that', async () => {
    const after = changed('platform', (content) => ({ ...content, vocabulary: { ...content.vocabulary!, flags: {} } })).map((content) =>
      content.scope === kind ? without(content, /^integrations\/org\.\S+ \S+ member remove allow/) : content,
    );
    expect((await railsOf(after)).map(({ id }) => id)).to.deep.equal(['undo', 'lockout']);
  });

  it('what no person had is no lockout', async () => {
    const flagged = changed('platform', (content) => ({
      ...content,
      vocabulary: { ...content.vocabulary!, flags: { lockout: ['ownership:transfer'] } },
    })).map((content) => (content.scope === kind ? without(content, /^integrations\/org\.owner \S+ ownership transfer/) : content));
    expect((await railsOf(flagged)).map(({ id }) => id)).to.deep.equal(['undo']);
  });

  it('a change after which no operator has what is under lockout on the platform is blocked', async () => {
    const rails = await railsOf(changed('platform', (content) => without(content, /policy-admin platform operator add/)));
    expect(rails.filter(({ status }) => status === 'BLOCK')).to.deep.equal([
      { id: 'lockout', status: 'BLOCK', detail: 'No active person with a role of the platform would have operator:add any more.' },
    ]);
  });

  it('gains of what is sensitive stand before losses, and what has a flag is counted', async () => {
    const given = changed(kind, (content) => without(content, /^integrations\/org.admin \S+ (member remove|usage read) allow/)).map(
      (content) => (content.scope === 'platform' ? withRow(content, ['member/self', 'org', 'ownership', 'transfer', 'allow']) : content),
    );
    const plan = await database.observe('platform', (db) => makePlan(db, given));
    expect(plan.verification.differences).to.deep.equal([]);
    const { summary, effects } = documentOf(plan);
    expect(summary.sensitiveGains).to.equal(summary.gains);
    expect(summary.lockoutLosses).to.equal(1);
    expect(summary.byPermission.map(({ kind, permission, flags }) => [kind, permission, flags])).to.deep.equal([
      ['GAIN', 'ownership:transfer', ['SENSITIVE']],
      ['LOSS', 'member:remove', ['SENSITIVE', 'LOCKOUT']],
      ['LOSS', 'usage:read', undefined],
    ]);
    expect(effects[0]!.changes.map(({ permission }) => permission)).to.include('ownership:transfer');
  });

  it('a role that is held and that the kind of organization would lack is blocked', async () => {
    const rails = await railsOf(
      changed(kind, (content) => {
        const blueprint = content.blueprint!;
        const roles = blueprint.roles.filter(({ id }) => id !== 'org.admin');
        const named = { topRole: 'org.manager', creatorRole: 'org.manager' };
        return { ...without(content, /org\.admin/), blueprint: { ...blueprint, roles, ...named } };
      }),
    );
    const blocked = rails.filter(({ status }) => status === 'BLOCK');
    expect(blocked.map(({ id }) => id)).to.include.members(['roles-in-use', 'top-role']);
    expect(blocked.find(({ id }) => id === 'roles-in-use')!.detail).to.match(/org\.admin \(1 grant in 1 organization\)/);
  });

  it('counts the pending invitations with a role that changes', async () => {
    await database.write('platform', async (db) => {
      const id = uuid('invitation');
      const pending = { org_id, id, email: 'bob@example.com', token_hash: Buffer.from(id.replaceAll('-', '')), invited_by: 'test' };
      await db('invitations').insert({ ...pending, expires_at: new Date(Date.now() + 86_400_000) });
      await db('invitation_roles').insert({ org_id, invitation_id: id, role: 'org.member' });
    });
    const after = changed(kind, (content) => without(content, /^integrations\/org.member \S+ connection/));
    const plan = await database.observe('platform', (db) => makePlan(db, after));
    expect(plan.effects).to.deep.equal([]);
    expect(documentOf(plan).pendingInvitations).to.deep.equal([{ blueprint: 'integrations', role: 'org.member', count: 1 }]);
  });
});
