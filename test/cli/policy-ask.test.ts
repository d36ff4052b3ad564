import { expect } from 'chai';
import { explainQuestion, listWhatCan, listWhoCan } from '../../cli/policy-ask.ts';
import { show } from '../../cli/policy-history.ts';
import { newId } from '../../core/base/ids.ts';
import { commandsOn } from '../helpers/environment.ts';
import { failure } from '../helpers/failure.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

describe('tenet policy explain, who-can and what-can', function () {
  this.timeout(60_000);
  let takeBack: () => void;
  let tenet: TestTenet;
  let owner: Person;
  let manager: Person;
  let organizationId: string;
  let projectId: string;
  let lines: string[];
  const out = (line: string) => lines.push(line);

  before(async () => {
    tenet = await startTenet();
    takeBack = commandsOn(tenet);
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
  });
  beforeEach(() => {
    lines = [];
  });
  after(async () => {
    takeBack?.();
    await tenet?.stop();
  });

  it('explains an allow with its row and a denial with the roles that would allow it, and ends with 0 or 1', async () => {
    const options = { in: organizationId, output: 'table' } as const;
    expect(await explainQuestion(manager.id, 'connection:create', options, out)).to.equal(0);
    expect(lines[0]).to.equal(`Allowed: manager@example.com (${manager.id}) connection:create in acme (allow)`);
    expect(lines[1]).to.equal('by integrations/org.manager, *, connection, create, allow');
    expect(lines[2]).to.match(/^ {3}blueprints\/integrations\/policy\.csv:\d+$/);
    expect(lines.join('\n')).to.match(/^ {2}integrations\/org\.manager \(granted, grant_\w+\)$/m);
    lines = [];
    expect(await explainQuestion(manager.id, 'connection:delete', options, out)).to.equal(1);
    expect(lines[0]).to.equal(`Denied: manager@example.com (${manager.id}) connection:delete in acme (no-match)`);
    expect(lines.at(-1)).to.equal('would be allowed by org.admin');
  });

  it('says the same as the API, for programs', async () => {
    await explainQuestion(manager.id, 'secret:list', { in: `${organizationId}/${projectId}`, output: 'json' }, out);
    const { data } = await owner.client.POST('/v1/organizations/{organizationId}/decisions/explain', {
      params: { path: { organizationId } },
      body: { subject: manager.id, resource: 'secret', action: 'list', projectId },
    });
    const { decisionId: _, createdAt: _at, ...said } = JSON.parse(lines[0]!);
    const { decisionId: _other, createdAt: _then, ...expected } = data!;
    expect(said).to.deep.equal(expected);
  });

  it('lists who may do something with the row that says so, as many as are wanted', async () => {
    const options = { in: organizationId, type: 'user', limit: 100, output: 'table' } as const;
    await listWhoCan('connection:create', options, out);
    expect(lines[0]).to.match(/^SUBJECT +NAME +BY +WRITTEN IN$/);
    expect(lines.slice(1).map((line) => line.split(/ +/).slice(0, 3))).to.have.deep.members([
      [owner.id, 'owner@example.com', 'integrations/org.admin'],
      [manager.id, 'manager@example.com', 'integrations/org.manager'],
    ]);
    lines = [];
    await listWhoCan('connection:create', { ...options, limit: 1, output: 'json' }, out);
    expect(JSON.parse(lines[0]!)).to.have.length(1);
  });

  it('takes a permission or a type that the place does not know for a slip, and no denial', async () => {
    const options = { in: organizationId, output: 'table' } as const;
    const asked = [
      () => explainQuestion(manager.id, 'conection:delete', options, out),
      () => listWhoCan('connection:destroy', { ...options, type: 'user', limit: 10 }, out),
      () => listWhatCan(manager.id, { ...options, resource: 'nosuch' }, out),
    ];
    const found = await Promise.all(asked.map((ask) => failure(ask())));
    expect(found.map(({ name }) => name)).to.deep.equal(['UsageError', 'UsageError', 'UsageError']);
    expect(found[0]!.message).to.include('connection');
    expect(found[2]!.message).to.include('There are ');
  });

  it('lists everything that a subject may do', async () => {
    await listWhatCan(manager.id, { in: organizationId, output: 'json' }, out);
    const { data } = await manager.client.GET('/v1/organizations/{organizationId}/capabilities', {
      params: { path: { organizationId } },
    });
    expect(JSON.parse(lines[0]!)).to.deep.equal(data!.capabilities);
    lines = [];
    await listWhatCan(manager.id, { in: `${organizationId}/${projectId}`, output: 'table' }, out);
    expect(lines[0]).to.equal(`manager@example.com (${manager.id}) may in acme/website:`);
  });

  it('says what is no subject, no permission and no place', async () => {
    const ask = (subject: string, permission: string, where: string) =>
      explainQuestion(subject, permission, { in: where, output: 'table' }, out);
    for (const [asked, sentence] of [
      [() => ask('vera', 'connection:create', organizationId), /^vera is no subject: give the id of a user,/],
      [() => ask(newId('user'), 'connection:create', organizationId), /^user_\w+ is no person that is known: look whether the id is right/],
      [() => ask(newId('serviceAccount'), 'connection:create', organizationId), /^svc_\w+ is no service account that is known/],
      [() => listWhatCan(newId('apiKey'), { in: organizationId, output: 'table' }, out), /^key_\w+ is no API key that is known/],
      [() => ask(manager.id, 'connection', organizationId), /^connection is no permission: give a resource type and an action/],
      [() => ask(manager.id, 'connection:create', 'nowhere'), /^--in nowhere is no active organization or project: give the slug/],
      [() => ask(manager.id, 'connection:create', `${organizationId}/nowhere`), /is no active organization or project/],
    ] as const) {
      const { name, message } = await failure(asked());
      expect(name).to.equal('UsageError');
      expect(message).to.match(sentence);
    }
  });

  it('takes one resource, names it in the answer, and refuses what is none', async () => {
    const options = { in: organizationId, resourceId: 'stripe', output: 'table' } as const;
    expect(await explainQuestion(manager.id, 'connection:create', options, out)).to.equal(0);
    expect(lines[0]).to.equal(`Allowed: manager@example.com (${manager.id}) connection:create of stripe in acme (allow)`);
    const unknown = await failure(explainQuestion(manager.id, 'connection:create', { ...options, resourceId: newId('resource') }, out));
    expect(unknown.message).to.match(/^--resource-id res_\w+ is no resource of the type connection in that place\.$/);
    const odd = await failure(listWhoCan('connection:create', { ...options, type: 'user', limit: 1, resourceId: 'a b' }, out));
    expect(odd.message).to.match(/^--resource-id takes 1 to 200 letters/);
    const untyped = await failure(listWhatCan(manager.id, options, out));
    expect(untyped.message).to.equal('--resource-id goes with --resource, which says of which type the resource is.');
    lines = [];
    await listWhatCan(manager.id, { in: organizationId, resource: 'connection', output: 'json' }, out);
    expect(Object.keys(JSON.parse(lines[0]!))).to.deep.equal(['connection']);
  });

  it('calls roles that an organization has defined by their titles, with the ids', async () => {
    const own = await foundOrganization(owner, 'Workspace', 'app-workspace');
    const { data: role } = await owner.client.POST('/v1/organizations/{organizationId}/roles', {
      params: { path: { organizationId: own } },
      body: { title: 'Desk | <b>', tier: 'org.member', permissions: ['invitation:list'] },
    });
    const [holder, other] = [
      await join(tenet, { organizationId: own }, 'holder@example.com', role!.id),
      await join(tenet, { organizationId: own }, 'other@example.com', 'org.member'),
    ];
    const options = { in: own, output: 'table' } as const;
    await explainQuestion(holder.id, 'invitation:list', options, out);
    expect(lines.join('\n')).to.match(new RegExp(`^  "Desk \\| <b>" \\(${role!.id}\\) \\(granted, grant_\\w+\\)$`, 'm'));
    lines = [];
    await explainQuestion(other.id, 'invitation:list', options, out);
    expect(lines.at(-1))
      .to.match(/^would be allowed by /)
      .and.to.include(`"Desk | <b>" (${role!.id})`);
    lines = [];
    await show(own, { output: 'table' }, out);
    expect(lines[0]).to.equal(`${own}@1 of workspace, in force`);
    expect(lines.at(-1)).to.match(new RegExp(`^${role!.id} +"Desk \\| <b>"$`));
  });
});
