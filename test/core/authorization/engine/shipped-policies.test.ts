import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { createEngine } from '../../../../core/authorization/engine/engine.ts';
import { createStock } from '../../../../core/authorization/engine/stock.ts';
import type { Blueprint } from '../../../../core/authorization/policy/blueprint.ts';
import { type Domain, domainOf, type Level } from '../../../../core/authorization/policy/domain.ts';
import type { Vocabulary } from '../../../../core/authorization/policy/vocabulary.ts';
import { shippedPolicies } from '../../../helpers/policies.ts';

const blueprints = readdirSync(new URL('../../../../policies/blueprints', import.meta.url));
const places: Record<Level, Domain> = {
  platform: domainOf({}),
  org: domainOf({ organizationId: 'org_1' }),
  project: domainOf({ organizationId: 'org_1', projectId: 'prj_1' }),
};

/** The role sets that people can have at a level, without their states. */
function roleSets(level: Level, vocabulary: Vocabulary, { name, roles, owner, topRole }: Blueprint): string[][] {
  const platform = Object.keys(vocabulary.roles).filter((role) => role.startsWith('platform/'));
  if (level === 'platform') return platform.map((role) => [...new Set(['platform/user', role])]);
  const at = (wanted: Level) => roles.filter((role) => role.level === wanted).map(({ id }) => [`${name}/${id}`]);
  const owning = owner === 'exactly-one' ? [[`${name}/org.owner`, `${name}/${topRole}`]] : [];
  const inOrganization = [[], ...at('org'), ...owning].map((held) => ['member/self', ...held]);
  if (level === 'org') return [[], ...inOrganization];
  return [[], ...inOrganization.flatMap((held) => [[], ...at('project')].map((project) => [...held, ...project]))];
}

// With what test/api/authorization.test.ts shows of each operation and each person, this stands for every request that could be sent.
describe('the policies that ship', () => {
  for (const name of blueprints) {
    for (const level of Object.keys(places) as Level[]) {
      it(`${name}: engine and stock Casbin agree on every permission of the level ${level}, for every role set in every state`, async function () {
        this.timeout(120_000);
        const all = await shippedPolicies();
        const contents = [all.find(({ scope }) => scope === 'platform')!, all.find(({ scope }) => scope === `blueprint/${name}`)!];
        const engine = createEngine(contents);
        const stock = createStock(contents);
        const subjects = new Set(engine.rows().map(([subject]) => subject));
        const states = [...subjects].filter((subject) => subject.startsWith('state/'));
        const counts = { asked: 0, allowed: 0, denied: 0 };
        for (const held of roleSets(level, contents[0]!.vocabulary!, contents[1]!.blueprint!)) {
          for (const state of [undefined, ...states]) {
            const names = [...held, ...(state === undefined ? [] : [state])];
            const roles = engine.roleSet(names);
            for (const { resource, action } of engine.permissions(level)) {
              const { allowed, row } = engine.decide({ roles, domain: places[level], resource, action });
              const expected = stock.decide('user_1', names, places[level], resource, action);
              expect({ allowed, row }, `${names.join(' ')} ${resource}:${action}`).to.deep.equal({
                allowed: expected.allowed,
                row: expected.row,
              });
              counts.asked += 1;
              if (allowed) counts.allowed += 1;
              else if (row) counts.denied += 1;
            }
          }
        }
        console.log(`      ${counts.asked} questions, ${counts.allowed} allowed, ${counts.denied} denied by a row`);
        // Where there are no projects, nobody is allowed anything in one.
        if (contents[1]!.blueprint!.projects === 'none' && level === 'project') expect(counts.allowed).to.equal(0);
        else expect(counts.allowed).to.be.greaterThan(0);
        expect(counts.denied).to.be.greaterThan(0);
      });
    }
  }
});
