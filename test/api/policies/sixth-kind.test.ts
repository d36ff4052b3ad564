import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect } from 'chai';
import { applyContents, readChecked } from '../../../core/policies/policies.ts';
import { makeKey, send } from '../../helpers/keys.ts';
import { auditTrail, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** What this test reads of the answers. */
interface Answer {
  access: { rails: { id: string; status: string; organizationId: string; detail: string }[] };
  readonly id: string;
  readonly items: readonly { readonly id: string; readonly userId: string }[];
  readonly roles: readonly { readonly id: string; readonly role: string }[];
  readonly switches: { readonly customRoles: unknown };
  readonly capabilities: Readonly<Record<string, readonly string[]>>;
}

// The folder `workshop` beside this test is the whole kind: nothing else in the repository knows it.

describe('a sixth kind of organization, which is nothing but a folder of data', () => {
  let tenet: TestTenet;
  let steward: Caller;
  let path: string;
  let organizationId: string;

  const ok = async (caller: Caller, method: string, where: string, body?: unknown): Promise<Answer> => {
    const reply = await send(caller, method, where, body);
    if (reply.status >= 300) throw new Error(`${method} ${where}: ${reply.status} ${reply.text}`);
    return reply.body;
  };
  const person = (email: string) => signIn(tenet, email);

  before(async () => {
    tenet = await startTenet();
    const directory = await mkdtemp(joinPath(tmpdir(), 'policies-'));
    try {
      await cp('policies', directory, { recursive: true });
      await cp(new URL('workshop', import.meta.url), joinPath(directory, 'blueprints', 'workshop'), { recursive: true });
      const contents = await readChecked(directory);
      const about = { author: 'test', reason: 'a sixth kind' };
      await tenet.database.write('platform', (db) => applyContents(db, contents, about, { name: 'test', requestId: 'test' }));
    } finally {
      await rm(directory, { recursive: true });
    }
    steward = await tenet.as('steward@example.com');
    organizationId = (await ok(steward, 'POST', '/v1/organizations', { name: 'Woodwork', blueprint: 'workshop' })).id;
    path = `/v1/organizations/${organizationId}`;
  });
  after(() => tenet?.stop());

  it('shows what it is made of', async () => {
    const { switches, roles } = await ok(steward, 'GET', '/v1/blueprints/workshop');
    expect(roles.map(({ id }) => id)).to.include.members(['org.steward', 'org.artisan', 'project.keeper']);
    expect(switches.customRoles).to.include({ atMost: 3 });
  });

  it('invites, and the invited person has the role that goes without saying', async () => {
    const { items } = await ok(steward, 'POST', `${path}/invitations`, { invitees: [{ email: 'artisan@example.com' }] });
    const artisan = await person('artisan@example.com');
    const member = await ok(artisan, 'POST', `/v1/me/invitations/${items[0]!.id}/accept`);
    expect(member.roles.map(({ role }) => role)).to.deep.equal(['org.artisan']);
    expect((await send(artisan, 'POST', `${path}/invitations`, { invitees: [{ email: 'x@example.com' }] })).status).to.equal(403);
  });

  it('has projects, with people from outside in them, and deletes none that people still have a role in', async () => {
    const projectId = (await ok(steward, 'POST', `${path}/projects`, { name: 'Lathe' })).id;
    const guest = await person('guest@example.com');
    const project = `${path}/projects/${projectId}`;
    expect((await send(guest, 'GET', project)).status).to.equal(404);
    const body = { subject: { type: 'USER', id: guest.id }, role: 'project.guest' };
    const grant = await ok(steward, 'POST', `${project}/grants`, body);
    expect(grant).to.include({ external: true });
    expect((await send(guest, 'GET', project)).status).to.equal(200);
    expect((await send(guest, 'GET', path)).status).to.equal(404);
    expect((await send(steward, 'DELETE', project)).status).to.equal(409);
    await ok(steward, 'POST', `${project}/grants/${grant.id}/revoke`);
    expect((await send(guest, 'GET', project)).status).to.equal(404);
  });

  it('defines a role of its own, which is given beside another one', async () => {
    const role = { title: 'Machinist', tier: 'org.artisan', permissions: ['machine:list', 'machine:run'] };
    const { id } = await ok(steward, 'POST', `${path}/roles`, role);
    const { items } = await ok(steward, 'GET', `${path}/members?q=artisan`);
    const userId = items[0]!.userId;
    // An artisan reads members already: what runs machines is kept apart from that, and the plan of the grant says so.
    const grant = { subject: { type: 'USER', id: userId }, role: id };
    const { access } = await ok(steward, 'POST', `${path}/grants?validateOnly=true`, grant);
    const apart = 'would come to have both machine:run and member:read in one place';
    expect(access.rails.map((rail) => rail.id)).to.deep.equal(['SEPARATION_OF_DUTIES']);
    expect(access.rails[0]).to.include({ status: 'WARN', organizationId });
    expect(access.rails[0]!.detail).to.match(
      new RegExp(`^1 person ${apart}, in ${organizationId}, and not now\\. Who runs machines does not`),
    );
    await ok(steward, 'POST', `${path}/grants`, grant);
    const again = { subject: { type: 'USER', id: userId }, role: 'org.steward' };
    expect((await ok(steward, 'POST', `${path}/grants?validateOnly=true`, again)).access.rails).to.deep.equal([]);
    const { capabilities } = await ok(steward, 'GET', `${path}/members/${userId}/capabilities`);
    expect(capabilities['machine']).to.have.members(['list', 'run']);
  });

  it('makes keys of its kind: with scopes that are chosen, an end, and a rate that is counted', async () => {
    const key = await makeKey(steward, { organizationId }, { scopes: ['looking'] });
    expect(key.expiresAt).to.be.a('string');
    const program = tenet.bearing(key.secret);
    expect((await send(program, 'GET', path)).status).to.equal(200);
    expect((await send(program, 'POST', `${path}/invitations`, { invitees: [{ email: 'x@example.com' }] })).status).to.equal(403);
    expect((await send(program, 'GET', path)).status).to.equal(200);
    expect((await send(program, 'GET', path)).status).to.equal(429);
  });

  it('asks for a confirmation before a member is removed, and records it all', async () => {
    const { items } = await ok(steward, 'GET', `${path}/members?q=artisan`);
    const remove = `${path}/members/${items[0]!.userId}/remove`;
    expect((await send(steward, 'POST', remove, {})).status).to.be.within(400, 422);
    await ok(steward, 'POST', remove, { confirmation: 'artisan@example.com' });
    const actions = (await auditTrail(steward, organizationId)).map(({ action }) => action);
    expect(actions).to.include.members([
      'organization.create',
      'invitation.accept',
      'project.create',
      'role.create',
      'api-key.create',
      'member.remove',
    ]);
  });
});
