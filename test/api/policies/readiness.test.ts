import { expect } from 'chai';
import { query } from '../../helpers/embedded-postgres.ts';
import { eventually } from '../../helpers/eventually.ts';
import { allowAlso, foundOrganization, givePlatformRoles } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Readiness {
  readonly status: number;
  readonly policy: { readonly state: string; readonly detail?: string };
  readonly text: string;
}

describe('readiness of the policy', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  const others: TestTenet[] = [];

  beforeEach(async () => {
    tenet = await startTenet();
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.stop();
    await tenet?.stop();
  });

  async function readiness(of = tenet): Promise<Readiness> {
    const response = await of.anonymous().raw('/readyz');
    const text = await response.text();
    const { checks } = JSON.parse(text) as { checks: { name: string; state: string; detail?: string }[] };
    return { status: response.status, policy: checks.find(({ name }) => name === 'policy')!, text };
  }

  const refused = (): Promise<void> => allowAlso(tenet, ['integrations/org.emperor', 'org', 'member', 'list', 'allow']);
  const setHead = (revision: number) =>
    query(tenet.databaseUrl, `update tenet.policy_heads set revision = ${revision} where scope = 'blueprint/integrations'`);
  /** Changes the rows behind Tenet's back, as a damaged disk or a careless restore does; returns how to put them back. */
  async function damage(scope: string): Promise<() => Promise<unknown>> {
    const change = (to: string) =>
      query(
        tenet.databaseUrl,
        `alter table tenet.policy_revisions disable trigger user;
         update tenet.policy_revisions set ${to} where scope = '${scope}';
         alter table tenet.policy_revisions enable trigger user`,
      );
    const [before] = await query(tenet.databaseUrl, `select rows, sources from tenet.policy_revisions where scope = '${scope}'`);
    await change('rows = rows - 0, sources = sources - 0');
    return () => change(`rows = '${JSON.stringify(before!['rows'])}', sources = '${JSON.stringify(before!['sources'])}'`);
  }

  async function restarted(): Promise<TestTenet> {
    const other = await startTenet({ DATABASE_URL: tenet.databaseUrl });
    others.push(other);
    return other;
  }

  it('is OK while what is in force holds', async () => {
    expect((await readiness()).policy).to.deep.equal({ name: 'policy', state: 'OK' });
  });

  it('is DEGRADED when a revision was refused, though nothing has asked for it, and names no file, row, role or revision', async () => {
    await refused();
    const { status, policy, text } = await readiness();
    expect([status, policy.state]).to.deep.equal([200, 'DEGRADED']);
    expect(text).not.to.match(/emperor|policy\.csv|integrations|org\.|@\d|:\d+:/);
  });

  it('is OK again when the head is good again, without any question in between', async () => {
    await refused();
    expect((await readiness()).policy.state).to.equal('DEGRADED');
    await setHead(1);
    expect((await readiness()).policy.state).to.equal('OK');
  });

  it('tells operators which revision was refused and why, in the policies API', async () => {
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const operator = await tenet.as('operator@example.com');
    await foundOrganization(operator); // The first revision has decided, so it is the last good one.
    await refused();
    await readiness();
    const { data } = await operator.client.GET('/v1/policies');
    const { refusal } = data!.items.find(({ scope }) => scope === 'blueprint.integrations')!;
    expect(refusal!.decidedBy).to.equal('LAST_GOOD');
    expect(refusal!.detail).to.match(/policy\.csv:1000: error: .*org\.emperor/);
    const { data: head } = await operator.client.GET('/v1/policies/{scope}/head', {
      params: { path: { scope: 'blueprint.integrations' } },
    });
    expect(head!.refusal).to.deep.equal(refusal);
    await setHead(1);
    const { data: good } = await operator.client.GET('/v1/policies');
    for (const item of good!.items) expect(item).not.to.have.property('refusal');
  });

  it('is DEGRADED on a replica that finds rows which are not those that were stored, decides nothing there, and heals when they are restored', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner);
    const repair = await damage('blueprint/integrations');
    const other = await restarted();
    const { status, policy } = await readiness(other);
    expect([status, policy.state]).to.deep.equal([200, 'DEGRADED']);
    const path = `/v1/organizations/${organizationId}`;
    const same = await other.as('owner@example.com');
    expect((await same.raw(path)).status).to.equal(503);
    await repair();
    await eventually(async () => expect((await readiness(other)).policy.state).to.equal('OK'), 15_000);
    await eventually(async () => expect((await same.raw(path)).status).to.equal(200));
  });

  it('fails on a replica that finds the policy of the platform damaged', async () => {
    await damage('platform');
    const { status, policy, text } = await readiness(await restarted());
    expect([status, policy.state]).to.deep.equal([503, 'FAILING']);
    expect(text).not.to.match(/platform@|digest/);
  });
});
