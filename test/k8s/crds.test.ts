import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
  type OrganizationSpec,
  type OrganizationStatus,
  organizationType,
  type PolicyRevisionSpec,
  type PolicyRevisionStatus,
  type ProjectSpec,
  type ProjectStatus,
  policyRevisionType,
  projectType,
} from '../../controllers/resources/types.ts';
import { type Kube, needsKube, sharedKube } from '../helpers/kube.ts';

/** For each field of a type, whether an object that the server has stored always has it. */
type Presence<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? 'maybe' : 'always' };

const commonStatus = {
  observedGeneration: 'maybe',
  id: 'maybe',
  slug: 'maybe',
  memberCount: 'maybe',
  members: 'maybe',
  serviceAccounts: 'maybe',
  conditions: 'maybe',
} as const;

interface Schema {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly default?: unknown }>>;
}

function presenceOf({ required = [], properties }: Schema): Record<string, string> {
  const always = (name: string): boolean => required.includes(name) || properties[name]?.default !== undefined;
  return Object.fromEntries(Object.keys(properties).map((name) => [name, always(name) ? 'always' : 'maybe']));
}

const folder = join(import.meta.dirname, '..', '..', 'k8s');
const meta = (kind: string, name: string, namespace?: string) => ({
  apiVersion: 'tenet.dev/v1alpha1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
});
const organization = (spec: object, name = 'acme-test'): object => ({
  ...meta('Organization', name),
  spec: { displayName: 'Acme', ...spec },
});
const project = (spec: object, name = 'website-test'): object => ({
  ...meta('Project', name, 'default'),
  spec: { displayName: 'Website', organizationRef: { name: 'acme-test' }, ...spec },
});
const member = (entry: object): object => ({ members: [{ email: 'ada@acme.example', roles: ['org.admin'], ...entry }] });

describe('the CRDs', () => {
  let kube: Kube;
  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await kube.kubectl('apply', '--server-side', '-k', join(folder, 'base'));
    await kube.kubectl('wait', '--for=condition=Established', 'crd/organizations.tenet.dev', 'crd/projects.tenet.dev', '--timeout=30s');
  });
  after(async () => {
    await kube?.kubectl('delete', 'organizations.tenet.dev,projects.tenet.dev', '--all', '-A');
  });

  for (const [file, type] of [
    ['organizations', organizationType],
    ['projects', projectType],
    ['policyrevisions', policyRevisionType],
  ] as const) {
    it(`${file} is served as the controllers' type says`, () => {
      const { spec } = parse(readFileSync(join(folder, 'crds', `${file}.yaml`), 'utf8'));
      const { group, version, kind, plural, namespaced } = type;
      expect({ group: spec.group, kind: spec.names.kind, plural: spec.names.plural }).to.deep.equal({ group, kind, plural });
      expect(spec.versions.map(({ name }: { name: string }) => name)).to.deep.equal([version]);
      expect(spec.scope === 'Namespaced').to.equal(namespaced);
    });
  }

  // The compiler checks these against the types, the test against the schemas.
  const presence = {
    organizations: {
      spec: {
        displayName: 'always',
        slug: 'maybe',
        members: 'maybe',
        membersPolicy: 'always',
        serviceAccounts: 'maybe',
        settings: 'maybe',
        resources: 'maybe',
        deletionPolicy: 'always',
        managementPolicy: 'always',
        labels: 'maybe',
        blueprint: 'maybe',
        legalName: 'maybe',
        description: 'maybe',
        logoUrl: 'maybe',
        alertingEmail: 'maybe',
        invoicingEmail: 'maybe',
        mfa: 'maybe',
        language: 'maybe',
        externals: 'maybe',
        roles: 'maybe',
        restrictions: 'maybe',
        limits: 'maybe',
        instances: 'maybe',
        allowedProjects: 'always',
      } satisfies Presence<OrganizationSpec>,
      status: { ...commonStatus, blueprint: 'maybe', projectCount: 'maybe', roles: 'maybe' } satisfies Presence<OrganizationStatus>,
    },
    projects: {
      spec: {
        displayName: 'always',
        slug: 'maybe',
        members: 'maybe',
        membersPolicy: 'always',
        serviceAccounts: 'maybe',
        settings: 'maybe',
        resources: 'maybe',
        deletionPolicy: 'always',
        managementPolicy: 'always',
        labels: 'maybe',
        organizationRef: 'always',
      } satisfies Presence<ProjectSpec>,
      status: { ...commonStatus, organizationID: 'maybe' } satisfies Presence<ProjectStatus>,
    },
    policyrevisions: {
      spec: {
        scopes: 'always',
        files: 'maybe',
        filesFrom: 'maybe',
        reason: 'always',
        gitCommit: 'maybe',
        signatures: 'maybe',
        activate: 'always',
        stage: 'always',
        canary: 'maybe',
        planFailOn: 'maybe',
        approvedPlan: 'maybe',
      } satisfies Presence<PolicyRevisionSpec>,
      status: {
        observedGeneration: 'maybe',
        revision: 'maybe',
        revisions: 'maybe',
        sha256: 'maybe',
        plan: 'maybe',
        conditions: 'maybe',
      } satisfies Presence<PolicyRevisionStatus>,
    },
  };
  for (const file of ['organizations', 'projects', 'policyrevisions'] as const) {
    it(`${file} have the fields that the controllers' types name, and each is there when the types say so`, () => {
      const { spec } = parse(readFileSync(join(folder, 'crds', `${file}.yaml`), 'utf8'));
      const root = spec.versions[0].schema.openAPIV3Schema.properties;
      expect(presenceOf(root.spec)).to.deep.equal(presence[file].spec);
      expect(presenceOf(root.status)).to.deep.equal(presence[file].status);
    });
  }

  it('a new object is Pending from its first moment, so that no tool takes it for done', async () => {
    await kube.apply(organization({}, 'defaults-test'));
    const { spec, status } = JSON.parse(await kube.kubectl('get', 'organization.tenet.dev', 'defaults-test', '-o', 'json'));
    expect(spec).to.deep.equal({
      displayName: 'Acme',
      membersPolicy: 'Additive',
      deletionPolicy: 'Retain',
      managementPolicy: 'Full',
      allowedProjects: { namespaces: { from: 'None' } },
    });
    expect(status.conditions).to.have.length(1);
    expect(status.conditions[0]).to.include({ type: 'Ready', status: 'Unknown', reason: 'Pending' });
  });

  it('the samples are accepted, and are listed by short name, category and organization', async () => {
    await kube.kubectl('apply', '--server-side', '-k', join(folder, 'samples'));
    expect(await kube.kubectl('get', 'org', 'globex')).to.match(
      /NAME +DISPLAY NAME +READY +REASON +MEMBERS +AGE\nglobex +Globex +Unknown +Pending/,
    );
    expect(await kube.kubectl('get', 'tenet', '-A'))
      .to.contain('organization.tenet.dev/globex')
      .and.to.contain('project.tenet.dev/website');
    const selected = await kube.kubectl(
      'get',
      'projects.tenet.dev',
      '-A',
      '--field-selector',
      'spec.organizationRef.name=globex',
      '-o',
      'name',
    );
    expect(selected).to.equal('project.tenet.dev/website\n');
  });

  it('two teams may each own their members of one organization', async () => {
    const part = (email: string) => organization({ members: [{ email, roles: ['org.member'] }] }, 'shared-test');
    for (const team of ['a', 'b']) {
      const file = JSON.stringify(part(`${team}@acme.example`));
      await kube.applyAs(`team-${team}`, file);
    }
    const { spec } = JSON.parse(await kube.kubectl('get', 'organization.tenet.dev', 'shared-test', '-o', 'json'));
    expect(spec.members.map(({ email }: { email: string }) => email).sort()).to.deep.equal(['a@acme.example', 'b@acme.example']);
  });

  describe('refuse with a line that says what to do:', () => {
    const bad: [title: string, manifest: object, line: RegExp][] = [
      ['a misspelt field', organization({ membres: [] }), /unknown field "spec\.membres"/],
      ['no display name', { ...meta('Organization', 'x-test'), spec: {} }, /spec\.displayName: Required value/],
      [
        'a display name that turns the writing round',
        organization({ displayName: 'Ac\u202eme' }),
        /displayName must begin with a visible character and hold no control/,
      ],
      [
        'a display name of two lines',
        organization({ displayName: 'Acme\u2028Corp' }),
        /displayName must begin with a visible character and hold no control/,
      ],
      [
        'a display name with a control character',
        project({ displayName: 'Web\u0007site' }),
        /displayName must begin with a visible character and hold no control/,
      ],
      [
        'a description that turns the writing round',
        organization({ serviceAccounts: [{ name: 'Builds', description: 'paid\u202e lanif' }] }),
        /description must have no characters that are invisible, control/,
      ],
      ['a slug with capitals', organization({ slug: 'Acme' }), /spec\.slug: Invalid value: "Acme"/],
      ['an address in capitals', organization(member({ email: 'Ada@acme.example' })), /email must be an e-mail address in lower case/],
      ['an address that is none', organization(member({ email: 'ada' })), /email must be an e-mail address/],
      ['a member without a role', organization(member({ roles: [] })), /spec\.members\[0\]\.roles: Invalid value.*at least 1/],
      ['a role with a capital', organization(member({ roles: ['Admin'] })), /spec\.members\[0\]\.roles\[0\].*Invalid value: "Admin"/],
      ['an until that is no time', organization(member({ until: 'tomorrow' })), /until: Invalid value.*date-time/],
      [
        'a member twice',
        organization({ members: ['org.admin', 'org.member'].map((role) => ({ email: 'ada@acme.example', roles: [role] })) }),
        /spec\.members\[1\]: Duplicate value/,
      ],
      ['Exact without members', organization({ membersPolicy: 'Exact' }), /membersPolicy Exact needs at least one member/],
      ['an unknown deletion policy', organization({ deletionPolicy: 'Burn' }), /supported values: "Retain", "Archive", "Delete"/],
      ['a selector that is not asked for', organization(namespaces('All', {})), /selector must be set if and only if from is Selector/],
      ['Selector without a selector', organization(namespaces('Selector')), /selector must be set if and only if from is Selector/],
      ['a name that is too long', organization({}, 'a'.repeat(64)), /name must be at most 63 characters/],
      ['a name that is no slug', organization({}, 'acme.test'), /set spec\.slug: metadata\.name has characters/],
      [
        'a project of no organization',
        { ...meta('Project', 'x', 'default'), spec: { displayName: 'X' } },
        /spec\.organizationRef: Required/,
      ],
    ];
    for (const [title, manifest, line] of bad) {
      it(title, async () => {
        expect(await kube.refusal(manifest)).to.match(line);
      });
    }

    for (const [title, before, after, line] of [
      ['another slug', organization({ slug: 'one' }), organization({ slug: 'two' }), /slug is immutable/],
      ['a slug that is taken away', organization({ slug: 'one' }), organization({}), /slug is immutable/],
      [
        'another blueprint',
        organization({ slug: 'one', blueprint: 'teams' }),
        organization({ slug: 'one', blueprint: 'ai-spaces' }),
        /blueprint is immutable/,
      ],
      ['another organization', project({}), project({ organizationRef: { name: 'globex' } }), /organizationRef is immutable/],
    ] as [string, object, object, RegExp][]) {
      it(`${title}, later on`, async () => {
        await kube.kubectl('delete', 'organizations.tenet.dev,projects.tenet.dev', '--all', '-n', 'default');
        await kube.applyAs('kubectl', JSON.stringify(before));
        expect(await kube.applyAs('kubectl', JSON.stringify(after)).catch(String)).to.match(line);
      });
    }
  });
});

function namespaces(from: string, selector?: object): object {
  return { allowedProjects: { namespaces: { from, ...(selector && { selector }) } } };
}
