import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect } from 'chai';
import { scopeName } from '../../../core/authorization/policy/scopes.ts';
import { PolicyError, readPolicies } from '../../../core/authorization/review/files.ts';
import { lintPolicies } from '../../../core/authorization/review/lint.ts';
import { runPolicyTests } from '../../../core/authorization/review/tests.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const folder = 'blueprints/integrations';

describe('a policy whose words are members of every object', function () {
  this.timeout(60_000);
  let directory: string;
  let tenet: TestTenet | undefined;

  /** A resource type and an action called constructor, which an admin may do, and a role called org.constructor. */
  beforeEach(() => {
    directory = mkdtempSync(joinPath(tmpdir(), 'tenet-policies-'));
    cpSync('policies', directory, { recursive: true });
    edit('blueprint.yaml', (text) =>
      text
        .replace(
          /^resourceTypes:\n/m,
          `$&  - { name: constructor, title: Constructors, actions: { constructor: [org, project], valueof: [org] } }\n`,
        )
        .replace(/^roles:\n/m, `$&  - { id: org.constructor, title: Constructor, description: Builds., level: org }\n`),
    );
    edit(
      'policy.csv',
      (text) =>
        `${text}p, integrations/org.admin, *, constructor, constructor, allow\np, integrations/org.constructor, *, constructor, constructor, allow\n`,
    );
    edit('tests.yaml', () => 'matrix: [{ level: org, roles: { org.constructor: { constructor: [constructor] } } }]\n');
  });
  afterEach(async () => {
    await tenet?.stop();
    tenet = undefined;
    rmSync(directory, { recursive: true });
  });

  function edit(file: string, change: (text: string) => string): void {
    const path = joinPath(directory, folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }

  it('is read, linted and tested as any other', async () => {
    const contents = await readPolicies(directory);
    expect(lintPolicies(contents).filter(({ level }) => level === 'error')).to.deep.equal([]);
    expect(runPolicyTests(contents).filter(({ passed }) => !passed)).to.deep.equal([]);
    edit('policy.csv', (text) => `${text}p, integrations/org.admin, *, constructor, tostring, allow\n`);
    const [finding] = lintPolicies(await readPolicies(directory)).filter(({ level }) => level === 'error');
    expect(finding!.message).to.equal('constructor has no action tostring; it has constructor, valueof');
  });

  it('shows in capabilities, blueprint, roles and decisions', async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'admin@example.com', 'platform/policy-admin');
    const admin = await tenet.as('admin@example.com');
    const organizationId = await foundOrganization(admin);
    const scope = 'blueprint.integrations';
    const changed = (await readPolicies(directory)).find((content) => scopeName(content.scope) === scope)!;
    const { model, rows, blueprint, tests } = changed;
    const all = {
      model,
      rows: rows.map((row) => [...row]),
      blueprint: blueprint as never,
      tests: { ...tests, matrix: [] } as never,
      reason: 'Odd words',
    };
    const proposed = await admin.client.POST('/v1/policies/{scope}/revisions', { params: { path: { scope } }, body: all });
    expect(proposed.response.status, JSON.stringify(proposed.error)).to.equal(201);
    const { data: head } = await admin.client.GET('/v1/policies/{scope}/head', { params: { path: { scope } } });
    const moved = await admin.client.PUT('/v1/policies/{scope}/head', {
      params: { path: { scope }, header: { 'If-Match': head!.etag } },
      body: { revision: proposed.data!.revision },
    });
    expect(moved.response.status, JSON.stringify(moved.error)).to.equal(200);

    const path = { organizationId };
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/capabilities', { params: { path } });
    expect(Object.getOwnPropertyDescriptor(data!.capabilities, 'constructor')!.value).to.deep.equal(['constructor']);
    const { data: shown } = await admin.client.GET('/v1/blueprints/{blueprintName}', {
      params: { path: { blueprintName: 'integrations' } },
    });
    expect(shown!.resourceTypes.find(({ name }) => name === 'constructor')!.actions).to.have.members(['constructor', 'valueof']);
    const { data: role } = await admin.client.GET('/v1/organizations/{organizationId}/roles/{roleId}', {
      params: { path: { organizationId, roleId: 'org.constructor' } },
    });
    expect(role!.permissions).to.have.length(1);
    for (const [name, expected] of [
      ['constructor', true],
      ['valueof', false],
      ['hasOwnProperty', false],
      ['__proto__', false],
    ] as const) {
      const subject = { type: 'user', id: await admin.userId() };
      const response = await admin.raw('/access/v1/evaluation', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject, action: { name }, resource: { type: 'constructor', id: '*', properties: { organizationId } } }),
      });
      expect([name, response.status, ((await response.json()) as { decision: boolean }).decision]).to.deep.equal([name, 200, expected]);
    }
  });

  it('is refused where a key is __proto__, which would vanish without a word', async () => {
    edit('blueprint.yaml', (text) => text.replace('actions: { constructor:', 'actions: { __proto__: [org], constructor:'));
    const error = await failure(readPolicies(directory));
    expect(error).to.be.instanceOf(PolicyError);
    expect(error.message).to.match(/blueprint\.yaml:\d+: error: __proto__ is not a key here \(unknown-key\)/);
  });

  it('is refused where the model has a section of such a name', async () => {
    writeFileSync(joinPath(directory, 'model.conf'), `${readFileSync('policies/model.conf', 'utf8')}\n[constructor]\nx = y\n`);
    expect((await failure(readPolicies(directory))).message).to.match(/\[constructor\] is no section/);
  });
});
