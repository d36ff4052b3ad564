import { expect } from 'chai';
import { verifyChain } from '../../../core/audit/verify.ts';
import { toUuid } from '../../../core/base/ids.ts';
import type { Database, Db } from '../../../core/database/database.ts';
import { purgeDeleted } from '../../../core/organizations/deletions.ts';
import { apiHubProfile, auditTrail, foundOrganization, foundProject, givePlatformRoles, inDatabase, join } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the life of an organization', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let operator: Caller;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    operator = await tenet.as('operator@example.com');
  });
  after(() => tenet?.stop());

  const path = (organizationId: string) => ({ params: { path: { organizationId } } });
  const read = async (organizationId: string, caller = owner) =>
    (await caller.client.GET('/v1/organizations/{organizationId}', path(organizationId))).data;
  const suspend = (organizationId: string, reason = 'Unpaid.', caller = operator) =>
    caller.client.POST('/v1/organizations/{organizationId}/suspend', { ...path(organizationId), body: { reason } });
  const resume = (organizationId: string, caller = operator) =>
    caller.client.POST('/v1/organizations/{organizationId}/resume', path(organizationId));
  const archive = (organizationId: string, caller = owner) =>
    caller.client.POST('/v1/organizations/{organizationId}/archive', { ...path(organizationId), body: { reason: 'It is over.' } });
  const unarchive = (organizationId: string, caller = owner) =>
    caller.client.POST('/v1/organizations/{organizationId}/unarchive', path(organizationId));
  const remove = (organizationId: string) =>
    owner.client.POST('/v1/organizations/{organizationId}/delete', { ...path(organizationId), body: {} });
  const restore = (organizationId: string, body: { slug?: string } = {}, caller = operator) =>
    caller.client.POST('/v1/organizations/{organizationId}/restore', { ...path(organizationId), body });
  const purge = (organizationId: string, caller = operator) =>
    caller.client.POST('/v1/organizations/{organizationId}/purge', path(organizationId));
  const create = (organizationId: string, caller = owner) =>
    caller.client.POST('/v1/organizations/{organizationId}/projects', { ...path(organizationId), body: { name: 'Website' } });
  const platformEvents = (target: string): Promise<string[]> =>
    tenet.database.read('platform', (db) =>
      db('audit_events')
        .where({ target })
        .whereRaw('org_id <> ?', [toUuid('organization', target)])
        .orderBy('seq')
        .pluck('action'),
    );

  describe('suspended by an operator', () => {
    it('says why to its members, changes nothing, and is as it was when it is resumed', async () => {
      const id = await foundOrganization(owner);
      const projectId = await foundProject(owner, id);
      expect((await suspend(id)).data).to.deep.include({ id, state: 'SUSPENDED' });
      const member = await join(tenet, { organizationId: id }, 'reader@example.com', 'org.member');
      const { suspensions } = (await read(id, member))!;
      expect(suspensions).to.have.lengthOf(1);
      expect(suspensions![0]).to.include({ cause: 'OPERATOR', reason: 'Unpaid.' });
      const { response, error } = await create(id);
      expect(response.status).to.equal(403);
      expect(error).to.include({ code: 'organization-suspended', requiredPermission: 'project:create' });
      expect((error as { detail: string }).detail).to.contain('an operator of this installation can');
      expect((await resume(id)).data).to.include({ state: 'ACTIVE' });
      expect(await read(id)).not.to.have.property('suspensions');
      expect((await create(id)).response.status).to.equal(201);
      const project = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
        params: { path: { organizationId: id, projectId } },
      });
      expect(project.response.status).to.equal(200);
    });

    it('tells nothing to people who may not see it', async () => {
      const id = await foundOrganization(owner);
      await suspend(id);
      const stranger = await tenet.as('stranger@example.com');
      const { response, error } = await create(id, stranger);
      expect(response.status).to.equal(404);
      expect(JSON.stringify(error)).not.to.contain('suspended');
    });

    it('is in the audit log of the organization and in that of the platform', async () => {
      const id = await foundOrganization(owner);
      await suspend(id);
      await resume(id);
      const trail = await auditTrail(owner, id);
      expect(trail.map(({ action }) => action).slice(-2)).to.deep.equal(['organization.suspend', 'organization.resume']);
      expect(await platformEvents(id)).to.deep.equal(['organization.suspend', 'organization.resume']);
    });

    it('is for operators: its owner may not, and is told nothing by organizations that are not there', async () => {
      const id = await foundOrganization(owner);
      for (const attempt of [suspend(id, 'No.', owner), resume(id, owner), purge(id, owner), restore(id, {}, owner)]) {
        const { response, error } = await attempt;
        expect(response.status).to.equal(403);
        expect(error).to.include({ code: 'permission-denied' });
      }
      const nowhere = id.replace(/.{4}$/, '0000');
      expect((await suspend(nowhere)).response.status).to.equal(404);
      expect((await suspend(nowhere, 'No.', owner)).response.status).to.equal(403);
    });

    it('again replaces the reason; the same again, and a resume of what is active, change nothing', async () => {
      const id = await foundOrganization(owner);
      await suspend(id);
      const { etag } = (await suspend(id)).data!;
      const { suspensions } = (await suspend(id, 'Fraud.')).data!;
      expect(suspensions![0]).to.include({ reason: 'Fraud.' });
      await resume(id);
      const active = (await read(id))!;
      expect(active.etag).not.to.equal(etag);
      expect((await resume(id)).data!.etag).to.equal(active.etag);
    });

    it('lets no change through after it, however many are on their way', async () => {
      const id = await foundOrganization(owner);
      const writers = await Promise.all(
        [1, 2, 3].map((number) => join(tenet, { organizationId: id }, `writer${number}@example.com`, 'org.admin')),
      );
      const attempts = Array.from({ length: 24 }, (_, index) => create(id, writers[index % 3]));
      const suspended = suspend(id);
      const statuses = (await Promise.all(attempts)).map(({ response, error }) => `${response.status} ${error?.code ?? ''}`.trim());
      expect((await suspended).response.status).to.equal(200);
      expect([...new Set(statuses)]).to.satisfy((all: string[]) => all.every((one) => ['201', '403 organization-suspended'].includes(one)));
      const actions = (await auditTrail(owner, id)).filter(({ outcome }) => outcome === 'SUCCEEDED').map(({ action }) => action);
      expect(actions.at(-1)).to.equal('organization.suspend');
    });
  });

  describe('archived from inside', () => {
    for (const blueprint of ['integrations', 'teams', 'api-hub', 'app-workspace', 'ai-spaces']) {
      it(`is read-only until it is taken out of the archive (${blueprint})`, async () => {
        const { data } = await owner.client.POST('/v1/organizations', {
          body: { name: 'Old', blueprint, ...(blueprint === 'api-hub' && apiHubProfile) },
        });
        const { id } = data!;
        expect((await archive(id)).data).to.deep.include({ state: 'SUSPENDED' });
        expect((await read(id))!.suspensions![0]).to.include({ cause: 'ARCHIVE', reason: 'It is over.' });
        const renamed = await owner.client.PATCH('/v1/organizations/{organizationId}', { ...path(id), body: { name: 'New' } });
        expect(renamed.error).to.include({ code: 'organization-suspended' });
        expect((await unarchive(id)).data).to.include({ state: 'ACTIVE' });
        expect(
          (await auditTrail(owner, id))
            .filter(({ outcome }) => outcome === 'SUCCEEDED')
            .map(({ action }) => action)
            .slice(-2),
        ).to.deep.equal(['organization.archive', 'organization.unarchive']);
      });
    }

    it('stays archived when an operator resumes it, and is not the members’ to change while an operator has suspended it', async () => {
      const id = await foundOrganization(owner);
      await archive(id);
      await suspend(id);
      for (const attempt of [archive(id), unarchive(id)]) {
        const { response, error } = await attempt;
        expect(response.status).to.equal(409);
        expect(error).to.include({ code: 'failed-precondition' });
      }
      const { data } = await resume(id);
      expect(data).to.include({ state: 'SUSPENDED' });
      expect(data!.suspensions!.map(({ cause }) => cause)).to.deep.equal(['ARCHIVE']);
      expect((await unarchive(id)).data).to.include({ state: 'ACTIVE' });
    });
  });

  describe('deleted', () => {
    it('comes back with its slug and everything in it, also suspended', async () => {
      const id = await foundOrganization(owner, 'Phoenix');
      const projectId = await foundProject(owner, id);
      await archive(id);
      await unarchive(id);
      expect((await remove(id)).response.status).to.equal(204);
      expect(await read(id)).to.equal(undefined);
      const { data } = await restore(id);
      expect(data).to.include({ slug: 'phoenix', state: 'ACTIVE' }).and.not.have.property('deletedAt');
      const { data: page } = await owner.client.GET('/v1/organizations/{organizationId}/projects', path(id));
      expect(page!.items.map((project) => project.id)).to.deep.equal([projectId]);
      expect(await platformEvents(id)).to.deep.equal(['organization.restore']);
    });

    it('comes back under another slug when its own is taken', async () => {
      const id = await foundOrganization(owner, 'Contested');
      await remove(id);
      await foundOrganization(owner, 'Contested');
      const { response, error } = await restore(id);
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'already-exists' });
      expect((await restore(id, { slug: 'contested-2' })).data).to.include({ slug: 'contested-2' });
    });

    it('is neither restored nor purged while it lives', async () => {
      const id = await foundOrganization(owner);
      expect((await restore(id)).response.status).to.equal(409);
      expect((await purge(id)).response.status).to.equal(409);
      expect((await read(id))!.state).to.equal('ACTIVE');
    });

    it('is gone from every table when it is purged, and its audit log stays and verifies', async () => {
      const id = await foundOrganization(owner, 'Ashes');
      const org = toUuid('organization', id);
      const projectId = await foundProject(owner, id);
      await join(tenet, { organizationId: id, projectId }, 'worker@example.com', 'project.member');
      await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        ...path(id),
        body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.member'] },
      });
      await create(id, await tenet.as('worker@example.com'));
      await remove(id);
      expect((await purge(id)).response.status).to.equal(204);
      expect((await restore(id)).response.status).to.equal(404);
      const left = await tenet.database.read('platform', async (db) => {
        const tables: string[] = await db('information_schema.columns')
          .where({ table_schema: 'tenet', column_name: 'org_id' })
          .distinct()
          .orderBy('table_name')
          .pluck('table_name');
        const counts = [];
        for (const table of tables) if ((await db(table).where({ org_id: org }).first()) !== undefined) counts.push(table);
        return counts;
      });
      expect(left).to.deep.equal(['audit_events', 'audit_heads']);
      const chain = await tenet.database.read('platform', (db) => verifyChain(db, org));
      expect(chain).to.include({ chain: org }).and.not.have.property('broken');
      expect(chain.events).to.be.greaterThan(4);
      expect(await platformEvents(id)).to.deep.equal(['organization.purge']);
    });

    it('is purged when its grace is over, and not before', async () => {
      const [early, late] = [await foundOrganization(owner, 'Early'), await foundOrganization(owner, 'Late')];
      for (const id of [early, late]) await remove(id);
      await inDatabase(tenet, early, "update organizations set deleted_at = now() - interval '31 days' where id = ?", [
        toUuid('organization', early),
      ]);
      expect(await purgeDeleted(tenet.database, { graceDays: 30 })).to.equal(1);
      expect((await restore(early)).response.status).to.equal(404);
      expect((await restore(late)).response.status).to.equal(200);
    });

    it('is purged in parts where it is large, and not restored any more from the first one on', async () => {
      const id = await foundOrganization(owner, 'Large');
      const org = toUuid('organization', id);
      await foundProject(owner, id);
      for (const name of ['One', 'Two', 'Three'])
        await sendIn(owner, 'POST', `${id}/resources/connection`, { name, data: { platform: 'github' } });
      await remove(id);
      await inDatabase(tenet, id, "update organizations set deleted_at = now() - interval '31 days', purging_since = now() where id = ?", [
        org,
      ]);
      const gone = await tenet.database.write('platform', (db) => db.raw('select purge_organization_part(?, 2) as gone', [org]));
      expect(Number(gone.rows[0].gone)).to.equal(2);
      expect((await restore(id)).error).to.include({ detail: 'The organization is being purged: a part of it is gone.' });
      expect(await purgeDeleted(tenet.database, { graceDays: 30, rows: 2 })).to.equal(1);
      expect((await restore(id)).response.status).to.equal(404);
      expect((await tenet.database.read('platform', (db) => db('resources').where({ org_id: org }))).length).to.equal(0);
    });

    it('is purged by its parts alone, with the membership of its owner and whatever refers to what', async () => {
      const id = await foundOrganization(owner, 'Parted');
      const org = toUuid('organization', id);
      for (const name of ['One', 'Two', 'Three']) await foundProject(owner, id, name);
      await remove(id);
      await inDatabase(tenet, id, "update organizations set deleted_at = now() - interval '31 days' where id = ?", [org]);
      const left: string[][] = [];
      const tables = ['members', 'grants', 'projects'];
      const full = (db: Db) => Promise.all(tables.map(async (table) => ((await db(table).where({ org_id: org }).first()) ? [table] : [])));
      const write: Database['write'] = async (scope, work) => {
        left.push((await tenet.database.read('platform', full)).flat());
        return tenet.database.write(scope, work);
      };
      await purgeDeleted({ ...tenet.database, write }, { graceDays: 30, rows: 4 });
      expect(left[0]).to.deep.equal(tables);
      // Nothing of them is left to the last transaction, which takes all that there is.
      expect(left.at(-1)).to.deep.equal([]);
    });

    it('and purged at once with being restored is one or the other', async () => {
      const id = await foundOrganization(owner);
      await remove(id);
      const [purged, restored] = await Promise.all([purge(id), restore(id)]);
      expect([
        [204, 404],
        [409, 200],
      ]).to.deep.include([purged.response.status, restored.response.status]);
    });
  });

  it('MIN-02: begins once for each slug, however many ask at once (soak)', async () => {
    const callers = await Promise.all(Array.from({ length: 10 }, (_, number) => tenet.as(`founder${number}@example.com`)));
    for (const round of rounds(2, 100)) {
      const body = { name: 'Wanted', slug: `wanted-${round}` };
      const attempts = Array.from({ length: 50 }, (_, index) => callers[index % 10]!.client.POST('/v1/organizations', { body }));
      const statuses = (await Promise.all(attempts)).map(({ response }) => response.status).sort();
      expect(statuses).to.deep.equal([201, ...Array(49).fill(409)]);
    }
  }).timeout(600_000);
});
