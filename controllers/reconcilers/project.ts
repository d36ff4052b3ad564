import { setTimeout as pause } from 'node:timers/promises';
import type { ManifestContext } from '../../core/manifests/apply.ts';
import { applyProject, releaseProject } from '../../core/manifests/project.ts';
import { type ConditionInput, retrying } from '../resources/conditions.ts';
import { keyOf } from '../resources/resource.ts';
import {
  finalizer,
  namespaceType,
  type OrganizationObject,
  organizationType,
  type ProjectObject,
  projectType,
} from '../resources/types.ts';
import type { Outcome, Reconciler, Request } from '../runtime/reconciler.ts';
import type { Source } from '../runtime/source.ts';
import { admits, desiredProject, notAdmitted } from './desired.ts';
import { deletionOf, refOf } from './organization.ts';
import { news, nothingToObserve, outcomeOf, refusal } from './report.ts';
import { namesSecrets, resourcesOf, type Secrets } from './secrets.ts';

/** Makes the database like the Project objects of a source. `context` is that of the present term. */
export function projectReconciler(
  source: Source,
  context: (fence: number) => Promise<ManifestContext>,
  secrets?: Secrets,
): Reconciler<ProjectObject> {
  return {
    type: projectType,
    finalizer,

    async reconcile({ object, deleting, fence }: Request<ProjectObject>, signal: AbortSignal): Promise<Outcome> {
      try {
        if (deleting) {
          const manifests = await context(fence);
          await releaseProject(manifests, refOf(object, manifests), deletionOf(object));
          return { conditions: [], finalizer: 'release' };
        }
        return await bring(object, fence, signal);
      } catch (error) {
        return refusal(object, error);
      }
    },

    /** An Organization that appears or changes its consent, and a namespace whose labels change, concern the Projects in them. */
    concerns(type, object) {
      if (type === organizationType) return source.byIndex(projectType, 'organization', object.metadata.name).map(keyOf);
      if (type === namespaceType) return source.byIndex(projectType, 'namespace', object.metadata.name).map(keyOf);
      return [];
    },
  };

  async function bring(object: ProjectObject, fence: number, signal: AbortSignal): Promise<Outcome> {
    const spec = object.spec!;
    const { name } = spec.organizationRef;
    const organization = source.get(organizationType, name) as OrganizationObject | undefined;
    if (!organization || organization.metadata.deletionTimestamp) {
      return waiting(object, 'ResolvedRefs', 'OrganizationNotFound', `There is no Organization ${name}. The Project waits for it.`);
    }
    const namespace = object.metadata.namespace!;
    if (!admits(organization.spec!, source.get(namespaceType, namespace)?.metadata.labels ?? {}))
      return waiting(object, 'Accepted', 'NotAllowedByOrganization', notAdmitted(name, namespace));
    await firstPassOf(name, signal);
    const desired = { ...desiredProject({ metadata: object.metadata, spec }), resources: await resourcesOf(object, secrets, signal) };
    const manifests = await context(fence);
    const ref = refOf(object, manifests);
    const { result, done } = await applyProject(manifests, {
      ...desired,
      ref,
      organization: { uid: organization.metadata.uid, name },
      isNew: object.status?.id === undefined,
    });
    const { id, organizationId, slug, memberCount } = result;
    if (organizationId === undefined)
      return waiting(
        object,
        'ResolvedRefs',
        'OrganizationNotReady',
        `The Organization ${name} is not in the database yet. The Project waits for it.`,
        500,
      );
    if (id === undefined)
      return {
        conditions: retrying('NotFound', nothingToObserve('project', `organizations/${organizationId}/projects/<id>`, ref)),
        requeueAfter: 60_000,
      };
    const statusFields = { id, slug, organizationID: organizationId, memberCount };
    const outcome = outcomeOf(object, { subject: `The project ${slug}`, statusFields, result, desired: desired.members, done });
    const resolved: ConditionInput = {
      type: 'ResolvedRefs',
      status: 'True',
      reason: 'ResolvedRefs',
      message: `The Organization ${name} was found.`,
    };
    // No event tells of a Secret: following them would need the right to read them all.
    const looksAgain = secrets !== undefined && namesSecrets(object);
    const requeueAfter = looksAgain ? Math.min(outcome.requeueAfter ?? secrets.lookAgain, secrets.lookAgain) : outcome.requeueAfter;
    return { ...outcome, conditions: [resolved, ...outcome.conditions], ...(requeueAfter !== undefined && { requeueAfter }) };
  }

  /**
   * An Organization that is applied together with its Projects comes first: waiting a moment costs less than asking the database in
   * vain for each of them, and saying so in their status. One that has had its pass, however it ended, is not waited for.
   */
  async function firstPassOf(name: string, signal: AbortSignal): Promise<void> {
    for (let waited = 0; waited < 5_000 && !signal.aborted; waited += 50) {
      const found = source.get(organizationType, name) as OrganizationObject | undefined;
      if (!found || found.status?.conditions?.some(({ type }) => type === 'Synced')) return;
      await pause(50, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The Project can do nothing but wait. A change of the object that it waits for wakes it; `requeueAfter` is for what is no change of an object. */
function waiting(object: ProjectObject, type: string, reason: string, message: string, requeueAfter?: number): Outcome {
  const condition: ConditionInput = { type, status: 'False', reason, message };
  return {
    conditions: [condition, ...retrying(reason, message)],
    events: news(object, { type: 'Warning', reason, note: message }),
    ...(requeueAfter === undefined ? {} : { requeueAfter }),
  };
}
