import type { ManifestContext, ManifestRef } from '../../core/manifests/apply.ts';
import { applyOrganization } from '../../core/manifests/organization.ts';
import { releaseOrganization } from '../../core/manifests/organization-release.ts';
import { retrying } from '../resources/conditions.ts';
import type { KubeObject } from '../resources/resource.ts';
import { keyOf } from '../resources/resource.ts';
import { finalizer, type OrganizationObject, organizationType, type ProjectObject, projectType } from '../resources/types.ts';
import type { Outcome, Reconciler, Request } from '../runtime/reconciler.ts';
import type { Source } from '../runtime/source.ts';
import { desiredOrganization } from './desired.ts';
import { nothingToObserve, outcomeOf, refusal } from './report.ts';

/** Milliseconds until it is seen whether the projects of an organization have all been made, and for how long nothing else is looked at meanwhile. */
const whileProjectsCome = { lookMs: 2_000, patienceMs: 60_000, thenMs: 15_000 };

/** Makes the database like the Organization objects of a source. `context` is that of the present term. */
export function organizationReconciler(
  source: Source,
  context: (fence: number) => Promise<ManifestContext>,
): Reconciler<OrganizationObject> {
  return {
    type: organizationType,
    finalizer,

    async reconcile({ object, deleting, fence }: Request<OrganizationObject>): Promise<Outcome> {
      if (!deleting && wasJustReported(object) && expectsProjects(object.metadata.name)) return asReported(object);
      try {
        return deleting ? await remove(object, await context(fence)) : await bring(object, await context(fence));
      } catch (error) {
        return refusal(object, error);
      }
    },

    /** A Project that goes may be the last one that an Organization waits for. */
    concerns(type, object) {
      if (type !== projectType) return [];
      const name = (object as ProjectObject).spec?.organizationRef.name;
      return name === undefined ? [] : [name];
    },
  };

  async function bring(object: OrganizationObject, manifests: ManifestContext): Promise<Outcome> {
    const { spec, metadata } = object;
    // Asked before they are counted: one that comes in between is counted next time.
    const isExpecting = expectsProjects(metadata.name);
    const desired = desiredOrganization({ metadata, spec: spec! });
    const { result, done } = await applyOrganization(manifests, {
      ...desired,
      ref: refOf(object, manifests),
      isNew: object.status?.id === undefined,
    });
    const { id, slug, blueprint, memberCount, projectCount } = result;
    if (id === undefined)
      return {
        conditions: retrying('NotFound', nothingToObserve('organization', 'organizations/<id>', refOf(object, manifests))),
        requeueAfter: 60_000,
      };
    const statusFields = { id, slug, blueprint, memberCount, projectCount };
    const outcome = outcomeOf(object, { subject: `The organization ${slug}`, statusFields, result, desired: desired.members, done });
    if (!isExpecting) return outcome;
    return { ...outcome, requeueAfter: id === object.status?.id ? whileProjectsCome.thenMs : whileProjectsCome.lookMs };
  }

  /** Whether there are Projects that will soon be in the database, so that `projectCount` is not yet what it will be. */
  function expectsProjects(name: string): boolean {
    return (source.byIndex(projectType, 'organization', name) as readonly ProjectObject[]).some(({ status }) => {
      const synced = status?.conditions?.find(({ type }) => type === 'Synced');
      return synced === undefined || synced.reason.startsWith('OrganizationNot');
    });
  }

  /** Projects first: an organization that goes must not leave manifests with a project in it. Those that only name it may stay. */
  async function remove(object: OrganizationObject, manifests: ManifestContext): Promise<Outcome> {
    const named = source.byIndex(projectType, 'organization', object.metadata.name);
    const uids = named.map(({ metadata }) => metadata.uid);
    const inIt = new Set(await releaseOrganization(manifests, refOf(object, manifests), deletionOf(object), uids));
    if (inIt.size === 0) return { conditions: [], finalizer: 'release' };
    const projects = named
      .filter(({ metadata }) => inIt.has(metadata.uid))
      .map(keyOf)
      .sort();
    const shown = projects.slice(0, 10).join(', ');
    const message = `Delete these Projects first: ${shown}${projects.length > 10 ? ` and ${projects.length - 10} more` : ''}.`;
    return { conditions: retrying('ProjectsExist', message), finalizer: 'keep', requeueAfter: 60_000 };
  }
}

/** Whether the status says, and has not said for long, that this state of the manifest has been carried out. */
function wasJustReported({ metadata, status }: OrganizationObject): boolean {
  const synced = status?.conditions?.find(({ type }) => type === 'Synced');
  if (synced?.status !== 'True' || synced.observedGeneration !== metadata.generation) return false;
  // The clock of another replica may have been ahead.
  const age = Date.now() - Date.parse(synced.lastTransitionTime);
  return age >= 0 && age < whileProjectsCome.patienceMs;
}

/** The status as it is. Each Project that comes changes what is counted; they are counted once, when all have come. */
function asReported({ status }: OrganizationObject): Outcome {
  return { conditions: status?.conditions ?? [], requeueAfter: whileProjectsCome.lookMs };
}

/** An object that may only observe deletes nothing either. */
export function deletionOf({ spec }: OrganizationObject | ProjectObject): 'Retain' | 'Archive' | 'Delete' {
  return spec!.managementPolicy === 'Full' ? spec!.deletionPolicy : 'Retain';
}

/** The object as core knows manifests. */
export function refOf({ kind, metadata }: KubeObject, { cluster }: ManifestContext): ManifestRef {
  const { namespace, name, uid, generation = 0 } = metadata;
  return { cluster, kind: kind as ManifestRef['kind'], ...(namespace === undefined ? {} : { namespace }), name, uid, generation };
}
