import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const reportPath = '/v1/organizations/{organizationId}/access-report';
const projectReportPath = '/v1/organizations/{organizationId}/projects/{projectId}/access-report';
const grantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

describe('the access report', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  let shop: string;
  let website: string;

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = (await admin.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint: 'teams' } })).data!.id;
    shop = await foundProject(admin, organizationId, 'Shop');
    website = await foundProject(admin, organizationId, 'Website');
  });
  const give = (subject: { type: 'USER' | 'ROLE'; id: string }, role: string) =>
    admin.client.POST(grantsPath, { params: { path: { organizationId, projectId: website } }, body: { subject, role } });

  it('S001-08, PICA-64: says of every project who has access to it, at which level, and who is from outside', async () => {
    const owner = await join(tenet, { organizationId, projectId: website }, 'owner@example.com', 'project.owner');
    const outsider = await (await tenet.as('outsider@example.com')).userId();
    await give({ type: 'ROLE', id: 'org.default' }, 'project.write');
    await give({ type: 'USER', id: outsider }, 'project.read');
    const gone = await join(tenet, { organizationId, projectId: website }, 'gone@example.com', 'project.read');
    await inDatabase(tenet, organizationId, "update grants set until = now() - interval '1 second' where user_id = ?", [
      toUuid('user', gone.id),
    ]);

    const { data } = await admin.client.GET(reportPath, { params: { path: { organizationId } } });
    expect(data!.items.map(({ projectId, name, grantCount }) => [projectId, name, grantCount])).to.deep.equal([
      [shop, 'Shop', 0],
      [website, 'Website', 3],
    ]);
    const access = data!.items[1]!;
    expect(access.grants.map(({ subject, role, external }) => [subject.id, role, external])).to.deep.equal([
      [owner.id, 'project.owner', false],
      ['org.default', 'project.write', undefined],
      [outsider, 'project.read', true],
    ]);
    const ofProject = await owner.client.GET(projectReportPath, { params: { path: { organizationId, projectId: website } } });
    expect(ofProject.data).to.deep.equal(access);
    expect((await owner.client.GET(reportPath, { params: { path: { organizationId } } })).response.status).to.equal(403);
  });

  it('has pages, and shows the oldest hundred grants of a project', async () => {
    const uuids = [toUuid('organization', organizationId), toUuid('project', website)] as const;
    const many = `with people as (insert into users (id, issuer, subject)
        select gen_random_uuid(), 'https://elsewhere.example.com', gen_random_uuid()::text from generate_series(1, 101) returning id)
      insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
        select ?, gen_random_uuid(), ?, id, 'project.read', 'DIRECT', 'test' from people`;
    await inDatabase(tenet, organizationId, many, uuids);
    const page = async (pageToken?: string) =>
      (
        await admin.client.GET(reportPath, {
          params: { path: { organizationId }, query: { pageSize: 1, ...(pageToken === undefined ? {} : { pageToken }) } },
        })
      ).data!;
    const first = await page();
    expect(first.items.map(({ projectId }) => projectId)).to.deep.equal([shop]);
    const second = await page(first.nextPageToken);
    expect(second).to.not.have.property('nextPageToken');
    expect(second.items[0]).to.include({ projectId: website, grantCount: 101 });
    expect(second.items[0]!.grants).to.have.length(100);
  });
});
