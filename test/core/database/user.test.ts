import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { createLog } from '../../../core/base/log.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { createDatabase, serverUrl } from '../../helpers/postgres.ts';
import { startTenet } from '../../helpers/tenet.ts';

const warning = /"level":("warn"|40).*the user of DATABASE_URL is not held by row level security/;

describe('the user of DATABASE_URL', () => {
  const startWith = async (url?: string) => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const tenet = await startTenet(url === undefined ? {} : { DATABASE_URL: url }, { log: createLog('info', sink) });
    return { tenet, warnings: lines.filter((line) => warning.test(line)) };
  };

  it('who is a superuser is warned of in one line at the start, which says what to do', async () => {
    const { tenet, warnings } = await startWith();
    await tenet.stop();
    expect(warnings).to.have.length(1);
    expect(JSON.parse(warnings[0]!)).to.include({ user: new URL(tenet.databaseUrl).username });
    expect(warnings[0]).to.include('docs/operations.md');
  });

  it('who was made as the operations guide says runs everything, and nothing is warned of', async () => {
    // Roles belong to the server; another test may have made the one of requests or not.
    const other = await createDatabase();
    await migrate(other.url);
    await other.drop();
    const name = `plain_${randomBytes(4).toString('hex')}`;
    await administer(`create role ${name} login password 'plain'`, `create database ${name} owner ${name}`, `grant tenet_app to ${name}`);
    const url = new URL(await serverUrl());
    Object.assign(url, { username: name, password: 'plain', pathname: `/${name}` });
    try {
      const { tenet, warnings } = await startWith(url.href);
      const organizationId = await foundOrganization(await tenet.as('alice@example.com'));
      await tenet.stop();
      expect(organizationId).to.match(/^org_/);
      expect(warnings).to.deep.equal([]);
    } finally {
      await administer(`drop database ${name} with (force)`, `drop role ${name}`);
    }
  });
});

async function administer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
