import { expect } from 'chai';
import { contentsInForce } from '../../../core/access-plans/contents.ts';
import { documentOf, type PlanDocument } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import { applyPlannedFiles } from '../../../core/access-plans/planned-files.ts';
import { decideWith } from '../../../core/authorization/decisions/decide.ts';
import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { createEngine } from '../../../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import { toId } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../../core/policies/policies.ts';
import type { RoleMapping } from '../../../core/policies/role-mapping.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { uuid } from '../../helpers/rows.ts';
import { policyDirectory } from '../authorization/contents.ts';

const kind = 'blueprint/integrations';

describe('an access plan with roles that are renamed or dropped', function () {
  this.timeout(240_000);
  const [org_id, alice, bob, carol] = [uuid('organization'), uuid('user'), uuid('user'), uuid('user')];
  const organizationId = toId('organization', org_id);
  let database: Database;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    await templateDatabase('schema', async (url) => void (await migrate(url)));
    const copy = await createDatabase('schema');
    ({ drop } = copy);
    database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    await applyInitialPolicies(database, policyDirectory);
    await database.write('platform', async (db) => {
      await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
      for (const [user_id, role] of [
        [alice, 'org.admin'],
        [bob, 'org.manager'],
        [carol, 'org.member'],
      ] as const) {
        await db('users').insert({ id: user_id, issuer: 'https://idp.example', subject: user_id });
        await db('members').insert({ org_id, user_id });
        await db('grants').insert({ org_id, id: uuid('grant'), user_id, role, source: 'DIRECT', granted_by: 'test' });
      }
    });
  });

  afterEach(async () => {
    await database?.close();
    await drop?.();
  });

  const inForce = (): Promise<PolicyContent[]> =>
    database.read('platform', async (db) => (await contentsInForce(db)).map(({ content }) => content));

  /** The manager becomes a steward, who may do something less. */
  async function withSteward(): Promise<PolicyContent[]> {
    return (await inForce()).map((content) => {
      if (content.scope !== kind) return content;
      const kept = content.rows.flatMap((row, index) =>
        row[0] === 'integrations/org.manager' && row[2] === 'connection' && row[3] === 'update' ? [] : index,
      );
      const renamed = (text: string): string => text.replaceAll('org.manager', 'org.steward');
      return {
        ...content,
        rows: kept.map((index) => JSON.parse(renamed(JSON.stringify(content.rows[index]!)))),
        sources: kept.map((index) => content.sources[index]!),
        blueprint: JSON.parse(renamed(JSON.stringify(content.blueprint))),
      };
    });
  }

  async function withoutMember(): Promise<PolicyContent[]> {
    return (await inForce()).map((content) => {
      if (content.scope !== kind) return content;
      const kept = content.rows.flatMap((row, index) => (/org\.member$|org\.member /.test(row.join(' ')) ? [] : index));
      const { blueprint } = content;
      return {
        ...content,
        rows: kept.map((index) => content.rows[index]!),
        sources: kept.map((index) => content.sources[index]!),
        blueprint: { ...blueprint!, lowestRole: 'org.manager', roles: blueprint!.roles.filter(({ id }) => id !== 'org.member') },
      };
    });
  }

  const plan = async (contents: readonly PolicyContent[], mapping?: RoleMapping): Promise<PlanDocument> => {
    const made = await database.observe('platform', (db) => makePlan(db, contents, { samples: 'everything', ...(mapping && { mapping }) }));
    expect(made.verification.differences).to.deep.equal([]);
    return documentOf(made);
  };

  /** What each person may do in the organization, by what is in force and held. */
  async function allowed(): Promise<Map<string, Set<string>>> {
    const contents = (await inForce()).filter(({ scope }) => scope === 'platform' || scope === kind);
    const engine = createEngine(contents);
    const place = { organizationId };
    const found = new Map<string, Set<string>>();
    for (const user of [alice, bob, carol]) {
      const subject = { type: 'user', id: toId('user', user), uuid: user } as const;
      const snapshot = await database.read('platform', (db) => takeSnapshot(db, subject, domainOf(place), place));
      const pairs = engine.permissions('org').filter(({ resource, action }) => decideWith(engine, snapshot, resource, action).allowed);
      found.set(subject.id, new Set(pairs.map(({ resource, action }) => `${resource}:${action}`)));
    }
    return found;
  }

  /** What a plan says that each person gains and loses in the organization. */
  function planned({ effects, rows }: PlanDocument): string[] {
    return rows
      .filter(({ place }) => place === 'ORGANIZATION')
      .flatMap(({ effect, subjects = [] }) =>
        subjects.flatMap(({ id }) => effects[effect - 1]!.changes.map((change) => `${id} ${change.kind} ${change.permission}`)),
      )
      .sort();
  }

  async function applied(document: PlanDocument, contents: readonly PolicyContent[]): Promise<string[]> {
    const before = await allowed();
    const actor = { name: 'test', requestId: 'test' };
    const about = { author: 'test', reason: 'test' };
    await database.write('platform', (db) => applyPlannedFiles(database, db, actor, { plan: document, contents, about }));
    const after = await allowed();
    const differences = [...before].flatMap(([id, old]) => {
      const now = after.get(id)!;
      const losses = [...old].filter((one) => !now.has(one)).map((one) => `${id} LOSS ${one}`);
      return [...losses, ...[...now].filter((one) => !old.has(one)).map((one) => `${id} GAIN ${one}`)];
    });
    return differences.sort();
  }

  const events = (action: string) =>
    database.read({ organization: org_id }, (db) => db('audit_events').where({ org_id, action }).select('target'));

  it('says what holders of a renamed role gain and lose, and applying it does that, in one transaction with its events', async () => {
    const contents = await withSteward();
    const mapping = { rename: { 'org.manager': 'org.steward' } };
    const without = await plan(contents);
    expect(without.rails.find(({ id }) => id === 'roles-in-use')).to.include({ status: 'BLOCK' });
    const document = await plan(contents, mapping);
    expect(document.rails.filter(({ status }) => status === 'BLOCK')).to.deep.equal([]);
    expect(document.stranded).to.deep.equal([]);
    expect(document.roleMapping).to.deep.equal(mapping);
    expect(document.digest).not.to.equal(without.digest);
    expect(planned(document)).to.include(`${toId('user', bob)} LOSS connection:update`);
    expect(planned(document).filter((line) => line.startsWith(toId('user', bob)))).to.have.lengthOf(1);
    expect(await applied(document, contents)).to.deep.equal(planned(document));
    expect(await events('role.rename')).to.have.lengthOf(1);
  });

  it('says what holders of a dropped role lose and which grants end, and applying it revokes them', async () => {
    const contents = await withoutMember();
    const document = await plan(contents, { drop: ['org.member'] });
    expect(document.rails.filter(({ status }) => status === 'BLOCK')).to.deep.equal([]);
    expect(document.stranded).to.deep.equal([
      {
        ...{ kind: 'GRANT', reason: 'ROLE_DROPPED', scope: 'blueprint.integrations', role: 'org.member', count: 1, organizations: 1 },
        examples: [{ organizationId, id: toId('user', carol) }],
      },
    ]);
    expect(await applied(document, contents)).to.deep.equal(planned(document));
    expect(await events('grant.revoke')).to.have.lengthOf(1);
  });

  it('warns where something follows from the mapping that it does not count', async () => {
    const grant = { org_id, id: uuid('grant'), subject_role: 'org.manager', role: 'org.member', source: 'DIRECT', granted_by: 'test' };
    await database.write('platform', (db) => db('grants').insert(grant));
    const { rails } = await plan(await withSteward(), { rename: { 'org.manager': 'org.steward' } });
    expect(rails.find(({ id }) => id === 'role-mapping')).to.include({ status: 'WARN' });
  });

  it('is refused for roles that stay or are not there', async () => {
    const contents = await withSteward();
    for (const mapping of [
      { drop: ['org.admin'] },
      { rename: { 'org.manager': 'org.nothing' } },
      { rename: { 'org.manager': 'project.member' } },
    ]) {
      const error = await plan(contents, mapping).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(InvalidInput);
    }
  });
});
