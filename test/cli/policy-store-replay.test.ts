import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PlanForm } from '../../cli/formats.ts';
import { replayStore } from '../../cli/policy-store-replay.ts';
import { toUuid } from '../../core/base/ids.ts';
import { asOwner } from '../helpers/as-owner.ts';
import { failure } from '../helpers/failure.ts';
import { send } from '../helpers/keys.ts';
import { type Person, signIn } from '../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy-store replay', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'tenet-store-replay-'));
  let tenet: TestTenet;
  let owner: Person;
  let name: string;
  let storeId: string;
  let lines: string[];
  const out = (line: string) => lines.push(line);
  const written = (directory: string, policy: string): string => {
    const path = join(folder, directory);
    mkdirSync(path);
    writeFileSync(join(path, 'model.conf'), storeFiles.model);
    writeFileSync(join(path, 'policy.csv'), policy);
    return path;
  };
  const options = (more: { format?: PlanForm; output?: 'json'; failOn?: readonly ('loss' | 'gain')[] } = {}) => ({
    ...{ server: tenet.url, tokenFile: join(folder, 'token'), output: 'table' as const, since: 7, limit: 10_000 },
    ...more,
  });
  let same: string;
  let changed: string;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    owner = await signIn(tenet, 'owner@example.com');
    writeFileSync(join(folder, 'token'), owner.token);
    const { organizationId, projectId, policyStoreId, store } = await foundStore(owner);
    await putFirstIntoForce(owner, store);
    name = `${organizationId}/${projectId}/Todo`;
    storeId = toUuid('policyStore', policyStoreId);
    const asked = { subject: { type: 'user', id: 'alice' }, action: { name: 'write' } };
    for (const id of ['1', '2', '2'])
      await send(owner, 'POST', `${store}/access/v1/evaluation`, {
        ...asked,
        resource: { type: 'record', id, properties: { status: 'open' } },
      });
    await tenet.decisionLog!.flush();
    await tenet.decisionLog!.stores.flush();
    same = written('same', storeFiles.policy);
    changed = written('changed', storeFiles.policy.replace('user:alice', 'user:bob'));
  });
  beforeEach(() => {
    lines = [];
  });
  after(async () => {
    await tenet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends with 0 where nothing comes out the other way, by files and by a revision', async () => {
    expect(await replayStore(name, same, options(), out)).to.equal(0);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^Replay of 7 days: 3 recorded decisions \(.*\) -> 0 flip allow->deny, 0 flip deny->allow$/);
    expect(await replayStore(`${name}@1`, '.', options({ failOn: ['loss'] }), out)).to.equal(0);
  });

  it('ends with 10 where something does, with 20 where that stops it, and says who, by which rows and when last', async () => {
    expect(await replayStore(name, changed, options(), out)).to.equal(10);
    expect(lines[0]).to.match(/^CHANGE +WHO +ACTION +ON +DECISIONS +SUBJECTS +RESOURCES +LAST USED +BEFORE +AFTER$/);
    expect(lines[1]).to.match(/^LOSS +user +write +record +3 +1 +2 +\S+Z +allowed by 1: p, role:writer, .* \(revision 1\) +denied$/);
    expect(lines.at(-1)).to.match(/ -> 3 flip allow->deny, 0 flip deny->allow$/);
    expect(await replayStore(name, changed, options({ failOn: ['gain'] }), out)).to.equal(10);
    expect(await replayStore(name, changed, options({ failOn: ['loss'] }), out)).to.equal(20);
  });

  it('says the same as JSON and in the forms of reports', async () => {
    await replayStore(name, changed, options({ output: 'json' }), out);
    expect(JSON.parse(lines.join('\n'))).to.deep.include({ decisions: 3, totals: { losses: 3, gains: 0, alreadyInForce: 0, groups: 1 } });
    for (const [format, pattern] of [
      ['markdown', /1 subject of the type user would lose write on 2 record<br>3 decisions, last used \S+ by alice on 2: allowed by 1/],
      ['github', /^::warning file=.*changed\/policy\.csv,line=1,title=replay::3 decisions/m],
      ['sarif', /"ruleId": ?"replay"/],
      ['junit', /would lose write/],
    ] as const) {
      lines = [];
      expect(await replayStore(name, changed, options({ format }), out), format).to.equal(10);
      expect(lines.join('\n'), format).to.match(pattern);
    }
  });

  it('is a command, which refuses wrong options and says why there is nothing to replay', async () => {
    const run = (...args: string[]) => runTenet(['policy-store', 'replay', ...args], { TENET_URL: tenet.url, TENET_TOKEN: owner.token });
    const { code, stdout, stderr } = await run(name, changed, '--since', '12h', '--limit', '2', '--fail-on', 'loss,gain');
    expect([code, stdout.includes('1 older one left out')], stderr).to.deep.equal([20, true]);
    expect(stdout).to.match(/^Replay of 12 hours: 2 recorded decisions /m);
    expect(stderr)
      .to.include('stopped by --fail-on loss: 2')
      .and.include('2 of 2 decisions confirmed by stock Casbin, 0 faults.')
      .and.include('with the properties that counted then');
    for (const wrong of [
      ['--limit', '50001'],
      ['--since', '7 weeks'],
      ['--fail-on', 'conditional'],
      ['--format', 'pretty'],
    ])
      expect((await run(name, changed, ...wrong)).code, wrong.join(' ')).to.equal(2);
    const missing = await failure(replayStore(`${name}@7`, '.', options(), out));
    expect(missing.message).to.include('The policy store has no revision 7.');
  });

  it('ends with 1 where the log is not what its revision decides', async () => {
    await asOwner(tenet, 'update decision_log_stores set decision = false where store_id = $1', [storeId]);
    expect(await replayStore(name, changed, options(), out)).to.equal(1);
  });
});
