import { readConfig } from '../core/base/config.ts';
import { liftMfaRequirement } from '../core/organizations/mfa-requirement.ts';
import { withDatabase } from './database.ts';
import { checkId, UsageError } from './options.ts';

/** `tenet mfa lift`. */
export async function liftMfa(organizationId: string, { reason }: { reason: string }): Promise<void> {
  checkId('<organizationId>', 'organization', organizationId);
  if (reason.trim() === '' || reason.length > 500) throw new UsageError('--reason must be 1 to 500 characters.');
  await withDatabase(readConfig(process.env), (owned) => liftMfaRequirement(owned, { organizationId, reason }), { role: 'owner' });
  console.log(`${organizationId} requires no second factor any more. The audit log has the reason.`);
}
