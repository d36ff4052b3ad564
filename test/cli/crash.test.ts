import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { listChains, verifyChain } from '../../core/audit/verify.ts';
import { toId } from '../../core/base/ids.ts';
import { type Database, openDatabase } from '../../core/database/database.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { rounds } from '../helpers/rounds.ts';
import { readyUrl, serverOn, spawnTenet } from '../helpers/tenet-process.ts';

/** One request that changes something; `key` makes it safe to repeat. */
interface Change {
  readonly key: string;
  readonly path: string;
  readonly method: 'POST' | 'PATCH';
  readonly body: object;
  /** The status, once it was answered. */
  status?: number;
  id?: string;
}

const writers = 8;

describe('kill -9 of the server', function () {
  this.timeout(900_000);
  let directory: string;
  let copy: { url: string; drop(): Promise<void> };
  let database: Database;
  let token: string;
  const changes: Change[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-crash-'));
    copy = await createDatabase();
    database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    token = await (await loadDevIssuer(directory)).sign({ subject: 'alice', email: 'alice@example.com', lifetimeSeconds: 3_600 });
  });

  after(async () => {
    await database.close();
    await copy.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = () =>
    spawnTenet(['serve'], {
      ...serverOn(copy.url, directory),
      TENET_ORGANIZATIONS_PER_USER: '100000',
      TENET_ORGANIZATIONS_PER_DAY: '100000',
      TENET_LOG_LEVEL: 'silent',
    });

  /** Sends it; without an answer it stays unacknowledged. */
  async function send(url: string, change: Change): Promise<void> {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(change.method === 'POST' ? { 'idempotency-key': change.key } : { 'if-match': '*' }),
    };
    const response = await fetch(url + change.path, { method: change.method, headers, body: JSON.stringify(change.body) });
    const { id } = (await response.json()) as { id: string };
    // A busy machine says so: nothing has come of it, as of a change without an answer, and it is sent again.
    if (response.status === 503) return;
    change.status = response.status;
    change.id = id;
  }

  /** Organizations, projects in them, and new names, one after the other, until the server is gone. */
  async function write(url: string, acknowledge: () => void): Promise<void> {
    for (;;) {
      const organizations = changes.filter(({ path, status }) => path === '/v1/organizations' && status === 201);
      const some = organizations[organizations.length === 0 ? 0 : randomInt(organizations.length)];
      const key = `change-${changes.length}`;
      const kind = some ? randomInt(3) : 0;
      const change: Change =
        kind === 0
          ? { key, path: '/v1/organizations', method: 'POST', body: { name: `Organization ${key}` } }
          : kind === 1
            ? { key, path: `/v1/organizations/${some!.id}/projects`, method: 'POST', body: { name: `Project ${key}` } }
            : { key, path: `/v1/organizations/${some!.id}`, method: 'PATCH', body: { name: `Renamed by ${key}` } };
      changes.push(change);
      try {
        await send(url, change);
      } catch {
        return;
      }
      acknowledge();
    }
  }

  /** What is in the tables, and what the audit says about it, must be the same. */
  async function expectRecorded(): Promise<void> {
    const { rows } = await database.read('platform', (db) =>
      db.raw('select id, name, version from organizations where state <> ?', ['DELETED']),
    );
    const projects = (await database.read('platform', (db) => db('projects').pluck('id'))) as string[];
    const events = (await database.read('platform', (db) => db('audit_events').select('org_id', 'action', 'target', 'event'))) as {
      org_id: string;
      action: string;
      target: string;
      event: string;
    }[];
    const targets = (action: string) => events.filter((event) => event.action === action).map(({ target }) => target);
    const organizations = rows as { id: string; name: string; version: string }[];

    expect(targets('organization.create').sort()).to.deep.equal(organizations.map(({ id }) => toId('organization', id)).sort());
    expect(targets('project.create').sort()).to.deep.equal(projects.map((id) => toId('project', id)).sort());
    for (const { id, name, version } of organizations) {
      const updates = events.filter((event) => event.org_id === id && event.action === 'organization.update');
      expect(updates, `updates of ${name}`).to.have.length(Number(version) - 1);
    }
    for (const { id, status, path } of changes) {
      if (status !== 201) continue;
      expect(targets(path === '/v1/organizations' ? 'organization.create' : 'project.create')).to.include(id);
    }
    const updated = events
      .filter(({ action }) => action === 'organization.update')
      .map(({ event }) => JSON.parse(event).after.name as string);
    for (const { status, method, key } of changes) {
      if (method === 'PATCH' && status === 200) expect(updated).to.include(`Renamed by ${key}`);
    }
    for (const chain of await database.read('platform', listChains)) {
      const report = await database.read('platform', (db) => verifyChain(db, chain));
      expect(report.broken, chain).to.equal(undefined);
    }
  }

  it('at random moments under concurrent writes loses nothing that was acknowledged, and records every change exactly once (soak)', async () => {
    for (const _ of rounds(1, 100)) {
      const server = start();
      const url = await readyUrl(server);
      let left = randomInt(1, 120);
      const acknowledge = (): void => {
        left -= 1;
        if (left === 0) server.child.kill('SIGKILL');
      };
      await Promise.all(Array.from({ length: writers }, () => write(url, acknowledge)));
      expect((await server.ended).signal).to.equal('SIGKILL');
      // Its transactions end when the database notices that the server is gone.
      await eventually(async () => {
        const { rows } = await database.read('platform', (db) =>
          db.raw(
            "select from pg_stat_activity where datname = current_database() and application_name like 'tenet%' and pid <> pg_backend_pid() and state <> 'idle'",
          ),
        );
        expect(rows).to.deep.equal([]);
      });
      await expectRecorded();
    }
    const unacknowledged = changes.filter(({ status }) => status === undefined).length;
    expect(changes.filter(({ status }) => status !== undefined && status !== 200 && status !== 201)).to.deep.equal([]);
    console.log(`      ${changes.length} changes were sent, ${unacknowledged} of them without an answer`);
  });

  it('leaves requests that can be repeated with their key: each has been done once in the end', async () => {
    const server = start();
    try {
      const url = await readyUrl(server);
      for (const change of changes) if (change.status === undefined && change.method === 'POST') await send(url, change);
      await expectRecorded();
      const sent = (collection: RegExp) => changes.filter(({ path, method }) => method === 'POST' && collection.test(path)).length;
      const [{ organizations, projects }] = (
        await database.read('platform', (db) =>
          db.raw('select (select count(*)::int from organizations) as organizations, (select count(*)::int from projects) as projects'),
        )
      ).rows;
      expect({ organizations, projects }).to.deep.equal({ organizations: sent(/organizations$/), projects: sent(/projects$/) });
    } finally {
      server.child.kill('SIGTERM');
      await server.ended;
    }
  });
});
