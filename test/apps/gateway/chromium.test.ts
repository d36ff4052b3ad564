import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, BrowserContext } from 'playwright-core';
import type { Gateway } from '../../../apps/gateway/main.ts';
import type { Applications } from '../../../apps/main.ts';
import { install, publish } from '../../helpers/apps.ts';
import { needsChromium, startChromium } from '../../helpers/browser.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startTestGateway } from '../../helpers/gateway.ts';
import { startWorkspace, type Workspace } from '../../helpers/workspace.ts';

const hosts = { TENET_APPS_DOMAIN: 'apps.localhost', TENET_APPS_GATEWAY_PORT: '0' };
const form = '<form method="post" action="/.tenet/sign-out"><button>Sign out</button></form>';
const source = `require('node:http').createServer((asked, answer) => answer.setHeader('content-type', 'text/html')
  .end('<!doctype html><title>Notes of ' + asked.headers['x-tenet-user'] + '</title>${form}')).listen(process.env.PORT, '127.0.0.1')`;

describe('an application in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let workspace: Workspace;
  let gateway: Gateway;
  let applications: Applications;
  let neighbour: Server;
  let context: BrowserContext;
  let instanceId: string;
  let origin: string;

  before(async function () {
    const program = needsChromium(this);
    workspace = await startWorkspace(hosts);
    applications = workspace.run();
    const { publisher, admin, organizationId } = workspace;
    const itemId = await publish(publisher, { program: { command: process.execPath, args: ['-e', source], port: 8080 } });
    ({ id: instanceId } = await install(admin, organizationId, { itemId }));
    gateway = await startTestGateway(workspace.tenet, hosts);
    neighbour = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>Neighbour</title>'));
    await once(neighbour.listen(0, '127.0.0.1'), 'listening');
    browser = await startChromium(program);
    context = await browser.newContext();
    origin = `http://${instanceId.replace('_', '-')}.apps.localhost:${new URL(gateway.url).port}`;
  });

  after(async () => {
    await browser?.close();
    neighbour?.close();
    await gateway?.stop();
    await applications?.stop();
    await workspace?.stop();
  });

  /** The URL of openInstance. It has the port of the configuration, in the place of which the test has a free one. */
  async function openingUrl(): Promise<string> {
    const { admin, organizationId } = workspace;
    const { data } = await admin.client.POST('/v1/organizations/{organizationId}/instances/{instanceId}/open', {
      params: { path: { organizationId, instanceId } },
    });
    const { pathname, search } = new URL(data!.url!);
    return origin + pathname + search;
  }

  it('is opened by a URL that works once, in that browser and from its own pages alone, until a page of it signs out', async () => {
    const page = await context.newPage();
    const url = await openingUrl();
    await page.goto(url);
    const { id } = (await workspace.admin.client.GET('/v1/me')).data!;
    // Where the program was still starting, the page that waits asks again by itself.
    await eventually(async () => expect(await page.title()).to.equal(`Notes of ${id}`), 30_000);
    expect(page.url()).to.equal(`${origin}/`);
    expect(await page.evaluate('document.cookie')).to.equal('');
    const [cookie, ...more] = await context.cookies();
    expect(more).to.deep.equal([]);
    expect(cookie).to.include({ name: 'tenet-open', domain: new URL(origin).hostname, httpOnly: true, sameSite: 'Lax' });

    const elsewhere = await (await browser.newContext()).newPage();
    for (const again of [url, origin]) {
      expect((await elsewhere.goto(again))!.status()).to.equal(401);
      expect(await elsewhere.title()).to.equal('Open this application from Tenet');
    }

    // A page of a host beside it, with which the browser sends the cookie: both are of one site. It can neither read nor change anything.
    const other = await context.newPage();
    const beside = `http://neighbour.apps.localhost:${(neighbour.address() as AddressInfo).port}`;
    await other.goto(beside);
    const read = (target: string) => fetch(target, { credentials: 'include', mode: 'no-cors' }).then(String, String);
    expect(await other.evaluate(read, `${origin}/data`)).to.equal('TypeError: Failed to fetch');
    for (const path of ['/data', '/.tenet/sign-out']) {
      await other.goto(beside);
      await other.setContent(form.replace('/.tenet/sign-out', origin + path));
      const [answer] = await Promise.all([other.waitForResponse(origin + path), other.click('button')]);
      expect((await answer.request().allHeaders())['cookie']).to.contain('tenet-open=');
      expect(answer.status(), path).to.equal(403);
    }

    expect((await page.goto(origin))!.status()).to.equal(200);
    await Promise.all([page.waitForURL(`${origin}/.tenet/sign-out`), page.click('button')]);
    expect(await page.title()).to.equal('You are signed out');
    expect(await context.cookies()).to.deep.equal([]);
    await context.addCookies([cookie!]);
    expect((await page.goto(origin))!.status(), 'also with the cookie of before').to.equal(401);
  });
});
