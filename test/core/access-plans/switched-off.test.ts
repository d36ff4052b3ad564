import { expect } from 'chai';
import { differenceOf } from '../../../core/access-plans/comparison.ts';
import { documentOf, type PlanDocument } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { toId } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { faultsOf, figuresOf, type PlanFault } from '../../../core/manifests/policy-plans.ts';
import { applyInitialPolicies } from '../../../core/policies/policies.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { uuid } from '../../helpers/rows.ts';
import { policyDirectory } from '../authorization/contents.ts';

const kind = 'blueprint/ai-spaces';

describe('access plan over what organizations have switched off', () => {
  const [org_id, user_id] = [uuid('organization'), uuid('user')];
  const [off, on] = [uuid('project'), uuid('project')];
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
      await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'ai-spaces', top_role: 'org.admin' });
      await db('members').insert({ org_id, user_id });
      for (const project_id of [off, on]) {
        await db('projects').insert({ org_id, id: project_id, slug: project_id, name: 'Space' });
        const role = { role: 'project.viewer', source: 'DIRECT', granted_by: 'test' };
        await db('grants').insert({ org_id, id: uuid('grant'), user_id, project_id, ...role });
      }
    });
    drop = copy.drop;
  });

  after(async () => {
    await database.close();
    await drop();
  });

  const viewersUseModels: Row = ['ai-spaces/project.viewer', 'project', 'model', 'use', 'allow'];
  const modelsAreDenied = 'state/resource-disabled project model * deny';

  const changed = (change: (content: PolicyContent) => PolicyContent): PolicyContent[] =>
    contents.map((content) => (content.scope === kind ? change(content) : content));
  const withRow = (row: Row): PolicyContent[] =>
    changed((content) => ({ ...content, rows: [...content.rows, row], sources: [...content.sources, { file: 'policy.csv', line: 1 }] }));
  const withoutRow = (text: string): PolicyContent[] =>
    changed((content) => {
      const kept = content.rows.flatMap((row, index) => (row.join(' ') === text ? [] : index));
      expect(kept).to.have.lengthOf(content.rows.length - 1);
      return { ...content, rows: kept.map((index) => content.rows[index]!), sources: kept.map((index) => content.sources[index]!) };
    });

  async function planOf(after: readonly PolicyContent[]): Promise<PlanDocument> {
    const plan = await database.observe('platform', (db) => makePlan(db, after));
    expect(plan.verification.differences).to.deep.equal([]);
    return documentOf(plan);
  }

  /** Works while this is switched off. */
  async function whileOff<T>(restriction: object, work: () => Promise<T>): Promise<T> {
    const id = uuid('resource');
    const about = { org_id, id, reason: 'Not approved', created_by: 'test' };
    await database.write('platform', (db) => db('restrictions').insert({ ...about, resource_type: 'model', ...restriction }));
    try {
      return await work();
    } finally {
      await database.write('platform', (db) =>
        db('restrictions').where({ org_id, id }).update({ lifted_at: new Date(), lifted_by: 'test' }),
      );
    }
  }

  /** What of a plan is said of each project, with a sign where it is switched off. */
  function saidOf({ effects, rows }: PlanDocument): string[] {
    return rows.flatMap(({ effect, projectId = 'other', via }) =>
      effects
        .find((one) => one.effect === effect)!
        .changes.map(({ kind: what, permission, switchedOff }) => {
          const place = projectId === toId('project', off) ? 'off' : projectId === toId('project', on) ? 'on' : projectId;
          return `${what} ${permission} ${place} ${via.join(' ')}${switchedOff ? ' (switched off)' : ''}`;
        }),
    );
  }

  it('PUL-25: a gain is marked in the projects where the type is switched off, and counted apart', async () => {
    const document = await whileOff({ project_ids: [off] }, () => planOf(withRow(viewersUseModels)));
    expect(saidOf(document)).to.have.members(['GAIN model:use on GRANT', 'GAIN model:use off GRANT (switched off)']);
    expect(document.summary).to.deep.include({
      ...{ gains: 1, losses: 0, organizations: 1 },
      switchedOff: { gains: 1, losses: 0, sensitiveGains: 0, lockoutLosses: 0, organizations: 1 },
    });
    const marked = document.effects.find(({ switchedOff }) => switchedOff)!;
    expect(marked.switchedOff).to.deep.equal(['model']);
    // What is so once it is switched on again.
    expect(marked.changes[0]!.after).to.deep.include({ decision: true, reason: 'ALLOW' });
    expect(marked.changes[0]!.because).to.deep.equal(['ai-spaces/project.viewer']);
  });

  it('PUL-25: it is marked everywhere but in the projects where the type stays visible, and everywhere where it is off for all', async () => {
    const but = await whileOff({ project_ids: [on], is_exception: true }, () => planOf(withRow(viewersUseModels)));
    expect(saidOf(but)).to.have.members(['GAIN model:use on GRANT', 'GAIN model:use off GRANT (switched off)']);
    const all = await whileOff({}, () => planOf(withRow(viewersUseModels)));
    expect(saidOf(all)).to.have.members(['GAIN model:use on GRANT (switched off)', 'GAIN model:use off GRANT (switched off)']);
    expect(all.summary).to.deep.include({ gains: 0, losses: 0, organizations: 0 });
    expect(all.summary.subjects!.USER).to.equal(0);
    expect(all.summary.switchedOff).to.include({ gains: 2, organizations: 1 });
  });

  it('a manifest waits for an approval of it as of other gains and losses', async () => {
    const gained = await whileOff({}, () => planOf(withRow(viewersUseModels)));
    const lost = await whileOff({}, () => planOf(withoutRow('ai-spaces/project.viewer project model read allow')));
    const faultOf = (plan: PlanDocument, fault: PlanFault) => faultsOf({ planFailOn: [fault] }, figuresOf({ id: 'apl', plan }));
    expect(faultOf(gained, 'Gain')).to.include('The plan has 2 gains');
    expect(faultOf(lost, 'Loss')).to.include('The plan has 2 losses');
    expect([faultOf(gained, 'Loss'), faultOf(lost, 'Gain')]).to.deep.equal([undefined, undefined]);
  });

  it('a loss is marked as well, and what is about one resource or another type is not', async () => {
    const reading = 'ai-spaces/project.viewer project model read allow';
    const document = await whileOff({ project_ids: [off] }, () => planOf(withoutRow(reading)));
    expect(saidOf(document)).to.have.members(['LOSS model:read on GRANT', 'LOSS model:read off GRANT (switched off)']);
    const plain = await planOf(withRow(viewersUseModels));
    expect(plain.summary).not.to.have.property('switchedOff');
    for (const restriction of [{ resource_id: 'gpt-x' }, { resource_type: 'tool' }])
      expect(await whileOff(restriction, () => planOf(withRow(viewersUseModels)))).to.deep.equal(plain);
  });

  it('a policy in which the state denies nothing any more is a gain at once, by the state, where the type is off', async () => {
    const after = withoutRow(modelsAreDenied);
    const document = await whileOff({ project_ids: [off] }, () => planOf(after));
    expect(saidOf(document)).to.have.members(['GAIN model:list off STATE', 'GAIN model:read off STATE']);
    const [effect] = document.effects;
    expect(effect).to.deep.include({ switchedOff: ['model'], roles: ['ai-spaces/project.viewer'] });
    for (const { because, before } of effect!.changes) {
      expect(because).to.deep.equal(['state/resource-disabled']);
      expect(before.rule!.row.join(' ')).to.equal(modelsAreDenied);
    }
    expect((await planOf(after)).rows).to.deep.equal([]);
  });

  it('a rail warns where what is denied of single resources changes, which no row says', async () => {
    const railOf = (plan: PlanDocument) => plan.rails.find(({ id }) => id === 'single-resources');
    const [weaker, other] = await whileOff({ resource_id: 'gpt-x' }, async () => [
      await planOf(withoutRow(modelsAreDenied)),
      await planOf(withRow(viewersUseModels)),
    ]);
    expect(weaker!.rows).to.deep.equal([]);
    expect(railOf(weaker!)).to.deep.include({ status: 'WARN' });
    expect(railOf(weaker!)!.detail).to.include('1 of the type model in 1 organization');
    expect([railOf(other!), railOf(await planOf(withoutRow(modelsAreDenied)))]).to.deep.equal([undefined, undefined]);
  });

  it('a plan is stale once something that it marks is switched on again', async () => {
    const after = withRow(viewersUseModels);
    const [first, second] = await whileOff({ project_ids: [off] }, async () => [await planOf(after), await planOf(after)]);
    expect(JSON.stringify(second)).to.equal(JSON.stringify(first));
    expect(differenceOf(first!, second!)).to.equal(undefined);
    expect(differenceOf(first!, await planOf(after))).to.include(toId('organization', org_id));
  });
});
