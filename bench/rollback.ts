import { setTimeout as pause } from 'node:timers/promises';
import { type ServerProcess, smoke, startServer } from './harness.ts';
import { type Caller, startMeasuredTenet } from './tenet.ts';

// How long a rollback takes on three replicas that are asked meanwhile, of a revision that is in force and of one in a canary: until it is acknowledged, until the last answer by the revision that it took
// back, and until every replica has reported. Answers say by which revisions they were decided, and an answer that neither revision gives is wrong.

const scope = 'blueprint.integrations';
const rounds = smoke ? 3 : 30;

interface Answer {
  readonly at: number;
  readonly begun: number;
  readonly revision: number;
}

const tenet = await startMeasuredTenet();
const others = [await startServer('tenet', tenet.environment), await startServer('tenet', tenet.environment)];
const servers = [tenet.server, ...others];
try {
  const admin = await tenet.policyAdmin();
  const json = { 'content-type': 'application/json' };
  const path = `${tenet.server.url}/v1/policies/${scope}`;
  const ask = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, { ...init, headers: { ...admin.headers, ...json, ...(init.headers as Record<string, string>) } });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<Record<string, string>>;
  };
  // The same rules from another line: another revision that decides the same.
  const { scope: _, revision: _1, sha256: _2, author: _3, createdAt: _4, ...first } = await ask(`${path}/revisions/1`);
  const sources = (first['sources'] as unknown as { file: string; line: number }[]).map(({ file, line }) => ({ file, line: line + 1 }));
  await ask(`${path}/revisions`, { method: 'POST', body: JSON.stringify({ ...first, sources, reason: 'A measurement' }) });

  let isDone = false;
  let wrong = 0;
  const answers: Answer[] = [];
  const loads = servers.flatMap((server) =>
    (['fully_consistent', 'minimize_latency'] as const).map(async (consistency) => {
      while (!isDone) {
        const begun = performance.now();
        const { decision, revision } = await question(server, tenet.owner, consistency);
        answers.push({ at: performance.now(), begun, revision });
        if (!decision) wrong += 1;
      }
    }),
  );
  const forward: Record<string, () => Promise<unknown>> = {
    async activation() {
      const { etag } = await ask(`${path}/head`);
      const body = JSON.stringify({ revision: 2, reason: 'Forward' });
      await ask(`${path}/head`, { method: 'PUT', headers: { 'if-match': etag! }, body });
    },
    async canary() {
      const canary = { organizationIds: [tenet.organizationId] };
      const body = JSON.stringify({ revision: 2, canary, gates: { decisions: 0, unplanned: 2_000_000_000 }, reason: 'Forward' });
      await ask(`${path}/rollouts`, { method: 'POST', body });
    },
  };
  for (const [kind, begin] of Object.entries(forward)) {
    const times = { acknowledged: [] as number[], answered: [] as number[], reported: [] as number[] };
    wrong = 0;
    for (let round = 0; round < rounds; round++) {
      await begin();
      await untilReported();
      const { etag } = await ask(`${path}/head`);
      answers.length = 0;
      const begun = performance.now();
      await ask(`${path}/rollback`, {
        method: 'POST',
        headers: { 'if-match': etag! },
        body: JSON.stringify({ reason: 'Back', revision: 1 }),
      });
      times.acknowledged.push(performance.now() - begun);
      await untilReported();
      const reported = performance.now();
      times.reported.push(reported - begun);
      await pause(100);
      const late = answers.filter(({ revision }) => revision === 2);
      times.answered.push(Math.max(0, ...late.map(({ at }) => at - begun)));
      // A question that is asked after all have reported is answered by the earlier revision.
      wrong += late.filter((answer) => answer.begun > reported).length;
    }
    console.table(Object.fromEntries(Object.entries(times).map(([name, all]) => [name, { 'p50 ms': at(all, 0.5), 'max ms': at(all, 1) }])));
    console.log(
      `${rounds} rollbacks (${kind}) on three replicas under load: ${wrong} wrong answers; the slowest until all have reported, to one second: ${ratio(times.reported)}`,
    );
  }
  isDone = true;
  await Promise.all(loads);

  async function untilReported(): Promise<void> {
    for (;;) {
      const { items } = (await ask(`${path}/replicas`)) as unknown as { items: { isCurrent: boolean }[] };
      if (items.length === servers.length && items.every(({ isCurrent }) => isCurrent)) return;
      await pause(5);
    }
  }
} finally {
  for (const server of others) await server.stop();
  await tenet.stop();
}

/** A question of an owner, whom the answer tells by which revision it was decided. */
async function question({ url }: ServerProcess, owner: Caller, consistency: string): Promise<{ decision: boolean; revision: number }> {
  const response = await fetch(`${url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { ...owner.headers, 'content-type': 'application/json', 'tenet-consistency': consistency },
    body: JSON.stringify({
      subject: { type: 'user', id: owner.id },
      action: { name: 'create' },
      resource: { type: 'connection', id: '*', properties: { organizationId: tenet.organizationId } },
    }),
  });
  const { decision, context } = (await response.json()) as {
    decision?: boolean;
    context?: { revisions: { scope: string; revision: number }[] };
  };
  return { decision: decision === true, revision: context?.revisions.find((each) => each.scope === scope)?.revision ?? 0 };
}

function at(times: readonly number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
}

function ratio(times: readonly number[]): string {
  return (Math.max(...times) / 1_000).toFixed(2);
}
