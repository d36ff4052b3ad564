import { expect } from 'chai';
import { toUuid } from '../../core/base/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { foundOrganization, join } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('an organization that is busy', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let other: Caller;
  let member: Caller;
  let busy: string;
  let quiet: string;
  let letGo: () => void;
  let holder: Promise<void>;

  before(async () => {
    tenet = await startTenet({ TENET_DATABASE_POOL: '4' });
    owner = await tenet.as('owner@example.com');
    other = await tenet.as('other@example.com');
    busy = await foundOrganization(owner, 'Busy');
    quiet = await foundOrganization(other, 'Quiet');
    member = await join(tenet, { organizationId: busy }, 'member@example.com', 'org.member');
  });

  after(() => tenet.stop());

  /** Another replica's transaction has the organization's row. */
  beforeEach(async () => {
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const uuid = toUuid('organization', busy);
    await new Promise<void>((resolve) => {
      holder = tenet.database.write({ organization: uuid }, async (db) => {
        await db('organizations').where({ id: uuid }).forUpdate();
        resolve();
        await held;
      });
    });
  });

  afterEach(async () => {
    letGo();
    await holder;
  });

  const json = { 'content-type': 'application/json', 'if-match': '*' };
  const rename = (caller: Caller, id: string, name = 'Renamed') =>
    caller.raw(`/v1/organizations/${id}`, { method: 'PATCH', body: JSON.stringify({ name }), headers: json });

  it('holds up no other one, no read and no probe', async () => {
    const waiting = Array.from({ length: 30 }, () => rename(owner, busy));
    await eventually(async () => {
      const { rows } = await tenet.database.read('platform', (db) => db.raw('select from pg_locks where not granted'));
      // The others wait without a connection.
      expect(rows).to.have.length(1);
    });
    expect((await rename(other, quiet)).status).to.equal(200);
    expect((await other.raw(`/v1/organizations/${quiet}`)).status).to.equal(200);
    expect((await owner.raw(`/v1/organizations/${busy}`)).status).to.equal(200);
    expect((await tenet.anonymous().raw('/readyz')).status).to.equal(200);
    letGo();
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
  });

  it('is answered to outsiders as if it did not exist, without a wait', async () => {
    const [theirs, none] = await Promise.all([rename(other, busy), rename(other, 'org_01h455vb4pex5vsknk084sn02q')]);
    expect([theirs.status, none.status]).to.deep.equal([404, 404]);
  });

  it('is answered to a member who may not change it without a wait', async () => {
    expect((await rename(member, busy)).status).to.equal(403);
  });

  it('is 503 with Retry-After to more changes of one caller than may wait, and they change nothing', async () => {
    const sent = Array.from({ length: 70 }, (_, index) => rename(owner, busy, `Renamed ${index}`));
    const refused = (await Promise.race(sent))!;
    expect(refused.status).to.equal(503);
    expect(refused.headers.get('retry-after')).to.match(/^\d+$/);
    expect(((await refused.json()) as { code: string }).code).to.equal('unavailable');
    letGo();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).to.have.length(65);
    expect(statuses.filter((status) => status === 503)).to.have.length(5);
  });

  it('is 503 with Retry-After when another replica holds it for too long', async () => {
    const response = await rename(owner, busy);
    expect(response.status).to.equal(503);
    expect(response.headers.get('retry-after')).to.match(/^\d+$/);
    expect(await response.json()).to.include({ code: 'unavailable' });
  });
});
