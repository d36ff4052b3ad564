import { expect } from 'chai';
import type { MemberOrder } from '../../../core/access/member-order.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const membersPath = '/v1/organizations/{organizationId}/members';

describe('the list of members', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('Owner@example.com');
    organizationId = await foundOrganization(owner);
  });
  after(() => tenet?.stop());

  type Query = { orderBy?: MemberOrder; order?: 'asc' | 'desc'; pageSize?: number; pageToken?: string };
  const list = async (query: Query) => owner.client.GET(membersPath, { params: { path: { organizationId }, query } });

  /** The addresses of all pages. */
  async function all(query: Query): Promise<(string | null)[]> {
    const emails: (string | null)[] = [];
    for (let pageToken: string | undefined; ; ) {
      const { data } = await list({ ...query, pageSize: 2, ...(pageToken !== undefined && { pageToken }) });
      emails.push(...data!.items.map(({ email }) => email));
      pageToken = data!.nextPageToken;
      if (pageToken === undefined) return emails;
    }
  }

  it('is sorted by name, address, when they joined and when they were last seen, both ways, page by page', async () => {
    const people = [
      ['zoe@example.com', 'Ünal', '2026-01-03', '2026-03-01T00:00:00.123456Z'],
      ['Bob@example.com', 'adam', '2026-01-01', '2026-03-01T00:00:00.123455Z'],
      ['carl@example.com', 'Adam', '2026-01-02', null],
      ['dora@example.com', null, '2026-01-02', null],
    ] as const;
    for (const [email, name, joined, seen] of people) {
      const { id } = await join(tenet, { organizationId }, email, 'org.member');
      await inDatabase(
        tenet,
        organizationId,
        'update members set display_name = ?, joined_at = ?, last_seen_at = ? where user_id = (select id from users where email = ?)',
        [name, joined, seen, email] as string[],
      );
      expect(id).to.match(/^user_/);
    }
    await inDatabase(tenet, organizationId, "update members set last_seen_at = now() where joined_at > '2026-02-01'");
    const me = 'Owner@example.com';
    // Of equals the id decides, and that is the order in which they were made.
    const expected: Record<MemberOrder, string[]> = {
      name: ['Owner@example.com', 'dora@example.com', 'Bob@example.com', 'carl@example.com', 'zoe@example.com'],
      email: ['Bob@example.com', 'carl@example.com', 'dora@example.com', me, 'zoe@example.com'],
      joinedAt: ['Bob@example.com', 'carl@example.com', 'dora@example.com', 'zoe@example.com', me],
      lastSeenAt: ['carl@example.com', 'dora@example.com', 'Bob@example.com', 'zoe@example.com', me],
    };
    for (const [orderBy, emails] of Object.entries(expected) as [MemberOrder, string[]][]) {
      expect(await all({ orderBy }), orderBy).to.deep.equal(emails);
      expect(await all({ orderBy, order: 'desc' }), `${orderBy} desc`).to.deep.equal(emails.toReversed());
    }
    expect(await all({ order: 'desc' })).to.deep.equal((await all({})).toReversed());
  });

  it('takes no page token of another order, nor one that was forged', async () => {
    const { data } = await list({ orderBy: 'name', pageSize: 2 });
    const pageToken = data!.nextPageToken!;
    expect((await list({ orderBy: 'name', pageToken })).response.status).to.equal(200);
    for (const query of [{}, { orderBy: 'email' }, { orderBy: 'name', order: 'desc' }] as const)
      expect((await list({ ...query, pageToken })).response.status).to.equal(400);
    for (const orderBy of ['name', 'lastSeenAt'] as const) {
      const own = (await list({ orderBy, pageSize: 2 })).data!.nextPageToken!;
      const [mark, key] = Buffer.from(own, 'base64url').toString().split('\n') as [string, string];
      const id = key.split('.')[1]!;
      const wrong = ['\0', 'x\0y', ...(orderBy === 'name' ? [] : ['', 'x', '1.5', '9'.repeat(30), '9'.repeat(18), `-${'9'.repeat(18)}`])];
      const keys = [...wrong.map((value) => `${Buffer.from(value).toString('base64url')}.${id}`), id, '', `.${id}x`, `!.${id}`];
      for (const other of keys) {
        const forged = Buffer.from(`${mark}\n${other}`).toString('base64url');
        expect((await list({ orderBy, pageToken: forged })).response.status, JSON.stringify(other)).to.equal(400);
      }
    }
  });

  it('shows when a member was last seen, whose ETag does not change by it', async () => {
    const bob = await join(tenet, { organizationId }, 'bob-who-works@example.com', 'org.member');
    const read = async () =>
      (
        await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', {
          params: { path: { organizationId, userId: bob.id } },
        })
      ).data!;
    const before = await read();
    expect(before).to.not.have.property('lastSeenAt');
    await bob.client.GET('/v1/me');
    await tenet.activity.flush();
    expect(await read()).to.not.have.property('lastSeenAt');
    await bob.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } });
    await tenet.activity.flush();
    const after = await read();
    expect(Date.parse(after.lastSeenAt!)).to.be.within(Date.parse(before.joinedAt), Date.now() + 1);
    expect(after.etag).to.equal(before.etag);
    // Within the hour it is not written again.
    await inDatabase(tenet, organizationId, 'update members set last_seen_at = null');
    await bob.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } });
    await tenet.activity.flush();
    expect(await read()).to.not.have.property('lastSeenAt');
  });

  it('S003-37 keeps an inactive member, whose every request is refused, and whose roles are there again with the membership', async () => {
    const workspace = await foundOrganization(owner, 'Workspace', 'app-workspace');
    const place = { organizationId: workspace };
    const manager = await join(tenet, place, 'manager@example.com', 'org.manager');
    const params = { path: { ...place, userId: manager.id } };
    const set = (state: 'ACTIVE' | 'INACTIVE') =>
      owner.client.PATCH('/v1/organizations/{organizationId}/members/{userId}', { params, body: { state } });
    const answers = async () => {
      const paths = ['', '/members', '/projects', '/roles', '/capabilities', '/api-keys'];
      return Promise.all(paths.map(async (path) => (await manager.raw(`/v1/organizations/${workspace}${path}`)).status));
    };
    const roles = async () =>
      (await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', { params })).data!.roles.map(({ role }) => role);
    const before = await answers();
    expect(before[0]).to.equal(200);
    expect((await set('INACTIVE')).data).to.include({ state: 'INACTIVE' });
    expect(await roles()).to.deep.equal(['org.manager']);
    expect(new Set(await answers())).to.deep.equal(new Set([404]));
    const left = await manager.client.POST('/v1/organizations/{organizationId}/leave', { params: { path: place }, body: {} });
    expect(left.response.status).to.equal(404);
    await set('ACTIVE');
    expect(await answers()).to.deep.equal(before);
    expect(await roles()).to.deep.equal(['org.manager']);
  });
});
