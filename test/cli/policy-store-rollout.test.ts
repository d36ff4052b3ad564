import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommanderError } from 'commander';
import { activateStore } from '../../cli/policy-store-activate.ts';
import { applyStore } from '../../cli/policy-store-apply.ts';
import { planStore } from '../../cli/policy-store-plan.ts';
import { differencesOf } from '../../cli/policy-store-planned.ts';
import { proposeStore } from '../../cli/policy-store-propose.ts';
import { cancelStore, promoteStore } from '../../cli/policy-store-rollout.ts';
import { rolloutStatus } from '../../cli/policy-store-rollout-status.ts';
import { createStore, rollBackStore, showHistory } from '../../cli/policy-store-verbs.ts';
import { program } from '../../cli/program.ts';
import { toUuid } from '../../core/base/ids.ts';
import type { PlanGroup } from '../../core/policy-stores/plan-groups.ts';
import { failure } from '../helpers/failure.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../helpers/people.ts';
import { storeFiles } from '../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

const openGates = { decisions: 0 };
const shadow = { stage: 'SHADOW' } as const;
const everywhere = { stage: 'ALL' } as const;
const canary = (share: number) => ({ stage: 'CANARY', share }) as const;

describe('tenet policy-store: rollouts', function () {
  this.timeout(60_000);
  const printError = console.error;
  let tenet: TestTenet;
  let owner: Person;
  let folder: string;
  let place: string;
  let lines: string[] = [];
  let said: string[] = [];
  const out = (line: string) => lines.push(line);
  const taken = (): string[] => lines.splice(0);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenet-rollout-'));
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    place = `${organizationId}/${await foundProject(owner, organizationId)}`;
    writeFileSync(join(folder, 'token'), owner.token);
  });
  beforeEach(() => {
    [lines, said] = [[], []];
    console.error = (line: string) => void said.push(line);
  });
  afterEach(() => {
    console.error = printError;
  });
  after(async () => {
    await tenet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = <T extends object>(more: T) => ({
    ...{ server: tenet.url, tokenFile: join(folder, 'token'), output: 'table' as const, reason: 'To look' },
    ...more,
  });
  /** A directory with the files, and with rows besides. */
  const written = (name: string, ...rows: string[]): string => {
    const directory = join(folder, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'model.conf'), storeFiles.model);
    writeFileSync(join(directory, 'policy.csv'), [storeFiles.policy, ...rows.map((row) => `${row}\n`)].join(''));
    return directory;
  };
  const purge = 'p, role:writer, record:*, purge, true, allow';
  /** A store in which the files are in force as revision 1. */
  const make = async (name: string): Promise<string> => {
    await createStore(name, options({ in: place }), out);
    expect(await applyStore(`${place}/${name}`, written('first'), options({}), out)).to.equal(0);
    taken();
    return `${place}/${name}`;
  };
  const status = async (store: string): Promise<string[]> => {
    taken();
    await rolloutStatus(store, options({}), out);
    return taken();
  };
  const shown = async (store: string) => {
    taken();
    await rolloutStatus(store, options({ output: 'json' as const }), out);
    return JSON.parse(taken().join('\n'));
  };
  const begun = async (store: string, stage: Parameters<typeof activateStore>[1]['stage'] = shadow): Promise<void> => {
    expect(await applyStore(store, written('purge', purge), options({ stage, gate: openGates }), out)).to.equal(0);
    taken();
  };

  it('goes from a proposal through the shadow and a canary into force', async () => {
    const store = await make('Walk');
    expect(await status(store)).to.deep.equal([`There is no rollout of ${store}.`]);
    expect(await proposeStore(store, written('first'), options({}), out)).to.equal(0);
    expect(taken()).to.deep.equal([`${store}: unchanged at revision 1`]);
    expect(await proposeStore(store, written('purge', purge), options({ gitCommit: '675c1207a1b2' }), out)).to.equal(0);
    expect(taken()).to.deep.equal([
      `${store}: revision 2 is stored; to put it into force: npx tenet policy-store activate ${store}@2 --stage shadow --reason '…'`,
    ]);
    expect(await activateStore(`${store}@2`, options({ stage: shadow, gate: openGates }), out)).to.equal(0);
    const begin = taken();
    expect(begin[0]).to.match(/Walk: rollout roll_\S+ of revision 2: shadow$/);
    expect(begin[1]).to.equal(`${store}: revision 1 is in force`);
    const open = await status(store);
    expect(open[0]).to.match(/Walk: rollout roll_\S+ of revision 2, compared with revision 1: shadow$/);
    expect(open[1]).to.match(/^since \S+Z, by user_\S+: To look$/);
    expect(open.slice(2)).to.deep.equal([
      '0 decisions compared; the gate asks for 0: met',
      '0 differ where that is not planned; the gate allows 0: met',
      '0 differ as planned',
    ]);
    await promoteStore(store, options({ stage: canary(500) }), out);
    expect(taken()[0]).to.match(/of revision 2: canary 5 %$/);
    const less = await failure(promoteStore(store, options({ stage: canary(500) }), out));
    expect(less.message).to.match(/^A canary only grows\. [^\n]*\n.*must be more than the present 500/);
    await promoteStore(store, options({ stage: canary(2_050) }), out);
    expect(taken()[0]).to.match(/canary 20\.5 %$/);
    await promoteStore(store, options({ stage: everywhere, reason: 'Nothing differs' }), out);
    expect(taken()).to.satisfy(([first, second]: string[]) => first!.endsWith(': done') && second === `${store}: revision 2 is in force`);
    expect((await status(store))[0]).to.match(/: the last rollout, roll_\S+ of revision 2, is in force at \S+Z: Nothing differs$/);
    await showHistory(store, options({ limit: 1 }), out);
    expect(taken()[1]).to.match(/^2 +1 +rollout +user_\S+ +\S+Z +Nothing differs$/);
    expect(await activateStore(`${store}@1`, options({ stage: everywhere, reason: 'Back' }), out)).to.equal(0);
    expect(taken()[0]).to.match(/revision 1 is in force, in place of revision 2 of .*; what came after it is taken back$/);
    expect(await activateStore(`${store}@1`, options({ stage: shadow }), out)).to.equal(0);
    expect(taken()).to.deep.equal([`${store}: unchanged at revision 1`]);
  });

  it('shows what was found, against the gates', async () => {
    const store = await make('Found');
    expect(await applyStore(store, written('purge', purge), options({ stage: canary(1), gate: { unplanned: 1 } }), out)).to.equal(0);
    const { id, canary: share, gates } = await shown(store);
    expect([share, gates]).to.deep.equal([{ share: 1 }, { decisions: 1_000, unplanned: 1 }]);
    await tenet.database.write('platform', async (db) => {
      const rollout_id = toUuid('rollout', id);
      await db('policy_store_rollout_counts').where({ rollout_id }).update({ compared: 951, dropped: 7 });
      const [{ org_id, store_id, round }] = await db('policy_store_rollout_counts').where({ rollout_id });
      const finding = { ...{ org_id, store_id, round, rollout_id, subject_type: 'user', resource_type: 'record' } };
      await db('policy_store_rollout_findings').insert([
        { ...finding, digest: 'a'.repeat(64), effect: 'DENY_TO_ALLOW', action: 'purge', after_line: 5, count: 12, planned: true },
        { ...finding, digest: 'b'.repeat(64), effect: 'ALLOW_TO_DENY', action: 'read', before_line: 2, count: 3, planned: false },
      ]);
    });
    taken();
    const [first, , ...rest] = await status(store);
    expect(first).to.match(/: canary 0\.01 %$/);
    expect(rest.map((line) => line.replace(/ +/g, ' '))).to.deep.equal([
      '951 decisions compared; the gate asks for 1,000: 49 more',
      '3 differ where that is not planned; the gate allows 1: 2 too many',
      '12 differ as planned',
      '7 decisions were not compared',
      '',
      'EFFECT WHO ACTION ON BEFORE AFTER DECISIONS PLANNED',
      'allowed -> denied user read record policy.csv:2 no row 3 no',
      'denied -> allowed user purge record no row policy.csv:5 12 yes',
    ]);
    const refused = await failure(promoteStore(store, options({ stage: everywhere }), out));
    expect([refused.name, refused.message]).to.satisfy(
      ([name, text]: string[]) => name === 'ApiError' && /does not meet its gates: 951 decisions .*; 3 compared .* --force/.test(text!),
    );
    await promoteStore(store, options({ stage: everywhere, force: true }), out);
    expect(taken()[1]).to.equal(`${store}: revision 2 is in force`);
  });

  it('ends by a cancellation, or by a rollback, and says so where another step is asked for', async () => {
    const store = await make('Ended');
    const never = await failure(promoteStore(store, options({ stage: everywhere }), out));
    expect([never.name, never.message]).to.deep.equal([
      'UsageError',
      `${store} has no open rollout. To begin one: npx tenet policy-store activate ${store}@<revision> --stage shadow --reason '…'`,
    ]);
    await begun(store);
    await cancelStore(store, options({ reason: 'Too much' }), out);
    expect(taken()).to.satisfy(
      ([first, second]: string[]) => first!.endsWith(': cancelled') && second === `${store}: revision 1 is in force`,
    );
    expect((await failure(cancelStore(store, options({}), out))).message).to.match(
      /has no open rollout\. .*the last rollout, roll_\S+ of revision 2, was cancelled at \S+: Too much\. To begin one: /,
    );
    await begun(store, canary(10_000));
    await rollBackStore(store, options({ reason: 'Too soon' }), out);
    expect(taken()[0]).to.match(/Ended: the rollout roll_\S+ of revision 2 is cancelled; revision 1 is in force$/);
  });

  it('is alone in its store, and needs something in force', async () => {
    const store = await make('Alone');
    await begun(store);
    const other = written('other', purge, 'p, user:eve, record:*, read, true, allow');
    for (const stage of [everywhere, shadow, canary(500)])
      expect((await failure(applyStore(store, other, options({ stage }), out))).message).to.match(
        /^The rollout roll_\S+ of revision 2 of \S+Alone is open: promote it, or cancel it/,
      );
    expect((await failure(activateStore(`${store}@2`, options({ stage: everywhere }), out))).message).to.match(
      /^The rollout roll_\S+ .* is open/,
    );
    expect((await failure(activateStore(`${store}@9`, options({ stage: shadow }), out))).message).to.match(/has no revision 9/);
    await createStore('Empty', options({ in: place }), out);
    expect((await failure(applyStore(`${place}/Empty`, other, options({ stage: shadow }), out))).message).to.match(
      /^Nothing is in force in \S+Empty, so there is nothing to compare with/,
    );
    taken();
    expect(await proposeStore(`${place}/Empty`, other, options({}), out)).to.equal(0);
    expect(taken()[0]).to.match(/activate \S+Empty@1 --reason '…'$/);
    expect(await activateStore(`${place}/Empty@1`, options({ stage: everywhere }), out)).to.equal(0);
    expect(taken()).to.deep.equal([`${place}/Empty: revision 1 is in force`]);
  });

  it('does not begin where something else has come into force since the command began', async () => {
    const store = await make('Raced');
    const real = globalThis.fetch;
    let hasMoved = false;
    globalThis.fetch = async (input, init) => {
      if (String(input).endsWith('/rollouts') && init?.method === 'POST' && !hasMoved) {
        hasMoved = true;
        const change = written('meanwhile', 'p, user:eve, record:*, read, true, allow');
        expect(await applyStore(store, change, options({}), out)).to.equal(0);
      }
      return real(input, init);
    };
    try {
      const raced = await failure(applyStore(store, written('purge', purge), options({ stage: canary(500) }), out));
      expect(raced.message).to.match(/^Someone has changed what is in force in \S+Raced since this began\. Revision 2 is proposed and not/);
    } finally {
      globalThis.fetch = real;
    }
    expect((await status(store))[0]).to.match(/^There is no rollout of /);
  });

  describe('with a plan', () => {
    const planned = async (store: string, files: string): Promise<string> => {
      taken();
      await planStore(store, files, { ...options({}), output: 'json' }, out);
      const file = join(folder, 'plan.json');
      writeFileSync(file, taken().join('\n'));
      return file;
    };

    it('knows which differences are meant, and begins as long as the plan says what happens', async () => {
      const store = await make('Planned');
      const files = written(
        'both',
        purge,
        'p, user:alice, record:*, read, true, deny',
        'p, user:carol, record:*, list, r.ctx.night == true, allow',
      );
      const body = JSON.stringify({
        entities: [
          { type: 'record', id: '1', properties: { isPublic: true } },
          { type: 'user', id: 'carol' },
        ],
      });
      const { id } = (await storesOf()).find(({ name }) => name === 'Planned')!;
      expect((await owner.raw(`${storesPath()}/${id}/entities`, { method: 'POST', headers: json, body })).status).to.equal(200);
      const plan = await planned(store, files);
      expect(await applyStore(store, written('first'), options({ stage: shadow, plan }), out)).to.equal(20);
      expect(await applyStore(store, files, options({ stage: shadow, plan }), out)).to.equal(0);
      expect((await shown(store)).planned).to.have.deep.members([
        { effect: 'ALLOW_TO_DENY', subjectType: 'user', action: 'read', resourceType: 'record' },
        { effect: 'DENY_TO_ALLOW', subjectType: 'user', action: 'purge', resourceType: 'record' },
        { effect: 'DENY_TO_ALLOW', subjectType: 'user', action: 'list', resourceType: 'record' },
        { effect: 'ALLOW_TO_DENY', subjectType: 'user', action: 'list', resourceType: 'record' },
      ]);
      await cancelStore(store, options({}), out);
      expect(await activateStore(`${store}@2`, options({ stage: canary(100), plan }), out)).to.equal(0);
      expect((await shown(store)).planned).to.have.length(4);
      await cancelStore(store, options({}), out);
      expect(await applyStore(store, written('purge', purge), options({}), out)).to.equal(0);
      taken();
      expect(await activateStore(`${store}@2`, options({ stage: shadow, plan }), out)).to.equal(21);
      expect(await activateStore(`${store}@1`, options({ stage: shadow, plan }), out)).to.equal(20);
      expect(said.join('\n')).to.match(/The plan is of other files than these.*\n.*The plan is stale: what is in force/);
      writeFileSync(plan, '{}');
      expect((await failure(activateStore(`${store}@2`, options({ stage: shadow, plan }), out))).message).to.match(
        /is no plan of a policy store/,
      );
    });

    const json = { 'content-type': 'application/json' };
    const storesPath = () => {
      const [organizationId, projectId] = place.split('/');
      return `/v1/organizations/${organizationId}/projects/${projectId}/policy-stores`;
    };
    const storesOf = async () => ((await (await owner.raw(storesPath())).json()) as { items: { id: string; name: string }[] }).items;

    it('takes each difference once and 500 at most, and says what the plan leaves out', () => {
      const answer = { decision: false };
      const group = (kind: PlanGroup['kind'], action: string): PlanGroup => ({
        ...{ kind, action, subjectType: 'user', resourceType: 'record', count: 1, conditional: 0, subjects: 1, resources: 1 },
        ...{ before: answer, after: answer },
      });
      const omitted = { groups: 0, cells: 0, lines: 0 };
      const groups = (kind: PlanGroup['kind'], count: number) => Array.from({ length: count }, (_, index) => group(kind, `a${index}`));
      expect(differencesOf({ groups: [...groups('GAIN', 2), ...groups('GAIN', 2)], omitted })).to.have.length(2);
      expect(said).to.deep.equal([]);
      expect(differencesOf({ groups: groups('CONDITIONAL', 250), omitted: { ...omitted, groups: 1 } })).to.have.length(500);
      expect(said.join()).to.match(
        /^tenet: The plan leaves out 1 group of changes: decisions of a kind that only they have count as not planned/,
      );
      expect(() => differencesOf({ groups: groups('CONDITIONAL', 251), omitted })).to.throw(
        /^--plan says 502 different changes, and a rollout takes 500: make a smaller change/,
      );
    });
  });

  it('refuses stages and gates that there are not, and what goes with no stage', async () => {
    const tenetProgram = program();
    const calm = (command: typeof tenetProgram): void => {
      command.exitOverride().configureOutput({ writeErr: () => undefined });
      for (const each of command.commands) calm(each);
    };
    calm(tenetProgram);
    const asked = (...words: string[]) => failure(tenetProgram.parseAsync(['policy-store', ...words, '--reason', 'No'], { from: 'user' }));
    for (const stage of ['canary', 'canary:0%', 'canary:100.5%', 'canary:5', 'orgs=acme', 'everywhere']) {
      const error = await asked('activate', 'a/b/c@1', '--stage', stage);
      expect(error, stage).to.be.instanceOf(CommanderError);
      expect(error.message, stage).to.match(/It must be shadow, canary:5% \(0\.01 to 100 percent of the subjects\), or all\.$/);
    }
    for (const gate of ['subjects=2', 'decisions', 'unplanned=-1'])
      expect((await asked('apply', 'a/b/c', '--stage', 'shadow', '--gate', gate)).message, gate).to.match(
        /It must be decisions=<number>, unplanned=/,
      );
    expect(await asked('rollout', 'promote', 'a/b/c')).to.be.instanceOf(CommanderError);
    const file = join(folder, 'none.json');
    for (const [work, message] of [
      [() => activateStore('a/b/c@1', options({ stage: everywhere, gate: openGates })), /^--gate goes with --stage shadow or canary/],
      [() => applyStore('a/b/c', folder, options({ gate: openGates })), /^--gate goes with --stage shadow or canary/],
      [() => activateStore('a/b/c@1', options({ stage: everywhere, plan: file })), /^--plan goes with --stage shadow or canary/],
      [() => promoteStore('a/b/c', options({ stage: shadow })), /does not go back to the shadow/],
      [
        async () => activateStore(await make('Unnamed'), options({ stage: shadow })),
        /Unnamed names no revision: say which one, as in \S+Unnamed@3\.$/,
      ],
    ] as const)
      expect(await failure(work())).to.satisfy(
        (error: Error) => error.name === 'UsageError' && message.test(error.message),
        String(message),
      );
  });
});
