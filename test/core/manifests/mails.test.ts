import { expect } from 'chai';
import { inDatabase } from '../../helpers/people.ts';
import { manifestTests } from './manifests.ts';

describe('the mails that a manifest asks for', () => {
  const tests = manifestTests();
  const role = 'org.member';
  const entries = (...names: string[]) => names.map((name) => ({ email: `${name}@example.com`, roles: [role] }));
  const statesOf = async (name: string, perOrganization: number, members: ReturnType<typeof entries>) => {
    const context = tests.context;
    tests.context = { ...context, mails: { ...context.mails, perOrganization } };
    const { result, done } = await tests.applyOrganization(name, { members });
    tests.context = context;
    return { id: result.id!, done, members: result.members, states: result.members.map(({ state }) => state) };
  };

  it('count with those of the API; an entry beyond them is postponed and invited by itself on another day', async () => {
    const ada = await tests.tenet.as('ada@example.com');
    await ada.userId();
    const first = [{ email: 'ada@example.com', roles: ['org.admin'] }];
    const { id } = await statesOf('counted', 2, first);
    const path = { params: { path: { organizationId: id } } };
    const created = await ada.client.POST('/v1/organizations/{organizationId}/invitations', {
      ...path,
      body: { invitees: [{ email: 'by-hand@example.com' }], roles: [role] },
    });
    expect(created.response.status).to.equal(201);

    const members = [...first, ...entries('one', 'two', 'three')];
    const applied = await statesOf('counted', 2, members);
    expect(applied.states).to.deep.equal(['Active', 'Invited', 'Postponed', 'Postponed']);
    expect(applied.members[3]!.message).to.match(/can send no more invitations today; nothing was sent/);
    // Nothing is tried again as long as it would be in vain.
    const again = await statesOf('counted', 2, members);
    expect(again.states).to.deep.equal(applied.states);
    expect(again.done).to.deep.equal(['note generation 3']);

    await inDatabase(tests.tenet, id, "update budgets set since = since - interval '1 day'");
    expect((await statesOf('counted', 2, members)).states).to.deep.equal(['Active', 'Invited', 'Invited', 'Invited']);
    await inDatabase(
      tests.tenet,
      id,
      "update invitations set expires_at = now() - interval '1 second' where org_id in (select id from organizations where slug = 'counted')",
    );
    expect((await statesOf('counted', 3, members)).states).to.deep.equal(['Active', 'Invited', 'Postponed', 'Postponed']);
  });
});
