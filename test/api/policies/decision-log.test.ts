import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import type { DecisionCase } from '../../../core/authorization/decisions/cases.ts';
import { createStock } from '../../../core/authorization/engine/stock.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { storedScope } from '../../../core/authorization/policy/scopes.ts';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { toId, toUuid } from '../../../core/base/ids.ts';
import { makeKey, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Logged {
  readonly id: string;
  readonly subject: string;
  readonly project: string | null;
  readonly request: string;
  readonly is_question: boolean;
  readonly may_be_cached: boolean;
  readonly document: DecisionCase;
}

type Explanation = components['schemas']['Explanation'];

describe('the decision log', () => {
  let tenet: TestTenet;
  let owner: Person;
  let member: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet?.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
  });

  const about = (subject: { id: string; type?: string }, permission: string, projectId?: string) => ({
    subject: { type: subject.type ?? 'user', id: subject.id },
    resource: { type: permission.split(':')[0]!, id: '*', properties: { organizationId, ...(projectId && { projectId }) } },
    action: { name: permission.split(':')[1]! },
  });
  const evaluate = (caller: Caller, body: unknown, headers = {}) => send(caller, 'POST', '/access/v1/evaluation', body, headers);

  /** The entries of the organization, in their order: questions alone unless said. */
  async function logged({ requests = false } = {}): Promise<Logged[]> {
    await tenet.decisionLog!.flush();
    const organization = toUuid('organization', organizationId);
    return tenet.database.read({ organization }, async (db) => {
      const sql = `select l.*, c.document from decision_log_entries l join decision_log_cases c on c.id = l.case_id and c.day = l.day
        where l.org_id = ? and (l.is_question or ?) order by l.since, l.part, l.position`;
      return (await db.raw(sql, [organization, requests])).rows;
    });
  }
  const look = (decisionId: string) =>
    owner.client.GET('/v1/organizations/{organizationId}/decisions/{decisionId}', { params: { path: { organizationId, decisionId } } });

  /** Takes the decision again by stock Casbin, from what the log says alone. */
  async function again({ document, subject, project }: Logged) {
    const contents = await tenet.database.read('platform', (db) =>
      Promise.all(document.revisions.map(({ scope, revision }) => loadContent(db, storedScope(scope), revision))),
    );
    const domain = domainOf({ organizationId, projectId: project === null ? undefined : toId('project', project) });
    return createStock(contents).decide(subject.split('/')[0]!, document.roles, domain, document.resource!, document.action!);
  }

  for (const consistency of ['fully_consistent', 'minimize_latency'] as const) {
    it(`has every answer with ${consistency}, and what it takes to take it again by stock Casbin`, async () => {
      const projectId = await foundProject(owner, organizationId);
      const asked = ['connection:list', 'organization:delete', 'project:read', 'connection:create'];
      const answers: boolean[] = [];
      for (const permission of asked) {
        const question = about(member, permission, permission.startsWith('project') ? projectId : undefined);
        const { body } = await evaluate(owner, question, { 'tenet-consistency': consistency });
        answers.push((body as { decision: boolean }).decision);
      }
      const entries = await logged();
      expect(entries.map(({ document }) => `${document.resource}:${document.action}`)).to.deep.equal(asked);
      expect(entries.map(({ document }) => document.allowed)).to.deep.equal(answers);
      expect(new Set(answers)).to.have.property('size', 2);
      for (const entry of entries) {
        expect(entry).to.include({ subject: member.id, may_be_cached: consistency === 'minimize_latency' });
        const stock = await again(entry);
        expect(stock.allowed).to.equal(entry.document.allowed);
        expect(stock.row).to.deep.equal(entry.document.row);
      }
      expect(entries[2]!.project).to.equal(toUuid('project', projectId));
    });
  }

  it('a decision is found by the id of its answer, as it was taken', async () => {
    const { body, headers } = await evaluate(owner, about(member, 'connection:create'), { 'tenet-consistency': 'minimize_latency' });
    const { decisionId, rule, revisions } = (body as { context: Record<string, unknown> }).context;
    await tenet.decisionLog!.flush();
    const { data } = await look(decisionId as string);
    expect(data).to.deep.include({
      ...{ decisionId, decision: false, reason: 'NO_MATCH', subject: member.id, organizationId, resource: 'connection', action: 'create' },
      ...{ requestId: headers.get('x-request-id'), consistency: 'MINIMIZE_LATENCY', revisions },
    } as Partial<Explanation>);
    expect(rule).to.equal(undefined);
    expect(data!.roles.map(({ role }) => role)).to.deep.equal(['member/self', 'integrations/org.member']);
    expect(data!.nearestRoles).to.include('org.manager');
  });

  it('an id of another organization, of no decision and of another day is 404', async () => {
    const { body } = await evaluate(owner, about(member, 'connection:create'));
    await tenet.decisionLog!.flush();
    const { decisionId } = (body as { context: { decisionId: string } }).context;
    organizationId = await foundOrganization(owner);
    for (const id of [decisionId, 'dec_7zzzzzzzzzzzzzzzzzzzzzzzzz', 'dec_00000000000000000000000000']) {
      expect((await look(id)).response.status, id).to.equal(404);
    }
  });

  it('has each question of a batch, those asked in the path of the organization, and requests themselves', async () => {
    const { subject, resource } = about(member, 'connection:list');
    const evaluations = ['list', 'create', 'list'].map((name) => ({ action: { name } }));
    await send(owner, 'POST', '/access/v1/evaluations', { subject, resource, evaluations });
    await send(owner, 'POST', `/v1/organizations/${organizationId}/access/v1/evaluation`, about(member, 'member:list'));
    await send(member, 'GET', `/v1/organizations/${organizationId}`);
    const entries = await logged({ requests: true });
    expect(entries.filter(({ is_question }) => is_question).map(({ document }) => document.action)).to.deep.equal([
      ...['list', 'create', 'list'],
      'list',
    ]);
    const [first, second] = entries.filter(({ is_question }) => is_question);
    expect(first!.request).to.equal(second!.request);
    const own = entries
      .filter(({ is_question }) => !is_question)
      .map(({ subject: who, document }) => [who, document.resource, document.action]);
    expect(own).to.deep.equal([[member.id, 'organization', 'read']]);
  });

  it('of a key it has the owner, the scopes and both questions', async () => {
    const hub = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    organizationId = hub;
    const key = await makeKey(owner, { organizationId: hub }, { scopes: ['data-management'] });
    const { body } = await evaluate(withKey(tenet, key), about({ type: 'api-key', id: key.id }, 'member:list'));
    const [entry] = await logged();
    expect(entry!.subject).to.equal(`${owner.id}/${key.id}`);
    expect(entry!.document.allowed).to.equal((body as { decision: boolean }).decision);
    const { data } = await look(toId('decision', entry!.id));
    expect(data).to.deep.include({ subject: key.id, owner: owner.id });
    expect(data!.scopes).to.deep.equal(['data-management']);
    expect(data!.questions!.map(({ about: who, decision }) => [who, decision])).to.deep.equal([
      ['OWNER', true],
      ['SCOPES', false],
    ]);
  });

  it('keeps no word that the vocabulary does not know, nor anything of properties and context', async () => {
    const question = about(member, 'secret-of-mine:read-it');
    await evaluate(owner, { ...question, context: { note: 'private' }, resource: { ...question.resource, id: 'my-id' } });
    await evaluate(owner, about(member, 'connection:burn-it'));
    const entries = await logged();
    expect(entries.map(({ document }) => [document.reason, document.resource, document.action])).to.deep.equal([
      ['unknown-resource', undefined, undefined],
      ['unknown-action', 'connection', undefined],
    ]);
    expect(JSON.stringify(entries)).not.to.match(/secret-of-mine|private|my-id|burn-it/);
    expect((await look(toId('decision', entries[0]!.id))).data).to.include({ reason: 'UNKNOWN_RESOURCE', resource: 'unknown' });
  });

  it('decisions about one resource say so, are found by its id, and name those that the caller may list', async () => {
    const projectId = await foundProject(owner, organizationId);
    const one = 'res_01h455vb4pex5vsknk084sn02q';
    const ask = (permission: string, id: string, place?: string) => {
      const question = about(member, permission, place);
      return evaluate(owner, { ...question, resource: { ...question.resource, id } });
    };
    for (const [permission, id, place] of [
      ...[
        ['connection:list', '*'],
        ['connection:read', one],
        ['connection:delete', 'gpt-x'],
        ['connection:delete', one, projectId],
      ],
      ...[
        ['connection:read', 'no id of "ours"'],
        ['made-up:read', one],
      ],
    ] as [string, string, string?][])
      await ask(permission, id, place);
    await tenet.decisionLog!.flush();
    const list = async (caller: Person, query: Record<string, unknown> = {}) => {
      const params = { path: { organizationId }, query } as never;
      return caller.client.GET('/v1/organizations/{organizationId}/decisions', { params });
    };
    const { data } = await list(owner);
    const questions = data!.items.filter(({ subject }) => subject === member.id);
    expect(questions.map(({ resource, action, resourceId }) => [resource, action, resourceId])).to.deep.equal([
      ['unknown', 'unknown', undefined],
      ['connection', 'read', undefined],
      ['connection', 'delete', one],
      ['connection', 'delete', 'gpt-x'],
      ['connection', 'read', one],
      ['connection', 'list', undefined],
    ]);
    const found = (await list(owner, { resourceId: one })).data!.items;
    expect(found.map(({ action, projectId: place }) => [action, place])).to.deep.equal([
      ['delete', projectId],
      ['read', undefined],
    ]);
    const explained = (await look(found[0]!.decisionId)).data!;
    expect(explained).to.include({ ...found[0], resourceId: one });

    const first = (await list(owner, { resourceId: one, pageSize: 1 })).data!;
    const second = (await list(owner, { resourceId: one, pageSize: 1, pageToken: first.nextPageToken })).data!;
    expect([...first.items, ...second.items]).to.deep.equal(found);
    expect(second.nextPageToken).to.equal(undefined);
    const { error, response } = await list(owner, { since: '2026-01-01T00:00:00Z', before: '2026-01-09T00:00:00Z' });
    expect(response.status).to.equal(400);
    expect(JSON.stringify(error)).to.contain('at most 7 days');
    expect((await list(owner, { since: '2026-01-01T00:00:00Z' })).data!.items).to.deep.equal([]);
    expect((await list(member)).response.status).to.equal(403);
  });

  it('hides the entries of another organization', async () => {
    await evaluate(owner, about(member, 'connection:list'));
    await tenet.decisionLog!.flush();
    const other = toUuid('organization', await foundOrganization(owner));
    const seen = await tenet.database.read({ organization: other }, (db) => db('decision_log').distinct('org_id').pluck('org_id'));
    expect(seen).to.not.include(toUuid('organization', organizationId));
  });
});

describe('without a decision log', () => {
  let tenet: TestTenet;
  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it('nothing is written', async () => {
    await foundOrganization(await signIn(tenet, 'owner@example.com'));
    expect(tenet.decisionLog).to.equal(undefined);
    expect(await tenet.database.read('platform', (db) => db('decision_log_writers').select('id'))).to.deep.equal([]);
  });
});
