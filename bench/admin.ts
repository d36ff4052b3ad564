import { toUuid } from '../core/base/ids.ts';
import { measure, print, startServer } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * `GET /v1/organizations/{organizationId}` over HTTP, authenticated, authorized and in a transaction, against Express with one
 * SELECT by primary key and nothing else, on the same database with a pool of the same size. `--smoke` measures less.
 */
const tenet = await startMeasuredTenet();
const express = await startServer('express-pg', tenet.environment);

console.log(`Node ${process.version}`);
const measured = await measure({
  'express + pg': {
    server: express,
    path: `/v1/organizations/${toUuid('organization', tenet.organizationId)}`,
    headers: tenet.owner.headers,
  },
  tenet: { server: tenet.server, path: `/v1/organizations/${tenet.organizationId}`, headers: tenet.owner.headers },
});
print(measured, ['express + pg']);

await express.stop();
await tenet.stop();
