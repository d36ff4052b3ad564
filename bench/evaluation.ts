import { measure, print, startServer } from './harness.ts';
import { type Caller, startMeasuredTenet } from './tenet.ts';

/**
 * `POST /access/v1/evaluation` over HTTP against bare node:http and against Express, each of which parses the body, looks one
 * thing up and writes JSON; and against node:http that works 50 us besides. A member asks about a right of their own; whoever may
 * explain decisions, as the owner may, is told why as well. Every server is a process of its own. `--smoke` measures less.
 */
const tenet = await startMeasuredTenet();
const bare = await startServer('node-http');
const busy = await startServer('node-http', { BENCH_WORK_US: '50' });
const express = await startServer('express');

const path = '/access/v1/evaluation';
const question = (caller: Caller) => ({
  subject: { type: 'user', id: caller.id },
  action: { name: 'list' },
  resource: { type: 'project', id: '*', properties: { organizationId: tenet.organizationId } },
});
const ask = (caller: Caller, headers: Record<string, string> = {}) =>
  ({ path, method: 'POST', body: question(caller), headers: { ...caller.headers, ...headers } }) as const;
for (const caller of [tenet.member, tenet.owner]) {
  const { headers, body } = ask(caller);
  const options = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  console.log(
    `${caller === tenet.owner ? 'The owner' : 'A member'} is answered: ${await (await fetch(tenet.server.url + path, options)).text()}`,
  );
}

console.log(`Node ${process.version}`);
const minimal = { 'tenet-consistency': 'minimize_latency' };
const measured = await measure({
  'node:http': { server: bare, ...ask(tenet.member) },
  'node:http + 50 us': { server: busy, ...ask(tenet.member) },
  express: { server: express, ...ask(tenet.member) },
  minimize_latency: { server: tenet.server, ...ask(tenet.member, minimal) },
  'minimize_latency, explained': { server: tenet.server, ...ask(tenet.owner, minimal) },
  fully_consistent: { server: tenet.server, ...ask(tenet.member, { 'tenet-consistency': 'fully_consistent' }) },
});
print(measured, ['node:http', 'express']);

console.log('20 questions in one request');
const actions = ['list', 'create', 'read', 'update', 'delete'];
const evaluations = Array.from({ length: 20 }, (_, index) => ({ action: { name: actions[index % actions.length]! } }));
const askMany = (headers: Record<string, string> = {}) =>
  ({
    path: '/access/v1/evaluations',
    method: 'POST',
    body: { ...question(tenet.member), evaluations },
    headers: { ...tenet.member.headers, ...headers },
  }) as const;
const many = await measure({
  'node:http': { server: bare, ...askMany() },
  minimize_latency: { server: tenet.server, ...askMany(minimal) },
  fully_consistent: { server: tenet.server, ...askMany({ 'tenet-consistency': 'fully_consistent' }) },
});
print(many, ['node:http']);

await Promise.all([express.stop(), bare.stop(), busy.stop()]);
await tenet.stop();
