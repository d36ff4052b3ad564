import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { readMembership } from '../../../core/manifests/membership.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { manifestTests } from './manifests.ts';

describe('what a manifest reads of an organization', () => {
  const tests = manifestTests();

  it('are the people of its entries and its own, and not all that there are and were', async () => {
    const owner = await tests.tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner, 'Large');
    await join(tests.tenet, { organizationId }, 'wanted@example.com', 'org.member');
    for (let number = 0; number < 5; number += 1) await join(tests.tenet, { organizationId }, `other-${number}@example.com`, 'org.member');
    await inDatabase(
      tests.tenet,
      organizationId,
      `insert into invitations (org_id, id, email, state, token_hash, expires_at, invited_by)
       select '${toUuid('organization', organizationId)}', gen_random_uuid(), 'guest-' || (n % 50) || '@example.com', 'REVOKED', sha256(n::text::bytea), now(), 'test'
       from generate_series(1, 300) n`,
    );
    let rows = 0;
    const read = (all: boolean) =>
      tests.tenet.database.read('platform', async (db) => {
        rows = 0;
        const counting = new Proxy(db, {
          get: (target, key) =>
            key === 'raw'
              ? async (sql: string, bindings: object) => {
                  const answer = await target.raw(sql, bindings as never);
                  rows += answer.rows.length;
                  return answer;
                }
              : Reflect.get(target, key),
        }) as Db;
        const asked = { emails: ['wanted@example.com', 'guest-7@example.com'], uid: null, all };
        return readMembership(counting, toUuid('organization', organizationId), asked);
      });
    const known = await read(false);
    expect(rows).to.equal(2);
    expect(known.member('wanted@example.com')).to.include({ isMember: true });
    expect(known.invitation('guest-7@example.com')).to.include({ state: 'REVOKED' });
    expect(known.invitation('guest-8@example.com')).to.equal(undefined);
    expect((await read(true)).others(new Set(['wanted@example.com']))).to.have.length(6);
  });

  it('is the invitation that counts, also when an older one was sent again', async () => {
    const owner = await tests.tenet.as('owner@example.com');
    const guest = 'late@example.com';
    const { result } = await tests.applyOrganization('resent', { members: [{ email: 'owner@example.com', roles: ['org.admin'] }] });
    const organizationId = result.id!;
    const path = { organizationId };
    const invite = async () => {
      const { data } = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path },
        body: { invitees: [{ email: guest }], roles: ['org.member'] },
      });
      return data!.items[0]!.id;
    };
    const first = await invite();
    await inDatabase(tests.tenet, organizationId, "update invitations set state = 'EXPIRED', expires_at = now()");
    const second = await invite();
    await owner.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/revoke', {
      params: { path: { ...path, invitationId: second } },
    });
    const resent = await owner.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/resend', {
      params: { path: { ...path, invitationId: first } },
    });
    expect(resent.response.status).to.equal(200);
    const members = [
      { email: 'owner@example.com', roles: ['org.admin'] },
      { email: guest, roles: ['org.member'] },
    ];
    const applied = await tests.applyOrganization('resent', { members });
    expect(applied.result.members.map(({ state }) => state)).to.deep.equal(['Active', 'Invited']);
    expect(applied.done.filter((step) => step.startsWith('invite'))).to.deep.equal([]);
  });
});
