import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { applyAccessPlan } from '../../../core/access-plans/applying.ts';
import { contentsInForce } from '../../../core/access-plans/contents.ts';
import { documentOf, type ShownRow } from '../../../core/access-plans/document.ts';
import { makeAccessPlan } from '../../../core/access-plans/making.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import { storeRows } from '../../../core/access-plans/stored-rows.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { PermissionDenied } from '../../../core/base/errors.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Schemas = components['schemas'];

const scope = 'blueprint.integrations';

describe('access plans', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let auditor: Caller;
  let ada: Caller;
  let organizationId: string;
  let draft: Schemas['PolicyProposal'];

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    policyAdmin = await tenet.as('policy-admin@example.com');
    auditor = await tenet.as('auditor@example.com');
    ada = await tenet.as('ada@example.com');
    const made = await ada.client.POST('/v1/organizations', { body: { name: 'Acme', slug: 'acme', blueprint: 'integrations' } as never });
    organizationId = made.data!.id;
    const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', {
      params: { path: { scope, revision: 1 } },
    });
    const { model, rows, sources, blueprint } = data!;
    draft = { model, rows, sources: sources!, blueprint: blueprint! };
  });

  after(() => tenet?.stop());

  /** The draft without rows like this, as a body and as a content. */
  function without(pattern: RegExp): { body: Schemas['PolicyProposal']; content: PolicyContent } {
    const kept = draft.rows.flatMap((row, index) => (pattern.test(row.join(' ')) ? [] : index));
    expect(kept.length, 'a row goes').to.be.lessThan(draft.rows.length);
    const body = { ...draft, rows: kept.map((index) => draft.rows[index]!), sources: kept.map((index) => draft.sources![index]!) };
    return { body, content: { ...body, scope: 'blueprint/integrations', rows: body.rows as unknown as Row[] } as unknown as PolicyContent };
  }

  const create = (targets: Schemas['CreateAccessPlan']['targets'], caller = policyAdmin) =>
    caller.client.POST('/v1/access-plans', { body: { targets, reason: 'To look' } });
  const get = async (accessPlanId: string, caller = policyAdmin) =>
    (await caller.client.GET('/v1/access-plans/{accessPlanId}', { params: { path: { accessPlanId } } })).data!;
  const made = (accessPlanId: string): Promise<Schemas['AccessPlan']> =>
    eventually(async () => {
      const plan = await get(accessPlanId);
      expect(plan.state).to.not.be.oneOf(['QUEUED', 'RUNNING']);
      return plan;
    }, 90_000);

  async function rowsOf(accessPlanId: string, query: object = {}): Promise<Schemas['AccessPlanRow'][]> {
    const all: Schemas['AccessPlanRow'][] = [];
    for (let pageToken: string | undefined; ; ) {
      const { data, error } = await policyAdmin.client.GET('/v1/access-plans/{accessPlanId}/rows', {
        params: { path: { accessPlanId }, query: { pageSize: 2, ...query, ...(pageToken !== undefined && { pageToken }) } },
      });
      if (error) throw new Error(JSON.stringify(error));
      all.push(...data!.items);
      pageToken = data!.nextPageToken;
      if (pageToken === undefined) return all;
    }
  }

  const losing = /org\.admin (\*|org) audit-event export/;

  it('createAccessPlan and getAccessPlan say the same bytes as the command line, rows included', async () => {
    const { body, content } = without(losing);
    const { data, response } = await create([{ scope, content: body }]);
    expect(data).to.include({ state: 'QUEUED', reason: 'To look' });
    expect(response.headers.get('location')).to.equal(`/v1/access-plans/${data!.id}`);
    const plan = await made(data!.id);
    expect(plan.state, plan.failure).to.equal('READY');
    const expected = documentOf(await tenet.database.observe('platform', (db) => makePlan(db, [content])));
    expect(expected.rows).to.not.be.empty;
    expect(JSON.stringify({ ...plan.plan, rows: await rowsOf(data!.id) })).to.equal(JSON.stringify(expected));
    expect(plan.plan!.summary.byPermission).to.deep.equal([
      {
        ...{ kind: 'LOSS', permission: 'audit-event:export', level: 'ORGANIZATION', flags: ['SENSITIVE'], count: 1 },
        lastUse: { state: 'UNKNOWN' },
      },
    ]);
  });

  it('getAccessPlan names what is stranded to callers who may make plans alone, and counts it for the others', async () => {
    const invite = { invitees: [{ email: 'guest@example.com' }], roles: ['org.member'] };
    const path = { organizationId };
    const { response } = await ada.client.POST('/v1/organizations/{organizationId}/invitations', { params: { path }, body: invite });
    expect(response.status).to.equal(201);
    const { data } = await create([{ scope, content: without(/org\.admin org role:org\.member assign/).body }]);
    const { plan, failure } = await made(data!.id);
    expect(failure).to.equal(undefined);
    expect(plan!.stranded).to.have.lengthOf(1);
    expect(plan!.stranded[0]).to.include({
      kind: 'INVITATION',
      reason: 'GIVER_LOST',
      scope,
      role: 'org.member',
      count: 1,
      organizations: 1,
    });
    expect(plan!.stranded[0]!.examples[0]).to.include({ organizationId });
    const hidden = await get(data!.id, auditor);
    expect(hidden.plan!.stranded).to.deep.equal([{ ...plan!.stranded[0]!, examples: [] }]);
  });

  it('listAccessPlanRows finds rows by effect, organization and subject, and has a page token of its own for each', async () => {
    const { data } = await create([{ scope, content: without(losing).body }]);
    await made(data!.id);
    const all = await rowsOf(data!.id);
    expect(await rowsOf(data!.id, { organizationId, effect: 1, subjectId: await ada.userId() })).to.deep.equal(all);
    expect(await rowsOf(data!.id, { effect: 9 })).to.deep.equal([]);
    expect(await rowsOf(data!.id, { subjectId: await policyAdmin.userId() })).to.deep.equal([]);
  });

  it('a plan of stored revisions has them in its targets', async () => {
    const { data } = await create([
      { scope, revision: 1 },
      { scope: 'platform', revision: 1 },
    ]);
    expect(data!.targets[0]).to.include({ scope, revision: 1 });
    expect((await made(data!.id)).plan).to.deep.include({ targets: [], effects: [] });
  });

  it('a row with more than a hundred subjects comes in parts', async () => {
    const { data } = await create([{ scope, revision: 1 }]);
    await made(data!.id);
    const subjects = Array.from({ length: 230 }, (_, index) => ({
      id: newId('user'),
      ...(index % 100 === 7 && { exceptProjects: [newId('project')] }),
    }));
    const about = { effect: 1, organizationId, place: 'OTHER_PROJECTS', subjectType: 'USER', via: ['GRANT'] } as const;
    const row: ShownRow = { ...about, count: 230, fold: '0123456789abcdef', subjects };
    await tenet.database.write('platform', (db) => storeRows(db, toUuid('accessPlan', data!.id), [row]));
    const rows = await rowsOf(data!.id);
    expect(rows.map((part) => part.subjects!.length)).to.deep.equal([100, 100, 30]);
    expect(rows.flatMap((part) => part.subjects)).to.deep.equal(subjects);
    expect(rows.every(({ count, fold }) => count === 230 && fold === row.fold)).to.equal(true);
  });

  it('contents that do not hold together, twice the same scope, and what is no target are refused with a pointer', async () => {
    const misspelt = { ...draft, rows: [...draft.rows.slice(1), ['integrations/org.manager', 'org', 'connection', 'creat', 'allow']] };
    const pointers = async (targets: Schemas['CreateAccessPlan']['targets']) => {
      const { error } = await create(targets);
      expect(error).to.include({ status: 400 });
      return (error as { errors?: { pointer?: string; detail: string }[] }).errors!.map(({ pointer, detail }) => pointer ?? detail);
    };
    expect((await pointers([{ scope, content: misspelt }])).join()).to.contain('did you mean "create"');
    expect(
      await pointers([
        { scope: 'platform', revision: 1 },
        { scope, content: { ...draft, vocabulary: {} } },
      ]),
    ).to.deep.equal(['#/targets/1/content/vocabulary']);
    expect(
      await pointers([
        { scope, revision: 1 },
        { scope, revision: 1 },
      ]),
    ).to.deep.equal(['#/targets/1/scope']);
    expect(await pointers([{ scope }])).to.deep.equal(['#/targets/0']);
    expect(await pointers([{ scope, revision: 99 }])).to.deep.equal(['#/targets/0/revision']);
    expect(await pointers([{ scope: organizationId, revision: 1 }])).to.deep.equal(['#/targets/0/scope']);
  });

  it('who may read the policy sees numbers, and only who may plan sees whom they concern', async () => {
    const { data } = await create([{ scope, content: without(losing).body }]);
    await made(data!.id);
    expect((await get(data!.id, auditor)).plan!.summary.losses).to.equal(1);
    const path = { accessPlanId: data!.id };
    for (const { error } of [
      await create([{ scope, revision: 1 }], auditor),
      await auditor.client.GET('/v1/access-plans/{accessPlanId}/rows', { params: { path } }),
    ])
      expect(error).to.include({ status: 403, requiredPermission: 'policy:plan' });
  });

  it('the oldest of more than fifty plans give way, and a plan is deleted when it expires', async () => {
    const { data: first } = await create([{ scope, revision: 1 }]);
    await made(first!.id);
    const older = async () => Number((await tenet.database.read('platform', (db) => db('access_plans').count('* as n')))[0]!['n']);
    await tenet.database.write('platform', (db) =>
      db.raw(`insert into access_plans (id, state, targets, contents, created_by, expires_at, failure)
        select uuidv7(), 'FAILED', '[]', '[]', 'test', now() - interval '1 second', 'test' from generate_series(1, 60)`),
    );
    const { data } = await create([{ scope, revision: 1 }]);
    expect(await older()).to.equal(50);
    await made(data!.id);
    await cleanUp(tenet.database);
    expect(await older()).to.equal(1);
  });

  it('a plan fails, and says why, where its contents do not hold together with what is in force any more', async () => {
    const id = newId('accessPlan');
    const contents = (await tenet.database.read('platform', contentsInForce)).map(({ content }) => ({
      ...content,
      model: `${content.model}\n#`,
    }));
    await tenet.database.write('platform', (db) =>
      db('access_plans').insert({
        id: toUuid('accessPlan', id),
        ...{
          targets: '[]',
          contents: JSON.stringify(contents.slice(0, 1)),
          created_by: 'test',
          expires_at: db.raw("now() + interval '1 day'"),
        },
      }),
    );
    await makeAccessPlan(tenet.database, id);
    expect(await get(id)).to.include({ state: 'FAILED' });
    expect((await get(id)).failure).to.contain('do not hold together');
  });

  describe('applyAccessPlan', () => {
    const apply = (accessPlanId: string, caller = policyAdmin) =>
      caller.client.POST('/v1/access-plans/{accessPlanId}/apply', {
        params: { path: { accessPlanId } },
        body: { reason: 'Reviewed' },
      });
    const planOf = async (pattern: RegExp): Promise<string> => {
      const { data } = await create([{ scope, content: without(pattern).body }]);
      expect((await made(data!.id)).state).to.equal('READY');
      return data!.id;
    };
    const head = async () => (await policyAdmin.client.GET('/v1/policies/{scope}/head', { params: { path: { scope } } })).data!;

    it('refuses a plan when another holds a role that changes by now, names the organization, and changes nothing', async () => {
      const id = await planOf(losing);
      const before = await head();
      const ben = await tenet.as('ben@example.com');
      await tenet.database.write('platform', async (db) => {
        const key = { org_id: toUuid('organization', organizationId), user_id: toUuid('user', await ben.userId()) };
        await db('members').insert({ ...key, state: 'ACTIVE' });
        await db('grants').insert({ ...key, id: toUuid('grant', newId('grant')), role: 'org.admin', source: 'DIRECT', granted_by: 'test' });
      });
      const { error } = await apply(id);
      expect(error).to.include({ status: 409 });
      expect(error!.detail).to.contain('The plan is stale.').and.to.contain(organizationId);
      expect(await head()).to.deep.equal(before);
    });

    it('applies a plan although something moved that makes no difference to it, and the history says that a plan did', async () => {
      const id = await planOf(losing);
      const cleo = await tenet.as('cleo@example.com');
      await tenet.database.write('platform', async (db) => {
        const key = { org_id: toUuid('organization', organizationId), user_id: toUuid('user', await cleo.userId()) };
        await db('members').insert({ ...key, state: 'ACTIVE' });
        await db('grants').insert({
          ...key,
          id: toUuid('grant', newId('grant')),
          role: 'org.member',
          source: 'DIRECT',
          granted_by: 'test',
        });
      });
      const { data, error } = await apply(id);
      expect(JSON.stringify(error)).to.equal(undefined);
      const { plan } = await get(id);
      expect(data).to.deep.include({ digest: plan!.digest });
      expect(data!.scopes[0]).to.deep.include({ scope, revision: 2 });
      expect(data!.scopes[0]!.replaced).to.include({ revision: 1 });
      expect(await head()).to.include({ revision: 2, reason: 'Reviewed' });
      const events = await tenet.database.read('platform', (db) =>
        db('audit_events').where({ action: 'access-plan.apply' }).select('target'),
      );
      expect(events).to.deep.equal([{ target: id }]);
      const how = await tenet.database.read('platform', (db) =>
        db('policy_activations').where({ scope: 'blueprint/integrations', revision: 2 }).pluck('how'),
      );
      expect(how).to.deep.equal(['PLAN']);
    });

    it('refuses a plan when another revision is in force, and one that is not made', async () => {
      const id = await planOf(/org\.admin (\*|org) audit-event (export|list)/);
      expect((await apply(await planOf(/org\.admin (\*|org) audit-event export/))).error).to.equal(undefined);
      await tenet.database.write('platform', (db) =>
        db('access_plans')
          .where({ id: toUuid('accessPlan', id) })
          .update({ base: JSON.stringify({ [scope]: 1 }) }),
      );
      const { error } = await apply(id);
      expect(error).to.include({ status: 409 });
      expect(error!.detail).to.contain(`Of ${scope} revision 2 is in force, and the plan was made when it was revision 1.`);
      await tenet.database.write('platform', (db) =>
        db('access_plans')
          .where({ id: toUuid('accessPlan', id) })
          .update({ state: 'FAILED', failure: 'A test.' }),
      );
      expect((await apply(id)).error!.detail).to.equal('The plan was not made: A test.');
    });

    it('refuses a plan that a rail blocks', async () => {
      const { data: platform } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', {
        params: { path: { scope: 'platform', revision: 1 } },
      });
      const { model, rows, vocabulary } = platform!;
      const content = {
        model,
        vocabulary: vocabulary!,
        rows: rows.filter((row) => !row.join(' ').startsWith('platform/policy-admin platform policy activate')),
      };
      const { data } = await create([{ scope: 'platform', content }]);
      expect((await made(data!.id)).failure).to.equal(undefined);
      expect((await apply(data!.id)).error!.detail).to.contain('no person could take this back');
    });

    it('a content that was not proposed takes the permission to propose, and a stored revision does not', async () => {
      const asked: string[] = [];
      const mayNotPropose = {
        ...{ name: 'test', requestId: 'test' },
        require: async (resource: string, action: string) => {
          asked.push(`${resource}:${action}`);
          throw new PermissionDenied('policy:propose', 'dec_test');
        },
      };
      const check = async () => ({ reasons: ['Something moved.'], planned: 0 });
      const applyAs = (accessPlanId: string) =>
        tenet.database
          .write('platform', (db) => applyAccessPlan(db, mayNotPropose, { accessPlanId, reason: 'Test', check, keys: [] }))
          .then(
            () => 'applied',
            (error: Error) => error.message,
          );
      expect(await applyAs(await planOf(/org\.admin (\*|org) audit-event list/))).to.contain('policy:propose');
      expect(asked).to.deep.equal(['policy:propose']);
      const { data } = await create([{ scope, revision: 1 }]);
      await made(data!.id);
      expect(await applyAs(data!.id)).to.contain('Something moved.');
      expect(asked).to.deep.equal(['policy:propose']);
    });

    it('who may not activate may not apply', async () => {
      expect((await apply(newId('accessPlan'), auditor)).error).to.include({ status: 403, requiredPermission: 'policy:activate' });
    });
  });

  it('the plan of an open rollout stays until the rollout ends', async () => {
    const planId = newId('accessPlan');
    const id = toUuid('accessPlan', planId);
    const rolloutId = toUuid('rollout', newId('rollout'));
    await tenet.database.write('platform', async (db) => {
      await db.raw(
        `insert into access_plans (id, state, targets, contents, created_by, expires_at, failure)
        values (?, 'FAILED', '[]', '[]', 'test', now() - interval '1 second', 'test')`,
        [id],
      );
      await db.raw(`insert into access_plans (id, state, targets, contents, created_by, expires_at, failure)
        select uuidv7(), 'FAILED', '[]', '[]', 'test', now() + interval '1 day', 'test' from generate_series(1, 60)`);
      await db.raw(`insert into policy_revisions select (jsonb_populate_record(r, '{"revision": 9999}')).* from policy_revisions r
        where scope = 'blueprint/api-hub' and revision = 1`);
      await db('policy_rollouts').insert({
        ...{ id: rolloutId, scope: 'blueprint/api-hub', candidate_revision: 9_999, base_revision: 1, plan_id: id },
        ...{ gate_decisions: 0, gate_unplanned: 0, reason: 'test', created_by: 'test', moved_by: 'test', moved_reason: 'test' },
      });
    });
    const isKept = () => tenet.database.read('platform', async (db) => (await db('access_plans').where({ id }).first('id')) !== undefined);
    await made((await create([{ scope, revision: 1 }])).data!.id);
    await cleanUp(tenet.database);
    expect(await isKept()).to.equal(true);
    await tenet.database.write('platform', (db) => db('policy_rollouts').where({ id: rolloutId }).update({ stage: 'CANCELLED' }));
    await cleanUp(tenet.database);
    expect(await isKept()).to.equal(false);
  });
});
