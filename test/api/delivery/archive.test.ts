import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { toUuid } from '../../../core/base/ids.ts';
import { makeExport } from '../../../core/delivery/export-making.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makeKey, pathIn, send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Manifest {
  files: { name: string; rows: number; bytes: number; sha256: string }[];
  leftOut: string[];
  exportId: string;
}

/** The files of a zip, by the directory at its end. */
function unzip(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, nameSize, extraSize, noteSize] = [zip.readUInt32LE(at + 20), ...[28, 30, 32].map((place) => zip.readUInt16LE(at + place))];
    const name = zip.toString('utf8', at + 46, at + 46 + nameSize!);
    const local = zip.readUInt32LE(at + 42);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    files.set(name, inflateRawSync(zip.subarray(begin, begin + size!)));
    at += 46 + nameSize! + extraSize! + noteSize!;
  }
  return files;
}

describe('an export of everything of an organization', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  let projectId: string;
  let secret: string;

  const path = (rest = '') => pathIn({ organizationId }, `/exports${rest}`);
  const begin = (format = 'NDJSON', by = admin) => send(by, 'POST', path(), { kind: 'ORGANIZATION', format });
  const get = async (id: string) => (await send(admin, 'GET', path(`/${id}`))).body as { state: string; failure?: string };
  const ready = async (format = 'NDJSON', by = admin): Promise<string> => {
    const reply = await begin(format, by);
    expect(reply.status, reply.text).to.equal(201);
    const { id } = reply.body as { id: string };
    await eventually(async () => {
      const { state, failure } = await get(id);
      expect(state, failure).to.equal('READY');
    });
    return id;
  };
  const filesOf = async (id: string) => {
    const response = await admin.raw(path(`/${id}/content`));
    expect(response.headers.get('content-type')).to.equal('application/zip');
    expect(response.headers.get('content-disposition')).to.equal(`attachment; filename="organization-${id}.zip"`);
    return unzip(Buffer.from(await response.arrayBuffer()));
  };
  const manifestOf = (files: Map<string, Buffer>) => JSON.parse(files.get('manifest.json')!.toString()) as Manifest;
  const rowsOf = (files: Map<string, Buffer>, part: string) =>
    files
      .get(`${part}.ndjson`)!
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  before(async () => {
    tenet = await startTenet({}, { inventsEvents: true });
    admin = await tenet.as('admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'teams');
    projectId = await foundProject(admin, organizationId);
    ({ secret } = await makeKey(admin, { organizationId }));
  });
  after(() => tenet.stop());

  it('is a zip of a file for each part, which a signed manifest describes', async () => {
    const id = await ready();
    const files = await filesOf(id);
    const manifest = manifestOf(files);
    expect([...files.keys()]).to.deep.equal([...manifest.files.map(({ name }) => name), 'manifest.json', 'manifest.jws']);
    for (const { name, rows, bytes, sha256 } of manifest.files) {
      const content = files.get(name)!;
      expect(content.length, name).to.equal(bytes);
      expect(createHash('sha256').update(content).digest('hex'), name).to.equal(sha256);
      expect(content.toString().split('\n').length - 1, name).to.equal(rows);
    }
    const keys = (await (await fetch(`${tenet.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(files.get('manifest.jws')!.toString(), createLocalJWKSet(keys), { issuer: tenet.url });
    expect(payload).to.deep.include({ exportId: id, files: manifest.files, leftOut: manifest.leftOut });

    expect(rowsOf(files, 'organization')[0]).to.include({ id: organizationId, name: 'Acme' });
    expect(rowsOf(files, 'members')).to.have.length(1);
    expect(rowsOf(files, 'projects')[0]).to.include({ id: projectId });
    expect(rowsOf(files, 'api-keys')).to.have.length(1);
    expect(rowsOf(files, 'audit-events').at(-1)).to.include({ organizationId });
    for (const [name, content] of files) {
      expect(content.includes(secret), name).to.equal(false);
    }
    const trail = (await auditTrail(admin, organizationId, 'export')).map(({ action, target }) => [action, target]);
    expect(trail).to.deep.include.members([
      ['export.create', id],
      ['export.download', id],
    ]);
  });

  it('is CSV too, with a line of names in each file', async () => {
    const files = await filesOf(await ready('CSV'));
    expect(files.get('members.csv')!.toString()).to.match(/^userId,displayName,email,[^\r]*\r\n/);
    expect(files.get('invitations.csv')!.toString()).to.match(/^id,projectId,email,[^\r]*\r\n$/);
    const refused = await send(admin, 'POST', path(), { kind: 'ORGANIZATION', format: 'CSV', filters: { projectId } });
    expect(refused.status).to.equal(400);
  });

  it('goes on in the part in which a process that was killed has stopped', async () => {
    await inDatabase(
      tenet,
      organizationId,
      `select append_audit_events(?, now(), 'user_1', 'thing.change', (select array_agg('thing-' || n order by n) from generate_series(1, 600) n),
         'SUCCEEDED', (select array_agg('{"n":' || n || '}' order by n) from generate_series(1, 600) n))`,
      [toUuid('organization', organizationId)],
    );
    const id = await ready();
    const whole = await filesOf(id);
    const export_id = toUuid('export', id);
    const [row] = (await tenet.database.read('platform', (db) => db('exports').where({ id: export_id }))) as {
      position: string;
      bytes: string;
    }[];
    const { files } = JSON.parse(row!.position) as { files: { name: string; rows: number; bytes: number; chunks: number }[] };
    const before = files.slice(
      0,
      files.findIndex(({ name }) => name === 'audit-events'),
    );
    const chunks = before.reduce((sum, file) => sum + file.chunks, 1);
    const sql = 'select length(content) as bytes from export_chunks where export_id = ? and number = ?';
    const { rows } = await tenet.database.read('platform', (db) => db.raw(sql, [export_id, chunks - 1]));
    const begun = { name: 'audit-events', rows: 250, bytes: (rows as [{ bytes: number }])[0].bytes, chunks: 1 };
    const position = JSON.stringify({ behind: '250', files: [...before, begun] });
    const kept = [...before, begun];
    const sum = (of: 'rows' | 'bytes') => kept.reduce((total, file) => total + file[of], 0);
    await inDatabase(tenet, organizationId, 'delete from export_chunks where export_id = ? and number >= ?', [export_id, `${chunks}`]);
    await inDatabase(
      tenet,
      organizationId,
      "update exports set state = 'RUNNING', chunks = ?, rows = ?, position = ?, bytes = ? where id = ?",
      [`${chunks}`, `${sum('rows')}`, position, `${sum('bytes')}`, export_id],
    );
    await Promise.all([makeExport(tenet, { organizationId, exportId: id }), makeExport(tenet, { organizationId, exportId: id })]);
    const again = await filesOf(id);
    expect([...again.keys()]).to.deep.equal([...whole.keys()]);
    for (const part of ['members', 'grants', 'audit-events']) {
      expect(again.get(`${part}.ndjson`)!.equals(whole.get(`${part}.ndjson`)!), part).to.equal(true);
    }
  });

  it('leaves out what the requester may not read, and says so', async () => {
    const files = await filesOf(await ready());
    const { leftOut } = manifestOf(files);
    expect(leftOut).to.include('ORG:restriction:list');
    expect(leftOut).to.not.include('PROJECTS:project:read');
    expect([...files.keys()])
      .to.include('projects.ndjson')
      .and.to.not.include('restrictions.ndjson');
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.default');
    expect((await begin('NDJSON', member)).status).to.equal(403);
  });
});
