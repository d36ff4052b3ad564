import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { type ApiKey, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('How often keys are used', () => {
  let tenet: TestTenet;
  let replica: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });

  before(async () => {
    tenet = await startTenet();
    replica = await startTenet({ DATABASE_URL: tenet.databaseUrl });
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner, 'Apps', 'app-workspace');
  });

  after(async () => {
    await replica?.stop();
    await tenet?.stop();
  });

  async function makeAgent(): Promise<ApiKey & { secret: string }> {
    const account = await makeAccount(owner, place(), 'org.admin');
    return makeKey(owner, place(), { type: 'AI_AGENT', owner: { type: 'SERVICE_ACCOUNT', id: account } });
  }

  /** What the scopes of an agent do not allow is counted like everything that it sends. */
  const look = (caller: Caller) => send(caller, 'GET', pathIn(place(), ''));
  const question = (key: ApiKey) => ({
    subject: { type: 'api-key', id: key.id },
    action: { name: 'list' },
    resource: { type: 'member', id: '*', properties: place() },
  });
  const ask = (caller: Caller, key: ApiKey) =>
    send(caller, 'POST', '/access/v1/evaluation', question(key), { 'tenet-consistency': 'minimize_latency' });

  /** So much of a window that begins in two minutes, so that none begins while the test runs. */
  const restFor = (key: ApiKey, used: number) =>
    inDatabase(
      tenet,
      organizationId,
      `insert into key_rates values (?, ?, 60, to_timestamp(floor(extract(epoch from now()) / 60) * 60 + 120), ?)`,
      [toUuid('organization', organizationId), toUuid('apiKey', key.id), String(used)],
    );

  it('S003-32 a key of an AI agent is told in each answer what it may still send, and a key without limits is not', async () => {
    const key = await makeAgent();
    const agent = withKey(tenet, key);
    const { headers } = await look(agent);
    expect(headers.get('ratelimit-policy')).to.equal('"per-minute";q=60;w=60, "per-day";q=5000;w=86400');
    expect(headers.get('ratelimit')).to.match(/^"per-minute";r=59;t=\d+, "per-day";r=4999;t=\d+$/);
    expect((await ask(agent, key)).headers.get('ratelimit')).to.match(/^"per-minute";r=(58|59);/);
    const standard = withKey(tenet, await makeKey(owner, place(), { type: 'STANDARD' }));
    expect((await look(standard)).headers.get('ratelimit')).to.equal(null);
    expect((await look(owner)).headers.get('ratelimit-policy')).to.equal(null);
  });

  it('S003-32 a key is refused with 429 once its window is used up, on every replica and on the decision route too', async () => {
    const key = await makeAgent();
    await restFor(key, 56);
    const here = withKey(tenet, key);
    const there = withKey(replica, key);
    const answers = [];
    for (const caller of [here, there, here, there, here, there, here, there]) answers.push(await look(caller));
    expect(answers.filter(({ status }) => status === 403)).to.have.length(4);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).to.have.length(4);
    const { body, headers } = refused[0]!;
    expect(body).to.include({ code: 'rate-limited', limit: 60 });
    expect(Number(headers.get('retry-after'))).to.be.within(100, 180);
    expect(headers.get('ratelimit')).to.match(/^"per-minute";r=0;t=\d+, "per-day";r=\d+;t=\d+$/);
    for (const caller of [here, there]) {
      const answer = await ask(caller, key);
      expect([answer.status, (answer.body as { code: string }).code]).to.deep.equal([429, 'rate-limited']);
      expect(answer.headers.get('ratelimit-policy')).to.contain('"per-minute";q=60');
    }
  });

  it('many requests at once on two replicas are never more than the quota together', async () => {
    const key = await makeAgent();
    await restFor(key, 10);
    const callers = [withKey(tenet, key), withKey(replica, key)];
    const answers = await Promise.all(Array.from({ length: 160 }, (_, index) => look(callers[index % 2]!)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 403)).to.have.length(50);
    expect(statuses.filter((status) => status === 429)).to.have.length(110);
  });

  it('a secret that takes the place of another has no allowance of its own, and another key has', async () => {
    const key = await makeAgent();
    await restFor(key, 60);
    expect((await look(withKey(tenet, key))).status).to.equal(429);
    const { body } = await send(owner, 'POST', pathIn(place(), `/api-keys/${key.id}/rotate`), {}, { 'if-match': key.etag });
    expect((await look(withKey(tenet, body as ApiKey))).status).to.equal(429);
    expect((await look(withKey(tenet, await makeAgent()))).status).to.equal(403);
  });
});
