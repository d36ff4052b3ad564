import { commandLine, record, recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { mfaMissing, takeSnapshot } from '../authorization/decisions/snapshot.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Database, Db } from '../database/database.ts';
import { type ManagedBy, managedBy, managerOfSetting, refuseManaged } from './managed-by.ts';

export type Mfa = 'OPTIONAL' | 'REQUIRED';

/** Whether an organization requires a second factor, and what else it could say. */
export interface MfaRequirement {
  readonly organizationId: string;
  readonly requirement: Mfa;
  /** What the kind of organization offers: without the switch OPTIONAL alone. */
  readonly choices: Mfa[];
  /** For so long a member is let in without a second factor. */
  readonly graceDays: number;
  /** Since when it is required. */
  readonly since?: string;
  /** The manifest that says so. */
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

interface Row {
  mfa: Mfa;
  mfa_grace_days: number;
  mfa_version: string;
  began_at: Date | null;
  managed_by: ManagedBy | null;
}

const toMfa = (word: 'optional' | 'required'): Mfa => word.toUpperCase() as Mfa;

/** What a new organization of this kind begins with. */
export function newMfa({ mfa }: Blueprint): { mfa: Mfa; mfa_grace_days: number } {
  return { mfa: mfa ? toMfa(mfa.default) : 'OPTIONAL', mfa_grace_days: mfa?.graceDays ?? 0 };
}

/** Whether a second factor is required. */
export async function getMfaRequirement(db: Db, actor: Actor, { organizationId }: { organizationId: string }): Promise<MfaRequirement> {
  return toRequirement(organizationId, await find(db, organizationId), await kindOf(actor, organizationId));
}

/**
 * Requires a second factor, or no longer does. Each member has a grace of their own, which begins with the first requirement that they live
 * through and is not renewed by a later one. An actor who is past it and shows no second factor is challenged, as they will be from then on.
 * Throws InvalidInput for what the blueprint does not offer, and managed-by for what a manifest says.
 */
export async function replaceMfaRequirement(
  db: Db,
  actor: Actor,
  input: { organizationId: string; requirement: Mfa; preconditions?: Preconditions | undefined },
): Promise<MfaRequirement> {
  const { organizationId, requirement } = input;
  const kind = await kindOf(actor, organizationId);
  const before = await find(db, organizationId);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.mfa_version));
  const choices = mfaChoices(kind);
  if (!choices.includes(requirement))
    throw new InvalidInput('This kind of organization does not offer that.', [
      { pointer: '#/requirement', detail: `must be ${choices.join(' or ')}` },
    ]);
  if (before.mfa === requirement) return toRequirement(organizationId, before, kind);
  refuseManaged(managerOfSetting(before.managed_by, 'mfa'), actor);
  const graceDays = kind.mfa?.graceDays ?? 0;
  await change(db, toUuid('organization', organizationId), { mfa: requirement, mfa_grace_days: graceDays });
  const place = { organizationId };
  // As the next request of the actor would be answered.
  const { roles } = await takeSnapshot(db, actor.principal.subject, domainOf(place), place);
  if (roles.includes(mfaMissing)) await actor.requireIn(mfaMissing, 'mfa', 'update', place);
  const after = await find(db, organizationId);
  await record(db, actor, {
    organizationId,
    action: 'mfa.update',
    target: organizationId,
    before: { requirement: before.mfa },
    after: { requirement, graceDays },
  });
  return toRequirement(organizationId, after, kind);
}

/**
 * Requires no second factor any more, whoever could say so in the organization. Only the command line calls this, on a database opened as its
 * owner. Throws NotFound, and FailedPrecondition where none is required.
 */
export async function liftMfaRequirement(owned: Database, input: { organizationId: string; reason: string }): Promise<void> {
  const { organizationId, reason } = input;
  await owned.write('platform', async (db) => {
    const id = toUuid('organization', organizationId);
    const before: { mfa: Mfa } | undefined = await db('organizations').where({ id }).forNoKeyUpdate().first('mfa');
    if (!before) throw new NotFound();
    if (before.mfa === 'REQUIRED') await change(db, id, { mfa: 'OPTIONAL' });
    else throw new FailedPrecondition('failed-precondition', 'The organization requires no second factor.');
    const event = { action: 'mfa.update', organizationId, target: organizationId };
    await recordInBoth(db, commandLine, { ...event, before: { requirement: 'REQUIRED' }, after: { requirement: 'OPTIONAL', reason } });
  });
}

function change(db: Db, id: string, columns: Partial<Pick<Row, 'mfa' | 'mfa_grace_days'>>): Promise<unknown> {
  return db('organizations')
    .where({ id })
    .update({ ...columns, mfa_version: db.raw('mfa_version + 1') });
}

async function kindOf(actor: Actor, organizationId: string): Promise<Blueprint> {
  return (await actor.engine({ organizationId })).blueprint!;
}

/** What the kind of organization offers. */
export function mfaChoices({ mfa }: Blueprint): Mfa[] {
  return mfa ? mfa.choices.map(toMfa) : ['OPTIONAL'];
}

async function find(db: Db, organizationId: string): Promise<Row> {
  const row: Row | undefined = await db('organizations as o')
    .leftJoin('mfa_requirements as r', (on) => on.on('r.org_id', 'o.id').onVal('r.ended_at', 'infinity'))
    .where('o.id', toUuid('organization', organizationId))
    .first('o.mfa', 'o.mfa_grace_days', 'o.mfa_version', 'o.managed_by', 'r.began_at');
  if (!row) throw new NotFound();
  return row;
}

function toRequirement(organizationId: string, row: Row, kind: Blueprint): MfaRequirement {
  return {
    organizationId,
    requirement: row.mfa,
    choices: mfaChoices(kind),
    graceDays: row.mfa === 'REQUIRED' ? row.mfa_grace_days : (kind.mfa?.graceDays ?? 0),
    ...(row.began_at !== null && { since: row.began_at.toISOString() }),
    ...managedBy(managerOfSetting(row.managed_by, 'mfa')),
    etag: etagOf(row.mfa_version),
  };
}
