import { z } from 'zod';
import { title, word } from './blueprint-words.ts';
import type { Level } from './domain.ts';
import { limits, recordOf } from './limits.ts';

const fieldName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,62}$/, 'must be a name such as apiVersion: letters and digits, the first one a small letter');
const choice = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'must be 1 to 63 letters, digits, dots, underscores and hyphens');

/** A part of what Tenet keeps of a resource: who is shown it, and what it may be. */
const fieldSchema = z
  .strictObject({
    title: title.optional(),
    /** `summary` is in lists, `detail` is for those who may read the resource, and `sensitive` for those to whom it is revealed. */
    class: z.enum(['summary', 'detail', 'sensitive']),
    /** A `reference` is the id of another resource, or of a service account. */
    type: z.enum(['string', 'url', 'integer', 'number', 'boolean', 'enum', 'array', 'object', 'reference']),
    /** What an enum may be. */
    values: z.array(choice).min(1).max(limits.fieldValues).optional(),
    /** The types that a reference may name: resource types with fields, and `service-account`. */
    to: z.array(word).min(1).max(limits.fieldTargets).optional(),
    /** No operation shows it again. */
    writeOnly: z.boolean().optional(),
    required: z.boolean().optional(),
  })
  .refine(({ type, values }) => (type === 'enum') === (values !== undefined), {
    path: ['values'],
    message: 'must be there for an enum, and for nothing else',
  })
  .refine(({ values = [] }) => new Set(values).size === values.length, { path: ['values'], message: 'must name each value once' })
  .refine(({ type, to }) => (type === 'reference') === (to !== undefined), {
    path: ['to'],
    message: 'must be there for a reference, and for nothing else',
  })
  .refine(({ to = [] }) => new Set(to).size === to.length, { path: ['to'], message: 'must name each type once' })
  .refine((field) => field.type !== 'reference' || field.class !== 'sensitive', {
    path: ['class'],
    message: 'must be summary or detail for a reference: it is an id, and shows nothing of what it names',
  })
  .refine((field) => !field.writeOnly || field.class === 'sensitive', {
    path: ['writeOnly'],
    message: 'must be left out unless the class is sensitive: other fields are shown',
  });

/** What can be asked about things of this kind, and what Tenet keeps of them. */
export const resourceTypeSchema = z
  .strictObject({
    name: word,
    title,
    /** Where a user interface shows it: one of the resourceGroups. It decides nothing. */
    group: word.optional(),
    /** What a resource of this type holds besides its name and its labels. Where it is absent, Tenet keeps none: the type is there to be asked about. */
    fields: recordOf(fieldName, fieldSchema, limits.fields).optional(),
    actions: recordOf(
      word,
      z
        .array(z.enum(['org', 'project']))
        .min(1)
        .max(2),
      limits.actions,
    ),
    /** Whether an organization may switch off the type, or one resource of it. */
    restrictable: z.literal(true).optional(),
    /** Where it may be off: in all projects unless this says more. */
    visibility: z
      .array(z.enum(['all-projects', 'listed-projects']))
      .min(1)
      .max(2)
      .optional(),
  })
  .superRefine(({ fields, actions }, context) => {
    if (fields === undefined) return;
    const isRevealed = Object.hasOwn(actions, 'reveal');
    const readable = Object.entries(fields).filter(([, field]) => field.class === 'sensitive' && !field.writeOnly);
    for (const [name] of readable) {
      if (isRevealed) continue;
      const message = 'must be there, or the type needs the action reveal: else this field is shown to nobody';
      context.addIssue({ code: 'custom', path: ['fields', name, 'writeOnly'], message });
    }
    if (isRevealed && readable.length === 0) {
      const message = 'must be left out where no field is sensitive and may be shown';
      context.addIssue({ code: 'custom', path: ['actions', 'reveal'], message });
    }
  });

/** A part of the hierarchy that a user interface shows: types that name it, and resource types of the platform. */
export const resourceGroupSchema = z.strictObject({
  name: word,
  title,
  /** Resource types of the platform that belong there too, such as `member`. */
  platformTypes: z.array(word).max(limits.resourceTypes).optional(),
});

/** A resource type of a blueprint. */
export type ResourceType = z.infer<typeof resourceTypeSchema>;

/** A field of a resource type. */
export type ResourceField = z.infer<typeof fieldSchema>;

/** A resource type of which Tenet keeps resources. */
export type KeptType = ResourceType & { readonly fields: Readonly<Record<string, ResourceField>> };

/** A part of the hierarchy. */
export type ResourceGroup = z.infer<typeof resourceGroupSchema>;

interface Types {
  readonly projects?: unknown;
  readonly resourceTypes: readonly ResourceType[];
  readonly resourceGroups?: readonly ResourceGroup[] | undefined;
}

/** Types and groups are named once, and each type is in a group that there is. */
export function reportResourceTypes({ resourceTypes, resourceGroups = [], projects }: Types, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [member, list] of Object.entries({ resourceTypes, resourceGroups })) {
    const seen = new Set<string>();
    for (const [index, { name }] of list.entries()) {
      if (seen.size === seen.add(name).size) issue([member, index], `${name} is listed twice`);
    }
  }
  const groups = new Set(resourceGroups.map(({ name }) => name));
  for (const [index, { group }] of resourceTypes.entries()) {
    if (group !== undefined && !groups.has(group)) issue(['resourceTypes', index, 'group'], `must be one of resourceGroups, not ${group}`);
  }
  reportVisibility({ resourceTypes, projects }, context);
  reportReferences(resourceTypes, context);
}

/** What a reference names in the place of a resource type. */
export const serviceAccountTarget = 'service-account';

/** A reference names what there is. */
function reportReferences(resourceTypes: Types['resourceTypes'], context: z.RefinementCtx): void {
  const kept = new Set(resourceTypes.flatMap(({ name, fields }) => (fields ? [name] : [])));
  for (const [index, { fields = {} }] of resourceTypes.entries()) {
    for (const [name, { to = [] }] of Object.entries(fields)) {
      for (const [at, target] of to.entries()) {
        if (kept.has(target) || target === serviceAccountTarget) continue;
        const message = `must be a resource type of this file that has fields, or ${serviceAccountTarget}, and ${target} is neither`;
        context.addIssue({ code: 'custom', path: ['resourceTypes', index, 'fields', name, 'to', at], message });
      }
    }
  }
}

/** Where something is off is said of what can be, and projects are listed where there are some. */
function reportVisibility({ resourceTypes, projects }: Types, context: z.RefinementCtx): void {
  for (const [index, { restrictable, visibility }] of resourceTypes.entries()) {
    const report = (message: string) => context.addIssue({ code: 'custom', path: ['resourceTypes', index, 'visibility'], message });
    if (visibility && !restrictable) report('must be left out of a type that is not restrictable');
    if (visibility?.includes('listed-projects') && projects === 'none') report('must not be listed-projects where there are no projects');
  }
}

/** Where a type, or a resource of it, may be switched off. */
export function visibilityOf({ visibility = ['all-projects'] }: Pick<ResourceType, 'visibility'>): NonNullable<ResourceType['visibility']> {
  return visibility;
}

/** The type of this name of which Tenet keeps resources at this level; undefined for every other text. */
export function keptType(blueprint: Types | undefined, name: string, level: Level): KeptType | undefined {
  const type = blueprint?.resourceTypes.find((candidate) => candidate.name === name);
  if (type?.fields === undefined || level === 'platform') return undefined;
  return Object.values(type.actions).some((levels) => levels.includes(level)) ? (type as KeptType) : undefined;
}
