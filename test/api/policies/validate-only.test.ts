import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { planMove } from '../../../core/access-plans/moved-policies.ts';
import { createPlanner } from '../../../core/access-plans/planner.ts';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { Unavailable } from '../../../core/base/errors.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Schemas = components['schemas'];

const scope = 'blueprint.integrations';
const headPath = '/v1/policies/blueprint.integrations/head';

describe('validateOnly of what moves policies', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let admin: Caller;
  /** Two organizations with a manager each; revision 2 lets managers verify the audit log. */
  let organizations: string[];

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    admin = await tenet.as('policy-admin@example.com');
    const owner = await tenet.as('owner@example.com');
    organizations = [await foundOrganization(owner, 'one'), await foundOrganization(owner, 'two')];
    for (const [index, organizationId] of organizations.entries())
      await join(tenet, { organizationId }, `manager${index}@example.com`, 'org.manager');
    const { data } = await admin.client.GET('/v1/policies/{scope}/revisions/{revision}', { params: { path: { scope, revision: 1 } } });
    const { model, rows, blueprint } = data!;
    const added = [...rows, ['integrations/org.manager', 'org', 'audit-event', 'verify', 'allow']];
    const made = await admin.client.POST('/v1/policies/{scope}/revisions', {
      params: { path: { scope } },
      body: { model, rows: added, blueprint: blueprint!, reason: 'Reviewed' },
    });
    expect(made.error, JSON.stringify(made.error)).to.equal(undefined);
    expect(made.data!.revision).to.equal(2);
  });
  after(() => tenet?.stop());

  async function ask(path: string, method: string, body: object): Promise<Schemas['AccessChange']> {
    const headers = { 'content-type': 'application/json', 'if-match': '*', 'idempotency-key': `ask-${path}-${method}` };
    const response = await admin.raw(`${path}?validateOnly=true`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    expect(response.status, text).to.equal(200);
    return (JSON.parse(text) as { access: Schemas['AccessChange'] }).access;
  }

  async function put(revision: number): Promise<void> {
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path: { scope } } });
    const headers = { 'content-type': 'application/json', 'if-match': head!.etag };
    const response = await admin.raw(headPath, { method: 'PUT', headers, body: JSON.stringify({ revision }) });
    expect(response.status, await response.clone().text()).to.equal(200);
  }

  const gains = ({ summary, more }: Schemas['AccessChange']) => ({ ...summary, more });
  const of = (subjects: number) => ({ subjects, gains: subjects, losses: 0, withheld: 0, partial: false, more: subjects });

  it('an activation answers what an access plan of the revision says, and no names', async () => {
    const access = await ask(headPath, 'PUT', { revision: 2 });
    expect(gains(access)).to.deep.equal(of(2));
    const [policy] = access.policies!;
    const content = await tenet.database.read('platform', (db) => loadContent(db, 'blueprint/integrations', 2));
    const plan = await planMove(tenet.database, { contents: [content] });
    expect(policy).to.deep.equal(JSON.parse(JSON.stringify(plan)));
    expect(policy!.summary.byPermission.map(({ kind, permission, count }) => [kind, permission, count])).to.deep.equal([
      ['GAIN', 'audit-event:verify', 2],
    ]);
    expect(policy!.rails.map(({ id }) => id)).to.include('undo');
    expect(access.items).to.deep.equal([]);
  });

  it('a canary answers for its organizations alone, a shadow that nothing changes, and their end for what is taken back', async () => {
    const path = `/v1/policies/${scope}/rollouts`;
    expect(gains(await ask(path, 'POST', { revision: 2, reason: 'Try' }))).to.deep.equal(of(0));
    const canary = { organizationIds: [organizations[0]!] };
    expect(gains(await ask(path, 'POST', { revision: 2, reason: 'Try', canary }))).to.deep.equal(of(1));
    const begun = await admin.client.POST('/v1/policies/{scope}/rollouts', {
      params: { path: { scope } },
      body: { revision: 2, reason: 'Try', canary },
    });
    const rollout = `${path}/${begun.data!.id}`;
    expect(gains(await ask(`${rollout}/promote`, 'POST', { stage: 'ALL', force: true, reason: 'Well' }))).to.deep.equal(of(1));
    const cancelled = await ask(`${rollout}/cancel`, 'POST', { reason: 'Bad' });
    expect(gains(cancelled)).to.deep.include({ gains: 0, losses: 1, partial: false });
    const { response } = await admin.client.POST('/v1/policies/{scope}/rollouts/{rolloutId}/cancel', {
      params: { path: { scope, rolloutId: begun.data!.id } },
      body: { reason: 'Bad' },
    });
    expect(response.status).to.equal(200);
  });

  it('a rollback answers for what it takes back, and the same revision again that nothing changes', async () => {
    await put(2);
    const back = await ask('/v1/policies/blueprint.integrations/rollback', 'POST', { reason: 'Bad' });
    expect(gains(back)).to.deep.include({ gains: 0, losses: 2, subjects: 2, partial: false });
    expect(gains(await ask(headPath, 'PUT', { revision: 2 }))).to.deep.equal(of(0));
  });

  it('says that it was not computed where it takes more time than a request has, and no number', async () => {
    const planner = createPlanner(tenet.database, { url: tenet.databaseUrl, pooler: 'none' }, undefined, {
      milliseconds: 1,
      megabytes: 512,
      waiting: 1,
    });
    try {
      const content = await tenet.database.read('platform', (db) => loadContent(db, 'blueprint/integrations', 1));
      const error: unknown = await planner.ask({ contents: [content] }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Unavailable);
      expect((error as Unavailable).message)
        .to.contain('not computed')
        .and.to.contain('createAccessPlan');
    } finally {
      await planner.stop();
    }
  });
});
