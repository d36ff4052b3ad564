import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import {
  createRestriction,
  deleteRestriction,
  type RestrictionRow,
  type RestrictionWish,
  readRestrictions,
  restrictionFault,
} from '../organizations/restrictions.ts';
import type { Step } from './apply.ts';
import { type RefusedEntries, refusalSentence, type SpecProblem, withinDay } from './entries.ts';
import { type PlannedPart, refusalsAt, withoutRefused } from './parts.ts';

/** A type of resource, or one resource, that a manifest switches off; its projects are slugs. */
export interface DesiredRestriction {
  readonly resourceType: string;
  readonly resourceId?: string | undefined;
  readonly projects?: readonly string[] | undefined;
  readonly exceptProjects?: readonly string[] | undefined;
  readonly reason: string;
}

interface Wanted {
  readonly organizationId: string;
  readonly blueprint: Blueprint;
  readonly wanted: readonly DesiredRestriction[];
}

const list = 'spec.restrictions';
const fieldNames: Readonly<Record<string, string>> = { projectIds: 'projects', exceptProjectIds: 'exceptProjects' };

/** An entry with its place, its words for people, and the wish that core takes. */
interface Entry {
  readonly path: string;
  readonly what: string;
  readonly wish: RestrictionWish;
  /** The same for the same types and resources, whatever the projects. */
  readonly subject: string;
  readonly content: string;
  /** What keeps it from being carried out. A problem is of the manifest, a refusal may end by itself. */
  readonly problem?: SpecProblem | undefined;
  readonly refusal?: SpecProblem | undefined;
}

/**
 * Plans what an organization switches off, by the core functions of the API, each by itself. What the manifest has switched off and does not say any
 * more is lifted, but not while another entry about the same cannot be carried out: nothing is on again by a mistake.
 */
export async function planRestrictions(
  db: Db,
  actor: Actor,
  { organizationId, blueprint, wanted }: Wanted,
  refused: RefusedEntries,
): Promise<PlannedPart> {
  const rows = await readRestrictions(db, organizationId);
  if (wanted.length === 0 && !rows.some(({ is_managed }) => is_managed)) return { steps: [], problems: [], refusals: [] };
  const entries = await readEntries(db, { organizationId, blueprint, wanted });
  const isStuck = ({ problem, refusal, path }: Entry): boolean => problem !== undefined || refusal !== undefined || refused.has(path);
  const sound = entries.filter((entry) => !isStuck(entry));
  const stuck = new Set(entries.filter(isStuck).map(({ subject }) => subject));
  const contents = new Set(sound.map(({ content }) => content));
  const lifted = rows.filter((row) => row.is_managed && !contents.has(contentOf(row)) && !stuck.has(subjectOf(row)));
  const isReplaced = (row: RestrictionRow): boolean => sound.some(({ subject }) => subject === subjectOf(row));
  const lift = (row: RestrictionRow): Step => ({
    does: `lift the restriction of ${named(row.resource_type, row.resource_id)}`,
    entries: [list, ...sound.filter(({ subject }) => subject === subjectOf(row)).map(({ path }) => path)],
    run: () => liftRow(db, actor, row),
  });
  const steps = [
    ...lifted.filter((row) => !isReplaced(row)).map(lift),
    ...sound.flatMap((entry) => stepOf(db, actor, entry, rows)),
    ...lifted.filter(isReplaced).map(lift),
  ];
  return {
    steps: withoutRefused(steps, refused),
    problems: entries.flatMap(({ problem }) => problem ?? []),
    refusals: [...entries.flatMap(({ refusal }) => refusal ?? []), ...refusalsAt([list, ...entries.map(({ path }) => path)], refused)],
  };
}

function stepOf(db: Db, actor: Actor, { path, what, wish, content }: Entry, rows: readonly RestrictionRow[]): Step[] {
  const row = rows.find((one) => contentOf(one) === content);
  if (row && row.reason === wish.reason) {
    if (row.is_managed) return [];
    return [{ does: `note that the restriction of ${what} is said`, isNote: true, run: () => manage(db, row) }];
  }
  const run = async () => {
    // The reason of a restriction is no field of it that changes: another one is another restriction.
    if (row) await liftRow(db, actor, row);
    await actor.require('restriction', 'create', { organizationId: wish.organizationId });
    await withinDay(createRestriction(db, actor, wish)).catch((error: unknown) => {
      throw error instanceof InvalidInput ? inOneSentence(error) : error;
    });
  };
  return [{ does: row ? `switch off ${what} for another reason` : `switch off ${what}`, entries: [path], run }];
}

/** The refusal of a body without its places, which are not those of the manifest. */
function inOneSentence(error: InvalidInput): InvalidInput {
  const { errors = [] } = error.fields as { errors?: readonly { readonly detail: string }[] };
  return new InvalidInput(
    refusalSentence(
      new InvalidInput(
        error.message,
        errors.map(({ detail }) => ({ detail })),
      ),
    ),
    [],
    { cause: error },
  );
}

async function liftRow(db: Db, actor: Actor, { org_id, id }: RestrictionRow): Promise<void> {
  const organizationId = toId('organization', org_id);
  await actor.require('restriction', 'delete', { organizationId });
  await deleteRestriction(db, actor, { organizationId, restrictionId: toId('restriction', id) });
}

async function manage(db: Db, { org_id, id }: RestrictionRow): Promise<void> {
  await db('restrictions')
    .where({ org_id, id })
    .update({ is_managed: true, ...nextVersion(db) });
}

async function readEntries(db: Db, { organizationId, blueprint, wanted }: Wanted): Promise<Entry[]> {
  const slugs = [...new Set(wanted.flatMap(({ projects = [], exceptProjects = [] }) => [...projects, ...exceptProjects]))];
  const found: { id: string; slug: string }[] =
    slugs.length === 0
      ? []
      : await db('projects')
          .where({ org_id: toUuid('organization', organizationId) })
          .whereNot({ state: 'DELETED' })
          .whereIn('slug', slugs)
          .select('id', 'slug');
  const idOf = new Map(found.map(({ id, slug }) => [slug, toId('project', id)]));
  const seen = new Map<string, string>();
  return wanted.map((one, index) => {
    const entry = entryOf({ organizationId, blueprint }, one, `${list}[${index}]`, idOf);
    const first = seen.get(entry.content);
    seen.set(entry.content, first ?? entry.path);
    if (first === undefined) return entry;
    return { ...entry, problem: { path: entry.path, detail: `The same is switched off by ${first} already.` } };
  });
}

function entryOf(
  { organizationId, blueprint }: Omit<Wanted, 'wanted'>,
  { resourceType, resourceId, projects, exceptProjects, reason }: DesiredRestriction,
  path: string,
  idOf: ReadonlyMap<string, string>,
): Entry {
  // One that is not there keeps its slug, so that two entries which name it are still told apart.
  const idsOf = (slugs: readonly string[] | undefined) => slugs?.map((slug) => idOf.get(slug) ?? slug);
  const wish = { organizationId, resourceType, resourceId, projectIds: idsOf(projects), exceptProjectIds: idsOf(exceptProjects), reason };
  const subject = named(resourceType, resourceId ?? null);
  const where = projects ?? exceptProjects;
  const what = where ? `${subject} ${projects ? 'in' : 'but in'} ${where.join(', ')}` : subject;
  const fault = restrictionFault(blueprint, wish);
  const missing = where?.findIndex((slug) => !idOf.has(slug)) ?? -1;
  const refusal = {
    path: `${path}.${projects ? 'projects' : 'exceptProjects'}[${missing}]`,
    detail: `The organization has no project with the slug ${where?.[missing]}.`,
  };
  return {
    ...{ path, what, wish, subject },
    content: contentText(subject, exceptProjects !== undefined, wish.projectIds ?? wish.exceptProjectIds),
    problem: fault && { path: `${path}.${fieldOf(fault.pointer!)}`, detail: `It ${fault.detail}.` },
    refusal: !fault && missing >= 0 ? refusal : undefined,
  };
}

/** The field of an entry for the place in a body. */
function fieldOf(pointer: string): string {
  const field = pointer.replace('#/', '');
  return fieldNames[field] ?? field;
}

const named = (type: string, id: string | null): string => (id === null ? type : `${type} ${id}`);

const subjectOf = ({ resource_type, resource_id }: RestrictionRow): string => named(resource_type, resource_id);

function contentOf(row: RestrictionRow): string {
  const projects = row.project_ids?.map((id) => toId('project', id));
  return contentText(subjectOf(row), row.is_exception, projects);
}

function contentText(subject: string, isException: boolean, projects: readonly string[] | undefined): string {
  return JSON.stringify([subject, isException, projects ? [...projects].sort() : null]);
}

/** What the manifest of an organization (uuid) has switched off is the API's from now on. */
export async function releaseRestrictions(db: Db, org_id: string): Promise<void> {
  await db('restrictions')
    .where({ org_id, is_managed: true })
    .whereNull('lifted_at')
    .update({ is_managed: false, ...nextVersion(db) });
}
