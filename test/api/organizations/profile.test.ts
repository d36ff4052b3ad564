import { expect } from 'chai';
import { apiHubProfile, auditTrail, foundOrganization, inDatabase } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const listPath = '/v1/organizations';
const onePath = '/v1/organizations/{organizationId}';
const logoUrl = 'https://acme.example/logo.png';

describe('the profile of an organization', () => {
  let tenet: TestTenet;
  let owner: Caller;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet?.stop());

  const create = (body: Record<string, unknown>) => owner.client.POST(listPath, { body: { name: 'Acme', ...body } });
  const read = async (organizationId: string) => (await owner.client.GET(onePath, { params: { path: { organizationId } } })).data!;
  const patch = (organizationId: string, body: object) => owner.client.PATCH(onePath, { params: { path: { organizationId } }, body });
  const pointers = (error: unknown) => (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);

  it('MIN-05, MIN-06: an api-hub demands legal name and both addresses, and shows them', async () => {
    const without = await create({ blueprint: 'api-hub' });
    expect(without.response.status).to.equal(400);
    expect(pointers(without.error)).to.deep.equal(['#/legalName', '#/alertingEmail', '#/invoicingEmail']);
    const { data } = await create({ blueprint: 'api-hub', ...apiHubProfile });
    expect(data).to.include(apiHubProfile);
    expect(await read(data!.id)).to.deep.equal(data);
    const all = await owner.client.GET(listPath);
    expect(all.data!.items.find(({ id }) => id === data!.id)).to.include(apiHubProfile);
  });

  it('MIN-07, MIN-08: the fields of an api-hub change, its account name does not', async () => {
    const organizationId = await foundOrganization(owner, 'Acme', 'api-hub');
    const changed = await patch(organizationId, { legalName: 'Acme Industries Ltd' });
    expect(changed.data).to.include({ ...apiHubProfile, legalName: 'Acme Industries Ltd' });
    const renamed = await patch(organizationId, { name: 'Other', alertingEmail: null });
    expect(renamed.response.status).to.equal(400);
    expect(pointers(renamed.error)).to.deep.equal(['#/name', '#/alertingEmail']);
    expect((await patch(organizationId, { name: 'Acme', slug: `acme-${organizationId.slice(-8)}` })).response.status).to.equal(200);
    expect(await auditTrail(owner, organizationId, 'organization.update')).to.have.length(2);
  });

  it('MIN-09: a change by an old ETag changes nothing', async () => {
    const { data } = await create({ blueprint: 'api-hub', ...apiHubProfile });
    await patch(data!.id, { legalName: 'Newer Ltd' });
    const late = await owner.raw(`${listPath}/${data!.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': data!.etag },
      body: JSON.stringify({ legalName: 'Late Ltd' }),
    });
    expect(late.status).to.equal(412);
    expect((await read(data!.id)).legalName).to.equal('Newer Ltd');
  });

  it('PUL-06, PUL-09, PUL-11, PUL-40: a logo is optional, shown in the list of mine once it was checked, and taken away by null; the id stays', async () => {
    const organizationId = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    expect(await read(organizationId)).to.not.have.property('logoUrl');
    const set = await patch(organizationId, { logoUrl, name: 'Rooms' });
    expect(set.data).to.include({ id: organizationId, logoUrl, name: 'Rooms' });
    const mine = await owner.client.GET('/v1/me/organizations');
    const listed = mine.data!.items.find(({ id }) => id === organizationId);
    expect(listed).to.include({ name: 'Rooms' }).and.not.to.have.property('logoUrl');
    expect((await patch(organizationId, { logoUrl: null })).data).to.not.have.property('logoUrl');
    const id: Record<string, unknown> = { id: 'org_01h455vb4pex5vsknk084sn02q' };
    expect((await patch(organizationId, id)).response.status).to.equal(400);
  });

  it('S003-33: an app-workspace has name, description and logo', async () => {
    const { data } = await create({ blueprint: 'app-workspace', description: 'What we do.\nAnd why.', logoUrl });
    expect(data).to.include({ name: 'Acme', description: 'What we do.\nAnd why.', logoUrl });
  });

  it('what a kind of organization does not have is refused by name', async () => {
    const made = await create({ blueprint: 'integrations', legalName: 'Acme Ltd', logoUrl });
    expect(made.response.status).to.equal(400);
    expect(pointers(made.error)).to.deep.equal(['#/legalName', '#/logoUrl']);
    const organizationId = await foundOrganization(owner);
    expect(pointers((await patch(organizationId, { description: 'x' })).error)).to.deep.equal(['#/description']);
    expect((await patch(organizationId, { description: null })).response.status).to.equal(200);
  });

  it('a field of an organization that is older than the demand may be given later', async () => {
    const organizationId = await foundOrganization(owner, 'Acme', 'api-hub');
    await inDatabase(tenet, organizationId, 'update organizations set legal_name = null');
    expect((await patch(organizationId, { invoicingEmail: 'new@acme.example' })).response.status).to.equal(200);
    expect((await patch(organizationId, { legalName: 'Acme Ltd' })).data).to.include({ legalName: 'Acme Ltd' });
  });

  it('a logo is an https URL without credentials', async () => {
    const urls = ['http://acme.example/a.png', 'https://u:p@acme.example/a.png', 'javascript:alert(1)', 'https://acme.example/"><b>'];
    for (const url of [...urls, `https://acme.example/${'a'.repeat(2_048)}`]) {
      const { response, error } = await create({ blueprint: 'ai-spaces', logoUrl: url });
      expect(response.status, url).to.equal(400);
      expect(pointers(error)).to.deep.equal(['#/logoUrl']);
    }
  });
});
