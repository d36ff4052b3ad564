import { loadDevIssuer } from '../api/authentication/dev-issuer.ts';
import { ConfigError, readConfig } from '../core/base/config.ts';
import { addPlatformRoles } from '../core/people/operators.ts';
import { makeDataDirectory } from '../embedded-postgres/place.ts';
import { withDatabase } from './database.ts';
import { checkEmail, checkName, checkSubject } from './options.ts';

/** `tenet dev token`: prints the token alone on standard output, so that `TOKEN=$(npx tenet dev token ...)` works. */
export async function devToken(options: { email: string; subject?: string; name?: string; operator?: boolean }): Promise<void> {
  const config = readConfig(process.env);
  if (config.issuers.length > 0)
    throw new ConfigError([
      'An identity provider is configured, so tokens of the local issuer are not accepted. Get one from your provider.',
    ]);
  const { email, subject = email, name } = options;
  checkEmail('--email', email);
  checkSubject('--subject', subject);
  if (name !== undefined) checkName('--name', name);
  makeDataDirectory(config.TENET_DATA_DIR);
  const issuer = await loadDevIssuer(config.TENET_DATA_DIR);
  if (options.operator) {
    const roles = ['platform/operator', 'platform/policy-admin', 'platform/auditor'];
    const identity = { issuer: issuer.config.issuer, subject, email };
    await withDatabase(config, (owned) => addPlatformRoles(owned, identity, roles), { role: 'owner' });
  }
  console.log(await issuer.sign({ subject, email, ...(name === undefined ? {} : { name }) }));
}
