import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createGuardedFetch } from '../../../core/delivery/guarded-fetch.ts';
import { checkLogo } from '../../../core/delivery/logo-check.ts';
import { makeCertificate } from '../../helpers/certificate.ts';
import { eventually } from '../../helpers/eventually.ts';
import { auditTrail, foundOrganization } from '../../helpers/people.ts';
import { jpg, png, svg } from '../../helpers/pictures.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('the logo of an organization', () => {
  const { key, cert } = makeCertificate();
  let tenet: TestTenet;
  let owner: Caller;
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let organizationId: string;
  const url = (path = 'logo.png'): string => `https://logo.example:${(server.address() as AddressInfo).port}/${path}`;
  const read = async () => (await owner.client.GET(organizationPath, { params: { path: { organizationId } } })).data!;
  const set = (logoUrl: string | null) => owner.client.PATCH(organizationPath, { params: { path: { organizationId } }, body: { logoUrl } });
  const mine = async () =>
    (await owner.client.GET('/v1/me/organizations', { params: { query: { pageSize: 200 } } })).data!.items.find(
      ({ id }) => id === organizationId,
    )!;

  before(async () => {
    server = createServer({ key, cert }, (_request, response) => answer(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(async () => {
    await tenet?.stop();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    organizationId = await foundOrganization(owner, 'Acme', 'ai-spaces');
  });

  it('PUL-10: the job looks at it and does not reach into the network of the server; sent again, it is looked at again', async () => {
    // localhost is no public address, and nothing is allowed besides.
    const made = await set('https://localhost/logo.png');
    expect(made.data!.logo).to.deep.equal({ state: 'PENDING' });
    await eventually(async () => expect((await read()).logo).to.include({ state: 'REJECTED', reason: 'NOT_REACHED' }));
    const before = await read();
    expect((await mine()).logoUrl).to.equal(undefined);
    expect(before.logoUrl).to.equal('https://localhost/logo.png');
    expect((await auditTrail(owner, organizationId, 'organization.check-logo')).map(({ outcome }) => outcome)).to.deep.equal(['SUCCEEDED']);
    expect((await set('https://localhost/logo.png')).data!.logo).to.deep.equal({ state: 'PENDING' });
    await eventually(async () => expect((await read()).logo).to.include({ state: 'REJECTED' }));
  });

  describe('behind a URL that is reached', () => {
    // As the job does it where the operator allows this network; the certificate is the test's own.
    const fetch = createGuardedFetch({
      allowed: ['127.0.0.1/32'],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      ca: cert,
    });
    const judged = async (bytes: Buffer, status = 200) => {
      answer = (response) => response.writeHead(status, { 'content-type': 'image/png' }).end(bytes);
      const { database, policies } = tenet;
      // The job of the server may have been here first, and found nothing that it may reach.
      await set(url());
      const id = organizationId;
      await eventually(async () => expect((await read()).logo!.state).to.equal('REJECTED'));
      await database.write('platform', (db) =>
        db('organizations')
          .where({ logo_url: url() })
          .update({ logo: { state: 'PENDING' } }),
      );
      await checkLogo({ database, policies, fetch }, { organizationId: id });
      const { checkedAt, ...logo } = (await read()).logo!;
      expect(checkedAt).to.match(/Z$/);
      return logo;
    };

    const cases: [title: string, bytes: Buffer, logo: Record<string, unknown>][] = [
      ['a PNG of 120 pixels is accepted', png(120, 120), { state: 'ACCEPTED', format: 'PNG', width: 120, height: 120 }],
      ['a JPG of 1800 pixels is accepted', jpg(1800, 1800), { state: 'ACCEPTED', format: 'JPG', width: 1800, height: 1800 }],
      ['an SVG is accepted', svg('viewBox="0 0 300 300"'), { state: 'ACCEPTED', format: 'SVG', width: 300, height: 300 }],
      ['119 pixels are too few', png(119, 120), { state: 'REJECTED', reason: 'WRONG_SIZE', format: 'PNG', width: 119, height: 120 }],
      ['1801 pixels are too many', jpg(300, 1801), { state: 'REJECTED', reason: 'WRONG_SIZE', format: 'JPG', width: 300, height: 1801 }],
      ['a header that lies is no picture', png(10, 10, { width: 500, height: 500 }), { state: 'REJECTED', reason: 'NOT_A_PICTURE' }],
      ['a page is no picture', Buffer.from('<!doctype html>'), { state: 'REJECTED', reason: 'NOT_A_PICTURE' }],
      ['more than 1 MiB is too large', Buffer.alloc(1024 * 1024 + 1), { state: 'REJECTED', reason: 'TOO_LARGE' }],
    ];
    for (const [title, bytes, logo] of cases) {
      it(`PUL-10: ${title}`, async () => {
        expect(await judged(bytes)).to.deep.equal(logo);
        expect((await mine()).logoUrl).to.equal(logo['state'] === 'ACCEPTED' ? url() : undefined);
      });
    }

    it('what is not there is not accepted', async () => {
      expect(await judged(png(200, 200), 404)).to.deep.equal({ state: 'REJECTED', reason: 'NOT_FOUND' });
    });
  });

  it('is shown to people who are invited only when it was accepted', async () => {
    await set('https://localhost/logo.png');
    await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.viewer'] },
    });
    const guest = await tenet.as('guest@example.com');
    const offered = async () => {
      const { data } = await guest.client.GET('/v1/me/invitations');
      return data!.items.find((invitation) => invitation.organizationId === organizationId)!.organizationLogoUrl;
    };
    expect(await offered()).to.equal(undefined);
    await tenet.database.write('platform', (db) =>
      db('organizations')
        .where({ logo_url: 'https://localhost/logo.png' })
        .update({ logo: { state: 'ACCEPTED' } }),
    );
    expect(await offered()).to.equal('https://localhost/logo.png');
  });

  it('is gone with its URL, and is not looked at in kinds that ask nothing of it', async () => {
    await set('https://localhost/logo.png');
    const { data } = await set(null);
    expect(data).to.not.have.any.keys('logo', 'logoUrl');
  });

  it('is looked at 20 times a day', async () => {
    for (let index = 0; index < 20; index++) expect((await set(`https://localhost/${index}.png`)).response.status).to.equal(200);
    const { error, response } = await set('https://localhost/21.png');
    expect(response.status).to.equal(429);
    expect(error).to.include({ code: 'rate-limited' });
    expect((await set(null)).response.status).to.equal(200);
  });
});
