import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { allowLess, foundOrganization, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the work of a member who goes', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let grace: Person;
  let own: { id: string; secret: string };
  let made: { id: string; secret: string };
  let accountId: string;
  let invitationId: string;
  const place = () => ({ organizationId });
  const member = ({ id }: { id: string }) => pathIn(place(), `/members/${id}`);
  const remove = (body: object, query = '') => send(owner, 'POST', `${member(grace)}/remove${query}`, body);

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());

  // Grace has a key of her own, and made a service account, a key of another one, and an invitation.
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
    grace = await join(tenet, place(), 'grace@example.com', 'org.admin');
    own = await makeKey(grace, place());
    accountId = await makeAccount(grace, place(), 'org.member');
    const other = await makeAccount(owner, place(), 'org.member');
    made = await makeKey(grace, place(), { owner: { type: 'SERVICE_ACCOUNT', id: other } });
    const invited = await send(grace, 'POST', pathIn(place(), '/invitations'), {
      invitees: [{ email: 'invited@example.com' }],
      roles: ['org.member'],
    });
    invitationId = (invited.body as { items: [{ id: string }] }).items[0].id;
  });

  const stateOfInvitation = async () =>
    (await send(owner, 'GET', pathIn(place(), `/invitations/${invitationId}`))).body as { state: string; invitedBy: string };
  const works = async (key: { secret: string }) => (await withKey(tenet, key).raw(`/v1/organizations/${organizationId}`)).status !== 401;
  const accept = async () => {
    const invited = await tenet.as('invited@example.com');
    return send(invited, 'POST', `/v1/me/invitations/${invitationId}/accept`);
  };

  it('is shown by a plan before: what ends with the member, and what stays', async () => {
    const { status, body } = await remove({}, '?validateOnly=true');
    expect(status).to.equal(200);
    const plan = body as { changes: { items: { action: string }[] }; affected: object };
    expect(plan.changes.items.map(({ action }) => action)).to.deep.equal(['api-key.revoke', 'member.remove']);
    expect(plan.affected).to.deep.equal({
      total: 1,
      items: [
        {
          organizationId,
          subject: { type: 'USER', id: grace.id },
          email: 'grace@example.com',
          membership: 'ENDS',
          rolesGained: [],
          rolesLost: [{ role: 'org.admin' }],
          keysGained: 0,
          keysLost: 1,
          keeps: { invitations: 1, serviceAccounts: 1, apiKeys: 1 },
        },
      ],
    });
    expect(await works(own)).to.equal(true);
  });

  it('is told for a member who is switched off too: roles and keys rest', async () => {
    const { body } = await send(owner, 'PATCH', `${member(grace)}?validateOnly=true`, { state: 'INACTIVE' });
    expect((body as { affected: { items: object[] } }).affected.items[0]).to.deep.include({
      membership: 'RESTS',
      rolesLost: [{ role: 'org.admin' }],
      keysLost: 1,
      keeps: { invitations: 1, serviceAccounts: 1, apiKeys: 1 },
    });
  });

  it('stays where nothing is said, and an invitation by somebody who is gone is worth nothing', async () => {
    expect((await remove({})).status).to.equal(204);
    expect(await works(own)).to.equal(false);
    expect(await works(made)).to.equal(true);
    expect((await stateOfInvitation()).state).to.equal('PENDING');
    expect((await accept()).status).to.equal(409);
  });

  it('is revoked where that is said, and the plan has it all', async () => {
    const body = { disposition: { invitations: 'REVOKE', serviceAccounts: 'REVOKE', apiKeys: 'REVOKE' } };
    const plan = (await remove(body, '?validateOnly=true')).body as {
      changes: { items: { action: string; target: string }[] };
      affected: { total: number; items: { subject: { id: string }; keeps?: object }[] };
    };
    expect(plan.changes.items.map(({ action, target }) => `${action} ${target}`)).to.deep.equal([
      `invitation.revoke ${invitationId}`,
      `service-account.delete ${accountId}`,
      `api-key.revoke ${made.id}`,
      `api-key.revoke ${own.id}`,
      `member.remove ${grace.id}`,
    ]);
    expect(plan.affected.total).to.equal(3);
    expect(plan.affected.items.find(({ subject }) => subject.id === grace.id)?.keeps).to.deep.equal({
      invitations: 0,
      serviceAccounts: 0,
      apiKeys: 0,
    });
    expect((await stateOfInvitation()).state).to.equal('PENDING');
    expect((await remove(body)).status).to.equal(204);
    expect((await stateOfInvitation()).state).to.equal('REVOKED');
    expect((await send(owner, 'GET', pathIn(place(), `/service-accounts/${accountId}`))).status).to.equal(404);
    expect(await works(made)).to.equal(false);
  });

  it('invitations pass to the caller, or to another member who may offer their roles', async () => {
    const ada = await join(tenet, place(), 'ada@example.com', 'org.member');
    const refused = async (successorId: string) => {
      const reply = await remove({ disposition: { invitations: 'TRANSFER', successorId } });
      expect(reply.status).to.equal(400);
      return (reply.body as { errors: [{ pointer: string; detail: string }] }).errors[0];
    };
    expect(await refused(ada.id)).to.deep.equal({
      pointer: '#/disposition/successorId',
      detail: 'must be a member who may offer the role org.member, which an invitation offers',
    });
    expect((await refused(grace.id)).detail).to.equal('must be another member than the one who goes');
    const stranger = await (await tenet.as('stranger@example.com')).userId();
    expect((await refused(stranger)).detail).to.equal('must be an active member of the organization');

    expect((await remove({ disposition: { invitations: 'TRANSFER' } })).status).to.equal(204);
    expect(await stateOfInvitation()).to.include({ state: 'PENDING', invitedBy: owner.id });
    expect((await accept()).status).to.equal(200);
  });

  it('invitations pass to a member who is named', async () => {
    const ada = await join(tenet, place(), 'ada@example.com', 'org.admin');
    const disposition = { invitations: 'TRANSFER', successorId: ada.id };
    const reply = await send(owner, 'PATCH', member(grace), { state: 'INACTIVE', disposition });
    expect(reply.status).to.equal(200);
    expect(await stateOfInvitation()).to.include({ state: 'PENDING', invitedBy: ada.id });
    // Who is inactive already can still be cleared up behind.
    const again = await send(owner, 'PATCH', member(grace), { state: 'INACTIVE', disposition: { apiKeys: 'REVOKE' } });
    expect(again.status).to.equal(200);
    expect(await works(made)).to.equal(false);
  });

  it('is disposed of only when the member goes, and a successor is named only where something passes', async () => {
    const staying = await send(owner, 'PATCH', member(grace), { displayName: 'G', disposition: { apiKeys: 'REVOKE' } });
    expect(staying.body).to.deep.include({
      errors: [{ pointer: '#/disposition', detail: 'is only for a request with the state INACTIVE' }],
    });
    const idle = await remove({ disposition: { invitations: 'REVOKE', successorId: owner.id } });
    expect(idle.status).to.equal(400);
    expect(await works(made)).to.equal(true);
  });

  it('a last holder is refused in a plan as in the removal', async () => {
    const planned = await send(owner, 'POST', `${member(owner)}/remove?validateOnly=true`, {});
    const done = await send(owner, 'POST', `${member(owner)}/remove`, {});
    const { code, detail, requiredPermission } = planned.body as Record<string, string>;
    expect(done.body).to.include({ code, detail, requiredPermission });
    const left = await send(owner, 'POST', pathIn(place(), '/leave?validateOnly=true'), {});
    expect([left.status, (left.body as { code: string }).code]).to.deep.equal([409, 'last-owner']);
  });

  describe('who leaves', () => {
    const leave = (body: object, query = '') => send(grace, 'POST', pathIn(place(), `/leave${query}`), body);

    it('is shown by a plan before: what ends, and what stays', async () => {
      const { status, body } = await leave({}, '?validateOnly=true');
      expect(status).to.equal(200);
      const plan = body as { changes: { items: { action: string }[] }; affected: { items: object[] } };
      expect(plan.changes.items.map(({ action }) => action)).to.deep.equal(['api-key.revoke', 'member.leave']);
      expect(plan.affected.items).to.have.length(1);
      expect(plan.affected.items[0]).to.deep.include({
        subject: { type: 'USER', id: grace.id },
        membership: 'ENDS',
        rolesLost: [{ role: 'org.admin' }],
        keysLost: 1,
        keeps: { invitations: 1, serviceAccounts: 1, apiKeys: 1 },
      });
      expect(await works(own)).to.equal(true);
    });

    it('is revoked where they say so, as the plan has it', async () => {
      const body = { disposition: { invitations: 'REVOKE', serviceAccounts: 'REVOKE', apiKeys: 'REVOKE' } };
      const planned = await leave(body, '?validateOnly=true');
      expect(planned.status, planned.text).to.equal(200);
      const plan = planned.body as { changes: { items: { action: string; target: string }[] } };
      expect(plan.changes.items.map(({ action, target }) => `${action} ${target}`)).to.deep.equal([
        `invitation.revoke ${invitationId}`,
        `service-account.delete ${accountId}`,
        `api-key.revoke ${made.id}`,
        `api-key.revoke ${own.id}`,
        `member.leave ${grace.id}`,
      ]);
      expect((await stateOfInvitation()).state).to.equal('PENDING');
      expect((await leave(body)).status).to.equal(204);
      expect((await stateOfInvitation()).state).to.equal('REVOKED');
      expect((await send(owner, 'GET', pathIn(place(), `/service-accounts/${accountId}`))).status).to.equal(404);
      expect(await works(made)).to.equal(false);
    });

    it('stays where they say nothing', async () => {
      expect((await leave({})).status).to.equal(204);
      expect(await works(made)).to.equal(true);
      expect((await stateOfInvitation()).state).to.equal('PENDING');
    });

    it('passes to a member whom they name', async () => {
      const unnamed = await leave({ disposition: { invitations: 'TRANSFER' } });
      expect(unnamed.body).to.deep.include({
        errors: [
          { pointer: '#/disposition/successorId', detail: 'is needed: the member who takes over the invitations of the one who goes' },
        ],
      });
      expect((await leave({ disposition: { invitations: 'TRANSFER', successorId: grace.id } })).status).to.equal(400);
      expect((await leave({ disposition: { invitations: 'TRANSFER', successorId: owner.id } })).status).to.equal(204);
      expect(await stateOfInvitation()).to.include({ state: 'PENDING', invitedBy: owner.id });
      expect((await accept()).status).to.equal(200);
    });

    it('asks for what each part of it asks for alone: who lost the role leaves, and revokes nothing', async () => {
      await inDatabase(tenet, organizationId, "update grants set role = 'org.member' where user_id = ?", [toUuid('user', grace.id)]);
      const refused = await leave({ disposition: { invitations: 'REVOKE' } });
      expect(refused.status).to.equal(403);
      expect(refused.body).to.include({ requiredPermission: 'invitation:revoke' });
      expect((await stateOfInvitation()).state).to.equal('PENDING');
      expect((await leave({})).status).to.equal(204);
    });
  });

  // The last one: it changes the policy for all.
  describe('under a policy that allows less', () => {
    it('asks for what each part of it asks for alone', async () => {
      const ada = await join(tenet, place(), 'ada@example.com', 'org.admin');
      await allowLess(tenet, ([, , resource, action]) => resource !== 'api-key' || action !== 'revoke');
      const body = { disposition: { apiKeys: 'REVOKE' } };
      for (const query of ['?validateOnly=true', '']) {
        const reply = await send(ada, 'POST', `${member(grace)}/remove${query}`, body);
        expect(reply.status, reply.text).to.equal(403);
        expect(reply.body).to.include({ requiredPermission: 'api-key:revoke' });
      }
      expect(await works(made)).to.equal(true);
    });
  });
});
