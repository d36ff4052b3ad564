import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { unappliedPolicies } from '../../../core/policies/policies.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('policy files beside a policy in force', () => {
  let tenet: TestTenet;
  let directory: string;
  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-policies-'));
    cpSync('policies', directory, { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are not worth a word when they say the same', async () => {
    expect(await unappliedPolicies(tenet.database, directory)).to.deep.equal([]);
  });

  it('are told of where they differ, with the command that changes it', async () => {
    const file = join(directory, 'blueprints/integrations/policy.csv');
    writeFileSync(file, `${readFileSync(file, 'utf8')}p, integrations/org.member, org, audit-event, list, allow\n`);
    const lines = await unappliedPolicies(tenet.database, directory);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(
      /^Policy blueprint\/integrations in .* differs from revision 1, which is in force\. .*npx tenet policy apply .* --reason/,
    );
  });

  it('are told of when they cannot be read', async () => {
    writeFileSync(join(directory, 'model.conf'), '[nonsense');
    for (const place of [directory, join(directory, 'nowhere')])
      expect((await unappliedPolicies(tenet.database, place))[0]).to.match(
        /cannot be read, and the policy in force stays\. See: npx tenet policy lint/,
      );
  });
});
