import { levelOf, permissionsOf, type Role, type RolePermission } from '../access/roles.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { Blueprint as Definition } from '../authorization/policy/blueprint.ts';
import { visibilityOf } from '../authorization/policy/resource-types.ts';
import { type Head, listHeads } from '../authorization/store/revisions.ts';
import { NotFound } from '../base/errors.ts';
import { type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import type { Db } from '../database/database.ts';

/** A kind of organization in a list; `revision` is the one of its policy that is in force. */
export interface BlueprintSummary {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly revision: number;
  /** Only where no new organizations of this kind are founded. */
  readonly retired?: true;
}

interface ResourceType {
  readonly name: string;
  readonly title: string;
  readonly actions: string[];
  readonly levels: Role['level'][];
  /** Where an organization may switch it off; absent where it may not. */
  readonly restrictable?: ('ALL_PROJECTS' | 'LISTED_PROJECTS')[];
}

/** The shape of a kind of organization, as data. */
export interface Blueprint extends BlueprintSummary {
  readonly topRole: string;
  readonly lowestRole: string;
  readonly roles: { id: string; title: string; description: string; level: Role['level'] }[];
  readonly resourceTypes: ResourceType[];
  readonly switches: Record<string, unknown>;
  readonly permissions: (RolePermission & { role: string })[];
}

const prefix = 'blueprint/';
const blueprintKey = /^[a-z][a-z0-9-]{0,62}$/;

/** The kinds of organization that are in force, by name. */
export async function listBlueprints(db: Db, actor: Actor, input: PageQuery): Promise<Page<BlueprintSummary>> {
  const page = readPage(input, 'blueprints', blueprintKey);
  const heads = (await listHeads(db))
    .map((head) => ({ head, name: nameOf(head) }))
    .filter(({ head, name }) => head.scope.startsWith(prefix) && (page.after === undefined || name > page.after))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, page.limit + 1);
  const engines = await Promise.all(heads.map(({ name }) => actor.engineOf(name)));
  return toPage(
    heads.map(({ head }, index) => summaryOf(head, engines[index]!.blueprint!)),
    page,
    'blueprints',
    ({ name }) => name,
    (summary) => summary,
  );
}

/** One kind of organization with its roles, resource types, switches and the whole matrix. Throws NotFound. */
export async function getBlueprint(db: Db, actor: Actor, input: { blueprintName: string }): Promise<Blueprint> {
  const [head] = await listHeads(db, [prefix + input.blueprintName]);
  if (!head) throw new NotFound();
  return toBlueprint(head, await actor.engineOf(input.blueprintName));
}

function nameOf({ scope }: Head): string {
  return scope.slice(prefix.length);
}

function summaryOf({ revision }: Head, { name, title, description, retired }: Definition): BlueprintSummary {
  return { name, title, description, revision, ...(retired && { retired }) };
}

function toBlueprint(head: Head, engine: Engine): Blueprint {
  const definition = engine.blueprint!;
  const { roles, resourceTypes, topRole, lowestRole } = definition;
  return {
    ...summaryOf(head, definition),
    topRole,
    lowestRole,
    roles: roles.map(({ level, ...role }) => ({ ...role, level: levelOf(level) })),
    resourceTypes: resourceTypes.map(toResourceType),
    switches: switchesOf(definition),
    permissions: roles.flatMap(({ id }) => permissionsOf(engine, `${definition.name}/${id}`).map((row) => ({ role: id, ...row }))),
  };
}

function toResourceType(type: Definition['resourceTypes'][number]): ResourceType {
  const { name, title, actions, restrictable } = type;
  const named = Object.values(actions).flat();
  const levels = (['org', 'project'] as const).filter((level) => named.includes(level)).map(levelOf);
  const where = visibilityOf(type).map((word) => (word === 'all-projects' ? 'ALL_PROJECTS' : 'LISTED_PROJECTS'));
  return { name, title, actions: Object.keys(actions), levels, ...(restrictable && { restrictable: where }) };
}

/** Whatever the blueprint says beside what has a member of its own: a new switch shows without a change here. */
function switchesOf(definition: Definition): Record<string, unknown> {
  const { name, title, description, topRole, lowestRole, roles, resourceTypes, default: _, retired: _retired, ...switches } = definition;
  return switches;
}
