import pg from 'pg';
import { newUuid, toId, toUuid } from '../core/base/ids.ts';
import { measure, print, startServer } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * A request to an installed application: to its program directly, through a proxy that checks nothing, and through the gateway, which finds out who calls, asks
 * the policy, counts the use and passes it on. Each is a process of its own. `--smoke` measures less.
 */
const [tenet, program] = await Promise.all([startMeasuredTenet(), startServer('program')]);
const [proxy, gateway] = await Promise.all([
  startServer('node-proxy', { BENCH_TARGET: program.url }),
  startServer('gateway', { ...tenet.environment, TENET_APPS_GATEWAY_PORT: '0' }),
]);
const instanceId = await installed(await workspace());

console.log(`Node ${process.version}`);
const { headers } = tenet.owner;
print(
  await measure({
    program: { server: program, path: '/', headers },
    'node:http proxy': { server: proxy, path: '/', headers },
    gateway: { server: gateway, path: `/${instanceId}/`, headers },
  }),
  ['program', 'node:http proxy'],
);

await Promise.all([gateway.stop(), proxy.stop(), program.stop()]);
await tenet.stop();

/** An organization whose owner may open what is installed in it. */
async function workspace(): Promise<string> {
  const answer = await fetch(`${tenet.server.url}/v1/organizations`, {
    method: 'POST',
    headers: { ...tenet.owner.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Workspace', blueprint: 'app-workspace' }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { id: string }).id;
}

/** The program as an installed application that runs, as the driver notes it. */
async function installed(organizationId: string): Promise<string> {
  const [organization, item, instance] = [toUuid('organization', organizationId), newUuid(), newUuid()];
  const { hostname, port } = new URL(program.url);
  const client = new pg.Client({ connectionString: tenet.environment['DATABASE_URL'], options: '-c search_path=tenet' });
  await client.connect();
  await client.query(
    "insert into catalog_items (id, name, category, description, program, created_by) values ($1, 'Notes', 'AI', '', '{}', 'bench')",
    [item],
  );
  await client.query("insert into projects (org_id, id, slug, name) values ($1, $2, 'notes', 'Notes')", [organization, instance]);
  await client.query(
    "insert into instances (org_id, id, item_id, created_by, state, host, port) values ($1, $2, $3, 'bench', 'RUNNING', $4, $5)",
    [organization, instance, item, hostname, port],
  );
  await client.end();
  return toId('instance', instance);
}
