import { storeModel } from '../core/authorization/policy-stores/model.ts';
import { measure, print, smoke, startServer } from './harness.ts';
import { type Caller, startMeasuredTenet } from './tenet.ts';

/**
 * Questions to a policy store over HTTP, each with a condition on its resource, against bare node:http with the same body; and a page of 50 of a
 * search among the resources that a store keeps. Cerbos 0.55 took 716 us of CPU for a batch of 20 on another machine (docs/performance.md).
 */
export async function measureStoreDecisions(): Promise<void> {
  const tenet = await startMeasuredTenet();
  const bare = await startServer('node-http');
  const { owner, server, organizationId } = tenet;
  const call = async (method: string, path: string, body: unknown, more: Record<string, string> = {}): Promise<{ id: string }> => {
    const headers = { ...owner.headers, 'content-type': 'application/json', ...more };
    const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
  const project = await call('POST', `/v1/organizations/${organizationId}/projects`, { name: 'Website' });
  const stores = `/v1/organizations/${organizationId}/projects/${project.id}/policy-stores`;
  const path = `${stores}/${(await call('POST', stores, { name: 'Records' })).id}`;
  const rows = Array.from({ length: 40 }, (_, index) => `p, *, type${index}:*, view, r.res.owner == r.sub.id, allow`);
  const policy = [
    ...rows,
    "p, *, record:*, view, r.res.owner == r.sub.id || r.res.department == r.sub.department && r.res.state != 'archived', allow",
  ].join('\n');
  await call('POST', `${path}/revisions`, { model: storeModel, policy, reason: 'Measured.' });
  await call('PUT', `${path}/head`, { revision: 1 }, { 'if-match': '"1"' });
  const most = smoke ? 1_000 : 100_000;
  for (let from = 0; from < most; from += 1_000) {
    const entities = Array.from({ length: 1_000 }, (_, index) => ({
      type: 'record',
      id: String(from + index),
      properties: {
        owner: `user${(from + index) % 1_000}`,
        department: `department${(from + index) % 200}`,
        state: index % 5 === 0 ? 'archived' : 'open',
      },
    }));
    await call('POST', `${path}/entities`, { entities });
  }

  const subject = { type: 'user', id: 'user7', properties: { department: 'department7' } };
  const action = { name: 'view' };
  const resource = (index: number) => ({ type: 'record', id: String(index) });
  const one = { subject, action, resource: resource(7) };
  const many = {
    subject,
    action,
    resource: resource(0),
    evaluations: Array.from({ length: 20 }, (_, index) => ({ action, resource: resource(index * 7) })),
  };
  const ask = (caller: Caller, body: object, kind: string, consistency: string) =>
    ({
      path: `${path}/access/v1/${kind}`,
      method: 'POST',
      body,
      headers: { ...caller.headers, 'tenet-consistency': consistency },
    }) as const;
  for (const [title, body, kind] of [
    ['One question to a policy store', one, 'evaluation'],
    ['20 questions to a policy store in one request', many, 'evaluations'],
  ] as const) {
    console.log(title);
    const measured = await measure({
      'node:http': { server: bare, ...ask(owner, body, kind, 'minimize_latency') },
      minimize_latency: { server, ...ask(owner, body, kind, 'minimize_latency') },
      fully_consistent: { server, ...ask(owner, body, kind, 'fully_consistent') },
    });
    print(measured, ['node:http']);
  }
  await measureSearch(server.url + path, owner, { subject, action, resource: { type: 'record' }, page: { limit: 50 } }, most);
  await Promise.all([bare.stop(), tenet.stop()]);
}

async function measureSearch(path: string, caller: Caller, body: object, most: number): Promise<void> {
  const times: number[] = [];
  let found = 0;
  for (let index = 0; index < (smoke ? 20 : 300); index += 1) {
    const start = performance.now();
    const response = await fetch(`${path}/access/v1/search/resource`, {
      method: 'POST',
      headers: { ...caller.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    found = ((await response.json()) as { results: unknown[] }).results.length;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => Number(times[Math.floor(times.length * part)]!.toFixed(2));
  console.log(`A page of ${found} of a search among ${most} resources, one request at a time, milliseconds`);
  console.table({ search: { p50: at(0.5), p99: at(0.99) } });
}
