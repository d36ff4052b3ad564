import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type KeptType, keptType, type ResourceField } from '../authorization/policy/resource-types.ts';
import { NotFound } from '../base/errors.ts';
import { numberKey, type Page, type PageQuery, pageOf, readPage } from '../base/pages.ts';
import { type JsonSchema, schemaOf } from './field-schema.ts';

type LevelName = 'ORG' | 'PROJECT';
type ClassName = Uppercase<ResourceField['class']>;

/** A type of which the organization or its projects keep resources. */
export interface ResourceTypeView {
  readonly name: string;
  readonly title: string;
  readonly group?: string;
  readonly levels: LevelName[];
  readonly actions: { name: string; levels: LevelName[] }[];
  readonly fields: { name: string; title: string; class: ClassName; writeOnly: boolean }[];
  /** The schema of `data` for those who make and change resources. */
  readonly schema: JsonSchema;
}

/** A part of the hierarchy that a user interface shows, in its order. */
export interface ResourceGroupView {
  readonly name: string;
  readonly title: string;
  /** Resource types, by their names. */
  readonly types: string[];
  /** Resource types of the platform that belong there too. */
  readonly platformTypes: string[];
}

/** The types of which this kind of organization keeps resources, in its order. */
export async function listResourceTypes(actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<ResourceTypeView>> {
  const { organizationId } = input;
  const list = `resource types of ${organizationId}`;
  const page = readPage(input, list, numberKey);
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  return pageOf(keptTypes(blueprint).map(toView), page, list);
}

/** The groups in which a user interface shows the types, in the order of the blueprint. */
export async function listResourceGroups(actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<ResourceGroupView>> {
  const { organizationId } = input;
  const list = `resource groups of ${organizationId}`;
  const page = readPage(input, list, numberKey);
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  return pageOf(groupsOf(blueprint), page, list);
}

/** One type. Throws NotFound where this kind of organization keeps no such resources. */
export async function getResourceType(
  actor: Actor,
  { organizationId, resourceType }: { organizationId: string; resourceType: string },
): Promise<ResourceTypeView> {
  const type = findKept((await actor.engine({ organizationId })).blueprint!, resourceType);
  if (!type) throw new NotFound();
  return toView(type);
}

function keptTypes(blueprint: Blueprint): KeptType[] {
  return blueprint.resourceTypes.flatMap(({ name }) => findKept(blueprint, name) ?? []);
}

function findKept(blueprint: Blueprint, name: string): KeptType | undefined {
  return keptType(blueprint, name, 'org') ?? keptType(blueprint, name, 'project');
}

function toView(type: KeptType): ResourceTypeView {
  const { name, title, group, actions, fields } = type;
  return {
    name,
    title,
    ...(group !== undefined && { group }),
    levels: levelsOf(Object.values(actions).flat()),
    actions: Object.entries(actions).map(([action, levels]) => ({ name: action, levels: levelsOf(levels) })),
    fields: shownOrder(fields).map(toField),
    schema: schemaOf(type),
  };
}

const classes: readonly string[] = ['summary', 'detail', 'sensitive'];

/** What is in lists comes first. Revisions do not keep the order of the file. */
function shownOrder(fields: KeptType['fields']): [string, ResourceField][] {
  const rank = ([, field]: [string, ResourceField]) => classes.indexOf(field.class);
  return Object.entries(fields).sort((a, b) => rank(a) - rank(b) || (a[0] < b[0] ? -1 : 1));
}

function toField([name, { title = name, class: shown, writeOnly = false }]: [string, ResourceField]) {
  return { name, title, class: shown.toUpperCase() as ClassName, writeOnly };
}

function levelsOf(levels: readonly string[]): LevelName[] {
  return (['org', 'project'] as const).filter((level) => levels.includes(level)).map((level) => level.toUpperCase() as LevelName);
}

function groupsOf(blueprint: Blueprint): ResourceGroupView[] {
  const { resourceGroups = [] } = blueprint;
  const kept = keptTypes(blueprint);
  return resourceGroups.map(({ name, title, platformTypes = [] }) => ({
    name,
    title,
    types: kept.filter(({ group }) => group === name).map((type) => type.name),
    platformTypes,
  }));
}
