import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { parse } from 'yaml';
import { addCompared } from '../../core/authorization/store/rollout-findings.ts';
import { figuresOf, listOpenRollouts } from '../../core/authorization/store/rollouts.ts';
import { toUuid } from '../../core/base/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeAccount, makeKey } from '../helpers/keys.ts';
import { foundOrganization, foundProject, join as joinAs, type Person } from '../helpers/people.ts';
import { startResidentCommand } from '../helpers/resident-command.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { environment, gitlab, gitlabJob, workflow } from './pipeline-syntax.ts';

const recipes = resolve('examples/gitops');

const readYaml = (file: string): unknown => parse(readFileSync(join(recipes, file), 'utf8'));

describe('GitOps recipes', function () {
  this.timeout(600_000);
  const directory = mkdtempSync(join(tmpdir(), 'tenet-gitops-'));
  const repository = join(directory, 'repository');
  const calls = join(directory, 'calls');
  const artifact = join(calls, 'policy.snapshot');
  /** What GitLab says was written to the merge request. */
  const notes = join(calls, 'notes.json');
  /** The command itself; most pipelines call one that is loaded already. */
  const ownProcess = `node ${resolve('bin/tenet.js')}`;
  let resident: Awaited<ReturnType<typeof startResidentCommand>>;
  let tenet: TestTenet;
  let member: Person;
  let organizationId: string;

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();

  before(async () => {
    tenet = await startTenet();
    resident = await startResidentCommand(directory);
    organizationId = await foundOrganization(await tenet.as('owner@example.com'), 'Acme', 'integrations');
    member = await joinAs(tenet, { organizationId }, 'member@example.com', 'org.member');
    mkdirSync(join(repository, 'ci'), { recursive: true });
    cpSync('policies', join(repository, 'policies'), { recursive: true });
    cpSync(join(recipes, 'policy.sh'), join(repository, 'ci/policy.sh'));
    mkdirSync(calls);
    // What posts the comment and brings artifacts, in both services: it keeps what it was called with. And npm, which has nothing to install here.
    const bring = `case "$*" in *'-/user') echo '{"id":5}' ;; *'/notes?'*) cat ${notes} ;; 'run list '*) echo 42 ;; 'run download 42 '* | *'/jobs/artifacts/main/raw/'*) cp ${artifact} . ;; esac`;
    writeFileSync(notes, '[]');
    for (const name of ['gh', 'curl', 'npm']) {
      writeFileSync(join(calls, name), `#!/usr/bin/env bash\nprintf '%s\\n' "$@" >"${calls}/$(basename "$0").called"\n${bring}\n`);
      chmodSync(join(calls, name), 0o755);
    }
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'The policy in force');
  });
  after(async () => {
    await resident?.stop();
    await tenet?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const name of ['gh', 'curl']) rmSync(join(calls, `${name}.called`), { force: true });
  });

  const files = join(repository, 'policies/blueprints/integrations');
  /** A commit that changes the text of files of a kind of organization. */
  function commit(message: string, changes: Record<string, (text: string) => string>): string {
    for (const [name, change] of Object.entries(changes)) {
      const text = readFileSync(join(files, name), 'utf8');
      expect(change(text), name).not.to.equal(text);
      writeFileSync(join(files, name), change(text));
    }
    git('commit', '-q', '-a', '-m', message);
    return git('rev-parse', 'HEAD');
  }

  interface Ended {
    readonly code: number;
    readonly output: string;
  }

  /**
   * Runs lines as a runner does: in a shell that ends at the first that fails. The code is that of the last one run. This process goes on meanwhile, for
   * the server that they call is in it.
   */
  async function runLines(lines: readonly string[], variables: Record<string, string>): Promise<Ended> {
    let output = '';
    for (const line of lines) {
      const env = {
        PATH: `${calls}${delimiter}${process.env['PATH']}`,
        HOME: process.env['HOME'],
        TENET: resident.command,
        ...variables,
      };
      const ended = await new Promise<Ended>((done) => {
        execFile('bash', ['-e', '-o', 'pipefail', '-c', line], { cwd: repository, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
          done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
        );
      });
      output += ended.output;
      if (ended.code !== 0) return { code: ended.code, output };
    }
    return { code: 0, output };
  }

  const encryption = { TENET_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` };
  function runGithub(file: string, job: string, expressions: Record<string, string>, own: Record<string, string> = {}): Promise<Ended> {
    const { env, steps } = workflow.parse(readYaml(file)).jobs[job]!;
    const filled = Object.entries(env ?? {}).map(([name, value]) => {
      const [, expression] = /^\$\{\{ (.+) \}\}$/.exec(value) ?? [];
      if (!value.includes('${{')) return [name, value];
      expect(expressions, `${name} of ${file}`).to.have.property(expression!);
      return [name, expressions[expression!]!];
    });
    const lines = steps.flatMap((one) => ('run' in one ? [one.run] : []));
    return runLines(lines, { ...encryption, GITHUB_ACTIONS: 'true', ...Object.fromEntries(filled), ...own });
  }

  function runGitlab(job: string, variables: Record<string, string>, file = 'gitlab/.gitlab-ci.yml'): Promise<Ended> {
    const pipeline = readYaml(file) as Record<string, unknown>;
    const { script } = gitlabJob.parse(pipeline[job]);
    return runLines(script, { ...encryption, ...environment.parse(pipeline['variables']), ...variables });
  }

  const expressions = (base: string) => ({
    'secrets.PLAN_DATABASE_URL': tenet.databaseUrl,
    'secrets.APPLY_DATABASE_URL': tenet.databaseUrl,
    'github.token': 'token',
    'github.event.pull_request.number': '7',
    'github.event.pull_request.base.sha': base,
    'github.event.before': base,
    'vars.POLICY_CHECK': '',
    'vars.POLICY_STAGE': '',
    'vars.POLICY_GATE': '',
  });
  const comment = (): string => readFileSync(join(repository, 'policy-review/comment.md'), 'utf8');
  const mayListRoles = async ({ client } = member): Promise<boolean> => {
    const ask = () => client.GET('/v1/organizations/{organizationId}/capabilities', { params: { path: { organizationId } } });
    // A connection that rested while the script ran may have been closed by the server meanwhile.
    const { data } = await ask().catch(ask);
    return data!.capabilities['role']?.includes('list') ?? false;
  };
  /** Waits until the comparison of the open rollout has met what the plan says, and nothing else. */
  const differsAsPlanned = (isCanary: boolean): Promise<void> =>
    eventually(async () => {
      const { response } = await member.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: { organizationId } } });
      expect(response.ok).to.equal(isCanary);
      await tenet.comparison.flush();
      const figures = await tenet.database.read('platform', async (db) => {
        const [open] = await listOpenRollouts(db);
        return (await figuresOf(db, [open!.id])).get(open!.id)!;
      });
      expect(figures.unplanned).to.equal(0);
      expect(figures.planned).to.be.at.least(1);
    });
  const givingMembers = {
    'policy.csv': (text: string) => `${text}p, integrations/org.member, org, role, list, allow\n`,
    'tests.yaml': (text: string) =>
      text.replace('      org.member:\n        project: [list]', '      org.member:\n        role: [list]\n        project: [list]'),
  };

  /** No one could change an organization any more. */
  const lockingOut = {
    'policy.csv': (text: string) => text.replace('p, integrations/org.admin, org, organization, update, allow\n', ''),
    'tests.yaml': (text: string) =>
      text.replace('organization: [update, delete, archive, hand-over]', 'organization: [delete, archive, hand-over]'),
  };

  it('are workflows and pipelines of the syntax that is documented', () => {
    for (const file of [
      'github/pull-request.yaml',
      'github/merge.yaml',
      'github/rollout.yaml',
      'github/store.yaml',
      'github/snapshot.yaml',
      'github/pull-request-snapshot.yaml',
    ]) {
      expect(workflow.safeParse(readYaml(file)).error, file).to.equal(undefined);
      // A value of the event reaches a script as a variable, never as a part of its text.
      for (const [, line] of readFileSync(join(recipes, file), 'utf8').matchAll(/run: (.*)/g)) expect(line).not.to.include('${{');
    }
    for (const file of ['gitlab/.gitlab-ci.yml', 'gitlab/store.gitlab-ci.yml', 'gitlab/snapshot.gitlab-ci.yml'])
      expect(gitlab.safeParse(readYaml(file)).error, file).to.equal(undefined);
  });

  it('report a required check at once where a pull request changes no policy, and a red one for a fork', async () => {
    const said = join(directory, 'output');
    const needs = { 'needs.changes.result': 'success', 'needs.changes.outputs.changed': '1', 'needs.review.result': 'success' };
    const fork = 'github.event.pull_request.head.repo.full_name != github.repository';
    for (const [file, fails] of [
      ['github/pull-request.yaml', true],
      ['github/store.yaml', true],
      // It has no secrets, and plans those of forks as well.
      ['github/pull-request-snapshot.yaml', false],
    ] as const) {
      const check = (values: Record<string, string>) => runGithub(file, 'check', { ...needs, [fork]: 'false', ...values });
      expect((await check({})).code, file).to.equal(0);
      for (const result of ['failure', 'skipped', 'cancelled']) expect((await check({ 'needs.review.result': result })).code).to.equal(1);
      expect(
        (await check({ 'needs.changes.result': 'failure', 'needs.changes.outputs.changed': '', 'needs.review.result': 'skipped' })).code,
      ).to.equal(1);
      const none = await check({ 'needs.changes.outputs.changed': '0', 'needs.review.result': 'skipped', [fork]: 'true' });
      expect([none.code, none.output]).to.deep.equal([0, `Nothing under ${file.includes('store') ? 'store' : 'policies'} changes.\n`]);
      const forked = await check({ [fork]: 'true', 'needs.review.result': fails ? 'skipped' : 'success' });
      expect(forked.code, file).to.equal(fails ? 1 : 0);
      if (fails) expect(forked.output).to.match(/^A pull request from a fork gets no secrets.*\n$/);
    }
    git('commit', '-q', '--allow-empty', '-m', 'Nothing');
    for (const [changed, change] of [
      ['0', () => writeFileSync(join(repository, 'notes.txt'), 'A note')],
      ['1', () => writeFileSync(join(files, 'policy.csv'), `${readFileSync(join(files, 'policy.csv'), 'utf8')}# A comment.\n`)],
    ] as const) {
      change();
      git('add', '-A');
      git('commit', '-q', '-m', 'A change');
      writeFileSync(said, '');
      const { code, output } = await runGithub('github/pull-request.yaml', 'changes', {}, { GITHUB_OUTPUT: said });
      expect(code, output).to.equal(0);
      expect(readFileSync(said, 'utf8')).to.equal(`changed=${changed}\n`);
    }
  });

  it('review a pull request that changes nothing for anyone: 0', async () => {
    const base = git('rev-parse', 'HEAD');
    commit('A comment', { 'policy.csv': (text) => `# Nothing else.\n${text}` });
    const { code, output } = await runGithub('github/pull-request.yaml', 'review', expressions(base), { TENET: ownProcess });
    expect(code, output).to.equal(0);
    expect(output).to.include('The review ended with 0.');
    expect(comment()).to.include('Nothing changes for anyone.');
    const posted = 'pr\ncomment\n7\n--body-file\npolicy-review/comment.md\n--edit-last\n--create-if-none\n';
    expect(readFileSync(join(calls, 'gh.called'), 'utf8')).to.equal(posted);
  });

  it('take a snapshot by a schedule, and plan a pull request against it without the database', async () => {
    const base = git('rev-parse', 'HEAD');
    const taken = await runGithub('github/snapshot.yaml', 'snapshot', { 'secrets.SNAPSHOT_DATABASE_URL': tenet.databaseUrl });
    expect(taken.code, taken.output).to.equal(0);
    // The artifact: `gh` and `curl` bring it.
    renameSync(join(repository, 'policy.snapshot'), artifact);
    const text = gunzipSync(readFileSync(artifact)).toString();
    expect(text).to.include('integrations/org.member');
    for (const known of [toUuid('user', member.id), toUuid('organization', organizationId), 'member@example.com'])
      expect(text).not.to.include(known);
    commit('Members see the roles once more', givingMembers);
    const { 'github.token': token, 'github.event.pull_request.number': number } = expressions(base);
    const review = await runGithub('github/pull-request-snapshot.yaml', 'review', {
      'github.token': token,
      'github.event.pull_request.head.repo.full_name != github.repository': 'false',
      'github.event.pull_request.number': number,
      'github.event.pull_request.base.sha': base,
    });
    expect(review.code, review.output).to.equal(0);
    expect(review.output).to.include('The review ended with 10.');
    expect(comment()).to.match(/gains or loses something[\s\S]*role:list/);
    expect(comment()).not.to.include(organizationId);
    git('revert', '--no-edit', 'HEAD');
    const again = await runGitlab(
      'policy-review',
      {
        COMMENT_TOKEN: 'c',
        CI_API_V4_URL: '-',
        CI_PROJECT_ID: '3',
        CI_DEFAULT_BRANCH: 'main',
        CI_MERGE_REQUEST_IID: '7',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      },
      'gitlab/snapshot.gitlab-ci.yml',
    );
    expect(again.code, again.output).to.equal(0);
    expect(comment()).to.include('Nothing changes for anyone.');
  });

  it('review one that gives something: 10; merge it, and roll it back', async () => {
    const base = git('rev-parse', 'HEAD');
    commit('Members see the roles', givingMembers);
    const github = await runGithub('github/pull-request.yaml', 'review', expressions(base));
    expect(github.code, github.output).to.equal(0);
    expect(github.output).to.include('The review ended with 10.');
    expect(comment()).to.match(/gains or loses something[\s\S]*role:list/);
    const gitlabReview = await runGitlab('policy-review', {
      PLAN_DATABASE_URL: tenet.databaseUrl,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      COMMENT_TOKEN: 'secret-of-the-comment',
      CI_API_V4_URL: '-',
      CI_PROJECT_ID: '3',
      CI_MERGE_REQUEST_IID: '7',
    });
    expect(gitlabReview.code, gitlabReview.output).to.equal(10);
    expect(gitlabReview.output).not.to.include('secret-of-the-comment');
    const written = (): string => readFileSync(join(calls, 'curl.called'), 'utf8');
    expect(written()).to.match(
      /^--request\nPOST\n[\s\S]*body@policy-review\/comment\.md\n[\s\S]*\n-\/projects\/3\/merge_requests\/7\/notes\n$/m,
    );
    expect(written()).not.to.include('secret-of-the-comment');
    // The comment that this account wrote at the first push is written anew; one that another person copied is left alone.
    const copied = { id: 8, author: { id: 6 }, body: comment() };
    writeFileSync(notes, JSON.stringify([copied, { ...copied, id: 9, author: { id: 5 } }]));
    const again = await runLines(['./ci/policy.sh comment'], {
      ...{ COMMENT_TOKEN: 'c', CI_API_V4_URL: '-', CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '7' },
    });
    expect(again.code, again.output).to.equal(0);
    expect(written()).to.match(/^--request\nPUT\n[\s\S]*\n-\/projects\/3\/merge_requests\/7\/notes\/9\n$/m);
    expect(await mayListRoles()).to.equal(false);

    const merged = await runGithub('github/merge.yaml', 'apply', expressions(base));
    expect(merged.code, merged.output).to.equal(0);
    expect(await mayListRoles()).to.equal(true);

    const back = await runGithub('github/merge.yaml', 'rollback', { ...expressions(base), 'inputs.revision': base });
    expect(back.code, back.output).to.equal(0);
    expect(await mayListRoles()).to.equal(false);
  });

  it('take back what a failing check says of a merge', async () => {
    const { code, output } = await runGitlab('policy-apply', {
      APPLY_DATABASE_URL: tenet.databaseUrl,
      CI_COMMIT_BEFORE_SHA: git('rev-parse', 'HEAD~1'),
      POLICY_CHECK: 'exit 1',
    });
    expect(code, output).to.equal(1);
    expect(output).to.include('The check failed');
    expect(await mayListRoles()).to.equal(false);
    const again = await runGitlab('policy-apply', {
      APPLY_DATABASE_URL: tenet.databaseUrl,
      CI_COMMIT_BEFORE_SHA: git('rev-parse', 'HEAD~1'),
      POLICY_CHECK: 'exit 0',
    });
    expect(again.code, again.output).to.equal(0);
    expect(await mayListRoles()).to.equal(true);
    const back = await runGitlab('policy-rollback', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLBACK: 'HEAD~1' });
    expect(back.code, back.output).to.equal(0);
    expect(await mayListRoles()).to.equal(false);
  });

  it('begin a merge in a stage, and put it into force when its gates are met', async () => {
    const staged = {
      ...expressions(git('rev-parse', 'HEAD~1')),
      'vars.POLICY_STAGE': 'shadow',
      'vars.POLICY_GATE': 'decisions=1,unplanned=9',
    };
    const begun = await runGithub('github/merge.yaml', 'apply', staged);
    expect(begun.code, begun.output).to.equal(0);
    expect(begun.output).to.match(/^blueprint\.integrations: rollout roll_\w+ of revision \d+: shadow$/m);
    expect(await mayListRoles()).to.equal(false);
    const early = await runGithub('github/rollout.yaml', 'rollout', { ...staged, 'inputs.stage': 'cancel' });
    expect(early.code, early.output).to.equal(0);

    const again = await runGitlab('policy-apply', {
      APPLY_DATABASE_URL: tenet.databaseUrl,
      CI_COMMIT_BEFORE_SHA: git('rev-parse', 'HEAD~1'),
      POLICY_STAGE: 'shadow',
      POLICY_GATE: 'decisions=1,unplanned=1',
    });
    expect(again.code, again.output).to.equal(0);
    await differsAsPlanned(false);
    // A finding that the gate allows is a line of the table, and no scope.
    await tenet.database.write('platform', async (db) => {
      const [open] = await listOpenRollouts(db);
      const such = {
        effect: 'ALLOW_TO_DENY',
        resource: 'role',
        action: 'list',
        level: 'org',
        roles: ['integrations/org.owner'],
        scopes: [],
      } as const;
      const finding = { digest: 'f'.repeat(64), count: 1, planned: false, ...such };
      await addCompared(db, open!, { compared: 1, dropped: 0, findings: [finding], unkept: 0, organizations: [] });
    });
    const canary = await runGitlab('policy-rollout', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLOUT: `orgs=${organizationId}` });
    expect(canary.code, canary.output).to.equal(0);
    expect(await mayListRoles()).to.equal(true);
    await differsAsPlanned(true);
    const everywhere = await runGitlab('policy-rollout', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLOUT: 'all' });
    expect(everywhere.code, everywhere.output).to.equal(0);
    expect(await mayListRoles()).to.equal(true);
    const none = await runGitlab('policy-rollout', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLOUT: 'all' });
    expect([none.code, none.output]).to.deep.equal([1, 'No rollout is open.\nNothing is in a stage.\n']);
    const back = await runGitlab('policy-rollback', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLBACK: 'HEAD~1' });
    expect(back.code, back.output).to.equal(0);
    git('revert', '--no-edit', 'HEAD');
  });

  it('apply nothing where a rail blocks the plan: 20', async () => {
    const base = git('rev-parse', 'HEAD');
    commit('Frozen', lockingOut);
    const review = await runGithub('github/pull-request.yaml', 'review', expressions(base));
    expect(review.code, review.output).to.equal(1);
    expect(review.output).to.include('The review ended with 20.');
    expect(comment()).to.include('**Blocked**');
    const merged = await runGithub('github/merge.yaml', 'apply', expressions(base));
    expect(merged.code, merged.output).to.equal(20);
    expect(merged.output).to.include('The plan ended with 20, so nothing is applied.');
    expect(merged.output).not.to.match(/(owner|member)@/);
    git('revert', '--no-edit', 'HEAD');
  });

  it('fail a review of rules that lint refuses, with the line', async () => {
    const before = git('rev-parse', 'HEAD');
    commit('A slip', { 'policy.csv': (text) => `${text}p, integrations/org.membre, org, role, list, allow\n` });
    const refused = await runGithub('github/pull-request.yaml', 'review', expressions(before));
    expect(refused.code, refused.output).to.equal(1);
    expect(refused.output).to.match(/::error file=policies\/blueprints\/integrations\/policy\.csv,line=\d+/);
    expect(comment()).to.include('**Failed**');
    git('revert', '--no-edit', 'HEAD');
  });

  it('let no name in a pull request be markup of the comment or a command of the log', async () => {
    const base = git('rev-parse', 'HEAD');
    const name = 'x```\n::error::forged\n<!-- y';
    cpSync(files, join(repository, 'policies/blueprints', name), { recursive: true });
    git('add', '-A', 'policies');
    git('commit', '-q', '-m', 'A folder');
    const { code, output } = await runGithub('github/pull-request.yaml', 'review', expressions(base));
    expect(code, output).to.equal(1);
    expect(output).to.match(/^::error::forged$/m);
    expect(output.replaceAll(/^::stop-commands::(\d+)\n[\s\S]*?^::\1::\n/gm, '')).not.to.match(/^::error::forged/m);
    expect(comment()).to.match(/^ {4}<!-- y/m);
    expect(comment()).not.to.match(/^ {0,3}(```|<!--|::)/m);
    git('revert', '--no-edit', 'HEAD');
  });

  it('review and apply the files of a policy store of an application', async () => {
    const owner = await tenet.as('owner@example.com');
    const projectId = await foundProject(owner, organizationId);
    const store = `${organizationId}/${projectId}/Records`;
    const place = { organizationId, projectId };
    const keyOf = async (role: string): Promise<string> => {
      const owned = { type: 'SERVICE_ACCOUNT', id: await makeAccount(owner, place, role) };
      return (await makeKey(owner, place, { owner: owned })).secret;
    };
    const reader = await keyOf('project.manager');
    const applier = await keyOf('project.admin');
    const at = {
      'vars.TENET_URL': tenet.url,
      'vars.STORE': store,
      'secrets.STORE_READ_KEY': reader,
      'secrets.STORE_APPLY_KEY': applier,
    };
    const asked = { TENET_URL: tenet.url, TENET_TOKEN: owner.token };
    cpSync('examples/policy-stores/records', join(repository, 'store'), { recursive: true });
    const { code: made, output: why } = await runLines(
      [
        `$TENET policy-store create Records --in ${organizationId}/${projectId}`,
        `$TENET policy-store entities import ${store} store/entities.json`,
        'git add -A store && git -c user.name=Test -c user.email=test@example.com commit -q -m "The first rules"',
      ],
      asked,
    );
    expect(made, why).to.equal(0);
    const review = await runGithub('github/store.yaml', 'review', { ...expressions('-'), ...at });
    expect(review.code, review.output).to.equal(0);
    expect(review.output).to.include('The review ended with 10.');
    expect(comment()).to.match(/gains or loses something[\s\S]*Who gains or loses what/);
    const withTheReader = await runGithub('github/store.yaml', 'apply', { ...at, 'secrets.STORE_APPLY_KEY': reader });
    expect(withTheReader.code, withTheReader.output).to.equal(1);
    expect(withTheReader.output).to.include('policy-store:activate');
    const merged = await runGithub('github/store.yaml', 'apply', at);
    expect(merged.code, merged.output).to.equal(0);
    expect(merged.output).to.include('revision 1 is in force');
    const gitlabFile = 'gitlab/store.gitlab-ci.yml';
    const variables = { TENET_URL: tenet.url, STORE: store, STORE_READ_KEY: reader, STORE_APPLY_KEY: applier, COMMENT_TOKEN: 'c' };
    const again = await runGitlab(
      'store-review',
      { ...variables, CI_API_V4_URL: '-', CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '7' },
      gitlabFile,
    );
    expect(again.code, again.output).to.equal(0);
    expect(comment()).to.include('Nothing changes for anyone.');
    writeFileSync(join(repository, 'store/policy.csv'), 'p, *, record:*, export, r.res.departement ==, allow\n');
    const broken = await runGitlab(
      'store-review',
      { ...variables, CI_API_V4_URL: '-', CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '7' },
      gitlabFile,
    );
    expect(broken.code, broken.output).to.equal(1);
    expect(comment()).to.include('**Failed**');
    git('checkout', '-q', '--', 'store');
  });

  it('put signed policies into force on a server that demands signatures, also where a failing check or a rollback takes them back', async () => {
    const key = join(directory, 'policy.pem');
    writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const sign = async (message: string): Promise<string> => {
      expect((await runLines([`$TENET policy sign policies --key ${key}`, 'git add -A policies*'], {})).code).to.equal(0);
      git('commit', '-q', '-m', message);
      return git('rev-parse', 'HEAD');
    };
    const { output: keys } = await runLines([`$TENET policy sign policies --public --key ${key}`], {});
    const demanded = { TENET_POLICY_KEYS: keys.trim() };
    const merge = (before: string, own = {}) => runGithub('github/merge.yaml', 'apply', { ...expressions(before), ...own }, demanded);

    // What is in force is signed, so that a server that demands it starts.
    const signed = await sign('Signed');
    const first = await merge(signed);
    expect(first.code, first.output).to.equal(0);
    const demanding = await startTenet({ DATABASE_URL: tenet.databaseUrl, TENET_DATA_DIR: tenet.dataDir, ...demanded });
    try {
      const there = { ...member, ...demanding.bearing(member.token) };
      commit('Members see the roles', givingMembers);
      const unsigned = await runGithub('github/pull-request.yaml', 'review', expressions(signed), demanded);
      expect(unsigned.output).to.include('The review ended with 1.');
      expect(comment()).to.match(/ {4}blueprint\.integrations: \w{12} is not signed by any of these keys/);
      const refused = await merge(signed);
      expect([refused.code, await mayListRoles(there)]).to.deep.equal([1, false]);
      expect(refused.output).to.include('is not signed by a key of TENET_POLICY_KEYS');

      await sign('Signed anew');
      const review = await runGithub('github/pull-request.yaml', 'review', expressions(signed), demanded);
      expect(review.output).to.include('The review ended with 10.');
      const failing = await merge(signed, { 'vars.POLICY_CHECK': 'exit 1' });
      expect(failing.code, failing.output).to.equal(1);
      expect(failing.output).to.match(/(revision \d+ is in force[\s\S]*){2}The check failed/);
      const merged = await merge(signed);
      expect(merged.code, merged.output).to.equal(0);
      await eventually(async () => expect(await mayListRoles(there)).to.equal(true));
      const back = await runGitlab('policy-rollback', { APPLY_DATABASE_URL: tenet.databaseUrl, POLICY_ROLLBACK: signed, ...demanded });
      expect(back.code, back.output).to.equal(0);
      await eventually(async () => expect(await mayListRoles(there)).to.equal(false));
    } finally {
      await demanding.stop();
    }
  });

  it('take no option for a revision', async () => {
    const { code, output } = await runGitlab('policy-rollback', {
      APPLY_DATABASE_URL: tenet.databaseUrl,
      POLICY_ROLLBACK: '--output=taken',
    });
    expect(code, output).to.equal(128);
    expect(output).to.include('single revision');
  });
});
