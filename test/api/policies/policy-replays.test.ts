import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { lastUses } from '../../../core/authorization/decision-log/used-cases.ts';
import type { DecisionCase } from '../../../core/authorization/decisions/cases.ts';
import { createStock } from '../../../core/authorization/engine/stock.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { anyProjectOf, domainOf } from '../../../core/authorization/policy/domain.ts';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { canonical } from '../../../core/base/canonical.ts';
import { digestUuid } from '../../../core/base/ids.ts';
import { asOwner } from '../../helpers/as-owner.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, givePlatformRoles, join, type Person, signIn } from '../../helpers/people.ts';
import { randomNumbers } from '../../helpers/shuffled.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Replay = components['schemas']['DecisionReplay'];
type Draft = components['schemas']['PolicyProposal'];

const scope = 'blueprint.integrations';
const count = 1_000;

describe('replays of decisions', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let owner: Person;
  let organizationId: string;
  let manager: Person;
  let draft: Draft;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    policyAdmin = await tenet.as('policy-admin@example.com');
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    const projectId = await foundProject(owner, organizationId);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', {
      params: { path: { scope, revision: 1 } },
    });
    const { model, rows, sources, blueprint, tests } = data!;
    draft = { model, rows, sources: sources!, blueprint: blueprint!, tests: tests! };

    const types = Object.entries((await allActions()) as Record<string, { actions: Record<string, unknown> }>);
    const pairs = types.flatMap(([type, { actions }]) => Object.keys(actions).map((action) => [type, action] as const));
    const random = randomNumbers(42);
    const subjects = [owner.id, manager.id, member.id];
    const questions = Array.from({ length: count }, (_, index) => {
      const [type, name] = pairs[Math.floor(random() * pairs.length)]!;
      const subject = { type: 'user', id: subjects[index % subjects.length]! };
      const properties = { organizationId, ...(index % 2 === 1 && { projectId }) };
      return { subject, action: { name }, resource: { type, id: '*', properties } };
    });
    for (let from = 0; from < count; from += 50) {
      const { status } = await send(owner, 'POST', '/access/v1/evaluations', { evaluations: questions.slice(from, from + 50) });
      expect(status).to.equal(200);
    }
    await tenet.decisionLog!.flush();
  });
  after(() => tenet?.stop());

  /** The resource types of an organization of this kind. */
  async function allActions() {
    const { vocabulary } = await content('platform', 1);
    const { blueprint } = await content('blueprint/integrations', 1);
    return { ...vocabulary!.resources, ...Object.fromEntries(blueprint!.resourceTypes.map((type) => [type.name, type])) };
  }

  const content = (of: string, revision: number): Promise<PolicyContent> =>
    tenet.database.read('platform', (db) => loadContent(db, of, revision));
  const replay = (body: object, caller = policyAdmin) =>
    caller.client.POST('/v1/policies/{scope}/replays', { params: { path: { scope } }, body });
  /** Without tests: what a draft changes is not what its tests expect. */
  const changed = (rows: readonly (readonly string[])[]): Draft => {
    const { tests: _, sources: _sources, ...rest } = draft;
    return { ...rest, rows: rows.map((row) => [...row]) };
  };

  const administer = (sql: string, values?: readonly unknown[]) => asOwner(tenet, sql, values);

  /** What stock Casbin says of every logged decision under these rows of the kind of organization. */
  async function bruteForce(rows: readonly Row[]): Promise<Map<string, number>> {
    const logged = (await administer(`select c.document, count(*)::int as count from decision_log_entries l
      join decision_log_cases c on c.id = l.case_id and c.day = l.day group by c.document`)) as unknown as {
      document: DecisionCase;
      count: number;
    }[];
    const platform = await content('platform', 1);
    const blueprint = await content('blueprint/integrations', 1);
    const flips = new Map<string, number>();
    for (const { document, count: times } of logged) {
      const { level, resource, action, roles, allowed, revisions } = document;
      if (resource === undefined || action === undefined || revisions.length < 2) continue;
      const stock = createStock([platform, { ...blueprint, rows }]);
      const place = level === 'org' ? domainOf({ organizationId }) : anyProjectOf({ organizationId });
      const now = stock.decide('user_x', roles, place, resource, action).allowed;
      if (now === allowed) continue;
      const key = `${allowed ? 'LOSS' : 'GAIN'} ${level.toUpperCase()} ${resource}:${action} ${[...roles].sort()}`;
      flips.set(key, (flips.get(key) ?? 0) + times);
    }
    return flips;
  }

  const found = ({ flips }: Replay): Map<string, number> =>
    new Map(
      flips.map(({ kind, level, permission, roles, decisions }) => [`${kind} ${level} ${permission} ${[...roles].sort()}`, decisions]),
    );

  it('of what is in force nothing comes out the other way, and stock Casbin agrees with the log', async () => {
    const { data, error } = await replay({ revision: 1 });
    expect(error).to.equal(undefined);
    expect(data!.decisions).to.be.at.least(count);
    expect(data!.flips).to.deep.equal([]);
    expect(data!.witness).to.deep.equal({ confirmed: data!.cases - data!.notKept.cases, faults: 0, examples: [] });
    expect(data!.coverage).to.deep.include({ share: 1, writers: 1, gaps: [] });
    expect(data!.beside).to.deep.include({ scope: 'platform', revision: 1 });
  });

  it('of changed rows what comes out the other way is what stock Casbin says of every decision', async () => {
    const own = new Set((draft.blueprint as { resourceTypes: { name: string }[] }).resourceTypes.map(({ name }) => name));
    const lower = ['integrations/org.manager', 'integrations/org.member'];
    const given = ['integrations/org.member', '*', 'connection', 'read', 'allow'];
    for (const seed of [1, 2, 3]) {
      const random = randomNumbers(seed);
      const asked = [...draft.rows.filter(([sub, , obj]) => !lower.includes(sub!) || !own.has(obj!) || random() < 0.6), given];
      const { data, error } = await replay({ content: changed(asked) });
      expect(error, JSON.stringify(error)).to.equal(undefined);
      const expected = await bruteForce(asked as unknown as Row[]);
      expect(found(data!)).to.deep.equal(expected);
      expect(expected.size).to.be.at.least(5);
      const { losses, gains } = data!.totals;
      expect(losses + gains).to.equal([...expected.values()].reduce((sum, times) => sum + times, 0));
      expect(data!.witness).to.include({ faults: 0 });
      const flip = data!.flips.find(
        ({ permission, level, roles }) => `${permission} ${level} ${roles.includes(lower[1]!)}` === 'connection:read ORG true',
      )!;
      expect(flip.after.rule!.row).to.deep.equal(given);
      expect(flip).to.include({ kind: 'GAIN', blueprint: scope, alreadyInForce: false, organizations: 1, subjects: 1 });
      expect(flip.users[0]).to.include({ organizationId, decisions: flip.decisions, lastUsedAt: flip.lastUsedAt });
      const times = data!.flips.map(({ lastUsedAt }) => lastUsedAt);
      expect(times).to.deep.equal([...times].sort().reverse());
    }
  });

  it('what was last used is said by subject, permission and organization', async () => {
    const time = { since: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 60_000) };
    const [row] = (await administer(
      `select l.at, (c.document->>'resource') || ':' || (c.document->>'action') as permission
       from decision_log_entries l join decision_log_cases c on c.id = l.case_id and c.day = l.day
       where l.subject = $1 and l.is_question and (c.document->>'allowed')::boolean order by l.at desc limit 1`,
      [manager.id],
    )) as { at: Date; permission: string }[];
    const { at, permission } = row!;
    const uses = (subjects?: string[]) =>
      tenet.database.read('platform', (db) =>
        lastUses(db, { ...time, permissions: [permission, 'nothing:here'], limit: 100, ...(subjects && { subjects }) }),
      );
    expect(await uses([manager.id])).to.deep.equal([{ subject: manager.id, permission, organizationId, at }]);
    expect(await uses([owner.id, 'user_nobody'])).to.satisfy((all: { subject: string }[]) =>
      all.every(({ subject }) => subject === owner.id),
    );
    expect((await uses()).map(({ subject }) => subject)).to.include(manager.id);
  });

  it('a role that is gone is said so, and no loss', async () => {
    const blueprint = structuredClone(draft.blueprint) as { roles: { id: string }[] };
    const words = JSON.stringify({ ...blueprint, roles: blueprint.roles.filter(({ id }) => id !== 'org.member') });
    const rows = draft.rows.filter(([sub, , obj]) => sub !== 'integrations/org.member' && obj !== 'role:org.member');
    const body = { content: { ...changed(rows), blueprint: JSON.parse(words.replaceAll('org.member', 'org.manager')) } };
    const { data, error } = await replay(body);
    expect(error, JSON.stringify(error)).to.equal(undefined);
    const kinds = new Set(data!.flips.filter(({ roles }) => roles.includes('integrations/org.member')).map(({ kind }) => kind));
    expect([...kinds]).to.deep.equal(['ROLE_REMOVED']);
    expect(data!.flips.find(({ kind }) => kind === 'ROLE_REMOVED')!.removedRoles).to.deep.equal(['integrations/org.member']);
    expect(data!.totals.rolesRemoved).to.be.above(0);
    const permissions = data!.flips.filter(({ permission }) => permission.startsWith('role:org.member'));
    expect(permissions.every(({ kind }) => kind === 'PERMISSION_REMOVED')).to.equal(true);
  });

  it('the limit leaves out what was used before, and says how much', async () => {
    const until = new Date().toISOString();
    const all = (await replay({ revision: 1, until })).data!;
    const { data } = await replay({ revision: 1, until, limit: 10 });
    expect(data!.cases).to.equal(10);
    expect(data!.leftOut).to.deep.equal({ cases: all.cases - 10, decisions: all.decisions - data!.decisions });
  });

  it('a time before the log is said to have none of it', async () => {
    const [since, until] = ['2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'];
    const { response, error } = await replay({ revision: 1, since, until });
    expect(response.status).to.equal(409);
    expect(error!.detail).to.include('the decision log was off');
    const wide = await replay({ revision: 1, since });
    expect(wide.data!.coverage.unlogged.map(({ since: from }) => from)).to.deep.equal(['2020-01-01T00:00:00.000Z']);
  });

  it('is for those who may plan; what does not exist is not found, and what is asked in two ways is refused', async () => {
    expect((await replay({ revision: 1 }, owner)).response.status).to.equal(403);
    expect((await replay({ revision: 77 })).response.status).to.equal(404);
    for (const name of ['blueprint.nothing', organizationId]) {
      const { response } = await policyAdmin.client.POST('/v1/policies/{scope}/replays', {
        params: { path: { scope: name } },
        body: { revision: 1 },
      });
      expect(response.status, name).to.equal(404);
    }
    expect((await replay({})).response.status).to.equal(400);
    expect((await replay({ revision: 1, content: draft })).response.status).to.equal(400);
    const time = await replay({ revision: 1, since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' });
    expect(time.error!.errors![0]!.pointer).to.equal('#/since');
    const misspelt = await replay({ content: changed([...draft.rows, ['integrations/org.member', 'org', 'connection', 'reed', 'allow']]) });
    expect(misspelt.response.status).to.equal(400);
  });

  it('a case that was changed behind its back is found, whether it says another answer or another question', async () => {
    const [{ id }] = (await administer(
      "select id from decision_log_cases where document->>'resource' = 'connection' and (document->>'allowed')::boolean limit 1",
    )) as [{ id: string }];
    await administer("update decision_log_cases set document = jsonb_set(document, '{allowed}', 'false') where id = $1", [id]);
    const { data } = await replay({ revision: 1 });
    expect(data!.witness.faults).to.equal(1);
    expect(data!.witness.examples).to.deep.equal([{ caseId: id, fault: 'CASE', detail: 'the case is not what its id says' }]);
    expect(data!.flips).to.deep.equal([]);
    // With an id that fits, stock Casbin is what finds it.
    const [{ document }] = (await administer('select document from decision_log_cases where id = $1', [id])) as [
      { document: DecisionCase },
    ];
    const other = digestUuid(canonical(document));
    await administer('update decision_log_cases set id = $2 where id = $1', [id, other]);
    await administer('update decision_log set cases = array_replace(cases, $1::uuid, $2::uuid)', [id, other]);
    const again = await replay({ revision: 1 });
    expect(again.data!.witness.examples.map(({ caseId, fault }) => [caseId, fault])).to.deep.equal([[other, 'DECISION']]);
    expect(again.data!.witness.examples[0]!.detail).to.match(/^connection:\w+ is allowed by its revisions and denied in the log$/);
  });
});
