import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Condition } from '../../../controllers/resources/conditions.ts';
import type { PolicyRevisionObject } from '../../../controllers/resources/types.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { Kube } from '../../helpers/kube.ts';
import { installTenet, type Operator } from './operator.ts';

/** The namespace of k8s/policy-revisions. */
export const policyNamespace = 'tenet-policies';

/** Installs what k8s ships, PolicyRevisions with it. */
export async function installPolicies(kube: Kube): Promise<void> {
  await installTenet(kube);
  await kube.kubectl('apply', '--server-side', '-k', 'k8s/policy-revisions');
  await kube.kubectl('wait', '--for=condition=Established', 'crd/policyrevisions.tenet.dev', '--timeout=30s');
}

/** A file of the policy directory, changed where a change is given: it must find what it changes. */
export function policyFile(file: string, change?: (text: string) => string): string {
  const text = readFileSync(new URL(`../../../policies/${file}`, import.meta.url), 'utf8');
  if (!change) return text;
  const changed = change(text);
  if (changed === text) throw new Error(`the change finds nothing in ${file}`);
  return changed;
}

/** The files of the kind of organization `teams`, some of them changed. */
export function teamsFiles(changes: Readonly<Record<string, (text: string) => string>> = {}): Record<string, string> {
  const names = ['policy.csv', 'tests.yaml', 'blueprint.yaml'];
  return Object.fromEntries(names.map((name) => [`blueprints/teams/${name}`, policyFile(`blueprints/teams/${name}`, changes[name])]));
}

/** Rows that say the same some lines further down: another revision by which nothing changes for anyone. */
export const moved = (lines: number): Record<string, string> => teamsFiles({ 'policy.csv': (text) => `${'#\n'.repeat(lines)}${text}` });

/** Administrators may not read the usage any more. */
export const withoutUsage = (): Record<string, string> =>
  teamsFiles({
    'policy.csv': (text) => text.replace('p, teams/org.admin, org, usage, read, allow\n', ''),
    'tests.yaml': (text) => text.replaceAll('usage: [create, read]', 'usage: [create]'),
  });

/** A PolicyRevision manifest for the kind `teams`. */
export function policyRevision(name: string, spec: object, namespace = policyNamespace): object {
  return {
    apiVersion: 'tenet.dev/v1alpha1',
    kind: 'PolicyRevision',
    metadata: { name, namespace },
    spec: { scopes: ['blueprint.teams'], reason: 'To see what comes of it', ...spec },
  };
}

/** Waits until the manifest has conditions like these of its present generation. */
export async function hasStages(
  operator: Operator,
  name: string,
  expected: Readonly<Record<string, Partial<Condition>>>,
  { namespace = policyNamespace, within = 60_000 } = {},
): Promise<PolicyRevisionObject & { readonly conditions: Readonly<Record<string, Condition>> }> {
  return eventually(async () => {
    const object = await operator.read<PolicyRevisionObject>(`policyrevisions/${namespace}/${name}`);
    const conditions = Object.fromEntries((object.status?.conditions ?? []).map((one) => [one.type, one]));
    for (const [type, condition] of Object.entries(expected)) {
      expect(conditions[type], JSON.stringify(object.status)).to.include(condition);
      expect(conditions[type]!.observedGeneration).to.equal(object.metadata.generation);
    }
    return { ...object, conditions };
  }, within);
}
