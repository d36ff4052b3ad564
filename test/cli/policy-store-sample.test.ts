import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyStore } from '../../cli/policy-store-apply.ts';
import { writeStoreFiles } from '../../cli/policy-store-files.ts';
import { type PlanOptions, planStore } from '../../cli/policy-store-plan.ts';
import { newId } from '../../core/base/ids.ts';
import { digestOf } from '../../core/policy-stores/revisions.ts';
import { storeFiles } from '../helpers/policy-stores.ts';

const answer = { decision: false };
const gain = {
  ...{ kind: 'GAIN', subjectType: 'user', action: 'purge', resourceType: 'record', count: 2, conditional: 0, subjects: 1, resources: 2 },
  ...{ before: answer, after: { decision: true, line: 2, row: 'p, *, record:*, purge, true, allow' } },
};

/** A plan of a sample in which `groups` were found. */
function sample(groups: readonly (typeof gain)[]) {
  return {
    ...{ to: { sha256: digestOf(storeFiles) }, subjectTypes: ['user'], resourceTypes: ['record'], subjects: { all: 8, asked: 8 } },
    ...{ resources: 99_001, entities: { stored: 99_009, looked: 10_008 }, isComplete: false, lines: { added: [], removed: [] } },
    summary: { gains: groups.length * 2, losses: 0, conditional: 0, subjects: groups.length, resources: groups.length * 2 },
    ...{ groups, cells: [], omitted: { groups: 0, cells: 0, lines: 0 }, verification: { decided: 1_000, differences: 0 } },
    ...{ digest: 'a'.repeat(64), entityVersion: '1' },
  };
}

describe('a plan of a policy store that is a sample', () => {
  const store = [newId('organization'), newId('project'), newId('policyStore')].join('/');
  const print = console.error;
  let server: Server;
  let folder: string;
  let base: PlanOptions;
  let found: readonly (typeof gain)[] = [];
  let lines: string[] = [];
  let said: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenet-sample-'));
    await writeStoreFiles(folder, storeFiles);
    writeFileSync(join(folder, 'token'), 'token');
    server = createServer((request, response) => {
      const reply = () => response.setHeader('content-type', 'application/json').end(JSON.stringify(sample(found)));
      request.resume().on('end', reply);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    base = { server: `http://127.0.0.1:${port}`, tokenFile: join(folder, 'token'), output: 'table' };
    console.error = (line: string) => void said.push(line);
  });
  after(() => {
    console.error = print;
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function plan(groups: readonly (typeof gain)[], options: Partial<PlanOptions> = {}): Promise<[number, string]> {
    [found, lines, said] = [groups, [], []];
    const code = await planStore(store, folder, { ...base, ...options }, (line) => void lines.push(line));
    return [code, lines.join('\n')];
  }

  it('never says that nothing changes, in any form, and ends with 22', async () => {
    const least = /At least 0 gains and 0 losses; 10,008 of 99,009 entities were looked at/;
    for (const form of [undefined, 'markdown', 'github', 'sarif', 'junit'] as const) {
      const [code, text] = await plan([], form && { format: form });
      expect(code, form).to.equal(22);
      expect(text, form)
        .to.match(form === 'github' ? /At least 0 gains and 0 losses/ : least)
        .and.not.match(/nothing|passed/i);
    }
    const [code, text] = await plan([gain]);
    expect([code, text.split('\n')[0]]).to.deep.equal([22, 'At least 2 gains and 0 losses; 10,008 of 99,009 entities were looked at']);
  });

  it('counts as whatever --fail-on names, and with --allow-sample as something that changes', async () => {
    expect((await plan([], { failOn: ['loss'] }))[0]).to.equal(20);
    expect(said.join()).to.equal('tenet: stopped by --fail-on loss: at least 0, for the plan is of a sample');
    expect((await plan([], { allowSample: true }))[0]).to.equal(10);
    expect((await plan([], { allowSample: true, failOn: ['gain'] }))[0]).to.equal(10);
    expect((await plan([gain], { allowSample: true, failOn: ['gain'] }))[0]).to.equal(20);
  });

  it('names the row of each change in the forms for programs', async () => {
    const [, github] = await plan([gain], { format: 'github', allowSample: true });
    expect(github).to.match(/policy\.csv,line=2.*1 subject of the type user gains purge on 2 record \(2 questions\)/);
    const [, sarif] = await plan([gain], { format: 'sarif' });
    expect(sarif)
      .to.match(/"startLine": ?2/)
      .and.match(/"ruleId": ?"sample"/);
  });

  it('is not applied unless that is said', async () => {
    const [, text] = await plan([], { output: 'json' });
    writeFileSync(join(folder, 'plan.json'), text);
    const apply = { ...base, reason: 'Planned', plan: join(folder, 'plan.json') };
    expect(await applyStore(store, folder, apply)).to.equal(22);
    expect(said.join()).to.match(/The plan is of a sample: 10,008 of 99,009 entities were looked at, .* add --allow-sample/);
  });
});
