import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toId } from '../../core/base/ids.ts';
import { exportPolicy } from '../../core/policies/bundle.ts';
import { chanceOf } from '../core/access-plans/random-data.ts';
import { withData } from '../core/access-plans/with-data.ts';
import { askTenet, organizationsOf } from '../core/policies/bundle-questions.ts';

describe("Casbin's other homes", function () {
  this.timeout(600_000);
  const directory = mkdtempSync(join(tmpdir(), 'tenet-homes-'));
  const bundle = join(directory, 'bundle');
  const questions = join(directory, 'questions.csv');
  const turned = join(directory, 'turned.csv');

  before(() =>
    withData(
      9_500,
      async (database) => {
        const asked = new Map<string, Awaited<ReturnType<typeof askTenet>>>();
        for (const org of await organizationsOf(database)) asked.set(org, await askTenet(database, org, chanceOf(1), 1_000));
        // The one with the most that is allowed says most.
        const allowedIn = (org: string): number => asked.get(org)!.filter(({ allowed }) => allowed).length;
        const [org] = [...asked.keys()].sort((a, b) => allowedIn(b) - allowedIn(a));
        const { model, policy } = await database.read('platform', (db) => exportPolicy(db, toId('organization', org!)));
        mkdirSync(bundle);
        writeFileSync(join(bundle, 'model.conf'), model);
        writeFileSync(join(bundle, 'policy.csv'), policy);
        const lines = asked.get(org!)!.map(({ asked: question, allowed }) => [...question, allowed].join(','));
        expect(allowedIn(org!)).to.be.within(50, 950);
        writeFileSync(questions, `${lines.join('\n')}\n`);
        const [first = '', ...rest] = lines;
        writeFileSync(
          turned,
          `${[first.endsWith('true') ? first.replace(/true$/, 'false') : first.replace(/false$/, 'true'), ...rest].join('\n')}\n`,
        );
      },
      { organizations: 8, users: 8 },
    ),
  );
  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const language of ['go', 'java', 'python']) {
    it(`answers 1,000 questions as Tenet does in ${language}`, function () {
      const ask = (file: string) =>
        spawnSync('examples/casbin-homes/run.sh', [language, bundle, file], {
          encoding: 'utf8',
          env: { ...process.env, CASBIN_HOMES: join(tmpdir(), 'tenet-casbin-homes') },
        });
      const { status, stdout, stderr } = ask(questions);
      if (status === 3) {
        console.log(`      ${stderr.trim()}`);
        this.skip();
      }
      expect(stdout.trim().split('\n').at(-1), stderr).to.equal('1000 questions, 0 differences');
      expect(status).to.equal(0);
      expect(ask(turned).status).to.equal(1);
    });
  }
});
