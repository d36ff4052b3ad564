import type { KubeObject, ResourceType } from '../../controllers/resources/resource.ts';
import type { Log } from '../../controllers/runtime/log.ts';
import { eventually } from './eventually.ts';
import type { Kube } from './kube.ts';

/** What the tests' own kind of object says. */
export interface WidgetSpec {
  readonly size?: number;
  readonly text?: string;
}

export type Widget = KubeObject<WidgetSpec>;

/** A type of widgets for one suite: its own group, so that suites can share a server. */
export const widgetType = (suite: string): ResourceType => ({
  group: `${suite}.test.tenet.dev`,
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
});

/** Installs the CRD of the type and waits until the server serves it. */
export async function installWidgets(kube: Kube, type: ResourceType): Promise<void> {
  await kube.apply(widgetCrd(type));
  await kube.kubectl('wait', '--for=condition=Established', `crd/widgets.${type.group}`, '--timeout=30s');
  await eventually(() => kube.kubectl('get', `widgets.${type.group}`), 30_000);
}

/** A manifest of a widget in the namespace `default`. */
export function widget(type: ResourceType, name: string, spec: WidgetSpec = { size: 1 }, metadata: object = {}): object {
  return { apiVersion: `${type.group}/v1`, kind: 'Widget', metadata: { name, namespace: 'default', ...metadata }, spec };
}

export function widgetCrd(type: ResourceType): object {
  const condition = {
    type: 'object',
    required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
    properties: {
      type: { type: 'string' },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      observedGeneration: { type: 'integer', format: 'int64' },
      lastTransitionTime: { type: 'string', format: 'date-time' },
      reason: { type: 'string', minLength: 1 },
      message: { type: 'string', maxLength: 32768 },
    },
  };
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { size: { type: 'integer' }, text: { type: 'string' } } },
      status: {
        type: 'object',
        properties: {
          observedGeneration: { type: 'integer', format: 'int64' },
          size: { type: 'integer' },
          conditions: { type: 'array', items: condition, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
        },
      },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${type.group}` },
    spec: {
      group: type.group,
      scope: 'Namespaced',
      names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
      versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/** Gives the controller's user what it needs for the type and not one verb more. */
export async function grantWidgets(kube: Kube, type: ResourceType): Promise<void> {
  const name = `widgets.${type.group}`;
  const role = (kind: string, rules: object[], metadata: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules });
  const binding = (kind: string, roleKind: string, metadata: object) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name },
    subjects: [{ kind: 'ServiceAccount', name: 'tenet-controller', namespace: 'tenet-system' }],
  });
  const clusterRules = [
    { apiGroups: [type.group], resources: ['widgets'], verbs: ['get', 'list', 'watch', 'patch'] },
    { apiGroups: [type.group], resources: ['widgets/status'], verbs: ['patch'] },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
  ];
  const leaseRules = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }];
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenet-system' } });
  await kube.apply(
    role('ClusterRole', clusterRules, { name }),
    binding('ClusterRoleBinding', 'ClusterRole', { name }),
    role('Role', leaseRules, { name, namespace: 'tenet-system' }),
    binding('RoleBinding', 'Role', { name, namespace: 'tenet-system' }),
  );
}

/** A logger that keeps what it is told. */
export function memoryLog(): Log & { readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] } {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
