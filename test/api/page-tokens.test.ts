import { expect } from 'chai';
import { nextPage } from '../../core/base/pages.ts';
import { readContract } from '../helpers/contract.ts';
import { foundOrganization, foundProject, givePlatformRoles, join } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

interface Document {
  readonly paths: Record<string, Record<string, { operationId: string; parameters?: { $ref?: string }[] }>>;
}

/** Every list of the contract, by its operation. */
const { paths } = readContract() as Document;
const lists = Object.entries(paths).flatMap(([path, item]) =>
  Object.values(item)
    .filter(({ parameters }) => parameters?.some(({ $ref }) => $ref?.endsWith('/PageSize')))
    .map(({ operationId }) => ({ operationId, path })),
);

const kinds: Record<string, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  number: /^[0-9]+$/,
  name: /^[a-z][a-z0-9/-]*$/,
  entity: /^[\w.-]{1,64}:[\w-]{1,1400}$/,
  part: /^[0-9]{1,9}\.[0-9]{1,9}$/,
  moment: /^[0-9]{1,14}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  rollout: /^roll_[0-7][0-9a-hjkmnp-tv-z]{25}$/,
  replica: /^rpl_[0-7][0-9a-hjkmnp-tv-z]{25}$/,
  groups: /^[\w-]{2,1500}$/,
  place: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} [0-9a-f.-]+$/,
};
const someUuid = '11111111-1111-4111-8111-111111111111';
/** The lists that have one page at most in the test, with what a token of theirs names and a sort key. */
const shortLists: Record<string, (places: Record<string, string>) => [list: string, key: string]> = {
  listBlueprints: () => ['blueprints', 'a'],
  listPlans: () => ['plans', 'a'],
  listPermissionGroups: ({ organizationId }) => [`permission groups of ${organizationId}`, '0'],
  listRolePresets: ({ organizationId }) => [`role presets of ${organizationId}`, '0'],
  listRoleTemplates: ({ organizationId }) => [`role templates of ${organizationId}`, someUuid],
  listInvitationLinks: ({ organizationId }) => [JSON.stringify(['invitation-links', organizationId, undefined, undefined]), someUuid],
  listProjectInvitationLinks: ({ organizationId, projectId }) => [
    JSON.stringify(['invitation-links', organizationId, projectId, undefined]),
    someUuid,
  ],
  listDecisions: ({ organizationId }) => [
    JSON.stringify(['decisions', organizationId, undefined, undefined, undefined]),
    `1764000000000/${someUuid}`,
  ],
  listStoreDecisions: ({ policyStoreId }) => [`decisions of ${policyStoreId}`, someUuid],
  listPolicyStores: ({ projectId }) => [`policy stores of ${projectId}`, someUuid],
  listPolicyStoreRevisions: ({ policyStoreId }) => [`revisions of ${policyStoreId}`, '1'],
  getPolicyStoreHistory: ({ policyStoreId }) => [`history of ${policyStoreId}`, '1'],
  listPolicyStoreRollouts: ({ policyStoreId }) => [`rollouts of ${policyStoreId}`, 'roll_01h455vb4pex5vsknk084sn02q'],
  listPolicyStoreEntities: ({ policyStoreId }) => [JSON.stringify(['entities', policyStoreId, undefined]), 'record:YQ'],
  listResourceGroups: ({ organizationId }) => [`resource groups of ${organizationId}`, '0'],
  listResources: ({ organizationId, resourceType }) => [resourceList(organizationId!, undefined, resourceType!), someUuid],
  listProjectResources: ({ organizationId, projectId, resourceType }) => [
    resourceList(organizationId!, projectId, resourceType!),
    someUuid,
  ],
  listRestrictions: ({ organizationId }) => [`restrictions of ${organizationId}`, someUuid],
  listSettings: ({ organizationId }) => [JSON.stringify(['settings', organizationId, undefined, undefined]), 'a'],
  listProjectSettings: ({ organizationId, projectId }) => [JSON.stringify(['settings', organizationId, projectId, undefined]), 'a'],
  listMySettings: ({ organizationId, userId }) => [JSON.stringify(['settings', organizationId, undefined, userId]), 'a'],
  listWebhooks: ({ organizationId }) => [`webhooks of ${organizationId}`, someUuid],
  listWebhookDeliveries: ({ webhookId }) => [`deliveries of ${webhookId} `, someUuid],
  listExports: ({ organizationId }) => [`exports of ${organizationId}`, someUuid],
  queryUsage: ({ organizationId }) => [usageList(organizationId!), someGroups],
  queryProjectUsage: ({ organizationId, projectId }) => [usageList(organizationId!, projectId), someGroups],
  getPolicyHistory: ({ scope }) => [`policy-history ${scope}`, '1'],
  listPolicyRollouts: ({ scope }) => [`policy-rollouts ${scope}`, 'roll_01h455vb4pex5vsknk084sn02q'],
  listPolicyReplicas: ({ scope }) => [`policy-replicas ${scope}`, 'rpl_01h455vb4pex5vsknk084sn02q'],
  listAccessPlanRows: ({ accessPlanId }) => [`rows of ${accessPlanId} ${JSON.stringify([undefined, undefined, undefined])}`, '0.0'],
  listLimits: ({ organizationId }) => [`limits of ${organizationId}`, 'members'],
  listAlerts: ({ organizationId }) => [`alerts of ${organizationId}`, someUuid],
  listAlertFirings: ({ organizationId }) => [`alert firings of ${organizationId}`, someUuid],
  listCatalogItems: () => [JSON.stringify(['catalog-items', undefined, undefined, 'PUBLISHED']), someUuid],
  listInstances: ({ organizationId }) => [JSON.stringify(['instances', organizationId, undefined]), someUuid],
  listOperators: () => [JSON.stringify(['users', undefined, undefined, { role: undefined }]), someUuid],
  listSupportAccesses: () => [JSON.stringify(['support-accesses', undefined, undefined]), someUuid],
  listOrganizationSupportAccesses: ({ organizationId }) => [JSON.stringify(['support-accesses', organizationId, undefined]), someUuid],
};
/** What some lists want to be asked besides. */
const queries: Record<string, string> = Object.fromEntries(
  ['queryUsage', 'queryProjectUsage'].map((operation) => [
    operation,
    '&meter=tokens&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&groupBy=day,project',
  ]),
);
function usageList(organizationId: string, projectId?: string): string {
  const [from, to] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'];
  return JSON.stringify(['usage', organizationId, { meter: 'tokens', from, to, groupBy: 'day,project', ...(projectId && { projectId }) }]);
}
const someGroups = Buffer.from(JSON.stringify(['2026-01-02T00:00:00.000Z', someUuid])).toString('base64url');
function resourceList(organizationId: string, projectId: string | undefined, resourceType: string): string {
  return JSON.stringify(['resources', organizationId, projectId, resourceType, undefined, undefined, 'createdAt', 'asc']);
}
const keys: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e3',
  '0x10',
  '1.5',
  'NaN',
  '2147483648',
  '99999999999',
  '9223372036854775808',
  '9'.repeat(40),
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '00000000-0000-0000-0000-00000000000',
  "' or true --",
  '\0',
  '\ud800',
  'platform',
  'Ünïcode',
  'x'.repeat(400),
];

describe('a page token that was forged', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let owner: Caller;
  const places: Record<string, string> = {};
  /** Where there is something to switch off. */
  let spaces: string;
  let space: string;
  /** Where applications are installed. */
  let workspace: string;

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'owner@example.com', 'platform/policy-admin', 'platform/auditor');
    owner = await tenet.as('owner@example.com');
    const organizations = [await foundOrganization(owner), await foundOrganization(owner, 'Other')];
    const [organizationId] = organizations as [string];
    const projectId = await foundProject(owner, organizationId);
    await foundProject(owner, organizationId, 'Second');
    for (const name of ['ann', 'ben']) {
      await join(tenet, { organizationId }, `${name}@example.com`, 'org.member');
      await join(tenet, { organizationId, projectId }, `${name}@example.com`, 'project.manager');
    }
    for (const id of organizations) {
      await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId: id } },
        body: { invitees: [{ email: 'guest@example.com' }, { email: 'other@example.com' }], roles: ['org.member'] },
      });
    }
    const heir = await join(tenet, { organizationId }, 'heir@example.com', 'org.admin');
    const post = async (path: string, body: object = {}, base = `/v1/organizations/${organizationId}`) => {
      const headers = { 'content-type': 'application/json' };
      const reply = await owner.raw(base + path, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(reply.ok, `${path} ${reply.status}`).to.equal(true);
      return (await reply.json()) as { id: string };
    };
    for (const number of [1, 2]) {
      for (const place of ['', `/projects/${projectId}`]) {
        await post(`${place}/service-accounts`, { name: `Account ${number}` });
        await post(`${place}/api-keys`, { name: `Key ${number}` });
      }
      await post(`/projects/${projectId}/invitations`, {
        invitees: [{ email: `in-project-${number}@example.com` }],
        role: 'project.member',
      });
      const { id } = await post('/ownership-transfers', { recipientId: heir.id });
      await post(`/ownership-transfers/${id}/cancel`);
    }
    spaces = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    space = await foundProject(owner, spaces);
    workspace = await foundOrganization(owner, 'Workspace', 'app-workspace');
    const store = await post(`/projects/${projectId}/policy-stores`, { name: 'A store' });
    const plan = await post('', { targets: [{ scope: 'platform', revision: 1 }] }, '/v1/access-plans');
    const webhook = await post('/webhooks', { name: 'Receiver', url: 'https://receiver.example/events' });
    const ids = { organizationId, projectId, policyStoreId: store.id, accessPlanId: plan.id, webhookId: webhook.id };
    Object.assign(places, { userId: await owner.userId() });
    Object.assign(places, { ...ids, scope: 'blueprint.integrations', resourceType: 'connection' });
    await tenet.database.write('platform', async (db) => {
      const [row] = await db('policy_revisions').where({ scope: 'blueprint/integrations' });
      const json = (value: unknown) => JSON.stringify(value);
      const { rows, sources, documents } = row;
      await db('policy_revisions').insert({ ...row, revision: 2, rows: json(rows), sources: json(sources), documents: json(documents) });
    });
  });
  after(() => tenet?.stop());

  for (const { operationId, path } of lists) {
    it(`is 400 for ${operationId}, whatever it holds`, async () => {
      const caller = operationId === 'listMyInvitations' ? await tenet.as('guest@example.com') : owner;
      const isOfSpaces = /Restrictions|Alert/.test(operationId) || operationId in queries;
      const elsewhere: Record<string, string> = operationId === 'listInstances' ? { organizationId: workspace } : {};
      const named: Record<string, string> = isOfSpaces
        ? { ...places, organizationId: spaces, projectId: space }
        : { ...places, ...elsewhere };
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => named[name]!);
      const asked = queries[operationId] ?? '';
      const ask = (pageToken: string) => caller.raw(`${url}?pageSize=1&pageToken=${encodeURIComponent(pageToken)}${asked}`);
      const first = (await (await caller.raw(`${url}?pageSize=1${asked}`)).json()) as { nextPageToken?: string };
      const valid = first.nextPageToken ?? nextPage(...shortLists[operationId]!(named));
      const [mark, key] = Buffer.from(valid, 'base64url').toString('utf8').split('\n') as [string, string];
      expect((await ask(valid)).status).to.equal(200);
      const kind = Object.values(kinds).find((pattern) => pattern.test(key))!;
      for (const other of keys) {
        const reply = await ask(Buffer.from(`${mark}\n${other}`).toString('base64url'));
        expect(reply.status, other).to.be.oneOf(kind.test(other) ? [200, 400] : [400]);
      }
      const broken = [
        `${valid}A`,
        `${valid}=`,
        `.${valid}`,
        valid.slice(0, -1),
        valid.slice(5),
        Buffer.from(`${mark}\n${key}\n`).toString('base64url'),
      ];
      for (const token of [...broken, Buffer.from(key).toString('base64url'), Buffer.from(`AAAAAAAA\n${key}`).toString('base64url')]) {
        expect((await ask(token)).status, token).to.equal(400);
      }
    });
  }

  it('was tried for every list there is', () => expect(lists).to.have.length.of.at.least(13));
});
