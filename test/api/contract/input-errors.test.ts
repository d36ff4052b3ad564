import { expect } from 'chai';
import { emailAddressForm } from '../../../core/base/email-address.ts';
import { instantForm } from '../../../core/base/instants.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface InputProblem {
  code: string;
  errors: { pointer?: string; parameter?: string; detail: string }[];
}

describe('what is wrong with a request', () => {
  let tenet: TestTenet;
  let alice: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    alice = await tenet.as('alice@example.com');
    organizationId = await foundOrganization(alice);
  });
  after(() => tenet?.stop());

  const errorsOf = async (path: string, body?: unknown) => {
    const response = await alice.raw(path.replace('ORG', organizationId), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    expect(response.status).to.equal(400);
    const problem = (await response.json()) as InputProblem;
    expect(problem.code).to.equal('invalid-input');
    return problem.errors;
  };

  const slug = 'must be lower-case letters, digits and hyphens, with a letter or digit at both ends';
  const visible =
    'must be text that begins with a visible character and has none that is invisible, controls, or turns the direction of writing';
  const role = 'must be a role of the blueprint, such as org.admin, or the id of a role: role_ and 26 characters';
  const user = { type: 'USER', id: 'user_01h455vb4pex5vsknk084sn02q' };
  const told: [string, string, unknown, string, string][] = [
    ['a slug', '/v1/organizations', { name: 'Acme', slug: 'Acme!' }, '#/slug', slug],
    ['an empty slug', '/v1/organizations', { name: 'Acme', slug: '' }, '#/slug', 'must have at least 2 characters'],
    ['a slug of one character', '/v1/organizations', { name: 'Acme', slug: 'a' }, '#/slug', 'must have at least 2 characters'],
    ['a slug that is too long', '/v1/organizations', { name: 'Acme', slug: 'a'.repeat(64) }, '#/slug', 'must have at most 63 characters'],
    ['a name', '/v1/organizations', { name: ' Acme' }, '#/name', visible],
    ['a role', '/v1/organizations/ORG/grants', { subject: user, role: 'Admin' }, '#/role', role],
    [
      'a date',
      '/v1/organizations/ORG/grants',
      { subject: user, role: 'org.admin', until: 'tomorrow' },
      '#/until',
      `must be ${instantForm}`,
    ],
    [
      'an address',
      '/v1/organizations/ORG/invitations',
      { invitees: [{ email: 'ada' }], roles: ['org.admin'] },
      '#/invitees/0/email',
      `must be ${emailAddressForm}`,
    ],
    ['a list', '/v1/organizations/ORG/invitations', { invitees: [], roles: ['org.admin'] }, '#/invitees', 'must have at least 1 item'],
    [
      'a token',
      '/v1/invitations/accept',
      { token: 'with blanks in it, twice' },
      '#/token',
      'must be the token out of the invitation mail, which begins with tnti_, or of a link, which begins with tntl_',
    ],
    [
      'an id in the path',
      '/v1/organizations/acme',
      undefined,
      'organizationId',
      'must be the id of an organization: org_ and 26 characters',
    ],
    [
      'a page token',
      '/v1/organizations?pageToken=a%20b',
      undefined,
      'pageToken',
      'must be the nextPageToken of an earlier page, unchanged',
    ],
    ['a type', '/v1/organizations', { name: 7 }, '#/name', 'must be a string'],
    ['the type of a map', '/v1/organizations', { name: 'Acme', labels: [] }, '#/labels', 'must be an object'],
    [
      'a parameter',
      '/v1/organizations/ORG/grants?subject=x',
      undefined,
      'subject',
      'is not known here; there are pageSize, pageToken, subjectId, role',
    ],
    [
      'a member',
      '/v1/organizations',
      { name: 'Acme', region: 'eu' },
      '#/region',
      'is not known here; there are name, slug, legalName, description, logoUrl, alertingEmail, invoicingEmail, blueprint, language, labels',
    ],
    [
      'a member deep in a body',
      '/v1/organizations/ORG/grants',
      { subject: { ...user, name: 'Ada' }, role: 'org.admin' },
      '#/subject/name',
      'is not known here; there are type, id',
    ],
    ['a page size', '/v1/organizations?pageSize=500', undefined, 'pageSize', 'must be at most 200'],
  ];
  for (const [title, path, body, place, detail] of told) {
    it(`is said in words: ${title}`, async () => {
      const wanted = place.startsWith('#') ? { pointer: place, detail } : { parameter: place, detail };
      expect(await errorsOf(path, body)).to.deep.equal([wanted]);
    });
  }

  for (const [title, path, errors] of [
    ['and that an empty one is enough', 'leave', [{ pointer: '#', detail: 'a JSON body is required; {} is enough' }]],
    [
      'with what it must have',
      'grants',
      [
        { pointer: '#', detail: 'a JSON body is required' },
        { pointer: '#/subject', detail: 'is required' },
        { pointer: '#/role', detail: 'is required' },
      ],
    ],
  ] as const) {
    it(`says that a body is missing, ${title}`, async () => {
      const response = await alice.raw(`/v1/organizations/${organizationId}/${path}`, { method: 'POST' });
      expect(((await response.json()) as InputProblem).errors).to.deep.equal(errors);
    });
  }
});
