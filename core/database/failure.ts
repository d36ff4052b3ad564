import { Unavailable } from '../base/errors.ts';

/** What an operator does about it, by the code that the network (errno) or PostgreSQL (SQLSTATE) gives. */
const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start the server, or correct DATABASE_URL',
  ECONNRESET: 'the connection was cut. Look at the log of the server',
  ENOTFOUND: 'there is no such host. Correct DATABASE_URL',
  EAI_AGAIN: 'the name of the host cannot be looked up now. Check the network, or correct DATABASE_URL',
  ETIMEDOUT: 'it does not answer. Check the network and firewalls, or correct DATABASE_URL',
  EHOSTUNREACH: 'the host cannot be reached. Check the network, or correct DATABASE_URL',
  ENETUNREACH: 'the network cannot be reached. Check the network, or correct DATABASE_URL',
  '28P01': 'the user or the password is wrong. Correct DATABASE_URL',
  '28000': 'the server does not let this user in. Correct DATABASE_URL, or pg_hba.conf of the server',
  '3D000': 'there is no such database. Create it, or correct DATABASE_URL',
  '53300': 'it has no free connection. Raise max_connections, or lower TENET_DATABASE_POOL',
  '57P03': 'it is starting up or shutting down. Try again in a moment',
  '57P01': 'it ended the connection. Try again in a moment',
};

/**
 * The failure to reach or enter the database of `url` as a sentence for the operator, or undefined when it is another failure.
 * The sentence names host, port and database, never the user's password.
 */
export function databaseFailure(error: unknown, url: string): Unavailable | undefined {
  const { code, message = '' } = error as { code?: string; message?: string };
  const remedy = remedies[code ?? ''] ?? (/timeout|Connection terminated/.test(message) ? remedies['ETIMEDOUT'] : undefined);
  return remedy === undefined ? undefined : new Unavailable(`The database ${placeOf(url)} cannot be used: ${remedy}.`, { cause: error });
}

function placeOf(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `${host || searchParams.get('host') || 'localhost'}${pathname}`;
  } catch {
    return 'of DATABASE_URL';
  }
}
