import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { propose } from '../../cli/policy-propose.ts';
import { listHeads, listRevisions } from '../../core/authorization/store/revisions.ts';
import { commandsOn } from '../helpers/environment.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('tenet policy propose', () => {
  let takeBack: () => void;
  let tenet: TestTenet;
  let folder: string;

  before(async () => {
    tenet = await startTenet();
    takeBack = commandsOn(tenet);
    folder = mkdtempSync(join(tmpdir(), 'tenet-propose-'));
    cpSync('policies', folder, { recursive: true });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    takeBack?.();
    await tenet?.stop();
  });

  const lines = async (): Promise<string[]> => {
    const said: string[] = [];
    await propose(folder, { reason: 'Reviewed', output: 'table' }, (line) => said.push(line));
    return said;
  };

  it('stores what the files say otherwise, once, and puts nothing into force', async () => {
    expect(await lines()).to.include('blueprint.teams: unchanged at revision 1');
    const file = join(folder, 'blueprints/teams/blueprint.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^title: .*$/m, 'title: Said anew'));
    for (let round = 0; round < 2; round++) {
      const said = await lines();
      expect(said.filter((line) => !line.includes('unchanged'))).to.have.length(1);
      expect(said.find((line) => line.startsWith('blueprint.teams'))).to.match(
        /revision 2 is stored; .*activate blueprint\.teams@2 --stage shadow/,
      );
    }
    const { heads, revisions } = await tenet.database.read('platform', async (db) => ({
      heads: await listHeads(db, ['blueprint/teams']),
      revisions: await listRevisions(db, 'blueprint/teams', { limit: 9 }),
    }));
    expect(heads[0]!.revision).to.equal(1);
    expect(revisions.map(({ revision, reason }) => [revision, reason])[0]).to.deep.equal([2, 'Reviewed']);
    expect(revisions).to.have.length(2);
  });
});
