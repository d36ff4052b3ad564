import { text } from 'node:stream/consumers';
import { readDevIssuer } from '../api/authentication/dev-issuer.ts';
import type { IssuerConfig } from '../api/authentication/issuer.ts';
import { checkToken, type TokenCheck } from '../api/authentication/token-check.ts';
import { type Config, readConfig } from '../core/base/config.ts';
import { NotFound } from '../core/base/errors.ts';
import { reasonOf } from '../core/base/reason.ts';
import { printable } from '../core/base/text.ts';
import { findStanding, type Standing } from '../core/people/standing.ts';
import { withDatabase } from './database.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';

/** What `tenet token check` says: the check, and the user, or why that is not known. */
interface Report extends TokenCheck {
  readonly user: Standing | null;
  readonly userNote?: string;
}

/** `tenet token check`: what a token gives by the configuration of this environment. Returns 0 when it is accepted. The token is never printed. */
export async function showTokenCheck(given: string | undefined, out: Out, format: Format): Promise<number> {
  const token = (given === undefined || given === '-' ? await fromStandardInput(given) : given).trim().replace(/^bearer +/i, '');
  const config = readConfig(process.env);
  const check = await checkToken(token, await trustedIssuers(config));
  const report: Report = { ...check, ...(check.accepted ? await userOf(config, check) : { user: null }) };
  print(format, out, report, () => linesOf(report));
  return report.accepted ? 0 : 1;
}

/** A list of processes shows a token on the command line, so standard input is the better way. */
async function fromStandardInput(given: string | undefined): Promise<string> {
  if (given === undefined && process.stdin.isTTY) throw new UsageError('Give the token, or - to read it from standard input.');
  const read = await text(process.stdin);
  if (read.trim() === '')
    throw new UsageError('Standard input is empty. Give the token, or a file that holds it: npx tenet token check - < token.txt');
  return read;
}

async function trustedIssuers(config: Config): Promise<readonly IssuerConfig[]> {
  if (config.issuers.length > 0) return config.issuers as readonly IssuerConfig[];
  const local = await readDevIssuer(config.TENET_DATA_DIR);
  if (local) return [local.config];
  throw new NotFound(
    'No identity provider is configured, and there is no local issuer here. Set TENET_ISSUER and TENET_AUDIENCE as for the server, or call this in its folder.',
  );
}

async function userOf(config: Config, { claims }: TokenCheck): Promise<Pick<Report, 'user' | 'userNote'>> {
  const who = { issuer: String(claims['iss']), subject: String(claims['sub']) };
  try {
    const user = await withDatabase(config, (database) => database.read('platform', (db) => findStanding(db, who)));
    if (!user) return { user: null, userNote: 'Nobody has called with this issuer and subject yet: the first request makes the user.' };
    return { user, ...noteOn(user, claims) };
  } catch (error) {
    return { user: null, userNote: `Which user it is cannot be said: ${reasonOf(error)}` };
  }
}

function noteOn(user: Standing, claims: TokenCheck['claims']): { userNote?: string } {
  if (user.tokensFrom !== null && Number(claims['iat']) * 1000 < Date.parse(user.tokensFrom))
    return {
      userNote: `The tokens of this user that were issued before ${user.tokensFrom} are revoked, and this is one of them. Sign in again.`,
    };
  return user.state === 'ACTIVE' ? {} : { userNote: `The user is ${user.state}, which the policy decides about.` };
}

function linesOf({ accepted, reason, advice, header, claims, notes, user, userNote }: Report): string[] {
  const members = (values: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(values).map(([name, value]) => `  ${name.padEnd(15)} ${printable(JSON.stringify(value))}${dateOf(name, value)}`);
  return [
    accepted ? 'Accepted.' : `Refused: ${reason}`,
    ...(advice ? [`  ${printable(advice)}`] : []),
    ...(Object.keys(header).length > 0 ? ['Header:', ...members(header)] : []),
    ...(Object.keys(claims).length > 0 ? [accepted ? 'Claims that are read:' : 'Claims, as it says itself:', ...members(claims)] : []),
    ...(user ? ['User:', ...members({ ...user })] : []),
    ...[...notes, ...(userNote ? [userNote] : [])].map((note) => `Note: ${printable(note)}`),
  ];
}

function dateOf(name: string, value: unknown): string {
  const isTime = ['exp', 'iat', 'nbf', 'auth_time'].includes(name) && typeof value === 'number' && Math.abs(value) < 8e12;
  return isTime ? ` (${new Date(value * 1000).toISOString()})` : '';
}
