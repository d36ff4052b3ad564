import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { storedScope } from '../../../core/authorization/policy/scopes.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Revision = components['schemas']['PolicyRevision'];
type Rows = string[][];

const scope = 'blueprint.integrations';
const headPath = '/v1/policies/{scope}/head';
const revisionsPath = '/v1/policies/{scope}/revisions';
const revisionPath = '/v1/policies/{scope}/revisions/{revision}';

describe('policies', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let owner: Caller;
  let manager: Caller;
  let organizationId: string;

  const platformPerson = async (email: string, role: string): Promise<Caller> => {
    await givePlatformRoles(tenet, email, role);
    return tenet.as(email);
  };

  async function begin(): Promise<void> {
    tenet = await startTenet();
    policyAdmin = await platformPerson('policy-admin@example.com', 'platform/policy-admin');
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
  }
  const end = () => tenet?.stop();

  const get = async (revision: number, of = scope): Promise<Revision> => {
    const { data } = await policyAdmin.client.GET(revisionPath, { params: { path: { scope: of, revision } } });
    return data!;
  };
  const head = async (of = scope) => (await policyAdmin.client.GET(headPath, { params: { path: { scope: of } } })).data!;
  /** The content of a revision without what the server adds, with other rows. */
  const proposal = ({ model, vocabulary, blueprint, tests }: Revision, rows: Rows, reason = 'Reviewed') => ({
    model,
    rows,
    reason,
    ...(vocabulary && { vocabulary }),
    ...(blueprint && { blueprint }),
    ...(tests && { tests }),
  });
  const propose = (body: components['schemas']['CreatePolicyRevision'], by = policyAdmin, of = scope) =>
    by.client.POST(revisionsPath, { params: { path: { scope: of } }, body });
  const activate = (revision: number, etag: string | undefined, by = policyAdmin, of = scope) =>
    by.client.PUT(headPath, {
      // The contract asks for it, so leaving it out takes a cast.
      params: { path: { scope: of }, header: (etag === undefined ? {} : { 'If-Match': etag }) as { 'If-Match': string } },
      body: { revision },
    });
  const mayDeleteConnections = async (): Promise<boolean> => {
    const response = await ask(manager, 'connection', 'delete', 'fully_consistent');
    return ((await response.json()) as { decision: boolean }).decision;
  };
  async function ask(caller: Caller, type: string, name: string, consistency: string): Promise<Response> {
    const subject = { type: 'user', id: await caller.userId() };
    return caller.raw('/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'tenet-consistency': consistency },
      body: JSON.stringify({ subject, action: { name }, resource: { type, id: '*', properties: { organizationId } } }),
    });
  }
  /** The rows and the matrix say the same, or the proposal's own tests refuse it. */
  function withDeletion(revision: Revision): components['schemas']['CreatePolicyRevision'] {
    const changed = structuredClone(
      proposal(revision, [...revision.rows, ['integrations/org.manager', '*', 'connection', 'delete', 'allow']]),
    );
    const tests = changed.tests as { matrix: { roles: Record<string, Record<string, string[]>> }[]; cases: { name: string }[] };
    for (const { roles } of tests.matrix) roles['org.manager']?.['connection']?.push('delete');
    tests.cases = tests.cases.filter(({ name }) => name !== 'a manager may not delete connections');
    return { ...changed, reason: 'Managers clean up' };
  }

  describe('that stay as they are', () => {
    before(begin);
    after(end);

    it('nobody is given a role that the platform policy in force does not know', async () => {
      const error = await failure(givePlatformRoles(tenet, 'mallory@example.com', 'platform/opertor'));
      expect(error.message).to.equal(
        'platform/opertor is no role of the platform that a person can hold; the platform policy in force has platform/auditor, platform/operator, platform/policy-admin.',
      );
    });

    it('what is in force can be listed and read, with the file and line of every row', async () => {
      const { data } = await policyAdmin.client.GET('/v1/policies');
      expect(data!.items.map(({ scope: of }) => of)).to.include.members([scope, 'platform']);
      for (const item of data!.items) expect(item).to.include({ revision: 1, etag: '"1"' });
      const { data: summaries } = await policyAdmin.client.GET(revisionsPath, { params: { path: { scope } } });
      expect(summaries!.items).to.have.length(1);
      expect(summaries!.items[0]).to.not.have.property('rows');
      const revision = await get(1);
      expect(revision.sha256).to.equal(summaries!.items[0]!.sha256);
      expect(revision.sources).to.have.length(revision.rows.length);
      expect(revision.sources![0]).to.include({ file: 'blueprints/integrations/policy.csv' });
    });

    it('a scope, a revision and a head that never were are 404', async () => {
      const never = 'blueprint.never';
      for (const { response } of [
        await policyAdmin.client.GET(revisionsPath, { params: { path: { scope: never } } }),
        await policyAdmin.client.GET(headPath, { params: { path: { scope: never } } }),
        await policyAdmin.client.GET(revisionPath, { params: { path: { scope, revision: 99 } } }),
      ])
        expect(response.status).to.equal(404);
    });

    it('an operator and an auditor read policies and cannot change them; others do not read them', async () => {
      const revision = await get(1);
      for (const role of ['platform/operator', 'platform/auditor']) {
        const caller = await platformPerson(`${role.replace('/', '-')}@example.com`, role);
        expect((await caller.client.GET(headPath, { params: { path: { scope } } })).response.status).to.equal(200);
        expect((await propose(withDeletion(revision), caller)).error).to.include({ status: 403, requiredPermission: 'policy:propose' });
        expect((await activate(1, '"1"', caller)).error).to.include({ status: 403, requiredPermission: 'policy:activate' });
      }
      expect((await owner.client.GET(headPath, { params: { path: { scope } } })).response.status).to.equal(403);
    });

    it('the same content again is the same revision', async () => {
      const revision = await get(1);
      const { sources } = revision;
      const { data } = await propose({ ...proposal(revision, revision.rows), sources: sources! });
      expect(data).to.include({ revision: 1, sha256: revision.sha256 });
    });

    it('403 comes before 428 and 412: a caller who may not activate learns nothing of the head', async () => {
      const stranger = await tenet.as('stranger@example.com');
      for (const etag of [undefined, '"1"', '"7"']) expect((await activate(1, etag, stranger)).response.status, etag).to.equal(403);
    });

    it('a revision that never was is not put into force', async () => {
      expect((await activate(99, '"1"')).error).to.include({ status: 400 });
      expect(await head()).to.include({ revision: 1 });
    });

    describe('a proposal that does not hold is refused with what is wrong, and nothing is stored', () => {
      const add =
        (...rows: Rows) =>
        (revision: Revision): components['schemas']['CreatePolicyRevision'] =>
          proposal(revision, [...revision.rows, ...rows]);
      const faults: Record<string, readonly [(revision: Revision) => components['schemas']['CreatePolicyRevision'], RegExp]> = {
        'a row that its own tests forbid': [
          add(['integrations/org.manager', '*', 'connection', 'delete', 'allow']),
          /connection:delete|test/,
        ],
        'a word outside the vocabulary': [add(['integrations/org.manager', 'org', 'spaceship', 'launch', 'allow']), /spaceship/],
        'a role that it does not have': [add(['integrations/org.emperor', 'org', 'member', 'list', 'allow']), /emperor/],
        'a row about another kind of organization': [add(['teams/ADMIN', 'org', 'member', 'list', 'allow']), /teams/],
        'a row about the platform': [add(['platform/user', 'platform', 'policy', 'activate', 'allow']), /platform\/user/],
        'an effect that is misspelt': [add(['integrations/org.manager', 'org', 'member', 'list', 'alow']), /effect|alow/],
        'the same row twice': [(revision) => proposal(revision, [...revision.rows, revision.rows[0]!]), /stands already/],
        'a model that allows more': [
          (revision) => ({
            ...proposal(revision, revision.rows),
            model: revision.model.replace('some(where (p.eft == allow)) && !some(where (p.eft == deny))', 'some(where (p.eft == allow))'),
          }),
          /effect|model/,
        ],
        'no blueprint': [
          (revision) => {
            const { blueprint: _, ...rest } = proposal(revision, revision.rows);
            return rest;
          },
          /blueprint/,
        ],
        'a blueprint of another name': [
          (revision) => ({ ...proposal(revision, revision.rows), blueprint: { ...revision.blueprint, name: 'other' } }),
          /other|integrations/,
        ],
      };
      for (const [title, [change, finding]] of Object.entries(faults)) {
        it(title, async () => {
          const { response, error } = await propose(change(await get(1)));
          expect(response.status, JSON.stringify(error)).to.equal(400);
          const { errors } = error as { errors?: { detail: string }[] };
          expect(errors, JSON.stringify(error)).to.be.an('array').that.is.not.empty;
          expect(JSON.stringify(error)).to.match(finding);
          const { data } = await policyAdmin.client.GET(revisionsPath, { params: { path: { scope } } });
          expect(data!.items).to.have.length(1);
        });
      }

      it('792 kB of roles that do not exist, with at most 20 errors, and others are answered meanwhile', async () => {
        const revision = await get(1);
        const cases = Array.from({ length: 200 }, (_, n) => ({
          name: `case ${n}`,
          roles: Array.from({ length: 58 }, (_unused, m) => `integrations/org.${'manager'.repeat(7)}${n}-${m}`),
          level: 'org',
          ask: 'member:list',
          expect: 'deny',
        }));
        const body = { ...proposal(revision, revision.rows), tests: { ...revision.tests, cases } };
        expect(JSON.stringify(body).length).to.be.greaterThan(792_000);
        let isAnswered = false;
        const asked = propose(body).then((reply) => {
          isAnswered = true;
          return reply;
        });
        let answered = 0;
        while (!isAnswered) {
          expect((await tenet.anonymous().raw('/livez')).status).to.equal(200);
          answered += 1;
        }
        const { response, error } = await asked;
        expect(response.status).to.equal(400);
        expect((error as { errors: unknown[] }).errors).to.have.length.within(1, 20);
        expect(answered).to.be.greaterThan(3);
      });

      it('rows of an organization are not proposed', async () => {
        const revision = await get(1);
        const { error } = await propose(proposal(revision, []), policyAdmin, organizationId);
        expect(error).to.include({ status: 400 });
      });
    });
  });

  describe('that change', () => {
    beforeEach(begin);
    afterEach(end);

    it('a proposal changes nothing; activating it changes the next decision, and going back too', async () => {
      expect(await mayDeleteConnections()).to.equal(false);
      const { data, response } = await propose(withDeletion(await get(1)));
      expect(response.status).to.equal(201);
      expect(response.headers.get('location')).to.equal('/v1/policies/blueprint.integrations/revisions/2');
      expect(data).to.include({ scope, revision: 2, reason: 'Managers clean up', author: await policyAdmin.userId() });
      expect(await mayDeleteConnections()).to.equal(false);

      const activated = await activate(2, (await head()).etag);
      expect(activated.response.status).to.equal(200);
      expect(activated.data).to.include({ revision: 2, activatedBy: await policyAdmin.userId() });
      expect(activated.response.headers.get('etag')).to.equal(activated.data!.etag);
      expect(await mayDeleteConnections()).to.equal(true);

      expect((await activate(1, activated.data!.etag)).data).to.include({ revision: 1 });
      expect(await mayDeleteConnections()).to.equal(false);
    });

    it('the history has each revision that was in force, newest first, with who, how and why, and is read page by page', async () => {
      const history = (query: { pageSize?: number; pageToken?: string } = {}, of = scope) =>
        policyAdmin.client.GET('/v1/policies/{scope}/history', { params: { path: { scope: of }, query } });
      await propose(withDeletion(await get(1)));
      expect((await history()).data!.items.map(({ revision }) => revision)).to.deep.equal([1]);
      await activate(2, '"1"');
      await activate(1, '"2"');
      // What is in force stays as it is: no entry, and no event.
      expect((await activate(1, '"3"')).data).to.deep.equal(await head());
      expect((await activate(1, '"2"')).response.status).to.equal(412);
      const { data } = await history({ pageSize: 2 });
      const activatedBy = await policyAdmin.userId();
      const [back, there] = data!.items;
      expect(data!.items).to.have.length(2);
      expect(back).to.include({ scope, revision: 1, previousRevision: 2, how: 'PROPOSAL', activatedBy, etag: (await head()).etag });
      expect(there).to.include({ scope, revision: 2, previousRevision: 1, how: 'PROPOSAL', activatedBy, etag: '"2"' });
      const { data: rest } = await history({ pageSize: 2, pageToken: data!.nextPageToken! });
      expect(rest!.items).to.have.length(1);
      expect(rest!.items[0]).to.include({ revision: 1, how: 'FIRST_START', activatedBy: 'system:start', etag: '"1"' });
      expect(rest!.items[0]).to.not.have.property('previousRevision');
      expect(rest).to.not.have.property('nextPageToken');
      expect((await history({}, 'blueprint.never')).response.status).to.equal(404);
      expect((await history({}, organizationId)).response.status).to.equal(404);
    });

    describe('a rollback', () => {
      const rollback = (etag: string | undefined, body: { reason: string; revision?: number }, by = policyAdmin, of = scope) =>
        by.client.POST('/v1/policies/{scope}/rollback', {
          // The contract asks for it, so leaving it out takes a cast.
          params: { path: { scope: of }, header: (etag === undefined ? {} : { 'If-Match': etag }) as { 'If-Match': string } },
          body,
        });
      const reason = 'It let managers delete';
      const history = async () =>
        (await policyAdmin.client.GET('/v1/policies/{scope}/history', { params: { path: { scope } } })).data!.items.map(
          ({ revision, how }) => `${revision} ${how}`,
        );

      it('goes back to what was in force before, at once, as a new entry of the history, with a reason for the audit log', async () => {
        await propose(withDeletion(await get(1)));
        await activate(2, '"1"');
        expect(await mayDeleteConnections()).to.equal(true);
        const { data, response } = await rollback('"2"', { reason });
        expect(response.status).to.equal(200);
        expect(data).to.include({ scope, revision: 1, reason, activatedBy: await policyAdmin.userId(), etag: '"3"' });
        expect(response.headers.get('etag')).to.equal('"3"');
        expect(await mayDeleteConnections()).to.equal(false);
        expect(await history()).to.deep.equal(['1 ROLLBACK', '2 PROPOSAL', '1 FIRST_START']);
        const events = await tenet.database.read('platform', (db) =>
          db('audit_events').where({ action: 'policy.activate', target: scope }).orderBy('seq', 'desc').first('event'),
        );
        expect(JSON.parse(events.event)).to.deep.include({ before: { revision: 2 }, after: { revision: 1, reason } });
      });

      it('goes further back when it is asked again, and never to what the last one has left', async () => {
        const first = await get(1);
        await propose(withDeletion(first));
        const { data: third } = await propose({ ...proposal(first, [...first.rows].reverse()), sources: [...first.sources!].reverse() });
        expect(third).to.include({ revision: 3 });
        await activate(2, '"1"');
        await activate(3, '"2"');
        expect((await rollback('"3"', { reason })).data).to.include({ revision: 2 });
        expect((await rollback('"4"', { reason })).data).to.include({ revision: 1 });
        const { error } = await rollback('"5"', { reason });
        expect(error).to.deep.include({
          status: 400,
          detail: 'The history of blueprint.integrations has nothing before revision 1.',
          errors: [{ pointer: '#/revision', detail: 'must name the revision to go back to' }],
        });
        expect((await rollback('"5"', { reason, revision: 3 })).data).to.include({ revision: 3 });
        expect((await history())[0]).to.equal('3 ROLLBACK');
        expect((await rollback('"6"', { reason })).data).to.include({ revision: 2 });
      });

      it('goes further back as well where a revision was put into force more than once', async () => {
        await propose(withDeletion(await get(1)));
        await activate(2, '"1"');
        await activate(1, '"2"');
        expect((await rollback('"3"', { reason })).data).to.include({ revision: 2 });
        expect((await rollback('"4"', { reason })).data).to.include({ revision: 1 });
        const { error } = await rollback('"5"', { reason });
        expect(error!.detail).to.equal('The history of blueprint.integrations has nothing before revision 1.');
      });

      it('is refused to a revision that is in force or never was, from where the head is not, and for who may not activate', async () => {
        await propose(withDeletion(await get(1)));
        for (const [revision, detail] of [
          [1, 'must be another one than that in force'],
          [2, 'must have been in force, as the history shows; to put another one in force replace the head'],
          [9, 'must have been in force, as the history shows; to put another one in force replace the head'],
        ] as const)
          expect((await rollback('"1"', { reason, revision })).error!.errors).to.deep.equal([{ pointer: '#/revision', detail }]);
        await activate(2, '"1"');
        expect((await rollback(undefined, { reason })).error).to.include({ status: 428 });
        expect((await rollback('"1"', { reason })).error).to.include({ status: 412, etag: '"2"' });
        expect((await rollback('"2"', { reason }, owner)).error).to.include({ status: 403, requiredPermission: 'policy:activate' });
        expect((await rollback('"2"', { reason }, policyAdmin, 'blueprint.never')).error).to.include({ status: 404 });
        expect(await head()).to.include({ revision: 2 });
        const both = await Promise.all([rollback('"2"', { reason }), rollback('"2"', { reason })]);
        expect(both.map(({ response }) => response.status).sort()).to.deep.equal([200, 412]);
      });
    });

    it('more requests at once than there are connections get their answer from a policy that nobody has loaded yet', async () => {
      const { data } = await propose(withDeletion(await get(1)));
      await tenet.database.write('platform', (db) =>
        db('policy_heads')
          .where({ scope: storedScope(scope) })
          .update({ revision: data!.revision }),
      );
      const answers = Array.from({ length: 40 }, () => ask(manager, 'connection', 'delete', 'fully_consistent'));
      for (const response of await Promise.all(answers)) expect(await response.json()).to.deep.equal({ decision: true });
    });

    it('proposals and activations are in the audit log of the platform', async () => {
      await propose(withDeletion(await get(1)));
      await activate(2, '"1"');
      const events = await tenet.database.read('platform', (db) =>
        db('audit_events')
          .where('action', 'like', 'policy.%')
          .whereNot('actor', 'system:start')
          .orderBy('seq')
          .select('action', 'target', 'actor'),
      );
      const actor = await policyAdmin.userId();
      expect(events).to.deep.equal([
        { action: 'policy.propose', target: `${scope}@2`, actor },
        { action: 'policy.activate', target: scope, actor },
      ]);
    });

    it('the head moves only from where it was seen: 428 without If-Match, 412 with another', async () => {
      await propose(withDeletion(await get(1)));
      expect((await activate(2, undefined)).error).to.include({ status: 428, code: 'precondition-required' });
      expect((await activate(2, '"7"')).error).to.include({ status: 412, code: 'version-mismatch' });
      const refused = await activate(2, '"7"');
      expect(refused.response.headers.get('etag')).to.equal('"1"').and.to.equal(refused.error?.['etag']);
      for (const etag of ['W/"1"', '"0"', '"2", "3"', '"1,"']) expect((await activate(2, etag)).response.status, etag).to.equal(412);
      for (const etag of ['1', '"1', '"1" "2"', 'w/"1"', ',', '*, "1"'])
        expect((await activate(2, etag)).response.status, etag).to.equal(400);
      expect(await head()).to.include({ revision: 1 });
      const both = await Promise.all([activate(2, '"1"'), activate(2, '"1"')]);
      expect(both.map(({ response }) => response.status).sort()).to.deep.equal([200, 412]);
      const { etag } = await head();
      expect((await activate(1, `"77", , W/"1", ${etag}`)).response.status).to.equal(200);
      expect((await activate(2, ' * ')).response.status).to.equal(200);
      const body = JSON.stringify({ revision: 1 });
      const headers = { 'content-type': 'application/json', 'if-match': '*', 'if-none-match': 'W/"1", *' };
      const path = `/v1/policies/${encodeURIComponent(scope)}/head`;
      expect((await policyAdmin.raw(path, { method: 'PUT', body, headers })).status).to.equal(400);
      expect((await policyAdmin.raw(path, { method: 'PUT', body, headers: { ...headers, 'if-none-match': '*' } })).status).to.equal(412);
    });

    it('activations under load: what both revisions say alike is never answered otherwise, and what differs follows the head (soak)', async function () {
      this.timeout(900_000);
      await propose(withDeletion(await get(1)));
      const counts = { asked: 0, activations: 0, wrong: [] as string[] };
      let done = false;
      // Both revisions let a manager create connections and neither lets one invite.
      const questions = [
        ['connection', 'create', true],
        ['invitation', 'create', false],
      ] as const;
      async function hammer(consistency: string): Promise<void> {
        while (!done) {
          for (const [type, name, expected] of questions) {
            const response = await ask(manager, type, name, consistency);
            const text = await response.text();
            counts.asked += 1;
            if (text !== JSON.stringify({ decision: expected })) counts.wrong.push(`${type}:${name} ${response.status} ${text}`);
          }
        }
      }
      const hammers = ['fully_consistent', 'minimize_latency'].map(hammer);
      let { etag } = await head();
      try {
        for (const round of rounds(20, 2_000)) {
          const revision = round % 2 === 0 ? 2 : 1;
          const { data, error } = await activate(revision, etag);
          expect(data, JSON.stringify(error)).to.include({ revision });
          etag = data!.etag;
          counts.activations += 1;
          expect(await mayDeleteConnections(), `round ${round}`).to.equal(revision === 2);
        }
      } finally {
        done = true;
        await Promise.all(hammers);
      }
      expect(counts.wrong.slice(0, 5)).to.deep.equal([]);
      expect(counts.asked).to.be.at.least(counts.activations);
      console.log(`      ${counts.asked} questions during ${counts.activations} activations, 0 wrong answers`);
    });
  });
});
