import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { nextPage } from '../../../core/base/pages.ts';
import { allowAlso, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Question = components['schemas']['WhoCan'];

const whoCanPath = '/v1/organizations/{organizationId}/decisions/who-can';
const whatCanPath = '/v1/organizations/{organizationId}/decisions/what-can';

/** Whether a token holds the id of a person in the open. */
const isIn = (token: string, id: string): boolean => Buffer.from(token, 'base64url').includes(toUuid('user', id));

describe('who can do something, and what a subject can do', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let owner: Person;
  let manager: Person;
  let member: Person;
  let inProject: Person;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    inProject = await join(tenet, { organizationId }, 'in-project@example.com', 'org.member');
    await join(tenet, { organizationId, projectId }, 'in-project@example.com', 'project.admin');
  });
  after(() => tenet?.stop());

  const whoCan = (body: Question, caller: Caller = owner) => caller.client.POST(whoCanPath, { params: { path: { organizationId } }, body });
  const whatCan = (body: components['schemas']['WhatCan'], caller: Caller = owner) =>
    caller.client.POST(whatCanPath, { params: { path: { organizationId } }, body });
  const subjectsOf = async (question: Question) => (await whoCan(question)).data!.items.map(({ subject }) => subject);
  /** What explainDecision says of each, as the witness. */
  const explained = async (people: readonly Person[], question: Question) => {
    const able: string[] = [];
    for (const { id } of people) {
      const { data } = await owner.client.POST('/v1/organizations/{organizationId}/decisions/explain', {
        params: { path: { organizationId } },
        body: { subject: id, ...question },
      });
      if (data!.decision) able.push(id);
    }
    return able.sort();
  };

  it('names those who may, in the organization and in a project, as explanations of each of them say', async () => {
    const people = [owner, manager, member, inProject];
    for (const question of [
      { resource: 'connection', action: 'create' },
      { resource: 'organization', action: 'delete' },
      { resource: 'member', action: 'list' },
      { resource: 'secret', action: 'create', projectId },
      { resource: 'project', action: 'delete', projectId },
    ]) {
      const found = await subjectsOf(question);
      expect(found, JSON.stringify(question)).to.deep.equal(await explained(people, question));
    }
    expect(await subjectsOf({ resource: 'connection', action: 'create' })).to.have.members([owner.id, manager.id]);
    expect(await subjectsOf({ resource: 'project', action: 'delete', projectId })).to.include(inProject.id);
  });

  it('each comes with the rule that says so', async () => {
    const { data } = await whoCan({ resource: 'connection', action: 'create' });
    const found = data!.items.find(({ subject }) => subject === manager.id);
    expect(found!.rule).to.deep.include({
      scope: 'blueprint.integrations',
      file: 'blueprints/integrations/policy.csv',
      row: ['integrations/org.manager', '*', 'connection', 'create', 'allow'],
    });
    expect(found!.rule!.line).to.be.greaterThan(0);
  });

  it('comes page by page, each subject once, and a token is good for its question alone', async () => {
    const question = { resource: 'member', action: 'list' };
    const all = await subjectsOf(question);
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const { data } = await whoCan({ ...question, pageSize: 1, ...(pageToken !== undefined && { pageToken }) });
      expect(data!.items).to.have.length.at.most(1);
      seen.push(...data!.items.map(({ subject }) => subject));
      if (data!.nextPageToken !== undefined) {
        const { error } = await whoCan({ resource: 'member', action: 'read', pageToken: data!.nextPageToken });
        expect(error!.errors).to.deep.equal([
          { pointer: '#/pageToken', detail: 'must be the nextPageToken of an answer to the same question' },
        ]);
      }
      pageToken = data!.nextPageToken;
    } while (pageToken !== undefined);
    expect(all.length).to.be.greaterThan(1);
    expect(seen).to.deep.equal(all);
  });

  it('asks about service accounts and keys as well', async () => {
    const account = await owner.client.POST('/v1/organizations/{organizationId}/service-accounts', {
      params: { path: { organizationId } },
      body: { name: 'Builder' },
    });
    const granted = await owner.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: { organizationId } },
      body: { subject: { type: 'SERVICE_ACCOUNT', id: account.data!.id }, role: 'org.manager' },
    });
    expect(granted.response.status, JSON.stringify(granted.error)).to.equal(201);
    const question = { resource: 'connection', action: 'create' };
    expect(await subjectsOf({ ...question, subjectType: 'SERVICE_ACCOUNT' })).to.deep.equal([account.data!.id]);
    expect(await subjectsOf({ resource: 'organization', action: 'delete', subjectType: 'SERVICE_ACCOUNT' })).to.deep.equal([]);
    const key = await owner.client.POST('/v1/organizations/{organizationId}/api-keys', {
      params: { path: { organizationId } },
      body: { name: 'Mine' },
    });
    expect(key.response.status, JSON.stringify(key.error)).to.equal(201);
    const { data } = await whatCan({ subject: key.data!.id });
    const may = data!.capabilities['connection']?.includes('create') === true;
    expect((await subjectsOf({ ...question, subjectType: 'API_KEY' })).includes(key.data!.id)).to.equal(may);
  });

  it('refuses what cannot be asked there, by the field, with what is near', async () => {
    for (const [question, pointer, detail] of [
      [
        { resource: 'conection', action: 'create' },
        '#/resource',
        /^is none that can be asked about in an organization .*did you mean "connection"\?$/,
      ],
      [{ resource: 'connection', action: 'creat' }, '#/action', /did you mean "create"\?$/],
      [{ resource: 'member', action: 'list', projectId: newId('project') }, '#/projectId', /^is no active project of this organization$/],
    ] as const) {
      const { response, error } = await whoCan(question);
      expect(response.status).to.equal(400);
      expect(error!.errors![0]!.pointer).to.equal(pointer);
      expect(error!.errors![0]!.detail).to.match(detail);
    }
  });

  it('what a subject can do is what it sees of itself, in the organization and in a project', async () => {
    for (const person of [manager, member, inProject]) {
      const path = { organizationId, projectId };
      const { data: own } = await person.client.GET('/v1/organizations/{organizationId}/capabilities', { params: { path } });
      const { data: listed } = await whatCan({ subject: person.id });
      expect(listed).to.deep.equal({ subject: person.id, organizationId, capabilities: own!.capabilities });
      const { data: there } = await person.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/capabilities', {
        params: { path },
      });
      const { data: listedThere, error } = await whatCan({ subject: person.id, projectId });
      if (there) expect(listedThere).to.deep.equal({ subject: person.id, organizationId, projectId, capabilities: there.capabilities });
      else expect(error).to.equal(undefined);
    }
    const { data: self } = await whatCan({});
    expect(self!.subject).to.equal(owner.id);
    expect(self!.capabilities['organization']).to.include('delete');
    const { data: stranger } = await whatCan({ subject: newId('user') });
    expect(stranger!.capabilities).to.deep.equal({});
  });

  it('is denied to those who may not explain decisions, and an organization that they do not see is 404 for outsiders', async () => {
    const outsider = await tenet.as('outsider@example.com');
    for (const ask of [(by: Caller) => whoCan({ resource: 'member', action: 'list' }, by), (by: Caller) => whatCan({}, by)]) {
      const { error } = await ask(manager);
      expect(error).to.include({ status: 403, requiredPermission: 'decision:explain' });
      expect((await ask(outsider)).response.status).to.equal(404);
    }
  });

  it('who may not list people, service accounts or keys sees themselves alone, and how many others there are', async () => {
    await allowAlso(
      tenet,
      ['integrations/org.member', '*', 'decision', 'explain', 'allow'],
      ['integrations/org.member', '*', 'decision', 'search', 'allow'],
    );
    const question = { resource: 'organization', action: 'read' };
    const all = (await whoCan(question)).data!;
    expect(all.withheld).to.equal(0);
    const { data } = await whoCan(question, member);
    expect(data!.items.map(({ subject }) => subject)).to.deep.equal([member.id]);
    expect(data!.withheld).to.equal(all.items.length - 1);
    const people = [owner, manager, member, inProject];
    const tokens: string[] = [];
    let [seen, hidden] = [0, 0];
    let pageToken: string | undefined;
    do {
      const { data: page } = await whoCan({ ...question, pageSize: 1, ...(pageToken !== undefined && { pageToken }) }, member);
      seen += page!.items.length;
      hidden += page!.withheld;
      expect(page!.items.length + page!.withheld).to.be.at.most(1);
      pageToken = page!.nextPageToken;
      if (pageToken !== undefined) tokens.push(pageToken);
    } while (pageToken !== undefined);
    expect([seen, hidden]).to.deep.equal([1, all.items.length - 1]);
    // No token names the one that a page ended at, and a caller who writes a place of their own is refused.
    expect(tokens).not.to.deep.equal([]);
    for (const token of tokens) expect(token).to.satisfy((text: string) => !people.some(({ id }) => isIn(text, id)));
    const list = JSON.stringify(['who-can', 'USER', question.resource, question.action, organizationId]);
    const forged = nextPage(list, toUuid('user', owner.id));
    expect((await whoCan({ ...question, pageToken: forged }, member)).response.status).to.equal(400);
    for (const subjectType of ['SERVICE_ACCOUNT', 'API_KEY'] as const) {
      const known = await whoCan({ ...question, subjectType });
      const { data: unknown } = await whoCan({ ...question, subjectType }, member);
      expect(unknown).to.deep.equal({ items: [], withheld: known.data!.items.length });
    }
  });

  it('is so in AuthZEN searches of subjects, and for the owner of a key that is explained', async () => {
    const search = (caller: Caller, page?: { limit?: number; token?: string }) =>
      caller.client.POST('/access/v1/search/subject', {
        body: {
          ...(page && { page }),
          subject: { type: 'user' },
          action: { name: 'read' },
          resource: { type: 'organization', id: organizationId, properties: { organizationId } },
        },
      });
    const { data: all } = await search(owner);
    expect(all).not.to.have.property('context');
    const { data: own } = await search(member);
    expect(own).to.deep.equal({ context: { withheld: all!.results.length - 1 }, results: [{ type: 'user', id: member.id }] });
    const { data: first } = await search(member, { limit: 1 });
    const token = first!.page!.next_token;
    expect(token).not.to.equal('');
    expect([owner, manager, member, inProject].filter(({ id }) => isIn(token, id))).to.deep.equal([]);
    expect((await search(member, { token })).response.status).to.equal(200);
    expect((await search(member, { limit: 100, token })).response.status).to.equal(400);
    const { data: keys } = await whoCan({ resource: 'organization', action: 'read', subjectType: 'API_KEY' });
    const asked = {
      params: { path: { organizationId } },
      body: { ...{ subject: keys!.items[0]!.subject }, resource: 'member', action: 'list' },
    };
    const explain = async (caller: Caller) =>
      (await caller.client.POST('/v1/organizations/{organizationId}/decisions/explain', asked)).data!;
    expect(await explain(owner)).to.include({ owner: owner.id });
    expect(await explain(member)).not.to.have.property('owner');
  });
});
