import { removePlatformRoles } from '../core/access/operator-removal.ts';
import { type Config, entitlementsOf, readConfig } from '../core/base/config.ts';
import type { Database } from '../core/database/database.ts';
import { addPlatformRoles, listOperators } from '../core/people/operators.ts';
import { withDatabase } from './database.ts';
import { checkIssuer, checkSubject, checkUserId, UsageError } from './options.ts';
import { type Format, print, table } from './output.ts';

/** `tenet operator add`. */
export async function addOperator(options: { issuer: string; subject: string; role: string[] }): Promise<void> {
  const config = readConfig(process.env);
  const identity = identityOf(options, config);
  const give = (owned: Database) => addPlatformRoles(owned, identity, options.role, entitlementsOf(config));
  const { id } = await withDatabase(config, give, { role: 'owner' });
  console.log(`${id} now holds ${options.role.join(', ')}.`);
}

/** `tenet operator list`. */
export async function showOperators({ output }: { output: Format }): Promise<void> {
  const operators = await withDatabase(readConfig(process.env), listOperators, { role: 'owner' });
  print(output, console.log, operators, () => {
    if (operators.length === 0) return ['Nobody holds a role of the platform; `tenet operator add` gives them.'];
    const rows = operators.map((one) => [one.id, one.issuer, one.subject, one.email ?? '-', one.state, one.platformRoles.join(', ')]);
    return table(['USER', 'ISSUER', 'SUBJECT', 'EMAIL', 'STATE', 'ROLES'], rows);
  });
}

/** `tenet operator remove`. */
export async function removeOperator(options: {
  user?: string;
  issuer?: string;
  subject?: string;
  role?: string[];
  last?: boolean;
}): Promise<void> {
  const { user, issuer, subject, role: roles, last } = options;
  if ((user === undefined) !== (issuer !== undefined && subject !== undefined))
    throw new UsageError('Name the operator by --user, as `tenet operator list` shows it, or by --issuer and --subject.');
  if (user !== undefined) checkUserId('--user', user);
  const who = user === undefined ? { issuer: issuer!, subject: subject! } : { id: user };
  const removal = await withDatabase(readConfig(process.env), (owned) => removePlatformRoles(owned, { who, roles, last }), {
    role: 'owner',
  });
  console.log(`${removal.id} no longer holds ${removal.roles.join(', ')}.`);
}

function identityOf({ issuer, subject }: { issuer: string; subject: string }, config: Config): { issuer: string; subject: string } {
  checkIssuer('--issuer', issuer);
  checkSubject('--subject', subject);
  const known = config.issuers.map((each) => each.issuer);
  // A typing error would make an operator whom no token can be: say so instead of "now holds".
  if (known.length > 0 && !known.includes(issuer))
    throw new UsageError(`--issuer ${issuer} is none of the configured identity providers: ${known.join(', ')}. Name one of them.`);
  return { issuer, subject };
}
