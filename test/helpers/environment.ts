import type { Tenet } from '../../api/main.ts';

/** What a command that is called in this process reads: the database and the keys of a server of the tests. Returns what takes that back. */
export function commandsOn({ databaseUrl }: Pick<Tenet, 'databaseUrl'>): () => void {
  const said = { DATABASE_URL: databaseUrl, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` };
  const before = Object.keys(said).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, said);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
