import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { makeAccount, makeKey, send, withKey } from '../helpers/keys.ts';
import { foundOrganization, givePlatformRoles, join } from '../helpers/people.ts';
import { rounds } from '../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';
import { createDraw, type Draw } from './escalation/draw.ts';
import { drawRequest, type FuzzedRequest, type Known, remember } from './fuzz/requests.ts';

/** A number in TENET_TEST_SEED repeats a run. */
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);
/** Requests to one organization; the next ones are to a new one. */
const perOrganization = 200;
const kinds = readdirSync('policies/blueprints').sort();

interface Scene {
  readonly known: Known;
  /** Who sends a request. They sign in anew each time, because one of the requests is to be signed out everywhere. */
  caller(draw: Draw): Promise<Caller>;
}

describe('any request to any operation', function () {
  this.timeout(900_000);
  let tenet: TestTenet;

  before(async () => {
    // A reply that the contract refuses is a 500 here.
    tenet = await startTenet({ TENET_VALIDATE_RESPONSES: 'true', TENET_MAILS_PER_INVITER: '100000' });
  });
  after(() => tenet?.stop());

  async function prepare(round: number): Promise<Scene> {
    const email = (name: string) => `${name}-${round}@example.com`;
    const owner = await tenet.as(email('owner'));
    const blueprint = kinds[round % kinds.length]!;
    const organizationId = await foundOrganization(owner, 'Acme', blueprint);
    await join(tenet, { organizationId }, email('member'));
    await givePlatformRoles(tenet, email('operator'), 'platform/operator');
    const known: Known = new Map([
      ['org', [organizationId]],
      ['email', [email('owner'), email('member'), email('stranger')]],
      ['blueprint', [...kinds]],
    ]);
    const callers = [
      ...['owner', 'owner', 'owner', 'owner', 'member', 'stranger', 'operator'].map((name) => () => tenet.as(email(name))),
      async () => tenet.anonymous(),
    ];
    // Not every kind of organization has them.
    await makeAccount(owner, { organizationId }).catch(() => undefined);
    const key = await makeKey(owner, { organizationId }).catch(() => undefined);
    if (key) callers.push(async () => withKey(tenet, key));
    for (const path of ['', '/members', '/roles', '/grants', '/api-keys', '/service-accounts']) {
      remember(known, (await send(owner, 'GET', `/v1/organizations/${organizationId}${path}`)).text);
    }
    return { known, caller: (draw) => draw.of(callers)() };
  }

  /** The status of the answer to the request of this number, which is no fault of the server. */
  async function answer({ known, caller }: Scene, number: number): Promise<number> {
    const draw = createDraw(Math.imul(seed, 31) + Math.imul(number + 1, 0x9e3779b1));
    const request = drawRequest(number, known, draw);
    const { status, text } = await ask(await caller(draw), request);
    expect(status, [JSON.stringify(request), text, `TENET_TEST_SEED=${seed} repeats it.`].join('\n')).to.be.below(500);
    remember(known, text);
    return status;
  }

  it('is answered as the contract says, and is never a fault of the server (soak)', async () => {
    const statuses = new Map<number, number>();
    for (const round of rounds(2, 50)) {
      const scene = await prepare(round);
      for (let index = 0; index < perOrganization; index++) {
        const status = await answer(scene, round * perOrganization + index);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    console.log(`      answers by status: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
    // What is only refused says little about the operations. How many of them are changes is chance, and few of the requests that are made up at random.
    const done = [200, 201, 204].reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0);
    expect(done).to.be.greaterThan(20);
  });
});

async function ask(caller: Caller, { method, path, headers, body }: FuzzedRequest): Promise<{ status: number; text: string }> {
  const response = await caller.raw(path, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
  return { status: response.status, text: await response.text() };
}
