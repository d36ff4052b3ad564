import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import type { Meter } from '../../../core/authorization/policy/meters.ts';
import { FailedPrecondition } from '../../../core/base/errors.ts';
import { applyContents } from '../../../core/policies/policies.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles, type Person, signIn } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint/ai-spaces';
const day = 86_400_000;

describe('what usage is counted in', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;
  const yesterday = Math.floor(Date.now() / day) * day - day;
  const at = new Date(yesterday).toISOString();

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'ai-spaces');
    await report({ id: '1', meter: 'api-calls', at, quantity: '3', cost: '0.5' });
  });
  after(() => tenet?.stop());

  const report = async (...events: object[]) => {
    const { status, body } = await sendIn(admin, 'POST', `${organizationId}/usage-events`, { events });
    expect(status, JSON.stringify(body)).to.equal(200);
  };
  /** The blueprint with another meter in the place of that of calls, or without it. */
  const withCalls = async (change: Partial<Meter> | undefined) => {
    const content = (await shippedPolicies()).find((each) => each.scope === scope)!;
    const blueprint = content.blueprint!;
    const meters = blueprint.meters!.flatMap((meter) => (meter.name === 'api-calls' ? (change ? { ...meter, ...change } : []) : meter));
    return { ...content, blueprint: { ...blueprint, meters } };
  };
  const apply = async (change: Partial<Meter> | undefined) => {
    const content = await withCalls(change);
    const about = { author: 'system:cli/ann', reason: 'Another meter' };
    return tenet.database.write('platform', (db) => applyContents(db, [content], about, { name: about.author, requestId: 'cli' }));
  };
  const refusalOf = async (change: Partial<Meter>) => {
    const refused = await failure(apply(change));
    expect(refused).to.be.instanceOf(FailedPrecondition);
    return refused.message;
  };
  const usageOf = async () => {
    const [from, to] = [yesterday, yesterday + 2 * day].map((moment) => new Date(moment).toISOString());
    return sendIn(admin, 'GET', `${organizationId}/usage?${new URLSearchParams({ meter: 'api-calls', from: from!, to: to! })}`);
  };

  it('is refused to another currency or unit when it is proposed and when it comes into force', async () => {
    await givePlatformRoles(tenet, 'policy@example.com', 'platform/policy-admin');
    const policyAdmin = await tenet.as('policy@example.com');
    const { model, rows, blueprint, tests } = await withCalls({ currency: 'EUR', unit: 'request' });
    const body = { model, rows, blueprint, tests, reason: 'In euro' } as unknown as components['schemas']['CreatePolicyRevision'];
    const params = { path: { scope: 'blueprint.ai-spaces' } };
    const { error, response } = await policyAdmin.client.POST('/v1/policies/{scope}/revisions', { params, body });
    const errors = ['unit', 'currency'].map((term) => ({
      pointer: `#/blueprint/meters/0/${term}`,
      detail: `must stay ${term === 'unit' ? 'call' : 'USD'}, in which usage of api-calls is counted: add a meter of another name for another one`,
    }));
    expect([response.status, error?.['errors']]).to.deep.equal([400, errors]);
    expect(await refusalOf({ currency: 'EUR' })).to.match(
      /^This policy .*: the currency of api-calls is USD and would be EUR\. .* another name\.$/,
    );
    expect(await refusalOf({ unit: 'request' })).to.include('the unit of api-calls is call and would be request.');
  });

  it('stays while the meter is gone: an export says it, and the meter comes back with no other one', async () => {
    expect((await apply(undefined))[0]).to.include({ revision: 2, changed: true });
    expect((await usageOf()).status).to.equal(400);
    const { body } = await sendIn(admin, 'POST', `${organizationId}/exports`, { kind: 'USAGE', format: 'CSV' });
    const path = `/v1/organizations/${organizationId}/exports/${(body as { id: string }).id}/content`;
    const lines = await eventually(async () => {
      const answer = await admin.raw(path);
      expect(answer.status).to.equal(200);
      return (await answer.text()).split('\r\n');
    });
    expect(lines).to.include(`${at.slice(0, 10)},api-calls,call,,,,,3,0.5,USD,1,${at}`);
    expect(await refusalOf({ currency: 'EUR' })).to.include('the currency of api-calls is USD and would be EUR');
  });

  it('is multiplied by the price of the moment when it is reported, and no later price changes that', async () => {
    await apply({ price: { amount: '2', per: 1 } });
    await report({ id: '2', meter: 'api-calls', at, quantity: '3' });
    await apply({ price: { amount: '100', per: 1 } });
    expect((await usageOf()).body).to.deep.include({ items: [{ quantity: '6', cost: '6.5', currency: 'USD', events: 2, lastAt: at }] });
  });
});
