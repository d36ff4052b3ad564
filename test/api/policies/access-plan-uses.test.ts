import { expect } from 'chai';
import { documentOf, type PlanDocument } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { asOwner } from '../../helpers/as-owner.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint/integrations';
const lost = ['connection:create', 'connection:list', 'connection:update'];

describe('the last use of what an access plan takes', function () {
  this.timeout(240_000);
  let tenet: TestTenet;
  let manager: Person;
  let organizationId: string;
  let changed: PolicyContent;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    const owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const content = await tenet.database.read('platform', (db) => loadContent(db, scope, 1));
    const isGone = ([subject, , resource, action]: readonly string[]): boolean =>
      subject === 'integrations/org.manager' && lost.includes(`${resource}:${action}`);
    const kept = content.rows.flatMap((row, index) => (isGone(row) ? [] : index));
    changed = { ...content, rows: kept.map((index) => content.rows[index]!), sources: kept.map((index) => content.sources[index]!) };
    // The owner keeps what the manager loses, so what the owner does is no use of it.
    await ask(owner, 'update');
    await ask(manager, 'list');
    await ask(manager, 'create');
  });
  after(() => tenet?.stop());

  async function ask(person: Person, name: string): Promise<void> {
    const resource = { type: 'connection', id: '*', properties: { organizationId } };
    const question = { subject: { type: 'user', id: person.id }, action: { name }, resource };
    const { status, body } = await send(person, 'POST', '/access/v1/evaluation', question);
    expect([status, (body as { decision?: boolean }).decision]).to.deep.equal([200, true]);
    await tenet.decisionLog!.flush();
  }

  const plan = async (): Promise<PlanDocument> =>
    documentOf(await tenet.database.observe('platform', (db) => makePlan(db, [changed], { samples: 0 })));

  const administer = (sql: string, values?: readonly unknown[]) => asOwner(tenet, sql, values);

  async function lastAt(action: string): Promise<string> {
    const [row] = await administer(
      `select max(l.at) as at from decision_log_entries l join decision_log_cases c on c.id = l.case_id and c.day = l.day
       where l.subject = $1 and c.document->>'resource' = 'connection' and c.document->>'action' = $2`,
      [manager.id, action],
    );
    return (row!['at'] as Date).toISOString();
  }

  const usesIn = ({ summary }: PlanDocument) =>
    summary.byPermission.filter(({ level }) => level === 'ORGANIZATION').map(({ permission, lastUse }) => [permission, lastUse]);

  it('is unknown where a log that is not whole does not show it; losses are ranked by it', async () => {
    const document = await plan();
    expect(document.uses.log).to.equal('PARTIAL');
    expect(usesIn(document)).to.deep.equal([
      ['connection:create', { state: 'USED', at: await lastAt('create') }],
      ['connection:list', { state: 'USED', at: await lastAt('list') }],
      ['connection:update', { state: 'UNKNOWN' }],
    ]);
    const { changes } = document.effects.find(({ level }) => level === 'ORGANIZATION')!;
    expect(changes.find(({ permission }) => permission === 'connection:update')!.lastUse).to.deep.equal({ state: 'UNKNOWN' });
    expect(JSON.stringify(await plan())).to.equal(JSON.stringify(document));
  });

  it('is none where the log has every decision of these days, and unknown where it is sampled; the digest is the same', async () => {
    const { digest } = await plan();
    const states = async (set: string) => {
      await administer(`update decision_log_writers set ${set}`);
      const document = await plan();
      expect(document.digest).to.equal(digest);
      return [document.uses.log, usesIn(document).at(-1)];
    };
    expect(await states("begun_at = now() - interval '60 days'")).to.deep.equal(['COMPLETE', ['connection:update', { state: 'UNUSED' }]]);
    expect(await states('share = 0.5')).to.deep.equal(['PARTIAL', ['connection:update', { state: 'UNKNOWN' }]]);
    expect(await states('share = 1, written = 20000000')).to.deep.equal(['TOO_LARGE', ['connection:update', { state: 'UNKNOWN' }]]);
  });

  it('is unknown where no decision was ever logged', async () => {
    await administer('delete from decision_log_writers');
    const document = await plan();
    expect(document.uses).to.deep.equal({ days: 0, log: 'NONE' });
    expect(usesIn(document)).to.deep.equal(lost.map((permission) => [permission, { state: 'UNKNOWN' }]));
  });
});
