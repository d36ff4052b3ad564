import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject } from '../../core/base/objects.ts';
import { packageRoot } from '../../core/base/package-root.ts';
import { apiVersionOf, type ResourceType } from '../resources/resource.ts';
import { organizationType, projectType } from '../resources/types.ts';
import { type ManifestMetadata, metadataFaults, readMetadata, unknownMetadata, unreadable } from './metadata.ts';
import { compile, type Fault, type Schema, type Validator } from './schema.ts';

/** A manifest as it is kept: what somebody wrote, with defaults. */
export interface Manifest {
  readonly metadata: ManifestMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What became of one document. `foreign`: it is none of ours. */
export type Judgement =
  | {
      readonly outcome: 'accepted';
      readonly type: ResourceType;
      readonly uid: string;
      readonly specHash: string;
      readonly manifest: Manifest;
    }
  | { readonly outcome: 'refused'; readonly faults: readonly Fault[] }
  | { readonly outcome: 'foreign'; readonly what: string };

/** Checks manifests as an API server with our CRDs would. */
export interface Judge {
  /** `before`: what was accepted under the same uid. */
  judge(value: unknown, before?: Manifest): Judgement;
  /** The uid that a document will have, if it is one of ours that says its name. */
  uidOf(value: unknown): string | undefined;
  /** The status that an object has before anybody looked at it. */
  pending(type: ResourceType): unknown;
}

const types = [organizationType, projectType];

/** Reads the CRDs. Throws when one of their rules is not restated here. */
export function createJudge(): Judge {
  const validators = new Map(types.map((type) => [type, compile(schemaOf(type))]));
  return {
    judge: (value, before) => judge(validators, value, before),
    uidOf(value) {
      const type = typeOf(value);
      return type && !unreadable(fieldsOf(value)['metadata']) ? uidOf(type, metadataOf(type, value)) : undefined;
    },
    pending: (type) => (validators.get(type)!.prepare({}) as { status?: unknown }).status,
  };
}

/** The openAPIV3Schema of our CRD for a type. */
export function schemaOf(type: ResourceType): Schema {
  const { spec } = parse(readFileSync(new URL(`k8s/crds/${type.plural}.yaml`, packageRoot), 'utf8'));
  const version = spec.versions.find(({ name }: { name: string }) => name === type.version);
  return version.schema.openAPIV3Schema;
}

/** The same for the same kind, namespace and name, for ever: a uuid of version 8 (RFC 9562) made of their hash. */
export function uidOf(type: ResourceType, { namespace = '', name }: ManifestMetadata): string {
  const hash = createHash('sha256').update(`tenet.dev/${type.kind}/${namespace}/${name}`).digest('hex');
  const variant = ((Number.parseInt(hash[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function judge(validators: ReadonlyMap<ResourceType, Validator>, value: unknown, before: Manifest | undefined): Judgement {
  const refuse = (...faults: Fault[]): Judgement => ({ outcome: 'refused', faults });
  if (!isObject(value)) return refuse({ path: [], text: 'a manifest must be an object' });
  const { apiVersion, kind } = fieldsOf(value);
  if (typeof apiVersion !== 'string' || apiVersion === '') return refuse({ path: [], text: 'apiVersion is not set' });
  if (typeof kind !== 'string' || kind === '') return refuse({ path: [], text: 'kind is not set' });
  const type = typeOf(value);
  if (!type) {
    // Other tools' files may lie beside ours; but a misspelt name of ours must not be passed over.
    const ours = apiVersion.startsWith('tenet.dev/') || types.some((known) => known.kind === kind);
    if (!ours) return { outcome: 'foreign', what: `${kind} of ${apiVersion}` };
    return refuse({ path: ['kind'], text: `no matches for kind "${kind}" in version "${apiVersion}"` });
  }
  const blocked = unreadable(fieldsOf(value)['metadata']);
  if (blocked) return refuse(blocked);
  const validator = validators.get(type)!;
  const unknown = [...unknownMetadata(fieldsOf(value)['metadata'] as object), ...validator.unknown(value)];
  if (unknown.length > 0) return refuse(...unknown);

  const metadata = metadataOf(type, value);
  const { status: _status, ...given } = fieldsOf(value);
  const prepared = validator.prepare({ ...given, metadata }) as { spec: Manifest['spec'] };
  const faults = [...metadataFaults(metadata), ...validator.check(prepared, before)];
  if (faults.length > 0) return refuse(...faults);
  const { spec } = prepared;
  return { outcome: 'accepted', type, uid: uidOf(type, metadata), specHash: hashOf(spec), manifest: { metadata, spec } };
}

const fieldsOf = (value: unknown): Record<string, unknown> => value as Record<string, unknown>;

function typeOf(value: unknown): ResourceType | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { apiVersion, kind } = fieldsOf(value);
  return types.find((type) => type.kind === kind && apiVersionOf(type) === apiVersion);
}

const metadataOf = (type: ResourceType, value: unknown): ManifestMetadata =>
  readMetadata(fieldsOf(value)['metadata'] as Record<string, unknown>, type.namespaced);

/** The order of fields says nothing. */
function hashOf(spec: unknown): string {
  const sorted = JSON.stringify(spec, (_, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}
