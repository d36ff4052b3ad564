import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const value = 'tell-nobody-5f1c';

describe('sensitive fields of resources', () => {
  let tenet: TestTenet;
  let admin: Person;
  let member: Person;
  let organizationId: string;
  let projectId: string;
  const lines: string[] = [];

  before(async () => {
    tenet = await startTenet({}, { log: createLog('trace', { write: (line) => void lines.push(line) }) });
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme');
    projectId = await foundProject(admin, organizationId, 'Website');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
  });
  after(() => tenet.stop());

  const secrets = () => `${organizationId}/resources/secret`;
  async function made(
    by = admin,
    data: object = { usage: 'Deployments', value },
    type = 'secret',
    where = organizationId,
  ): Promise<string> {
    const answer = await sendIn(by, 'POST', `${where}/resources/${type}`, { name: 'Token', data });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(JSON.stringify(answer.body)).not.to.include(value);
    return answer.body.id;
  }

  /** The tables with a row of the organization, or of none, in which a text stands. */
  function tablesWith(text: string): Promise<string[]> {
    return tenet.database.read({ organization: toUuid('organization', organizationId) }, async (db) => {
      const { rows: tables } = await db.raw(
        "select table_name as name from information_schema.tables where table_schema = 'tenet' and has_table_privilege(format('%I.%I', table_schema, table_name), 'select')",
      );
      const holding: string[] = [];
      for (const { name } of tables as { name: string }[]) {
        const { rows } = await db.raw('select exists (select from ?? t where strpos(t::text, ?) > 0) as is_there', [name, text]);
        if (rows[0].is_there) holding.push(name);
      }
      return holding;
    });
  }

  it('PICA-24: a member makes and lists secrets, and neither reads, reveals, changes nor deletes one, not even their own', async () => {
    const id = await made(member);
    const list = await sendIn(member, 'GET', secrets());
    expect(list.body.items.find((item: { id: string }) => item.id === id).data).to.deep.equal({ usage: 'Deployments' });
    for (const [method, path, action] of [
      ['GET', '', 'read'],
      ['POST', '/reveal', 'reveal'],
      ['PATCH', '', 'update'],
      ['DELETE', '', 'delete'],
    ] as const) {
      const answer = await sendIn(member, method, `${secrets()}/${id}${path}`, method === 'PATCH' ? { name: 'Mine' } : undefined);
      expect([answer.status, answer.body.requiredPermission]).to.deep.equal([403, `secret:${action}`]);
    }
  });

  it('PICA-01, PICA-13: an admin reads a secret without its value, and reveals the value, which is recorded without it', async () => {
    const id = await made();
    const read = await sendIn(admin, 'GET', `${secrets()}/${id}`);
    expect(read.body).to.deep.include({ data: { usage: 'Deployments' }, sensitiveFields: ['value'] });
    const { status, body } = await sendIn(admin, 'POST', `${secrets()}/${id}/reveal`);
    expect({ status, body }).to.deep.equal({ status: 200, body: { id, data: { value } } });
    const events = await sendIn(admin, 'GET', `${organizationId}/audit-events?target=${id}`);
    expect(events.body.items[0]).to.deep.include({ action: 'resource.reveal', after: { type: 'secret', fields: ['value'] } });
    expect(JSON.stringify(events.body)).not.to.include(value);
    const plan = await sendIn(admin, 'POST', `${secrets()}/${id}/reveal?validateOnly=true`);
    expect(plan.status).to.equal(200);
    expect(JSON.stringify(plan.body)).not.to.include(value);
  });

  it('PICA-01: secrets of a project are its own', async () => {
    const path = `${organizationId}/projects/${projectId}/resources/secret`;
    const { body } = await sendIn(admin, 'POST', path, { name: 'Token', data: { value } });
    expect((await sendIn(admin, 'POST', `${path}/${body.id}/reveal`)).body.data).to.deep.equal({ value });
    expect((await sendIn(admin, 'POST', `${secrets()}/${body.id}/reveal`)).status).to.equal(404);
  });

  it('changes a value without reading it, and never goes without one that is required', async () => {
    const id = await made();
    const path = `${secrets()}/${id}`;
    expect((await sendIn(admin, 'PATCH', path, { data: { usage: 'Builds' } })).status).to.equal(200);
    expect((await sendIn(admin, 'POST', `${path}/reveal`)).body.data).to.deep.equal({ value });
    expect((await sendIn(admin, 'PATCH', path, { data: { value: 'another' } })).status).to.equal(200);
    expect((await sendIn(admin, 'POST', `${path}/reveal`)).body.data).to.deep.equal({ value: 'another' });
    const refused = await sendIn(admin, 'PATCH', path, { data: { value: null } });
    expect([refused.status, refused.body.errors[0].pointer]).to.deep.equal([400, '#/data/value']);
    expect((await sendIn(admin, 'POST', secrets(), { name: 'None', data: { usage: 'x' } })).body.errors[0].pointer).to.equal(
      '#/data/value',
    );
    const wrong = await sendIn(admin, 'PATCH', path, { data: { value: 5 } });
    expect([wrong.status, wrong.body.errors[0].pointer]).to.deep.equal([400, '#/data/value']);
    const events = await sendIn(admin, 'GET', `${organizationId}/audit-events?target=${id}&action=resource.update`);
    expect(events.body.items.map(({ after }: { after: { changedFields: string[] } }) => after.changedFields)).to.deep.equal([
      ['value'],
      ['usage'],
    ]);
  });

  it('PUL-26: a field that is write-only is shown to nobody, and there is no operation that would', async () => {
    const spaces = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const id = await made(admin, { provider: 'Acme', credentials: value }, 'model', spaces);
    const read = await sendIn(admin, 'GET', `${spaces}/resources/model/${id}`);
    expect(read.body).to.deep.include({ data: { provider: 'Acme' }, sensitiveFields: ['credentials'] });
    expect((await sendIn(admin, 'POST', `${spaces}/resources/model/${id}/reveal`)).status).to.equal(404);
    expect((await sendIn(admin, 'PATCH', `${spaces}/resources/model/${id}`, { data: { credentials: null } })).status).to.equal(200);
    expect((await sendIn(admin, 'GET', `${spaces}/resources/model/${id}`)).body.sensitiveFields).to.deep.equal([]);
  });

  it('has its value in no table but as what opens nowhere else', async () => {
    const [first, second] = [await made(), await made(admin, { value: 'other' })];
    const key = { 'idempotency-key': 'once' };
    const body = { name: 'Once', data: { value } };
    expect((await sendIn(admin, 'POST', secrets(), body, key)).status).to.equal(201);
    expect((await sendIn(admin, 'POST', secrets(), body, key)).status).to.equal(201);
    expect(await tablesWith('Deployments')).to.include.members(['resources', 'audit_events']);
    expect(await tablesWith(value)).to.deep.equal([]);
    const [from, to] = [first, second].map((id) => toUuid('resource', id)) as [string, string];
    const copy = 'update resources set data_sealed = (select data_sealed from resources where id = ?::uuid) where id = ?::uuid';
    await inDatabase(tenet, organizationId, copy, [from, to]);
    expect((await sendIn(admin, 'POST', `${secrets()}/${second}/reveal`)).status).to.equal(500);
    expect((await sendIn(admin, 'POST', `${secrets()}/${first}/reveal`)).body.data).to.deep.equal({ value });
  });

  it('has its value in no refusal, log line, explanation, plan or export of the audit log', async () => {
    const id = await made();
    const said: unknown[] = [];
    const refused = async (status: number, method: string, path: string, body?: unknown) => {
      const answer = await sendIn(admin, method, path, body);
      expect(answer.status, path).to.equal(status);
      said.push(answer.body);
    };
    await refused(400, 'POST', secrets(), { name: 'Token', data: { value: [value] } });
    await refused(400, 'POST', secrets(), { name: 'Token', data: { usage: 5, value } });
    await refused(400, 'PATCH', `${secrets()}/${id}`, { data: { value, other: 1 } });
    const plan = await sendIn(admin, 'POST', `${secrets()}?validateOnly=true`, { name: 'Planned', data: { value } });
    expect(plan.status).to.equal(200);
    const broken = await admin.raw(`/v1/organizations/${secrets()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"name": "Token", "data": {"value": "${value}"`,
    });
    expect(broken.status).to.equal(400);
    const begun = await sendIn(admin, 'POST', `${organizationId}/exports`, { kind: 'AUDIT_EVENTS', format: 'NDJSON' });
    const path = `/v1/organizations/${organizationId}/exports/${begun.body.id}/content`;
    const exported = await eventually(async () => {
      const answer = await admin.raw(path);
      expect(answer.status).to.equal(200);
      return answer.text();
    });
    expect(exported).to.include('resource.create');
    expect(lines.join('')).to.include('createResource');
    for (const text of [JSON.stringify(said), JSON.stringify(plan.body), await broken.text(), exported, lines.join('')]) {
      expect(text).not.to.include(value);
    }
  });
});
