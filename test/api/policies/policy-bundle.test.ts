import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { expect } from 'chai';
import { exportPolicy } from '../../../core/policies/bundle.ts';
import { chanceOf } from '../../core/access-plans/random-data.ts';
import { foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/policy-bundle';
const evaluations = '/access/v1/evaluations';

describe('policy bundle over HTTP', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let founder: Caller;

  before(async () => {
    tenet = await startTenet();
    founder = await tenet.as('founder@example.com');
  });
  after(() => tenet.stop());

  const bundleOf = async (by: Caller, organizationId: string) => by.client.GET(path, { params: { path: { organizationId } } });

  for (const blueprint of ['integrations', 'teams', 'app-workspace', 'ai-spaces', 'api-hub']) {
    it(`answers 1,000 questions by chance as evaluate does, in ${blueprint}`, async () => {
      const organizationId = await foundOrganization(founder, `Bundle of ${blueprint}`, blueprint);
      const { data: kind } = await founder.client.GET('/v1/blueprints/{blueprintName}', { params: { path: { blueprintName: blueprint } } });
      const hasProjects = kind!.permissions.some(({ resource, action }) => resource === 'project' && action === 'create');
      const projects = hasProjects
        ? [await foundProject(founder, organizationId, 'One'), await foundProject(founder, organizationId, 'Two')]
        : [];
      const people = [{ id: await founder.userId() }, { id: await (await tenet.as('outsider@example.com')).userId() }];
      for (const { id: role, level } of kind!.roles) {
        if (level === 'PROJECT' && !hasProjects) continue;
        const place = level === 'PROJECT' ? { organizationId, projectId: projects[0]! } : { organizationId };
        people.push(await join(tenet, place, `${blueprint}.${role}@example.com`, role));
      }
      const { data: bundle } = await bundleOf(founder, organizationId);
      const enforcer = await newEnforcer(newModelFromString(bundle!.model), new StringAdapter(bundle!.policy));

      const pairs = kind!.permissions
        .map(({ resource, action }) => ({ resource, action }))
        .filter(({ resource, action }) => resource !== '*' && action !== '*');
      const chance = chanceOf(people.length);
      const questions = Array.from({ length: 1_000 }, () => ({
        subject: chance.one(people).id,
        place: chance.one([organizationId, ...projects.map((project) => `${organizationId}/${project}`)]),
        ...chance.one(pairs),
      }));
      let allowed = 0;
      for (let first = 0; first < questions.length; first += 20) {
        const some = questions.slice(first, first + 20);
        const { data } = await founder.client.POST(evaluations, {
          body: {
            evaluations: some.map(({ subject, place, resource, action }) => ({
              subject: { type: 'user', id: subject },
              resource: {
                type: resource,
                id: '*',
                properties: { organizationId, ...(place.includes('/') && { projectId: place.split('/')[1] }) },
              },
              action: { name: action },
            })),
          },
        });
        for (const [index, { subject, place, resource, action }] of some.entries()) {
          const decision = data!.evaluations![index]!.decision;
          expect(enforcer.enforceSync(subject, place, resource, action), JSON.stringify(some[index])).to.equal(decision);
          if (decision) allowed += 1;
        }
      }
      expect(allowed).to.be.above(20);
      expect(allowed).to.be.below(980);
    });
  }

  it('is for callers who may read the access report and have decisions explained', async () => {
    const organizationId = await foundOrganization(founder, 'Closed', 'integrations');
    const member = await join(tenet, { organizationId }, 'closed@example.com', 'org.member');
    expect((await bundleOf(member, organizationId)).error).to.include({ status: 403, requiredPermission: 'access-report:read' });
    expect((await bundleOf(await tenet.as('stranger@example.com'), organizationId)).error).to.include({ status: 404 });
  });

  it('is refused for more rows than its bound, in one sentence', async () => {
    const organizationId = await foundOrganization(founder, 'Large', 'integrations');
    const refused = tenet.database.read('platform', (db) => exportPolicy(db, organizationId, { most: 3 }));
    await refused.then(
      () => expect.fail('it was made'),
      (error: Error) => expect(error.message).to.match(/^A bundle holds 3 .* at most, and this organization has more\.$/),
    );
  });
});
