import { expect } from 'chai';
import { removePlatformRoles } from '../../../core/access/operator-removal.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { addPlatformRoles, listOperators } from '../../../core/people/operators.ts';
import { failure } from '../../helpers/failure.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('Operators of the platform', () => {
  const issuer = 'https://idp.example.com';
  let tenet: TestTenet;
  let owned: Database;

  before(async () => {
    tenet = await startTenet();
    owned = openDatabase(tenet.databaseUrl, { size: 3, role: 'owner', onError: () => undefined });
  });
  after(async () => {
    await owned?.close();
    await tenet?.stop();
  });
  afterEach(() => owned.write('platform', (db) => db('platform_grants').delete()));

  const add = (subject: string, ...roles: string[]) => addPlatformRoles(owned, { issuer, subject }, roles, ['organizations']);
  const remove = (subject: string, more: { roles?: string[]; last?: boolean } = {}) =>
    removePlatformRoles(owned, { who: { issuer, subject }, ...more });
  const lastEvent = async () => {
    const { rows } = await owned.read('platform', (db) =>
      db.raw("select action, target, event from audit_events where action like 'operator.%' order by seq desc limit 1"),
    );
    return rows[0] as { action: string; target: string; event: string };
  };

  it('makes an account with what accounts of this installation are entitled to', async () => {
    const { id } = await add('fresh', 'platform/operator');
    const [entitlements] = await owned.read('platform', (db) =>
      db('users')
        .where({ id: toUuid('user', id) })
        .pluck('entitlements'),
    );
    expect(entitlements).to.deep.equal(['organizations']);
  });

  it('are listed with their roles', async () => {
    await add('ada', 'platform/operator', 'platform/auditor');
    await add('bob', 'platform/auditor');
    const list = await listOperators(owned);
    expect(list.map(({ subject, platformRoles }) => [subject, platformRoles])).to.deep.equal([
      ['ada', ['platform/auditor', 'platform/operator']],
      ['bob', ['platform/auditor']],
    ]);
    expect(list[0]).to.include({ issuer, email: null, state: 'ACTIVE' });
  });

  it('lose their roles, all or some, and the audit log says so', async () => {
    const { id } = await add('ada', 'platform/operator', 'platform/auditor');
    await add('bob', 'platform/operator', 'platform/auditor');
    expect(await remove('ada', { roles: ['platform/operator'] })).to.deep.include({
      id,
      roles: ['platform/operator'],
      left: ['platform/auditor'],
    });
    expect(await removePlatformRoles(owned, { who: { id } })).to.deep.include({ id, roles: ['platform/auditor'], left: [] });
    const event = await lastEvent();
    expect(event).to.include({ action: 'operator.remove', target: id });
    expect(JSON.parse(event.event)).to.deep.include({ actor: 'system:cli', before: { roles: ['platform/auditor'] } });
    expect((await listOperators(owned)).map(({ subject }) => subject)).to.deep.equal(['bob']);
  });

  it('are not removed when nobody would remain who may give a role of theirs, unless that is wanted', async () => {
    await add('ada', 'platform/operator', 'platform/auditor');
    await add('bob', 'platform/auditor');
    expect((await failure(remove('ada'))).message).to.match(
      /No active person who may give platform\/auditor, platform\/operator would remain\. Add another operator first, or say --last/,
    );
    expect(await listOperators(owned)).to.have.length(2);
    expect((await remove('ada', { last: true })).roles).to.deep.equal(['platform/auditor', 'platform/operator']);
  });

  it('cannot both leave at once and leave nobody', async () => {
    for (const subject of ['ada', 'bob']) await add(subject, 'platform/operator');
    const outcomes = await Promise.allSettled([remove('ada'), remove('bob')]);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(await listOperators(owned)).to.have.length(1);
  });

  it('who hold nothing, or are not known, are not removed', async () => {
    await tenet.as('carol@example.com').then((carol) => carol.userId());
    expect((await failure(remove('nobody'))).message).to.match(/There is no such user/);
    const who = { issuer: 'http://localhost/tenet-dev', subject: 'carol@example.com' };
    expect((await failure(removePlatformRoles(owned, { who }))).message).to.match(/holds no role of the platform\. The list of operators/);
  });
});
