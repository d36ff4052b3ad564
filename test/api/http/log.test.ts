import { expect } from 'chai';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { openConnection } from '../../helpers/raw-http.ts';
import { startTenet } from '../../helpers/tenet.ts';

describe('the log of requests', () => {
  it('the log says why a token was refused, and the caller is not told', async () => {
    const lines: string[] = [];
    const logged = await startTenet({}, { log: createLog('info', { write: (line) => void lines.push(line) }) });
    const refused = await fetch(`${logged.url}/v1/me`, { headers: { Authorization: 'Bearer no-token' } });
    expect(refused.status).to.equal(401);
    expect(await refused.text()).not.to.include('malformed-token');
    await eventually(() => expect(lines.join('')).to.include('"refusal":"malformed-token"'));
    await logged.stop();
  });

  it('the log says whose request for which operation was refused, and why', async () => {
    const lines: string[] = [];
    const logged = await startTenet({}, { log: createLog('info', { write: (line) => void lines.push(line) }) });
    const alice = await logged.as('alice@example.com');
    const bob = await logged.as('bob@example.com');
    const organizationId = await foundOrganization(alice);
    const [subject, other] = [await alice.userId(), await bob.userId()];
    const json = { 'content-type': 'application/json' };
    const line = async (response: Response) => {
      const requestId = response.headers.get('x-request-id')!;
      return eventually(() => {
        const found = lines.map((text) => JSON.parse(text) as Record<string, unknown>).find((each) => each['requestId'] === requestId);
        expect(found).to.be.an('object');
        return found!;
      });
    };

    const misspelt = await alice.raw('/v1/organizations', { method: 'POST', headers: json, body: '{"nam":"x"}' });
    expect(await line(misspelt)).to.include({ operationId: 'createOrganization', subject, status: 400, code: 'invalid-input' });
    expect(await line(await fetch(`${logged.url}/v1/me`))).to.include({
      operationId: 'getMe',
      code: 'unauthenticated',
      refusal: 'no-credential',
    });
    expect(await line(await alice.raw('/v1/nothing'))).to.include({ operationId: 'none', code: 'not-found' });

    const resource = { type: 'organization', id: '*', properties: { organizationId } };
    const question = { subject: { type: 'user', id: other }, action: { name: 'read' }, resource };
    const ask = (body: object) => bob.raw('/access/v1/evaluation', { method: 'POST', headers: json, body: JSON.stringify(body) });
    expect(await line(await ask(question))).to.include({
      operationId: 'evaluate',
      subject: other,
      organizationId,
      allowed: false,
      status: 200,
    });
    const denied = await ask({ ...question, subject: { type: 'user', id: subject } });
    const { decisionId } = (await denied.clone().json()) as { decisionId: string };
    expect(await line(denied)).to.include({ subject: other, status: 403, code: 'permission-denied', allowed: false, decisionId });
    await logged.stop();
  });

  describe('secrets', () => {
    it('are in no line of the log, whatever goes wrong', async () => {
      const lines: string[] = [];
      const key = Buffer.alloc(32, 'canary-key').toString('base64');
      const logged = await startTenet(
        { TENET_LOG_LEVEL: 'trace', TENET_ENCRYPTION_KEYS: `k1:${key}` },
        { log: createLog('trace', { write: (line) => void lines.push(line) }) },
      );
      const caller = await logged.as('alice@example.com');
      const organizationId = await foundOrganization(caller);
      const password = new URL(logged.databaseUrl).password;
      const json = { 'content-type': 'application/json' };

      await caller.raw(`/v1/organizations/${organizationId}/invitations`, {
        method: 'POST',
        body: '{"email":"bob@example.com","role":"org.member"}',
        headers: json,
      });
      const wrong = ['canary-token', `${caller.token}x`, caller.token.slice(0, -8), `${caller.token} ${caller.token}`];
      for (const token of wrong) {
        await fetch(`${logged.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
        await fetch(`${logged.url}/v1/me?access_token=${encodeURIComponent(token)}`);
        await fetch(`${logged.url}/access/v1/evaluation`, { method: 'POST', headers: { authorization: token, ...json }, body: '{' });
      }
      await caller.raw('/v1/organizations', { method: 'POST', body: '{"name": "canary-body"', headers: json });
      await caller.raw('/v1/organizations', {
        method: 'POST',
        body: '{"name": 1, "password": "canary-body"}',
        headers: { ...json, cookie: 'session=canary-cookie' },
      });
      await caller.raw(`/v1/organizations/${organizationId}/delete`, {
        method: 'POST',
        body: '{}',
        headers: { ...json, 'if-match': '"9"' },
      });
      await caller.raw('/v1/invitations/accept', { method: 'POST', body: '{"token":"canary-invitation"}', headers: json });
      const raw = await openConnection(logged.url);
      raw.send(`GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${caller.token}\r\nX-A: a\x01\r\n\r\n`);
      await raw.closed;
      // A failure inside a statement that holds the caller's values.
      await logged.database.write('platform', (db) => db.raw('select 1'));
      await logged.database.close();
      expect((await caller.raw('/v1/me')).status).to.equal(503);
      await logged.stop().catch(() => undefined);

      const log = lines.join('');
      expect(lines.length).to.be.greaterThan(15);
      const [header, payload, signature] = caller.token.split('.') as [string, string, string];
      for (const secret of [caller.token, payload, signature, password, key, 'canary', decodeURIComponent(password)]) {
        expect(log.includes(secret), `${secret.slice(0, 12)}... in the log`).to.equal(false);
      }
      expect(header).to.be.a('string');
    });
  });
});
