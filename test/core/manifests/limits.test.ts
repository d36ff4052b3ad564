import { expect } from 'chai';
import { givePlatformRoles } from '../../helpers/people.ts';
import { manifestTests, refusal } from './manifests.ts';

describe('limits of an organization, for manifests', () => {
  const tests = manifestTests();

  it('refuse a project beyond them, until another one goes', async () => {
    await givePlatformRoles(tests.tenet, 'operator@example.com', 'platform/operator');
    const operator = await tests.tenet.as('operator@example.com');
    await (await tests.tenet.as('ada@example.com')).userId();
    const entry = (email: string, role = 'org.member') => ({ email, roles: [role] });
    const { result } = await tests.applyOrganization('acme', { members: [entry('ada@example.com', 'org.admin')] });
    const limit = (limitName: string, hard: number) =>
      operator.client.PUT('/v1/organizations/{organizationId}/limits/{limitName}', {
        params: { path: { organizationId: result.id!, limitName } },
        body: { hard },
      });
    await limit('projects', 1);
    await tests.applyProject('website', 'acme');
    const { code, message } = await refusal(tests.applyProject('shop', 'acme'));
    expect(code).to.equal('limit-exceeded');
    expect(message).to.include('1 projects at most');
    await tests.releaseProject('website', 'Delete');
    await tests.applyProject('shop', 'acme');
  });
});
