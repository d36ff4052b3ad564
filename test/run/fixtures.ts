import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

/** Something that all processes of a run use: what they are told about it, and what ends it. */
export interface Fixture<T = unknown> {
  readonly value: T;
  stop(): Promise<void>;
}

/** Where the main process of the run listens; its workers inherit the variable. */
const variable = 'TENET_TEST_RUN';

/**
 * Answers the processes of this run. A fixture is made in this process when the first of them asks, so that it outlives the worker that asked.
 * Returns what ends everything that was made.
 */
export async function serveFixtures(make: Readonly<Record<string, () => Promise<Fixture>>>): Promise<() => Promise<void>> {
  const folder = join(tmpdir(), `tenet-run-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'socket');
  const made = new Map<string, Promise<Fixture>>();
  const server = createServer((incoming, outgoing) => {
    const name = incoming.url!.slice(1);
    const fixture = made.get(name) ?? make[name]!();
    made.set(name, fixture);
    fixture.then(
      ({ value }) => outgoing.end(JSON.stringify({ value })),
      (error: Error) => outgoing.end(JSON.stringify({ error: error.message })),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  server.unref();
  process.env[variable] = JSON.stringify({ path, id: randomBytes(4).toString('hex') });

  return async () => {
    delete process.env[variable];
    server.close();
    for (const fixture of await Promise.allSettled(made.values())) if (fixture.status === 'fulfilled') await fixture.value.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A name of this run, for what lies on a server that other runs use too. */
export function runId(): string {
  return address().id;
}

/** Asks the main process of the run for a fixture; rejects with the reason when it could not be made. */
export async function fixture<T>(name: string): Promise<T> {
  const answer = await new Promise<{ value: T; error?: string }>((resolve, reject) => {
    const asked = request({ socketPath: address().path, path: `/${name}`, agent: false }, (response) => {
      json(response).then((body) => resolve(body as { value: T }), reject);
    });
    asked.on('error', reject).end();
  });
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.value;
}

function address(): { path: string; id: string } {
  const given = process.env[variable];
  if (given === undefined) throw new Error('This is no run of mocha with test/run/setup.ts, which makes what tests share.');
  return JSON.parse(given);
}
