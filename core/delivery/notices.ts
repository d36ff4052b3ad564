import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { userOf } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import type { Notice } from '../authorization/policy/settings.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import type { Db } from '../database/database.ts';
import { settingValue } from '../organizations/setting-values.ts';

/** Whether a person has not chosen, as a member of the organization, to go without this kind of mail. */
export async function wantsNotice(
  db: Db,
  policies: LivePolicies,
  place: { readonly organizationId: string; readonly userId: string },
  notice: Notice,
): Promise<boolean> {
  const { organizationId, userId } = place;
  const { revisions } = await takeSnapshot(db, userOf(userId), domainOf({ organizationId }), { organizationId });
  const blueprint = (await policies.get(revisions)).engine.blueprint!;
  const setting = blueprint.settings?.find((each) => each.notice === notice);
  return !setting || (await settingValue(db, blueprint, place, setting.key)) !== false;
}
