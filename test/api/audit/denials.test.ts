import { expect } from 'chai';
import { closeDenials } from '../../../core/audit/denials.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('denials that are alike', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let member: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet.stop());

  let round = 0;
  beforeEach(async () => {
    round += 1;
    organizationId = await foundOrganization(owner);
    member = await join(tenet, { organizationId }, `member-${round}@example.com`, 'org.member');
  });

  const rename = (caller: Caller) =>
    caller.client.PATCH('/v1/organizations/{organizationId}', { params: { path: { organizationId } }, body: { name: 'Mine' } });
  const denied = async () =>
    (
      await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
        params: { path: { organizationId }, query: { outcome: 'DENIED' } },
      })
    ).data!.items.reverse();
  const decisionOf = ({ error }: { error?: unknown }) => (error as { decisionId: string }).decisionId;
  const anHourAgo = () => inDatabase(tenet, organizationId, "update denials set since = since - interval '1 hour'");

  it('have one event and one kept decision, which explains all of them', async () => {
    const decisions = new Set<string>();
    for (let time = 0; time < 5; time += 1) decisions.add(decisionOf(await rename(member)));
    expect(decisions.size).to.equal(1);
    const events = await denied();
    expect(events).to.have.length(1);
    const [decisionId] = decisions;
    expect(events[0]).to.include({ action: 'organization.update', target: organizationId, decisionId });
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/decisions/{decisionId}', {
      params: { path: { organizationId, decisionId: decisionId! } },
    });
    expect(data).to.include({ decision: false, subject: await member.userId() });
  });

  it('say each time why: that the organization is suspended', async () => {
    await inDatabase(tenet, organizationId, "update organizations set state = 'SUSPENDED'");
    const details: string[] = [];
    for (let time = 0; time < 3; time += 1) details.push(((await rename(owner)).error as { detail: string }).detail);
    expect(details[0]).to.match(/The organization is suspended/);
    expect(new Set(details).size).to.equal(1);
  });

  it('are counted also when they come at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => rename(member)));
    expect(await denied()).to.have.length(1);
    const { rows } = await tenet.database.read({ organization: toUuid('organization', organizationId) }, (db) =>
      db.raw('select count from denials'),
    );
    expect(rows).to.deep.equal([{ count: '10' }]);
  });

  it('say what each of them was about, up to a bound, although they are counted together', async () => {
    const remove = (userId: string) =>
      member.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { organizationId, userId } },
        body: {},
      });
    const targets = Array.from({ length: 52 }, () => newId('user'));
    for (const target of targets) expect((await remove(target)).response.status).to.equal(403);
    await remove(targets[0]!);
    await remove(targets[51]!);
    await anHourAgo();
    await closeDenials(tenet.database);
    const [first, sum, ...others] = await denied();
    expect(others).to.deep.equal([]);
    expect(first).to.include({ action: 'member.remove', target: targets[0] });
    expect(sum!.after).to.deep.include({ denials: 54, targets: targets.slice(0, 50), unlisted: 3 });
  });

  it('have an event with their number once the hour is over, in a chain that holds', async () => {
    for (let time = 0; time < 5; time += 1) await rename(member);
    await anHourAgo();
    await closeDenials(tenet.database);
    const [first, sum, ...others] = await denied();
    expect(others).to.deep.equal([]);
    expect(sum).to.include({ action: 'organization.update', target: organizationId, actor: first!.actor, decisionId: first!.decisionId });
    expect(sum!.after).to.include({ denials: 5 });
    const report = await tenet.database.read('platform', (db) => verifyChain(db, toUuid('organization', organizationId)));
    expect(report).not.to.have.property('broken');
    // Closed once, and a new hour begins anew.
    await closeDenials(tenet.database);
    await rename(member);
    expect(await denied()).to.have.length(3);
  });

  it('have no second event when there was only one', async () => {
    await rename(member);
    await anHourAgo();
    await closeDenials(tenet.database);
    expect(await denied()).to.have.length(1);
  });

  it('are not alike when the subject, the question or the roles differ', async () => {
    const other = await join(tenet, { organizationId }, `other-${round}@example.com`, 'org.member');
    await rename(member);
    await rename(other);
    await member.client.POST('/v1/organizations/{organizationId}/delete', { params: { path: { organizationId } }, body: {} });
    expect(await denied()).to.have.length(3);
  });

  it('of outsiders are not kept', async () => {
    const outsider = await tenet.as('outsider@example.com');
    expect((await rename(outsider)).response.status).to.equal(404);
    expect(await denied()).to.have.length(0);
    const { rows } = await tenet.database.read('platform', (db) =>
      db.raw('select from denials where org_id = ?', [toUuid('organization', organizationId)]),
    );
    expect(rows).to.have.length(0);
  });
});
