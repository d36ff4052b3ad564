import { randomUUID } from 'node:crypto';
import { beginTerm, type ManifestContext, type ManifestRef } from '../../../core/manifests/apply.ts';
import { type AppliedOrganization, applyOrganization, type OrganizationManifest } from '../../../core/manifests/organization.ts';
import { releaseOrganization } from '../../../core/manifests/organization-release.ts';
import { type AppliedProject, applyProject, type ProjectManifest, releaseProject } from '../../../core/manifests/project.ts';
import { mails } from '../../helpers/mails.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** The cluster that the manifests of these tests are on. */
export const cluster = '0b0f1a4e-6a3c-4a7e-9c53-3f1f8d5f0a51';

type Applied<R> = Promise<{ result: R; done: string[] }>;

/** Manifests without a source: what a pass over an object hands to core, on a database of its own. */
export interface ManifestTests {
  tenet: TestTenet;
  context: ManifestContext;
  applyOrganization(name: string, manifest?: Partial<OrganizationManifest>): Applied<AppliedOrganization>;
  /** In the namespace team-a; `of` names the Organization manifest. */
  applyProject(name: string, of: string, manifest?: Partial<ProjectManifest>): Applied<AppliedProject>;
  releaseOrganization(name: string, policy: 'Retain' | 'Archive' | 'Delete', projects?: readonly string[]): Promise<readonly string[]>;
  releaseProject(name: string, policy: 'Retain' | 'Archive' | 'Delete'): Promise<void>;
  /** The object of this name is deleted by force and made again: from now on it has another uid. */
  remake(name: string): void;
  organizationRef(name: string): ManifestRef;
  projectRef(name: string): ManifestRef;
}

/** Sets the tests of a file up. */
export function manifestTests(): ManifestTests {
  const uids = new Map<string, string>();
  let generation = 0;
  const uidOf = (key: string): string => {
    const uid = uids.get(key) ?? randomUUID();
    uids.set(key, uid);
    return uid;
  };
  const common = { slug: '', members: [], membersPolicy: 'Additive', manage: true } as const;
  const tests: ManifestTests = {
    // Set before the first test.
    tenet: undefined as never,
    context: undefined as never,
    organizationRef: (name) => ({ cluster, kind: 'Organization', name, uid: uidOf(name), generation }),
    projectRef: (name) => ({ cluster, kind: 'Project', namespace: 'team-a', name, uid: uidOf(`team-a/${name}`), generation }),
    remake: (name) => void uids.delete(name),
    applyOrganization(name, manifest = {}) {
      generation += 1;
      const ref = tests.organizationRef(name);
      return applyOrganization(tests.context, { ref, displayName: name, blueprint: 'integrations', ...common, slug: name, ...manifest });
    },
    applyProject(name, of, manifest = {}) {
      generation += 1;
      const ref = tests.projectRef(name);
      const organization = { uid: uidOf(of), name: of };
      return applyProject(tests.context, { ref, organization, displayName: name, ...common, slug: name, ...manifest });
    },
    releaseOrganization: (name, policy, projects) => releaseOrganization(tests.context, tests.organizationRef(name), policy, projects),
    releaseProject: (name, policy) => releaseProject(tests.context, tests.projectRef(name), policy),
  };

  before(async () => {
    tests.tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    const { database, policies, keyring } = tests.tenet;
    const term = await beginTerm(database, 'kubernetes');
    tests.context = {
      database,
      policies,
      keyring,
      mails: { ...mails, perInviter: undefined, resendCooldown: 0 },
      fence: { source: 'kubernetes', term },
      cluster,
      appsDriver: 'process',
    };
  });
  after(() => tests.tenet?.stop());
  return tests;
}

/** What it was refused with; fails when it was not. */
export async function refusal(applied: Promise<unknown>): Promise<{ code: string; message: string }> {
  const outcome = await applied.then(
    () => undefined,
    (error: { code: string; message: string }) => error,
  );
  if (!outcome) throw new Error('it was not refused');
  return outcome;
}
