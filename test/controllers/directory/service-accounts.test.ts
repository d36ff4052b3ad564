import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { directoryTests, inDefault, organization, project } from './directory.ts';

describe('service accounts in a directory of manifests', () => {
  const tests = directoryTests();
  const accounts = async () =>
    (
      await tests.rows(
        `select s.name || coalesce(' of ' || p.slug, '') || coalesce(' ' || g.role, '') as held from service_accounts s
         left join projects p on p.org_id = s.org_id and p.id = s.project_id
         left join grants g on g.org_id = s.org_id and g.service_account_id = s.id and g.revoked_at is null
         where s.state = 'ACTIVE' order by 1`,
      )
    ).map(({ held }) => held);

  it('are made in the organization and in its project, and deleted when they leave the file; the status has their ids', async () => {
    const ci = { name: 'ci', description: 'Builds', roles: ['org.member'] };
    await (await tests.tenet.as('ada@acme.example')).userId();
    const members = [{ email: 'ada@acme.example', roles: ['org.admin'] }];
    const acme = (...serviceAccounts: object[]) =>
      organization('acme', { ...inDefault, blueprint: 'integrations', members, serviceAccounts });
    tests.write('a.yaml', acme(ci), project('web', 'acme', { serviceAccounts: [{ name: 'deploy', roles: ['project.member'] }] }));
    await tests.start();
    const { status } = await tests.isReady('Organization.acme');
    await tests.isReady('Project.default.web');
    expect((status as { serviceAccounts?: { id: string }[] }).serviceAccounts![0]!.id).to.match(/^svc_/);
    expect(await accounts()).to.deep.equal(['ci org.member', 'deploy of web project.member']);
    tests.write('a.yaml', acme(), project('web', 'acme', { serviceAccounts: [{ name: 'deploy', roles: ['org.admin'] }] }));
    await tests.isReady('Organization.acme', 2);
    await eventually(() => expect(tests.condition('Project.default.web', 'Stalled')).to.include({ reason: 'InvalidSpec' }));
    // A role that does not exist leaves the account as it was.
    expect(await accounts()).to.deep.equal(['deploy of web project.member']);
  });
});
