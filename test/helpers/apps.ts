import { fileURLToPath } from 'node:url';
import type { Seen, Work } from '../../core/apps/work.ts';
import { toUuid } from '../../core/base/ids.ts';
import { givePlatformRoles, writeIn } from './people.ts';
import type { Caller, TestTenet } from './tenet.ts';

/** What an operator says of an application in tests. */
export const notes = {
  name: 'Notes',
  category: 'Productivity',
  description: 'Notes that a team writes together.',
  prices: [
    { kind: 'MONTHLY' as const, amount: 900, currency: 'EUR' },
    { kind: 'LIFETIME' as const, amount: 19_900, currency: 'EUR' },
  ],
  trialDays: 30,
  environment: [{ name: 'TEAM_NAME' }],
  program: { command: process.execPath, port: 8080 },
};

/** A program that counts its visits in a file. */
export const counter = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../apps/fixtures/counter.js', import.meta.url))],
  port: 8080,
  healthPath: '/healthz',
};

/** Signs in an operator who publishes applications. */
export async function signInPublisher(tenet: TestTenet): Promise<Caller> {
  await givePlatformRoles(tenet, 'publisher@example.com', 'platform/operator');
  return tenet.as('publisher@example.com');
}

/** Publishes an application like `notes`, and returns its id. */
export async function publish(publisher: Caller, change: object = {}): Promise<string> {
  const { data, error } = await publisher.client.POST('/v1/catalog-items', { body: { ...notes, ...change } });
  if (!data) throw new Error(`not published: ${JSON.stringify(error)}`);
  return data.id;
}

/** Installs an application, and returns what the answer says. */
export async function install(
  caller: Caller,
  organizationId: string,
  body: { itemId: string; name?: string; environment?: Record<string, string> },
) {
  const { data, error } = await caller.client.POST('/v1/organizations/{organizationId}/instances', {
    params: { path: { organizationId } },
    body: { name: 'Notes of the team', ...body },
  });
  if (!data) throw new Error(`not installed: ${JSON.stringify(error)}`);
  return data;
}

/** Changes the row of an instance, as the manager does. */
export async function setInstance(tenet: TestTenet, organizationId: string, instanceId: string, columns: object): Promise<void> {
  await writeIn(tenet, organizationId, (db) =>
    db('instances')
      .where({ id: toUuid('instance', instanceId) })
      .update(columns),
  );
}

/** What a look at a program that has ended sees, which has failed so often. */
export function failedLook({ host, port, health, observed_generation }: Work, failures: number): Seen {
  return { host, port, health, observed_generation, state: 'FAILED', failure: 'It ended.', failures, next_attempt_at: null };
}
