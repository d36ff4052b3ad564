import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Contract, createContract } from '../../../api/contract/contract.ts';
import type { Reply } from '../../../api/http/message.ts';
import { type ProblemSlug, problems, toProblem } from '../../../api/http/problem.ts';
import { InvalidInput, LimitExceeded, PermissionDenied, TenetError } from '../../../core/base/errors.ts';
import { readContract } from '../../helpers/contract.ts';

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
const document = readContract() as {
  paths: Record<string, Record<string, { operationId: string }>>;
  components: { examples: { Organization: { value: Record<string, unknown> } } };
};
const organization = document.components.examples.Organization.value;

describe('a reply', () => {
  let contract: Contract;

  before(async () => {
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    contract = await createContract({
      document: text,
      handlers: Object.fromEntries(ids.map((id) => [id, true])),
      hooks: { authenticate: async () => undefined, dispatch: async () => ({ status: 200 }) },
      validateResponses: true,
    });
  });

  const check = (operationId: string, reply: Reply) => () => contract.checkReply(contract.operations.get(operationId)!, reply);

  const refused: [string, Reply, RegExp][] = [
    ['an undeclared status', { status: 202, body: organization }, /answered 202, which openapi.yaml does not declare/],
    ['a missing member', { status: 200, body: { ...organization, slug: undefined } }, /answered 200 .* 'slug'/],
    ['a wrong value', { status: 200, body: { ...organization, state: 'ASLEEP' } }, /answered 200 .* \/state must be/],
    ['a wrong format', { status: 200, body: { ...organization, createdAt: 'today' } }, /answered 200 .* \/createdAt must match/],
    ['no body', { status: 200 }, /answered 200 with a body/],
    ['another media type', { status: 200, body: '<p>', contentType: 'text/html' }, /answered 200 as text\/html/],
    ['a failure that is no problem', { status: 404, body: { error: 'no' } }, /answered 404 as application\/json/],
    [
      'a problem without a code',
      { status: 404, body: { title: 'No' }, contentType: 'application/problem+json' },
      /answered 404 with a body/,
    ],
  ];
  for (const [what, reply, message] of refused) {
    it(`with ${what} is refused`, () => {
      expect(check('getOrganization', reply)).to.throw(message);
    });
  }

  it('with a body where none is declared is refused', () => {
    expect(check('deleteOrganization', { status: 204, body: {} })).to.throw('deleteOrganization answered 204 with a body');
    expect(check('deleteOrganization', { status: 204 })).not.to.throw();
  });

  it('is judged as the JSON that travels: a Date is a string there', () => {
    expect(check('getOrganization', { status: 200, body: { ...organization, createdAt: new Date(0) } })).not.to.throw();
  });

  it('may have members that the document does not know yet', () => {
    expect(check('getOrganization', { status: 200, body: { ...organization, colour: 'green' } })).not.to.throw();
  });

  for (const slug of Object.keys(problems) as ProblemSlug[]) {
    it(`that is the problem ${slug} is admitted on every operation`, () => {
      const reply = toProblem(new TenetError(slug, 'This happened.'), { requestId: 'req_1' });
      for (const id of contract.operations.keys()) expect(check(id, reply), id).not.to.throw();
    });
  }

  it('that is a problem with members of its own is admitted', () => {
    const decision = 'dec_01h455vb4pex5vsknk084sn02q';
    for (const error of [new PermissionDenied('a:b', decision), new InvalidInput('x', [{ detail: 'y' }]), new LimitExceeded('x', 3, 3)]) {
      expect(check('getOrganization', toProblem(error, { requestId: 'req_1' }))).not.to.throw();
    }
  });
});
