import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { needsChromium, startChromium } from '../../helpers/browser.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('a page in a browser', () => {
  let browser: Browser;
  let tenet: TestTenet;
  let listed: Site;
  let other: Site;

  before(async function () {
    const program = needsChromium(this);
    [listed, other] = await Promise.all([serve(), serve()]);
    tenet = await startTenet({ TENET_CORS_ORIGINS: listed.origin });
    browser = await startChromium(program);
  });
  after(async () => {
    await browser?.close();
    await tenet?.stop();
    listed?.server.close();
    other?.server.close();
  });

  it('creates, reads, changes and asks when its origin is listed', async function () {
    this.timeout(60_000);
    const done = await visit(listed);
    expect(done).to.include({
      created: 201,
      changed: 200,
      renamed: 'Renamed',
      stale: 412,
      code: 'version-mismatch',
      unknown: 401,
      decision: true,
    });
    expect(done['etag']).to.match(/^"/);
    expect(done['location']).to.match(/^\/v1\/organizations\/org_/);
    expect(done['requestId']).to.equal('from-the-page');
    expect(done['challenge']).to.match(/^Bearer/);
  });

  it('gets nothing, and changes nothing, when its origin is not listed', async function () {
    this.timeout(60_000);
    const mallory = await tenet.as('mallory@example.com');
    expect(await visit(other, mallory.token)).to.deep.equal({ error: 'Failed to fetch' });
    const { data } = await mallory.client.GET('/v1/organizations');
    expect(data!.items).to.deep.equal([]);
  });

  async function visit(site: Site, token?: string): Promise<Record<string, unknown>> {
    const page = await browser.newPage();
    try {
      await page.goto(site.origin);
      return await page.evaluate(callTenet, { url: tenet.url, token: token ?? (await tenet.as('alice@example.com')).token });
    } finally {
      await page.close();
    }
  }
});

interface Site {
  readonly server: Server;
  readonly origin: string;
}

/** An empty page at an origin of its own. */
async function serve(): Promise<Site> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>app</title>'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Runs in the page, so it uses nothing of this file. */
async function callTenet({ url, token }: { url: string; token: string }): Promise<Record<string, unknown>> {
  const authorization = `Bearer ${token}`;
  const json = { authorization, 'content-type': 'application/json' };
  try {
    const created = await fetch(`${url}/v1/organizations`, {
      method: 'POST',
      headers: { ...json, 'idempotency-key': 'page-1', 'x-request-id': 'from-the-page' },
      body: JSON.stringify({ name: 'Of a page' }),
    });
    const etag = created.headers.get('etag');
    const location = created.headers.get('location');
    const { id } = (await created.json()) as { id: string };
    const change = { method: 'PATCH', headers: { ...json, 'if-match': etag ?? '' }, body: JSON.stringify({ name: 'Renamed' }) };
    const changed = await fetch(`${url}/v1/organizations/${id}`, change);
    const stale = await fetch(`${url}/v1/organizations/${id}`, change);
    const unknown = await fetch(`${url}/v1/me`);
    const me = (await (await fetch(`${url}/v1/me`, { headers: json })).json()) as { id: string };
    const asked = await fetch(`${url}/access/v1/evaluation`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({
        subject: { type: 'user', id: me.id },
        action: { name: 'read' },
        resource: { type: 'organization', id: '*', properties: { organizationId: id } },
      }),
    });
    return {
      created: created.status,
      etag,
      location,
      requestId: created.headers.get('x-request-id'),
      changed: changed.status,
      renamed: ((await changed.json()) as { name: string }).name,
      stale: stale.status,
      code: ((await stale.json()) as { code: string }).code,
      unknown: unknown.status,
      challenge: unknown.headers.get('www-authenticate'),
      decision: ((await asked.json()) as { decision: boolean }).decision,
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
