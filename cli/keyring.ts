import { readConfig } from '../core/base/config.ts';
import { forgetKey } from '../core/delivery/encryption-keys.ts';
import { withDatabase } from './database.ts';

/** `tenet keyring forget`. */
export async function forgetLostKey(kid: string): Promise<void> {
  const { invitations } = await withDatabase(readConfig(process.env), (owned) => forgetKey(owned, kid), { role: 'owner' });
  console.log(
    `The key ${kid} is forgotten. Pending invitations that were mailed with it: ${invitations}. They are accepted by verified address, or sent again.`,
  );
}
