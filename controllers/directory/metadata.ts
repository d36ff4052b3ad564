import type { Fault } from './schema.ts';

/** The part of a manifest's metadata that counts; the rest is a server's business. */
export interface ManifestMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The fields of Kubernetes' ObjectMeta; a server refuses others. */
const known: readonly string[] = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'finalizers',
  'ownerReferences',
  'managedFields',
  'selfLink',
];

interface Form {
  readonly pattern: RegExp;
  readonly longest: number;
  readonly sentence: string;
}

/** How parts of metadata must look, in a server's words. */
const form = (pattern: string, longest: number, sentence: string, examples: string, shown = pattern): Form => ({
  pattern: new RegExp(`^${pattern}$`),
  longest,
  sentence: `${sentence}, and must start and end with an alphanumeric character (e.g. ${examples}, regex used for validation is '${shown}')`,
});
const labelPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const forms = {
  subdomain: form(
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*',
    253,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'",
    "'example.com'",
  ),
  namespace: form(
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?',
    63,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'",
    "'my-name',  or '123-abc'",
  ),
  label: form(
    labelPart,
    63,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'",
    "'MyValue',  or 'my_value',  or '12345'",
    `(${labelPart})?`,
  ),
  name: form(labelPart, 63, "must consist of alphanumeric characters, '-', '_' or '.'", "'MyName',  or 'my.name',  or '123-abc'"),
};

/** What keeps metadata from being read at all: a server says only the first such thing. */
export function unreadable(metadata: unknown): Fault | undefined {
  const type = goType(metadata);
  if (type !== 'object') return cannot(type, '', 'v1.ObjectMeta');
  const { labels, annotations, ...rest } = metadata as Record<string, unknown>;
  for (const field of ['name', 'namespace']) {
    const value = rest[field];
    if (value !== undefined && value !== null && typeof value !== 'string') return cannot(goType(value), `.${field}`, 'string');
  }
  for (const [field, map] of Object.entries({ annotations, labels })) {
    if (map === undefined || map === null) continue;
    if (goType(map) !== 'object') return cannot(goType(map), `.${field}`, 'map[string]string');
    const wrong = Object.values(map).find((value) => value !== null && typeof value !== 'string');
    if (wrong !== undefined) return cannot(goType(wrong), `.${field}`, 'string');
  }
  if (!rest['name']) return { path: ['metadata', 'name'], text: 'resource name may not be empty' };
  return undefined;
}

const cannot = (type: string, field: string, wanted: string): Fault => ({
  path: ['metadata', ...field.split('.').slice(1)],
  text: `json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata${field} of type ${wanted}`,
});

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null || value === undefined ? 'null' : typeof value;
}

/** Fields that no metadata has. */
export function unknownMetadata(metadata: object): Fault[] {
  const names = Object.keys(metadata).filter((name) => !known.includes(name));
  return names.map((name) => ({ path: ['metadata', name], text: `unknown field "metadata.${name}"` }));
}

/** Names that are not well-formed. */
export function metadataFaults({ name, namespace, labels = {}, annotations = {} }: ManifestMetadata): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, value: string, sentence: string): void => {
    faults.push({ path: ['metadata', field], text: `metadata.${field}: Invalid value: "${value}": ${sentence}` });
  };
  const check = (field: string, whole: string, part: string, form: Form, before = ''): void => {
    if (part.length > form.longest) fault(field, whole, `${before}must be no more than ${form.longest} bytes`);
    else if (!form.pattern.test(part)) fault(field, whole, `${before}${form.sentence}`);
  };
  check('name', name, name, forms.subdomain);
  if (namespace !== undefined) check('namespace', namespace, namespace, forms.namespace);
  for (const [field, map] of Object.entries({ labels, annotations })) {
    for (const key of Object.keys(map)) {
      const slash = key.lastIndexOf('/');
      if (slash >= 0) check(field, key, key.slice(0, slash), forms.subdomain, 'prefix part ');
      check(field, key, key.slice(slash + 1), forms.name, 'name part ');
    }
  }
  for (const value of Object.values(labels)) if (value !== '') check('labels', value, value, forms.label);
  return faults;
}

/** What counts of metadata that can be read; nulls count as left out. */
export function readMetadata(metadata: Readonly<Record<string, unknown>>, namespaced: boolean): ManifestMetadata {
  const { name, namespace, labels, annotations } = metadata as {
    name: string;
    namespace?: string | null;
    labels?: Record<string, string | null> | null;
    annotations?: Record<string, string | null> | null;
  };
  const texts = (map: Record<string, string | null>) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? '']));
  return {
    name,
    ...(namespaced && { namespace: namespace || 'default' }),
    ...(labels && { labels: texts(labels) }),
    ...(annotations && { annotations: texts(annotations) }),
  };
}
