import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const together = 50;
const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
const removePath = '/v1/organizations/{organizationId}/members/{userId}/remove';
const leavePath = '/v1/organizations/{organizationId}/leave';
const grantsPath = '/v1/organizations/{organizationId}/grants';
const grantPath = '/v1/organizations/{organizationId}/grants/{grantId}/revoke';

describe('the last admin', () => {
  let tenet: TestTenet;
  let owner: Person;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());

  /** An organization with the owner and four more admins; without the owner's ownership where the kind of organization has none. */
  async function prepare(owned: boolean): Promise<{ organizationId: string; admins: Person[]; grantIds: Map<string, string> }> {
    const organizationId = await foundOrganization(owner);
    const admins = [owner];
    for (const name of ['a', 'b', 'c', 'd']) admins.push(await join(tenet, { organizationId }, `${name}@example.com`, 'org.admin'));
    if (!owned) {
      await inDatabase(tenet, organizationId, 'update organizations set owner_id = null where id = ?', [
        toUuid('organization', organizationId),
      ]);
    }
    const { data } = await owner.client.GET(grantsPath, { params: { path: { organizationId } } });
    return { organizationId, admins, grantIds: new Map(data!.items.map(({ subject, id }) => [subject.id, id])) };
  }

  /** One of the five ways in which an admin can stop being one. */
  async function strike(organizationId: string, by: Person, target: Person, grantId: string, way: number): Promise<Response> {
    const path = { organizationId, userId: target.id };
    switch (way % 5) {
      case 0:
        return (await by.client.POST(removePath, { params: { path }, body: {} })).response;
      case 1:
        return (await by.client.PATCH(memberPath, { params: { path }, body: { state: 'INACTIVE' } })).response;
      case 2:
        return (await by.client.POST(grantPath, { params: { path: { organizationId, grantId } } })).response;
      case 3:
        // Whoever leaves strikes themselves.
        return (await target.client.POST(leavePath, { params: { path: { organizationId } }, body: {} })).response;
      default: {
        const body = { subject: { type: 'USER' as const, id: target.id }, role: 'org.member' };
        return (await by.client.POST(grantsPath, { params: { path: { organizationId } }, body })).response;
      }
    }
  }

  /** Active holders of the top role, and whether the owner is one of them. */
  async function standing(organizationId: string): Promise<{ admins: number; ownerStands: boolean | null }> {
    const organization = toUuid('organization', organizationId);
    const { rows } = await tenet.database.read({ organization }, (db) =>
      db.raw(
        `select count(*)::int as admins, bool_or(m.user_id = o.owner_id) as "ownerStands"
         from organizations o join members m on m.org_id = o.id join grants g on g.org_id = o.id and g.user_id = m.user_id
         where o.id = ? and m.state = 'ACTIVE' and g.role = 'org.admin' and g.project_id is null and g.revoked_at is null`,
        [organization],
      ),
    );
    return rows[0];
  }

  const ways = ['removals', 'deactivations', 'revocations', 'departures', 'lower roles'] as const;
  const cases = [
    { owned: true, what: 'of all kinds', wayAt: (index: number) => index },
    { owned: false, what: 'of all kinds', wayAt: (index: number) => index },
    ...ways.map((name, way) => ({ owned: false, what: name, wayAt: () => way })),
  ];
  for (const { owned, what, wayAt } of cases) {
    it(`PICA-07, PICA-10: ${together} ${what} at once leave an organization ${owned ? 'its owner' : 'without owner an active admin'} (soak)`, async function () {
      this.timeout(600_000);
      const answers = new Map<number, number>();
      let done = 0;
      for (const round of rounds(5, 100)) {
        const { organizationId, admins, grantIds } = await prepare(owned);
        let running = true;
        const watch = (async () => {
          while (running) expectStanding(await standing(organizationId), owned);
        })();
        const strikes = Array.from({ length: together }, async (_, index) => {
          const by = admins[(round + index) % admins.length]!;
          const target = admins[(index * 3 + Math.floor(index / 5)) % admins.length]!;
          return strike(organizationId, by, target, grantIds.get(target.id)!, wayAt(index + round));
        });
        for (const { status } of await Promise.all(strikes)) answers.set(status, (answers.get(status) ?? 0) + 1);
        running = false;
        await watch;
        expectStanding(await standing(organizationId), owned);
        done += 1;
      }
      console.log(`      ${done} rounds, answers by status: ${JSON.stringify(Object.fromEntries([...answers].sort()))}`);
      const carriedOut = [200, 201, 204].reduce((sum, status) => sum + (answers.get(status) ?? 0), 0);
      expect(carriedOut).to.be.at.least(done);
      for (const status of answers.keys()) expect(status).to.be.oneOf([200, 201, 204, 400, 403, 404, 409]);
      if (!owned) expect(answers.get(409)).to.be.at.least(1);
    });
  }
});

function expectStanding({ admins, ownerStands }: { admins: number; ownerStands: boolean | null }, owned: boolean): void {
  expect(admins).to.be.at.least(1);
  if (owned) expect(ownerStands).to.equal(true);
}
