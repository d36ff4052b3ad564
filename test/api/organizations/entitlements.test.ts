import { expect } from 'chai';
import { foundOrganization, givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('PICA-02, S001-02: entitlements', () => {
  let tenet: TestTenet;
  let operator: Caller;

  before(async () => {
    tenet = await startTenet({ TENET_ENTITLEMENTS: 'none' });
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    operator = await tenet.as('operator@example.com');
  });
  after(() => tenet?.stop());

  const create = (caller: Caller, blueprint: string) => caller.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint } });
  const give = async (caller: Caller, entitlements: string[]) =>
    operator.client.PUT('/v1/users/{userId}/entitlements', {
      params: { path: { userId: await caller.userId() } },
      body: { entitlements },
    });

  for (const [id, blueprint] of [
    ['PICA-02', 'integrations'],
    ['S001-02', 'teams'],
  ] as const) {
    it(`${id}: an account creates ${blueprint} only with the plan for it, and is told that no role is missing`, async () => {
      const ada = await tenet.as(`ada@${blueprint}.example.com`);
      const refused = await create(ada, blueprint);
      expect(refused.response.status).to.equal(403);
      expect(refused.error).to.include({ code: 'plan-required' });
      expect(await foundOrganization(ada, 'Acme', 'api-hub')).to.match(/^org_/);
      expect((await give(ada, ['organizations'])).data).to.deep.include({ entitlements: ['organizations'] });
      expect((await create(ada, blueprint)).response.status).to.equal(201);
      await give(ada, []);
      expect((await create(ada, blueprint)).error).to.include({ code: 'plan-required' });
    });
  }

  it('an organization without the plan for its kind can be looked at and grows no more', async () => {
    const eve = await tenet.as('eve@example.com');
    await give(eve, ['organizations']);
    const path = { organizationId: (await create(eve, 'teams')).data!.id };
    const replace = (entitlements: string[]) =>
      operator.client.PUT('/v1/organizations/{organizationId}/entitlements', { params: { path }, body: { entitlements } });
    const project = () => eve.client.POST('/v1/organizations/{organizationId}/projects', { params: { path }, body: { name: 'Website' } });
    const read = await operator.client.GET('/v1/organizations/{organizationId}/entitlements', { params: { path } });
    expect(read.data).to.include({ limited: false });
    expect((await project()).response.status).to.equal(201);
    expect((await replace([])).data).to.include({ limited: true });
    expect((await project()).error).to.include({ code: 'plan-required' });
    expect((await eve.client.GET('/v1/organizations/{organizationId}', { params: { path } })).response.status).to.equal(200);
    await replace(['organizations']);
    expect((await project()).response.status).to.equal(201);
  });

  it('are not the account’s own to change', async () => {
    const eve = await tenet.as('eve@example.com');
    const { response } = await eve.client.PUT('/v1/users/{userId}/entitlements', {
      params: { path: { userId: await eve.userId() } },
      body: { entitlements: ['organizations'] },
    });
    expect(response.status).to.equal(403);
  });
});
