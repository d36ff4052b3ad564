import { expect } from 'chai';
import type {
  Body,
  Handler,
  Handlers,
  Headers,
  OperationId,
  Params,
  PublicOperationId,
  Query,
  Reply,
} from '../../../api/contract/handler.ts';
import { readContract } from '../../helpers/contract.ts';

const organization = {
  id: 'org_01h455vb4pex5vsknk084sn02q',
  name: 'Acme',
  slug: 'acme',
  blueprint: 'integrations',
  kind: 'SHARED',
  state: 'ACTIVE',
  externals: 'FORBID',
  projectInvitesMayAddMembers: true,
  labels: {},
  createdAt: '2026-11-21T09:30:00.000Z',
  updatedAt: '2026-11-21T09:30:00.000Z',
  etag: '"1"',
} as const;

const publicOperations = {
  downloadExportByLink: true,
  getAuthzenConfiguration: true,
  getSigningKeys: true,
  getDocs: true,
  getDocsAsset: true,
  getOpenapiJson: true,
  getOpenapiYaml: true,
  getOrganizationAuthzenConfiguration: true,
  getStoreAuthzenConfiguration: true,
  getWebhookSchema: true,
  getPlainDocs: true,
  getProblem: true,
  getRoot: true,
  livez: true,
  readyz: true,
  reportLeakedCredential: true,
} satisfies Record<PublicOperationId, true>;

// The compiler is the test here: `npm run check` fails when one of these lines compiles, or no longer needs its mark.
const getOrganization: Handler<'getOrganization'> = async ({ params, actor }) => {
  // @ts-expect-error an organization has no such parameter
  void params.projectId;
  void actor.requestId;
  return { status: 200, body: organization, headers: { etag: organization.etag } };
};

// @ts-expect-error 202 is not declared
const undeclaredStatus: Handler<'getOrganization'> = async () => ({ status: 202, body: organization });

// @ts-expect-error a failure is thrown, not returned
const returnedFailure: Handler<'getOrganization'> = async () => ({ status: 404, body: { title: 'Not found' } });

const plan = {
  operationId: 'updateOrganization',
  changes: { total: 0, items: [] },
  affected: { total: 0, items: [] },
  places: [],
  mails: { messages: 0, recipients: 0 },
};
// @ts-expect-error a plan is made by the dispatcher
const ownPlan: Handler<'updateOrganization'> = async () => ({
  status: 200,
  body: plan,
  contentType: 'application/vnd.tenet.plan+json' as const,
});

// @ts-expect-error the state is none of the enum
const wrongBody: Handler<'getOrganization'> = async () => ({ status: 200, body: { ...organization, state: 'ASLEEP' } });

// @ts-expect-error the body lacks its name
const missingMember: Handler<'getOrganization'> = async () => ({ status: 200, body: { ...organization, name: undefined } });

// @ts-expect-error 204 has no body
const bodyWithoutContent: Handler<'deleteOrganization'> = async () => ({ status: 204, body: organization });

// @ts-expect-error HTML says its type
const untyped: Handler<'getDocs'> = async () => ({ status: 200, body: '<p>' });

// @ts-expect-error nobody is known on a public operation
const actorOfPublic: Handler<'livez'> = async ({ actor }) => ({ status: 200, body: { state: actor.name } });

// @ts-expect-error every other operation is missing
const missingOperations: Handlers = { getOrganization };

void [
  getOrganization,
  undeclaredStatus,
  returnedFailure,
  wrongBody,
  ownPlan,
  missingMember,
  bodyWithoutContent,
  untyped,
  actorOfPublic,
  missingOperations,
];

const html: Reply<'getDocs'> = { status: 200, body: '<p>', contentType: 'text/html' };
const params: Params<'getProject'> = { organizationId: 'org_x', projectId: 'prj_x' };
const query: Query<'listMembers'> = { pageSize: 50, state: 'ACTIVE' };
const headers: Headers<'updateOrganization'> = { 'if-match': '"1"' };
const body: Body<'createOrganization'> = { name: 'Acme' };
const none: Body<'getMe'> = undefined;

describe('handler types', () => {
  it('give what the contract declares', () => {
    expect([html.status, params.projectId, query.pageSize, headers['if-match'], body.name, none]).to.deep.equal([
      200,
      'prj_x',
      50,
      '"1"',
      'Acme',
      undefined,
    ]);
  });

  it('know the public operations of the contract', () => {
    const { paths } = readContract() as { paths: Record<string, Record<string, { operationId: OperationId; 'x-public'?: boolean }>> };
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    const open = operations.filter((operation) => operation['x-public']).map((operation) => operation.operationId);
    expect(open.sort()).to.deep.equal(Object.keys(publicOperations).sort());
  });
});
