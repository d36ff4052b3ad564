import { expect } from 'chai';
import { problems } from '../../../../api/http/problem.ts';
import { findState, problemsOfStates, stateSchema } from '../../../../core/authorization/policy/states.ts';

describe('a state of the vocabulary', () => {
  const closed = { title: 'Closed', problem: 'organization-suspended', status: 403 };

  it('becomes a problem of the registry, with the status that this has there', () => {
    for (const [problem, status] of Object.entries(problemsOfStates))
      expect(problems[problem as keyof typeof problems], problem).to.include({ status });
  });

  it('names a problem that there is, its status, and a challenge where that is 401', () => {
    expect(stateSchema.safeParse(closed).success).to.equal(true);
    for (const wrong of [
      { ...closed, problem: 'nothing-like-it' },
      { ...closed, status: 404 },
      { ...closed, challenge: 'insufficient_user_authentication' },
      { title: 'Closed', problem: 'mfa-required', status: 401 },
    ])
      expect(stateSchema.safeParse(wrong).success, JSON.stringify(wrong)).to.equal(false);
  });

  it('of an older revision, which has its title alone, is a plain denial', () => {
    expect(findState({ 'state/closed': 'Closed' }, 'state/closed')).to.deep.equal({
      title: 'Closed',
      problem: 'permission-denied',
      status: 403,
    });
    expect(findState({}, 'constructor')).to.equal(undefined);
  });
});
