import { expect } from 'chai';
import fc from 'fast-check';
import { createCompiledPolicies } from '../../../../core/authorization/engine/compiled-policies.ts';
import { createEngine } from '../../../../core/authorization/engine/engine.ts';
import { createStock } from '../../../../core/authorization/engine/stock.ts';
import { type Domain, domainOf } from '../../../../core/authorization/policy/domain.ts';
import { runs } from '../../../helpers/rounds.ts';
import { content, integrations } from '../contents.ts';

const subjects = [
  'platform/user',
  'member/self',
  'state/closed',
  'state/asleep',
  'house/org.guest',
  'house/project.painter',
  'role_1',
  'role_2',
];
const domains = ['*', '*', 'platform', 'org', 'project', 'org_1', 'org_1/prj_1', 'org_1/prj_2', 'org_2', 'org_2/prj_1'];
const objects = ['*', '*', 'door', 'room', 'key', 'lamp', 'role:org.guest'];
const actions = ['*', '*', 'open', 'open', 'close', 'paint', 'copy', 'switch', 'assign'];

const rowOf = (from: string[], within: string[]) =>
  fc
    .tuple(
      fc.constantFrom(...from),
      fc.constantFrom(...within),
      fc.constantFrom(...objects),
      fc.constantFrom(...actions),
      fc.oneof({ weight: 4, arbitrary: fc.constant('allow') }, { weight: 1, arbitrary: fc.constant('deny') }),
    )
    .map((fields) => fields.join(', '));
const length = { minLength: 2, maxLength: 15, size: 'max' as const };
const rows = fc.array(rowOf(subjects, domains), length);
const ownRows = fc.array(rowOf(['role_1', 'role_2'], ['org_1', 'org_1/prj_1', 'org_1/prj_2']), length);
const places: Domain[] = [
  domainOf({}),
  domainOf({ organizationId: 'org_1' }),
  domainOf({ organizationId: 'org_1', projectId: 'prj_1' }),
  domainOf({ organizationId: 'org_1', projectId: 'prj_3' }),
  domainOf({ organizationId: 'org_2' }),
  domainOf({ organizationId: 'org_2', projectId: 'prj_1' }),
];
const asked = fc.record({
  roles: fc.subarray(subjects, { minLength: 1 }),
  domain: fc.constantFrom(...places),
  pick: fc.nat(),
});

describe('the engine beside stock Casbin', () => {
  it('gives the same verdict by the same row, for questions to random policies (soak)', function () {
    this.timeout(900_000);
    const seed = Date.now() % 2 ** 31;
    const counts = { asked: 0, allowed: 0, denied: 0 };
    const property = fc.property(
      rows,
      rows,
      ownRows,
      fc.array(asked, { minLength: 70, maxLength: 70 }),
      (platformRows, houseRows, organizationRows, questions) => {
        const shared = [content('platform', platformRows), content('blueprint/house', houseRows)];
        const own = [...shared, content('org_1', organizationRows)];
        const parts = createCompiledPolicies();
        const of = (contents: typeof shared) => ({ engine: createEngine(contents, parts), stock: createStock(contents) });
        const [forOthers, forOrganization] = [of(shared), of(own)];
        for (const { roles, domain, pick } of questions) {
          const { engine, stock } = domain.org === 'org_1' ? forOrganization : forOthers;
          const permissions = engine.permissions(domain.level);
          const { resource, action } = permissions[pick % permissions.length]!;
          const expected = stock.decide('user_1', roles, domain, resource, action);
          const question = { roles: engine.roleSet(roles), domain, resource, action };
          for (const verdict of [engine.decide(question), engine.decide(question)]) {
            expect({ allowed: verdict.allowed, row: verdict.row }).to.deep.equal({ allowed: expected.allowed, row: expected.row });
            expect(verdict.row === expected.row, 'the very same row, not an equal one').to.equal(true);
          }
          counts.asked += 1;
          if (expected.allowed) counts.allowed += 1;
          else if (expected.row !== undefined) counts.denied += 1;
        }
      },
    );
    fc.assert(property, { ...runs(100, 100_000), seed });
    console.log(
      `      seed ${seed}: ${counts.asked} questions, ${counts.allowed} allowed, ${counts.denied} denied by a row, 0 differences`,
    );
    expect(counts.allowed).to.be.at.least(300);
    expect(counts.denied).to.be.at.least(300);
  });

  it('agrees on every permission of every role of the policy that ships', async () => {
    const contents = await integrations();
    const engine = createEngine(contents);
    const stock = createStock(contents);
    const states = ['state/suspended', 'state/inactive-member', 'state/suspended-user'];
    const names = [...new Set(engine.rows().map(([subject]) => subject))].filter((name) => !states.includes(name));
    for (const domain of places) {
      for (const role of names) {
        for (const roles of [[role], [role, 'state/suspended']]) {
          for (const permission of engine.permissions(domain.level)) {
            const { allowed, row: deciding } = engine.decide({ roles: engine.roleSet(roles), domain, ...permission });
            const expected = stock.decide('user_1', roles, domain, permission.resource, permission.action);
            expect({ allowed, row: deciding }).to.deep.equal({ allowed: expected.allowed, row: expected.row });
          }
        }
      }
    }
  });
});
