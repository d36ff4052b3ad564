import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
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

/** The part that has the rows of a table. */
const partOf: Readonly<Record<string, string>> = {
  alert_firings: 'alert-firings',
  alerts: 'alerts',
  api_keys: 'api-keys',
  audit_events: 'audit-events',
  billing_profiles: 'billing-profile',
  grants: 'grants',
  instances: 'instances',
  invitation_link_roles: 'invitation-links',
  invitation_links: 'invitation-links',
  invitation_roles: 'invitations',
  invitations: 'invitations',
  limit_overrides: 'limits',
  limit_uses: 'limits',
  members: 'members',
  mfa_requirements: 'mfa-requirement',
  policy_store_entities: 'policy-store-entities',
  policy_store_revisions: 'policy-store-revisions',
  policy_stores: 'policy-stores',
  projects: 'projects',
  resource_references: 'resources',
  resources: 'resources',
  restrictions: 'restrictions',
  role_template_roles: 'role-templates',
  role_templates: 'role-templates',
  roles: 'roles',
  service_accounts: 'service-accounts',
  setting_values: 'settings',
  subscriptions: 'subscription',
  support_accesses: 'support-accesses',
  usage_days: 'usage',
  usage_events: 'usage',
  webhooks: 'webhooks',
};

/** Why the rows of a table are in no part. */
const noPart: Readonly<Record<string, string>> = {
  access_plan_marks: 'what a plan is checked by',
  access_plan_rows: 'a plan ends in days, and is of those who review',
  api_key_secrets: 'secrets',
  application_trials: 'the end of a trial is with the application',
  audit_heads: 'the end of a chain is its last event',
  data_keys: 'secrets',
  decision_log: 'evidence for operators, by another way',
  decision_log_stores: 'ends in days, and is large: it is read by its own list',
  decisions: 'ends in days',
  denials: 'counts, whose first are audit events',
  export_chunks: 'exports themselves',
  export_links: 'exports themselves',
  exports: 'exports themselves',
  hand_overs: 'audit events say it',
  instance_passes: 'secrets',
  key_notices: 'what was sent already',
  key_rates: 'counts of a minute',
  limit_crossings: 'audit events say it',
  mail_turns: 'whose mail is next',
  ownership_transfers: 'audit events say it',
  policy_store_activations: 'audit events say it',
  policy_store_entity_values: 'an index of entities',
  policy_store_rollout_counts: 'counts of live decisions',
  policy_store_rollout_findings: 'counts of live decisions',
  policy_store_rollouts: 'audit events say it',
  policy_store_signatures: 'they count for the store alone, and are beside its files',
  usage_dimension_days: 'usage by day, added up otherwise',
  usage_heads: 'where the adding up stands',
  usage_hours: 'usage by day, more finely',
  usage_rollups: 'where the adding up stands',
  webhook_deliveries: 'events are audit events',
};

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

  it('has everything that is kept of the organization: each table is a part, or has a reason why it is none', async () => {
    const place = { organizationId: await foundOrganization(admin, 'Spaces', 'ai-spaces') };
    const project = await foundProject(admin, place.organizationId);
    const made = async (at: string, body: object) => {
      const reply = await send(admin, 'POST', at, body);
      expect(reply.status, reply.text).to.be.within(200, 201);
      return reply.body as { id: string };
    };
    const stores = pathIn({ ...place, projectId: project }, '/policy-stores');
    const { id: policyStoreId } = await made(stores, { name: 'Records' });
    const content = { model: storeModel, policy: 'p, *, record:*, view, r.res.owner == r.sub.id, allow', reason: 'First.' };
    await made(`${stores}/${policyStoreId}/revisions`, content);
    await made(`${stores}/${policyStoreId}/entities`, { entities: [{ type: 'record', id: 'r1', properties: { owner: 'ada' } }] });
    const archiveOf = async (of: { organizationId: string }) => {
      const archive = pathIn(of, `/exports/${(await made(pathIn(of, '/exports'), { kind: 'ORGANIZATION', format: 'NDJSON' })).id}`);
      await eventually(async () => expect((await send(admin, 'GET', archive)).body).to.include({ state: 'READY' }));
      return unzip(Buffer.from(await (await admin.raw(`${archive}/content`)).arrayBuffer()));
    };
    const files = await archiveOf(place);
    expect(rowsOf(files, 'policy-stores')[0]).to.include({ id: policyStoreId, projectId: project, name: 'Records', entityCount: 1 });
    expect(rowsOf(files, 'policy-store-revisions')[0]).to.include({ policyStoreId, revision: 1, policy: content.policy, reason: 'First.' });
    expect(rowsOf(files, 'policy-store-entities')[0]).to.deep.include({ policyStoreId, id: 'r1', properties: { owner: 'ada' } });

    const { rows } = await tenet.database.read('platform', (db) =>
      db.raw(`select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
        where c.relnamespace = 'tenet'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`),
    );
    expect([...Object.keys(partOf), ...Object.keys(noPart)].sort()).to.deep.equal((rows as { name: string }[]).map(({ name }) => name));
    // No kind of organization keeps everything.
    const others = await archiveOf({ organizationId: await foundOrganization(admin, 'Apps', 'app-workspace') });
    const shown = new Set([...files.keys(), ...others.keys(), ...(await filesOf(await ready())).keys()]);
    for (const [table, part] of Object.entries(partOf)) expect([...shown], table).to.include(`${part}.ndjson`);
  });
});
