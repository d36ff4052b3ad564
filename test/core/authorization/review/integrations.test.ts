import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import { domainOf, type Level } from '../../../../core/authorization/policy/domain.ts';
import { splitPermission } from '../../../../core/authorization/policy/vocabulary.ts';
import { integrations } from '../contents.ts';

const resources: Readonly<Record<string, string>> = {
  invitations: 'invitation',
  connections: 'connection',
  secrets: 'secret',
  AuthKit: 'authkit',
  projects: 'project',
};

interface Cell {
  readonly title: string;
  readonly role: string;
  readonly permission: string;
  readonly expected: string;
}

/** The cells of a table: permissions down, roles across. */
function readCells(file: string): Cell[] {
  const [header = '', ...lines] = readFileSync(new URL(`../../../acceptance/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const [, ...roles] = header.split(',');
  return lines.flatMap((line) => {
    const [title = '', ...expected] = line.split(',');
    const [verb = '', noun = ''] = title.split(' ');
    return roles.map((role, column) => ({
      title,
      role,
      permission: `${resources[noun]}:${verb.toLowerCase()}`,
      expected: expected[column]!,
    }));
  });
}

describe('the integrations policy', () => {
  const organizationCells = readCells('pica_org.csv');
  const projectCells = readCells('pica_project.csv');
  let engine: Engine;

  before(async () => {
    engine = createEngine(await integrations());
  });

  function ask(roles: readonly string[], level: Level, permission: string): 'allow' | 'deny' {
    const domain = domainOf({
      organizationId: level === 'platform' ? undefined : 'org_1',
      projectId: level === 'project' ? 'prj_1' : undefined,
    });
    const names = roles.map((role) => (role.includes('/') ? role : `integrations/${role}`));
    const verdict = engine.decide({ roles: engine.roleSet(names), domain, ...splitPermission(permission) });
    expect(verdict.reason, `${permission} can be asked at ${level} level`).not.to.match(/^unknown/);
    return verdict.allowed ? 'allow' : 'deny';
  }

  describe('PICA-26: the table of the organization', () => {
    it('has 60 cells', () => expect(organizationCells).to.have.length(60));
    for (const { title, role, permission, expected } of organizationCells) {
      it(`PICA-26 ${title}: ${role} -> ${expected}`, () => {
        expect(ask(['member/self', `org.${role}`], 'org', permission)).to.equal(expected);
      });
    }
  });

  describe('PICA-27: the table of the project, on the role in the project alone', () => {
    it('has 45 cells', () => expect(projectCells).to.have.length(45));
    for (const { title, role, permission, expected } of projectCells) {
      it(`PICA-27 ${title}: ${role} -> ${expected}`, () => {
        expect(ask([`project.${role}`], 'project', permission)).to.equal(expected);
      });
    }
  });

  it('PICA-28 the rows on resources are the same in both tables', () => {
    const titles = new Set(projectCells.map(({ title }) => title));
    expect(organizationCells.filter(({ title }) => titles.has(title))).to.deep.equal(projectCells);
  });

  it('PICA-29 the table of the project knows neither invitations nor the creation of projects', () => {
    expect(projectCells.filter(({ permission }) => /^(invitation|project):/.test(permission))).to.deep.equal([]);
  });

  describe('who decides about what', () => {
    const cases: [title: string, roles: string[], level: Level, permission: string, expected: 'allow' | 'deny'][] = [
      ['PICA-11 an admin updates the organization', ['org.admin'], 'org', 'organization:update', 'allow'],
      ['PICA-11 an admin deletes the organization', ['org.admin'], 'org', 'organization:delete', 'allow'],
      ['PICA-11 an admin deletes a project', ['org.admin'], 'project', 'project:delete', 'allow'],
      ['PICA-14 an admin reads the audit log', ['org.admin'], 'org', 'audit-event:list', 'allow'],
      ['PICA-14 a manager does not read the audit log', ['org.manager'], 'org', 'audit-event:list', 'deny'],
      ['PICA-14 a member does not read the audit log', ['org.member'], 'org', 'audit-event:list', 'deny'],
      ['PICA-15 a manager does not change the organization', ['org.manager'], 'org', 'organization:update', 'deny'],
      ['PICA-16 a manager updates a project', ['org.manager'], 'project', 'project:update', 'allow'],
      ['PICA-18 a manager does not delete the organization', ['org.manager'], 'org', 'organization:delete', 'deny'],
      ['PICA-19 a manager does not delete connections in projects either', ['org.manager'], 'project', 'connection:delete', 'deny'],
      ['PICA-20 a manager deletes secrets', ['org.manager'], 'org', 'secret:delete', 'allow'],
      ['PICA-24 a member creates secrets', ['org.member'], 'org', 'secret:create', 'allow'],
      ['PICA-24 a member does not read secrets', ['org.member'], 'org', 'secret:read', 'deny'],
      ['PICA-25 a member does not create projects', ['org.member'], 'org', 'project:create', 'deny'],
      ['PICA-30 a project manager does not give access', ['project.manager'], 'project', 'grant:create', 'deny'],
      ['PICA-30 a project member does not give access', ['project.member'], 'project', 'grant:create', 'deny'],
      ['PICA-37 a project admin deletes the project', ['project.admin'], 'project', 'project:delete', 'allow'],
      ['PICA-37 a project manager does not delete the project', ['project.manager'], 'project', 'project:delete', 'deny'],
      ['PICA-40 a project admin gives roles of the project', ['project.admin'], 'project', 'role:project.admin:assign', 'allow'],
      ['PICA-44 a project admin gives no role of the organization', ['project.admin'], 'project', 'role:org.member:assign', 'deny'],
      ['PICA-46 an organization admin has all of a project admin', ['org.admin'], 'project', 'role:project.admin:unassign', 'allow'],
      ['PICA-46 an organization manager works in every project', ['org.manager'], 'project', 'connection:update', 'allow'],
      ['PICA-46 an organization member reaches no project', ['org.member', 'member/self'], 'project', 'connection:list', 'deny'],
      ['PICA-46 roles of organization and project add up', ['org.member', 'project.manager'], 'project', 'secret:read', 'allow'],
      ['PICA-52 a role in a project does not reach the organization', ['project.admin'], 'org', 'connection:list', 'deny'],
      ['every member reads the organization', ['member/self'], 'org', 'organization:read', 'allow'],
      ['an admin takes the role of an admin', ['org.admin'], 'org', 'role:org.admin:unassign', 'allow'],
      ['a manager gives no role', ['org.manager'], 'org', 'role:org.member:assign', 'deny'],
    ];
    for (const [title, roles, level, permission, expected] of cases) {
      it(title, () => expect(ask(roles, level, permission)).to.equal(expected));
    }
  });

  it('PICA-07 nobody gives or takes ownership: it is no role', () => {
    const roles = engine.roleSet(engine.blueprint!.roles.map(({ id }) => `integrations/${id}`));
    for (const action of ['assign', 'unassign']) {
      const verdict = engine.decide({ roles, domain: domainOf({ organizationId: 'org_1' }), resource: 'role:org.owner', action });
      expect(verdict).to.deep.equal({ allowed: false, reason: 'unknown-resource' });
    }
  });

  it('PICA-06 the organization has the roles admin, manager and member, and no fourth', () => {
    const ids = engine.blueprint!.roles.filter(({ level }) => level === 'org').map(({ id }) => id);
    expect(ids).to.deep.equal(['org.admin', 'org.manager', 'org.member']);
    expect(engine.blueprint!.customRoles).to.equal(undefined);
  });

  it('PICA-35, PICA-43 an invitation lasts seven days and whoever joins without a role is a member', () => {
    expect(engine.blueprint).to.include({ lowestRole: 'org.member', topRole: 'org.admin', owner: 'exactly-one' });
    expect(engine.blueprint!.invitations.expireAfterDays).to.equal(7);
  });
});
