import { expect } from 'chai';
import { makeKey } from '../helpers/keys.ts';
import { foundOrganization, join, type Person } from '../helpers/people.ts';
import { rounds } from '../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('what was revoked, on three replicas of one database', function () {
  this.timeout(900_000);
  const replicas: TestTenet[] = [];
  let owner: Caller;
  let bob: Person;
  let organizationId: string;
  const organizationPath = '/v1/organizations/{organizationId}';

  before(async () => {
    const first = await startTenet();
    replicas.push(first);
    for (let count = 1; count < 3; count++)
      replicas.push(await startTenet({ DATABASE_URL: first.databaseUrl, TENET_DATA_DIR: first.dataDir }));
    owner = await first.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    bob = await join(first, { organizationId }, 'bob@example.com');
  });

  after(async () => {
    for (const replica of replicas.reverse()) await replica.stop();
  });

  /** The owner on the replica whose turn it is, so that each one revokes. */
  const ownerOn = (round: number) => replicas[round % replicas.length]!.bearing(owner.token);

  /** The statuses of several requests at once on every replica, to read the organization and to change it. */
  async function statuses(token: string, { reads = true } = {}): Promise<number[]> {
    const on = replicas.flatMap((replica) => [replica.bearing(token), replica.bearing(token)]);
    const path = `/v1/organizations/${organizationId}`;
    const change = { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: '{"name":"Acme"}' };
    const requests = on.flatMap((caller) => [...(reads ? [caller.raw(path)] : []), caller.raw(path, change)]);
    return (await Promise.all(requests)).map(({ status }) => status);
  }

  /** Every replica knows the caller and has let them in. */
  async function letIn(token: string): Promise<void> {
    expect([...new Set(await statuses(token))]).to.deep.equal([200]);
  }

  async function give(role: string, by: Caller): Promise<string> {
    const body = { subject: { type: 'USER' as const, id: bob.id }, role };
    const { data, error } = await by.client.POST(`${organizationPath}/grants`, { params: { path: { organizationId } }, body });
    if (!data) throw new Error(JSON.stringify(error));
    return data.id;
  }

  it('a key: no later request succeeds (soak)', async () => {
    for (const round of rounds(1, 300)) {
      const by = ownerOn(round);
      const { id: apiKeyId, secret } = await makeKey(by, { organizationId });
      await letIn(secret);
      const { response } = await by.client.POST(`${organizationPath}/api-keys/{apiKeyId}/revoke`, {
        params: { path: { organizationId, apiKeyId } },
      });
      expect(response.status).to.equal(200);
      expect([...new Set(await statuses(secret))]).to.deep.equal([401]);
    }
  });

  it('a role: no later request succeeds, by token or by key (soak)', async () => {
    for (const round of rounds(1, 300)) {
      const by = ownerOn(round);
      const grantId = await give('org.admin', by);
      await letIn(bob.token);
      const { secret } = await makeKey(bob, { organizationId });
      await letIn(secret);
      const { response } = await by.client.POST(`${organizationPath}/grants/{grantId}/revoke`, {
        params: { path: { organizationId, grantId } },
      });
      expect(response.status).to.equal(204);
      // A member without a role still reads the organization, and changes nothing.
      for (const token of [bob.token, secret]) expect([...new Set(await statuses(token, { reads: false }))]).to.deep.equal([403]);
    }
  });

  it('a membership: no later request succeeds, by token or by key (soak)', async () => {
    for (const round of rounds(1, 300)) {
      const by = ownerOn(round);
      await join(replicas[0]!, { organizationId }, bob.email);
      await give('org.admin', by);
      await letIn(bob.token);
      const { secret } = await makeKey(bob, { organizationId });
      await letIn(secret);
      const { response } = await by.client.POST(`${organizationPath}/members/{userId}/remove`, {
        params: { path: { organizationId, userId: bob.id } },
        body: {},
      });
      expect(response.status).to.equal(204);
      expect([...new Set(await statuses(bob.token))]).to.deep.equal([404]);
      expect([...new Set(await statuses(secret))]).to.deep.equal([401]);
    }
  });
});
