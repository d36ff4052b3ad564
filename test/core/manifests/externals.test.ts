import { expect } from 'chai';
import { manifestTests } from './manifests.ts';

describe('people from outside in a Project manifest', () => {
  const tests = manifestTests();
  const guest = { email: 'guest@elsewhere.example', roles: ['project.read'] };
  const applied = async (name: string, externals: 'FORBID' | 'AUTO_ADD' | 'ALLOW', members = [guest]) => {
    await tests.applyOrganization(name, { blueprint: 'teams', settings: { externals } });
    return tests.applyProject(`${name}-site`, name, { members });
  };
  const given = (done: readonly string[]) => done.filter((step) => step.startsWith('give') || step.startsWith('take'));

  before(async () => {
    await (await tests.tenet.as(guest.email)).userId();
  });

  it('have the roles in the project alone where the organization allows it, and lose them with the entry', async () => {
    const { result, done } = await applied('open', 'ALLOW');
    expect(result.members).to.deep.equal([{ email: guest.email, state: 'External' }]);
    expect(given(done)).to.deep.equal([`give ${guest.email} project.read`]);
    expect((await tests.applyOrganization('open', { blueprint: 'teams' })).result.memberCount).to.equal(0);
    expect(given((await applied('open', 'ALLOW')).done)).to.deep.equal([]);
    const left = await applied('open', 'ALLOW', []);
    expect(given(left.done)).to.have.length(1);
  });

  it('become members where the organization adds them, and get nothing where it forbids it', async () => {
    const { result } = await applied('adding', 'AUTO_ADD');
    expect(result.members).to.deep.equal([{ email: guest.email, state: 'Active' }]);
    expect((await tests.applyOrganization('adding', { blueprint: 'teams' })).result.memberCount).to.equal(1);
    const closed = await applied('closed', 'FORBID');
    expect(closed.result.members[0]).to.include({ state: 'NotAMember' });
    expect(given(closed.done)).to.deep.equal([]);
  });

  it('who have never signed in wait for that', async () => {
    const { result } = await applied('waiting', 'ALLOW', [{ ...guest, email: 'unknown@elsewhere.example' }]);
    expect(result.members[0]).to.include({ state: 'NotAMember' });
    expect(result.members[0]!.message).to.match(/once they have signed in/);
  });
});
