import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasDevIssuer, readDevIssuer } from '../api/authentication/dev-issuer.ts';
import { ConfigError, entitlementsOf, readConfig } from '../core/base/config.ts';
import { NotFound } from '../core/base/errors.ts';
import { packageRoot } from '../core/base/package-root.ts';
import { addPlatformRoles } from '../core/people/operators.ts';
import { dataDirectory } from '../embedded-postgres/place.ts';
import { withDatabase } from './database.ts';
import { checkEmail, checkName, checkSubject } from './options.ts';

/** `tenet dev token`: prints the token alone on standard output, so that `TOKEN=$(npx tenet dev token ...)` works. */
export async function devToken(options: {
  email: string;
  subject?: string;
  name?: string;
  operator?: boolean;
  mfa?: boolean;
}): Promise<void> {
  const config = readConfig(process.env);
  if (config.issuers.length > 0)
    throw new ConfigError([
      'An identity provider is configured, so tokens of the local issuer are not accepted. Get one from your provider.',
    ]);
  const { email, subject = email, name, mfa = false } = options;
  checkEmail('--email', email);
  checkSubject('--subject', subject);
  if (name !== undefined) checkName('--name', name);
  // One of another user is refused with its owner's name.
  dataDirectory(config.TENET_DATA_DIR);
  const issuer = (await readDevIssuer(config.TENET_DATA_DIR)) ?? refuseWithoutIssuer(config.TENET_DATA_DIR);
  if (options.operator) {
    const roles = ['platform/operator', 'platform/policy-admin', 'platform/auditor'];
    const identity = { issuer: issuer.config.issuer, subject, email: { address: email, verified: true } };
    await withDatabase(config, (owned) => addPlatformRoles(owned, identity, roles, entitlementsOf(config)), { role: 'owner' });
  }
  console.log(await issuer.sign({ subject, email, ...(name === undefined ? {} : { name }), ...(mfa && { amr: ['pwd', 'otp', 'mfa'] }) }));
}

/** A key of its own would sign tokens that no server accepts. */
function refuseWithoutIssuer(dataDir: string): never {
  const looked = resolve(dataDir);
  const elsewhere = fileURLToPath(new URL('.tenet', packageRoot));
  const advice =
    looked !== elsewhere && hasDevIssuer(elsewhere)
      ? `There is one in ${elsewhere}: set TENET_DATA_DIR=${elsewhere}, or call this in ${dirname(elsewhere)}.`
      : 'The server makes it when it starts: call this in the folder in which `npm start` was called, or name its data directory with TENET_DATA_DIR.';
  throw new NotFound(`There is no key of a local issuer in ${looked}. ${advice}`);
}
