import pg from 'pg';

/** The role that requests run as: no owner of any table, so that row level security holds for it. */
export const appRole = 'tenet_app';

/** Whose rights a connection has: those of requests, or those of the user of DATABASE_URL. */
export type Rights = 'app' | 'owner';

/** How connections are pooled between Tenet and PostgreSQL: not at all, or by session. */
export type Pooler = 'none' | 'session';

/** What every connection of a pool is set to, as PostgreSQL spells it when it is asked. */
const settings: Readonly<Record<string, string>> = {
  search_path: 'tenet',
  // A statement that is sent behind a beginning that failed changes nothing.
  default_transaction_read_only: 'on',
  statement_timeout: '30s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '1min',
  row_security: 'on',
};

/** A connection is not what it must be, so nothing is sent over it; the message is for the operator. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** The startup options that set a connection, where nothing in between might drop them. */
export function startupOptions(rights: Rights, pooler: Pooler): string | undefined {
  if (pooler === 'session') return undefined;
  return [...(rights === 'app' ? [['role', appRole]] : []), ...Object.entries(settings)]
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/**
 * Sets a connection that has just been opened, where a pooler takes no startup options, and asks what it is: one round trip. Throws
 * ConnectionError when it is anything else than what requests must have.
 */
export async function verifySession(client: pg.ClientBase, rights: Rights, pooler: Pooler): Promise<void> {
  const set = pooler === 'none' ? [] : [...Object.entries(settings), ...(rights === 'app' ? [['role', appRole]] : [])];
  // One message of the simple protocol; the answers come as a list when it holds several statements.
  const answer = (await client.query([...set.map(([name, value]) => `set ${name} = '${value}'`), inForceSql].join('; '))) as
    | pg.QueryResult<InForce>
    | pg.QueryResult<InForce>[];
  const { rows } = Array.isArray(answer) ? answer.at(-1)! : answer;
  const { user, signedInAs, values } = rows[0]!;
  const wrong = Object.entries(settings).filter(([name, value]) => values[name] !== value);
  const wantedUser = rights === 'app' ? appRole : signedInAs;
  const faults = [
    ...(user === wantedUser ? [] : [`it runs as ${user} and not as ${wantedUser}`]),
    ...wrong.map(([name, value]) => `${name} is ${JSON.stringify(values[name] ?? '')} and not ${value}`),
  ];
  if (faults.length > 0)
    throw new ConnectionError(`A connection to the database is not what requests need: ${faults.join(', ')}. ${advice}`);
}

const advice =
  'DATABASE_URL has options of its own, or something between Tenet and PostgreSQL drops the startup options, such as a pooler with ignore_startup_parameters = options. Connect without it, or let it pool by session and set TENET_DATABASE_POOLER=session (docs/operations.md, "A pooler in front").';

interface InForce {
  user: string;
  signedInAs: string;
  values: Record<string, string>;
}

const inForceSql = `select current_user as user, session_user as "signedInAs", (select json_object_agg(name, current_setting(name))
  from unnest(array[${Object.keys(settings).map((name) => `'${name}'`)}]) as name) as values`;

/**
 * Looks at a start whether connections of this URL are what they must be, and that what one of them sets stays with it: a pooler that
 * pools by transaction gives it to other connections, and takes the role, the settings and the notifications away. Throws ConnectionError.
 */
export async function checkSessions(url: string, pooler: Pooler): Promise<void> {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'tenet-check',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      ...options(startupOptions('app', pooler)),
    });
    client.on('error', () => undefined);
    await client.connect().catch((error: Error & { code?: string }) => {
      throw /startup parameter|command-line options/i.test(error.message)
        ? new ConnectionError(`What listens at DATABASE_URL refuses startup options (${error.message}). ${advice}`, { cause: error })
        : error;
    });
    return client;
  };
  const [first, second] = [await open(), await open()];
  try {
    await verifySession(first, 'app', pooler);
    await first.query("select set_config('tenet.probe', 'first', false)");
    // The other one takes a connection of the server for as long as its transaction lasts: that of the first, if they share any.
    await second.query('begin');
    const { rows } = await first.query("select current_setting('tenet.probe', true) as probe, current_user as user");
    if (rows[0].probe !== 'first' || rows[0].user !== appRole) throw new ConnectionError(transactionPooling);
    await second.query('rollback');
  } catch (error) {
    // In a pool of one connection the first waits for the transaction of the second.
    throw /^Query read timeout/.test((error as Error).message) ? new ConnectionError(transactionPooling, { cause: error }) : error;
  } finally {
    for (const client of [first, second]) void client.end().catch(() => undefined);
  }
}

const transactionPooling =
  'What listens at DATABASE_URL pools connections by transaction, or has too few of them. Tenet needs a connection for itself as long as it is open: pool by session, or connect to PostgreSQL itself (docs/operations.md, "A pooler in front").';

/** For the configuration of pg, which takes no option that is undefined. */
export function options(text: string | undefined): { options?: string } {
  return text === undefined ? {} : { options: text };
}
