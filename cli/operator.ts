import { readConfig } from '../core/base/config.ts';
import { addPlatformRoles } from '../core/people/operators.ts';
import { withDatabase } from './database.ts';
import { checkIssuer, checkSubject, UsageError } from './options.ts';

/** `tenet operator add`. */
export async function addOperator(options: { issuer: string; subject: string; role: string[] }): Promise<void> {
  checkIssuer('--issuer', options.issuer);
  checkSubject('--subject', options.subject);
  const config = readConfig(process.env);
  const known = config.issuers.map(({ issuer }) => issuer);
  // A typing error would make an operator whom no token can be: say so instead of "now holds".
  if (known.length > 0 && !known.includes(options.issuer))
    throw new UsageError(`--issuer ${options.issuer} is none of the configured identity providers: ${known.join(', ')}. Name one of them.`);
  const identity = { issuer: options.issuer, subject: options.subject };
  const { id } = await withDatabase(config, (owned) => addPlatformRoles(owned, identity, options.role), { role: 'owner' });
  console.log(`${id} now holds ${options.role.join(', ')}.`);
}
