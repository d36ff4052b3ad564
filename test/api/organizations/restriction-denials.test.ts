import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { newId } from '../../../core/base/ids.ts';
import { send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Problem = components['schemas']['Problem'];
type Explanation = components['schemas']['Explanation'];
type Denying = components['schemas']['DenyingRestriction'];

describe('a denial by a restriction', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Person;
  let viewer: Person;
  let organizationId: string;
  let here: string;
  let elsewhere: string;
  const reason = 'It keeps what it is told';
  const path = (rest: string) => `/v1/organizations/${organizationId}${rest}`;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    here = await foundProject(admin, organizationId, 'Space');
    elsewhere = await foundProject(admin, organizationId, 'Other space');
    viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    await join(tenet, { organizationId, projectId: here }, 'viewer@example.com', 'project.viewer');
  });
  after(() => tenet?.stop());

  async function call<T>(caller: Person, method: string, rest: string, body?: object): Promise<{ status: number; body: T }> {
    return (await send(caller, method, path(rest), body)) as { status: number; body: T };
  }
  const model = async () => (await call<{ id: string }>(admin, 'POST', '/resources/model', { name: 'GPT', data: {} })).body.id;
  const restrict = async (wish: object) =>
    (await call<components['schemas']['Restriction']>(admin, 'POST', '/restrictions', { resourceType: 'model', reason, ...wish })).body;
  const lift = (id: string) => call(admin, 'DELETE', `/restrictions/${id}`);
  const read = (id: string, caller = admin, project = here) => call<Problem>(caller, 'GET', `/projects/${project}/resources/model/${id}`);
  const kept = async ({ body }: { body: Problem }) => (await call<Explanation>(admin, 'GET', `/decisions/${body.decisionId}`)).body;

  it('says where it is off, since when and why, and by which restriction to callers who may list them', async () => {
    const resourceId = await model();
    const { id: restrictionId, createdAt: since } = await restrict({ resourceId, projectIds: [here] });
    const told: Denying = { resourceType: 'model', resourceId, place: 'PROJECT', since, reason };
    const denied = await read(resourceId);
    expect(denied.body).to.include({ status: 403, code: 'resource-disabled' });
    expect(denied.body.detail).to.include('switched off in this project since').and.include(since).and.include(reason);
    expect(denied.body.restrictions).to.deep.equal([{ restrictionId, ...told }]);
    expect((await read(resourceId, viewer)).body.restrictions).to.deep.equal([told]);
    expect((await read(resourceId, admin, elsewhere)).status).to.equal(200);

    const question = { resource: 'model', action: 'read', resourceId, projectId: here };
    for (const explained of [await kept(denied), (await call<Explanation>(admin, 'POST', '/decisions/explain', question)).body]) {
      expect(explained.restrictions).to.deep.equal([{ restrictionId, ...told }]);
      expect(explained).to.include({ resourceId, resource: 'model', action: 'read' });
    }
    for (const consistency of ['fully_consistent', 'minimize_latency', 'minimize_latency'])
      expect(await contextOf(resourceId, consistency)).to.deep.equal([{ restrictionId, ...told }]);
    await lift(restrictionId);
    expect((await kept(denied)).restrictions![0])
      .to.include({ restrictionId })
      .and.to.have.property('liftedAt');
    expect((await read(resourceId)).status).to.equal(200);
  });

  async function contextOf(id: string, consistency: string): Promise<Denying[] | undefined> {
    const resource = { type: 'model', id, properties: { organizationId, projectId: here } };
    const asked = { subject: { type: 'user', id: viewer.id }, action: { name: 'read' }, resource };
    const headers = { 'tenet-consistency': consistency };
    const one = (await send(admin, 'POST', '/access/v1/evaluation', asked, headers)).body as components['schemas']['EvaluationResponse'];
    const body = { evaluations: [asked], options: { include_context: true } };
    const { evaluations } = (await send(admin, 'POST', '/access/v1/evaluations', body, headers)).body as { evaluations: (typeof one)[] };
    expect(evaluations[0]!.context!.restrictions).to.deep.equal(one.context!.restrictions);
    return one.context!.restrictions;
  }

  it('says that a type is off in the whole organization', async () => {
    const resourceId = await model();
    const { id } = await restrict({});
    const { body } = await read(resourceId, viewer);
    expect(body.detail).to.include('The resource type model is switched off in the whole organization since').and.include(reason);
    expect(body.restrictions!.map(({ place }) => place)).to.deep.equal(['ORGANIZATION']);
    await lift(id);
  });

  it('has a decision of its own for each resource and for each restriction', async () => {
    const [one, other] = [await model(), await model()];
    const first = await restrict({ resourceId: one, projectIds: [here] });
    await restrict({ resourceId: other, projectIds: [here] });
    const denials = [await read(one), await read(other), await read(one)];
    await lift(first.id);
    await restrict({ resourceId: one, projectIds: [here] });
    denials.push(await read(one));
    const [a, b, again, later] = denials.map(({ body }) => body.decisionId);
    expect(again).to.equal(a);
    expect(new Set([a, b, later]).size).to.equal(3);
    expect(await Promise.all(denials.map(async (denied) => (await kept(denied)).resourceId))).to.deep.equal([one, other, one, one]);
  });

  it('is not told by the decision about another resource where no restriction denies either, up to a bound', async () => {
    const change = (id: string) => call<Problem>(viewer, 'PATCH', `/resources/model/${id}`, { name: 'Mine' });
    const ids = Array.from({ length: 52 }, () => newId('resource'));
    const denials = [];
    for (const id of [...ids, ids[0]!]) denials.push(await change(id));
    expect(new Set(denials.map(({ status }) => status))).to.deep.equal(new Set([403]));
    const decisions = denials.map(({ body }) => body.decisionId);
    expect(new Set(decisions.slice(0, 51)).size).to.equal(51);
    expect([decisions[51], decisions[52]], 'those beyond it share one, which names none').to.deep.equal([decisions[50], decisions[0]]);
    expect(await kept(denials[49]!)).to.include({ resourceId: ids[49] });
    expect(await kept(denials[51]!)).not.to.have.property('resourceId');
    const events = (await auditTrail(admin, organizationId)).filter(
      ({ action, outcome }) => `${action} ${outcome}` === 'resource.update DENIED',
    );
    expect(events).to.have.length(1);
  });
});
