/** A manifest that must be refused. */
export interface BadManifest {
  readonly title: string;
  readonly manifest: Manifest | string;
  /** The same object as it was accepted before; for rules that compare. */
  readonly before?: Manifest;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
}

/** An Organization as a manifest. */
export function organization(spec: unknown, metadata: Record<string, unknown> = {}): Manifest {
  const filled = spec !== null && typeof spec === 'object' && !Array.isArray(spec) ? { displayName: 'Acme', ...spec } : spec;
  return { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name: 'bad', ...metadata }, spec: filled };
}

/** A Project as a manifest, in the namespace `default`. */
export function project(spec: object, metadata: Record<string, unknown> = {}): Manifest {
  const filled = { displayName: 'Website', organizationRef: { name: 'acme' }, ...spec };
  return { apiVersion: 'tenet.dev/v1alpha1', kind: 'Project', metadata: { name: 'bad', namespace: 'default', ...metadata }, spec: filled };
}

const ada = { email: 'ada@acme.example', roles: ['org.admin'] };
const reader = { name: 'reader', title: 'Reader', tier: 'org.member' };
const members = (...entries: unknown[]) => organization({ members: entries });
const namespaces = (value: unknown) => organization({ allowedProjects: { namespaces: value } });

/** What the API server and the directory source must refuse with the same words. */
export const badManifests: readonly BadManifest[] = [
  { title: 'no spec', manifest: { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name: 'bad' } } },
  { title: 'a spec that is null', manifest: organization(null) },
  { title: 'a spec that is a text', manifest: organization('Acme') },
  { title: 'no display name', manifest: organization({ displayName: undefined }) },
  { title: 'an empty display name', manifest: organization({ displayName: '' }) },
  { title: 'a display name that is too long', manifest: organization({ displayName: 'é'.repeat(101) }) },
  { title: 'a display name that is a number', manifest: organization({ displayName: 7 }) },
  { title: 'a display name that is null', manifest: organization({ displayName: null }) },
  { title: 'a slug with capitals', manifest: organization({ slug: 'Acme' }) },
  { title: 'a slug that is too short', manifest: organization({ slug: 'a' }) },
  { title: 'a slug that is too long', manifest: organization({ slug: 'a'.repeat(64) }) },
  { title: 'a blueprint that cannot be a name', manifest: organization({ blueprint: 'Teams' }) },
  { title: 'a label with a blank in its key', manifest: organization({ labels: { 'a b': 'x' } }) },
  { title: 'a label of Tenet', manifest: project({ labels: { 'keys.tenet.dev/a': 'x' } }) },
  { title: 'a label with a blank in its value', manifest: project({ labels: { a: 'x y' } }) },
  { title: 'a label that is a number', manifest: organization({ labels: { a: 1 } }) },
  {
    title: 'too many labels',
    manifest: organization({ labels: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, 'x'])) }),
  },
  { title: 'an unknown deletion policy', manifest: organization({ deletionPolicy: 'Forget' }) },
  { title: 'a deletion policy that is a number', manifest: organization({ deletionPolicy: 1 }) },
  { title: 'an unknown members policy', manifest: organization({ membersPolicy: 'exact' }) },
  { title: 'a service account without a name', manifest: organization({ serviceAccounts: [{ roles: ['org.member'] }] }) },
  { title: 'the same service account twice', manifest: project({ serviceAccounts: [{ name: 'ci' }, { name: 'ci' }] }) },
  { title: 'a service account whose name begins with a space', manifest: project({ serviceAccounts: [{ name: ' ci' }] }) },
  { title: 'a service account with a key', manifest: organization({ serviceAccounts: [{ name: 'ci', key: 'x' }] }) },
  {
    title: 'too many service accounts',
    manifest: organization({ serviceAccounts: Array.from({ length: 101 }, (_, n) => ({ name: `ci-${n}` })) }),
  },
  { title: 'a second factor that is neither', manifest: organization({ mfa: 'REQUIRED' }) },
  { title: 'externals in the words of the API', manifest: organization({ externals: 'AUTO_ADD' }) },
  { title: 'externals of a project', manifest: project({ externals: 'Allow' }) },
  { title: 'a setting whose key has capitals', manifest: organization({ settings: { Idle: { value: true } } }) },
  { title: 'a setting whose key is too long', manifest: project({ settings: { ['a'.repeat(64)]: { value: true } } }) },
  { title: 'a setting without a value', manifest: organization({ settings: { idle: { locked: true } } }) },
  { title: 'a setting that is a text', manifest: organization({ settings: { idle: 'PT1H' } }) },
  { title: 'a lock in a project', manifest: project({ settings: { idle: { value: 1, locked: true } } }) },
  { title: 'a restriction without a reason', manifest: organization({ restrictions: [{ resourceType: 'model' }] }) },
  {
    title: 'a restriction in a project that is no slug',
    manifest: organization({ restrictions: [{ resourceType: 'model', projects: ['A b'], reason: 'x' }] }),
  },
  { title: 'a resource without a name', manifest: organization({ resources: [{ type: 'connection' }] }) },
  { title: 'a resource whose fields are a list', manifest: project({ resources: [{ type: 'connection', name: 'a', data: [] }] }) },
  {
    title: 'a resource twice',
    manifest: project({ resources: ['a', 'a'].map((name) => ({ type: 'connection', name })) }),
  },
  {
    title: 'a Secret in an Organization, which has no namespace',
    manifest: organization({ resources: [{ type: 'a', name: 'a', secrets: [{ field: 'a', secretRef: { name: 'a', key: 'a' } }] }] }),
  },
  {
    title: 'a Secret of another namespace',
    manifest: project({
      resources: [{ type: 'a', name: 'a', secrets: [{ field: 'a', secretRef: { name: 'a', key: 'a', namespace: 'b' } }] }],
    }),
  },
  { title: 'a limit of nothing that is known', manifest: organization({ limits: [{ name: 'chairs', hard: 1 }] }) },
  { title: 'a limit below nothing', manifest: organization({ limits: [{ name: 'projects', hard: -1 }] }) },
  {
    title: 'a limit twice',
    manifest: organization({
      limits: [
        { name: 'projects', hard: 1 },
        { name: 'projects', hard: 2 },
      ],
    }),
  },
  { title: 'limits of a project', manifest: project({ limits: [{ name: 'members', hard: 1 }] }) },
  { title: 'an application that is not said', manifest: organization({ instances: [{ name: 'notes' }] }) },
  { title: 'an application whose name is no slug', manifest: organization({ instances: [{ name: 'Notes', item: 'Notes' }] }) },
  {
    title: 'a price in the words of the API',
    manifest: organization({ instances: [{ name: 'notes', item: 'Notes', priceKind: 'ONE_TIME' }] }),
  },
  {
    title: 'a variable that is a number',
    manifest: organization({ instances: [{ name: 'notes', item: 'Notes', environment: { SIZE: 3 } }] }),
  },
  {
    title: 'a secret of an application without a field',
    manifest: organization({ instances: [{ name: 'notes', item: 'Notes', secrets: { TOKEN: { resource: 'a' } } }] }),
  },
  {
    title: 'an application that is called by a space',
    manifest: organization({ instances: [{ name: 'notes', item: 'Notes', displayName: ' Notes' }] }),
  },
  { title: 'two applications of one name', manifest: organization({ instances: ['a', 'b'].map((item) => ({ name: 'notes', item })) }) },
  { title: 'applications of a project', manifest: project({ instances: [{ name: 'notes', item: 'Notes' }] }) },
  { title: 'restrictions of a project', manifest: project({ restrictions: [{ resourceType: 'model', reason: 'x' }] }) },
  { title: 'an unknown management policy', manifest: project({ managementPolicy: 'None' }) },
  { title: 'members that are no list', manifest: organization({ members: ada }) },
  { title: 'a member that is a text', manifest: members('ada@acme.example') },
  { title: 'a member without an address', manifest: members({ roles: ['org.admin'] }) },
  { title: 'a member without roles', manifest: members({ email: ada.email }) },
  { title: 'a member with no role in the list', manifest: members({ ...ada, roles: [] }) },
  { title: 'a member with too many roles', manifest: members({ ...ada, roles: Array.from({ length: 17 }, (_, n) => `org.role-${n}`) }) },
  { title: 'a role that cannot be a name', manifest: members({ ...ada, roles: ['org.admin', 'Admin'] }) },
  { title: 'a role that is nearly an id', manifest: members({ ...ada, roles: ['role_01h455vb4pex5vsknk084sn02'] }) },
  { title: 'a role of its own without a title', manifest: organization({ roles: [{ name: 'reader', tier: 'org.member' }] }) },
  { title: 'a role of its own that is named like one of its kind', manifest: organization({ roles: [{ ...reader, name: 'org.reader' }] }) },
  { title: 'the same role of its own twice', manifest: organization({ roles: [reader, { ...reader, title: 'Other' }] }) },
  { title: 'a role of its own whose title begins with a space', manifest: organization({ roles: [{ ...reader, title: ' Reader' }] }) },
  { title: 'a role of its own whose tier is none', manifest: organization({ roles: [{ ...reader, tier: 'member' }] }) },
  {
    title: 'a role of its own with a permission that is none',
    manifest: organization({ roles: [{ ...reader, permissions: ['member'] }] }),
  },
  {
    title: 'a role of its own with a permission twice',
    manifest: organization({ roles: [{ ...reader, permissions: ['member:list', 'member:list'] }] }),
  },
  {
    title: 'too many roles of its own',
    manifest: organization({ roles: Array.from({ length: 101 }, (_, n) => ({ ...reader, name: `r${n}` })) }),
  },
  { title: 'roles of a project', manifest: project({ roles: [reader] }) },
  { title: 'a role that is a number', manifest: members({ ...ada, roles: [5] }) },
  { title: 'the same role twice', manifest: members({ ...ada, roles: ['org.admin', 'org.member', 'org.admin'] }) },
  { title: 'the same member twice', manifest: members(ada, { ...ada, roles: ['org.member'] }) },
  { title: 'an address without @', manifest: members({ ...ada, email: 'ada.acme.example' }) },
  { title: 'an address with capitals, second in the list', manifest: members(ada, { ...ada, email: 'Ada@acme.example' }) },
  { title: 'an address that is too short', manifest: members({ ...ada, email: 'a@' }) },
  { title: 'an end that is no time', manifest: members({ ...ada, until: 'tomorrow' }) },
  { title: 'an end with a comma', manifest: members({ ...ada, until: '2030-01-01T00:00:00,5Z' }) },
  { title: 'an end a day from UTC', manifest: members({ ...ada, until: '2030-01-01T00:00:00+24:00' }) },
  { title: 'an end in the year 10000 in UTC', manifest: members({ ...ada, until: '9999-12-31T23:59:59-01:00' }) },
  { title: 'an end before the year 1 in UTC', manifest: members({ ...ada, until: '0001-01-01T00:00:00+01:00' }) },
  { title: 'an end with a leap second', manifest: members({ ...ada, until: '2027-06-30T23:59:60Z' }) },
  { title: 'an end with ten digits of a fraction', manifest: members({ ...ada, until: '2030-01-01T00:00:00.1234567890Z' }) },
  { title: 'an address of a domain without a dot', manifest: members({ ...ada, email: 'ada@acme' }) },
  { title: 'an address beyond ASCII', manifest: members({ ...ada, email: 'ada@b\u00fccher.example' }) },
  { title: 'an address with a long local part', manifest: members({ ...ada, email: `${'a'.repeat(65)}@acme.example` }) },
  { title: 'a quoted address', manifest: members({ ...ada, email: '"a b"@acme.example' }) },
  { title: 'a display name that begins with a space', manifest: organization({ displayName: ' Acme' }) },
  { title: 'an end that is a day', manifest: members({ ...ada, until: '2027-06-30' }) },
  { title: 'too many members', manifest: members(...Array.from({ length: 501 }, (_, n) => ({ ...ada, email: `m${n}@acme.example` }))) },
  { title: 'Exact without members', manifest: organization({ membersPolicy: 'Exact' }) },
  { title: 'Exact with an empty list', manifest: project({ membersPolicy: 'Exact', members: [] }) },
  { title: 'Selector without a selector', manifest: namespaces({ from: 'Selector' }) },
  { title: 'a selector without Selector', manifest: namespaces({ from: 'All', selector: { matchLabels: { a: 'b' } } }) },
  { title: 'namespaces without from', manifest: namespaces({}) },
  { title: 'a label that is a number', manifest: namespaces({ from: 'Selector', selector: { matchLabels: { a: 1 } } }) },
  {
    title: 'a label whose name is a number',
    manifest: namespaces({ from: 'Selector', selector: { matchLabels: { '1': 5 } } }),
  },
  {
    title: 'too many labels',
    manifest: namespaces({
      from: 'Selector',
      selector: { matchLabels: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`l${n}`, 'x'])) },
    }),
  },
  { title: 'a label that is too long', manifest: namespaces({ from: 'Selector', selector: { matchLabels: { a: 'b'.repeat(64) } } }) },
  { title: 'a project without an organization', manifest: project({ organizationRef: undefined }) },
  { title: 'a project with an empty reference', manifest: project({ organizationRef: {} }) },
  { title: 'a project whose reference names nothing', manifest: project({ organizationRef: { name: '' } }) },
  { title: 'a misspelt field', manifest: organization({ membres: [ada] }) },
  { title: 'a misspelt field deep inside', manifest: members(ada, { ...ada, email: 'bob@acme.example', untill: '2027-01-01T00:00:00Z' }) },
  { title: 'several misspelt fields', manifest: organization({ zebra: 1, apple: 2, members: [{ ...ada, rols: [] }] }) },
  { title: 'a field that every object of JavaScript has', manifest: organization({ constructor: 1, toString: {} }) },
  { title: 'a misspelt field beside spec', manifest: { ...organization({}), sepc: {} } as never },
  { title: 'a misspelt field in metadata', manifest: organization({}, { lables: {} }) },
  { title: 'a misspelt field and a wrong value', manifest: organization({ membres: [], slug: 'Acme' }) },
  { title: 'several wrong values', manifest: organization({ displayName: '', slug: 'A', membersPolicy: 'x' }) },
  { title: 'a name with capitals', manifest: organization({}, { name: 'Bad' }) },
  { title: 'a name that is too long', manifest: organization({ slug: 'acme' }, { name: 'a'.repeat(64) }) },
  { title: 'a name that cannot be a slug, without one', manifest: organization({}, { name: 'acme.example' }) },
  { title: 'an annotation that is no text', manifest: organization({}, { annotations: { 'tenet.dev/paused': true } }) },
  { title: 'a label of the object that is no text', manifest: organization({}, { labels: { team: 7 } }) },
  { title: 'a label of the object that cannot be one', manifest: organization({}, { labels: { team: 'a b' } }) },
  { title: 'annotations that are a list', manifest: organization({}, { annotations: [] }) },
  { title: 'an annotation whose name cannot be one', manifest: organization({}, { annotations: { 'a b': 'x' } }) },
  { title: 'no name', manifest: organization({}, { name: undefined }) },
  { title: 'a misspelt kind', manifest: { ...organization({}), kind: 'Organisation' } },
  { title: 'a version that does not exist', manifest: { ...organization({}), apiVersion: 'tenet.dev/v9' } },
  { title: 'a name that is a number', manifest: organization({}, { name: 7 }) },
  { title: 'an annotation whose prefix cannot be one', manifest: organization({}, { annotations: { 'A_b/c': 'x' } }) },
  { title: 'a misspelt field in status', manifest: { ...organization({}), status: { foo: 1 } } as never },
  { title: 'a member that is null', manifest: members(null) },
  { title: 'a display name that is an object', manifest: organization({ displayName: { en: 'Acme' } }) },
  { title: 'a display name that is a list', manifest: organization({ displayName: ['Acme'] }) },
  { title: 'wrong members twice and wrong roles', manifest: members({ email: 'A', roles: ['x', 'x'] }, { email: 'A', roles: ['a.b'] }) },
  { title: 'an end without a zone', manifest: members({ ...ada, until: '2027-06-30T18:00:00' }) },
  { title: 'an end with a space', manifest: members({ ...ada, until: '2027-06-30 18:00:00Z' }) },
  { title: 'an end on a day that does not exist', manifest: members({ ...ada, until: '2027-02-30T18:00:00Z' }) },
  { title: 'a wrong name, slug and policy at once', manifest: organization({ membersPolicy: 'Exact', slug: 'A' }, { name: 'Fl' }) },
  {
    title: 'a yes that YAML 1.1 takes for true',
    manifest: 'apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: bad}\nspec: {displayName: yes}\n',
  },
  {
    title: 'a time without quotes that is no time',
    manifest:
      'apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: bad}\nspec: {displayName: x, members: [{email: a@b.c, roles: [a.b], until: 2027-06-30}]}\n',
  },
  { title: 'a changed slug', before: organization({ slug: 'acme' }), manifest: organization({ slug: 'acme-two' }) },
  { title: 'a slug that is added', before: organization({}), manifest: organization({ slug: 'acme-two' }) },
  { title: 'a changed blueprint', before: organization({ blueprint: 'ai-spaces' }), manifest: organization({ blueprint: 'teams' }) },
  { title: 'a changed organization', before: project({}), manifest: project({ organizationRef: { name: 'other' } }) },
];

/** Manifests that a reader might take for bad, and that must be accepted. */
export const goodManifests: readonly { readonly title: string; readonly manifest: Manifest | string }[] = [
  {
    title: 'nulls, which count as left out',
    manifest: organization({ slug: null, members: null, membersPolicy: null, allowedProjects: null }),
  },
  {
    title: 'settings, whose values are of any type',
    manifest: organization({ settings: { a: { value: true, locked: true }, 'b-1': { value: 7 }, c: { value: { d: [1] } } } }),
  },
  {
    title: 'resources, whose fields are of any type',
    manifest: project({
      resources: [
        { type: 'connection', name: 'Code', data: { platform: 'github', settings: { a: [1] } } },
        { type: 'secret', name: 'Code' },
      ],
    }),
  },
  {
    title: 'limits',
    manifest: organization({
      limits: [
        { name: 'projects', soft: 0, hard: 9007199254740991, reason: 'Agreed' },
        { name: 'meter.tokens' },
        { name: 'instances', hard: 2 },
        { name: 'resource.model', hard: 3 },
      ],
    }),
  },
  {
    title: 'applications',
    manifest: organization({
      instances: [
        { name: 'notes', item: 'Notes', displayName: 'Team notes', priceKind: 'OneTime', environment: { SIZE: '3' }, running: false },
        { name: 'board', item: 'item_01h455vb4pex5vsknk084sn02q', secrets: { TOKEN: { resource: 'Deploy', field: 'value' } } },
      ],
    }),
  },
  {
    title: 'restrictions',
    manifest: organization({
      restrictions: [
        { resourceType: 'model', resourceId: 'gpt-x', projects: ['web', 'api'], reason: 'Not approved' },
        { resourceType: 'tool', exceptProjects: ['web'], reason: 'Not approved' },
      ],
    }),
  },
  { title: 'labels', manifest: organization({ labels: { env: '', 'example.com/team': 'a-b', 'mytenet.dev/x': 'y' } }) },
  { title: 'an Organization with a namespace, which it has not', manifest: organization({}, { namespace: 'somewhere' }) },
  { title: '100 characters of four bytes', manifest: organization({ displayName: '😀'.repeat(100) }) },
  { title: 'the last time of all', manifest: members({ ...ada, until: '9999-12-31T23:59:59.999999999Z' }) },
  { title: 'an internationalized domain in ASCII', manifest: members({ ...ada, email: 'ada@xn--bcher-kva.example' }) },
  { title: 'a long address', manifest: members({ ...ada, email: `${'a'.repeat(64)}@${'b'.repeat(63)}.example` }) },
  { title: 'a time with a fraction and an offset', manifest: members({ ...ada, until: '2027-06-30T18:00:00.123+02:00' }) },
  {
    title: 'a time without quotes',
    manifest:
      'apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: bad}\nspec: {displayName: x, members: [{email: a@b.c, roles: [a.b], until: 2027-06-30T18:00:00Z}]}\n',
  },
  { title: "a status, which is not the author's", manifest: { ...organization({}), status: { id: 'org_mine' } } as never },
  { title: 'an annotation that is null', manifest: organization({}, { annotations: { a: null } }) },
];
