import { expect } from 'chai';
import fc from 'fast-check';
import type { Principal } from '../../../../core/authorization/decisions/actor.ts';
import type { Decision } from '../../../../core/authorization/decisions/decide.ts';
import {
  type EvaluationQuestion,
  evaluate,
  fromDatabase,
  fromMemory,
  inquiryOf,
  type ReadSnapshot,
} from '../../../../core/authorization/decisions/evaluation.ts';
import type { Snapshot } from '../../../../core/authorization/decisions/snapshot.ts';
import type { Subject } from '../../../../core/authorization/decisions/subjects.ts';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../../../../core/authorization/policy/content.ts';
import { domainOf } from '../../../../core/authorization/policy/domain.ts';
import type { LivePolicies, PolicyInForce } from '../../../../core/authorization/store/live-policies.ts';
import { PermissionDenied } from '../../../../core/base/errors.ts';
import { newId, toUuid } from '../../../../core/base/ids.ts';
import { runs } from '../../../helpers/rounds.ts';
import { integrations } from '../contents.ts';

const users = [newId('user'), newId('user')].map((id): Subject => ({ type: 'user', id, uuid: toUuid('user', id) }));
const organizations = [newId('organization'), newId('organization')];
const projects = [newId('project'), newId('project')];
const principal: Principal = { subject: users[0]!, issuedAt: 0 };

const place = fc.oneof(
  fc.constant({}),
  fc.record({ organizationId: fc.constantFrom(...organizations) }),
  fc.record({ organizationId: fc.constantFrom(...organizations), projectId: fc.constantFrom(...projects) }),
  fc.constantFrom({ projectId: projects[0]! }, { organizationId: 'acme' }, { organizationId: `${organizations[0]} ${projects[0]}` }),
);
const question: fc.Arbitrary<EvaluationQuestion> = fc.record({
  subject: fc.record({ type: fc.constantFrom('user', 'user', 'role'), id: fc.constantFrom(...users.map(({ id }) => id), 'nobody') }),
  action: fc.record({ name: fc.constantFrom('list', 'create', 'explain', 'evaluate-self', 'paint') }),
  resource: fc.record({
    type: fc.constantFrom('connection', 'decision', 'organization', 'lamp'),
    id: fc.constant('*'),
    properties: place,
  }),
});
/** What somebody holds, by subject and domain; nothing means that the place does not exist. */
const held = fc.dictionary(
  fc.constantFrom(
    ...users.flatMap(({ id }) =>
      ['platform', ...organizations, ...organizations.flatMap((o) => projects.map((p) => `${o}/${p}`))].map((dom) => `${id} ${dom}`),
    ),
  ),
  fc.subarray([
    'platform/user',
    'member/self',
    'integrations/org.owner',
    'integrations/org.admin',
    'integrations/org.member',
    'state/suspended',
  ]),
  { minKeys: 6, maxKeys: 14 },
);

/** Role sets by subject and domain. */
type Roles = Readonly<Record<string, readonly string[]>>;

const usual: Roles = {
  [`${users[0]!.id} platform`]: ['platform/user'],
  [`${users[0]!.id} ${organizations[0]}`]: ['member/self', 'integrations/org.admin'],
};

describe('an evaluation', () => {
  let engines: Engine[];
  before(async () => {
    const contents: PolicyContent[] = await integrations();
    engines = [createEngine(contents.slice(0, 1)), createEngine(contents)];
  });

  const world = (roles: Roles) => {
    const snapshot = (subject: Subject, dom: string): Snapshot => {
      const [organizationId, projectId] = dom === 'platform' ? [] : dom.split('/');
      const own = roles[`${subject.id} ${dom}`] ?? usual[`${subject.id} ${dom}`];
      return {
        subject,
        domain: domainOf({ organizationId, projectId }),
        roles: own ?? [],
        revisions: dom === 'platform' ? ['platform@1'] : ['platform@1', 'blueprint/integrations@1'],
        exists: dom === 'platform' || own !== undefined,
      };
    };
    const policy = (revisions: readonly string[]): PolicyInForce => ({
      engine: engines[revisions.length - 1]!,
      revisions: revisions.map((scope) => ({ scope, revision: 1, sha256: '' })),
    });
    return { snapshot, policy };
  };
  const policiesOf = (parts: Pick<LivePolicies, 'find' | 'get'>) => parts as LivePolicies;
  /** The same for every way to ask, but for the ids of decisions. */
  const told = (ask: (denials: Decision[]) => unknown) => async () => {
    const denials: Decision[] = [];
    const outcome = await Promise.resolve()
      .then(() => ask(denials))
      .then(
        (evaluation) => (evaluation as { answer: unknown }).answer,
        (error: unknown) => (error instanceof PermissionDenied ? error.message : Promise.reject(error)),
      );
    const text = JSON.stringify(outcome).replace(/dec_\w+/g, 'dec_');
    return { text, denied: denials.map(({ permission, snapshot: { domain } }) => `${permission} in ${domain.dom}`) };
  };

  /** What is answered from memory, having asserted that it is the same from the database, with each role set read once. */
  async function same(asked: EvaluationQuestion, roles: Roles): Promise<string> {
    const { snapshot, policy } = world(roles);
    const inquiry = inquiryOf(principal, asked);
    const inMemory = await told((denials) => {
      const find = (subject: Subject, { domain }: { domain: { dom: string } }) => snapshot(subject, domain.dom);
      return evaluate(inquiry, fromMemory(policiesOf({ find: policy, get: fail }), find, inquiry)!, denials);
    })();
    const reads: string[] = [];
    const read: ReadSnapshot = async (subject, { domain: { dom } }) => {
      reads.push(`${subject.id} ${dom}`);
      return snapshot(subject, dom);
    };
    const policies = policiesOf({ find: fail, get: async (revisions) => policy(revisions) });
    const readOnce = await told(async (denials) => evaluate(inquiry, await fromDatabase(policies, read, inquiry), denials))();
    expect(readOnce).to.deep.equal(inMemory);
    expect(reads).to.deep.equal([...new Set(reads)]);
    return inMemory.text;
  }

  const [me, other] = users.map(({ id }) => id) as [string, string];
  const [home, elsewhere] = organizations.map((organizationId) => ({ organizationId })) as [object, object];
  const about = (type: string, properties: object, subject = me): EvaluationQuestion => ({
    subject: { type: 'user', id: subject },
    action: { name: 'list' },
    resource: { type, id: '*', properties },
  });
  /** One question for each kind of answer. */
  const kinds: Record<string, { asked: EvaluationQuestion; roles?: Roles }> = {
    '{"decision":true}': {
      asked: about('connection', elsewhere),
      roles: { [`${me} ${organizations[1]}`]: ['member/self', 'integrations/org.manager'] },
    },
    '{"decision":false}': { asked: about('connection', elsewhere) },
    '"reason":"UNKNOWN_SCOPE"': { asked: about('connection', { projectId: projects[0] }) },
    '"reason":"UNKNOWN_SUBJECT"': { asked: about('connection', home, 'nobody') },
    '"reason":"UNKNOWN_RESOURCE"': { asked: about('lamp', home) },
    '"reason":"ALLOW"': { asked: about('connection', home) },
    'decision:evaluate here': { asked: about('connection', elsewhere, other) },
  };
  for (const [kind, { asked, roles = {} }] of Object.entries(kinds)) {
    it(`is ${kind}, from memory and from the database`, async () => {
      expect(await same(asked, roles)).to.include(kind);
    });
  }

  it('is the same from memory and from the database, and reads each role set once', async () => {
    await fc.assert(
      fc.asyncProperty(question, held, async (asked, roles) => {
        await same(asked, roles);
      }),
      runs(1_000, 100_000),
    );
  }).timeout(600_000);

  it('has nothing from memory as long as one role set or one policy is missing', () => {
    const { snapshot, policy } = world(usual);
    const subject = { type: 'user', id: users[1]!.id };
    const resource = { type: 'project', id: '*', properties: { organizationId: organizations[0]!, projectId: projects[0]! } };
    const inquiry = inquiryOf(principal, { subject, action: { name: 'read' }, resource });
    const needed = [
      ...new Set(['platform', organizations[0], `${organizations[0]}/${projects[0]}`].map((dom) => `${users[0]!.id} ${dom}`)),
    ].concat(`${users[1]!.id} ${organizations[0]}/${projects[0]}`);
    const from = (missing: string, find = policy as LivePolicies['find']) =>
      fromMemory(
        policiesOf({ find, get: fail }),
        (who, { domain }) => (`${who.id} ${domain.dom}` === missing ? undefined : snapshot(who, domain.dom)),
        inquiry,
      );
    expect(from('')).to.not.equal(undefined);
    for (const missing of needed) expect(from(missing), missing).to.equal(undefined);
    expect(from('', (revisions) => (revisions.length === 1 ? undefined : policy(revisions)))).to.equal(undefined);
  });
});

function fail(): never {
  throw new Error('This may not be asked for.');
}
