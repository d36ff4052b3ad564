import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import type { ManifestIdentity } from './managed-by.ts';
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

/** Consents to one manifest, in place of another one; also where a manifest owns the place: its cluster may be gone. */
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
  await findPlace(db, input);
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

/** Whether the manifest may do this in this place. */
export async function isHandedOver(db: Db, place: HandOverPlace, to: ManifestIdentity, mode: HandOverMode): Promise<boolean> {
  const row = await find(db, place);
  if (!row) return false;
  const { cluster, kind, namespace, name, mode: given } = toHandOver(row);
  const isSame = cluster === to.cluster && kind === to.kind && namespace === to.namespace && name === to.name;
  return isSame && (given === 'ADOPT' || given === mode);
}

/** Ends the consent, because the manifest has taken the place over: it is good for one time. */
export async function useHandOver(db: Db, place: HandOverPlace): Promise<void> {
  await remove(db, place);
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
async function findPlace(db: Db, { organizationId, projectId }: HandOverPlace): Promise<void> {
  if (projectId === undefined) await findOrganization(db, toUuid('organization', organizationId));
  else await findProject(db, { organizationId, projectId });
}

async function tell(db: Db, actor: Actor, { organizationId, projectId }: HandOverPlace, change: { before?: unknown; after?: unknown }) {
  await record(db, actor, {
    organizationId,
    action: projectId === undefined ? 'organization.hand-over' : 'project.hand-over',
    target: projectId ?? organizationId,
    ...change,
  });
}
