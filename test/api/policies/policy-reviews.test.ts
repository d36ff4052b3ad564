import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint.integrations';
const path = { scope };

describe('reviews of policies', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let auditor: Caller;
  let draft: components['schemas']['PolicyProposal'];

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    policyAdmin = await tenet.as('policy-admin@example.com');
    auditor = await tenet.as('auditor@example.com');
    const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', {
      params: { path: { scope, revision: 1 } },
    });
    const { model, rows, sources, blueprint, tests } = data!;
    draft = { model, rows, sources: sources!, blueprint: blueprint!, tests: tests! };
  });

  after(() => tenet?.stop());

  const withRow = (...row: string[]) => ({
    ...draft,
    rows: [...draft.rows, row],
    sources: [...draft.sources!, { file: 'blueprints/integrations/policy.csv', line: 999 }],
  });

  it('lintPolicy finds nothing in what is in force', async () => {
    const { data } = await policyAdmin.client.POST('/v1/policies/{scope}/lint', { params: { path }, body: draft });
    expect(data).to.deep.equal({ errors: 0, warnings: 0, findings: [] });
  });

  it('lintPolicy names rule, level, file and line of what it finds, and stores nothing', async () => {
    const body = withRow('integrations/org.manager', 'org', 'connection', 'creat', 'allow');
    const { data } = await policyAdmin.client.POST('/v1/policies/{scope}/lint', { params: { path }, body });
    expect(data).to.deep.equal({
      errors: 1,
      warnings: 0,
      findings: [
        {
          rule: 'unknown-action',
          level: 'ERROR',
          message: 'connection has no action creat, did you mean "create"?',
          file: 'blueprints/integrations/policy.csv',
          line: 999,
        },
      ],
    });
    const revisions = await policyAdmin.client.GET('/v1/policies/{scope}/revisions', { params: { path } });
    expect(revisions.data!.items).to.have.length(1);
  });

  it('lintPolicy points into the body for what is in a document', async () => {
    const blueprint = { ...draft.blueprint, resourceTypes: [{ name: 'member', title: 'Mine', actions: { list: ['org'] } }] };
    const { data } = await policyAdmin.client.POST('/v1/policies/{scope}/lint', { params: { path }, body: { ...draft, blueprint } });
    expect(data!.findings.find(({ rule }) => rule === 'resource-type')).to.deep.include({ pointer: '#/blueprint/resourceTypes/0/name' });
  });

  it('testPolicy counts the statements and says which fail, by which row, and where they stand', async () => {
    const good = await policyAdmin.client.POST('/v1/policies/{scope}/test', { params: { path }, body: draft });
    expect(good.data).to.deep.include({ failed: 0, failures: [] });
    expect(good.data!.passed).to.be.greaterThan(100);
    const body = withRow('integrations/org.manager', 'org', 'connection', 'delete', 'allow');
    const { data } = await policyAdmin.client.POST('/v1/policies/{scope}/test', { params: { path }, body });
    expect(data!.failed).to.equal(data!.failures.length);
    expect(data!.failures[0]!.name).to.equal('org.manager connection:delete at org level -> deny');
    expect(data!.failures[0]!.message).to.contain('blueprints/integrations/policy.csv:999 decided allow');
    expect(data!.failures[0]!.pointer).to.match(/^#\/tests\/matrix\/\d+\/roles\/org\.manager/);
  });

  it('diffPolicy says what a proposed revision gives more than the one in force, and back', async () => {
    const body = { ...withRow('integrations/org.manager', 'org', 'connection', 'delete', 'allow'), reason: 'Managers clean up' };
    const {
      matrix,
      cases: _cases,
      ...tests
    } = draft.tests as { cases: unknown[]; matrix: { level: string; roles: Record<string, Record<string, string[]>> }[] };
    const org = structuredClone(matrix);
    org.find(({ level }) => level === 'org')!.roles['org.manager']!['connection']!.push('delete');
    const made = await policyAdmin.client.POST('/v1/policies/{scope}/revisions', {
      params: { path },
      body: { ...body, tests: { ...tests, matrix: org } },
    });
    expect(made.response.status, JSON.stringify(made.error)).to.equal(201);
    const { revision } = made.data!;
    const row = ['integrations/org.manager', 'org', 'connection', 'delete', 'allow'];
    const says = { says: 'ALLOW', row, source: { file: 'blueprints/integrations/policy.csv', line: 999 } };
    const change = { permission: 'connection:delete', level: 'ORG', kind: 'GAIN', before: { says: 'NOTHING' }, after: says };
    const scopes = (relation: string, only: object) => [
      { scope, relation, definition: [], roles: [{ role: 'integrations/org.manager', relation, changes: [only] }] },
    ];
    const there = await auditor.client.POST('/v1/policies/{scope}/diff', { params: { path }, body: { to: revision } });
    expect(there.data).to.deep.equal({ from: 1, to: revision, total: 1, scopes: scopes('MORE', change) });
    const back = await auditor.client.POST('/v1/policies/{scope}/diff', { params: { path }, body: { from: revision, to: 1 } });
    const lost = { ...change, kind: 'LOSS', before: says, after: { says: 'NOTHING' } };
    expect(back.data!.scopes).to.deep.equal(scopes('LESS', lost));
    const same = await auditor.client.POST('/v1/policies/{scope}/diff', { params: { path }, body: { to: 1 } });
    expect(same.data!.scopes).to.deep.equal([{ scope, relation: 'EQUIVALENT', roles: [], definition: [] }]);
  });

  it('are for those who may propose, a diff for those who may read; what does not exist is not found', async () => {
    const owner = await tenet.as('owner@example.com');
    for (const caller of [owner, auditor]) {
      const { response } = await caller.client.POST('/v1/policies/{scope}/lint', { params: { path }, body: draft });
      expect(response.status).to.equal(403);
    }
    const denied = await owner.client.POST('/v1/policies/{scope}/diff', { params: { path }, body: { to: 1 } });
    expect(denied.response.status).to.equal(403);
    const missing = await auditor.client.POST('/v1/policies/{scope}/diff', { params: { path }, body: { to: 77 } });
    expect(missing.response.status).to.equal(404);
    const unknown = await auditor.client.POST('/v1/policies/{scope}/diff', {
      params: { path: { scope: 'blueprint.nothing' } },
      body: { to: 1 },
    });
    expect(unknown.response.status).to.equal(404);
  });

  it('refuse a draft that cannot be read, with a pointer', async () => {
    const { response, error } = await policyAdmin.client.POST('/v1/policies/{scope}/test', {
      params: { path },
      body: { ...draft, tests: { matrix: 'all' } },
    });
    expect(response.status).to.equal(400);
    expect(error!.errors![0]!.pointer).to.equal('#/tests/matrix');
  });
});
