import { expect } from 'chai';
import { givePlatformRoles, type Person, signIn } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('operators', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let operator: Person;
  let people = 0;

  before(async () => {
    tenet = await startTenet();
    operator = await holding('platform/operator');
  });
  after(() => tenet?.stop());

  const person = () => signIn(tenet, `person-${++people}@example.com`);
  async function holding(...roles: string[]): Promise<Person> {
    const someone = await person();
    await givePlatformRoles(tenet, someone.email, ...roles);
    return someone;
  }
  const list = async (by: Caller = operator) => (await by.client.GET('/v1/operators')).data!.items;
  const add = (userId: string, roles: string[], by: Caller = operator) => by.client.POST('/v1/operators', { body: { userId, roles } });
  const remove = (userId: string, by: Caller = operator, roles?: string[]) =>
    by.client.POST('/v1/operators/{userId}/remove', { params: { path: { userId } }, body: { ...(roles && { roles }) } });

  it('are added by an operator, act at once, and are removed', async () => {
    const someone = await person();
    expect((await someone.client.GET('/v1/operators')).response.status).to.equal(403);
    const added = await add(someone.id, ['platform/operator']);
    expect(added.response.status).to.equal(201);
    expect((await list(someone)).map(({ id }) => id)).to.include.members([someone.id, operator.id]);
    expect((await remove(someone.id)).response.status).to.equal(204);
    expect((await someone.client.GET('/v1/operators')).response.status).to.equal(403);
  });

  it('give the roles that the policy lets them give, and no other', async () => {
    const someone = await person();
    const refused = await add(someone.id, ['platform/policy-admin']);
    expect([refused.response.status, refused.error!.requiredPermission]).to.deep.equal([403, 'role:platform/policy-admin:assign']);
    expect((await add(someone.id, ['platform/emperor'])).response.status).to.equal(400);
    const auditor = await holding('platform/auditor');
    expect((await add(someone.id, ['platform/auditor'], auditor)).response.status).to.equal(403);
    expect((await list()).map(({ id }) => id)).to.not.include(someone.id);
  });

  it('cannot take the roles of a policy administrator, by removal or by suspension', async () => {
    const lawgiver = await holding('platform/policy-admin');
    expect((await remove(lawgiver.id)).response.status).to.equal(403);
    const suspension = await operator.client.POST('/v1/users/{userId}/suspend', {
      params: { path: { userId: lawgiver.id } },
      body: { reason: 'A test.' },
    });
    expect(suspension.response.status).to.equal(403);
  });

  it('the last of them stays, whoever is removed or suspended at once (soak)', async () => {
    for (const _ of rounds(1, 100)) {
      const others = [await holding('platform/operator'), await holding('platform/operator'), await holding('platform/operator')];
      const all = [operator, ...others];
      // Everybody removes everybody: at least one is left, and that one still gives roles.
      await Promise.all(all.flatMap((by) => all.map((of) => remove(of.id, by))));
      const left = (
        await Promise.all(all.map(async (each) => ((await each.client.GET('/v1/operators')).response.status === 200 ? [each] : [])))
      ).flat();
      expect(left).to.not.be.empty;
      const last = await remove(left[0]!.id, left[0]!);
      if (left.length === 1) expect(last.response.status).to.equal(409);
      [operator] = [left.at(-1)!];
      expect((await add((await person()).id, ['platform/auditor'])).response.status).to.equal(201);
    }
  });
});
