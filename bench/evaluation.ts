import { measure, print, startServer } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * `POST /access/v1/evaluation` over HTTP against bare node:http and against Express, each of which parses the body, looks one
 * thing up and writes JSON; and against node:http that works 50 us besides. Every server is a process of its own. `--smoke` measures less.
 */
const tenet = await startMeasuredTenet();
const bare = await startServer('node-http');
const busy = await startServer('node-http', { BENCH_WORK_US: '50' });
const express = await startServer('express');

const path = '/access/v1/evaluation';
const user = ((await (await fetch(`${tenet.server.url}/v1/me`, { headers: tenet.owner })).json()) as { id: string }).id;
const question = {
  subject: { type: 'user', id: user },
  action: { name: 'list' },
  resource: { type: 'member', id: '*', properties: { organizationId: tenet.organizationId } },
};
const answer = await fetch(tenet.server.url + path, {
  method: 'POST',
  headers: { ...tenet.owner, 'content-type': 'application/json' },
  body: JSON.stringify(question),
});
console.log(`Node ${process.version}; the question is answered with: ${await answer.text()}`);

const ask = (consistency: string) =>
  ({ server: tenet.server, path, method: 'POST', body: question, headers: { ...tenet.owner, 'tenet-consistency': consistency } }) as const;
const measured = await measure({
  'node:http': { server: bare, path, method: 'POST', body: question, headers: tenet.owner },
  'node:http + 50 us': { server: busy, path, method: 'POST', body: question, headers: tenet.owner },
  express: { server: express, path, method: 'POST', body: question, headers: tenet.owner },
  minimize_latency: ask('minimize_latency'),
  fully_consistent: ask('fully_consistent'),
});
print(measured, ['node:http', 'express']);

await Promise.all([express.stop(), bare.stop(), busy.stop()]);
await tenet.stop();
