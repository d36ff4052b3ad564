import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyStore } from '../../../cli/policy-store-apply.ts';
import { diffStore, planStore } from '../../../cli/policy-store-plan.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { createStorePlanner } from '../../../core/policy-stores/store-planner.ts';
import { planStoreChange } from '../../../core/policy-stores/store-plans.ts';
import { failure } from '../../helpers/failure.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Plan {
  readonly from?: { revision?: number };
  readonly to: { revision?: number };
  readonly summary: { gains: number; losses: number; conditional: number };
  readonly groups: { kind: string; action: string; count: number; after: { decision: boolean; row?: string } }[];
  readonly cells: { kind: string; subject: { id: string }; action: string; resource: { id: string } }[];
  readonly verification: { decided: number; differences: number };
  readonly omitted: { groups: number; cells: number; lines: number };
  readonly isComplete: boolean;
  readonly digest: string;
}

/** Writers may delete, and read what is public no more. */
const changed = {
  ...storeFiles,
  policy: `p, role:writer, record:*, write, r.res.status != 'archived', allow
p, role:writer, record:*, delete, true, allow
p, user:mallory, record:*, *, true, deny
g, user:alice, role:writer
`,
};

describe('the plan of a policy store', () => {
  let tenet: TestTenet;
  let owner: Person;
  let store: string;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenet-store-plan-'));
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    const stores = `/v1/organizations/${organizationId}/projects/${await foundProject(owner, organizationId)}/policy-stores`;
    store = `${stores}/${(await succeed<{ id: string }>('POST', stores, { name: 'Records' })).id}`;
    await succeed('POST', `${store}/revisions`, { ...storeFiles, reason: 'First.' });
    const { etag } = await succeed<{ etag: string }>('GET', `${store}/head`);
    await succeed('PUT', `${store}/head`, { revision: 1 }, { 'if-match': etag });
    await succeed('POST', `${store}/entities`, {
      entities: [
        ...['alice', 'bob', 'mallory'].map((id) => ({ type: 'user', id, properties: {} })),
        { type: 'record', id: 'open', properties: { status: 'open', isPublic: true } },
        { type: 'record', id: 'closed', properties: { status: 'archived', owner: 'bob' } },
        { type: 'note', id: '1', properties: {} },
      ],
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await tenet?.stop();
  });

  async function succeed<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const { status, body: answer, text } = await send(owner, method, path, body, headers);
    expect(status, text).to.be.oneOf([200, 201]);
    return answer as T;
  }

  const cellsOf = ({ cells }: Plan) =>
    cells.map(({ kind, subject, action, resource }) => `${kind} ${subject.id} ${action} ${resource.id}`).sort();

  const expected = [
    'GAIN alice delete closed',
    'GAIN alice delete open',
    'LOSS alice read open',
    'LOSS bob read closed',
    'LOSS bob read open',
  ];

  it('says who gains and loses what, for files that nothing has stored', async () => {
    const plan = await succeed<Plan>('POST', `${store}/plan`, { contents: changed, subjectTypes: ['user'] });
    expect(cellsOf(plan)).to.deep.equal(expected);
    expect(plan.summary).to.include({ gains: 2, losses: 3, conditional: 0 });
    expect(plan.from).to.include({ revision: 1 });
    expect(plan.to).not.to.have.property('revision');
    expect(plan.isComplete).to.equal(true);
    expect(plan.omitted).to.deep.equal({ groups: 0, cells: 0, lines: 0 });
    expect(plan.verification.differences).to.equal(0);
    expect(plan.verification.decided).to.be.greaterThan(0);
    const gain = plan.groups.find(({ kind }) => kind === 'GAIN')!;
    expect(gain.after).to.include({ decision: true, row: 'p, role:writer, record:*, delete, true, allow' });
    const again = await succeed<Plan>('POST', `${store}/plan`, { contents: changed, subjectTypes: ['user'] });
    expect(again).to.deep.equal(plan);
  });

  it('says the same of a stored revision, and nothing of the one in force', async () => {
    const { revision } = await succeed<{ revision: number }>('POST', `${store}/revisions`, { ...changed, reason: 'Second.' });
    expect(cellsOf(await succeed<Plan>('POST', `${store}/plan`, { to: revision, subjectTypes: ['user'] }))).to.deep.equal(expected);
    const none = await succeed<Plan>('POST', `${store}/plan`, { to: 1 });
    expect([none.summary.gains, none.summary.losses, none.cells]).to.deep.equal([0, 0, []]);
    const diff = await succeed<Plan>('POST', `${store}/diff`, { from: 1, to: revision });
    expect(diff.from).to.include({ revision: 1 });
    expect(diff.to).to.include({ revision });
  });

  it('lists a bounded part of what changes, some of each kind, and says how much there is besides', async () => {
    const many = Array.from({ length: 150 }, (_, index) => index).flatMap((index) => [`record:*, ACT${index}`, `note:*, ACT${index}`]);
    const rows = (what: string) => `${many.map((row) => `p, user:alice, ${row.replace('ACT', what)}, true, allow`).join('\n')}\n`;
    const gaining = { ...changed, policy: changed.policy + rows('win') };
    const losing = { ...storeFiles, policy: storeFiles.policy + rows('lose') };
    const { revision } = await succeed<{ revision: number }>('POST', `${store}/revisions`, { ...losing, reason: 'Many.' });
    const plan = await succeed<Plan>('POST', `${store}/plan`, { from: revision, contents: gaining, subjectTypes: ['user'] });
    const listed = (kind: string) => plan.groups.filter((group) => group.kind === kind).length;
    expect([listed('LOSS'), listed('GAIN')]).to.deep.equal([200, 200]);
    expect(plan.omitted.groups).to.be.greaterThan(199);
    expect(plan.omitted.cells).to.equal(plan.summary.gains + plan.summary.losses - plan.cells.length);
    expect(plan.omitted.lines).to.be.greaterThan(0);
  });

  it('shows of a long row its beginning', async () => {
    const long = `p, role:writer, record:*, delete, ${['a', 'b', 'c', 'd'].map((letter) => `r.res.status == '${letter.repeat(200)}'`).join(' || ')} || true, allow`;
    const plan = await succeed<Plan>('POST', `${store}/plan`, {
      contents: { ...changed, policy: changed.policy.replace('p, role:writer, record:*, delete, true, allow', long) },
      subjectTypes: ['user'],
    });
    for (const { after } of plan.groups) expect((after.row ?? '').length).to.be.at.most(500);
    expect(plan.groups.some(({ after }) => after.row?.endsWith('…'))).to.equal(true);
  });

  it('refuses what cannot be planned, with the place', async () => {
    const said = async (body: object) => {
      const { status, body: problem } = await send(owner, 'POST', `${store}/plan`, body);
      return [status, (problem as { errors?: { pointer: string }[] }).errors?.[0]?.pointer];
    };
    expect(await said({})).to.deep.equal([400, '#/to']);
    expect(await said({ to: 1, contents: changed })).to.deep.equal([400, '#/to']);
    expect(await said({ to: 99 })).to.deep.equal([400, '#/to']);
    expect(await said({ from: 99, to: 1 })).to.deep.equal([400, '#/from']);
    const [status, pointer] = await said({ contents: { ...changed, policy: 'p, nonsense' } });
    expect(status).to.equal(400);
    expect(pointer).to.match(/^#\/contents/);
  });

  it('names the entities that it is about, and an activation for these is refused once they are others', async () => {
    const { entityVersion } = await succeed<{ entityVersion: string }>('POST', `${store}/plan`, { to: 1 });
    const { etag } = await succeed<{ etag: string }>('GET', `${store}/head`);
    await succeed('POST', `${store}/entities`, { entities: [{ type: 'note', id: '1', properties: {} }] });
    const refused = await send(owner, 'PUT', `${store}/head`, { revision: 1, entityVersion }, { 'if-match': etag });
    expect([refused.status, (refused.body as { detail: string }).detail]).to.deep.equal([
      412,
      'The entities have changed since that entityVersion. Plan again.',
    ]);
    const now = await succeed<{ entityVersion: string }>('POST', `${store}/plan`, { to: 1 });
    await succeed('PUT', `${store}/head`, { revision: 1, entityVersion: now.entityVersion }, { 'if-match': etag });
  });

  it('looks at what the rows that changed can reach, whatever else the store keeps, and says where that is more than it may look at', async () => {
    const others = Array.from({ length: 60 }, (_, index) => ({
      type: 'record',
      id: `other${index}`,
      properties: { status: 'other', text: 'x' },
    }));
    await succeed('POST', `${store}/entities`, { entities: others });
    const planner = createStorePlanner();
    const [, , , organizationId, , projectId, , policyStoreId] = store.split('/') as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const { revision } = await succeed<{ revision: number }>('GET', `${store}/head`);
    const key = { organizationId, projectId, policyStoreId, payer: 'user_test', from: revision, subjectTypes: ['user'] };
    const planOf = (row: string, entities: number, byChance = 0) => {
      const contents = { ...storeFiles, policy: `${storeFiles.policy}${row}\n` };
      const bounds = { entities, bytes: 100_000, byChance };
      return tenet.database.read({ organization: toUuid('organization', organizationId) }, (db) =>
        planStoreChange(db, planner, { ...key, contents }, bounds),
      );
    };
    try {
      const narrow = "p, *, record:*, purge, r.res.status == 'archived' && r.res.owner == 'bob' || r.res.id == 'open', allow";
      const plan = await planOf(narrow, 5);
      const { looked, stored } = plan.entities;
      expect([plan.isComplete, plan.summary.gains, plan.summary.resources, looked, stored > 60]).to.deep.equal([true, 4, 2, 5, true]);
      expect(plan.subjects).to.deep.equal({ all: 3, asked: 3 });
      // What is looked at by chance besides makes no difference, and no plan incomplete.
      const wider = await planOf(narrow, 20, 50);
      expect([wider.isComplete, wider.summary, wider.entities.looked]).to.deep.equal([true, plan.summary, 20]);
      const cut = await planOf(narrow, 4);
      expect([cut.isComplete, cut.entities.looked]).to.deep.equal([false, 4]);
      // No filter says it of an unknown subject, so all records are read and decided.
      const all = await planOf('p, *, record:*, purge, r.res.owner == r.sub.id, allow', 1_000);
      expect([all.isComplete, all.summary.gains]).to.deep.equal([true, 1]);
      expect((await planOf('p, *, record:*, purge, r.res.owner == r.sub.id, allow', 20)).isComplete).to.equal(false);
      // Of a subject that is named, and is not among those that were read, nothing is made up.
      const unread = await planOf('p, *, record:*, purge, !has r.sub.name, allow', 1);
      expect([unread.isComplete, unread.subjects.asked < 3]).to.deep.equal([false, true]);
    } finally {
      await planner.stop();
    }
  });

  it('of a store that is not there is 404, however many ask at once', async () => {
    const absent = `${store.slice(0, store.lastIndexOf('/'))}/pst_01jzzzzzzzzzzzzzzzzzzzzzzz`;
    const paths = Array.from({ length: 4 }, () => [`${absent}/plan`, `${absent}/diff`]).flat();
    const answers = await Promise.all(paths.map((path) => send(owner, 'POST', path, { to: 1, from: 1 })));
    expect(answers.map(({ status }) => status)).to.deep.equal(paths.map(() => 404));
  });

  describe('on the command line', () => {
    const lines: string[] = [];
    const out = (line: string) => void lines.push(line);
    const name = () =>
      store
        .split('/')
        .filter((_, index) => [3, 5, 7].includes(index))
        .join('/');
    const written = (label: string, files: typeof changed): string => {
      const directory = join(folder, label);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'model.conf'), files.model);
      writeFileSync(join(directory, 'policy.csv'), files.policy);
      writeFileSync(join(directory, 'tests.yaml'), files.tests);
      return directory;
    };
    const server = () => {
      const tokenFile = join(folder, 'token');
      writeFileSync(tokenFile, owner.token);
      return { server: tenet.url, tokenFile };
    };
    beforeEach(() => void lines.splice(0));

    it('is a table, JSON or Markdown, and ends with 10 where something changes', async () => {
      const directory = written('changed', changed);
      expect(await planStore(name(), directory, { ...server(), output: 'table' }, out)).to.equal(10);
      expect(lines.join('\n'))
        .to.match(/gains and .* losses/)
        .and.match(/GAIN +user +delete +record/);
      lines.splice(0);
      expect(await planStore(name(), directory, { ...server(), output: 'table', format: 'markdown' }, out)).to.equal(10);
      expect(lines.join('\n'))
        .to.match(/^## Plan of /)
        .and.match(/\| GAIN \| user \| delete \| record \|/);
      lines.splice(0);
      expect(await planStore(name(), written('same', storeFiles), { ...server(), output: 'json' }, out)).to.equal(0);
      expect((JSON.parse(lines.join('\n')) as Plan).cells).to.deep.equal([]);
    });

    it('is applied as long as it says what happens: 20 for other files, 21 after a change of entities or of what is in force', async () => {
      const [same, directory] = [written('same', storeFiles), written('changed', changed)];
      const plan = join(folder, 'plan.json');
      const keepPlan = async () => {
        lines.splice(0);
        await planStore(name(), directory, { ...server(), output: 'json' }, out);
        writeFileSync(plan, lines.splice(0).join('\n'));
      };
      const apply = (files: string, reason = 'Planned') => applyStore(name(), files, { ...server(), reason, plan, output: 'table' }, out);
      const head = async () => ((await send(owner, 'GET', `${store}/head`)).body as { revision: number }).revision;
      await keepPlan();
      const before = await head();
      expect(await apply(same)).to.equal(20);
      const entity = { type: 'record', id: 'late', properties: { status: 'open' } };
      await send(owner, 'POST', `${store}/entities`, { entities: [entity] });
      expect(await apply(directory)).to.equal(21);
      await keepPlan();
      const other = written('other', { ...storeFiles, policy: `${storeFiles.policy}p, user:eve, record:*, read, true, allow\n` });
      await applyStore(name(), other, { ...server(), reason: 'Meanwhile', output: 'table' }, out);
      expect(await apply(directory)).to.equal(21);
      expect(await head()).to.be.greaterThan(before);
      await keepPlan();
      lines.splice(0);
      expect(await apply(directory)).to.equal(0);
      expect(lines.join('\n')).to.match(/revision \d+ is in force, in place of revision \d+/);
      for (const text of ['nonsense', '{}', JSON.stringify({ to: {}, digest: 'a' })]) {
        writeFileSync(plan, text);
        expect((await failure(apply(directory))).message).to.match(/must be what `tenet policy-store plan -o json` printed/);
      }
    });

    it('compares two directories without a server, and a store with one', async () => {
      const [before, after] = [written('same', storeFiles), written('changed', changed)];
      expect(await diffStore(before, before, { output: 'table' }, out)).to.equal(0);
      const stored = await diffStore(name(), after, { ...server(), output: 'json' }, out);
      expect(stored).to.be.oneOf([0, 10]);
    });
  });
});
