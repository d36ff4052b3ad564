import { expect } from 'chai';
import { domainOf, isConcreteDomain, isDomain } from '../../../../core/authorization/policy/domain.ts';
import { InvalidInput } from '../../../../core/base/errors.ts';

describe('a domain', () => {
  it('is the platform when nothing is named', () => {
    expect(domainOf({})).to.deep.equal({ dom: 'platform', org: 'platform', level: 'platform' });
  });

  it('is an organization', () => {
    expect(domainOf({ organizationId: 'org_1' })).to.deep.equal({ dom: 'org_1', org: 'org_1', level: 'org' });
  });

  it('is a project inside its organization', () => {
    expect(domainOf({ organizationId: 'org_1', projectId: 'prj_2' })).to.deep.equal({ dom: 'org_1/prj_2', org: 'org_1', level: 'project' });
  });

  it('is refused for a project without its organization', () => {
    expect(() => domainOf({ projectId: 'prj_2' })).to.throw(InvalidInput, /together with its organization/);
  });

  for (const organizationId of ['', '*', 'org', 'platform', 'prj_1', 'org_1/prj_2', 'org_1, x', 'org_*', 'org_1\n', 'user_1']) {
    it(`is refused for the organization ${JSON.stringify(organizationId)}`, () => {
      expect(() => domainOf({ organizationId })).to.throw(InvalidInput);
    });
  }

  for (const projectId of ['', '*', 'project', 'org_1', 'prj_1/x', 'prj_*']) {
    it(`is refused for the project ${JSON.stringify(projectId)}`, () => {
      expect(() => domainOf({ organizationId: 'org_1', projectId })).to.throw(InvalidInput);
    });
  }

  it('put together by hand is noticed when the project is not in the organization', () => {
    expect(isDomain({ dom: 'org_1/prj_1', org: 'org_2', level: 'project' })).to.equal(false);
    expect(isDomain({ dom: 'org_1', org: 'org_1', level: 'project' })).to.equal(false);
    expect(isDomain({ dom: 'org_1', org: 'org_1', level: 'platform' })).to.equal(false);
    expect(isDomain(domainOf({ organizationId: 'org_1', projectId: 'prj_1' }))).to.equal(true);
  });

  it('of a row is concrete when it names an organization or a project', () => {
    expect(['org_1', 'org_1/prj_1'].map(isConcreteDomain)).to.deep.equal([true, true]);
    expect(['*', 'org', 'project', 'platform', 'org_1/prj_1/x', 'org_1/'].map(isConcreteDomain)).to.not.include(true);
  });
});
