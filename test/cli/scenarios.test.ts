import { expect } from 'chai';
import { playAll } from '../../cli/scenarios/scenarios.ts';
import type { PolicyContent } from '../../core/authorization/policy/content.ts';
import { scenariosSchema, stepOf } from '../../core/authorization/policy/scenarios.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('the scenarios of a policy', () => {
  let tenet: TestTenet;
  let contents: PolicyContent[];

  before(async () => {
    [tenet, contents] = await Promise.all([startTenet(), readPolicies('policies')]);
  });
  after(() => tenet?.stop());

  const stage = () => ({ url: tenet.url, tokenOf: async (email: string) => (await tenet.as(email)).token });
  /** Of one kind of organization, with these scenarios in place of its own. */
  const withSteps = (kind: string, ...steps: string[]): PolicyContent[] => {
    const content = contents.find(({ scope }) => scope === `blueprint/${kind}`)!;
    return [{ ...content, tests: { ...content.tests!, scenarios: [{ name: 'x', steps }] } }];
  };
  const failureOf = async (kind: string, ...steps: string[]) => {
    const [{ passed, message, path }] = (await playAll(stage(), withSteps(kind, ...steps))) as [Awaited<ReturnType<typeof playAll>>[0]];
    return passed ? undefined : { message, step: path.at(-1) };
  };

  it('that ship all pass, and every kind of organization has one (S001-14, S001-17, MIN-14, MIN-15, MIN-19)', async () => {
    const results = await playAll(stage(), contents);
    expect(results.filter(({ passed }) => !passed)).to.deep.equal([]);
    const kinds = contents.flatMap(({ blueprint }) => (blueprint ? [`blueprint.${blueprint.name}`] : []));
    expect(new Set(results.map(({ scope }) => scope))).to.deep.equal(new Set(kinds));
  });

  it('fail at the step that comes out otherwise, and say how', async () => {
    expect(await failureOf('teams', 'member ann', 'may ann project:create -> allow')).to.deep.equal({
      message: 'may ann project:create -> allow: Expected allow, but it is deny.',
      step: 1,
    });
    expect(await failureOf('teams', 'create project p', 'create project p by ann')).to.have.property('step', 1);
    const { message } = (await failureOf('teams', 'member ann -> permission-denied'))!;
    expect(message).to.equal('member ann -> permission-denied: Expected permission-denied, but it was done.');
  });

  it('fail where the permission that was missing is another one', async () => {
    const steps = (missing: string) => ['member ann', `create project p by ann -> permission-denied ${missing}`];
    expect(await failureOf('teams', ...steps('project:create'))).to.equal(undefined);
    expect((await failureOf('teams', ...steps('project:delete')))!.message).to.match(/but: 403 permission-denied project:create/);
  });

  it('fail for what no step has made', async () => {
    const said = async (step: string) => (await failureOf('teams', step))!.message;
    expect(await said('delete project p')).to.match(/no step has made the project p$/);
    expect(await said('grant project.read in p to creator')).to.match(/no step has made the project p$/);
    expect(await said('revoke org.default of ann')).to.match(/ann has not been given org.default$/);
    expect(await said('revoke invitation of ann')).to.match(/ann has not been invited$/);
    expect(await said('may creator project:create in p -> allow')).to.match(/no step has made the project p$/);
  });

  describe('are written as steps', () => {
    it('each of one form', () => {
      expect(stepOf('grant project.write in p to role qa by ann -> permission-denied role:project.write:assign')).to.deep.equal({
        deed: { do: 'grant-to-role', name: 'qa', role: 'project.write', project: 'p' },
        by: 'ann',
        outcome: 'permission-denied',
        missing: 'role:project.write:assign',
      });
      expect(stepOf('revoke invitation of ann')).to.deep.equal({ deed: { do: 'revoke-invitation', name: 'ann' } });
      expect(stepOf('create role qa like org.default with usage:read, member:list')).to.deep.equal({
        deed: { do: 'create-role', name: 'qa', role: 'org.default', permissions: ['usage:read', 'member:list'] },
      });
      expect(stepOf('bob leaves')).to.deep.equal({ deed: { do: 'leave', name: 'bob' } });
    });

    it('and what is none is refused with its place', () => {
      const steps = ['fly', 'may ann a:b', 'may ann a:b -> maybe', 'may ann a:b by bob -> allow', 'create project ../p', 'remove Ann'];
      const { error } = scenariosSchema.safeParse([{ name: 'x', steps }]);
      expect(error!.issues.map(({ path }) => path.join('.'))).to.deep.equal(steps.map((_, index) => `0.steps.${index}`));
      expect(error!.issues[0]!.message).to.match(/^is no step; a step is one of: member <name>/);
      expect(scenariosSchema.safeParse([{ name: 'x', steps: Array(51).fill('remove ann') }]).success).to.equal(false);
    });
  });
});
