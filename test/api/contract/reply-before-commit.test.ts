import { expect } from 'chai';
import { foundOrganization, inDatabase } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('a reply that breaks the contract', () => {
  let tenet: TestTenet;
  before(async () => {
    tenet = await startTenet({}, { inventsEvents: true });
  });
  after(() => tenet.stop());

  it('is a failure before the commit, so that nothing was changed, as the problem says', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner);
    // No request can make such a name; an older version could.
    await inDatabase(tenet, organizationId, "update organizations set name = ' Acme' where slug = 'acme'");
    const path = `/v1/organizations/${organizationId}`;
    const rename = (body: object, headers: Record<string, string> = {}) =>
      owner.raw(path, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'if-match': '*', ...headers },
        body: JSON.stringify(body),
      });
    const refused = await rename({ slug: 'changed' });
    expect(refused.status).to.equal(500);
    expect(((await refused.json()) as { detail: string }).detail).to.contain('Nothing was changed');

    const mended = await rename({ name: 'Acme' });
    expect(await mended.json()).to.include({ slug: 'acme', name: 'Acme', etag: '"2"' });
  });
});
