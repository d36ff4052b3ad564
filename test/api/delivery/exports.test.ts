import { expect } from 'chai';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { csvLine } from '../../../core/delivery/csv.ts';
import { makeExport } from '../../../core/delivery/export-making.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { allowAlso, auditTrail, foundOrganization, foundProject, inDatabase, join, type Person } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Export {
  id: string;
  state: string;
  rows: number;
  bytes: number;
  failure?: string;
}

describe('exports', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  const path = (rest = '') => pathIn({ organizationId }, `/exports${rest}`);
  const begin = (body: object, by = admin) => send(by, 'POST', path(), body);
  const get = async (id: string): Promise<Export> => (await send(admin, 'GET', path(`/${id}`))).body;
  const download = (id: string, by = admin) => by.raw(path(`/${id}/content`));
  const whenReady = (id: string): Promise<Export> =>
    eventually(async () => {
      const found = await get(id);
      expect(found.state, found.failure).to.equal('READY');
      return found;
    });
  const ready = async (body: object): Promise<Export> => {
    const reply = await begin(body);
    expect(reply.status, reply.text).to.equal(201);
    const { id } = reply.body as Export;
    return whenReady(id);
  };
  /** Adds so many events, whose targets are numbered. */
  const addEvents = (count: number) =>
    inDatabase(
      tenet,
      organizationId,
      `select append_audit_events(?, now(), 'user_1', 'thing.change', (select array_agg('thing-' || n order by n) from generate_series(1, ${count}) n),
         'SUCCEEDED', (select array_agg('{"n":' || n || '}' order by n) from generate_series(1, ${count}) n))`,
      [toUuid('organization', organizationId)],
    );

  before(async () => {
    tenet = await startTenet({}, { inventsEvents: true });
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(admin, 'Acme', 'teams');
  });

  it('PUL-37: audit events as NDJSON, oldest first, are what the list shows, up to the moment of the request', async () => {
    await foundProject(admin, organizationId);
    await addEvents(700);
    const made = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    const response = await download(made.id);
    expect(response.headers.get('content-type')).to.equal('application/x-ndjson');
    expect(response.headers.get('content-disposition')).to.equal(`attachment; filename="audit-events-${made.id}.ndjson"`);
    const text = await response.text();
    expect(Buffer.byteLength(text)).to.equal(made.bytes);
    expect(Number(response.headers.get('content-length'))).to.equal(made.bytes);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; action: string });
    expect(events.map(({ sequence }) => sequence)).to.deep.equal(events.map((_, index) => index + 1));
    expect(events).to.have.length(made.rows);
    expect(events.at(-1)!.action).to.equal('thing.change');
    const { body } = await send(admin, 'GET', pathIn({ organizationId }, '/audit-events?pageSize=1&action=project.create'));
    expect(events).to.deep.include((body as { items: never[] }).items[0]!);
    const trail = (await auditTrail(admin, organizationId, 'export')).map(({ action, target }) => [action, target]);
    expect(trail).to.deep.equal([
      ['export.create', made.id],
      ['export.download', made.id],
    ]);
  });

  it('PICA-59: the access report as CSV, in which no name is a formula', async () => {
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.default');
    await inDatabase(tenet, organizationId, 'update members set display_name = ? where user_id = ?', [
      '=HYPERLINK("http://evil.example","x")',
      toUuid('user', member.id),
    ]);
    const made = await ready({ kind: 'ACCESS_REPORT', format: 'CSV' });
    const lines = (await (await download(made.id)).text()).trimEnd().split('\r\n');
    expect(lines[0]).to.match(/^subject\.type,subject\.id,displayName,email,relation,/);
    expect(lines).to.have.length(3);
    expect(lines.find((line) => line.includes(member.id))).to.contain(
      `"'=HYPERLINK(""http://evil.example"",""x"")",member@example.com,MEMBER,ACTIVE`,
    );
  });

  it('filters, and says which filter a kind does not take', async () => {
    await addEvents(3);
    const made = await ready({ kind: 'AUDIT_EVENTS', format: 'CSV', filters: { target: 'thing-2' } });
    expect(made.rows).to.equal(1);
    const wrong = await begin({ kind: 'ACCESS_REPORT', format: 'CSV', filters: { actor: 'user_1' } });
    expect(wrong.status).to.equal(400);
    expect((wrong.body as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal('#/filters/actor');
    for (const kind of ['AUDIT_EVENTS', 'USAGE']) {
      for (const before of ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z']) {
        const refused = await begin({ kind, format: 'CSV', filters: { since: '2026-11-02T00:00:00.000Z', before } });
        expect([refused.status, (refused.body as { errors: object[] }).errors]).to.deep.equal([
          400,
          [{ pointer: '#/filters/before', detail: 'must be later than since' }],
        ]);
      }
    }
    const empty = await ready({ kind: 'AUDIT_EVENTS', format: 'CSV', filters: { target: 'nothing' } });
    expect(await (await download(empty.id)).text()).to.match(/^sequence,at,.*\r\n$/);
  });

  it('S001-05: are not downloaded by a member who lost the right to what is in them', async () => {
    const other = await join(tenet, { organizationId }, 'other@example.com', 'org.admin');
    const made = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    expect((await download(made.id, other)).status).to.equal(200);
    await inDatabase(tenet, organizationId, 'update grants set revoked_at = now() where user_id = ?', [toUuid('user', other.id)]);
    expect((await download(made.id, other)).status).to.be.oneOf([403, 404]);
    const stranger = await tenet.as('stranger@example.com');
    expect((await download(made.id, stranger)).status).to.equal(404);
  });

  /** Takes a finished export back to where two chunks were written: what had not been committed then is not there. */
  const takeBack = async (id: string): Promise<void> => {
    await inDatabase(tenet, organizationId, 'delete from export_chunks where export_id = ? and number >= 2', [toUuid('export', id)]);
    await inDatabase(
      tenet,
      organizationId,
      "update exports set state = 'RUNNING', chunks = 2, rows = 500, position = '500', bytes = (select sum(length(content)) from export_chunks c where c.export_id = exports.id) where id = ?",
      [toUuid('export', id)],
    );
  };
  const chunksOf = (id: string): Promise<unknown[]> =>
    tenet.database.read('platform', (db) => db('export_chunks').where({ export_id: toUuid('export', id) }));

  it('go on where a process that was killed has stopped, and hold each row once', async () => {
    await addEvents(1_000);
    const reply = await begin({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    const { id } = reply.body as Export;
    const payload = { organizationId, exportId: id };
    const made = await whenReady(id);
    const whole = await (await download(id)).text();
    await takeBack(id);
    expect((await download(id)).status).to.equal(409);
    // The job runs again, and another one that was taken for dead runs on.
    await Promise.all([makeExport(tenet, payload), makeExport(tenet, payload)]);
    expect(await get(id)).to.include({ state: 'READY', rows: made.rows, bytes: made.bytes });
    expect(await (await download(id)).text()).to.equal(whole);
  });

  describe('become no file when the caller who asked for it', () => {
    let other: Person;
    let key: Awaited<ReturnType<typeof makeKey>>;
    const revokeGrants = () =>
      inDatabase(tenet, organizationId, 'update grants set revoked_at = now() where user_id = ?', [toUuid('user', other.id)]);
    const remove = () => send(admin, 'POST', pathIn({ organizationId }, `/members/${other.id}/remove`), {});
    const deactivate = () =>
      send(admin, 'PATCH', pathIn({ organizationId }, `/members/${other.id}`), { state: 'INACTIVE' }, { 'if-match': '*' });
    const revokeKey = () => send(other, 'POST', pathIn({ organizationId }, `/api-keys/${key.id}/revoke`));

    beforeEach(async () => {
      await addEvents(600);
      other = await join(tenet, { organizationId }, 'other@example.com', 'org.admin');
      key = await makeKey(other, { organizationId });
    });

    const losses = [
      { title: 'is removed', by: () => other, lose: remove },
      { title: 'is deactivated', by: () => other, lose: deactivate },
      { title: 'loses the role', by: () => other, lose: revokeGrants },
      { title: 'is a key that is revoked', by: () => withKey(tenet, key), lose: revokeKey },
      { title: 'is a key whose owner is removed', by: () => withKey(tenet, key), lose: remove },
    ];
    for (const { title, by, lose } of losses) {
      it(`S001-05: ${title} meanwhile; the state says why`, async () => {
        const { id } = await begin({ kind: 'AUDIT_EVENTS', format: 'NDJSON' }, by()).then(({ body }) => body as Export);
        await whenReady(id);
        await takeBack(id);
        const lost = await lose();
        expect(lost?.status ?? 200, lost?.text).to.be.oneOf([200, 204]);
        await makeExport(tenet, { organizationId, exportId: id });
        const failed = await get(id);
        expect(failed.state).to.equal('FAILED');
        expect(failed.failure).to.match(/^Who asked for it, user_.*, lacks export:create by now\./);
        expect(await chunksOf(id)).to.deep.equal([]);
        expect((await download(id)).status).to.equal(409);
      });
    }

    it('keeps another role, but not that for what is in it', async () => {
      const { id } = await begin({ kind: 'AUDIT_EVENTS', format: 'NDJSON' }, other).then(({ body }) => body as Export);
      await whenReady(id);
      await takeBack(id);
      await allowAlso(tenet, ['teams/org.default', 'org', 'export', 'create', 'allow']);
      await inDatabase(tenet, organizationId, "update grants set role = 'org.default' where user_id = ?", [toUuid('user', other.id)]);
      await makeExport(tenet, { organizationId, exportId: id });
      expect(await get(id)).to.include({ state: 'FAILED' });
      expect((await get(id)).failure).to.contain('lacks audit-event:list');
    });

    it('does not for a service account that has its role', async () => {
      organizationId = await foundOrganization(admin);
      await addEvents(600);
      const account = await makeAccount(admin, { organizationId }, 'org.admin');
      const itsKey = await makeKey(admin, { organizationId }, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
      const reply = await begin({ kind: 'AUDIT_EVENTS', format: 'NDJSON' }, withKey(tenet, itsKey));
      expect(reply.status, reply.text).to.equal(201);
      expect((await whenReady((reply.body as Export).id)).rows).to.be.greaterThan(600);
    });
  });

  it('that have too many bytes fail, and say what to do', async () => {
    await addEvents(600);
    const { id } = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    await inDatabase(
      tenet,
      organizationId,
      "update exports set state = 'QUEUED', position = null, bytes = 0, rows = 0, chunks = 0 where id = ?",
      [toUuid('export', id)],
    );
    await inDatabase(tenet, organizationId, 'delete from export_chunks where export_id = ?', [toUuid('export', id)]);
    await makeExport(tenet, { organizationId, exportId: id }, { limit: 100_000 });
    const failed = await get(id);
    expect(failed).to.include({ state: 'FAILED' });
    expect(failed.failure).to.contain('Narrow it down');
    const refused = await download(id);
    expect(refused.status).to.equal(409);
  });

  it('are deleted, also while they are made, and expire', async () => {
    const { id } = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    expect((await send(admin, 'DELETE', path(`/${id}`))).status).to.equal(204);
    expect((await download(id)).status).to.equal(404);
    await makeExport(tenet, { organizationId, exportId: id });
    const other = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    await inDatabase(tenet, organizationId, "update exports set expires_at = now() - interval '1 second' where id = ?", [
      toUuid('export', other.id),
    ]);
    await cleanUp(tenet.database);
    expect((await send(admin, 'GET', path(`/${other.id}`))).status).to.equal(404);
    const left = await tenet.database.read('platform', (db) =>
      db('export_chunks').where({ org_id: toUuid('organization', organizationId) }),
    );
    expect(left).to.deep.equal([]);
  });

  it('an organization has twenty of them at most, also when they are asked for at once', async () => {
    const replies = await Promise.all(Array.from({ length: 24 }, () => begin({ kind: 'ACCESS_REPORT', format: 'CSV' })));
    expect(replies.filter(({ status }) => status === 201)).to.have.length(20);
    expect(replies.filter(({ status }) => status === 403)).to.have.length(4);
  });

  it('are sent as fast as they are read, and cut off when they are deleted meanwhile', async () => {
    const { id } = await ready({ kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    // 40 MB, more than sockets hold.
    await inDatabase(
      tenet,
      organizationId,
      "insert into export_chunks select org_id, export_id, n, decode(repeat('41', 1000000), 'hex') from export_chunks, generate_series(1, 40) n where export_id = ?",
      [toUuid('export', id)],
    );
    await inDatabase(tenet, organizationId, 'update exports set chunks = 41, bytes = bytes + 40000000 where id = ?', [
      toUuid('export', id),
    ]);
    expect((await (await download(id)).arrayBuffer()).byteLength).to.equal((await get(id)).bytes);
    const response = await download(id);
    const reader = response.body!.getReader();
    await reader.read();
    await send(admin, 'DELETE', path(`/${id}`));
    const rest = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    expect(await failure(rest())).to.be.instanceOf(TypeError);
  });

  describe('a line of CSV', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '  =1', '＝1']) {
      it(`holds ${JSON.stringify(text)} as text`, () => expect(csvLine([text])).to.equal(`"'${text}"\r\n`));
    }
    it('begins no formula where a spreadsheet separates cells by semicolons, to which a quote inside a cell quotes nothing', () => {
      expect(csvLine(['Eve;=1+1', 'Eve; @SUM(A1)', 'Eve;"=1+1"', 'a\n-1', 'a;b', { a: ';+1' }])).to.equal(
        `"Eve;'=1+1","Eve;' @SUM(A1)","Eve;'""=1+1""","a\n'-1","a;b","{""a"":"";'+1""}"\r\n`,
      );
    });
    it('quotes what needs it and keeps numbers', () => {
      expect(csvLine(['a,b', 'say "x"', 'two\nlines', -5, true, null, undefined, { a: 1 }])).to.equal(
        `"a,b","say ""x""","two\nlines",-5,true,,,"{""a"":1}"\r\n`,
      );
    });
  });
});
