import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEnforcer } from 'casbin';
import { expect } from 'chai';
import { foundOrganization } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy export', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'tenet-bundle-'));
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet();
  });
  after(async () => {
    await tenet.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    runTenet(['policy', 'export', ...args], {
      DATABASE_URL: tenet.databaseUrl,
      TENET_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    });

  it('writes what stock Casbin loads from files', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner, 'Exported', 'integrations');
    const made = await run(organizationId, '--to', join(directory, 'bundle'));
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stdout).to.include(`what Tenet decides in ${organizationId}`);
    const files = ['model.conf', 'policy.csv'].map((name) => join(directory, 'bundle', name));
    expect(readFileSync(files[1]!, 'utf8')).to.include('# - API keys:');
    const enforcer = await newEnforcer(files[0]!, files[1]!);
    expect(enforcer.enforceSync(await owner.userId(), organizationId, 'member', 'list')).to.equal(true);
    // The name of a role is not a subject, a place that is not there no place, and a wildcard no question.
    expect(enforcer.enforceSync('integrations/org.admin', organizationId, 'member', 'list')).to.equal(false);
    for (const place of ['org', '*', 'place', `${organizationId}/prj_00000000000000000000000000`])
      expect(enforcer.enforceSync(await owner.userId(), place, 'member', 'list'), place).to.equal(false);
    expect(enforcer.enforceSync(await owner.userId(), organizationId, 'member', '*')).to.equal(false);
  });

  it('says of a directory that cannot be written', async () => {
    const organizationId = await foundOrganization(await tenet.as('second@example.com'), 'Not exported', 'integrations');
    const { code, stderr } = await run(organizationId, '--to', '/proc/nowhere/bundle');
    expect(code).to.equal(2);
    expect(stderr).to.match(/^tenet: --to \S+ cannot be written \(ENOENT: [^\n]*\): name a directory that can\.$/m);
  });

  it('says of an organization that is not there how to name one', async () => {
    for (const name of ['nowhere', 'org_none']) {
      const { code, stderr } = await run(name);
      expect(code).to.equal(2);
      expect(stderr).to.include(`There is no organization ${name}: name one by its slug or id.`);
    }
  });
});
