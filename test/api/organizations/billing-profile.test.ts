import { expect } from 'chai';
import { auditTrail, foundOrganization, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/billing-profile';

describe('billing profiles', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Caller;

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet?.stop());

  const get = (organizationId: string, by = admin) => by.client.GET(path, { params: { path: { organizationId } } });
  const patch = (organizationId: string, body: object, etag?: string) =>
    admin.client.PATCH(path, { params: { path: { organizationId }, header: etag === undefined ? {} : { 'If-Match': etag } }, body });
  const pointers = (error: unknown) => (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);

  it('PUL-08: an organization has a billing profile of its own, with several addresses by purpose, which admins alone see', async () => {
    const organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const other = await foundOrganization(admin, 'Other', 'ai-spaces');
    const empty = (await get(organizationId)).data!;
    expect(empty).to.include({ organizationId }).and.to.have.property('emails').that.is.empty;
    const emails = [
      { purpose: 'INVOICES', email: 'bills@acme.example' },
      { purpose: 'INVOICES', email: 'Bills@Acme.example' },
      { purpose: 'ALERTS', email: 'bills@acme.example' },
    ];
    const body = {
      legalName: 'Acme Ltd',
      taxId: 'DE123456789',
      address: { lines: ['Main Street 1'], city: 'Berlin', country: 'DE' },
      emails,
    };
    const changed = (await patch(organizationId, body, empty.etag)).data!;
    expect(changed).to.deep.include({ ...body, emails: [emails[0], emails[2]] });
    expect((await patch(organizationId, { taxId: 'late' }, empty.etag)).response.status).to.equal(412);
    expect((await get(organizationId)).data).to.deep.equal(changed);
    const moved = (await patch(organizationId, { taxId: null, address: { city: 'Hamburg', lines: [] } })).data!;
    expect(moved).to.deep.include({ legalName: 'Acme Ltd', address: { lines: [], city: 'Hamburg', country: 'DE' } });
    expect(moved).to.not.have.property('taxId');
    expect((await patch(organizationId, { taxId: null })).data).to.deep.equal(moved);
    expect(await auditTrail(admin, organizationId, 'billing-profile.update')).to.have.length(2);
    expect((await get(other)).data!.emails).to.deep.equal([]);
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    expect((await get(organizationId, viewer)).response.status).to.equal(403);
    expect((await get(other, viewer)).response.status).to.equal(404);
  });

  it('what the kind of organization has as fields of the organization is shown here and changed there', async () => {
    const organizationId = await foundOrganization(admin, 'Acme', 'api-hub');
    const own = [
      { purpose: 'INVOICES', email: 'bills@acme.example' },
      { purpose: 'ALERTS', email: 'alerts@acme.example' },
    ];
    const first = (await get(organizationId)).data!;
    expect(first).to.deep.include({ legalName: 'Acme Ltd', emails: own });
    const more = { purpose: 'ALERTS', email: 'night@acme.example' };
    const changed = (await patch(organizationId, { legalName: 'Acme Ltd', emails: [more, own[0]] })).data!;
    expect(changed.emails).to.deep.equal([...own, more]);
    const refused = await patch(organizationId, { legalName: 'Other Ltd' });
    expect(refused.response.status).to.equal(400);
    expect(pointers(refused.error)).to.deep.equal(['#/legalName']);
    const organization = { params: { path: { organizationId } }, body: { invoicingEmail: 'new@acme.example' } };
    await admin.client.PATCH('/v1/organizations/{organizationId}', organization);
    const after = (await get(organizationId)).data!;
    expect(after.emails[0]).to.deep.equal({ purpose: 'INVOICES', email: 'new@acme.example' });
    expect(after.etag).to.not.equal(changed.etag);
  });

  it('an address has a country, and addresses for mails have a form and a bound', async () => {
    const organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const refusals = [
      { address: { city: 'Berlin' } },
      { address: { country: 'de' } },
      { emails: [{ purpose: 'ALERTS', email: 'none' }] },
      { emails: Array.from({ length: 21 }, (_, index) => ({ purpose: 'ALERTS', email: `a${index}@acme.example` })) },
      { legalName: 'two\nlines' },
      { unknown: 'field' },
    ];
    for (const body of refusals) expect((await patch(organizationId, body)).response.status, JSON.stringify(body)).to.equal(400);
    expect((await get(organizationId)).data).to.not.have.property('updatedAt');
  });
});
