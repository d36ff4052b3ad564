import { expect } from 'chai';
import { createCompiledPolicies } from '../../../../core/authorization/engine/compiled-policies.ts';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import { domainOf } from '../../../../core/authorization/policy/domain.ts';
import { PolicyError } from '../../../../core/authorization/policy/findings.ts';
import { InvalidInput } from '../../../../core/base/errors.ts';
import { content, integrations, model } from '../contents.ts';

const org1 = domainOf({ organizationId: 'org_1' });
const prj1 = domainOf({ organizationId: 'org_1', projectId: 'prj_1' });
const prj2 = domainOf({ organizationId: 'org_1', projectId: 'prj_2' });
const org2 = domainOf({ organizationId: 'org_2' });

function ask(engine: Engine, roles: string[], domain = org1, resource = 'room', action = 'open') {
  return engine.decide({ roles: engine.roleSet(roles), domain, resource, action });
}

describe('the engine', () => {
  it('denies what no row allows', () => {
    const engine = createEngine([content('platform', [])]);
    expect(ask(engine, ['member/self'])).to.deep.equal({ allowed: false, reason: 'no-match' });
  });

  it('names the row that decided, with its file and line', () => {
    const engine = createEngine([content('platform', ['member/self, org, door, open, allow', 'member/self, org, room, open, allow'])]);
    expect(ask(engine, ['member/self'])).to.deep.equal({
      allowed: true,
      reason: 'allow',
      row: ['member/self', 'org', 'room', 'open', 'allow'],
      source: { file: 'platform.csv', line: 2, scope: 'platform' },
    });
  });

  it('lets a deny win wherever it stands, and names it', () => {
    for (const rows of [
      ['state/closed, *, *, *, deny', 'member/self, *, room, open, allow'],
      ['member/self, *, room, open, allow', 'state/closed, *, *, *, deny'],
    ]) {
      const verdict = ask(createEngine([content('platform', rows)]), ['member/self', 'state/closed']);
      expect(verdict.reason).to.equal('deny');
      expect(verdict.row).to.deep.equal(['state/closed', '*', '*', '*', 'deny']);
    }
  });

  it('refuses an unknown resource type, even when a row allows everything', () => {
    const engine = createEngine([content('platform', ['member/self, *, *, *, allow'])]);
    expect(ask(engine, ['member/self'], org1, 'window').reason).to.equal('unknown-resource');
    expect(ask(engine, ['member/self'], org1, '*').reason).to.equal('unknown-resource');
    expect(ask(engine, ['member/self'], org1, '__proto__').reason).to.equal('unknown-resource');
  });

  it('refuses an unknown action, and an action that does not exist at this level', () => {
    const engine = createEngine([content('platform', ['member/self, *, *, *, allow'])]);
    expect(ask(engine, ['member/self'], org1, 'room', 'burn').reason).to.equal('unknown-action');
    expect(ask(engine, ['member/self'], org1, 'room', '*').reason).to.equal('unknown-action');
    expect(ask(engine, ['member/self'], org1, 'room', 'close').reason).to.equal('unknown-action');
    expect(ask(engine, ['member/self'], prj1, 'room', 'close').reason).to.equal('allow');
  });

  it('tells the organization from its projects by the level of a row', () => {
    const engine = createEngine([
      content('platform', ['member/self, org, room, open, allow', 'platform/user, project, room, open, allow']),
    ]);
    expect([org1, prj1].map((domain) => ask(engine, ['member/self'], domain).allowed)).to.deep.equal([true, false]);
    expect([org1, prj1].map((domain) => ask(engine, ['platform/user'], domain).allowed)).to.deep.equal([false, true]);
  });

  it('remembers verdicts per concrete domain where rows name one', () => {
    const engine = createEngine([
      content('platform', []),
      content('blueprint/house', []),
      content('org_1', ['role_1, org_1/prj_1, room, open, allow']),
    ]);
    expect([prj1, prj2, org1, prj1].map((domain) => ask(engine, ['role_1'], domain).allowed)).to.deep.equal([true, false, false, true]);
  });

  it('lets a row that names the organization reach its projects', () => {
    const engine = createEngine([
      content('platform', []),
      content('blueprint/house', []),
      content('org_1', ['role_1, org_1, room, open, allow']),
    ]);
    expect([org1, prj1, prj2].map((domain) => ask(engine, ['role_1'], domain).allowed)).to.deep.equal([true, true, true]);
  });

  it('asks Casbin once and remembers the verdict for every organization of the kind', () => {
    const engine = createEngine([content('platform', ['member/self, org, room, open, allow'])]);
    for (const organizationId of ['org_1', 'org_2', 'org_3']) ask(engine, ['member/self'], domainOf({ organizationId }));
    expect(engine.stats()).to.include({ misses: 1, hits: 2, memoized: 1 });
  });

  it('leaves questions that the own rows of an organization do not touch to the engine of its kind', () => {
    const parts = createCompiledPolicies();
    const shared = [content('platform', ['member/self, org, door, open, allow']), content('blueprint/house', [])];
    const base = createEngine(shared, parts);
    const own = createEngine([...shared, content('org_1', ['role_1, org_1, room, open, allow'])], parts);
    ask(own, ['member/self'], org1, 'door', 'open');
    expect([base.stats().misses, own.stats().misses]).to.deep.equal([1, 0]);
    expect(ask(own, ['role_1']).allowed).to.equal(true);
    expect([base.stats().misses, own.stats().misses]).to.deep.equal([1, 1]);
  });

  it('does not decide in another organization than the one whose rows it holds', () => {
    const engine = createEngine([
      content('platform', []),
      content('blueprint/house', []),
      content('org_1', ['role_1, org_1, room, open, allow']),
    ]);
    expect(() => ask(engine, ['role_1'], org2)).to.throw(InvalidInput, /does not decide in org_2/);
  });

  it('does not decide in a project that is paired with a foreign organization', () => {
    const engine = createEngine([content('platform', ['member/self, *, *, *, allow'])]);
    expect(() => ask(engine, ['member/self'], { dom: 'org_1/prj_1', org: 'org_2', level: 'project' })).to.throw(InvalidInput);
  });

  it('interns role sets without regard to order and repetition', () => {
    const engine = createEngine([content('platform', [])]);
    expect(engine.roleSet(['member/self', 'platform/user'])).to.equal(engine.roleSet(['platform/user', 'member/self', 'platform/user']));
  });

  it('does not take the number of a role set of another engine for its own', () => {
    const one = createEngine([content('platform', ['member/self, *, room, open, allow'])]);
    const other = createEngine([content('platform', ['member/self, *, room, open, allow'])]);
    expect(ask(one, ['member/self']).allowed).to.equal(true);
    const foreign = other.roleSet(['platform/user']);
    expect(foreign.id).to.equal(one.roleSet(['member/self']).id);
    expect(one.decide({ roles: foreign, domain: org1, resource: 'room', action: 'open' }).allowed).to.equal(false);
  });

  it('has a key that says the same contents, and another one for other contents', () => {
    const rows = ['member/self, *, room, open, allow'];
    expect(createEngine([content('platform', rows)]).key).to.equal(createEngine([content('platform', rows)]).key);
    expect(createEngine([content('platform', rows)]).key).to.not.equal(createEngine([content('platform', [])]).key);
  });

  it('lists what can be asked at a level, with the roles of the blueprint as objects', async () => {
    const engine = createEngine(await integrations());
    expect(engine.permissions('project')).to.deep.include({ resource: 'role:project.admin', action: 'assign' });
    expect(engine.permissions('project')).to.deep.include({ resource: 'secret', action: 'read' });
    expect(engine.permissions('project')).to.not.deep.include({ resource: 'organization', action: 'read' });
    expect(engine.permissions('platform')).to.deep.include({ resource: 'user', action: 'read-self' });
  });

  it('stays within its bounds however many role sets ask', () => {
    const engine = createEngine([
      content('platform', []),
      content('blueprint/house', []),
      content('org_1', ['role_1, org_1, room, open, allow']),
    ]);
    for (let index = 0; index < 5_000; index += 1) ask(engine, ['role_1', `role_x${index}`]);
    expect(engine.stats().memoized).to.be.at.most(2_000);
    expect(ask(engine, ['role_1']).allowed).to.equal(true);
  });

  it('is not built for contents that were written for different models', () => {
    const other = content('blueprint/house', [], { model: model.replace('# The model', '# A model') });
    expect(() => createEngine([content('platform', []), other])).to.throw(PolicyError, /another model/);
  });

  it('is not built from a blueprint alone', () => {
    expect(() => createEngine([content('blueprint/house', [])])).to.throw(PolicyError);
    expect(() => createEngine([])).to.throw(PolicyError);
  });
});
