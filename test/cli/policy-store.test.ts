import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyStore } from '../../cli/policy-store-apply.ts';
import { batchesOf, exportEntities, importEntities, readEntities } from '../../cli/policy-store-entities.ts';
import { explainInStore } from '../../cli/policy-store-explain.ts';
import { diffStore } from '../../cli/policy-store-plan.ts';
import { lintStore, testStore } from '../../cli/policy-store-review.ts';
import { createStore, exportStore, listStores, rollBackStore, showHistory, showRevision } from '../../cli/policy-store-verbs.ts';
import type { StoreContents } from '../../core/authorization/policy-stores/types.ts';
import { failure } from '../helpers/failure.ts';
import { foundOrganization, foundProject, join as joinAs, type Person, signIn } from '../helpers/people.ts';
import { storeFiles } from '../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

const tests = `cases:
  - name: writers write
    subject: user:alice
    action: write
    resource: record:1
    entities: [{ type: record, id: '1', properties: { status: open } }]
    expect: allow
  - name: strangers do not
    subject: user:bob
    action: write
    resource: record:1
    expect: deny
`;

describe('tenet policy-store', function () {
  this.timeout(60_000);
  let folder: string;
  let lines: string[];
  const out = (line: string) => lines.push(line);
  /** A directory with these files. */
  const written = (name: string, contents: Partial<StoreContents> = {}): string => {
    const directory = join(folder, name);
    mkdirSync(directory, { recursive: true });
    const all = { ...storeFiles, tests, ...contents };
    writeFileSync(join(directory, 'model.conf'), all.model);
    writeFileSync(join(directory, 'policy.csv'), all.policy);
    writeFileSync(join(directory, 'tests.yaml'), all.tests);
    return directory;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenet-store-'));
  });
  beforeEach(() => {
    lines = [];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('lint and test, without a server,', () => {
    it('find nothing in files that hold, and say which rows no test looks at', async () => {
      const directory = written('good');
      expect(await lintStore(directory, out)).to.equal(0);
      expect(await testStore(directory, out)).to.equal(0);
      expect(lines).to.deep.equal([
        '0 errors, 0 warnings',
        `${directory}/policy.csv:2: no test is decided by this row`,
        `${directory}/policy.csv:3: no test is decided by this row`,
        '2 passed, 0 failed; 1 of 3 rows tested',
      ]);
      expect(await testStore(directory, out, 'table', { min: 50 })).to.equal(4);
    });

    it('name the file and line of what is wrong, and of each test that fails, in every form', async () => {
      const directory = written('failing', { tests: tests.replace('expect: allow', 'expect: deny') });
      const sentence = 'expected deny, but write on record:1 is allowed to user:alice by line 1 of policy.csv';
      expect(await testStore(directory, out)).to.equal(1);
      expect(lines[0]).to.equal(`${directory}/tests.yaml:2: failed: writers write\n  ${sentence}`);
      for (const [form, pattern] of [
        ['json', /"line": 2/],
        ['junit', /<failure[^>]*>|failures="1"/],
        ['github', /^::error file=.*tests\.yaml,line=2/m],
        ['sarif', /"startLine": ?2/],
        ['markdown', /tests\.yaml`:2/],
      ] as const) {
        lines = [];
        expect(await testStore(directory, out, form), form).to.equal(1);
        expect(lines.join('\n'), form).to.match(pattern);
      }
      lines = [];
      expect(await lintStore(directory, out)).to.equal(1);
      expect(lines[0]).to.equal(`${directory}/tests.yaml:2: error: writers write: ${sentence} (test)`);
    });

    it('say what is missing or cannot be read, and that there is nothing to test', async () => {
      const broken = written('broken', { policy: 'p, user:a, record:*, read, r.res.x.repeat(9) == 1, allow\n' });
      expect(await lintStore(broken, out)).to.equal(1);
      expect(await testStore(broken, out)).to.equal(1);
      expect(lines[0]).to.match(/broken\/policy\.csv:1: error: /);
      expect(lines.at(-1)).to.equal('The files of the store cannot be read.');
      lines = [];
      const lacking = written('lacking');
      rmSync(join(lacking, 'model.conf'));
      expect(await lintStore(lacking, out)).to.equal(1);
      expect(lines[0]).to.match(/lacking\/model\.conf:1: error: this file is missing; /);
      const pipe = written('pipe');
      rmSync(join(pipe, 'policy.csv'));
      execFileSync('mkfifo', [join(pipe, 'policy.csv')]);
      rmSync(join(pipe, 'tests.yaml'));
      mkdirSync(join(pipe, 'tests.yaml'));
      lines = [];
      expect(await lintStore(pipe, out)).to.equal(1);
      expect(lines.slice(0, 2).map((line) => line.slice(folder.length))).to.deep.equal([
        '/pipe/policy.csv:1: error: this cannot be read: it is no regular file (missing-file)',
        '/pipe/tests.yaml:1: error: this cannot be read: it is no regular file (missing-file)',
      ]);
      expect(await testStore(written('untested', { tests: '' }), out)).to.equal(3);
      expect((await failure(lintStore(join(folder, 'never'), out))).message).to.match(/^There is no directory .*never: name one/);
    });
  });

  describe('through a server', () => {
    let tenet: TestTenet;
    let owner: Person;
    let place: string;
    let server: { server: string; tokenFile: string };

    before(async () => {
      tenet = await startTenet();
      owner = await signIn(tenet, 'owner@example.com');
      const organizationId = await foundOrganization(owner);
      const projectId = await foundProject(owner, organizationId);
      const { data: organization } = await owner.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } });
      const { data: project } = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
        params: { path: { organizationId, projectId } },
      });
      place = `${organization!.slug}/${project!.slug}`;
      server = asCaller('owner', owner.token);
      const member = await joinAs(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
      asCaller('manager', member.token);
    });
    after(() => tenet?.stop());

    const asCaller = (name: string, token: string) => {
      writeFileSync(join(folder, `${name}.token`), `${token}\n`);
      return { server: tenet.url, tokenFile: join(folder, `${name}.token`) };
    };
    const options = <T extends object>(more: T) => ({ ...server, output: 'table' as const, ...more });
    const make = async (name: string): Promise<string> => {
      await createStore(name, options({ in: place }), out);
      lines = [];
      return `${place}/${name}`;
    };

    it('makes a store, applies files, goes back, and shows, lists and exports what is in force', async () => {
      await createStore('Todo', options({ in: place, description: 'Of the todo application.' }), out);
      const store = `${place}/todo`;
      const first = written('first');
      expect(await applyStore(store, first, options({ reason: 'Begins' }), out)).to.equal(0);
      expect(await applyStore(store, first, options({ reason: 'Again' }), out)).to.equal(0);
      const second = written('second', { policy: `${storeFiles.policy}p, user:carol, record:*, read, true, allow\n` });
      expect(await applyStore(store, second, options({ reason: 'Carol reads', gitCommit: '675c1207a1b2' }), out)).to.equal(0);
      expect(await applyStore(store, first, options({ reason: 'Not Carol' }), out)).to.equal(0);
      expect(lines[0]).to.match(new RegExp(`^${place}/Todo: pst_\\S+; it denies everything`));
      expect(lines.slice(1, 3)).to.deep.equal([`${store}: revision 1 is in force`, `${store}: unchanged at revision 1`]);
      expect(lines[3]).to.match(/revision 2 is in force, in place of revision 1 of user_\S+, \S+Z \("Begins"\)$/);
      expect(lines[4]).to.match(/revision 3 .* revision 2 of .* \("Carol reads"\); it says what revision 1 said, so what came after that/);
      lines = [];
      await rollBackStore(store, options({ reason: 'Carol again' }), out);
      await rollBackStore(`${store}@1`, options({ reason: 'By number' }), out);
      expect(lines).to.deep.equal([
        `${store}: revision 2 is in force, in place of revision 3`,
        `${store}: revision 1 is in force, in place of revision 2`,
      ]);
      lines = [];
      await showHistory(store, options({ limit: 3 }), out);
      expect(lines[0]).to.match(/^REVISION +BEFORE +HOW +BY +AT +REASON$/);
      expect(lines[1]).to.match(/^1 +2 +rollback +user_\S+ +\S+Z +By number$/);
      expect(lines[3]).to.match(/^3 +2 +activation .*Not Carol$/);
      expect(lines).to.have.length(4);
      lines = [];
      await showRevision(`${store}@2`, options({}), out);
      expect(lines[0]).to.equal(`${store}@2`);
      expect(lines).to.include('Git commit 675c1207a1b2').and.include('p, user:carol, record:*, read, true, allow');
      lines = [];
      await listStores(options({ in: place }), out);
      expect(lines.find((line) => line.startsWith('Todo'))).to.match(/^Todo +pst_\S+ +1 +0 +Of the todo application\.$/);
      const target = join(folder, 'exported');
      await exportStore(store, options({ to: target }), out);
      expect(readFileSync(join(target, 'policy.csv'), 'utf8')).to.equal(storeFiles.policy);
      expect(await lintStore(target, out)).to.equal(0);
      const refused = await failure(exportStore(store, options({ to: '/proc/nowhere/exported' }), out));
      expect([refused.name, refused.message]).to.deep.equal([
        'UsageError',
        "--to /proc/nowhere/exported cannot be written (ENOENT: no such file or directory, mkdir '/proc/nowhere'): name a directory that can.",
      ]);
    });

    it('explains a decision: by which row and role, else what came nearest and what of it was not true', async () => {
      const store = await make('Explained');
      await applyStore(store, written('explained'), options({ reason: 'Begins' }), out);
      const entities = join(folder, 'explained.jsonl');
      writeFileSync(entities, '{"type":"record","id":"2","properties":{"status":"archived"}}\n');
      await importEntities(store, entities, options({}), out);
      lines = [];
      const words = { subject: 'user:alice', action: 'write', resource: 'record:2' };
      expect(await explainInStore(store, words, options({}), out)).to.equal(1);
      expect(lines.slice(0, 5)).to.deep.equal([
        'denied: user:alice write record:2: no row of policy.csv allows it',
        "nearest policy.csv:1: p, role:writer, record:*, write, r.res.status != 'archived', allow",
        "  it is not true that r.res.status != 'archived'",
        '    r.res.status is "archived"',
        'has role:writer, by policy.csv:4',
      ]);
      lines = [];
      const mallory = { subject: 'user:mallory', action: 'read', resource: 'record:1' };
      expect(await explainInStore(`${store}@1`, mallory, options({ context: '{}' }), out)).to.equal(1);
      expect(lines.slice(0, 2)).to.deep.equal([
        'denied: user:mallory read record:1: policy.csv:3',
        '  p, user:mallory, record:*, *, true, deny',
      ]);
      expect((await failure(explainInStore(store, { ...words, subject: 'alice' }, options({})))).message).to.match(/a type and an id/);
      expect((await failure(explainInStore(store, words, options({ context: '[]' })))).message).to.match(/a JSON object/);
    });

    it('puts nothing into force that does not hold, and nothing over a change that it has not seen', async () => {
      const store = await make('Watched');
      const failing = written('failing-too', { tests: tests.replace('expect: allow', 'expect: deny') });
      expect(await applyStore(store, failing, options({ reason: 'No' }), out)).to.equal(1);
      expect(lines).to.deep.equal([]);
      const manager = { ...options({ reason: 'May I' }), tokenFile: join(folder, 'manager.token') };
      const denied = await failure(applyStore(store, written('first'), manager, out));
      expect([denied.name, (denied as Error & { status?: number }).status]).to.deep.equal(['ApiError', 403]);
      await applyStore(store, written('first'), options({ reason: 'Begins' }), out);
      const next = written('goes-on', { policy: `${storeFiles.policy}p, user:carol, record:*, read, true, allow\n` });
      await applyStore(store, next, options({ reason: 'Goes on' }), out);
      const raced = await raceOf(store);
      expect(raced.message).to.match(
        /^Someone has changed what is in force in \S+Watched since this began\. Revision 3 is proposed and not/,
      );
    });

    /** Another caller moves the head between the look and the activation. */
    const raceOf = async (store: string): Promise<Error> => {
      const real = globalThis.fetch;
      let hasMoved = false;
      globalThis.fetch = async (input, init) => {
        const url = String(input);
        if (init?.method === 'PUT' && url.endsWith('/head') && !hasMoved) {
          hasMoved = true;
          const headers = { ...(init.headers as Record<string, string>) };
          const moved = await real(url, { ...init, headers, body: JSON.stringify({ revision: 1, reason: 'Meanwhile' }) });
          expect(moved.status).to.equal(200);
        }
        return real(input, init);
      };
      try {
        const other = written('raced', { policy: `${storeFiles.policy}p, user:eve, record:*, read, true, allow\n` });
        return await failure(applyStore(store, other, options({ reason: 'Raced' }), out));
      } finally {
        globalThis.fetch = real;
      }
    };

    it('imports entities of lines or of a list, and exports them as it takes them', async () => {
      const store = await make('Filled');
      const file = join(folder, 'entities.ndjson');
      const entities = Array.from({ length: 2_300 }, (_, index) => ({
        type: 'record',
        id: `r${index}`,
        properties: { owner: `u${index % 7}` },
      }));
      writeFileSync(file, `${entities.map((entity) => JSON.stringify(entity)).join('\n')}\n\n`);
      await importEntities(store, file, options({}), out);
      writeFileSync(
        join(folder, 'list.json'),
        JSON.stringify([
          { type: 'user', id: 'u1' },
          { ...entities[0], properties: { owner: 'u9' } },
        ]),
      );
      await importEntities(store, join(folder, 'list.json'), options({}), out);
      expect(lines).to.deep.equal([
        `${store}: 2,300 entities are new, 0 were there before`,
        `${store}: 1 entity is new, 1 was there before`,
      ]);
      lines = [];
      await exportEntities(store, { ...server }, out);
      expect(lines).to.have.length(2_301);
      expect(lines[0]).to.equal('{"type":"record","id":"r0","properties":{"owner":"u9"}}');
      lines = [];
      await exportEntities(store, { ...server, of: 'user' }, out);
      expect(lines).to.deep.equal(['{"type":"user","id":"u1","properties":{}}']);
    });

    it('says which store, project or organization there is not, and where a token is missing', async () => {
      await make('Known');
      for (const [store, message] of [
        [`${place}/Nothing`, /has no policy store Nothing; there are .*Known/],
        [`never/there/x`, /^You can see no organization never: /],
        ['Known', /^Known is no policy store: give organization, project and store/],
      ] as const)
        expect((await failure(showRevision(store, options({}), out))).message, store).to.match(message);
      expect((await failure(showRevision(`${place}/Known@7`, options({}), out))).message).to.match(
        /Known has no revision 7: `tenet policy-store history \S+Known` lists/,
      );
      expect((await failure(diffStore('./never', folder, options({}), out))).message).to.match(/^There is no directory \.\/never: /);
      expect((await failure(showRevision(`${place}/Known`, options({}), out))).message).to.match(
        /has no revision: `tenet policy-store apply/,
      );
      const run = (more: Record<string, string>) => runTenet(['policy-store', 'list', '--in', place], more);
      const without = await run({ TENET_URL: tenet.url });
      expect([without.code, without.stderr]).to.deep.equal([
        2,
        'tenet: There is no token: set TENET_TOKEN, or name a file that holds it by --token-file. An access token will do, and an API key.\n',
      ]);
      const listed = await run({ TENET_URL: tenet.url, TENET_TOKEN: owner.token });
      expect([listed.code, listed.stdout]).to.satisfy(([code, text]: [number, string]) => code === 0 && text.includes('Known'));
      const refused = await run({ TENET_URL: tenet.url, TENET_TOKEN: 'nonsense' });
      expect([refused.code, refused.stdout]).to.deep.equal([1, '']);
      expect(refused.stderr).to.match(/^tenet: /);
    });
  });

  it('names the lines of entities that cannot be kept, and cuts the others into what one request takes', () => {
    const source = [
      '{"type":"user","id":"a"}',
      'nonsense',
      '{"type":"user","id":"a"}',
      '{"type":"1","id":"a"}',
      '{"type":"user","id":"b","x":1}',
    ];
    const { name, message } = caught(() => readEntities(source.join('\n'), 'e.ndjson'));
    expect(name).to.equal('UsageError');
    expect(message.split('\n').map((line) => line.slice(0, 34))).to.deep.equal([
      'Nothing is written, for not every ',
      '  e.ndjson:2: is no JSON: write on',
      '  e.ndjson:3: is the same type and',
      '  e.ndjson:4: has no type: a lette',
      '  e.ndjson:5: has "x", which entit',
    ]);
    const large = Array.from({ length: 300 }, (_, index) => ({ type: 'a', id: String(index), properties: { text: 'x'.repeat(16_000) } }));
    const rich = Array.from({ length: 50 }, (_, index) => ({
      ...{ type: 'b', id: String(index) },
      properties: { list: Array.from({ length: 490 }, (__, value) => value) },
    }));
    const sizes = [...batchesOf([...large, ...rich])].map((batch) => batch.length);
    expect(sizes.reduce((sum, size) => sum + size)).to.equal(350);
    for (const batch of batchesOf([...large, ...rich])) expect(JSON.stringify(batch).length).to.be.below(3_600_000);
    expect(sizes).to.have.length(3);
  });
});

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
