import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPolicies } from '../../../core/authorization/review/files.ts';
import { applyContents, blueprintsWithoutFiles, unappliedPolicies } from '../../../core/policies/policies.ts';
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
      /^Policy blueprint\.integrations in .* differs from revision 1, which is in force\. .*npx tenet policy apply .* --reason/,
    );
  });

  it('are told of when they cannot be read', async () => {
    writeFileSync(join(directory, 'model.conf'), '[nonsense');
    for (const place of [directory, join(directory, 'nowhere')])
      expect((await unappliedPolicies(tenet.database, place))[0]).to.match(
        /cannot be read, and the policy in force stays\. See: npx tenet policy lint/,
      );
  });

  it('are told of where a kind of organization has lost its folder, and stays in force', async () => {
    rmSync(join(directory, 'blueprints/integrations'), { recursive: true });
    const lines = await unappliedPolicies(tenet.database, directory);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^Policy blueprint\.integrations has no files in .* any more, and stays in force with revision 1/);
    const left = await tenet.database.read('platform', async (db) => blueprintsWithoutFiles(db, await readPolicies(directory)));
    expect(left.map(({ scope }) => scope)).to.deep.equal(['blueprint/integrations']);
  });

  it('that are applied say what they take the place of, and what they take back', async () => {
    const apply = async (author: string, reason: string) => {
      const contents = await readPolicies(directory);
      const applied = await tenet.database.write('platform', (db) =>
        applyContents(db, contents, { author, reason }, { name: author, requestId: 'cli' }),
      );
      return applied.find(({ scope }) => scope === 'blueprint/integrations')!;
    };
    expect(await apply('system:cli/ann', 'Nothing new')).to.deep.equal({ scope: 'blueprint/integrations', revision: 1, changed: false });
    const file = join(directory, 'blueprints/integrations/policy.csv');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `${before}p, integrations/org.member, org, audit-event, list, allow\n`);
    const second = await apply('system:cli/bob', 'Members see what happened');
    expect(second).to.include({ revision: 2, changed: true });
    expect(second.replaced).to.include({ revision: 1, by: 'system:start' }).and.not.have.property('backTo');
    writeFileSync(file, before);
    const third = await apply('system:cli/ann', 'From an old checkout');
    const { at, ...replaced } = third.replaced!;
    expect(at).to.match(/^\d{4}-.*Z$/);
    expect(replaced).to.deep.equal({ revision: 2, by: 'system:cli/bob', reason: 'Members see what happened', backTo: 1 });
  });
});
