import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { newKeySecret } from '../../../core/base/key-secret.ts';
import { type ApiKey, giveRole, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('API keys', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let siblingId: string;
  const place = () => ({ organizationId });
  const project = () => ({ organizationId, projectId });

  before(async () => {
    tenet = await startTenet({ TENET_API_KEY_HEADERS: 'x-pica-secret, X-Acme-Key' });
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    siblingId = await foundProject(owner, organizationId, 'Sibling');
  });

  after(() => tenet?.stop());

  const status = async (caller: Caller, path: string, method = 'GET', body?: unknown) => (await send(caller, method, path, body)).status;
  const revoke = (key: ApiKey, where = place()) => send(owner, 'POST', pathIn(where, `/api-keys/${key.id}/revoke`));

  describe('the secret', () => {
    it('PICA-53, PICA-54, S003-30 is shown once to whoever makes the key, and a name is needed', async () => {
      const key = await makeKey(owner, place());
      expect(key.secret).to.match(/^tnts_[0-9A-Za-z]{36}$/);
      expect(key.prefix).to.equal(key.secret.slice(0, 9));
      const path = pathIn(place(), `/api-keys/${key.id}`);
      const shown = [
        await send(owner, 'GET', path),
        await send(owner, 'GET', pathIn(place(), '/api-keys?pageSize=200')),
        await revoke(key),
      ];
      for (const { status: ok, text } of shown) {
        expect(ok).to.equal(200);
        expect(text).to.include(key.prefix).and.not.include(key.secret.slice(9));
      }
      expect((await send(owner, 'POST', pathIn(place(), '/api-keys'), {})).status).to.equal(400);
    });

    it('is nowhere in the database, and a replayed answer is without it', async () => {
      const body = { name: 'Retried' };
      const retry = { 'idempotency-key': newId('request') };
      const first = await send(owner, 'POST', pathIn(place(), '/api-keys'), body, retry);
      const second = await send(owner, 'POST', pathIn(place(), '/api-keys'), body, retry);
      const { secret, ...rest } = first.body as ApiKey & { secret: string };
      expect(secret).to.match(/^tnts_/);
      expect([second.status, second.headers.get('idempotent-replayed'), second.body]).to.deep.equal([201, 'true', rest]);
      const hidden = secret.slice(9);
      const tables = ['api_keys', 'api_key_secrets', 'idempotency_keys', 'audit_events', 'decisions'];
      for (const table of tables) {
        const [{ found }] = (
          await tenet.database.read('platform', (db) =>
            db.raw(`select count(*)::int as found from ${table} t where t::text like ?`, [`%${hidden}%`]),
          )
        ).rows;
        expect(found, table).to.equal(0);
      }
    });

    it('S003-29 lists name, prefix, type and created date', async () => {
      const key = await makeKey(owner, place(), { name: 'Listed' });
      const { body } = await send(owner, 'GET', pathIn(place(), '/api-keys?pageSize=200&type=SECRET&state=ACTIVE'));
      const found = (body as { items: ApiKey[] }).items.find(({ id }) => id === key.id)!;
      expect(found).to.include({ name: 'Listed', prefix: key.prefix, type: 'SECRET', state: 'ACTIVE', createdAt: key.createdAt });
      expect(found.owner).to.deep.equal({ type: 'USER', id: owner.id });
    });

    for (const [what, token] of [
      ['is mistyped', () => `${newKeySecret('tnts_').slice(0, -1)}0`.replace(/00$/, '01')],
      ['belongs to no key', () => newKeySecret('tnts_')],
      ['has another prefix', () => newKeySecret('abc_')],
    ] as const) {
      it(`is refused when it ${what}`, async () => {
        const reply = await send(tenet.bearing(token()), 'GET', pathIn(place(), ''));
        expect(reply.status).to.equal(401);
        expect(reply.headers.get('www-authenticate')).to.include('invalid_token');
      });
    }

    it('PICA-55 travels in Authorization and in every header that is configured, in one of them at a time', async () => {
      const key = await makeKey(owner, place());
      const anonymous = tenet.anonymous();
      const get = (headers: Record<string, string>) => send(anonymous, 'GET', pathIn(place(), ''), undefined, headers);
      const bearer = `Bearer ${key.secret}`;
      expect((await get({ authorization: bearer })).status).to.equal(200);
      expect((await get({ 'x-pica-secret': key.secret })).status).to.equal(200);
      expect((await get({ 'X-ACME-KEY': key.secret })).status).to.equal(200);
      expect((await get({ 'x-other-key': key.secret })).status).to.equal(401);
      expect((await get({ 'x-pica-secret': owner.token })).status).to.equal(401);
      expect((await get({ 'x-pica-secret': key.secret, authorization: bearer })).status).to.equal(400);
      expect((await get({ 'x-pica-secret': key.secret, 'x-acme-key': key.secret })).status).to.equal(400);
    });
  });

  describe('the authority', () => {
    it('PICA-48, PICA-49 of an organization key is that of its owner, in the organization and its projects', async () => {
      const key = withKey(tenet, await makeKey(owner, place()));
      expect(await status(key, pathIn(place(), '/members'))).to.equal(200);
      expect(await status(key, pathIn(project(), ''))).to.equal(200);
      expect(await status(key, pathIn(project(), '/grants'))).to.equal(200);
      const { body } = await send(key, 'GET', pathIn(place(), '/projects'));
      expect((body as { items: unknown[] }).items).to.have.length(2);
    });

    it('PICA-50, PICA-51 shrinks with the roles of its owner, from the next request on', async () => {
      const member = await join(tenet, place(), 'shrinks@example.com', 'org.manager');
      const key = withKey(tenet, await makeKey(member, place()));
      expect(await status(key, pathIn(place(), '/api-keys'))).to.equal(200);
      await send(owner, 'POST', pathIn(place(), '/grants'), { subject: { type: 'USER', id: member.id }, role: 'org.member' });
      expect(await status(key, pathIn(place(), '/api-keys'))).to.equal(403);
      expect(await status(key, pathIn(place(), ''))).to.equal(200);
    });

    it('PICA-47, PICA-52 of a project key ends at its project: the organization and its siblings are not there', async () => {
      const key = withKey(tenet, await makeKey(owner, project()));
      expect(await status(key, pathIn(project(), ''))).to.equal(200);
      expect(await status(key, pathIn({ organizationId, projectId: siblingId }, ''))).to.equal(404);
      expect(await status(key, pathIn(place(), ''))).to.equal(404);
      expect(await status(key, pathIn(place(), '/projects'))).to.equal(404);
      expect(await status(key, pathIn(place(), '/api-keys'), 'POST', { name: 'Wider' })).to.equal(404);
    });

    it('in another organization is that of a stranger, byte by byte', async () => {
      const otherId = await foundOrganization(owner, 'Other');
      const key = withKey(tenet, await makeKey(owner, place()));
      const there = await send(key, 'GET', pathIn({ organizationId: otherId }, ''));
      const nowhere = await send(key, 'GET', pathIn({ organizationId: newId('organization') }, ''));
      expect([there.status, nowhere.status]).to.deep.equal([404, 404]);
      const bare = (text: string) => text.replace(/req_\w+/g, '');
      expect(bare(there.text)).to.equal(bare(nowhere.text));
    });

    it('is none outside of organizations', async () => {
      const key = withKey(tenet, await makeKey(owner, place()));
      for (const [method, path, body] of [
        ['GET', '/v1/me'],
        ['GET', '/v1/me/organizations'],
        ['GET', '/v1/me/invitations'],
        ['GET', '/v1/organizations'],
        ['POST', '/v1/organizations', { name: 'Mine' }],
        ['GET', '/v1/policies'],
      ] as const) {
        expect(await status(key, path, method, body), path).to.equal(403);
      }
    });

    it('is gone with the membership, and none while the owner is inactive or suspended', async () => {
      const member = await join(tenet, place(), 'leaves@example.com', 'org.manager');
      const key = withKey(tenet, await makeKey(member, place()));
      const set = (state: string) =>
        inDatabase(tenet, organizationId, 'update members set state = ? where user_id = ?', [state, toUuid('user', member.id)]);
      await set('INACTIVE');
      expect(await status(key, pathIn(place(), '')))
        .to.equal(await status(member, pathIn(place(), '')))
        .and.not.equal(200);
      await set('ACTIVE');
      const suspend = (state: string) =>
        tenet.database.write('platform', (db) =>
          db('users')
            .where({ id: toUuid('user', member.id) })
            .update({ state }),
        );
      await suspend('SUSPENDED');
      expect(await status(key, pathIn(place(), '')))
        .to.equal(await status(member, pathIn(place(), '')))
        .and.not.equal(200);
      await suspend('ACTIVE');
      expect(await status(key, pathIn(place(), ''))).to.equal(200);
      const removal = await send(owner, 'POST', pathIn(place(), `/members/${member.id}/remove`), {});
      expect(removal.status).to.equal(204);
      expect([401, 404]).to.include(await status(key, pathIn(place(), '')));
    });

    it('outlives a sign-out of its owner', async () => {
      const member = await join(tenet, place(), 'signs-out@example.com', 'org.manager');
      const key = withKey(tenet, await makeKey(member, place()));
      await tenet.database.write('platform', (db) =>
        db('users')
          .where({ id: toUuid('user', member.id) })
          .update({ not_before: new Date() }),
      );
      expect(await status(key, pathIn(place(), ''))).to.equal(200);
    });
  });

  describe('revocation', () => {
    it('S003-31, PUL-24 takes effect with the next request, for ever', async () => {
      const key = await makeKey(owner, place());
      const caller = withKey(tenet, key);
      expect(await status(caller, pathIn(place(), ''))).to.equal(200);
      expect((await revoke(key)).body).to.include({ state: 'REVOKED', revokedBy: owner.id });
      expect(await status(caller, pathIn(place(), ''))).to.equal(401);
      expect(await status(caller, '/v1/me')).to.equal(401);
      expect((await revoke(key)).status).to.equal(200);
      const again = "update api_keys set state = 'ACTIVE', revoked_at = null where id = ?";
      const failure = await inDatabase(tenet, organizationId, again, [toUuid('apiKey', key.id)]).catch((error: Error) => error);
      expect(String(failure)).to.include('a revoked key stays revoked');
      expect((await auditTrail(owner, organizationId, 'api-key.revoke')).filter(({ target }) => target === key.id)).to.have.length(1);
    });

    it('is decided in the request, and not by what a replica remembers', async () => {
      const key = await makeKey(owner, place());
      const second = await startTenet({ DATABASE_URL: tenet.databaseUrl, TENET_API_KEY_HEADERS: 'x-pica-secret' });
      try {
        const there = withKey(second, key);
        expect(await status(there, pathIn(place(), ''))).to.equal(200);
        for (let round = 0; round < 20; round++) {
          const fresh = await makeKey(owner, place());
          const caller = withKey(second, fresh);
          expect(await status(caller, pathIn(place(), ''))).to.equal(200);
          await revoke(fresh);
          expect(await status(caller, pathIn(place(), '')), `round ${round}`).to.equal(401);
        }
      } finally {
        await second.stop();
      }
    });

    it('an expired key is refused like one that is revoked', async () => {
      const key = await makeKey(owner, place(), { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
      const caller = withKey(tenet, key);
      expect(await status(caller, pathIn(place(), ''))).to.equal(200);
      await inDatabase(tenet, organizationId, 'update api_keys set expires_at = now() where id = ?', [toUuid('apiKey', key.id)]);
      expect(await status(caller, pathIn(place(), ''))).to.equal(401);
      expect((await send(owner, 'GET', pathIn(place(), `/api-keys/${key.id}`))).body).to.include({ state: 'EXPIRED' });
      expect(await status(owner, pathIn(place(), '/api-keys'), 'POST', { name: 'Past', expiresAt: '2020-01-01T00:00:00Z' })).to.equal(400);
    });
  });

  describe('the audit', () => {
    it('names the key behind its owner, and so do grants and denials', async () => {
      const key = await makeKey(owner, place());
      const caller = withKey(tenet, key);
      const account = await makeAccount(caller, place(), 'org.member');
      const { body } = await send(owner, 'GET', pathIn(place(), `/audit-events?actor=${owner.id}/${key.id}`));
      const events = (body as { items: { action: string; target: string }[] }).items;
      expect(events.map(({ action }) => action)).to.deep.equal(['grant.create', 'service-account.create']);
      expect(events[1]!.target).to.equal(account);
      const grants = (await send(owner, 'GET', pathIn(place(), `/grants?subjectId=${account}`))).body as { items: { grantedBy: string }[] };
      expect(grants.items[0]!.grantedBy).to.equal(`${owner.id}/${key.id}`);
    });

    it('a key invites, and the invitation is worth what the key may do when it is answered', async () => {
      const invite = async (email: string) => {
        const key = await makeKey(owner, place());
        const sent = await send(withKey(tenet, key), 'POST', pathIn(place(), '/invitations'), {
          invitees: [{ email }],
          roles: ['org.member'],
        });
        expect(sent.status, sent.text).to.equal(201);
        const guest = await tenet.as(email);
        const { items } = (await send(guest, 'GET', '/v1/me/invitations')).body as { items: { id: string }[] };
        return { key, accept: () => status(guest, `/v1/me/invitations/${items[0]!.id}/accept`, 'POST') };
      };
      const one = await invite('invited-by-key@example.com');
      expect(await one.accept()).to.equal(200);
      const other = await invite('invited-by-dead-key@example.com');
      await revoke(other.key);
      expect(await other.accept()).to.equal(409);
    });
  });

  describe('service accounts', () => {
    it('hold roles, and their keys do what these allow', async () => {
      const account = await makeAccount(owner, place(), 'org.manager');
      const key = await makeKey(owner, place(), { owner: { type: 'SERVICE_ACCOUNT', id: account } });
      const caller = withKey(tenet, key);
      expect(await status(caller, pathIn(place(), '/members'))).to.equal(200);
      expect(await status(caller, pathIn(place(), '/hand-over'))).to.equal(403);
      await giveRole(owner, place(), account, 'org.member');
      expect(await status(caller, pathIn(place(), '/api-keys'))).to.equal(403);
      const nobody = await makeKey(owner, place(), { owner: { type: 'SERVICE_ACCOUNT', id: await makeAccount(owner, place()) } });
      expect(await status(withKey(tenet, nobody), pathIn(place(), ''))).to.equal(200);
      expect(await status(withKey(tenet, nobody), pathIn(place(), '/members'))).to.equal(403);
    });

    it('PICA-57 a key for one asks for assign on every role that it holds', async () => {
      const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
      const key = (id: string, where = place()) =>
        send(manager, 'POST', pathIn(where, '/api-keys'), { name: 'K', owner: { type: 'SERVICE_ACCOUNT', id } });
      const high = await makeAccount(owner, place(), 'org.admin');
      expect((await key(high)).status).to.equal(403);
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      expect(await status(member, pathIn(place(), '/api-keys'))).to.equal(403);
      expect((await key(await makeAccount(owner, place()))).status).to.equal(201);
      expect(
        (await send(manager, 'POST', pathIn(place(), '/api-keys'), { name: 'K', owner: { type: 'USER', id: owner.id } })).status,
      ).to.equal(400);
    });

    it('of a project hold roles and own keys in that project alone', async () => {
      const account = await makeAccount(owner, project(), 'project.member');
      const subject = { type: 'SERVICE_ACCOUNT', id: account };
      expect(await status(owner, pathIn(place(), '/grants'), 'POST', { subject, role: 'org.member' })).to.equal(400);
      const sibling = { organizationId, projectId: siblingId };
      expect(await status(owner, pathIn(sibling, '/grants'), 'POST', { subject, role: 'project.member' })).to.equal(400);
      expect(await status(owner, pathIn(place(), '/api-keys'), 'POST', { name: 'K', owner: subject })).to.equal(400);
      const key = withKey(tenet, await makeKey(owner, project(), { owner: subject }));
      expect(await status(key, pathIn(project(), ''))).to.equal(200);
      expect(await status(key, pathIn(sibling, ''))).to.equal(404);
    });

    it('end with their grants and their keys', async () => {
      const account = await makeAccount(owner, place(), 'org.manager');
      const key = await makeKey(owner, place(), { owner: { type: 'SERVICE_ACCOUNT', id: account } });
      const caller = withKey(tenet, key);
      expect(await status(caller, pathIn(place(), ''))).to.equal(200);
      expect(await status(owner, pathIn(place(), `/service-accounts/${account}`), 'DELETE')).to.equal(204);
      expect(await status(caller, pathIn(place(), ''))).to.equal(401);
      expect((await send(owner, 'GET', pathIn(place(), `/api-keys/${key.id}`))).body).to.include({ state: 'REVOKED' });
      expect(await status(owner, pathIn(place(), `/service-accounts/${account}`))).to.equal(404);
      const { body } = await send(owner, 'GET', pathIn(place(), `/grants?subjectId=${account}`));
      expect((body as { items: unknown[] }).items).to.deep.equal([]);
    });
  });
});
