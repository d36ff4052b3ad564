import { expect } from 'chai';
import { rolesThatWouldAllow } from '../../../../core/authorization/decisions/nearest.ts';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import { domainOf } from '../../../../core/authorization/policy/domain.ts';
import { integrations } from '../contents.ts';

describe('the roles that would allow it', () => {
  let engine: Engine;

  before(async () => {
    engine = createEngine(await integrations());
  });

  function nearest(roles: string[], resource: string, action: string, projectId?: string): string[] {
    return rolesThatWouldAllow(engine, {
      roles: engine.roleSet(roles),
      domain: domainOf({ organizationId: 'org_1', projectId }),
      resource,
      action,
    });
  }

  it('start with the one that allows the least', () => {
    expect(nearest(['integrations/org.member'], 'secret', 'read')).to.deep.equal(['integrations/org.manager', 'integrations/org.admin']);
  });

  it('in a project include roles of the project and of the organization', () => {
    const roles = nearest(['integrations/org.member'], 'connection', 'list', 'prj_1');
    expect(roles[0]).to.equal('integrations/project.member');
    expect(roles).to.include('integrations/org.admin').and.not.include('integrations/org.member');
  });

  it('are none for what is allowed already', () => {
    expect(nearest(['integrations/org.admin'], 'secret', 'read')).to.deep.equal([]);
  });

  it('are none where a state denies: no role helps against it', () => {
    expect(nearest(['integrations/org.member', 'state/suspended'], 'secret', 'read')).to.deep.equal([]);
  });

  it('are none for what does not exist', () => {
    expect(nearest([], 'role:org.owner', 'assign')).to.deep.equal([]);
  });
});
