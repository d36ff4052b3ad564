import { expect } from 'chai';
import { type ApiKey, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('What an API key reaches', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let spaces: string;

  before(async () => {
    tenet = await startTenet({
      TENET_API_KEY_HEADERS: 'x-pica-secret',
      TENET_CORS_ORIGINS: 'https://app.example.com',
      TENET_PATH_ALIASES: '/v1/connections=connection, /v1/vault/connections=connection,/v1/me=connection,/v1/none=nothing',
    });
    owner = await tenet.as('owner@example.com');
    spaces = await foundOrganization(owner, 'Spaces', 'ai-spaces');
  });

  after(() => tenet?.stop());

  const ask = (key: ApiKey & { secret: string }, organizationId: string, resource: string, action: string) =>
    send(withKey(tenet, key), 'POST', '/access/v1/evaluation', {
      subject: { type: 'api-key', id: key.id },
      action: { name: action },
      resource: { type: resource, id: '*', properties: { organizationId } },
    });

  it('PUL-22 its scopes count on AuthZEN as they do on the admin API', async () => {
    const key = await makeKey(owner, { organizationId: spaces }, { scopes: ['data-management'] });
    const caller = withKey(tenet, key);
    const decided = async (resource: string, action: string) =>
      ((await ask(key, spaces, resource, action)).body as { decision: boolean }).decision;
    expect(await decided('dataset', 'create')).to.equal(true);
    expect(await decided('router', 'update')).to.equal(false);
    expect(await decided('member', 'list')).to.equal(false);
    expect((await send(caller, 'GET', pathIn({ organizationId: spaces }, '/members'))).status).to.equal(403);
  });

  it('a caller with a key makes no key that lasts longer or may do more, and widens none', async () => {
    const organizationId = await foundOrganization(owner, 'Integrations');
    const end = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const key = await makeKey(owner, { organizationId }, { expiresAt: end(2) });
    const caller = withKey(tenet, key);
    const make = (body: object) => send(caller, 'POST', pathIn({ organizationId }, '/api-keys'), { name: 'Second', ...body });
    for (const body of [{}, { expiresAt: end(3) }]) {
      const { status, body: problem } = await make(body);
      expect(status).to.equal(400);
      expect((problem as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal('#/expiresAt');
    }
    expect((await make({ expiresAt: end(1) })).status).to.equal(201);
    const endless = await makeKey(owner, { organizationId });
    const rotate = (who: Caller) =>
      send(who, 'POST', pathIn({ organizationId }, `/api-keys/${endless.id}/rotate`), {}, { 'if-match': endless.etag });
    expect((await rotate(caller)).status).to.equal(400);
    expect((await rotate(owner)).status).to.equal(200);
  });

  it('in a suspended organization it looks and changes nothing, as its owner does', async () => {
    const organizationId = await foundOrganization(owner, 'Suspended');
    const key = await makeKey(owner, { organizationId });
    const caller = withKey(tenet, key);
    const operator = await tenet.as('operator@example.com');
    await operator.userId();
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const suspended = await send(operator, 'POST', pathIn({ organizationId }, '/suspend'), { reason: 'Unpaid' });
    expect(suspended.status, suspended.text).to.equal(200);
    expect((await send(caller, 'GET', pathIn({ organizationId }, '/members'))).status).to.equal(200);
    const refused = await send(caller, 'POST', pathIn({ organizationId }, '/projects'), { name: 'P' });
    expect([refused.status, (refused.body as { code: string }).code]).to.deep.equal([403, 'organization-suspended']);
    expect((await send(caller, 'POST', pathIn({ organizationId }, '/api-keys'), { name: 'K' })).status).to.equal(403);
    expect((await ask(key, organizationId, 'project', 'create')).body).to.include({ decision: false });
  });

  it('PICA-55 a page of another origin may send it in a mapped header', async () => {
    const preflight = await tenet.anonymous().raw('/v1/me', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-pica-secret',
      },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get('access-control-allow-headers')).to.contain('x-pica-secret');
    const { secret } = await makeKey(owner, { organizationId: spaces }, { scopes: ['space-management'] });
    const headers = { origin: 'https://app.example.com', 'x-pica-secret': secret };
    const reply = await tenet.anonymous().raw(pathIn({ organizationId: spaces }, '/projects'), { headers });
    expect(reply.status).to.equal(200);
    expect(reply.headers.get('access-control-allow-origin')).to.equal('https://app.example.com');
    expect(reply.headers.get('access-control-expose-headers')).to.contain('RateLimit');
  });

  it('MIN-21 members see name, prefix and last use of the keys of api-hub, and the secret only who makes one', async () => {
    const organizationId = await foundOrganization(owner, 'Hub', 'api-hub');
    const key = await makeKey(owner, { organizationId }, { name: 'Pages' });
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const { status, body, text } = await send(member, 'GET', pathIn({ organizationId }, '/api-keys'));
    expect(status).to.equal(200);
    expect((body as { items: ApiKey[] }).items).to.have.length(1);
    expect((body as { items: ApiKey[] }).items[0]).to.include({ id: key.id, name: 'Pages', prefix: key.prefix, usageCount: 0 });
    const one = await send(member, 'GET', pathIn({ organizationId }, `/api-keys/${key.id}`));
    expect(one.status).to.equal(200);
    for (const said of [text, one.text]) expect(said).not.to.contain(key.secret).and.not.to.contain('"secret"');
    expect((await send(member, 'POST', pathIn({ organizationId }, '/api-keys'), { name: 'Own' })).status).to.equal(403);
    const rotate = await send(member, 'POST', pathIn({ organizationId }, `/api-keys/${key.id}/rotate`), {}, { 'if-match': key.etag });
    expect(rotate.status).to.equal(403);
  });

  it('what a person did includes what they did with their keys, and the events of one key are found too', async () => {
    const organizationId = await foundOrganization(owner, 'Audited');
    const key = await makeKey(owner, { organizationId });
    const account = await makeAccount(withKey(tenet, key), { organizationId });
    const events = async (actor: string) => {
      const { body } = await send(owner, 'GET', pathIn({ organizationId }, `/audit-events?actor=${actor}`));
      return (body as { items: { action: string; target: string }[] }).items;
    };
    expect((await events(await owner.userId())).map(({ action }) => action)).to.deep.equal([
      'service-account.create',
      'api-key.create',
      'organization.create',
    ]);
    expect((await events(key.id)).map(({ target }) => target)).to.deep.equal([account]);
  });

  it('a plan of a key names no secret, and makes none', async () => {
    const { status, text } = await send(owner, 'POST', pathIn({ organizationId: spaces }, '/api-keys?validateOnly=true'), {
      name: 'Planned',
    });
    expect(status, text).to.equal(200);
    expect(text)
      .to.contain('api-key.create')
      .and.not.to.match(/tnts_[0-9A-Za-z]{36}/);
    const { body } = await send(owner, 'GET', pathIn({ organizationId: spaces }, '/api-keys'));
    expect((body as { items: ApiKey[] }).items.map(({ name }) => name)).not.to.include('Planned');
  });

  it('PICA-56 short paths are the resources in the place of the key, of its organization or of its project, with the rights of the long ones', async () => {
    const organizationId = await foundOrganization(owner, 'Short paths');
    const projectId = await foundProject(owner, organizationId, 'Bound');
    const ofOrganization = withKey(tenet, await makeKey(owner, { organizationId }));
    const ofProject = withKey(tenet, await makeKey(owner, { organizationId, projectId }));
    const made = async (by: Caller, path: string) => {
      const { status, body } = await send(by, 'POST', path, { name: 'Source code', data: { platform: 'github' } });
      expect(status, path).to.equal(201);
      return body as { id: string; projectId?: string };
    };
    const above = await made(ofOrganization, '/v1/vault/connections');
    const below = await made(ofProject, '/v1/connections');
    expect([above.projectId, below.projectId]).to.deep.equal([undefined, projectId]);
    for (const path of ['/v1/connections', '/v1/vault/connections']) {
      const long = await send(owner, 'GET', pathIn({ organizationId }, '/resources/connection'));
      expect((await send(ofOrganization, 'GET', path)).body).to.deep.equal(long.body);
      const listed = (await send(ofProject, 'GET', path)).body as { items: { id: string }[] };
      expect(listed.items.map(({ id }) => id)).to.deep.equal([below.id]);
    }
    expect((await send(ofOrganization, 'GET', `/v1/connections/${above.id}`)).body).to.deep.include({ id: above.id });
    expect((await send(ofProject, 'GET', `/v1/connections/${above.id}`)).status).to.equal(404);
    expect((await send(ofOrganization, 'DELETE', `/v1/connections/${above.id}`)).status).to.equal(204);
    expect((await send(ofOrganization, 'PUT', '/v1/connections')).status).to.equal(405);
    expect((await send(ofOrganization, 'GET', '/v1/none')).status).to.equal(404);
    expect((await send(ofOrganization, 'GET', '/v1/connectionsx')).status).to.equal(404);
    expect((await send(owner, 'GET', '/v1/connections')).body).to.include({ code: 'invalid-input' });
    expect((await fetch(`${tenet.url}/v1/connections`)).status).to.equal(401);
    expect(await owner.client.GET('/v1/me')).to.have.nested.property('data.id');
    const limited = withKey(tenet, await makeKey(owner, { organizationId: spaces }, { scopes: ['data-management'] }));
    expect((await send(limited, 'GET', '/v1/connections')).status).to.equal(404);
  });
});
