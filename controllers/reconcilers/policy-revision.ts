import { InvalidInput } from '../../core/base/errors.ts';
import type { ManifestContext } from '../../core/manifests/apply.ts';
import { bringPolicy, type PolicyManifest, type PolicyServices } from '../../core/manifests/policy-revision.ts';
import { retrying, stalled } from '../resources/conditions.ts';
import type { KubeObject } from '../resources/resource.ts';
import { keyOf } from '../resources/resource.ts';
import { type PolicyRevisionObject, type PolicyRevisionSpec, policyRevisionType } from '../resources/types.ts';
import type { Outcome, Reconciler, Request } from '../runtime/reconciler.ts';
import type { Source } from '../runtime/source.ts';
import { ConfigMapMissing, type ReadConfigMap, readFiles } from './policy-files.ts';
import { notReached, outcomeOfPolicy } from './policy-report.ts';
import { news, refusal } from './report.ts';

/** Where such manifests count, and how ConfigMaps beside them are read. */
export interface PolicyNamespace {
  readonly namespace: string;
  readonly readConfigMap: ReadConfigMap;
}

/** Milliseconds until what no object tells of is looked at again: what is in force, ConfigMaps, an older manifest that goes. */
const lookAgain = 15_000;

/** Brings policies to what the PolicyRevision objects of one namespace say. `context` is that of the present term. */
export function policyRevisionReconciler(
  source: Source,
  context: (fence: number) => Promise<ManifestContext>,
  { namespace, readConfigMap }: PolicyNamespace,
  services: Pick<PolicyServices, 'reviewer' | 'planner' | 'keys'>,
): Reconciler<PolicyRevisionObject> {
  const all = (): readonly PolicyRevisionObject[] => source.list(policyRevisionType) as readonly PolicyRevisionObject[];
  const present = (): string[] => all().map(({ metadata }) => metadata.uid);
  const own: PolicyServices = { ...services, present, refused: new Map() };
  return {
    type: policyRevisionType,

    async reconcile({ object, fence }: Request<PolicyRevisionObject>, signal): Promise<Outcome> {
      if (object.metadata.namespace !== namespace) return ignored(object, namespace);
      const older = ownerBefore(object, all());
      if (older !== undefined) return conflict(object, older);
      try {
        const files = await readFiles(object, readConfigMap, signal);
        const manifests = await context(fence);
        return outcomeOfPolicy(object, await bringPolicy(manifests, own, manifestOf(object, files)), lookAgain);
      } catch (error) {
        return refusalOf(object, error);
      }
    },
  };
}

function manifestOf({ metadata, spec }: PolicyRevisionObject, files: Readonly<Record<string, string>>): PolicyManifest {
  const { namespace, name, uid, generation = 0 } = metadata;
  const { scopes, reason, gitCommit, signatures = [], activate, planFailOn = [], approvedPlan } = spec!;
  const stage = stageOf(spec!);
  const ref = { kind: policyRevisionType.kind, namespace: namespace!, name, uid, generation };
  return { ref, scopes, files, signatures, reason, gitCommit, activate: activate === 'WhenPlanned', stage, planFailOn, approvedPlan };
}

function stageOf({ stage, canary }: PolicyRevisionSpec): PolicyManifest['stage'] {
  if (stage === 'All') return undefined;
  if (stage === 'Shadow') return { name: stage };
  return { name: stage, canary: { share: canary?.share, organizationIds: canary?.organizationIDs } };
}

/** Files that cannot be had, and what the API would refuse; anything else is thrown on. */
function refusalOf(object: PolicyRevisionObject, error: unknown): Outcome {
  if (error instanceof ConfigMapMissing) {
    const { message } = error;
    return {
      conditions: [...notReached('ConfigMapNotFound', message), ...retrying('ConfigMapNotFound', message)],
      requeueAfter: lookAgain,
    };
  }
  const { conditions, ...outcome } = refusal(object, error);
  const { reason, message } = conditions.find(({ type }) => type === 'Ready')!;
  const isOfSpec = error instanceof InvalidInput;
  return {
    ...outcome,
    conditions: [...notReached(reason, message), ...conditions],
    ...(isOfSpec && object.spec?.filesFrom !== undefined && { requeueAfter: lookAgain }),
  };
}

/** The manifest that owns one of the scopes before this one: the older one, and of the same age the first by its uid. */
function ownerBefore(object: PolicyRevisionObject, all: readonly PolicyRevisionObject[]): PolicyRevisionObject | undefined {
  const scopes = new Set(object.spec!.scopes);
  const { namespace, uid } = object.metadata;
  const isBefore = (a: KubeObject, b: KubeObject): boolean => {
    const [one, other] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp ?? ''} ${metadata.uid}`);
    return one! < other!;
  };
  const others = all.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      metadata.uid !== uid &&
      metadata.deletionTimestamp === undefined &&
      spec!.scopes.some((scope) => scopes.has(scope)),
  );
  return others.filter((other) => isBefore(other, object)).sort((a, b) => (isBefore(a, b) ? -1 : 1))[0];
}

function conflict(object: PolicyRevisionObject, older: PolicyRevisionObject): Outcome {
  const shared = object.spec!.scopes.filter((scope) => older.spec!.scopes.includes(scope)).join(', ');
  const message = `PolicyRevision ${keyOf(older)} is older and says what is in force of ${shared}. Change that one, or delete it first.`;
  return refused(object, 'Conflict', message, { requeueAfter: lookAgain });
}

function ignored(object: PolicyRevisionObject, namespace: string): Outcome {
  const message = `Only PolicyRevisions of the namespace ${namespace} count (TENET_POLICY_NAMESPACE of Tenet). Nothing was done.`;
  return refused(object, 'NamespaceNotAllowed', message);
}

function refused(object: PolicyRevisionObject, reason: string, message: string, more: Pick<Outcome, 'requeueAfter'> = {}): Outcome {
  return {
    conditions: [...notReached(reason, message), ...stalled(reason, message)],
    events: news(object, { type: 'Warning', reason, note: message }),
    ...more,
  };
}
