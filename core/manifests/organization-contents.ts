import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { ManifestContext } from './apply.ts';
import type { RefusedEntries } from './entries.ts';
import { planInstances, releaseInstances } from './instances.ts';
import { planLimits, releaseLimits } from './limits.ts';
import type { OrganizationManifest, Row } from './organization.ts';
import { type PlannedPart, together } from './parts.ts';
import { planResources } from './resources.ts';
import { planRestrictions, releaseRestrictions } from './restrictions.ts';
import { planSettingValues, releaseSettings } from './setting-values.ts';
import { planSettings, settingsSaid } from './settings.ts';

interface Input {
  readonly row: Row;
  readonly blueprint: Blueprint;
  readonly manifest: OrganizationManifest;
}

/** Plans what an organization has besides its fields and who holds roles in it: limits, resources, switches, settings, restrictions and applications. */
export async function planContents(
  db: Db,
  actor: Actor,
  { keyring, appsDriver }: Pick<ManifestContext, 'keyring' | 'appsDriver'>,
  { row, blueprint, manifest }: Input,
  refused: RefusedEntries,
): Promise<PlannedPart> {
  const { settings = {}, settingValues = {}, restrictions = [], resources = [], limits = [], instances = [], ref } = manifest;
  const home = { organizationId: toId('organization', row.id), blueprint };
  const { listed, gone } = await planResources(db, actor, keyring, { ...home, ref, wanted: resources }, refused);
  return together([
    // First, so that what they let in is made by the same pass.
    await planLimits(db, actor, { ...home, wanted: limits }, refused),
    listed,
    await planRestrictions(db, actor, { ...home, wanted: restrictions }, refused),
    planSettings(db, actor, { row, blueprint, settings }, refused),
    await planSettingValues(db, actor, { ...home, wanted: settingValues }, refused),
    // After the resources that it says, which may be their secrets, and before those that it says no more, which they may have had.
    await planInstances(db, actor, { appsDriver }, { ...home, ref, wanted: instances }, refused),
    gone,
  ]);
}

/** Whether a manifest says any of it. */
export function saysContents({
  settings = {},
  settingValues = {},
  restrictions = [],
  resources = [],
  limits = [],
  instances = [],
}: OrganizationManifest): boolean {
  const lists = [settingsSaid(settings), Object.keys(settingValues), restrictions, resources, limits, instances];
  return lists.some(({ length }) => length > 0);
}

/** What a manifest manages of it in an organization (uuid) is the API's from now on. */
export async function releaseContents(db: Db, org_id: string): Promise<void> {
  await releaseSettings(db, { organizationId: toId('organization', org_id) });
  await releaseRestrictions(db, org_id);
  await releaseLimits(db, org_id);
  await releaseInstances(db, org_id);
}
