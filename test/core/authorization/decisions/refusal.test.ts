import { expect } from 'chai';
import { toProblem } from '../../../../api/http/problem.ts';
import { decideWith } from '../../../../core/authorization/decisions/decide.ts';
import { refusalOf } from '../../../../core/authorization/decisions/refusal.ts';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import { domainOf } from '../../../../core/authorization/policy/domain.ts';
import { integrations } from '../contents.ts';

describe('a denial', () => {
  let engine: Engine;

  before(async () => {
    engine = createEngine(await integrations());
  });

  function answer(roles: string[], permission: string, projectId?: string) {
    const domain = permission.startsWith('platform ') ? domainOf({}) : domainOf({ organizationId: 'org_1', projectId });
    const [resource, action] = permission.replace('platform ', '').split(':');
    const snapshot = { subject: { type: 'user' as const, id: 'user_1', uuid: '' }, domain, roles, revisions: [], exists: true };
    const decision = decideWith(engine, snapshot, resource!, action!);
    expect(decision.allowed).to.equal(false);
    const { status, body, headers } = toProblem(refusalOf(engine, decision), { requestId: 'req_1' });
    return { status, ...(body as { code: string; detail: string }), challenge: headers?.['WWW-Authenticate'] };
  }

  const admin = ['member/self', 'integrations/org.admin'];

  for (const [title, roles, permission, status, code] of [
    ['by a suspension of the organization', [...admin, 'state/suspended'], 'project:create', 403, 'organization-suspended'],
    ['by a suspension of the person', [...admin, 'state/suspended-user'], 'organization:read', 403, 'user-suspended'],
    [
      'by a suspension of the person, on the platform',
      ['platform/user', 'state/suspended-user'],
      'platform user:read-self',
      403,
      'user-suspended',
    ],
    ['by a membership that is switched off', [...admin, 'state/inactive-member'], 'organization:read', 404, 'not-found'],
    ['in a personal organization (MIN-01)', [...admin, 'state/personal'], 'invitation:create', 409, 'personal-organization'],
    ['without the plan (PICA-02, S001-02)', [...admin, 'state/not-entitled'], 'project:create', 403, 'plan-required'],
    [
      'without the plan, on the platform (PICA-02)',
      ['platform/user', 'state/not-entitled'],
      'platform organization:create',
      403,
      'plan-required',
    ],
    ['without the second factor', [...admin, 'state/mfa-missing'], 'organization:read', 401, 'mfa-required'],
    ['by no state', ['member/self'], 'project:create', 403, 'permission-denied'],
    [
      'of a suspended person in a suspended organization',
      [...admin, 'state/suspended', 'state/suspended-user'],
      'project:create',
      403,
      'user-suspended',
    ],
    [
      'of an inactive member of a suspended organization',
      [...admin, 'state/suspended', 'state/inactive-member'],
      'project:create',
      404,
      'not-found',
    ],
    ['of somebody who holds nothing there but a state', ['state/suspended'], 'project:create', 404, 'not-found'],
    ['of somebody who holds nothing there', [], 'organization:read', 404, 'not-found'],
  ] as [string, string[], string, number, string][]) {
    it(`${title} is ${status} ${code}`, () => {
      expect(answer(roles, permission)).to.include({ status, code });
    });
  }

  it('by a suspension says who can lift it, and is told in a project to those who could read it', () => {
    const roles = [...admin, 'state/suspended'];
    expect(answer(roles, 'project:create').detail).to.match(/^The organization is suspended\. .*an operator of this installation can\.$/);
    expect(answer(roles, 'project:read', 'prj_1')).to.include({ status: 403, code: 'organization-suspended' });
    expect(answer(['member/self', 'state/suspended'], 'project:read', 'prj_1')).to.include({ status: 404, code: 'not-found' });
  });

  it('says that no role helps where the kind of organization has none that does, and only to those who see the place', () => {
    const none = / No role in an organization of this kind \(Integrations\) has it\.$/;
    expect(answer(admin, 'alert:update').detail).to.match(none);
    expect(answer(['member/self'], 'alert:update'))
      .to.include({ code: 'permission-denied' })
      .and.have.property('detail')
      .that.match(none);
    // A member may ask for a role that has it, and the owner for the ownership.
    expect(answer(['member/self'], 'project:create').detail).to.equal('You do not have the permission project:create here.');
    expect(answer(admin, 'ownership:transfer').detail).to.equal('You do not have the permission ownership:transfer here.');
    expect(answer([], 'alert:update')).to.include({ status: 404 });
  });

  it('of a manifest says nothing of roles, which it does not hold', () => {
    const subject = { type: 'controller' as const, id: 'manifest' };
    const roles = ['platform/controller'];
    const snapshot = { subject, domain: domainOf({ organizationId: 'org_1' }), roles, revisions: [], exists: true };
    const refused = refusalOf(engine, decideWith(engine, snapshot, 'alert', 'update'), { isKnown: true });
    expect(refused.message).to.not.include('No role');
  });

  it('of a key on the platform says how far a key reaches', () => {
    const subject = { type: 'api-key' as const, id: 'key_1', uuid: '' };
    const decision = decideWith(engine, { subject, domain: domainOf({}), roles: [], revisions: [], exists: true }, 'user', 'read-self');
    expect(toProblem(refusalOf(engine, decision), { requestId: 'req_1' }).body)
      .to.have.property('detail')
      .that.includes('send an access token');
  });

  it('without the second factor challenges for one (RFC 9470)', () => {
    expect(answer([...admin, 'state/mfa-missing'], 'project:create').challenge).to.contain('error="insufficient_user_authentication"');
  });
});
