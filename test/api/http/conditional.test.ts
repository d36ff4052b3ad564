import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const json = { 'content-type': 'application/json' };

describe('a conditional request', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  /** Everything with an ETag, by its name. */
  let paths: Record<string, string>;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    const base = `/v1/organizations/${organizationId}`;
    const make = async (path: string, body: object) => {
      const response = await owner.raw(base + path, { method: 'POST', headers: json, body: JSON.stringify(body) });
      return (await response.json()) as { id: string; items: { id: string }[] };
    };
    const project = await make('/projects', { name: 'Website' });
    const invitations = await make('/invitations', { invitees: [{ email: 'grace@example.com' }], roles: ['org.member'] });
    paths = {
      'the caller': '/v1/me',
      'an organization': base,
      'a member': `${base}/members/${await owner.userId()}`,
      'a project': `${base}/projects/${project.id}`,
      'an invitation': `${base}/invitations/${invitations.items[0]!.id}`,
    };
  });
  after(() => tenet.stop());

  for (const what of ['the caller', 'an organization', 'a member', 'a project', 'an invitation']) {
    it(`for ${what} is answered 304 while the reader has the present version`, async () => {
      const path = paths[what]!;
      const first = await owner.raw(path);
      const etag = first.headers.get('etag')!;
      expect(etag).to.match(/^"[\x21\x23-\x7e]+"$/);
      expect(((await first.json()) as { etag: string }).etag).to.equal(etag);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        for (const method of ['GET', 'HEAD']) {
          const again = await owner.raw(path, { method, headers: { 'if-none-match': known } });
          expect(again.status, `${method} ${known}`).to.equal(304);
          expect(await again.text()).to.equal('');
          expect(again.headers.get('etag')).to.equal(etag);
          expect(again.headers.get('content-type')).to.equal(null);
        }
      }
      const other = await owner.raw(path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).to.equal(200);
    });

    it(`for ${what} is answered 412 when the reader wants another version, and 400 when the header is none`, async () => {
      const path = paths[what]!;
      const etag = (await owner.raw(path)).headers.get('etag')!;
      expect((await owner.raw(path, { headers: { 'if-match': etag, 'if-none-match': '"other"' } })).status).to.equal(200);
      const refused = await owner.raw(path, { headers: { 'if-match': `W/${etag}`, 'if-none-match': etag } });
      expect(refused.status).to.equal(412);
      expect(refused.headers.get('etag')).to.equal(etag);
      for (const name of ['If-Match', 'If-None-Match']) {
        const response = await owner.raw(path, { headers: { [name]: etag.slice(1) } });
        const { errors } = (await response.json()) as { errors: { parameter: string }[] };
        expect(response.status).to.equal(400);
        expect(errors[0]!.parameter).to.equal(name);
      }
    });
  }

  it('for what shows more than its version says, such as the last use of an API key, is answered in full', async () => {
    const keys = `/v1/organizations/${organizationId}/api-keys`;
    const made = await owner.raw(keys, { method: 'POST', headers: json, body: JSON.stringify({ name: 'Key' }) });
    const { id } = (await made.json()) as { id: string };
    const etag = (await owner.raw(`${keys}/${id}`)).headers.get('etag')!;
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': '*' }]) {
      const again = await owner.raw(`${keys}/${id}`, { headers });
      expect([again.status, again.headers.get('etag')]).to.deep.equal([200, etag]);
    }
    // What may be chosen is what the policy offers, and no change of the choice.
    const mfa = `/v1/organizations/${organizationId}/mfa-requirement`;
    const known = (await owner.raw(mfa)).headers.get('etag')!;
    expect((await owner.raw(mfa, { headers: { 'if-none-match': known } })).status).to.equal(200);
  });

  it('for what ends by time alone is answered in full once it has ended', async () => {
    const invitations = `/v1/organizations/${organizationId}/invitations`;
    const body = JSON.stringify({ invitees: [{ email: 'late@example.com' }], roles: ['org.member'] });
    const made = await owner.raw(invitations, { method: 'POST', headers: json, body });
    const { items } = (await made.json()) as { items: { id: string }[] };
    const path = `${invitations}/${items[0]!.id}`;
    const known = { 'if-none-match': (await owner.raw(path)).headers.get('etag')! };
    expect((await owner.raw(path, { headers: known })).status).to.equal(304);
    const ended = "update invitations set expires_at = now() - interval '1 second' where id = ?";
    await inDatabase(tenet, organizationId, ended, [toUuid('invitation', items[0]!.id)]);
    const later = await owner.raw(path, { headers: known });
    expect([later.status, ((await later.json()) as { state: string }).state]).to.deep.equal([200, 'EXPIRED']);
  });

  it('by a reader who may not see it is answered as if it had no condition', async () => {
    const stranger = await tenet.as('stranger@example.com');
    const path = paths['an organization']!;
    const etag = (await owner.raw(path)).headers.get('etag')!;
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': '*' }, { 'if-match': '"other"' }]) {
      expect((await stranger.raw(path, { headers })).status).to.equal(404);
    }
    expect((await tenet.anonymous().raw(path, { headers: { 'if-none-match': '*' } })).status).to.equal(401);
  });

  it('that must not change what exists changes nothing', async () => {
    for (const [method, what, body, action = ''] of [
      ['PATCH', 'the caller', { displayName: 'Ada' }],
      ['PATCH', 'an organization', { name: 'Other' }],
      ['PATCH', 'a member', { displayName: 'Other' }],
      ['PATCH', 'a project', { name: 'Other' }],
      ['POST', 'an invitation', undefined, '/revoke'],
      ['DELETE', 'a project', undefined],
    ] as const) {
      const path = paths[what]!;
      const etag = (await owner.raw(path)).headers.get('etag')!;
      for (const condition of ['*', etag, `W/${etag}`]) {
        const response = await owner.raw(path + action, {
          method,
          headers: { ...(body && json), 'if-none-match': condition },
          ...(body && { body: JSON.stringify(body) }),
        });
        const problem = (await response.json()) as { code: string; detail: string };
        expect(response.status, `${method} ${what}${action} ${condition}`).to.equal(412);
        expect(problem).to.include({ code: 'version-mismatch', etag });
        expect(problem.detail).to.include('If-None-Match');
      }
      expect((await owner.raw(path)).headers.get('etag'), what).to.equal(etag);
    }
  });

  it('for a member sees a change of their roles, of their name and of their own name', async () => {
    const grace = await join(tenet, { organizationId }, 'grace.hopper@example.com', 'org.member');
    const path = `/v1/organizations/${organizationId}/members/${grace.id}`;
    let known = (await owner.raw(path)).headers.get('etag')!;
    const expectChange = async (change: () => Promise<Response>) => {
      expect((await change()).status).to.be.within(200, 204);
      const response = await owner.raw(path, { headers: { 'if-none-match': known } });
      expect(response.status).to.equal(200);
      known = response.headers.get('etag')!;
      expect((await owner.raw(path, { headers: { 'if-none-match': known } })).status).to.equal(304);
    };
    const subject = { type: 'USER', id: grace.id };
    const send = (caller: Pick<Caller, 'raw'>, method: string, to: string, body: object) =>
      caller.raw(to, { method, headers: json, body: JSON.stringify(body) });
    await expectChange(() => send(owner, 'POST', `/v1/organizations/${organizationId}/grants`, { subject, role: 'org.manager' }));
    await expectChange(() => send(grace, 'PATCH', '/v1/me', { displayName: 'Grace' }));
    await expectChange(() => send(owner, 'PATCH', path, { displayName: 'Admiral' }));
  });
});
