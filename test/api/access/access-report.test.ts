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

  type Query = { pageSize?: number; pageToken?: string };
  const report = async (query: Query = {}) => (await admin.client.GET(reportPath, { params: { path: { organizationId }, query } })).data!;
  const ofProject = async (by: Caller, projectId: string, query: Query = {}) =>
    (await by.client.GET(projectReportPath, { params: { path: { organizationId, projectId }, query } })).data!;
  const shown = (items: Awaited<ReturnType<typeof report>>['items']) =>
    items.map(({ subject, role, level, projectId, through, relation }) => [subject.id, role, level, projectId, through, relation]);

  it('PICA-59, S001-08, S001-29, PICA-64: says who has access, where, at which level and why, people from outside included', async () => {
    const adminId = await admin.userId();
    const owner = await join(tenet, { organizationId, projectId: website }, 'owner@example.com', 'project.owner');
    await join(tenet, { organizationId }, 'owner@example.com', 'org.default').catch(() => undefined);
    const plain = await join(tenet, { organizationId }, 'plain@example.com', 'org.default');
    await give({ type: 'ROLE', id: 'org.default' }, 'project.write');
    const outsider = await (await tenet.as('outsider@example.com')).userId();
    await give({ type: 'USER', id: outsider }, 'project.read');
    const gone = await join(tenet, { organizationId, projectId: website }, 'gone@example.com', 'project.read');
    await inDatabase(tenet, organizationId, "update grants set until = now() - interval '1 second' where user_id = ?", [
      toUuid('user', gone.id),
    ]);

    const whole = await report();
    expect(shown(whole.items)).to.include.deep.members([
      [adminId, 'org.admin', 'ORGANIZATION', undefined, undefined, 'MEMBER'],
      [owner.id, 'project.owner', 'PROJECT', website, undefined, 'MEMBER'],
      [plain.id, 'org.default', 'ORGANIZATION', undefined, undefined, 'MEMBER'],
      [plain.id, 'project.write', 'PROJECT', website, 'org.default', 'MEMBER'],
      [outsider, 'project.read', 'PROJECT', website, undefined, 'EXTERNAL'],
      [gone.id, undefined, undefined, undefined, undefined, 'MEMBER'],
    ]);
    expect(whole.items.find(({ role }) => role === 'org.admin')).to.include({ reachesProjects: true, email: 'admin@example.com' });
    expect(whole.items.find(({ role }) => role === 'org.default')).to.include({ reachesProjects: false });
    expect(whole.items.find(({ role }) => role === 'org.admin')!.lastUsedAt).to.be.a('string');
    expect(whole.summary).to.deep.include({ externals: 1, serviceAccounts: 0, projects: 2, members: { active: 4, inactive: 0 } });
    expect(whole.summary!.roles).to.deep.include({ role: 'project.write', level: 'PROJECT', holders: 0, givenToRoles: 1 });

    const inWebsite = await ofProject(owner, website);
    const ids = new Set(inWebsite.items.map(({ subject }) => subject.id));
    expect([...ids]).to.have.members([adminId, owner.id, plain.id, outsider]);
    expect(shown(inWebsite.items)).to.not.deep.include([plain.id, 'org.default', 'ORGANIZATION', undefined, undefined, 'MEMBER']);
    const inShop = await ofProject(admin, shop);
    expect(shown(inShop.items)).to.deep.equal([[adminId, 'org.admin', 'ORGANIZATION', undefined, undefined, 'MEMBER']]);
    expect((await owner.client.GET(reportPath, { params: { path: { organizationId } } })).response.status).to.equal(403);
  });

  it('has pages, each entry once, for many people as for few', async () => {
    const uuids = [toUuid('organization', organizationId), toUuid('project', website)] as const;
    const many = `with people as (insert into users (id, issuer, subject)
        select gen_random_uuid(), 'https://elsewhere.example.com', gen_random_uuid()::text from generate_series(1, 101) returning id)
      insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
        select ?, gen_random_uuid(), ?, id, 'project.read', 'DIRECT', 'test' from people`;
    await inDatabase(tenet, organizationId, many, uuids);
    for (const read of [report, (query: Query) => ofProject(admin, website, query)]) {
      const whole = (await read({ pageSize: 200 })).items;
      expect(whole.length).to.be.greaterThan(100);
      const paged: typeof whole = [];
      let pageToken: string | undefined;
      do {
        const page = await read({ pageSize: 7, ...(pageToken !== undefined && { pageToken }) });
        expect(page.summary === undefined).to.equal(pageToken !== undefined);
        paged.push(...page.items);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(paged).to.deep.equal(whole);
    }
  });
});
