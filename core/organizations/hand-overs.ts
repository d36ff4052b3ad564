import { record } from '../audit/record.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { decideWith } from '../authorization/decisions/decide.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { subjectNamed } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import type { ManagedBy, ManifestIdentity } from './managed-by.ts';
import { findOrganization } from './organizations.ts';
import { findProject } from './projects.ts';

/** ADOPT: the manifest may take it over, and look at it before. OBSERVE: it may only look at it. */
export type HandOverMode = 'ADOPT' | 'OBSERVE';

/** Consent to one manifest that takes an organization or a project over, or looks at it. */
export interface HandOver extends ManifestIdentity {
  readonly mode: HandOverMode;
  readonly handedOverBy: string;
  readonly createdAt: string;
  readonly etag: string;
}

/** The organization itself, or a project in it. */
interface HandOverPlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

interface HandOverRow {
  org_id: string;
  project_id: string | null;
  mode: HandOverMode;
  cluster: string;
  namespace: string | null;
  name: string;
  handed_over_by: string;
  created_at: Date;
  version: string;
}

function toHandOver(row: HandOverRow): HandOver {
  return {
    mode: row.mode,
    cluster: row.cluster,
    kind: row.project_id === null ? 'Organization' : 'Project',
    ...(row.namespace === null ? {} : { namespace: row.namespace }),
    name: row.name,
    handedOverBy: row.handed_over_by,
    createdAt: row.created_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The consent in this place. Throws NotFound when there is none. */
export async function getHandOver(db: Db, _actor: Actor, place: HandOverPlace): Promise<HandOver> {
  await findPlace(db, place);
  const row = await find(db, place);
  if (!row) throw new NotFound();
  return toHandOver(row);
}

/**
 * Consents to one manifest, in place of another one; also where a manifest owns the place, whose cluster may be gone. A project is then given
 * away by who may hand the organization over: its manifest is not the project's to leave.
 */
export async function replaceHandOver(
  db: Db,
  actor: Actor,
  input: HandOverPlace & {
    mode: HandOverMode;
    cluster: string;
    namespace?: string | undefined;
    name: string;
    preconditions?: Preconditions | undefined;
  },
): Promise<HandOver> {
  const { mode, cluster, namespace = null, name } = input;
  const isManaged = (await findPlace(db, input)).managed_by !== null;
  for (const [resource, where] of asked(input, mode, isManaged).slice(1)) await actor.require(resource, 'hand-over', where);
  const before = await find(db, input);
  checkPreconditions(input.preconditions ?? {}, before && etagOf(before.version));
  await remove(db, input);
  const values = { ...keyOf(input), mode, cluster, namespace, name, handed_over_by: actor.name };
  const [row]: HandOverRow[] = await db('hand_overs').insert(values).returning('*');
  const after = toHandOver(row!);
  await tell(db, actor, input, { before: before && toHandOver(before), after });
  return after;
}

/** Takes the consent back. What was taken over by it stays so. Throws NotFound when there is none. */
export async function withdrawHandOver(
  db: Db,
  actor: Actor,
  input: HandOverPlace & { preconditions?: Preconditions | undefined },
): Promise<void> {
  await findPlace(db, input);
  const before = await find(db, input);
  if (!before) throw new NotFound();
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  await remove(db, input);
  await tell(db, actor, input, { before: toHandOver(before) });
}

/** Whether the manifest may do this in this place, which a manifest owns or not. A consent is worth what its author may do now. */
export async function isHandedOver(
  db: Db,
  actor: Actor,
  place: HandOverPlace & { isManaged: boolean },
  to: ManifestIdentity,
  mode: HandOverMode,
): Promise<boolean> {
  const row = await find(db, place);
  if (!row || !isTo(row, to) || (row.mode !== 'ADOPT' && row.mode !== mode)) return false;
  const author = subjectNamed(row.handed_over_by);
  if (author.type === 'controller') return false;
  for (const [resource, where] of asked(place, mode, place.isManaged)) {
    const snapshot = await takeSnapshot(db, author, domainOf(where), where);
    if (!decideWith(await actor.engine(where), snapshot, resource, 'hand-over').allowed) return false;
  }
  return true;
}

/** Ends the consent to this manifest, because it has taken the place over: it is good for one time. One to another manifest stays. */
export async function useHandOver(db: Db, place: HandOverPlace, to: ManifestIdentity): Promise<void> {
  const row = await find(db, place);
  if (row && isTo(row, to)) await remove(db, place);
}

function isTo(row: HandOverRow, to: ManifestIdentity): boolean {
  const { cluster, kind, namespace, name } = toHandOver(row);
  return cluster === to.cluster && kind === to.kind && namespace === to.namespace && name === to.name;
}

/** What a consent asks its author for, and where. */
function asked({ organizationId, projectId }: HandOverPlace, mode: HandOverMode, isManaged: boolean): [string, Place][] {
  const organization: [string, Place] = ['organization', { organizationId }];
  if (projectId === undefined) return [organization];
  return [['project', { organizationId, projectId }], ...(mode === 'ADOPT' && isManaged ? [organization] : [])];
}

function keyOf({ organizationId, projectId }: HandOverPlace): { org_id: string; project_id: string | null } {
  return {
    org_id: toUuid('organization', organizationId),
    project_id: projectId === undefined ? null : toUuid('project', projectId),
  };
}

async function find(db: Db, place: HandOverPlace): Promise<HandOverRow | undefined> {
  return await db('hand_overs').where(keyOf(place)).first();
}

async function remove(db: Db, place: HandOverPlace): Promise<void> {
  await db('hand_overs').where(keyOf(place)).delete();
}

/** Throws NotFound when the organization or the project does not exist. */
async function findPlace(db: Db, { organizationId, projectId }: HandOverPlace): Promise<{ managed_by: ManagedBy | null }> {
  if (projectId === undefined) return findOrganization(db, toUuid('organization', organizationId));
  return findProject(db, { organizationId, projectId });
}

async function tell(db: Db, actor: Actor, { organizationId, projectId }: HandOverPlace, change: { before?: unknown; after?: unknown }) {
  await record(db, actor, {
    organizationId,
    action: projectId === undefined ? 'organization.hand-over' : 'project.hand-over',
    target: projectId ?? organizationId,
    ...change,
  });
}
