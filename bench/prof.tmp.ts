import { measure, print } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

const tenet = await startMeasuredTenet();
const what = process.argv[2];
const user = ((await (await fetch(`${tenet.server.url}/v1/me`, { headers: tenet.owner })).json()) as { id: string }).id;
const question = {
  subject: { type: 'user', id: user },
  action: { name: 'list' },
  resource: { type: 'member', id: '*', properties: { organizationId: tenet.organizationId } },
};
const m = await measure(
  what === 'get'
    ? { tenet: { server: tenet.server, path: `/v1/organizations/${tenet.organizationId}`, headers: tenet.owner } }
    : ({
        tenet: {
          server: tenet.server,
          path: '/access/v1/evaluation',
          method: 'POST',
          body: question,
          headers: { ...tenet.owner, 'tenet-consistency': 'minimize_latency' },
        },
      } as never),
  { rounds: 6, requests: what === 'get' ? 4000 : 15000 },
);
print(m as never, ['tenet'] as never);
await tenet.stop();
