import { expect } from 'chai';
import pg from 'pg';
import { eventsIn } from '../../../core/audit/events.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { makeKey, pathIn, send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, givePlatformRoles, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Event {
  action: string;
  actor: string;
  target: string;
  outcome: string;
  sequence: number;
  requestId: string;
  organizationId?: string;
  projectId?: string;
}

describe('the search of audit events', () => {
  let tenet: TestTenet;
  let admin: Person;
  let auditor: Caller;
  let operator: Caller;
  let organizationId: string;
  let projectId: string;

  const list = async (filters: Record<string, string>, by: Caller = admin): Promise<Event[]> => {
    const reply = await send(by, 'GET', `${pathIn({ organizationId }, '/audit-events')}?${new URLSearchParams(filters)}`);
    expect(reply.status, reply.text).to.equal(200);
    return (reply.body as { items: Event[] }).items;
  };
  const actions = async (filters: Record<string, string>) => (await list(filters)).map(({ action }) => action);

  before(async () => {
    tenet = await startTenet({}, { inventsEvents: true });
    admin = await signIn(tenet, 'admin@example.com');
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    auditor = await tenet.as('auditor@example.com');
    operator = await tenet.as('operator@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(admin, 'Acme', 'teams');
    projectId = await foundProject(admin, organizationId);
  });

  const changeProject = (by: Caller) => send(by, 'PATCH', pathIn({ organizationId, projectId }, ''), { name: 'Shop' });

  it('PUL-39: what a person did is found with what their keys did, and each key by itself', async () => {
    organizationId = await foundOrganization(admin, 'Keys');
    const member = await join(tenet, { organizationId }, 'keys@example.com', 'org.admin');
    const key = await makeKey(member, { organizationId });
    const program = tenet.bearing(key.secret);
    await send(program, 'POST', pathIn({ organizationId }, '/projects'), { name: 'By the key' });
    await send(member, 'POST', pathIn({ organizationId }, '/projects'), { name: 'By hand' });
    const byPerson = await list({ actor: member.id });
    expect(byPerson.map(({ action, actor }) => [action, actor])).to.deep.include.members([
      ['project.create', member.id],
      ['project.create', `${member.id}/${key.id}`],
      ['api-key.create', member.id],
    ]);
    expect((await list({ actor: key.id })).map(({ actor }) => actor)).to.deep.equal([`${member.id}/${key.id}`]);
    expect((await list({ actor: `${member.id}/${key.id}` })).map(({ actor }) => actor)).to.deep.equal([`${member.id}/${key.id}`]);
    expect(await actions({ actor: admin.id, action: 'project' })).to.deep.equal([]);
  });

  it('S001-05: an administrator searches by action and noun, target, project, request and time', async () => {
    await changeProject(admin);
    const [update] = await list({ action: 'project.update' });
    expect(update).to.include({ target: projectId, projectId });
    expect(await actions({ action: 'project' })).to.deep.equal(['project.update', 'project.create']);
    expect(await actions({ target: projectId })).to.deep.equal(['project.update', 'project.create']);
    expect(await actions({ target: organizationId })).to.deep.equal(['organization.create']);
    expect(await actions({ requestId: update!.requestId })).to.deep.equal(['project.update']);
    expect(await actions({ action: 'project', actor: admin.id, since: '2000-01-01T00:00:00Z', outcome: 'SUCCEEDED' })).to.have.length(2);
    expect(await actions({ before: '2000-01-01T00:00:00Z' })).to.deep.equal([]);
  });

  it('PUL-39: what was denied in a project is found by the project and by the outcome', async () => {
    const reader = await join(tenet, { organizationId, projectId }, 'reader@example.com', 'project.read');
    await join(tenet, { organizationId }, 'reader@example.com', 'org.default').catch(() => undefined);
    const reply = await send(reader, 'POST', pathIn({ organizationId, projectId }, '/grants'), {
      subject: { type: 'USER', id: reader.id },
      role: 'project.owner',
    });
    expect(reply.status).to.equal(403);
    const denied = await list({ projectId, outcome: 'DENIED' });
    expect(denied.map(({ action, actor, target }) => [action, actor, target])).to.deep.equal([['grant.create', reader.id, projectId]]);
    expect(denied[0]).to.include({ projectId });
  });

  const indexes = {
    audit_events_by_actor: { actor: 'user_1' },
    audit_events_by_key: { actor: 'key_1' },
    audit_events_by_action: { action: 'grant.create' },
    audit_events_by_noun: { action: 'grant' },
    audit_events_by_target: { target: 'prj_1' },
    audit_events_by_request: { requestId: 'req_1' },
    audit_events_by_project: { projectId: 'prj_1' },
    audit_events_denied: { outcome: 'DENIED' },
    audit_events_by_time: { since: '2026-01-01T00:00:00Z', before: '2026-01-02T00:00:00Z' },
  } as const;
  for (const [index, filters] of Object.entries(indexes)) {
    it(`has the index ${index} for ${Object.keys(filters).join(' and ')}`, async () => {
      const plan = await tenet.database.write({ organization: toUuid('organization', organizationId) }, async (db) => {
        await db.raw('set local enable_seqscan = off');
        await db.raw('set local enable_bitmapscan = off');
        const query = eventsIn(db, toUuid('organization', organizationId), filters).limit(51);
        if (!('since' in filters)) query.orderBy('seq', 'desc');
        const { sql, bindings } = query.toSQL();
        const { rows } = await db.raw(`explain ${sql}`, bindings as never[]);
        return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n') as string;
      });
      expect(plan).to.match(new RegExp(`using ${index} .*`));
      expect(plan).to.not.match(/Sort/);
    });
  }

  describe('on the platform', () => {
    const platform = async (path: string, by: Caller = auditor) => send(by, 'GET', `/v1/audit-events${path}`);

    it('auditors and operators read what operators did; a member does not', async () => {
      await send(operator, 'POST', pathIn({ organizationId }, '/suspend'), { reason: 'Unpaid' });
      const { body, status } = await platform(`?target=${organizationId}&action=organization.suspend`);
      expect(status).to.equal(200);
      const [event] = (body as { items: Event[] }).items;
      expect(event).to.include({ actor: await operator.userId(), target: organizationId });
      expect(event).to.not.have.property('organizationId');
      expect((await platform('', operator)).status).to.equal(200);
      expect((await platform('', admin)).status).to.equal(403);
    });

    it('the log of an organization is readable and verifiable there once it was purged, and not before', async () => {
      expect((await platform(`?organizationId=${organizationId}`)).status).to.equal(404);
      expect((await platform(`/verification?organizationId=${organizationId}`)).status).to.equal(404);
      const deleted = await send(admin, 'POST', pathIn({ organizationId }, '/delete'), { confirmation: 'Acme' });
      expect(deleted.status, deleted.text).to.be.lessThan(300);
      const purge = await send(operator, 'POST', pathIn({ organizationId }, '/purge'));
      expect(purge.status, purge.text).to.be.lessThan(300);
      const { body } = await platform(`?organizationId=${organizationId}`);
      const { items } = body as { items: Event[] };
      expect(items.map(({ action }) => action)).to.include.members(['organization.create', 'project.create', 'organization.purge']);
      expect(items[0]).to.include({ organizationId });
      const verification = (await platform(`/verification?organizationId=${organizationId}`)).body;
      expect(verification).to.include({ state: 'HOLDS', organizationId, from: 1, to: items[0]!.sequence });
    });
  });

  describe('the verification', () => {
    interface Verification {
      state: string;
      from?: number;
      to?: number;
      hash?: string;
      broken?: { sequence: number; reason: string };
      nextPageToken?: string;
    }
    const verify = async (pageToken?: string): Promise<Verification> => {
      const query = pageToken === undefined ? '' : `?pageToken=${pageToken}`;
      const reply = await send(admin, 'GET', pathIn({ organizationId }, `/audit-events/verification${query}`));
      expect(reply.status, reply.text).to.equal(200);
      return reply.body;
    };
    const tamper = async (sql: string): Promise<void> => {
      const client = new pg.Client({
        connectionString: tenet.databaseUrl,
        options: '-c search_path=tenet -c session_replication_role=replica',
      });
      await client.connect();
      await client.query(sql, [toUuid('organization', organizationId)]);
      await client.end();
    };

    it('S001-05: says that the log holds to its end, with the hash of the last event', async () => {
      const [newest] = await list({});
      expect(await verify()).to.deep.equal({
        organizationId,
        state: 'HOLDS',
        from: 1,
        to: newest!.sequence,
        hash: (newest as unknown as { hash: string }).hash,
      });
    });

    it('goes on behind each slice, and finds a break in a later one', async () => {
      const append =
        "select append_audit_events($1, now(), 'user_1', 'thing.change', array_fill('thing'::text, array[6000]), 'SUCCEEDED', ";
      await inDatabase(
        tenet,
        organizationId,
        `${append.replace('$1', '?')} (select array_agg(t) from (select '{"action":"thing.change","actor":"user_1","at":"' ||
           to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","outcome":"SUCCEEDED","target":"thing","n":' || n || '}' as t
           from generate_series(1, 6000) n) texts))`.replace('now(), ', "date_trunc('milliseconds', now()), "),
        [toUuid('organization', organizationId)],
      );
      const first = await verify();
      expect(first).to.include({ state: 'CONTINUES', from: 1, to: 5_000 });
      const [mark] = Buffer.from(first.nextPageToken!, 'base64url').toString('utf8').split('\n') as [string];
      for (const place of ['5000', '5000:', `-1:${'0'.repeat(64)}`, `5000:${'0'.repeat(63)}`]) {
        const pageToken = Buffer.from(`${mark}\n${place}`).toString('base64url');
        expect((await send(admin, 'GET', pathIn({ organizationId }, `/audit-events/verification?pageToken=${pageToken}`))).status).to.equal(
          400,
        );
      }
      const second = await verify(first.nextPageToken);
      expect(second).to.include({ state: 'HOLDS', from: 5_001 });
      await tamper(
        'update audit_events set event = replace(event, \'"n":5500}\', \'"n":5501}\') where org_id = $1 and event like \'%"n":5500}\'',
      );
      expect((await verify()).state).to.equal('CONTINUES');
      const broken = await verify(first.nextPageToken);
      expect(broken).to.include({ state: 'BROKEN', from: 5_001 });
      expect(broken.broken).to.deep.equal({ sequence: broken.to! + 1, reason: 'the event is not what was recorded' });
      expect(broken).to.not.have.property('nextPageToken');
    });

    it('sees that the end was cut off', async () => {
      await tamper('delete from audit_events where org_id = $1 and seq = (select max(seq) from audit_events where org_id = $1)');
      expect(await verify())
        .to.have.nested.property('broken.reason')
        .that.contains('the head of the chain remembers');
    });
  });
});
